package labels

import (
	"errors"
	"fmt"
	"math"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// ErrTrueOnly: a pick has no apparent dip, and the orientation of the hole that would give it is not known.
var ErrTrueOnly = errors.New("no apparent dip")

// Hole is what turns true dips into apparent ones.
type Hole struct {
	// OrientationAt gives deviation from vertical and hole azimuth at a measured depth, degrees; nil where nothing is known.
	OrientationAt  func(depthM float64) (deviDeg, haziDeg float64, ok bool)
	Reference      imagelog.Reference // of the image that the labels are for
	DeclinationDeg float64            // of magnetic against true north, where Reference is magnetic
}

// HoleOf is the hole of a log.
func HoleOf(log *imagelog.Log) Hole {
	return Hole{OrientationAt: log.OrientationAt, Reference: log.Reference, DeclinationDeg: log.DeclinationDeg}
}

// maxApparentDeg is the apparent dip from which a plane runs along the hole and draws no sinusoid that could be told from its
// neighbours': in an 8.5 in hole its half is 12 m high.
const maxApparentDeg = 89.5

// Complete gives the picks of a table that have true dips only their apparent ones, in the azimuth reference of the image. It
// changes nothing where none is missing. Planes that run along the hole are left out, with a warning.
//
// It wraps ErrTrueOnly where the hole, or the reference, is not known.
func Complete(t *picks.Table, hole Hole) (warnings []string, err error) {
	kept := t.Picks[:0:0]
	along := 0
	for _, p := range t.Picks {
		if math.IsNaN(p.DipDeg) {
			if err := hole.apparent(&p); err != nil {
				return nil, err
			}
			if p.DipDeg >= maxApparentDeg {
				along++
				continue
			}
			if p.HoleDiameterM > 0 && math.IsNaN(p.AmplitudeM) {
				p.AmplitudeM = dip.AmplitudeM(p.DipDeg, p.HoleDiameterM)
			}
		}
		kept = append(kept, p)
	}
	t.Picks = kept
	if along > 0 {
		warnings = append(warnings, fmt.Sprintf("%d planes left out: they run along the hole and draw no sinusoid", along))
	}
	return warnings, nil
}

// apparent sets the apparent dip of a pick from its true one.
func (h Hole) apparent(p *picks.Pick) error {
	if h.OrientationAt == nil {
		return fmt.Errorf("%w at %.3f m, only a true one: give a table with apparent dips, which geobfdt export picks --format csv --survey makes of this one", ErrTrueOnly, p.DepthM)
	}
	devi, hazi, ok := h.OrientationAt(p.DepthM)
	if !ok {
		return fmt.Errorf("%w at %.3f m, only a true one, and the deviation of the hole is not known there: give a well with deviation and hole azimuth, or a table with apparent dips",
			ErrTrueOnly, p.DepthM)
	}
	frame := dip.NewFrame(devi, hazi)
	switch h.Reference {
	case imagelog.RefHighSide:
		p.DipDeg, p.AzimuthDeg = frame.ApparentFromTrue(p.TrueDipDeg, p.TrueAzimuthDeg)
	case imagelog.RefNorth:
		p.DipDeg, p.AzimuthDeg = frame.ApparentNorthFromTrue(p.TrueDipDeg, p.TrueAzimuthDeg)
	case imagelog.RefMagnetic:
		p.DipDeg, p.AzimuthDeg = frame.ApparentNorthFromTrue(p.TrueDipDeg, p.TrueAzimuthDeg)
		p.AzimuthDeg = dip.WrapAzimuth(p.AzimuthDeg - h.DeclinationDeg)
	default:
		return fmt.Errorf("%w at %.3f m, only a true one, and the azimuth reference of the image is not known: say it with --reference", ErrTrueOnly, p.DepthM)
	}
	return nil
}
