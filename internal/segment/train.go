package segment

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"

	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/loss"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/optim"
	"github.com/geobfdt/geobfdt/internal/tile"
	"github.com/geobfdt/geobfdt/internal/train"
)

// Job is one training.
type Job struct {
	Dir      string // run folder; it is made
	Options  train.Options
	Segment  Options
	Tile     tile.Options // of the store behind the sources
	Train    *Source
	Held     *Source              // held-out tiles, which choose the best state; nil: the last state is the best
	Record   model.Record         // Config, ConfigHash, Version, DataHash are the caller's
	Pool     *kernel.Pool         // workers
	Progress func(train.Progress) // called after every step; may be nil
}

// evalThreshold is where masks of held-out tiles are judged while a network trains, whatever Options.Threshold: the border of all losses.
const evalThreshold = 0.5

// Evaluation is the mask of any class on held-out tiles.
type Evaluation struct {
	IoU float64 `json:"mask_iou"`
	F1  float64 `json:"mask_f1"`
}

// line is one line of metrics.jsonl.
type line struct {
	Samples   int64       `json:"samples"`
	Seconds   float64     `json:"seconds"`
	Loss      *float64    `json:"loss,omitempty"`
	LR        float64     `json:"lr,omitempty"`
	GradNorm  float64     `json:"grad_norm,omitempty"`
	PerSecond float64     `json:"samples_per_second,omitempty"`
	Eval      *Evaluation `json:"eval,omitempty"`
}

// run is a Job under way.
type run struct {
	Job
	net   *Net
	graph *Graph
	crit  *Criterion
	opt   *optim.AdamW
	state state

	x    [][]float32 // per place in the batch
	mask []float32   // of the batch, [pixels, Classes]
	seen []bool      // of the batch
	prob []float32   // of the batch, [pixels, Classes]
	errs []error
}

// Run trains until Options.Samples have been seen, going on with what the folder holds. A cancelled context saves the state and returns
// its cause; calling Run again goes on from there, and ends with the same bits for the same number of threads.
func Run(ctx context.Context, j Job) error {
	if err := os.MkdirAll(j.Dir, 0o755); err != nil {
		return err
	}
	r := &run{Job: j}
	r.Record.Seed, r.Record.Threads, r.Record.ISA, r.Record.Data = j.Options.Seed, j.Pool.Threads(), kernel.ISA(), j.Train.Describe()
	var err error
	if r.net, err = NewNet(j.Segment, j.Tile, j.Options.Seed); err != nil {
		return err
	}
	batch, pixels := j.Options.Batch, j.Tile.Rows*j.Tile.Columns
	r.graph = r.net.Build(j.Pool, batch, true)
	r.crit = NewCriterion(j.Segment, j.Pool)
	r.opt = optim.NewAdamW(r.net.Params, j.Options.Beta1, j.Options.Beta2, j.Options.WeightDecay, j.Pool)
	for range batch {
		r.x = append(r.x, make([]float32, j.Tile.Size()))
	}
	r.mask, r.prob = make([]float32, batch*pixels*Classes), make([]float32, batch*pixels*Classes)
	r.seen, r.errs = make([]bool, batch*pixels), make([]error, batch)
	if err := train.Resume(j.Dir, r.Record, r.net.Params, r.opt, &r.state, &r.state.Counters); err != nil {
		return err
	}
	metrics, err := train.OpenMetrics(j.Dir, r.state.Samples)
	if err != nil {
		return err
	}
	defer metrics.Close()
	lines := json.NewEncoder(metrics)
	loop := train.Loop{
		Options: j.Options, Counters: &r.state.Counters, Step: r.step, Loss: r.meanLoss, Progress: j.Progress, Save: r.save,
		Log: func(p train.Progress, seconds float64) error {
			r.state.Sum, r.state.Count = 0, 0
			return lines.Encode(line{Samples: p.Samples, Seconds: seconds, Loss: &p.Loss.Total, LR: p.LR, GradNorm: p.GradNorm, PerSecond: p.SamplesPerSecond})
		},
		Evaluate: func(seconds float64) error { return r.evaluate(lines, seconds) },
	}
	return loop.Run(ctx)
}

