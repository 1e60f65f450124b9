package review

import (
	"errors"
	"fmt"
	"math"
	"math/cmplx"
	"slices"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/infer"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// RefusedError is a change that makes no sense, in words for whoever asked for it.
type RefusedError struct{ Reason string }

func (e *RefusedError) Error() string { return e.Reason }

func refusedf(format string, args ...any) error {
	return &RefusedError{fmt.Sprintf(format, args...)}
}

const (
	// marginM above and below a sinusoid is what its measurement may look at.
	marginM = 0.5
	// steepestDeg is the apparent dip from which a plane runs along the hole and draws no sinusoid.
	steepestDeg = 89.5
)

// Wall measures sinusoids on the image of a well. It is safe for concurrent use.
type Wall struct {
	log  *imagelog.Log
	opt  infer.Options
	grid tile.Options
}

// NewWall prepares measurement. Of opt what conversion to dips and flags needs is used, of grid rows and columns.
func NewWall(log *imagelog.Log, opt infer.Options, grid tile.Options) (*Wall, error) {
	grid.Image = tile.ImageTile
	grid.RowM = infer.RowM(log, grid.RowM)
	if err := grid.Validate(); err != nil {
		return nil, err
	}
	opt.Threshold, opt.ThresholdFracture = 0, 0 // whoever draws by hand means it
	return &Wall{log, opt, grid}, nil
}

// TopM and BaseM are the depths of the first and the last row of the image, metres.
func (w *Wall) TopM() float64  { return w.log.DepthM[0] }
func (w *Wall) BaseM() float64 { return w.log.DepthM[w.log.Rows()-1] }

// Measure is the pick of a curve that a person has drawn: dips with the caliper and the orientation of the hole, coverage, flags, and a
// quality from what the image shows along it, all as of a pick of confidence 1. It fails with a *RefusedError where the curve has no place in the
// well.
func (w *Wall) Measure(class dip.Class, c dip.Curve) (picks.Pick, error) {
	return w.refine(class, c, 0)
}

// Snap is Measure of the curve moved to the trace in the image that is nearest, within infer.DefaultMoveM.
func (w *Wall) Snap(class dip.Class, c dip.Curve) (picks.Pick, error) {
	return w.refine(class, c, infer.DefaultMoveM)
}

func (w *Wall) refine(class dip.Class, c dip.Curve, moveM float64) (picks.Pick, error) {
	if err := w.check(class, c); err != nil {
		return picks.Pick{}, err
	}
	reachM := cmplx.Abs(c.Amplitude) + marginM
	lo, _ := slices.BinarySearch(w.log.DepthM, c.DepthM-reachM)
	hi, _ := slices.BinarySearch(w.log.DepthM, c.DepthM+reachM)
	if lo == hi {
		return picks.Pick{}, noImage(c.DepthM)
	}
	section, err := w.log.Section(lo, hi, nil)
	if err != nil {
		return picks.Pick{}, err
	}
	grid, err := tile.NewGrid(section, w.grid)
	if errors.Is(err, imagelog.ErrNoData) {
		return picks.Pick{}, noImage(c.DepthM)
	}
	if err != nil {
		return picks.Pick{}, fmt.Errorf("measure at %.3f m: %w", c.DepthM, err)
	}
	refiner, err := infer.NewRefiner(infer.GridRaster(grid), w.grid.RowM, moveM)
	if err != nil {
		return picks.Pick{}, err
	}
	d, a, b := c.Rows(grid.TopM(), w.grid.RowM)
	refined := refiner.Refine(infer.Curve{Class: class, D: d, A: a, B: b, Score: 1})
	found, _ := infer.Convert(w.log, grid, w.opt, []infer.Refined{refined})
	if len(found) != 1 {
		return picks.Pick{}, refusedf("the sinusoid at %.3f m cannot be measured", c.DepthM)
	}
	return found[0], nil
}

func noImage(depthM float64) error {
	return refusedf("there is no image near %.3f m", depthM)
}

func (w *Wall) check(class dip.Class, c dip.Curve) error {
	amplitudeM := cmplx.Abs(c.Amplitude)
	switch {
	case !class.Valid():
		return refusedf("class %d does not exist", int(class))
	case !(c.DepthM >= w.TopM() && c.DepthM <= w.BaseM()):
		return refusedf("%.3f m is outside the image, %.3f to %.3f m", c.DepthM, w.TopM(), w.BaseM())
	}
	diameterM, source := w.log.DiameterAtDepth(c.DepthM)
	if source == imagelog.DiameterUnknown {
		diameterM = dip.DefaultDiameterM
	}
	if dipDeg := dip.FromAmplitude(amplitudeM, diameterM); !(dipDeg < steepestDeg) || math.IsInf(amplitudeM, 0) {
		return refusedf("a plane that steep runs along the hole and draws no sinusoid")
	}
	return nil
}
