package picks

import (
	"math"
	"strconv"

	"github.com/geobfdt/geobfdt/internal/dip"
)

// Columns that are not plain numbers, or whose name depends on the unit.
const (
	columnDepth   = "depth_" // + unit
	columnClass   = "class"
	columnQuality = "quality"
	columnFlags   = "flags"

	flagSeparator = "|"
)

// field is a column that holds a number. One table drives writing, reading and validation.
type field struct {
	name     string
	required bool
	decimals int
	azimuth  bool
	// check says what is wrong with a value that a file may hold, or nothing.
	check func(v float64) string
	value func(p *Pick) *float64
}

// fields are the numeric columns, in the order of the file but for depth, which stands first, and class, which stands second.
var fields = []field{
	{"depth", true, 4, false, checkDepth, func(p *Pick) *float64 { return &p.DepthM }},
	{"confidence", false, 4, false, checkShare, func(p *Pick) *float64 { return &p.Confidence }},
	{"apparent_dip_deg", true, 3, false, checkApparentDip, func(p *Pick) *float64 { return &p.DipDeg }},
	{"apparent_azimuth_deg", true, 2, true, checkAzimuth, func(p *Pick) *float64 { return &p.AzimuthDeg }},
	{"true_dip_deg", false, 3, false, checkTrueDip, func(p *Pick) *float64 { return &p.TrueDipDeg }},
	{"true_azimuth_deg", false, 2, true, checkAzimuth, func(p *Pick) *float64 { return &p.TrueAzimuthDeg }},
	{"amplitude_m", false, 5, false, checkAmplitude, func(p *Pick) *float64 { return &p.AmplitudeM }},
	{"hole_diameter_m", false, 4, false, checkDiameter, func(p *Pick) *float64 { return &p.HoleDiameterM }},
	{"coverage", false, 3, false, checkShare, func(p *Pick) *float64 { return &p.Coverage }},
}

// Columns returns the header of a picks file whose depths are in the given unit.
func Columns(unit Unit) []string {
	names := []string{columnDepth + string(unit), columnClass}
	for _, f := range fields[1:] {
		names = append(names, f.name)
	}
	return append(names, columnQuality, columnFlags)
}

// format writes a number with the field's decimals; nothing for NaN.
func (f *field) format(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	scale := math.Pow10(f.decimals)
	switch {
	case f.azimuth:
		// 359.996 rounds to 360, which is 0.
		v = dip.WrapAzimuth(math.Round(v*scale) / scale)
	case f.name == "apparent_dip_deg":
		// 89.9996 rounds to 90, which is no sinusoid.
		v = min(v, 90-1/scale)
	}
	return strconv.FormatFloat(v, 'f', f.decimals, 64)
}

// checkDepth takes no side on what a deep hole is; it refuses what cannot be a depth in any unit.
func checkDepth(v float64) string {
	if !(math.Abs(v) <= 1e6) {
		return "is not a depth"
	}
	return ""
}

func checkShare(v float64) string {
	if !(v >= 0 && v <= 1) {
		return "is not in [0, 1]"
	}
	return ""
}

func checkApparentDip(v float64) string {
	if !(v >= 0 && v < 90) {
		return "is not in [0, 90)"
	}
	return ""
}

func checkTrueDip(v float64) string {
	if !(v >= 0 && v <= 90) {
		return "is not in [0, 90]"
	}
	return ""
}

// checkAzimuth lets the habits of other packages pass, -180 to 180 and 360 for north; the reader wraps them.
func checkAzimuth(v float64) string {
	if !(v >= -360 && v <= 360) {
		return "is not an azimuth in degrees"
	}
	return ""
}

func checkAmplitude(v float64) string {
	if !(v >= 0) || math.IsInf(v, 0) {
		return "is not a length"
	}
	return ""
}

func checkDiameter(v float64) string {
	if !(v > 0) || math.IsInf(v, 0) {
		return "is not a length above 0"
	}
	return ""
}
