package infer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// Picker picks wells with one model. It is not safe for concurrent use: it spreads its work over its own pool.
type Picker struct {
	opt    Options
	bundle *model.Bundle
	graph  *model.Graph
	pool   *kernel.Pool
	found  []model.Detection

	verifier *verifier // nil where the model has none

	partRows int // defaultPartRows
}

// Result of picking a well.
type Result struct {
	Picks    []picks.Pick // ascending in depth
	Grid     *tile.Grid   // what the network saw; of a long well without its image
	Tiles    int          // that were looked at
	steep    []beside     // where beds are known to lie steeply, ascending
	Warnings []string     // doubtful but usable: what was assumed

	PadShiftM float64 // how far the farthest pad recorded from the mean depth of all, metres; 0 where that is not known
}

// NewPicker prepares a model for picking.
func NewPicker(b *model.Bundle, opt Options, pool *kernel.Pool) (*Picker, error) {
	if opt.Batch < 1 || !(opt.Overlap >= 0 && opt.Overlap < 1) {
		return nil, fmt.Errorf("pick: batch %d must be positive and overlap %g in [0, 1)", opt.Batch, opt.Overlap)
	}
	p := &Picker{opt: opt, bundle: b, pool: pool, graph: b.Net.Build(pool, opt.Batch, false), partRows: defaultPartRows}
	if err := p.checkCalibration(); err != nil {
		return nil, err
	}
	if b.Verifier != nil && opt.Refine {
		p.verifier = newVerifier(b.Verifier, pool)
	}
	return p, nil
}

// Pick picks one well. progress, if not nil, is told the tiles done and in total. A cancelled context stops it with the
// context's cause.
func (p *Picker) Pick(ctx context.Context, log *imagelog.Log, progress func(done, total int)) (*Result, error) {
	refined, res, err := p.Refined(ctx, log, progress)
	if err != nil {
		return nil, err
	}
	res.Picks, res.Warnings = Convert(log, res.Grid, p.opt, refined)
	if res.PadShiftM > doubtfulShiftM {
		res.Warnings = append(res.Warnings, fmt.Sprintf("a pad shows the rock %.0f mm off the depth of the others: attitudes are corrected for it (pick.align), depths are those of the mean", 1000*res.PadShiftM))
	}
	return res, nil
}

// Refined is Pick before the threshold and the conversion: every curve that the network proposes, refined, merged, with its confidence as
// score. Without a calibration these are the curves that reach the threshold. The result has no picks yet.
func (p *Picker) Refined(ctx context.Context, log *imagelog.Log, progress func(done, total int)) ([]Refined, *Result, error) {
	refined, res, err := p.Candidates(ctx, log, progress)
	if err != nil {
		return nil, nil, err
	}
	defer res.Grid.Close() // what is wrong with a temporary file has shown when it was read
	if !p.opt.Refine {
		return refined, res, nil
	}
	if p.verifier != nil {
		if refined, err = p.secondLook(ctx, res, refined, func([]Refined) {}); err != nil {
			return nil, nil, err
		}
		addCrowding(refined, res.Grid.Options().Columns)
		_, deviation := res.Grid.Moments()
		if err = addBackground(ctx, gridRows{res.Grid}, deviation, refined, p.pool); err != nil {
			return nil, nil, err
		}
	}
	p.calibrate(refined)
	refined = MergeRefined(refined, Tolerance{p.opt.RefinedMergeM / p.bundle.Tile.RowM, refinedMergeRelative})
	if p.opt.Align {
		res.PadShiftM, err = p.align(ctx, log, res.Grid, refined)
	}
	return refined, res, err
}

