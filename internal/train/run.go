package train

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"gorgonia.org/tensor"

	"github.com/geobfdt/geobfdt/internal/checkpoint"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/loss"
	"github.com/geobfdt/geobfdt/internal/match"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/optim"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// Job is one training run.
type Job struct {
	Dir       string // run folder; it is made
	Options   Options
	Model     model.Options
	Tile      tile.Options
	Loss      loss.Options
	Threshold float64            // class score of a pick in evaluations
	Train     Source             // samples to learn from
	Eval      Source             // held-out samples; nil: no evaluation, the last state is the best
	Init      *checkpoint.File   // parameters to start from; nil: from the seed
	Record    model.Record       // Config, ConfigHash, Version, Data, DataHash, Init are the caller's
	Pool      *kernel.Pool       // workers
	Progress  func(p Progress)   // called after every step; may be nil
	Evaluated func(e Evaluation) // called after every evaluation; may be nil
}

// Progress of a run.
type Progress struct {
	Samples, Total   int64
	Loss             loss.Result // means since the last line of metrics.jsonl
	LR, GradNorm     float64
	SamplesPerSecond float64
}

// Evaluation on the held-out samples.
type Evaluation struct {
	Samples int64
	Scores  Scores
	Best    bool
}

// line is one line of metrics.jsonl.
type line struct {
	Samples   int64    `json:"samples"`
	Seconds   float64  `json:"seconds"`
	Loss      float64  `json:"loss,omitempty"`
	Class     float64  `json:"class,omitempty"`
	Param     float64  `json:"param,omitempty"`
	LR        float64  `json:"lr,omitempty"`
	GradNorm  float64  `json:"grad_norm,omitempty"`
	PerSecond float64  `json:"samples_per_second,omitempty"`
	Eval      *Scores  `json:"eval,omitempty"`
	Score     *float64 `json:"score,omitempty"`
}

// NonFiniteError stops a run whose loss or gradient is not a number. What was in the batch is in File.
type NonFiniteError struct {
	Step     int64
	Loss     float64
	GradNorm float64
	File     string
}

// Error implements error.
func (e *NonFiniteError) Error() string {
	return fmt.Sprintf("step %d: loss %g, gradient norm %g: not finite; the batch is in %s; lower train.lr or look at the tiles in it", e.Step, e.Loss, e.GradNorm, e.File)
}

// run is the state of a Job while it works.
type run struct {
	Job
	net      *model.Net
	verifier *model.Verifier // of the initial model; nil where it has none
	graph    *model.Graph
	crit     *loss.Criterion
	opt      *optim.AdamW
	eval     *evaluator
	dir      string
	record   model.Record
	state    state

	x      [][]float32 // per place in the batch
	labels [][]tile.Label
	truths [][]loss.Truth
	errs   []error
	draw   func(worker, i0, i1 int)
}

// Run trains until Options.Samples have been seen, resuming what the folder holds. A cancelled context saves the state and returns
// the context's error; calling Run again goes on from there.
func Run(ctx context.Context, j Job) (Scores, error) {
	r := &run{Job: j, dir: j.Dir, record: j.Record}
	if err := os.MkdirAll(j.Dir, 0o755); err != nil {
		return Scores{}, err
	}
	r.record.Seed, r.record.Threads, r.record.ISA, r.record.Data = j.Options.Seed, j.Pool.Threads(), kernel.ISA(), j.Train.Describe()
	if err := r.build(); err != nil {
		return Scores{}, err
	}
	if err := Resume(j.Dir, r.record, r.net.Params, r.opt, &r.state, &r.state.Counters); err != nil {
		return Scores{}, err
	}
	r.state.Threads = j.Pool.Threads()
	metrics, err := OpenMetrics(j.Dir, r.state.Samples)
	if err != nil {
		return Scores{}, err
	}
	defer metrics.Close()
	lines := json.NewEncoder(metrics)
	loop := Loop{
		Options: j.Options, Counters: &r.state.Counters, Step: r.step, Loss: r.state.Mean.mean, Progress: j.Progress, Save: r.save,
		Log: func(p Progress, seconds float64) error {
			r.state.Mean = meanResult{}
			return lines.Encode(line{Samples: p.Samples, Seconds: seconds, Loss: p.Loss.Total, Class: p.Loss.Class, Param: p.Loss.Param, LR: p.LR,
				GradNorm: p.GradNorm, PerSecond: p.SamplesPerSecond})
		},
		Evaluate: func(seconds float64) error { return r.evaluate(lines, seconds) },
	}
	if err := loop.Run(ctx); err != nil {
		return Scores{}, err
	}
	best, err := checkpoint.ReadFile(filepath.Join(j.Dir, BestName))
	if err != nil {
		return Scores{}, err
	}
	var s Scores
	return s, json.Unmarshal([]byte(best.Metadata[model.MetaScores]), &s)
}

