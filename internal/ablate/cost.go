package ablate

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/train"
)

// Cost is what a cell is expected to take.
type Cost struct {
	Samples int64   `json:"samples"`
	GFLOP   float64 `json:"gflop_per_sample"` // forward and backward, of the products alone
	Seconds float64 `json:"seconds"`          // of training
}

// Spent is the wall time of the cells that are done, added up.
type Spent struct {
	Cells        int     `json:"cells"`
	TrainSeconds float64 `json:"train_seconds"`
	OtherSeconds float64 `json:"other_seconds"` // reading, tiling and scoring
}

// add adds a cell.
func (s *Spent) add(r *Result) {
	s.Cells++
	s.TrainSeconds += r.TrainSeconds
	s.OtherSeconds += r.OtherSeconds
}

// words is the plain sentence of what was spent, which must be something.
func (s Spent) words() string {
	n := float64(s.Cells)
	return fmt.Sprintf("%.1f s of training a cell, and %.1f s of reading, tiling and scoring: %.1f %% of it (mean of %d cells)",
		s.TrainSeconds/n, s.OtherSeconds/n, 100*s.OtherSeconds/s.TrainSeconds, s.Cells)
}

// assumedGFLOPs is the speed of one thread that a plan counts with until a cell of the folder is done: what training the default
// network came to on one core of a Zen 4 server (AVX-512).
const assumedGFLOPs = 55.0

// Costs estimates every cell. The speed is the one that finished cells of the folder reached, else an assumed one for so many threads;
// basis says which.
func (e *Experiment) Costs(threads int) (costs []Cost, basis string, err error) {
	var flop, seconds float64
	done := 0
	for _, c := range e.Cells {
		one := Cost{Samples: c.Setup().Train.Samples, GFLOP: e.trainingGFLOP(c.Setup())}
		costs = append(costs, one)
		if e.Dir == "" {
			continue
		}
		r, err := e.Result(c)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, "", err
		}
		if r.Hash == c.Hash && r.TrainSeconds > 0 {
			flop, seconds, done = flop+one.GFLOP*float64(r.Samples), seconds+r.TrainSeconds, done+1
		}
	}
	speed, basis := assumedGFLOPs*float64(max(1, threads)), fmt.Sprintf("at an assumed %g GFLOP/s on each of %d threads", assumedGFLOPs, max(1, threads))
	if done > 0 {
		speed, basis = flop/seconds, fmt.Sprintf("at the %.0f GFLOP/s of %d cells that are done", flop/seconds, done)
	}
	for i := range costs {
		costs[i].Seconds = float64(costs[i].Samples) * costs[i].GFLOP / speed
	}
	return costs, basis, nil
}

// trainingGFLOP is forward and backward of one sample: the backward pass repeats every product twice.
func (e *Experiment) trainingGFLOP(s *Setup) float64 {
	if e.File.Task == Segmentation {
		return 3 * s.Segment.GFLOP(s.Tile)
	}
	return 3 * forwardGFLOP(s.Model, train.Geometry(s.Tile))
}

// blocksOf are the residual blocks of the four stages (He et al. 2016, arXiv 1512.03385, table 1; ResNet-10 has one each).
var blocksOf = map[string][4]float64{"resnet10": {1, 1, 1, 1}, "resnet18": {2, 2, 2, 2}, "resnet34": {3, 4, 6, 3}}

// forwardGFLOP counts the products of a forward pass, two operations each: convolutions, attention, feed-forward. Norms, softmax and
// the heads are left out; it is an estimate.
func forwardGFLOP(o model.Options, g model.Geometry) float64 {
	rows, cols := float64(g.Rows)/2, float64(g.Columns)/2
	width := float64(o.Widths[0])
	products := rows * cols * width * 49 * float64(g.Channels) // stem
	rows, cols = rows/2, cols/2                                // pooling
	for i, blocks := range blocksOf[o.Backbone] {
		rows, cols = rows/float64(o.Strides[i][0]), cols/float64(o.Strides[i][1])
		w := float64(o.Widths[i])
		products += rows * cols * (9*width*w + 9*w*w*(2*blocks-1))
		if width != w || o.Strides[i][0]*o.Strides[i][1] > 1 {
			products += rows * cols * width * w // shortcut
		}
		width = w
	}
	tokens, queries, dim, ff := rows*cols, float64(o.Queries), float64(o.Dim), float64(o.FeedForward)
	products += tokens * width * dim
	attention := func(q, k float64) float64 { return 2*q*dim*dim + 2*k*dim*dim + 2*q*k*dim }
	products += float64(o.Encoders) * (attention(tokens, tokens) + 2*tokens*dim*ff)
	products += float64(o.Decoders) * (attention(queries, queries) + attention(queries, tokens) + 2*queries*dim*ff)
	if o.Decoder == "refine" {
		products += float64(o.Decoders) * queries * cols * (3*dim*dim + dim*float64(o.OffsetDim))
	}
	return 2 * products / 1e9
}
