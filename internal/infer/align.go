package infer

import (
	"context"
	"fmt"
	"math"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// Constants of the alignment.
const (
	alignScore  = 0.2   // least confidence of a curve that takes part
	alignCurves = 8     // fewer say nothing about pads
	alignAtOnce = 384   // curves, some hundred metres: what is in memory together, and how long pads may keep their depth
	alignRows   = 4096  // of the log that are read together
	alignPasses = 4     // with pads; a fifth changes nothing that matters
	laminaePass = 2     // after which contacts and laminae are told apart: the pads are found by then
	alignMoveM  = 0.008 // farther than that no attitude moves, metres of half height
	alignWorse  = 1.1   // so much less alike may the wall be along a curve that has moved
	padShiftM   = 0.003 // how far off a pad is expected to be

	doubtfulShiftM = 0.005 // farther than that is worth a warning
	finest         = 4     // rows of the log in one of the network's; what is finer still is averaged
)

// align moves curves to the attitude at which all columns of the wall show the same, in the log's own rows.
//
// The pads of a tool hardly ever record at exactly one depth: each lies some millimetres off, and a plane takes what it can of that for dip.
// But planes dip every way, and the tool turns, so over many curves the lags of the pads come apart from the attitudes of the planes: both are
// unknowns of one least-squares problem (padFit). Only attitudes move: the depth at which a profile counts as a bed is the verifier's.
//
// It returns how far the farthest pad lies from the mean of all, metres; 0 where pads cannot be told apart.
func (p *Picker) align(ctx context.Context, log *imagelog.Log, grid *tile.Grid, rs []Refined) (farthestM float64, err error) {
	rowM := grid.Options().RowM
	fineM := rowM
	if step := log.StepM(); step < rowM {
		fineM = max(step, rowM/finest)
	} else if len(log.P1NODeg) == 0 && len(log.RBDeg) == 0 {
		return 0, nil // no pads, and no rows that the verifier has not seen
	}
	view, err := log.View(fineM, grid.Options().Columns, grid.Tone())
	if err != nil {
		return 0, fmt.Errorf("align: %w", err)
	}
	var sure []*Refined
	for i := range rs {
		if rs[i].Score >= alignScore {
			sure = append(sure, &rs[i])
		}
	}
	rows := &viewRows{View: view}
	var slab []float32 // of the bands, used again in every window
	windows := (len(sure) + alignAtOnce - 1) / alignAtOnce
	for w := range windows {
		fit := newPadFit(view.Columns(), rowM/fineM, rowM)
		for _, r := range sure[len(sure)*w/windows : len(sure)*(w+1)/windows] {
			c := r.Rescale(fineM / rowM)
			fit.curves = append(fit.curves, &aligned{Refined: r, start: c, now: c, seen: make([]bool, view.Columns())})
		}
		if slab, err = p.cutBands(ctx, rows, fit, slab); err != nil {
			return 0, err
		}
		p.fitPads(log, grid, fit)
		for _, c := range fit.curves {
			c.A, c.B = c.now.A*fineM/rowM, c.now.B*fineM/rowM
		}
		farthestM = max(farthestM, fit.farthest()*fineM)
	}
	return farthestM, nil
}

// cutBands reads the surroundings of the curves, into slab if that is large enough, and returns what they lie in.
func (p *Picker) cutBands(ctx context.Context, image *viewRows, fit *padFit, slab []float32) ([]float32, error) {
	half := int(math.Ceil((stackBed+stackMargin)*fit.scale)) + 2
	size := bandSize(image.Columns(), half)
	if n := size * len(fit.curves); n > cap(slab) {
		slab = make([]float32, n)
	}
	curve := func(i int) Curve { return fit.curves[i].start }
	err := eachPart(ctx, image, len(fit.curves), curve, half+2, min(alignRows, p.partRows), func(part Raster, first, end int) {
		p.pool.Each(end-first, curveGrain, func(_, i0, i1 int) {
			for i := first + i0; i < first+i1; i++ {
				c := fit.curves[i]
				c.band = newBand(slab[i*size:][:size], part, fit.cos, fit.sin, c.start, half)
			}
		})
	})
	return slab, err
}

// fitPads solves for pads and curves in turn.
func (p *Picker) fitPads(log *imagelog.Log, grid *tile.Grid, fit *padFit) {
	each := func(visit func(s *stack, c *aligned)) {
		stacks := make([]stack, p.pool.Threads())
		p.pool.Each(len(fit.curves), curveGrain, func(worker, i0, i1 int) {
			for _, c := range fit.curves[i0:i1] {
				visit(&stacks[worker], c)
			}
		})
	}
	each(fit.measure)
	if !fit.setNoise() {
		return
	}
	for pass := range 1 + alignPasses {
		each(fit.observe)
		fit.solvePads()
		for _, c := range fit.curves {
			fit.move(c)
		}
		if pass == 0 && len(fit.curves) >= alignCurves {
			fit.findPads(log, grid)
		}
		if pass == laminaePass {
			each(fit.measureLaminae)
			fit.setScatter()
		}
	}
	each(func(s *stack, c *aligned) {
		if !fit.noWorse(s, c) {
			c.now = c.start
		}
	})
}

// findPads tells the pads apart by the columns that were seen.
func (f *padFit) findPads(log *imagelog.Log, grid *tile.Grid) {
	curves, seen := make([]Curve, len(f.curves)), make([][]bool, len(f.curves))
	for i, c := range f.curves {
		curves[i], seen[i] = c.Curve, c.seen
	}
	frame := newPadFrame(log, grid, curves, seen)
	if frame == nil {
		return
	}
	f.shift = make([]float64, frame.pads)
	for _, c := range f.curves {
		c.pad = make([]int, len(f.cos))
		for j := range c.pad {
			c.pad[j] = frame.padOf(c.Curve, j)
		}
	}
}

// farthest pad from the mean of all, rows.
func (f *padFit) farthest() float64 {
	mean, out := 0.0, 0.0
	for _, s := range f.shift {
		mean += s / float64(len(f.shift))
	}
	for _, s := range f.shift {
		out = max(out, math.Abs(s-mean))
	}
	return out
}

// viewRows is a view as a source of rasters, each of which holds until the next.
type viewRows struct {
	*imagelog.View
	image []float32
	mask  []bool
}

func (v *viewRows) raster(s tile.Span) (Raster, error) {
	n := (s.Hi - s.Lo) * v.Columns()
	if n > cap(v.image) {
		v.image, v.mask = make([]float32, n), make([]bool, n)
	}
	r := Raster{Image: v.image[:n], Mask: v.mask[:n], Rows: s.Hi - s.Lo, Columns: v.Columns(), First: s.Lo}
	return r, v.Read(r.Image, r.Mask, s.Lo, s.Hi)
}

// gridRows is a grid as a source of rasters.
type gridRows struct{ *tile.Grid }

func (g gridRows) raster(s tile.Span) (Raster, error) {
	section, err := g.Section(s)
	if err != nil {
		return Raster{}, err
	}
	return Raster{Image: section.Image(), Mask: section.Mask(), Rows: s.Hi - s.Lo, Columns: g.Options().Columns, First: s.Lo}, nil
}
