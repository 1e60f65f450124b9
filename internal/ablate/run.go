package ablate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/tile"
	"github.com/geobfdt/geobfdt/internal/train"
)

// Options of a run.
type Options struct {
	Pool    *kernel.Pool
	Version string // of the program, for the records
	Command string // command line, likewise
	Redo    bool   // remove cells of other experiments and train them anew

	// Hooks, all of which may be nil. Begin is called for every cell, also for one that is done; End with its result or error.
	Begin    func(c Cell, s State)
	Progress func(stage string, done, total int64, note string)
	End      func(c Cell, r *Result, err error)
}

// Stages of a cell, as Progress names them.
const (
	StageTiles = "cut tiles"
	StageTrain = "train"
	StagePick  = "pick"
)

// OtherError names the cells whose folders belong to another experiment.
type OtherError struct {
	Dir   string
	Cells []string
}

func (e *OtherError) Error() string {
	return fmt.Sprintf("%s holds cells of another configuration or other wells: %s: choose another folder, or have them trained anew (--redo)",
		e.Dir, strings.Join(e.Cells, ", "))
}

// Run trains and scores every cell that is not done. A cell that fails does not keep others from running: the errors of failed
// cells are returned in failed, each naming its cell. A cancelled context stops the run with its cause; what was trained so far
// goes on with the next Run.
func (e *Experiment) Run(ctx context.Context, opt Options) (failed []error, err error) {
	states := make([]State, len(e.Cells))
	stateErrs := make([]error, len(e.Cells))
	var other []string
	for i, c := range e.Cells {
		if states[i], stateErrs[i] = e.State(c); states[i] == StateOther {
			other = append(other, c.Name())
		}
	}
	if len(other) > 0 && !opt.Redo {
		return nil, &OtherError{e.Dir, other}
	}
	r := &runner{Experiment: e, Options: opt, stores: map[string]*tile.Reader{}}
	for i, c := range e.Cells {
		if ctx.Err() != nil {
			return failed, context.Cause(ctx)
		}
		if opt.Begin != nil {
			opt.Begin(c, states[i])
		}
		var result *Result
		cellErr := stateErrs[i]
		if cellErr == nil {
			result, cellErr = r.cell(ctx, c, states[i])
		}
		if cellErr != nil && ctx.Err() != nil {
			return failed, context.Cause(ctx)
		}
		if opt.End != nil {
			opt.End(c, result, cellErr)
		}
		if cellErr != nil {
			failed = append(failed, fmt.Errorf("cell %s: %w", c.Name(), cellErr))
		}
	}
	return failed, nil
}

// runner is a Run under way.
type runner struct {
	*Experiment
	Options
	stores map[string]*tile.Reader // by folder
}

func (r *runner) progress(stage string, done, total int64, note string) {
	if r.Progress != nil {
		r.Progress(stage, done, total, note)
	}
}

// cell brings one cell to its result.
func (r *runner) cell(ctx context.Context, c Cell, s State) (*Result, error) {
	dir := r.cellDir(c)
	switch s {
	case StateDone:
		return r.Result(c)
	case StateOther:
		if err := os.RemoveAll(dir); err != nil {
			return nil, err
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, picksName), 0o755); err != nil {
		return nil, err
	}
	err := writeFile(filepath.Join(dir, "config.yaml"), func(w io.Writer) error {
		_, err := w.Write(c.Setup.YAML)
		return err
	})
	if err != nil {
		return nil, err
	}
	job, err := r.job(ctx, c)
	if err != nil {
		return nil, err
	}
	if _, err := train.Run(ctx, job); err != nil {
		return nil, err
	}
	result := &Result{
		Arm: c.Arm, Seed: c.Seed, Hash: c.Hash, Version: r.Version, Data: job.Train.Describe(),
		Threshold: c.Setup.Pick.Threshold, ThresholdFracture: c.Setup.Pick.ThresholdOf(dip.Fracture), Warnings: []string{},
	}
	if result.Samples, result.TrainSeconds, err = trained(filepath.Join(dir, train.MetricsName)); err != nil {
		return nil, err
	}
	if result.TrainSeconds > 0 {
		result.SamplesPerSecond = float64(result.Samples) / result.TrainSeconds
	}
	if err := r.score(ctx, c, result); err != nil {
		return nil, err
	}
	return result, r.writeResult(c, result)
}

