package ablate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/config"
	"github.com/geobfdt/geobfdt/internal/infer"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/picks"
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
wells: {preset: vertical, train: 1, test: 2, seed: 7, length_m: 2}
arms:
  - {name: focal, set: {loss.class: focal, pick.threshold: 0.1}}
  - {name: ce, set: {loss.class: ce, pick.threshold: 0.9}}
seeds: [3]
`

// plan is New on the text of an ablation file, with configurations resolved as the command does.
func plan(t *testing.T, text, dir string) *Experiment {
	t.Helper()
	f, err := parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	e, err := New(f, dir, resolve)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func resolve(settings []Setting) (Setup, error) {
	var in config.Inputs
	for _, s := range settings {
		in.Flags = append(in.Flags, config.Flag{Key: s.Key, Value: s.Value, Name: s.Origin})
	}
	loaded, err := config.Load(in)
	if err != nil {
		return Setup{}, err
	}
	c := loaded.Config
	training := c
	training.Pick = config.Defaults().Pick
	return Setup{
		Tile: c.Tile, Augment: c.Augment, Model: c.Model, Loss: c.Loss, Train: c.Train, Pick: c.Pick,
		YAML: c.YAML(), Hash: c.Hash(), TrainHash: training.Hash(),
	}, nil
}

// run runs e and tells which stages there were.
func run(t *testing.T, e *Experiment, opt Options) (stages map[string]int) {
	t.Helper()
	stages = map[string]int{}
	opt.Pool = kernel.NewPool(2)
	defer opt.Pool.Close()
	opt.Progress = func(stage string, _, _ int64, _ string) { stages[stage]++ }
	failed, err := e.Run(context.Background(), opt)
	if err != nil || len(failed) > 0 {
		t.Fatalf("run: %v; failed cells %v", err, failed)
	}
	return stages
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
	stages := run(t, e, Options{Version: "v1"})
	if stages[StageTiles] != 1 || stages[StageTrain] != 2*64/4 || stages[StagePick] == 0 {
		t.Errorf("stages %v: want the tiles cut once, and 16 steps for each of two cells", stages)
	}
	wantStates(t, e, StateDone, StateDone)
	report, err := e.Report()
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Rows) != 6 || len(report.Missing) > 0 {
		t.Fatalf("report %+v: want 3 classes of 2 arms, nothing missing", report)
	}
	for _, row := range report.Rows {
		if row.Truths <= 0 && row.Class == "any" || row.TrainSeconds <= 0 || row.PerSecond <= 0 || !(row.BestF1 >= row.F1 || row.F1 != row.F1) {
			t.Errorf("row %+v", row)
		}
	}
	if err := e.WriteTables(report); err != nil {
		t.Fatal(err)
	}

	t.Run("picks are those of the threshold", func(t *testing.T) {
		c := e.Cells[0]
		data, err := os.ReadFile(filepath.Join(e.cellDir(c), "best.safetensors"))
		if err != nil {
			t.Fatal(err)
		}
		bundle, err := model.Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		pool := kernel.NewPool(2)
		defer pool.Close()
		picker, err := infer.NewPicker(bundle, c.Setup.Pick, pool)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, w := range ofSplit(e.wells, SplitTest) {
			log, _, err := w.load()
			if err != nil {
				t.Fatal(err)
			}
			want, err := picker.Pick(context.Background(), log, nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := picks.ReadFile(filepath.Join(e.cellDir(c), picksName, w.name+".csv"))
			if err != nil {
				t.Fatal(err)
			}
			if got.ModelHash != bundle.Hash || len(got.Picks) != len(want.Picks) {
				t.Fatalf("%d picks of model %s, want %d of %s", len(got.Picks), got.ModelHash, len(want.Picks), bundle.Hash)
			}
			for i := range want.Picks {
				if d := got.Picks[i].DepthM - want.Picks[i].DepthM; d > 1e-3 || d < -1e-3 || got.Picks[i].Class != want.Picks[i].Class {
					t.Errorf("pick %d: %+v, want %+v", i, got.Picks[i], want.Picks[i])
				}
			}
			n += len(want.Picks)
		}
		if n == 0 {
			t.Error("no pick at all: the comparison says nothing")
		}
	})

	t.Run("what is done is not done again", func(t *testing.T) {
		if stages := run(t, plan(t, tinyFile, dir), Options{}); len(stages) > 0 {
			t.Errorf("stages %v", stages)
		}
	})

	t.Run("other picking is only scored again", func(t *testing.T) {
		e := plan(t, strings.Replace(tinyFile, "pick.threshold: 0.1", "pick.threshold: 0.2", 1), dir)
		wantStates(t, e, StateStarted, StateDone)
		if stages := run(t, e, Options{Version: "v2"}); stages[StageTrain] > 0 || stages[StagePick] == 0 {
			t.Errorf("stages %v", stages)
		}
		report, err := e.Report()
		if err != nil || len(report.Notes) == 0 || !strings.Contains(report.Notes[0], "different versions") {
			t.Errorf("report notes %v (%v), want the mixed versions", report.Notes, err)
		}
	})

	t.Run("another experiment is refused", func(t *testing.T) {
		e := plan(t, strings.Replace(tinyFile, "loss.class: ce", "loss.class: weighted_ce", 1), dir)
		var other *OtherError
		_, err := e.Run(context.Background(), Options{})
		if !errors.As(err, &other) || !reflect.DeepEqual(other.Cells, []string{"ce-s3"}) {
			t.Fatalf("error %v, want an OtherError for ce-s3", err)
		}
		if stages := run(t, e, Options{Redo: true}); stages[StageTrain] != 64/4 || stages[StageTiles] > 0 {
			t.Errorf("stages %v", stages)
		}
		wantStates(t, plan(t, tinyFile, dir), StateDone, StateOther)
	})

	t.Run("other wells are another experiment", func(t *testing.T) {
		wantStates(t, plan(t, strings.Replace(tinyFile, "train: 1", "train: 2", 1), dir), StateOther, StateOther)
		wantStates(t, plan(t, strings.Replace(tinyFile, "test: 2", "test: 3", 1), dir), StateStarted, StateOther)
	})
}

func TestInterruptedRunGoesOn(t *testing.T) {
	text := strings.Replace(tinyFile, "test: 2", "valid: 1, test: 1", 1)
	pool := kernel.NewPool(2)
	defer pool.Close()
	stopped := errors.New("stopped")
	ctx, cancel := context.WithCancelCause(context.Background())
	e := plan(t, text, t.TempDir())
	ended := 0
	_, err := e.Run(ctx, Options{
		Pool: pool,
		Progress: func(stage string, done, _ int64, _ string) {
			if stage == StageTrain && done == 32 {
				cancel(stopped)
			}
		},
		End: func(Cell, *Result, error) { ended++ },
	})
	if !errors.Is(err, stopped) || ended > 0 {
		t.Fatalf("error %v after %d cells, want %v in the first one", err, ended, stopped)
	}
	wantStates(t, e, StateStarted, StateNew)
	if stages := run(t, e, Options{}); stages[StageTrain] != 8+16 {
		t.Errorf("stages %v: want the first cell to go on at its 8th step", stages)
	}
	whole := plan(t, text, t.TempDir())
	run(t, whole, Options{})
	for i, c := range e.Cells {
		a, err := e.Result(c)
		if err != nil {
			t.Fatal(err)
		}
		b, err := whole.Result(whole.Cells[i])
		if err != nil {
			t.Fatal(err)
		}
		if a.ModelHash != b.ModelHash || fmt.Sprint(a.Sweep) != fmt.Sprint(b.Sweep) { // as text: a NaN is not equal to itself
			t.Errorf("cell %s: models %s and %s differ", c.Name(), a.ModelHash, b.ModelHash)
		}
	}
}

// Without training wells, tiles are drawn on the fly, which image dynamic cannot do: that cell fails, the other one runs.
func TestFailedCellDoesNotStopOthers(t *testing.T) {
	text := strings.Replace(tinyFile, "preset: vertical, train: 1, ", "", 1)
	text = strings.Replace(text, "set: {loss.class: focal,", "set: {tile.image: dynamic,", 1)
	text = strings.Replace(text, "train.samples: 64", "train.samples: 16\n  train.eval_samples: 8", 1)
	e := plan(t, text, t.TempDir())
	pool := kernel.NewPool(2)
	defer pool.Close()
	failed, err := e.Run(context.Background(), Options{Pool: pool})
	if err != nil || len(failed) != 1 || !strings.Contains(failed[0].Error(), "cell focal-s3: ") {
		t.Fatalf("error %v, failed %v", err, failed)
	}
	wantStates(t, e, StateNew, StateDone)
	report, err := e.Report()
	if err != nil || !reflect.DeepEqual(report.Missing, []string{"focal-s3"}) || len(report.Rows) != 3 {
		t.Errorf("report %+v (%v)", report, err)
	}
	if _, err := e.Result(e.Cells[0]); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("result of the failed cell: %v", err)
	}
}

func TestPlanRefuses(t *testing.T) {
	for text, want := range map[string]string{
		strings.Replace(tinyFile, "preset: vertical", "preset: horizontal", 1):                                            "unknown well preset",
		strings.Replace(tinyFile, "loss.class: ce", "loss.clas: ce", 1):                                                   "arm ce: configuration: loss.clas",
		strings.Replace(tinyFile, "{loss.class: ce, pick.threshold: 0.9}", "{loss.class: focal, pick.threshold: 0.1}", 1): "the same effective configuration",
	} {
		f, err := parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := New(f, "", resolve); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