func (r *run) build() (err error) {
	o := r.Options
	geo := Geometry(r.Tile)
	if r.net, err = model.New(r.Model, geo, o.Seed); err != nil {
		return err
	}
	if r.Init != nil {
		if err := r.net.LoadParams(r.Init.Tensors); err != nil {
			return fmt.Errorf("%w: %w: train with the model and tile options that it was trained with", ErrInit, err)
		}
		// A second look goes on being one, to be trained further; a calibration would be another detector's.
		if r.verifier, err = model.LoadVerifier(r.Init); err != nil {
			return fmt.Errorf("%w: %w", ErrInit, err)
		}
	}
	r.graph = r.net.Build(r.Pool, o.Batch, true)
	head := loss.HeadSlope
	if r.Model.Decoder == "plain" {
		head = loss.HeadPolar
	}
	if r.crit, err = loss.New(r.Loss, head, geo.HeightM(), model.RadiusM, r.Model.Queries, r.Pool); err != nil {
		return err
	}
	r.opt = optim.NewAdamW(r.net.Params, o.Beta1, o.Beta2, o.WeightDecay, r.Pool)
	for range o.Batch {
		r.x = append(r.x, make([]float32, r.Tile.Size()))
	}
	r.labels, r.truths, r.errs = make([][]tile.Label, o.Batch), make([][]loss.Truth, o.Batch), make([]error, o.Batch)
	r.draw = r.drawSamples
	if r.Eval != nil {
		r.eval = &evaluator{run: r}
	}
	return nil
}

func (r *run) drawSamples(_, i0, i1 int) {
	first := r.state.Steps * int64(r.Options.Batch)
	for i := i0; i < i1; i++ {
		r.labels[i], r.errs[i] = r.Train.Draw(first+int64(i), r.x[i])
		r.truths[i] = Truths(r.truths[i][:0], r.labels[i], r.net.Geometry)
		r.graph.SetInput(i, r.x[i])
	}
}

// Geometry is the network's view of tiles.
func Geometry(t tile.Options) model.Geometry {
	return model.Geometry{Rows: t.Rows, Columns: t.Columns, Channels: t.Channels(), RowM: t.RowM}
}

// Truths converts labels from row coordinates to the virtual geometry of the network.
func Truths(dst []loss.Truth, labels []tile.Label, g model.Geometry) []loss.Truth {
	k := g.RowM / model.RadiusM
	for _, l := range labels {
		dst = append(dst, loss.Truth{Class: int(l.Class), Depth: l.D / float64(g.Rows), VX: l.A * k, VY: l.B * k})
	}
	return dst
}

// step makes one step on the next batch and returns the norm of its gradient.
func (r *run) step(lr float64) (float64, error) {
	r.Pool.Run(r.Options.Batch, r.draw)
	for i, err := range r.errs {
		if err != nil {
			return 0, fmt.Errorf("sample %d: %w", r.state.Steps*int64(r.Options.Batch)+int64(i), err)
		}
	}
	r.graph.Training = true
	r.graph.Forward()
	r.graph.ZeroGrad()
	res, err := r.crit.Compute(r.graph.Outputs(), r.truths)
	norm := math.NaN()
	switch {
	case errors.Is(err, match.ErrCost): // outputs that are not finite cannot be matched
		res.Total = math.NaN()
	case err != nil:
		return norm, fmt.Errorf("step %d: %w", r.state.Steps, err)
	default:
		r.graph.Backward()
		norm = r.opt.Clip(r.Options.Clip)
	}
	if bad := res.Total - res.Total + norm - norm; bad != 0 {
		file, err := r.dumpBatch()
		if err != nil {
			return norm, fmt.Errorf("step %d: loss %g, gradient norm %g: not finite, and its batch cannot be written: %w", r.state.Steps, res.Total, norm, err)
		}
		return norm, &NonFiniteError{Step: r.state.Steps, Loss: res.Total, GradNorm: norm, File: file}
	}
	r.opt.Step(lr)
	r.state.Mean.add(res)
	return norm, nil
}

// dumpBatch writes the current batch for a look at it.
func (r *run) dumpBatch() (string, error) {
	var x []float32
	for _, v := range r.x {
		x = append(x, v...)
	}
	labels, err := json.Marshal(r.labels)
	if err != nil {
		return "", err
	}
	path := filepath.Join(r.dir, fmt.Sprintf("nonfinite-step%d.safetensors", r.state.Steps))
	return path, checkpoint.WriteFile(path, &checkpoint.File{
		Tensors:  map[string]*tensor.Dense{"x": tensor.New(tensor.WithShape(len(r.x), r.Tile.Rows, r.Tile.Columns, r.Tile.Channels()), tensor.WithBacking(x))},
		Metadata: map[string]string{"labels": string(labels)},
	})
}

// evaluate scores the held-out samples and keeps the best model so far.
func (r *run) evaluate(metrics *json.Encoder, seconds float64) error {
	if r.eval == nil {
		return r.saveBest(Scores{})
	}
	s, err := r.eval.scores()
	if err != nil {
		return fmt.Errorf("evaluation: %w", err)
	}
	score := s.Score()
	best := score >= r.state.BestScore
	if best {
		r.state.BestScore = score
		if err := r.saveBest(s); err != nil {
			return err
		}
	}
	if r.Evaluated != nil {
		r.Evaluated(Evaluation{Samples: r.state.Samples, Scores: s, Best: best})
	}
	return metrics.Encode(line{Samples: r.state.Samples, Seconds: seconds, Eval: &s, Score: &score})
}

// meanResult averages the results of steps. It is part of the state: a line of metrics.jsonl may span an interruption.
type meanResult struct {
	Sum   loss.Result `json:"sum"`
	Steps int         `json:"steps"`
}

func (m *meanResult) add(r loss.Result) {
	m.Sum.Total += r.Total
	m.Sum.Class += r.Class
	m.Sum.Param += r.Param
	m.Sum.Truths += r.Truths
	m.Steps++
}

func (m *meanResult) mean() loss.Result {
	k := 1 / float64(max(1, m.Steps))
	return loss.Result{Total: m.Sum.Total * k, Class: m.Sum.Class * k, Param: m.Sum.Param * k, Truths: m.Sum.Truths}
}
