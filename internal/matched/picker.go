package matched

import (
	"context"
	"errors"
	"math"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/infer"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// A log is searched piece by piece, which bounds the memory of long wells; the pieces overlap by what a candidate needs around it.
const (
	defaultPieceM = 150.0
	overlapM      = contextReach * contextM
)

// Picker picks wells without a network. It is not safe for concurrent use: it spreads its work over its own pool.
type Picker struct {
	opt  Options
	pick infer.Options
	rule *rule
	pool *kernel.Pool

	pieceM float64
}

// NewPicker prepares picking. Of pick, thresholds, RowM and what conversion to picks needs are used.
func NewPicker(opt Options, pick infer.Options, pool *kernel.Pool) (*Picker, error) {
	if err := opt.hough().Validate(); err != nil {
		return nil, err
	}
	rule, err := builtinRule()
	if err != nil {
		return nil, err
	}
	return &Picker{opt: opt, pick: pick, rule: rule, pool: pool, pieceM: defaultPieceM}, nil
}

// Pick picks one well. progress, if not nil, is told the pieces of log done and in total. A cancelled context stops it with the context's
// cause. It wraps imagelog.ErrNoData for a log without a valid pixel.
func (p *Picker) Pick(ctx context.Context, log *imagelog.Log, progress func(done, total int)) (*infer.Result, error) {
	cs, res, err := p.Candidates(ctx, log, progress)
	if err != nil {
		return nil, err
	}
	defer res.Grid.Close() // what is wrong with a temporary file has shown when it was read
	refined := make([]infer.Refined, len(cs))
	for i := range cs {
		refined[i] = cs[i].Refined
	}
	res.Picks, res.Warnings = infer.Convert(log, res.Grid, p.pick, refined)
	return res, nil
}

// Candidates are the traces of a log before the threshold, ordered by depth, some 20 a metre, with curves in rows of the result's grid,
// which must be closed. The result has no picks yet.
func (p *Picker) Candidates(ctx context.Context, log *imagelog.Log, progress func(done, total int)) ([]Candidate, *infer.Result, error) {
	grid, err := tile.NewLongGrid(log, gridOptions(log, p.pick))
	if err != nil {
		return nil, nil, err
	}
	rowM := grid.Options().RowM
	core, overlap := max(1, int(p.pieceM/rowM)), int(math.Ceil((overlapM+p.opt.MaxAmplitudeM)/rowM))
	res := &infer.Result{Grid: grid, Tiles: (grid.Rows() + core - 1) / core}
	var out []Candidate
	for k := range res.Tiles {
		lo, hi := k*core, min((k+1)*core, grid.Rows())
		cs, err := p.piece(ctx, grid, max(0, lo-overlap), min(hi+overlap, grid.Rows()))
		if err != nil {
			return nil, nil, errors.Join(err, grid.Close())
		}
		for _, c := range cs {
			// The first and the last piece also answer for midlines that lie beyond the log.
			if (c.D >= float64(lo) || k == 0) && (c.D < float64(hi) || k == res.Tiles-1) {
				out = append(out, c)
			}
		}
		if progress != nil {
			progress(k+1, res.Tiles)
		}
	}
	return out, res, nil
}

// piece finds and judges the candidates of grid rows [lo, hi).
func (p *Picker) piece(ctx context.Context, grid *tile.Grid, lo, hi int) ([]Candidate, error) {
	part, err := grid.Section(tile.Span{Lo: lo, Hi: hi})
	if err != nil {
		return nil, err
	}
	rowM := grid.Options().RowM
	cs, err := measure(ctx, infer.Raster{Image: part.Image(), Mask: part.Mask(), Rows: hi - lo, Columns: grid.Options().Columns}, rowM, p.opt, p.pool)
	if err != nil {
		return nil, err
	}
	p.rule.judge(cs, rowM)
	for i := range cs {
		cs[i].D += float64(lo)
	}
	return cs, nil
}

// gridOptions are those of the grid that a log is searched on.
func gridOptions(log *imagelog.Log, pick infer.Options) tile.Options {
	return tile.Options{Rows: gridTile, Columns: gridColumns, RowM: pick.GridRowM(log, gridRowM), Image: tile.ImageTile, MaskChannel: true}
}
