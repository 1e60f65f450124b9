// Package metrics scores picks against truth.
//
// Picks and truths of a class are matched one to one within a tolerance t: as many pairs as possible, and among those
// matchings the one of least total cost, not greedily. Two costs, two families of scores:
//
//	depth@t  |dz|, the difference of the midlines
//	curve@t  the RMS distance of the two sinusoids round the hole, sqrt(dz^2 + |dA|^2 / 2): the headline, at 5 cm
//
// A matched pair is a hit, the other picks are false, the other truths are missed. Everything is computed per class and once more
// with classes ignored ("any").
//
// Chance is the F1 of random picks of the same number and shapes: each pick keeps class, amplitude and azimuth, and gets a depth
// drawn evenly over the scored interval; the mean over many draws. On dense bedding it is not small, so no table of this package
// shows F1 without it.
//
// Scores that do not exist, such as the precision of no picks, are NaN here, null in JSON and - in tables.
package metrics

import (
	"fmt"
	"math"
	"math/cmplx"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/picks"
)

const (
	// HeadlineCM is the tolerance of the scores that exist at one tolerance only: calibration, the threshold sweep, false
	// picks (all curve@5cm) and the class error (depth@5cm).
	HeadlineCM = 5.0
	// Any stands for a class where classes are ignored.
	Any = "any"

	azimuthLimitDeg = 15.0
	// minAzimuthDipDeg is the truth's dip up to which its azimuth is not judged.
	minAzimuthDipDeg = 3.0
)

// tolerancesCM are the tolerances of depth@t and curve@t; dipLimitsDeg those of the dips of depth hits.
var (
	tolerancesCM = [...]float64{2, 3, 4, 5, 6, 9}
	dipLimitsDeg = [...]float64{1, 3, 5}
)

// headline is the place of HeadlineCM in tolerancesCM.
const headline = 3

// Options of scoring.
type Options struct {
	ChanceDraws    int    // random wells behind the chance level; 0 leaves it out
	BootstrapDraws int    // resamples behind an interval between wells; 0 leaves it out
	Seed           uint64 // of both
}

// DefaultOptions are those of every published table.
func DefaultOptions() Options { return Options{ChanceDraws: 50, BootstrapDraws: 1000, Seed: 1} }

// Validate refuses negative counts.
func (o Options) Validate() error {
	if o.ChanceDraws < 0 || o.BootstrapDraws < 0 {
		return fmt.Errorf("scoring: %d chance draws, %d bootstrap draws: use 0 to leave them out, or more", o.ChanceDraws, o.BootstrapDraws)
	}
	return nil
}

// Well is what is scored together: picks never match the truth of another well.
type Well struct {
	Name         string
	Truth, Picks []picks.Pick // in any order
	// TopM and BaseM bound the interval that the truth covers; truths and picks with their midline outside are left out. Both 0:
	// the interval that truths and picks span.
	TopM, BaseM float64
}

// interval returns the scored interval.
func (w *Well) interval() (topM, baseM float64, err error) {
	if w.TopM != 0 || w.BaseM != 0 {
		if !(w.BaseM > w.TopM) || math.IsInf(w.BaseM-w.TopM, 0) {
			return 0, 0, fmt.Errorf("interval from %g to %g m: give its top, then its base", w.TopM, w.BaseM)
		}
		return w.TopM, w.BaseM, nil
	}
	topM, baseM = math.Inf(1), math.Inf(-1)
	for _, ps := range [][]picks.Pick{w.Truth, w.Picks} {
		for i := range ps {
			topM, baseM = min(topM, ps[i].DepthM), max(baseM, ps[i].DepthM)
		}
	}
	if topM > baseM {
		return 0, 0, nil
	}
	return topM, baseM, nil
}

// check refuses picks that cannot be scored.
func check(what string, ps []picks.Pick) error {
	for i := range ps {
		p := &ps[i]
		a := p.Trace().Amplitude
		drawn := !math.IsNaN(cmplx.Abs(a)) && !math.IsInf(cmplx.Abs(a), 0)
		switch {
		case !p.Class.Valid():
			return fmt.Errorf("%s %d: %w %d", what, i+1, dip.ErrClass, int(p.Class))
		case math.IsNaN(p.DepthM) || math.IsInf(p.DepthM, 0) || !(p.DipDeg >= 0 && p.DipDeg < 90) || !drawn:
			return fmt.Errorf("%s %d: depth %g m, dip %g, azimuth %g is no sinusoid", what, i+1, p.DepthM, p.DipDeg, p.AzimuthDeg)
		case !(p.Confidence >= 0 && p.Confidence <= 1):
			return fmt.Errorf("%s %d: confidence %g is not in [0, 1]", what, i+1, p.Confidence)
		}
	}
	return nil
}
