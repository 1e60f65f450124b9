package infer

import (
	"context"
	"fmt"
	"slices"

	"github.com/geobfdt/geobfdt/internal/dip"
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
	x      [][]float32 // tiles of a batch
	found  []model.Detection

	verifier *verifier // nil where the model has none
}

// Result of picking a well.
type Result struct {
	Picks    []picks.Pick // ascending in depth
	Grid     *tile.Grid   // what the network saw
	Tiles    int          // that were looked at
	Warnings []string     // doubtful but usable: what was assumed
}

// NewPicker prepares a model for picking.
func NewPicker(b *model.Bundle, opt Options, pool *kernel.Pool) (*Picker, error) {
	if opt.Batch < 1 || !(opt.Overlap >= 0 && opt.Overlap < 1) {
		return nil, fmt.Errorf("pick: batch %d must be positive and overlap %g in [0, 1)", opt.Batch, opt.Overlap)
	}
	p := &Picker{opt: opt, bundle: b, pool: pool, graph: b.Net.Build(pool, opt.Batch, false)}
	if err := p.checkCalibration(); err != nil {
		return nil, err
	}
	if b.Verifier != nil && opt.Refine {
		p.verifier = newVerifier(b.Verifier, pool)
	}
	for range opt.Batch {
		p.x = append(p.x, make([]float32, b.Tile.Size()))
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
	c := newConverter(log, res.Grid, p.opt)
	for _, r := range refined {
		if r.Score >= p.opt.ThresholdOf(r.Class) {
			res.Picks = append(res.Picks, c.pick(r))
		}
	}
	picks.Sort(res.Picks)
	res.Warnings = c.warnings()
	return res, nil
}

// Refined is Pick before the threshold and the conversion: every curve that the network proposes, refined, merged, with its confidence as
// score. Without a calibration these are the curves that reach the threshold. The result has no picks yet.
func (p *Picker) Refined(ctx context.Context, log *imagelog.Log, progress func(done, total int)) ([]Refined, *Result, error) {
	refined, res, err := p.Candidates(ctx, log, progress)
	if err != nil || !p.opt.Refine {
		return refined, res, err
	}
	if p.verifier != nil {
		p.verifier.run(GridRaster(res.Grid), refined)
	}
	p.calibrate(refined)
	return MergeRefined(refined, Tolerance{p.opt.RefinedMergeM / p.bundle.Tile.RowM, refinedMergeRelative}), res, nil
}

// Candidates are the curves that the network proposes, moved onto their traces: Refined before the second look, the calibration and
// the last merge.
func (p *Picker) Candidates(ctx context.Context, log *imagelog.Log, progress func(done, total int)) ([]Refined, *Result, error) {
	grid, err := tile.NewGrid(log, p.gridOptions(log))
	if err != nil {
		return nil, nil, err
	}
	res := &Result{Grid: grid}
	curves, err := p.curves(ctx, grid, progress, res)
	if err != nil {
		return nil, nil, err
	}
	refined, err := p.refine(GridRaster(grid), Merge(curves, Tolerance{p.opt.MergeM / p.bundle.Tile.RowM, mergeRelative}, false))
	return refined, res, err
}

// GridRaster is the image of a grid.
func GridRaster(g *tile.Grid) Raster {
	return Raster{Image: g.Image(), Mask: g.Mask(), Rows: g.Rows(), Columns: g.Options().Columns}
}

// coarseStep is how much coarser than the model's rows a log may be before its own rows are taken.
const coarseStep = 1.5

// gridOptions are the model's tile options with the height of the rows that suits the log. The network is blind to what a row is
// in metres, so a coarse log (a logging-while-drilling image, say) is better seen in its own rows than stretched to rows that hold
// nothing new.
func (p *Picker) gridOptions(log *imagelog.Log) tile.Options {
	t := p.bundle.Tile
	if p.opt.RowM > 0 {
		t.RowM = p.opt.RowM
	} else if step := log.StepM(); step > coarseStep*t.RowM {
		t.RowM = step
	}
	return t
}

// curves runs the network over the grid's tiles and returns what it sees in the middle of each, in grid rows.
func (p *Picker) curves(ctx context.Context, grid *tile.Grid, progress func(done, total int), res *Result) ([]Curve, error) {
	places := p.occupied(grid)
	if p.opt.Dewarp {
		places = p.withAttitudes(grid, places)
	}
	res.Tiles = len(places)
	var out []Curve
	for first := 0; first < len(places); first += p.opt.Batch {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		batch := places[first:min(first+p.opt.Batch, len(places))]
		p.pool.Run(len(batch), func(_, i0, i1 int) {
			for i := i0; i < i1; i++ {
				t := &batch[i]
				if t.attitude == (attitude{}) {
					grid.Fill(p.x[i], t.start)
				} else {
					t.blank = grid.FillSheared(p.x[i], t.start, grid.Options().Shift(t.a, t.b)) < leastSheared
				}
				p.graph.SetInput(i, p.x[i])
			}
		})
		p.graph.Forward()
		for i, t := range batch {
			if t.blank {
				continue
			}
			out = p.read(out, i, t, p.bundle.Tile.Rows)
		}
		if progress != nil {
			progress(first+len(batch), len(places))
		}
	}
	return out, nil
}

// place is a tile, flat or dewarped along an attitude, and the part of the grid that it answers for.
type place struct {
	start  int
	lo, hi float64
	attitude
	blank bool // hardly any wall seen once dewarped: what the network says of it means nothing
}

// withAttitudes adds the dewarped versions of the tiles that have a steep attitude.
func (p *Picker) withAttitudes(grid *tile.Grid, places []place) []place {
	starts := make([]int, len(places))
	for i, t := range places {
		starts[i] = t.start
	}
	var out []place
	for i, steep := range newScanner(grid, starts, p.pool).attitudes() {
		t := places[i]
		out = append(out, t)
		for _, t.attitude = range steep {
			out = append(out, t)
		}
	}
	return out
}

// territorySlack lets neighbouring tiles both report a curve on their border, rows: it is merged later, and would be lost if each
// saw it on the other's side.
const territorySlack = 2

// occupied lists the tiles that hold any wall seen. Each answers for the rows that are nearer to its middle than to its neighbours'.
func (p *Picker) occupied(grid *tile.Grid) []place {
	h := p.bundle.Tile.Rows
	starts := grid.Starts(p.opt.Overlap)
	// Without overlap a store leaves out the remainder at the bottom; a pick must not.
	if last := grid.Rows() - h; last > starts[len(starts)-1] {
		starts = append(starts, last)
	}
	var out []place
	for i, s := range starts {
		t := place{start: s, lo: float64(s) - territorySlack, hi: float64(s+h) + territorySlack}
		if i > 0 {
			t.lo = float64(starts[i-1]+s+h)/2 - territorySlack
		}
		if i+1 < len(starts) {
			t.hi = float64(starts[i+1]+s+h)/2 + territorySlack
		}
		cols := p.bundle.Tile.Columns
		for _, m := range grid.Mask()[s*cols : min(s+h, grid.Rows())*cols] {
			if m {
				out = append(out, t)
				break
			}
		}
	}
	return out
}

// read appends the detections of place i of the batch.
func (p *Picker) read(out []Curve, i int, t place, rows int) []Curve {
	p.found = p.bundle.Net.Detections(p.found[:0], p.graph, i, min(p.candidateScore(dip.Bedding), p.candidateScore(dip.Fracture)))
	for _, d := range p.found {
		if d.Score < p.candidateScore(dip.Class(d.Class)) || d.D < 0 || d.D >= float64(rows) {
			continue
		}
		u := float64(t.start) + d.D
		if u >= t.lo && u < t.hi {
			out = append(out, Curve{Class: dip.Class(d.Class), D: u, A: d.A + t.a, B: d.B + t.b, Score: d.Score})
		}
	}
	return out
}

// refine moves every curve onto its trace. Its distances, like those of Merge, are in the virtual metres of the network, whose rows are
// always the model's: on a coarser grid they grow with its rows.
func (p *Picker) refine(raster Raster, curves []Curve) ([]Refined, error) {
	refiner, err := NewRefiner(raster, p.bundle.Tile.RowM, DefaultMoveM)
	if err != nil {
		return nil, err
	}
	refined := make([]Refined, len(curves))
	p.pool.Run(len(curves), func(_, i0, i1 int) {
		for i := i0; i < i1; i++ {
			refined[i] = refiner.Refine(curves[i])
			if !p.opt.Refine {
				refined[i].Curve = curves[i]
				refined[i].Coverage = raster.Coverage(curves[i])
			}
		}
	})
	return slices.DeleteFunc(refined, func(r Refined) bool { return r.Coverage < leastCoverage }), nil
}

// Merging of tall curves, see Tolerance: before and after refinement.
const (
	mergeRelative        = 0.04
	refinedMergeRelative = 0.03
)

// leastCoverage is the share of a sinusoid's columns with wall seen below which it is no pick: nobody could check it.
const leastCoverage = 0.12
