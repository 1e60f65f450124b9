package ablate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/geobfdt/geobfdt/internal/atomicfile"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/train"
)

// Options of a run.
type Options struct {
	Threads int    // of all cells at work together; 0: one for each processor that Go may use
	Jobs    int    // cells at work at once, which share the threads; 0: one
	Version string // of the program, for the records
	Command string // command line, likewise

	// Hooks, which may be nil. They are called by one goroutine at a time.
	Event    func(c Cell, e Event)
	Progress func(c Cell, p train.Progress) // of the training, after every step
	Finished func(o Outcome)                // of a cell, also of one that was done before
}

// Outcome is what became of a cell in a run.
type Outcome struct {
	Cell    Cell
	Before  State   // when the run came to it
	Result  *Result // nil if it failed
	Err     error
	Seconds float64 // that the run spent on it
}

// Run brings cells to their results; what is done is not done again. A cell that fails does not keep others from running. A cancelled
// context saves what was trained, stops the run and returns its cause; the next Run goes on from there. outcomes are of the cells that
// were finished, in their order.
//
// Several processes may work in one folder, each on cells of its own. Two that work on the same cell do its work twice, no harm else.
func (e *Experiment) Run(ctx context.Context, cells []Cell, opt Options) (outcomes []Outcome, err error) {
	jobs := max(1, min(opt.Jobs, len(cells)))
	threads := opt.Threads
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	r := &runner{Experiment: e, Options: opt, stores: storeCache{open: map[string]*openStore{}}, loaded: newWellCache(keptWells)}
	done := make([]*Outcome, len(cells))
	next := make(chan int)
	var workers sync.WaitGroup
	for range jobs {
		workers.Go(func() {
			pool := kernel.NewPool(max(1, threads/jobs))
			defer pool.Close()
			for i := range next {
				if done[i] = r.attempt(ctx, cells[i], pool); done[i] != nil && opt.Finished != nil {
					r.hooks.Lock()
					opt.Finished(*done[i])
					r.hooks.Unlock()
				}
			}
		})
	}
	for i := range cells {
		select {
		case next <- i:
		case <-ctx.Done():
		}
	}
	close(next)
	workers.Wait()
	for _, o := range done {
		if o != nil {
			outcomes = append(outcomes, *o)
		}
	}
	if ctx.Err() != nil {
		return outcomes, context.Cause(ctx)
	}
	return outcomes, nil
}

// runner is a Run under way.
type runner struct {
	*Experiment
	Options
	stores storeCache
	loaded *wellCache
	hooks  sync.Mutex
}

// attempt does one cell; nil if it was stopped on the way.
func (r *runner) attempt(ctx context.Context, c Cell, pool *kernel.Pool) *Outcome {
	if ctx.Err() != nil {
		return nil
	}
	started := time.Now()
	o := &Outcome{Cell: c}
	if o.Before, o.Err = r.State(c); o.Err == nil && o.Before == StateDone {
		o.Result, o.Err = r.Result(c)
		return o
	}
	a := &attempt{runner: r, cell: c, pool: pool, started: started}
	if o.Err == nil {
		o.Result, o.Err = a.run(ctx)
	}
	o.Seconds = time.Since(started).Seconds()
	if o.Err != nil && ctx.Err() != nil {
		a.event(Event{Stage: StageStopped, Seconds: o.Seconds})
		return nil
	}
	if o.Err != nil {
		o.Err = fmt.Errorf("cell %s: %w", c.Name, o.Err)
		a.event(Event{Stage: StageFailed, Seconds: o.Seconds, Error: o.Err.Error()})
		a.writeError(o.Err)
	}
	return o
}

// attempt is a cell under way.
type attempt struct {
	*runner
	cell    Cell
	pool    *kernel.Pool
	started time.Time
	log     *os.File // nil before the folder is there
}

