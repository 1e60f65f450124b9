package ablate

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/infer"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/train"
)

// tinyFile is an ablation that runs in a second.
const tinyFile = `
set:
  tile.rows: 64
  tile.columns: 32
  tile.row_m: 0.01
  model.widths: [32, 32, 32, 32]
  model.dim: 32
  model.heads: 1
  model.feed_forward: 32
  model.encoders: 0
  model.decoders: 1
  model.queries: 8
  train.samples: 64
  train.batch: 4
  pick.batch: 4
  pick.dewarp: false
wells: {preset: vertical, train: 1, test: 2, seed: 7, length_m: 2}
factors:
  - {name: threshold, key: pick.threshold, values: [0.1, 0.9]}
  - {name: loss, key: loss.class, values: [focal, ce]}
seeds: [3]
`

// stages is what a run did: how many events of each stage, and steps of training.
type stages map[string]int

const steps = "steps"

// options count what a run does.
func (s stages) options() Options {
	return Options{
		Threads: 2, Version: "v1",
		Event:    func(_ Cell, e Event) { s[e.Stage]++ },
		Progress: func(Cell, train.Progress) { s[steps]++ },
	}
}

// run runs all cells of e.
func run(t *testing.T, e *Experiment, change func(*Options)) stages {
	t.Helper()
	s := stages{}
	opt := s.options()
	if change != nil {
		change(&opt)
	}
	outcomes, err := e.Run(context.Background(), e.Cells, opt)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range outcomes {
		if o.Err != nil || o.Result == nil {
			t.Fatalf("cell %s: %v", o.Cell.Name, o.Err)
		}
	}
	return s
}

func wantStates(t *testing.T, e *Experiment, want ...State) {
	t.Helper()
	var got []State
	for _, c := range e.Cells {
		s, err := e.State(c)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, s)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("cells are %v, want %v", got, want)
	}
}

func TestRun(t *testing.T) {
	dir := t.TempDir()
	e := plan(t, tinyFile, dir)
	wantStates(t, e, StateNew, StateNew)
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("planning wrote %v (%v)", entries, err)
	}
	s := run(t, e, nil)
	if s[steps] != 2*64/4 || s[StageTiles] != 1+2 || s[StagePick] != 2*2 || s[StageScore] != 3 || s[StageDone] != 2 {
		t.Errorf("stages %v: want 16 steps for each of two cells, tiles of three wells cut once, two wells picked by each, three variants scored", s)
	}
	wantStates(t, e, StateDone, StateDone)
	checkLog(t, filepath.Join(e.cellDir(e.Cells[0]), logName), e.Cells[0].Name)
	report, err := e.Report()
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Rows) != 3*3 || len(report.Missing) > 0 || report.Done != 2 {
		t.Fatalf("report %+v: want 3 classes of 3 variants, nothing missing", report)
	}
	for _, row := range report.Rows {
		if row.Truths <= 0 && row.Class == "any" || row.TrainSeconds <= 0 || row.PerSecond <= 0 || !(row.ClassError >= 0) {
			t.Errorf("row %+v", row)
		}
	}

	t.Run("one model serves both thresholds", func(t *testing.T) {
		r, err := e.Result(e.Cells[0])
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Variants) != 2 || r.Variants[0].Threshold != 0.1 || r.Variants[1].Threshold != 0.9 {
			t.Fatalf("variants %+v", r.Variants)
		}
		if a, b := fmt.Sprint(r.Variants[0].Blind.Sweep), fmt.Sprint(r.Variants[1].Blind.Sweep); a != b { // as text: a NaN is not equal to itself
			t.Errorf("sweeps differ: %s and %s", a, b)
		}
		n := 0
		for _, v := range e.Cells[0].Variants {
			n += comparePicks(t, e, e.Cells[0], v)
		}
		if n == 0 {
			t.Error("no pick at all: the comparison says nothing")
		}
	})

	t.Run("what is done is not done again", func(t *testing.T) {
		if s := run(t, plan(t, tinyFile, dir), nil); len(s) > 0 {
			t.Errorf("stages %v", s)
		}
	})

	t.Run("another threshold is only scored", func(t *testing.T) {
		e := plan(t, strings.Replace(tinyFile, "[0.1, 0.9]", "[0.1, 0.2, 0.9]", 1), dir)
		wantStates(t, e, StateStarted, StateDone)
		if s := run(t, e, func(o *Options) { o.Version = "v2" }); s[steps] > 0 || s[StagePick] != 2 || s[StageScore] != 3 {
			t.Errorf("stages %v", s)
		}
		report, err := e.Report()
		if err != nil || len(report.Notes) == 0 || !strings.Contains(report.Notes[0], "different versions") {
			t.Errorf("report notes %v (%v), want the mixed versions", report.Notes, err)
		}
	})

	t.Run("another experiment lies beside it", func(t *testing.T) {
		for _, change := range [][2]string{{"train.samples: 64", "train.samples: 32"}, {"train: 1", "train: 2"}} {
			wantStates(t, plan(t, strings.Replace(tinyFile, change[0], change[1], 1), dir), StateNew, StateNew)
		}
		wantStates(t, plan(t, strings.Replace(tinyFile, "test: 2", "test: 3", 1), dir), StateStarted, StateStarted)
	})
}

// checkLog reads a cell's log: every line names the cell, and what must be there is.
func checkLog(t *testing.T, path, cell string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	for lines := bufio.NewScanner(bytes.NewReader(raw)); lines.Scan(); {
		var e Event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatalf("%s: %v", lines.Text(), err)
		}
		if e.Cell != cell || e.Time.IsZero() || e.Stage != StageBegin && e.Seconds <= 0 {
			t.Errorf("line %s", lines.Text())
		}
		seen = append(seen, e.Stage)
	}
	for _, want := range []string{StageBegin, StageTiles, StageTrain, StageMatch, StagePick, StageScore, StageDone} {
		if !slices.Contains(seen, want) {
			t.Errorf("the log has stages %v, not %s", seen, want)
		}
	}
}

