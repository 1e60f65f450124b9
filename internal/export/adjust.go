package export

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// ErrReference: the azimuths of a table cannot be brought to another reference with what is known.
var ErrReference = errors.New("azimuth reference")

// Adjustment is what a table is to be referred to. The zero value changes nothing.
type Adjustment struct {
	// DiameterAt gives another hole diameter at a measured depth, metres; NaN where it has none, and the pick keeps its own. Apparent
	// dips follow from the amplitudes, which no caliper changes. nil: keep.
	DiameterAt func(depthM float64) float64
	// OrientationAt gives deviation from vertical and hole azimuth against true north, degrees. With it all true dips are computed
	// anew; without it true dips that a change makes stale are dropped. nil: not known.
	OrientationAt func(depthM float64) (deviDeg, haziDeg float64, ok bool)
	// DeclinationDeg is the magnetic declination to use in place of the table's, east positive. nil: the table's.
	DeclinationDeg *float64
	// Reference is what apparent azimuths are to count from; true ones always count from true north. Empty: keep.
	Reference imagelog.Reference
	// Structural is the structural plane to turn flat: true dips become those before the tilt. nil: none.
	Structural *dip.Plane
}

// Adjust returns a table that is referred to something else, and warnings about what was lost on the way; t itself is not changed.
//
// Errors wrap ErrNoTrueDip (structural dip of picks without true dips) and ErrReference, or say which pick has neither amplitude
// nor hole diameter to compute a dip from.
func Adjust(t *picks.Table, a Adjustment) (*picks.Table, []string, error) {
	j := &adjuster{Adjustment: a, from: imagelog.Reference(t.Reference), declinationDeg: t.DeclinationDeg}
	if a.DeclinationDeg != nil {
		j.declinationDeg = *a.DeclinationDeg
	}
	if err := j.checkReference(t); err != nil {
		return nil, nil, err
	}
	out := &picks.Table{Header: t.Header, Picks: slices.Clone(t.Picks)}
	for i := range out.Picks {
		if err := j.pick(&out.Picks[i]); err != nil {
			return nil, nil, err
		}
	}
	out.DeclinationDeg = j.declinationDeg
	if a.Reference != "" {
		out.Reference = string(a.Reference)
	}
	return out, j.warnings(len(out.Picks)), nil
}

// adjuster adjusts picks one by one and counts what it met.
type adjuster struct {
	Adjustment
	from           imagelog.Reference
	declinationDeg float64

	noTrue, noDiameter, nearVertical int
}

func (j *adjuster) checkReference(t *picks.Table) error {
	known := j.from == imagelog.RefNorth || j.from == imagelog.RefMagnetic || j.from == imagelog.RefHighSide
	changes := j.Reference != "" && j.Reference != j.from
	switch {
	case !known && (changes || j.OrientationAt != nil):
		return fmt.Errorf("%w: the table does not say what its azimuths count from: add the line \"# azimuth_reference: north\" (or magnetic, highside) to its head", ErrReference)
	case changes && (j.Reference == imagelog.RefMagnetic || j.from == imagelog.RefMagnetic) && j.DeclinationDeg == nil && t.DeclinationDeg == 0:
		return fmt.Errorf("%w: from %s to %s needs the magnetic declination", ErrReference, j.from, j.Reference)
	case changes && (j.Reference == imagelog.RefHighSide || j.from == imagelog.RefHighSide) && j.OrientationAt == nil:
		return fmt.Errorf("%w: from %s to %s needs the deviation of the hole", ErrReference, j.from, j.Reference)
	case j.DeclinationDeg != nil && j.from != imagelog.RefMagnetic && !changes:
		return fmt.Errorf("%w: azimuths that count from %s do not depend on the declination", ErrReference, orUnknown(j.from))
	}
	return nil
}

func orUnknown(r imagelog.Reference) imagelog.Reference {
	if r == "" {
		return imagelog.RefUnknown
	}
	return r
}