// run brings the cell to its result.
func (a *attempt) run(ctx context.Context) (*Result, error) {
	dir := a.cellDir(a.cell)
	if err := os.MkdirAll(filepath.Join(dir, picksName), 0o755); err != nil {
		return nil, err
	}
	log, err := os.OpenFile(filepath.Join(dir, logName), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	a.log = log
	a.event(Event{Stage: StageBegin, Threads: a.pool.Threads()})
	err = atomicfile.Write(filepath.Join(dir, configName), func(w io.Writer) error {
		_, err := w.Write(a.cell.Setup().YAML)
		return err
	})
	if err != nil {
		return nil, err
	}
	work := a.detection
	if a.File.Task == Segmentation {
		work = a.segmentation
	}
	trained, err := work(ctx)
	if err != nil {
		return nil, err
	}
	if err := a.writeResult(a.cell, trained); err != nil {
		return nil, err
	}
	if err := os.Remove(filepath.Join(dir, errorName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	a.event(Event{Stage: StageDone, Seconds: time.Since(a.started).Seconds(), Samples: trained.Samples, PerSecond: trained.SamplesPerSecond})
	return trained, nil
}

// detection trains the cell's detector and scores it.
func (a *attempt) detection(ctx context.Context) (*Result, error) {
	job, err := a.job(ctx)
	if err != nil {
		return nil, err
	}
	cut := time.Since(a.started)
	trained, err := a.trained(job.Dir, func() error {
		_, err := train.Run(ctx, job)
		return err
	})
	if err != nil {
		return nil, err
	}
	scoring := time.Now()
	trained.Data = job.Train.Describe()
	if err := a.score(ctx, trained); err != nil {
		return nil, err
	}
	trained.OtherSeconds = (cut + time.Since(scoring)).Seconds()
	return trained, nil
}

// trained trains the cell in its folder, or goes on with it, and reads from its metrics what it came to.
func (a *attempt) trained(dir string, run func() error) (*Result, error) {
	began := time.Now()
	if err := run(); err != nil {
		return nil, err
	}
	r := &Result{
		Cell: a.cell.Name, Seed: a.cell.Seed, Hash: a.cell.Hash, Version: a.Version, Threads: a.pool.Threads(), Warnings: []string{},
	}
	if err := r.readMetrics(filepath.Join(dir, train.MetricsName)); err != nil {
		return nil, err
	}
	a.event(Event{Stage: StageTrain, Seconds: time.Since(began).Seconds(), Samples: r.Samples, PerSecond: r.SamplesPerSecond})
	return r, nil
}

// job is the training of the cell.
func (a *attempt) job(ctx context.Context) (train.Job, error) {
	c, s := a.cell, a.cell.Setup()
	job := train.Job{
		Dir: a.cellDir(c), Options: s.Train, Model: s.Model, Tile: s.Tile, Loss: s.Loss, Threshold: s.Pick.Threshold, Pool: a.pool,
		Record:   model.Record{Config: string(s.YAML), ConfigHash: c.configHash, Version: a.Version, DataHash: c.dataHash},
		Progress: a.progress,
	}
	if c.trainWells == 0 {
		src, held, err := onTheFly(s)
		job.Train, job.Eval = src, held
		return job, err
	}
	if err := a.tileSources(ctx, &job); err != nil {
		return job, err
	}
	return job, nil
}

// progress tells the hook.
func (a *attempt) progress(p train.Progress) {
	if a.Progress != nil {
		a.hooks.Lock()
		defer a.hooks.Unlock()
		a.Progress(a.cell, p)
	}
}

// writeError leaves the reason of a failure in the cell's folder, if that can be written at all.
func (a *attempt) writeError(failure error) {
	err := atomicfile.Write(filepath.Join(a.cellDir(a.cell), errorName), func(w io.Writer) error {
		_, err := fmt.Fprintln(w, failure)
		return err
	})
	if err != nil {
		a.event(Event{Stage: StageWarning, Error: err.Error()})
	}
}
