package export

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// null is how LAS, Geolog and Petrel write a number that is not known.
const null = "-999.25"

// quantity says how a field's value is turned into the units of a file.
type quantity int

const (
	ratio     quantity = iota // no unit
	depth                     // measured depth, in the file's depth unit
	length                    // metres whatever the depth unit
	angle                     // degrees
	direction                 // degrees, [0, 360)
)

// field is a number of a pick.
type field struct {
	name     string // as in the picks CSV, but for the depth unit
	word     string // in names of columns
	quantity quantity
	decimals int    // enough for the CSV's precision
	mnemonic string // LAS
	doc      string
	at       func(p *picks.Pick) float64
}

// fieldsOf is the table of what is known of a pick, with its planes in a form.
func fieldsOf(form Form) []field {
	angles := form.angles()
	return []field{
		{"depth", "MD", depth, 4, "DEPT", "measured depth of the sinusoid's midline", func(p *picks.Pick) float64 { return p.DepthM }},
		angles[0].field(Apparent),
		angles[1].field(Apparent),
		angles[0].field(True),
		angles[1].field(True),
		{"confidence", "confidence", ratio, 4, "CONF", "confidence, 0 to 1", func(p *picks.Pick) float64 { return p.Confidence }},
		{"amplitude_m", "amplitude", length, 5, "AMPL", "half height of the sinusoid", func(p *picks.Pick) float64 { return p.AmplitudeM }},
		{"hole_diameter_m", "hole diameter", length, 4, "DIAM", "hole diameter", func(p *picks.Pick) float64 { return p.HoleDiameterM }},
		{"coverage", "coverage", ratio, 3, "COVR", "share of the sinusoid with image under it", func(p *picks.Pick) float64 { return p.Coverage }},
	}
}

// value returns the field in the units of a file, NaN where it is not known.
func (f *field) value(p *picks.Pick, unit picks.Unit) float64 {
	v := f.at(p)
	if f.quantity == depth {
		v /= metresPer[unit]
	}
	return v
}

// unit returns the unit of the field in a file, empty for a ratio.
func (f *field) unit(depthUnit picks.Unit) string {
	switch f.quantity {
	case depth:
		return string(depthUnit)
	case length:
		return "m"
	case angle, direction:
		return "deg"
	default:
		return ""
	}
}

// round brings a value to a number of decimals without leaving its range: a direction does not become 360, nor an apparent dip 90.
func (f *field) round(v float64, decimals int) float64 {
	scale := math.Pow10(decimals)
	v = math.Round(v*scale) / scale
	switch {
	case f.quantity == direction:
		return dip.WrapAzimuth(v)
	case f.name == "apparent_dip_deg":
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
		parts = append(parts, flags(p))
	}
	return strings.Join(parts, "; ")
}

func flags(p *picks.Pick) string { return strings.Join(p.Flags, "|") }

func quality(p *picks.Pick) string { return p.Quality }

// oneLine keeps text from breaking out of its line or cell.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