// secondLook lets the verifier look at curves, and at what the network has overlooked, which it adds: beds that are conformable with those that
// are believed, as long as there are more of them, and fractures in what all of these leave of the image. proposed is shown curves before
// each look.
func (p *Picker) secondLook(ctx context.Context, res *Result, rs []Refined, proposed func([]Refined)) ([]Refined, error) {
	grid := res.Grid
	lookAt := func(more []Refined) error {
		sortByDepth(more)
		proposed(more)
		if err := p.look(ctx, grid, more); err != nil {
			return err
		}
		rs = append(rs, more...)
		sortByDepth(rs)
		return nil
	}
	sortByDepth(rs)
	steep, err := p.alongTiles(ctx, res, rs)
	if err != nil {
		return nil, err
	}
	first := append(rs, steep...)
	rs = nil
	if err := lookAt(first); err != nil {
		return nil, err
	}
	fresh := believedBeds(rs)
	for round := 0; round < conformRounds && len(fresh) > 0; round++ {
		beds, err := p.conformable(ctx, grid, rs, fresh)
		if err != nil {
			return nil, err
		}
		if err := lookAt(beds); err != nil {
			return nil, err
		}
		fresh = believedBeds(beds)
	}
	fractures, err := overlookedFractures(ctx, gridRows{grid}, rs, p.pool)
	if err != nil {
		return nil, err
	}
	crossing, err := p.refine(ctx, grid, fractures)
	if err != nil {
		return nil, err
	}
	err = lookAt(crossing)
	return rs, err
}

func sortByDepth(rs []Refined) {
	slices.SortStableFunc(rs, func(a, b Refined) int { return cmp.Compare(a.D, b.D) })
}

// alongTiles are the beds that the network may have overlooked in steep tiles, on their traces.
func (p *Picker) alongTiles(ctx context.Context, res *Result, rs []Refined) ([]Refined, error) {
	var beds []Curve
	curve := func(i int) Curve { return res.steep[i].above }
	err := eachPart(ctx, gridRows{res.Grid}, len(res.steep), curve, p.bundle.Tile.Rows, p.partRows, func(part Raster, first, end int) {
		beds = append(beds, part.bedsAlong(res.steep[first:end], rs, tileSeen)...)
	})
	if err != nil {
		return nil, err
	}
	return p.refine(ctx, res.Grid, beds)
}

// conformable are the beds that the network has overlooked beside fresh ones of those that are believed, on their traces.
func (p *Picker) conformable(ctx context.Context, grid *tile.Grid, rs []Refined, fresh bedAttitudes) ([]Refined, error) {
	var beds []Curve
	curve := func(i int) Curve { return rs[i].Curve }
	err := eachPart(ctx, gridRows{grid}, len(rs), curve, conformGap, p.partRows, func(part Raster, first, end int) {
		beds = append(beds, conformable(part, rs[first:end], fresh)...)
	})
	if err != nil {
		return nil, err
	}
	return p.refine(ctx, grid, beds)
}

// look lets the verifier look at curves, and gathers the evidence for them.
func (p *Picker) look(ctx context.Context, grid *tile.Grid, rs []Refined) error {
	curve := func(i int) Curve { return rs[i].Curve }
	return eachPart(ctx, gridRows{grid}, len(rs), curve, p.verifier.reach(), p.partRows, func(part Raster, first, end int) {
		p.verifier.run(part, rs[first:end])
		p.addEvidence(part, grid, rs[first:end])
	})
}

// Candidates are the curves that the network proposes, moved onto their traces: Refined before the second look, the calibration and
// the last merge. The result's grid must be closed.
func (p *Picker) Candidates(ctx context.Context, log *imagelog.Log, progress func(done, total int)) ([]Refined, *Result, error) {
	grid, err := tile.NewLongGrid(log, p.gridOptions(log))
	if err != nil {
		return nil, nil, err
	}
	res := &Result{Grid: grid}
	curves, err := p.curves(ctx, grid, progress, res)
	if err != nil {
		return nil, nil, errors.Join(err, grid.Close())
	}
	refined, err := p.refine(ctx, grid, Merge(curves, Tolerance{p.opt.MergeM / p.bundle.Tile.RowM, mergeRelative}, false))
	if err != nil {
		return nil, nil, errors.Join(err, grid.Close())
	}
	return refined, res, nil
}

// Proposals are all curves that the verifier of the picker gets to look at: Candidates, and what the network has overlooked, before any look. The
// result's grid must be closed.
func (p *Picker) Proposals(ctx context.Context, log *imagelog.Log) ([]Refined, *Result, error) {
	found, res, err := p.Candidates(ctx, log, nil)
	if err != nil || p.verifier == nil {
		return found, res, err
	}
	var all []Refined
	_, err = p.secondLook(ctx, res, found, func(more []Refined) { all = append(all, more...) }) // the look moves them
	if err != nil {
		return nil, nil, errors.Join(err, res.Grid.Close())
	}
	return all, res, nil
}

// curveGrain is how many curves a worker takes at a time: they take unlike times.
const curveGrain = 8