// pick adjusts one pick: diameter, then true dip, then structure, and the apparent azimuth last, since the true dip is computed
// from the one that was measured.
func (j *adjuster) pick(p *picks.Pick) error {
	p.Flags = slices.Clone(p.Flags)
	stale := j.DeclinationDeg != nil && j.from == imagelog.RefMagnetic
	if j.DiameterAt != nil {
		changed, err := j.resize(p)
		if err != nil {
			return err
		}
		stale = stale || changed
	}
	hasApparent := !math.IsNaN(p.DipDeg)
	if hasApparent && (j.OrientationAt != nil || stale) {
		had := !math.IsNaN(p.TrueDipDeg)
		p.TrueDipDeg, p.TrueAzimuthDeg = j.trueDip(p)
		if math.IsNaN(p.TrueDipDeg) && (had || j.OrientationAt != nil) {
			j.noTrue++
		}
	}
	if j.Structural != nil {
		if math.IsNaN(p.TrueDipDeg) || math.IsNaN(p.TrueAzimuthDeg) {
			return fmt.Errorf("structural dip: %w: pick at %.3f m: give the deviation of the hole", ErrNoTrueDip, p.DepthM)
		}
		before := dip.RemoveStructural(dip.Plane{DipDeg: p.TrueDipDeg, AzimuthDeg: p.TrueAzimuthDeg}, *j.Structural)
		p.TrueDipDeg, p.TrueAzimuthDeg = before.DipDeg, before.AzimuthDeg
	}
	if hasApparent {
		return j.refer(p)
	}
	return nil
}

// resize gives a pick the other hole diameter. Its curve on the wall stays; the dip that draws it changes.
func (j *adjuster) resize(p *picks.Pick) (changed bool, err error) {
	diameterM := j.DiameterAt(p.DepthM)
	if !(diameterM > 0) {
		j.noDiameter++
		return false, nil
	}
	if math.IsNaN(p.DipDeg) {
		return false, fmt.Errorf("hole diameter: %w: pick at %.3f m: only a true one is known", ErrNoApparentDip, p.DepthM)
	}
	if math.IsNaN(p.AmplitudeM) {
		if !(p.HoleDiameterM > 0) {
			return false, fmt.Errorf("hole diameter: the pick at %.3f m has neither amplitude_m nor hole_diameter_m to compute its dip from: give one of them", p.DepthM)
		}
		p.AmplitudeM = dip.AmplitudeM(p.DipDeg, p.HoleDiameterM)
	}
	p.DipDeg, p.HoleDiameterM = dip.FromAmplitude(p.AmplitudeM, diameterM), diameterM
	p.Flags = slices.DeleteFunc(p.Flags, func(f string) bool { return f == picks.FlagAssumedDiameter || f == picks.FlagLowDip })
	if p.DipDeg < dip.LowDipDeg {
		p.Flags = append(p.Flags, picks.FlagLowDip)
	}
	return true, nil
}

// trueDip computes the true dip of a pick as picking does, NaN where the hole is not known.
func (j *adjuster) trueDip(p *picks.Pick) (dipDeg, azimuthDeg float64) {
	if j.OrientationAt == nil {
		return math.NaN(), math.NaN()
	}
	devi, hazi, ok := j.OrientationAt(p.DepthM)
	if !ok {
		return math.NaN(), math.NaN()
	}
	frame := dip.NewFrame(devi, hazi)
	switch j.from {
	case imagelog.RefHighSide:
		return frame.TrueFromApparent(p.DipDeg, p.AzimuthDeg)
	case imagelog.RefMagnetic:
		return frame.TrueFromApparentNorth(p.DipDeg, p.AzimuthDeg+j.declinationDeg)
	default:
		return frame.TrueFromApparentNorth(p.DipDeg, p.AzimuthDeg)
	}
}

// refer brings the apparent azimuth to the other reference.
func (j *adjuster) refer(p *picks.Pick) error {
	if j.Reference == "" || j.Reference == j.from {
		return nil
	}
	hazi := math.NaN()
	if j.from == imagelog.RefHighSide || j.Reference == imagelog.RefHighSide {
		devi, azimuth, ok := j.OrientationAt(p.DepthM)
		if !ok {
			return fmt.Errorf("%w: the deviation of the hole is not known at %.3f m", ErrReference, p.DepthM)
		}
		if devi < dip.HighSideDeg {
			j.nearVertical++
		}
		hazi = azimuth
	}
	// What is added to an azimuth of a reference to count it from true north.
	toNorth := map[imagelog.Reference]float64{imagelog.RefNorth: 0, imagelog.RefMagnetic: j.declinationDeg, imagelog.RefHighSide: hazi}
	p.AzimuthDeg = dip.WrapAzimuth(p.AzimuthDeg + toNorth[j.from] - toNorth[j.Reference])
	return nil
}

func (j *adjuster) warnings(n int) (out []string) {
	for _, w := range []struct {
		count int
		text  string
	}{
		{j.noDiameter, "have no caliper reading within reach: they keep their hole diameter"},
		{j.noTrue, "are left without a true dip: the deviation of the hole is not given there"},
		{j.nearVertical, "lie where the hole is near vertical: their azimuth from the high side means little"},
	} {
		if w.count > 0 {
			out = append(out, fmt.Sprintf("%d of %d picks %s", w.count, n, w.text))
		}
	}
	return out
}
