package ablate

import (
	"context"
	"fmt"
	"time"

	"github.com/geobfdt/geobfdt/internal/loss"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/tile"
	"github.com/geobfdt/geobfdt/internal/train"
)

// matched takes the published measure: the tiles of the test wells go through the network, the truths of each are matched to its
// queries as in training, and matched queries whose likelier real class is wrong are counted, well by well.
func (a *attempt) matched(ctx context.Context, b *model.Bundle) ([]Matched, error) {
	began := time.Now()
	s := a.cell.Setup()
	store, err := a.store(ctx, wellSplit(s.Tile), SplitTest, ofSplit(a.wells, SplitTest))
	if err != nil {
		return nil, err
	}
	geo, batch := train.Geometry(b.Tile), s.Train.Batch
	head := loss.HeadSlope
	if s.Model.Decoder == "plain" {
		head = loss.HeadPolar
	}
	crit, err := loss.New(s.Loss, head, geo.HeightM(), model.RadiusM, s.Model.Queries, a.pool)
	if err != nil {
		return nil, err
	}
	graph := b.Net.Build(a.pool, batch, true) // the criterion writes gradients
	graph.Training = false
	x := make([][]float32, batch)
	for i := range x {
		x[i] = make([]float32, b.Tile.Size())
	}
	labels, truths, errs := make([][]tile.Label, batch), make([][]loss.Truth, batch), make([]error, batch)
	var out []Matched
	for _, run := range bySource(store.Manifest()) {
		m := Matched{Well: run.well}
		for first := run.first; first < run.end; first += batch {
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			count := min(batch, run.end-first)
			a.pool.Run(count, func(_, i0, i1 int) {
				for i := i0; i < i1; i++ {
					labels[i], errs[i] = store.Read(first+i, x[i])
					truths[i] = train.Truths(truths[i][:0], labels[i], geo)
					graph.SetInput(i, x[i])
				}
			})
			for _, err := range errs[:count] {
				if err != nil {
					return nil, err
				}
			}
			graph.Forward()
			res, err := crit.Compute(graph.Outputs(), truths[:count])
			if err != nil {
				return nil, fmt.Errorf("match queries of %s: %w", run.well, err)
			}
			m.Truths, m.Wrong = m.Truths+res.Truths, m.Wrong+res.WrongClass
		}
		out = append(out, m)
	}
	a.event(Event{Stage: StageMatch, Seconds: time.Since(began).Seconds(), Samples: int64(store.Len())})
	return out, nil
}

// sourceRun are the tiles [first, end) of one log.
type sourceRun struct {
	well       string
	first, end int
}

// bySource lists the tiles of a store log by log, as they stand in it.
func bySource(m *tile.Manifest) (runs []sourceRun) {
	for i, t := range m.Tiles {
		if i == 0 || t.Source != m.Tiles[i-1].Source {
			runs = append(runs, sourceRun{well: t.Well, first: i})
		}
		runs[len(runs)-1].end = i + 1
	}
	return runs
}
