package train

import (
	"context"
	"math"
	"time"

	"github.com/geobfdt/geobfdt/internal/loss"
	"github.com/geobfdt/geobfdt/internal/optim"
)

// Counters say how far a training is.
type Counters struct {
	Samples int64   `json:"samples"`
	Steps   int64   `json:"steps"`
	Seconds float64 `json:"seconds"` // of training so far, over all sittings
}

// Loop is a training whatever the network: when it steps, logs, evaluates and saves. Every error of a callback ends it.
type Loop struct {
	Options  Options
	Counters *Counters                                  // where it begins; kept up to date
	Step     func(lr float64) (norm float64, err error) // makes a step on the next batch; norm is that of the gradient
	Loss     func() loss.Result                         // mean since the last Log
	Progress func(Progress)                             // called after every step; may be nil
	Log      func(p Progress, seconds float64) error
	Evaluate func(seconds float64) error
	Save     func() error
}

// Run trains until Options.Samples have been seen. A cancelled context saves the state and returns its cause.
func (l *Loop) Run(ctx context.Context) error {
	o, c := l.Options, l.Counters
	batch := int64(o.Batch)
	steps := max(1, o.Samples/batch)
	sched := optim.Schedule{Peak: o.LR, Final: o.FinalLR, Warmup: int64(o.WarmupSteps), Total: steps}
	started, before := time.Now(), c.Seconds
	clock := func() float64 { return before + time.Since(started).Seconds() }
	save := func() error {
		c.Seconds = clock()
		return l.Save()
	}
	due := func(every int64) bool {
		return every > 0 && c.Samples/every != (c.Samples-batch)/every || c.Steps == steps
	}
	lastTime, lastSamples := clock(), c.Samples
	for c.Steps < steps {
		if ctx.Err() != nil {
			if err := save(); err != nil {
				return err
			}
			return context.Cause(ctx)
		}
		lr := sched.At(c.Steps)
		norm, err := l.Step(lr)
		if err != nil {
			return err
		}
		c.Steps++
		c.Samples = c.Steps * batch
		now := clock()
		p := Progress{Samples: c.Samples, Total: steps * batch, Loss: l.Loss(), LR: lr, GradNorm: norm,
			SamplesPerSecond: float64(c.Samples-lastSamples) / math.Max(1e-9, now-lastTime)}
		if l.Progress != nil {
			l.Progress(p)
		}
		if due(o.LogEvery) {
			if err := l.Log(p, now); err != nil {
				return err
			}
			lastTime, lastSamples = now, c.Samples
		}
		if due(o.EvalEvery) {
			if err := l.Evaluate(clock()); err != nil {
				return err
			}
			lastTime, lastSamples = clock(), c.Samples
		}
		if due(o.SaveEvery) {
			if err := save(); err != nil {
				return err
			}
		}
	}
	return nil
}
