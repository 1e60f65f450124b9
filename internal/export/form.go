package export

import (
	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// Form is how the attitude of a plane is written.
type Form string

// Forms.
const (
	DipAzimuth Form = "dipaz"      // dip and azimuth of dip
	StrikeRHR  Form = "strike-rhr" // strike by the right-hand rule, azimuth of dip less 90, and dip
	Pole       Form = "pole"       // plunge and trend of the pole, the normal that points down
)

// Forms returns the names of the forms.
func Forms() []string { return []string{string(DipAzimuth), string(StrikeRHR), string(Pole)} }

// angleOf is one of the two angles of a form.
type angleOf struct {
	key       string // in keys such as true_KEY_deg
	mnemonic  string // LAS
	word      string // in column names
	doc       string
	direction bool // an angle that wraps at 360
	of        func(dipDeg, azimuthDeg float64) float64
}

var (
	dipAngle     = angleOf{"dip", "DIP", "dip", "dip", false, func(d, _ float64) float64 { return d }}
	azimuthAngle = angleOf{"azimuth", "AZIM", "azimuth", "azimuth of dip", true, func(_, a float64) float64 { return a }}
	strikeAngle  = angleOf{"strike_rhr", "STRK", "strike RHR", "strike, right-hand rule: azimuth of dip less 90", true,
		func(_, a float64) float64 { return dip.WrapAzimuth(a - 90) }}
	plungeAngle = angleOf{"pole_plunge", "PLNG", "pole plunge", "plunge of the pole, downwards", false, func(d, _ float64) float64 { return 90 - d }}
	trendAngle  = angleOf{"pole_trend", "TRND", "pole trend", "trend of the pole", true, func(_, a float64) float64 { return dip.WrapAzimuth(a + 180) }}
)

// angles returns the two angles of the form, the steepness first.
func (f Form) angles() [2]angleOf {
	switch f {
	case StrikeRHR:
		return [2]angleOf{dipAngle, strikeAngle}
	case Pole:
		return [2]angleOf{plungeAngle, trendAngle}
	}
	return [2]angleOf{dipAngle, azimuthAngle}
}

// field makes the field of an angle for one of the two dips.
func (a angleOf) field(kind Dip) field {
	f := field{
		name: string(kind) + "_" + a.key + "_deg", word: string(kind) + " " + a.word, quantity: angle, decimals: 3,
		mnemonic: a.mnemonic, doc: string(kind) + " " + a.doc,
		at: func(p *picks.Pick) float64 { return a.of(p.TrueDipDeg, p.TrueAzimuthDeg) },
	}
	if a.direction {
		f.quantity, f.decimals = direction, 2
	}
	if a.direction && kind == True {
		f.doc += ", from true north"
	}
	if kind == Apparent {
		f.mnemonic += "_APP"
		f.at = func(p *picks.Pick) float64 { return a.of(p.DipDeg, p.AzimuthDeg) }
	}
	return f
}