// job is the training of a cell.
func (r *runner) job(ctx context.Context, c Cell) (train.Job, error) {
	s := c.Setup
	job := train.Job{
		Dir: r.cellDir(c), Options: s.Train, Model: s.Model, Tile: s.Tile, Loss: s.Loss, Threshold: s.Pick.Threshold, Pool: r.Pool,
		Record: model.Record{Config: string(s.YAML), ConfigHash: c.configHash, Version: r.Version, DataHash: c.dataHash},
		Progress: func(p train.Progress) {
			r.progress(StageTrain, p.Samples, p.Total, fmt.Sprintf("loss %.3f %.0f/s", p.Loss.Total, p.SamplesPerSecond))
		},
	}
	if len(ofSplit(r.wells, SplitTrain)) == 0 {
		src, err := train.NewSynthSource(s.Train.SynthPresets, s.Train.SynthShear, s.Tile, s.Augment, s.Train.Seed, false)
		if err != nil {
			return job, err
		}
		held, err := train.NewSynthSource(s.Train.SynthPresets, s.Train.SynthShear, s.Tile, s.Augment, s.Train.Seed, true)
		if err != nil {
			return job, err
		}
		job.Train, job.Eval = src, held
		return job, nil
	}
	store, err := r.store(ctx, s.Tile, SplitTrain)
	if err != nil {
		return job, err
	}
	job.Tile = store.Manifest().Options
	tiles, err := train.NewTileSource(store, tile.Train, s.Augment, s.Train.Seed, false)
	if err != nil {
		return job, err
	}
	job.Train = tiles
	if s.Train.SynthShare > 0 {
		second, err := train.NewSynthSource(s.Train.SynthPresets, s.Train.SynthShear, job.Tile, s.Augment, s.Train.Seed, false)
		if err != nil {
			return job, err
		}
		job.Train = &train.MixSource{First: tiles, Second: second, Share: s.Train.SynthShare, Seed: s.Train.Seed}
	}
	if len(ofSplit(r.wells, SplitValid)) == 0 {
		return job, nil
	}
	if store, err = r.store(ctx, s.Tile, SplitValid); err != nil {
		return job, err
	}
	held, err := train.NewTileSource(store, tile.Train, s.Augment, s.Train.Seed, true)
	if err != nil {
		return job, err
	}
	job.Eval = held
	job.Options.EvalSamples = min(job.Options.EvalSamples, held.Len())
	return job, nil
}

// store opens the tiles of a split, cutting them where no cell has done so before. All tiles of a store are on its train side:
// the wells were split already.
func (r *runner) store(ctx context.Context, opt tile.Options, split string) (*tile.Reader, error) {
	opt.Split, opt.TestFraction, opt.Seed = tile.SplitWell, 0, 0 // so that arms that differ in nothing else share
	wells := ofSplit(r.wells, split)
	key := hashOf(fmt.Sprintf("%+v", opt), hashWells(wells))
	dir := filepath.Join(r.Dir, "tiles", split+"-"+key[:12])
	if store, ok := r.stores[dir]; ok {
		return store, nil
	}
	if _, err := os.Stat(filepath.Join(dir, tile.ManifestName)); errors.Is(err, fs.ErrNotExist) {
		if err := r.cut(ctx, dir, opt, wells); err != nil {
			return nil, err
		}
	}
	store, err := tile.Open(dir)
	if err != nil {
		return nil, err
	}
	r.stores[dir] = store
	return store, nil
}

// cut makes a tile store.
func (r *runner) cut(ctx context.Context, dir string, opt tile.Options, wells []well) error {
	w, err := tile.NewWriter(dir, opt)
	if err != nil {
		return err
	}
	defer w.Abort()
	for i, well := range wells {
		r.progress(StageTiles, int64(i), int64(len(wells)), well.name)
		log, truth, err := well.load()
		if err != nil {
			return err
		}
		if _, err := w.AddLog(ctx, log, truth, well.logPath, well.labelPath); err != nil {
			return &WellError{well.name, err}
		}
	}
	_, err = w.Close()
	return err
}

// writeTruth writes the truth of a test well, so that picks can be scored by other means too.
func (e *Experiment) writeTruth(w well, table *picks.Table) error {
	dir := filepath.Join(e.Dir, "truth")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, w.name+".csv"), func(out io.Writer) error {
		return picks.WriteCSV(out, table, picks.Metres)
	})
}
