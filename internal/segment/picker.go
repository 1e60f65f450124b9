package segment

import (
	"context"
	"fmt"
	"slices"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/infer"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// Map is what the network says of a well.
type Map struct {
	Rows, Columns int
	P             []float32 // probabilities of a trace, [Rows, Columns, Classes]
	Seen          []bool    // where the tool saw wall, [Rows, Columns]
}

// Picker picks wells with one network. It is not safe for concurrent use.
type Picker struct {
	opt   infer.Options
	net   *Net
	graph *Graph
	pool  *kernel.Pool
}

// NewPicker prepares a network for picking. Of the options it uses Overlap, Batch, RefinedMergeM and those of the conversion to picks.
func NewPicker(n *Net, opt infer.Options, pool *kernel.Pool) (*Picker, error) {
	if opt.Batch < 1 || !(opt.Overlap >= 0 && opt.Overlap < 1) {
		return nil, fmt.Errorf("pick: batch %d must be positive and overlap %g in [0, 1)", opt.Batch, opt.Overlap)
	}
	return &Picker{opt: opt, net: n, graph: n.Build(pool, opt.Batch, false), pool: pool}, nil
}

// Grid is a well as the network sees it.
func (p *Picker) Grid(log *imagelog.Log) (*tile.Grid, error) { return tile.NewGrid(log, p.net.Tile) }

// Map looks at a well tile by tile. Where tiles overlap their answers are averaged, the nearer to the middle of a tile the heavier.
func (p *Picker) Map(ctx context.Context, grid *tile.Grid) (*Map, error) {
	t := p.net.Tile
	m := &Map{Rows: grid.Rows(), Columns: t.Columns, P: make([]float32, grid.Rows()*t.Columns*Classes), Seen: grid.Mask()}
	weights := make([]float32, m.Rows)
	x := make([][]float32, p.opt.Batch)
	for i := range x {
		x[i] = make([]float32, t.Size())
	}
	pixels := t.Rows * t.Columns
	prob := make([]float32, p.opt.Batch*pixels*Classes)
	for starts := range slices.Chunk(grid.Starts(p.opt.Overlap), p.opt.Batch) {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		p.pool.Run(len(starts), func(_, i0, i1 int) {
			for i := i0; i < i1; i++ {
				grid.Fill(x[i], starts[i])
				p.graph.SetInput(i, x[i])
			}
		})
		p.graph.Forward()
		probabilities(prob, p.graph.Logits.Data, p.graph.Logits.Stride, len(starts)*pixels, p.pool)
		for i, start := range starts {
			m.add(prob[i*pixels*Classes:][:pixels*Classes], weights, start, t.Rows)
		}
	}
	for r, w := range weights {
		if w > 0 {
			kernel.Scale(m.row(r), 1/w)
		}
	}
	return m, nil
}

func (m *Map) row(r int) []float32 {
	n := m.Columns * Classes
	return m.P[r*n : (r+1)*n]
}

// add a tile of so many rows that starts at row start.
func (m *Map) add(prob, weights []float32, start, rows int) {
	n := m.Columns * Classes
	for r := range min(rows, m.Rows-start) {
		w := float32(min(r+1, rows-r))
		weights[start+r] += w
		kernel.Axpy(m.row(start+r), w, prob[r*n:(r+1)*n])
	}
}

// Picks fits sinusoids to a map, at a threshold of probability, and converts those of every confidence to picks of the log. Of two curves
// on one trace, whatever their classes, the surer one is kept. warnings say what had to be assumed.
func (p *Picker) Picks(ctx context.Context, log *imagelog.Log, grid *tile.Grid, m *Map, threshold float64) (found []picks.Pick, warnings []string, err error) {
	var curves [Classes][]infer.Refined
	rowM := p.net.Tile.RowM
	var errs [Classes]error
	p.pool.Run(Classes, func(_, k0, k1 int) {
		for k := k0; k < k1; k++ {
			curves[k], errs[k] = Fit(ctx, m, dip.Class(k), threshold, p.net.Options.halfRows(rowM), rowM)
		}
	})
	for _, err := range errs {
		if err != nil {
			return nil, nil, err
		}
	}
	all := slices.Concat(curves[:]...)
	all = infer.MergeRefined(all, infer.Tolerance{Rows: p.opt.RefinedMergeM / rowM, Relative: mergeRelative})
	opt := p.opt
	opt.Threshold, opt.ThresholdFracture = 0, 0
	found, warnings = infer.Convert(log, grid, opt, all)
	return found, warnings, nil
}

// mergeRelative is the part of the merging distance that grows with the amplitude, as in package infer.
const mergeRelative = 0.03

// Masks compares the map with the mask of the true sinusoids at a threshold.
func (p *Picker) Masks(grid *tile.Grid, m *Map, truth []picks.Pick, threshold float64) MaskCounts {
	mask := make([]float32, len(m.P))
	labels := make([]tile.Label, 0, len(truth))
	for _, one := range truth {
		d, a, b := one.Trace().Rows(grid.TopM(), p.net.Tile.RowM)
		labels = append(labels, tile.Label{Class: one.Class, D: d, A: a, B: b})
	}
	Draw(mask, labels, m.Rows, m.Columns, p.net.Options.halfRows(p.net.Tile.RowM))
	return Compare(m.P, mask, m.Seen, threshold)
}