// comparePicks compares the picks of a variant with those of picking the wells with its own configuration, and counts them.
func comparePicks(t *testing.T, e *Experiment, c Cell, v Variant) (n int) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(e.cellDir(c), train.BestName))
	if err != nil {
		t.Fatal(err)
	}
	bundle, err := model.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	pool := kernel.NewPool(2)
	defer pool.Close()
	picker, err := infer.NewPicker(bundle, v.Setup.Pick, pool)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range ofSplit(e.wells, SplitTest) {
		log, _, err := w.load()
		if err != nil {
			t.Fatal(err)
		}
		want, err := picker.Pick(context.Background(), log, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := picks.ReadFile(filepath.Join(e.cellDir(c), picksName, v.Name, w.name+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		if got.ModelHash != bundle.Hash || len(got.Picks) != len(want.Picks) {
			t.Fatalf("%s: %d picks of model %s, want %d of %s", v.Name, len(got.Picks), got.ModelHash, len(want.Picks), bundle.Hash)
		}
		for i := range want.Picks {
			if d := got.Picks[i].DepthM - want.Picks[i].DepthM; d > 1e-3 || d < -1e-3 || got.Picks[i].Class != want.Picks[i].Class {
				t.Errorf("pick %d: %+v, want %+v", i, got.Picks[i], want.Picks[i])
			}
		}
		n += len(want.Picks)
	}
	return n
}

func TestInterruptedRunGoesOn(t *testing.T) {
	text := strings.Replace(tinyFile, "test: 2", "valid: 1, test: 1", 1)
	stopped := errors.New("stopped")
	ctx, cancel := context.WithCancelCause(context.Background())
	e := plan(t, text, t.TempDir())
	s := stages{}
	opt := s.options()
	opt.Progress = func(_ Cell, p train.Progress) {
		if p.Samples == 32 {
			cancel(stopped)
		}
	}
	outcomes, err := e.Run(ctx, e.Cells, opt)
	if !errors.Is(err, stopped) || len(outcomes) > 0 || s[StageStopped] != 1 || s[StageFailed] > 0 {
		t.Fatalf("error %v after %d cells, %v, want %v in the first one", err, len(outcomes), s, stopped)
	}
	wantStates(t, e, StateStarted, StateNew, StateNew)
	if s := run(t, e, nil); s[steps] != 8+16+16 {
		t.Errorf("stages %v: want the first cell to go on at its 8th step", s)
	}
	whole := plan(t, text, t.TempDir())
	run(t, whole, nil)
	for i, c := range e.Cells {
		a, err := e.Result(c)
		if err != nil {
			t.Fatal(err)
		}
		b, err := whole.Result(whole.Cells[i])
		if err != nil {
			t.Fatal(err)
		}
		if a.ModelHash != b.ModelHash || len(a.Loss) == 0 || len(a.Loss) != len(b.Loss) {
			t.Errorf("cell %s: models %s and %s differ", c.Name, a.ModelHash, b.ModelHash)
		}
	}
}

// Two cells at once give the models that each alone gives with as many threads.
func TestJobs(t *testing.T) {
	text := strings.Replace(tinyFile, "train.samples: 64", "train.samples: 16", 1)
	text = strings.Replace(text, "seeds: [3]", "seeds: [3, 4]", 1)
	e := plan(t, text, t.TempDir())
	if s := run(t, e, func(o *Options) { o.Jobs = 2 }); s[StageDone] != 4 || s[StageTiles] != 1+2 {
		t.Errorf("stages %v: want four cells done, and the shared tiles of three wells cut once", s)
	}
	alone := plan(t, text, t.TempDir())
	run(t, alone, func(o *Options) { o.Threads = 1 })
	for i, c := range e.Cells {
		a, err := e.Result(c)
		if err != nil {
			t.Fatal(err)
		}
		b, err := alone.Result(alone.Cells[i])
		if err != nil {
			t.Fatal(err)
		}
		if a.ModelHash == "" || a.ModelHash != b.ModelHash || a.Threads != 1 {
			t.Errorf("cell %s: model %s with %d threads, alone %s", c.Name, a.ModelHash, a.Threads, b.ModelHash)
		}
	}
}

// Without training wells, tiles are drawn on the fly, which image dynamic cannot do: that cell fails, the other one runs.
func TestFailedCellDoesNotStopOthers(t *testing.T) {
	text := strings.Replace(tinyFile, "preset: vertical, train: 1, ", "", 1)
	text = strings.Replace(text, "key: loss.class, values: [focal, ce]", "key: tile.image, values: [dynamic, tile]", 1)
	text = strings.Replace(text, "train.samples: 64", "train.samples: 16\n  train.eval_samples: 8", 1)
	e := plan(t, text, t.TempDir())
	outcomes, err := e.Run(context.Background(), e.Cells, Options{Threads: 2})
	if err != nil || len(outcomes) != 2 || outcomes[0].Err == nil || !strings.Contains(outcomes[0].Err.Error(), "cell "+e.Cells[0].Name+": ") || outcomes[1].Err != nil {
		t.Fatalf("error %v, outcomes %v", err, outcomes)
	}
	wantStates(t, e, StateFailed, StateDone)
	report, err := e.Report()
	if err != nil || len(report.Missing) != 1 || !strings.Contains(report.Missing[0], "failed: tile.image") || len(report.Rows) != 3 {
		t.Errorf("report %+v (%v)", report, err)
	}
	if _, err := e.Result(e.Cells[0]); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("result of the failed cell: %v", err)
	}
}