// meanLoss is that of the steps since the last line of metrics.jsonl.
func (r *run) meanLoss() loss.Result {
	mean := r.state.Sum / float64(r.state.Count)
	return loss.Result{Total: mean, Class: mean}
}

// draw fills the first count places of the batch from sample first on.
func (r *run) draw(s *Source, first int64, count int) error {
	pixels := r.Tile.Rows * r.Tile.Columns
	r.Pool.Run(count, func(_, i0, i1 int) {
		for i := i0; i < i1; i++ {
			r.errs[i] = s.Draw(first+int64(i), r.x[i], r.mask[i*pixels*Classes:(i+1)*pixels*Classes], r.seen[i*pixels:(i+1)*pixels])
			r.graph.SetInput(i, r.x[i])
		}
	})
	for i, err := range r.errs[:count] {
		if err != nil {
			return fmt.Errorf("sample %d: %w", first+int64(i), err)
		}
	}
	return nil
}

// step makes one step on the next batch and returns the norm of its gradient.
func (r *run) step(lr float64) (float64, error) {
	if err := r.draw(r.Train, r.state.Steps*int64(r.Options.Batch), r.Options.Batch); err != nil {
		return 0, err
	}
	r.graph.Training = true
	r.graph.Forward()
	r.graph.ZeroGrad()
	l := r.graph.Logits
	value := r.crit.Compute(l.Data, l.Grad, l.Stride, r.mask, r.seen)
	r.graph.Backward()
	norm := r.opt.Clip(r.Options.Clip)
	if value-value+norm-norm != 0 {
		return norm, fmt.Errorf("step %d: loss %g, gradient norm %g: not finite; lower train.lr", r.state.Steps, value, norm)
	}
	r.opt.Step(lr)
	r.state.Sum += value
	r.state.Count++
	return norm, nil
}

// evaluate compares masks of held-out tiles with the truth and keeps the best state so far; without held-out tiles the last one is.
func (r *run) evaluate(metrics *json.Encoder, seconds float64) error {
	if r.Held == nil {
		return r.saveBest()
	}
	r.graph.Training = false
	var counts MaskCounts
	pixels := r.Tile.Rows * r.Tile.Columns
	n := min(max(1, r.Options.EvalSamples), r.Held.Len())
	for first := 0; first < n; first += r.Options.Batch {
		count := min(r.Options.Batch, n-first)
		if err := r.draw(r.Held, int64(first), count); err != nil {
			return fmt.Errorf("held-out tiles: %w", err)
		}
		r.graph.Forward()
		probabilities(r.prob, r.graph.Logits.Data, r.graph.Logits.Stride, count*pixels, r.Pool)
		counts.Add(Compare(r.prob, r.mask, r.seen[:count*pixels], evalThreshold))
	}
	e := Evaluation{IoU: zeroIfNaN(counts.Any.IoU()), F1: zeroIfNaN(counts.Any.F1())}
	if e.F1 >= r.state.Best {
		r.state.Best = e.F1
		if err := r.saveBest(); err != nil {
			return err
		}
	}
	return metrics.Encode(line{Samples: r.state.Samples, Seconds: seconds, Eval: &e})
}

// zeroIfNaN: tiles without a trace and without a mark count as nothing found.
func zeroIfNaN(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return v
}

// probabilities are the sigmoids of the logits of n pixels, [n, Classes].
func probabilities(dst, logits []float32, stride, n int, pool *kernel.Pool) {
	pool.Run(n, func(_, i0, i1 int) {
		for i := i0; i < i1; i++ {
			for k := range Classes {
				dst[i*Classes+k] = float32(sigmoid(float64(logits[i*stride+k])))
			}
		}
	})
}
