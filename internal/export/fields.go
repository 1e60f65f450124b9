package export

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// null is how LAS and Geolog write a number that is not known.
const null = -999.25

// quantity says how a field's value is turned into the units of a file.
type quantity int

const (
	ratio  quantity = iota // no unit
	depth                  // measured depth, in the file's depth unit
	length                 // metres whatever the depth unit
	angle                  // degrees
)

// field is a number of a pick.
type field struct {
	name     string // as in the picks CSV, but for the depth unit
	quantity quantity
	decimals int    // enough for the CSV's precision
	mnemonic string // LAS
	doc      string
	at       func(p *picks.Pick) *float64
}

var fields = [...]field{
	{"depth", depth, 4, "DEPT", "measured depth of the sinusoid's midline", func(p *picks.Pick) *float64 { return &p.DepthM }},
	{"apparent_dip_deg", angle, 3, "DIP_APP", "apparent dip, against the borehole", func(p *picks.Pick) *float64 { return &p.DipDeg }},
	{"apparent_azimuth_deg", angle, 2, "AZIM_APP", "apparent azimuth of dip", func(p *picks.Pick) *float64 { return &p.AzimuthDeg }},
	{"true_dip_deg", angle, 3, "DIP", "true dip", func(p *picks.Pick) *float64 { return &p.TrueDipDeg }},
	{"true_azimuth_deg", angle, 2, "AZIM", "true azimuth of dip, from true north", func(p *picks.Pick) *float64 { return &p.TrueAzimuthDeg }},
	{"confidence", ratio, 4, "CONF", "confidence, 0 to 1", func(p *picks.Pick) *float64 { return &p.Confidence }},
	{"amplitude_m", length, 5, "AMPL", "half height of the sinusoid", func(p *picks.Pick) *float64 { return &p.AmplitudeM }},
	{"hole_diameter_m", length, 4, "DIAM", "hole diameter", func(p *picks.Pick) *float64 { return &p.HoleDiameterM }},
	{"coverage", ratio, 3, "COVR", "share of the sinusoid with image under it", func(p *picks.Pick) *float64 { return &p.Coverage }},
}

// fieldByName returns a field of the table above.
func fieldByName(name string) *field {
	for i := range fields {
		if fields[i].name == name {
			return &fields[i]
		}
	}
	return nil
}

// value returns the field in the units of a file, NaN where it is not known.
func (f *field) value(p *picks.Pick, unit picks.Unit) float64 {
	v := *f.at(p)
	if f.quantity == depth {
		v /= metresPer[unit]
	}
	return v
}

// round brings a value to a number of decimals without leaving its range: an azimuth does not become 360, nor an apparent dip 90.
func (f *field) round(v float64, decimals int) float64 {
	scale := math.Pow10(decimals)
	v = math.Round(v*scale) / scale
	switch f.name {
	case "apparent_azimuth_deg", "true_azimuth_deg":
		return dip.WrapAzimuth(v)
	case "apparent_dip_deg":
		return min(v, 90-1/scale)
	}
	return v
}

// fixed writes a value with a number of decimals.
func (f *field) fixed(v float64, decimals int) string {
	return strconv.FormatFloat(f.round(v, decimals), 'f', decimals, 64)
}

// qualityCode returns 1 for A to 4 for D, NaN where there is no quality.
func qualityCode(p *picks.Pick) float64 {
	if p.Quality == "" {
		return math.NaN()
	}
	return float64(p.Quality[0]-'A') + 1
}

// notes says in words what a format has no columns for.
func notes(p *picks.Pick) string {
	var parts []string
	if !math.IsNaN(p.Confidence) {
		parts = append(parts, fmt.Sprintf("confidence %.2f", p.Confidence))
	}
	if p.Quality != "" {
		parts = append(parts, "quality "+p.Quality)
	}
	if len(p.Flags) > 0 {
		parts = append(parts, strings.Join(p.Flags, "|"))
	}
	return strings.Join(parts, "; ")
}