// addEvidence fills the evidence of curves of a part of a grid.
func (p *Picker) addEvidence(part Raster, grid *tile.Grid, rs []Refined) {
	profilers := make([]*profiler, p.pool.Threads())
	p.pool.Each(len(rs), curveGrain, func(worker, i0, i1 int) {
		if profilers[worker] == nil {
			profilers[worker] = newProfiler(part, profileReach)
		}
		for i := i0; i < i1; i++ {
			rs[i].Evidence, rs[i].answers = profilers[worker].evidence(rs[i].Curve, grid.DeviationAt(rs[i].D))
		}
	})
}

// GridRaster is the image of a grid in memory.
func GridRaster(g *tile.Grid) Raster {
	return Raster{Image: g.Image(), Mask: g.Mask(), Rows: g.Rows(), Columns: g.Options().Columns}
}

// coarseStep is how much coarser than the model's rows a log may be before its own rows are taken. LWD images of rows of 1 to 5 cm score far
// better in rows of 5 mm (docs/model-card.md); in a density image of 10 cm rows, finer ones only push its sinusoids beyond the tile.
const coarseStep = 10

// RowM is the height of the grid's rows, metres, that suits a log and a network that was trained on rows of rowM metres. The network is blind
// to what a row is in metres, so a log whose sinusoids are as coarse as its rows is better seen in these.
func RowM(log *imagelog.Log, rowM float64) float64 {
	if step := log.StepM(); step > coarseStep*rowM {
		return step
	}
	return rowM
}

// GridRowM is the height that was asked for, else RowM.
func (o Options) GridRowM(log *imagelog.Log, rowM float64) float64 {
	if o.RowM > 0 {
		return o.RowM
	}
	return RowM(log, rowM)
}

// gridOptions are the model's tile options with rows of the height that was asked for, or that suits the log.
func (p *Picker) gridOptions(log *imagelog.Log) tile.Options {
	t := p.bundle.Tile
	t.RowM = p.opt.GridRowM(log, t.RowM)
	return t
}

// refine moves every curve onto its trace, beds less far where a second look moves them on. Its distances, like those of Merge, are in the
// virtual metres of the network, whose rows are always the model's: on a coarser grid they grow with its rows.
func (p *Picker) refine(ctx context.Context, grid *tile.Grid, curves []Curve) ([]Refined, error) {
	t := p.bundle.Tile
	mean, deviation := grid.Moments()
	refiner, err := refinerFor(t.Columns, mean, deviation, t.RowM, DefaultMoveM)
	if err != nil {
		return nil, err
	}
	if p.verifier != nil {
		refiner.bedRows = bedMoveM / t.RowM
	}
	refined := make([]Refined, len(curves))
	curve := func(i int) Curve { return curves[i] }
	err = eachPart(ctx, gridRows{grid}, len(curves), curve, refiner.reach(), p.partRows, func(part Raster, first, end int) {
		here := refiner.on(part)
		p.pool.Each(end-first, curveGrain, func(_, i0, i1 int) {
			for i := first + i0; i < first+i1; i++ {
				refined[i] = here.Refine(curves[i])
				refined[i].Response *= deviation / max(grid.DeviationAt(curves[i].D), 1e-12)
				if !p.opt.Refine {
					refined[i].Curve = curves[i]
					refined[i].Coverage = part.Coverage(curves[i])
				}
			}
		})
	})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(refined, func(r Refined) bool { return r.Coverage < leastCoverage || math.Abs(r.Response) < leastResponse }), nil
}

// bedMoveM is how far refinement may move a flat bed that gets a second look, metres. Thin beds are parallel: farther away lies the next contact, and
// where that is the stronger one, refinement would leave the trace that was proposed for it, for good. What is missing the second look moves.
const bedMoveM = 0.02

// Merging of tall curves, see Tolerance: before and after refinement.
const (
	mergeRelative        = 0.04
	refinedMergeRelative = 0.03
)

// leastCoverage is the share of a sinusoid's columns with wall seen below which it is no pick: nobody could check it.
const leastCoverage = 0.12

// leastResponse is that of a curve along which there is anything at all to see, in standard deviations of the image near it: that of 15,147 right curves on
// synthetic wells of every kind is 0.009 and more. Where a tool was dead, all values are the same, and what the network says of them means nothing.
const leastResponse = 0.005
