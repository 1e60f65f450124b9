package ablate

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/geobfdt/geobfdt/internal/loss"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/tile"
	"github.com/geobfdt/geobfdt/internal/train"
)

// matched takes the published measure: the tiles of the test wells go through the network, the truths of each are matched to its
// queries as in training, and matched queries whose likelier real class is wrong are counted, well by well. A tile without a truth has no
// matched query, so the network need not see it.
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
	graph := b.Net.Build(a.pool, batch, false)
	x, errs := make([][]float32, batch), make([]error, batch)
	for i := range x {
		x[i] = make([]float32, b.Tile.Size())
	}
	m := store.Manifest()
	out := make([]Matched, len(m.Sources))
	for i := range out {
		out[i].Well = m.Sources[i].Well
	}
	labelled := labelledTiles(m)
	for some := range slices.Chunk(labelled, batch) {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		a.pool.Run(len(some), func(_, i0, i1 int) {
			for i := i0; i < i1; i++ {
				if _, errs[i] = store.Read(some[i], x[i]); errs[i] == nil {
					graph.SetInput(i, x[i])
				}
			}
		})
		for _, err := range errs[:len(some)] {
			if err != nil {
				return nil, err
			}
		}
		graph.Forward()
		for i, k := range some {
			t := &m.Tiles[k]
			well := &out[t.Source]
			res, err := crit.Compute([]loss.Output{lastOutput(graph, i)}, [][]loss.Truth{train.Truths(nil, t.Labels, geo)})
			if err != nil {
				return nil, fmt.Errorf("match queries of %s: %w", well.Well, err)
			}
			well.Truths, well.Wrong = well.Truths+res.Truths, well.Wrong+res.WrongClass
		}
	}
	a.event(Event{Stage: StageMatch, Seconds: time.Since(began).Seconds(), Samples: int64(len(labelled))})
	return out, nil
}

// labelledTiles are the tiles of a store that hold a truth.
func labelledTiles(m *tile.Manifest) (out []int) {
	for i := range m.Tiles {
		if len(m.Tiles[i].Labels) > 0 {
			out = append(out, i)
		}
	}
	return out
}

// lastOutput is what the last decoder layer says of image i of the batch, values only.
func lastOutput(g *model.Graph, i int) loss.Output {
	last := g.Layers[len(g.Layers)-1]
	from := i * last.Logits.Rows * last.Logits.Stride
	return loss.Output{Logits: last.Logits.Data[from:], Params: last.Params.Data[from:], Stride: last.Logits.Stride}
}
