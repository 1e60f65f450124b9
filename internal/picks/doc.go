// Package picks is the table of sinusoids of a well: what `geobfdt pick` writes, and what training and scoring read as truth.
//
// The CSV. Lines that begin with # come first and say what the numbers refer to, as `# key: value`: well, datum,
// azimuth_reference, declination_deg, model, model_hash, command, and a line `# qc:` for each thing that was found of the log. Then
// one header line and one row a sinusoid, ascending in depth, with the columns
//
//	depth_m                 measured depth of the midline; depth_ft when the table is in feet (international, 0.3048 m)
//	class                   bedding or fracture
//	confidence              calibrated, 0 to 1
//	apparent_dip_deg        against the plane normal to the hole, [0, 90)
//	apparent_azimuth_deg    of dip, in the azimuth reference of the header, [0, 360)
//	true_dip_deg            empty when the deviation of the hole is not known
//	true_azimuth_deg        likewise
//	amplitude_m             half the height of the sinusoid, metres whatever the depth unit
//	hole_diameter_m         at that depth
//	coverage                share of the sinusoid's length with image under it, 0 to 1
//	quality                 A (best) to D
//	flags                   separated by |
//
// Depth, class, apparent dip and apparent azimuth are required; everything else may be empty or missing. In memory a number that
// is not known is NaN, depths are metres.
package picks

import (
	"cmp"
	"math"
	"slices"

	"github.com/geobfdt/geobfdt/internal/dip"
)

// Flags that a pick may carry.
const (
	FlagLowDip          = "low_dip_azimuth"  // dip below dip.LowDipDeg: the azimuth means nothing
	FlagEdge            = "edge"             // cut by the top or the base of the image
	FlagTallerThanTile  = "taller_than_tile" // the network saw only a part of it at a time
	FlagMerged          = "merged"           // joined from picks of several tiles
	FlagConductive      = "conductive"       // darker than what surrounds it
	FlagResistive       = "resistive"        // brighter than what surrounds it
	FlagLowCoverage     = "low_coverage"     // little image under it
	FlagAssumedDiameter = "assumed_diameter" // hole size unknown: dip.DefaultDiameterM
	FlagBitSize         = "bit_size"         // no caliper: the hole is taken to be as wide as its bit
	FlagNoHighSide      = "no_high_side"     // azimuth from the high side of a hole that is nearly vertical: it means little
)

// Pick is a sinusoid with what is known of it. Numbers that are not known are NaN.
type Pick struct {
	dip.Sinusoid // depth in metres, apparent dip and azimuth

	Class          dip.Class
	Confidence     float64 // probability that the pick is right, [0, 1]
	TrueDipDeg     float64 // [0, 90]
	TrueAzimuthDeg float64 // [0, 360), against true north
	AmplitudeM     float64 // half height of the sinusoid
	HoleDiameterM  float64
	Coverage       float64 // [0, 1]
	Quality        string  // "A" to "D", or empty
	Flags          []string
}

// New is a pick at full confidence of which nothing else is known.
func New(class dip.Class, s dip.Sinusoid) Pick {
	nan := math.NaN()
	return Pick{
		Sinusoid: s, Class: class, Confidence: 1,
		TrueDipDeg: nan, TrueAzimuthDeg: nan, AmplitudeM: nan, HoleDiameterM: nan, Coverage: nan,
	}
}

// HasFlag tells whether the pick carries the flag.
func (p *Pick) HasFlag(flag string) bool { return slices.Contains(p.Flags, flag) }

// Trace is the pick's curve on the wall: from its amplitude where that is known and not 0, else from its dip and the hole
// diameter, where that is not known either dip.DefaultDiameterM.
func (p *Pick) Trace() dip.Curve {
	if p.AmplitudeM > 0 && !math.IsInf(p.AmplitudeM, 1) {
		return dip.NewCurve(p.DepthM, p.AmplitudeM, p.AzimuthDeg)
	}
	diameterM := p.HoleDiameterM
	if !(diameterM > 0) || math.IsInf(diameterM, 1) {
		diameterM = dip.DefaultDiameterM
	}
	return p.Sinusoid.Curve(diameterM)
}

// Unit of depth in a file.
type Unit string

// Units of depth.
const (
	Metres Unit = "m"
	Feet   Unit = "ft"
)

const metresPerFoot = 0.3048

// metres is the length of one unit; 0 for an unknown unit.
func (u Unit) metres() float64 {
	switch u {
	case Metres:
		return 1
	case Feet:
		return metresPerFoot
	}
	return 0
}

// Header is what the comment lines of a picks file say. Empty fields are not written.
type Header struct {
	Well           string
	Datum          string  // what depth 0 is, for example "KB"
	Reference      string  // what azimuth 0 is: north, magnetic, highside, unknown
	DeclinationDeg float64 // of magnetic north against true, east positive; 0 if not given
	ModelName      string
	ModelHash      string
	Command        string // the command line that made the file
	DepthUnit      Unit   // of the file that the table was read from; empty in a new table
}

// Table is the picks of one well.
type Table struct {
	Header
	QC    []string // what was found of the log before it was picked, a line each
	Picks []Pick
}

// Sort orders picks by depth, keeping the order of equals.
func Sort(picks []Pick) {
	slices.SortStableFunc(picks, func(p, q Pick) int { return cmp.Compare(p.DepthM, q.DepthM) })
}
