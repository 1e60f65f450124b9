package train

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// TestInterruptedRunEndsInTheSameBits interrupts between a line of metrics and the next, and after a checkpoint.
func TestInterruptedRunEndsInTheSameBits(t *testing.T) {
	whole, parts := t.TempDir(), t.TempDir()
	want := mustRun(t, tinyJob(t, whole))
	for _, samples := range []int64{2, 10} {
		j := tinyJob(t, parts)
		if _, err := Run(cancelAfter(&j, samples), j); !errors.Is(err, context.Canceled) {
			t.Fatalf("a cancelled run returned %v", err)
		}
	}
	if got := mustRun(t, tinyJob(t, parts)); got != want {
		t.Errorf("scores %+v, want %+v", got, want)
	}
	for _, name := range []string{LastName, BestName} {
		sameTensors(t, filepath.Join(parts, name), filepath.Join(whole, name))
	}
	lines := metricLines(t, whole)
	// 6 and 12 samples, and the end: a line of the loss and one of the scores.
	if len(lines) != 6 {
		t.Errorf("%d lines of metrics, want 6", len(lines))
	}
	if got := metricLines(t, parts); !reflect.DeepEqual(got, lines) {
		t.Errorf("metrics %+v, want %+v", got, lines)
	}
}

// TestKilledRunGoesOn resumes from the files as they lie there in the middle of a run: a checkpoint, and lines and a best model
// that are newer than it.
func TestKilledRunGoesOn(t *testing.T) {
	whole, killed := t.TempDir(), t.TempDir()
	j := tinyJob(t, whole)
	j.Progress = func(p Progress) {
		if p.Samples != 14 { // step 7; the checkpoint is of sample 12
			return
		}
		if err := os.CopyFS(killed, os.DirFS(whole)); err != nil {
			t.Fatal(err)
		}
	}
	mustRun(t, j)
	// What a process dies of may also leave half a line, and a temporary file.
	f, err := os.OpenFile(filepath.Join(killed, MetricsName), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"samples":14,"loss":0.1}` + "\n" + `{"samples":15,"lo`); err != nil {
		t.Fatal(err)
	}
	f.Close()
	mustRun(t, tinyJob(t, killed))
	for _, name := range []string{LastName, BestName} {
		sameTensors(t, filepath.Join(killed, name), filepath.Join(whole, name))
	}
	if got, want := metricLines(t, killed), metricLines(t, whole); !reflect.DeepEqual(got, want) {
		t.Errorf("metrics %+v, want %+v", got, want)
	}
}

func TestFinishedRunIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	want := mustRun(t, tinyJob(t, dir))
	before, err := os.ReadFile(filepath.Join(dir, LastName))
	if err != nil {
		t.Fatal(err)
	}
	j := tinyJob(t, dir)
	j.Progress = func(Progress) { t.Error("a finished run made a step") }
	if got := mustRun(t, j); got != want {
		t.Errorf("scores %+v, want %+v", got, want)
	}
	after, err := os.ReadFile(filepath.Join(dir, LastName))
	if err != nil {
		t.Fatal(err)
	}
	if string(before) != string(after) {
		t.Error("the state was written anew")
	}
}

func TestOtherRunIsRefused(t *testing.T) {
	dir := t.TempDir()
	j := tinyJob(t, dir)
	if _, err := Run(cancelAfter(&j, 2), j); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	for what, change := range map[string]func(*Job){
		"configuration": func(j *Job) { j.Record.ConfigHash = "another" },
		"tiles":         func(j *Job) { j.Record.DataHash = "another" },
		"initial model": func(j *Job) { j.Record.Init = "another" },
		"architecture":  func(j *Job) { j.Record.ConfigHash, j.Model.Queries = "another", 4 },
	} {
		j := tinyJob(t, dir)
		change(&j)
		_, err := Run(context.Background(), j)
		if !errors.Is(err, ErrOtherRun) || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "choose another folder") {
			t.Errorf("another %s: %v", what, err)
		}
	}
	mustRun(t, tinyJob(t, dir))
}

func TestSameSeedSameBits(t *testing.T) {
	a, b, c := t.TempDir(), t.TempDir(), t.TempDir()
	run := func(dir string, seed int64) {
		j := tinyJob(t, dir)
		j.Options.Samples, j.Options.Seed, j.Eval = 6, seed, nil
		mustRun(t, j)
	}
	run(a, 3)
	run(b, 3)
	sameTensors(t, filepath.Join(a, LastName), filepath.Join(b, LastName))
	run(c, 4)
	x := readCheckpoint(t, filepath.Join(a, BestName)).Tensors["head.class.weight"].Data()
	y := readCheckpoint(t, filepath.Join(c, BestName)).Tensors["head.class.weight"].Data()
	if reflect.DeepEqual(x, y) {
		t.Error("another seed gave the same weights")
	}
}

// poisoned makes one value of one sample of its source what it should not be.
type poisoned struct {
	Source
	sample int64
	value  float32
}

func (p poisoned) Draw(i int64, x []float32) ([]tile.Label, error) {
	labels, err := p.Source.Draw(i, x)
	if i == p.sample {
		x[len(x)/2] = p.value
		labels = append(labels, tile.Label{D: 20})
	}
	return labels, err
}

// TestNonFiniteStops: the run stops at the step that went wrong, shows the batch, and keeps the state from before.
func TestNonFiniteStops(t *testing.T) {
	for what, change := range map[string]func(*Job){
		"NaN in a tile":      func(j *Job) { j.Train = poisoned{j.Train, 10, float32(math.NaN())} },
		"infinity in a tile": func(j *Job) { j.Train = poisoned{j.Train, 10, float32(math.Inf(1))} },
		"learning rate":      func(j *Job) { j.Options.LR, j.Options.WarmupSteps, j.Options.SaveEvery = 1e30, 0, 1000; j.Eval = nil },
	} {
		t.Run(what, func(t *testing.T) {
			j := tinyJob(t, t.TempDir())
			change(&j)
			_, err := Run(context.Background(), j)
			var bad *NonFiniteError
			if !errors.As(err, &bad) {
				t.Fatalf("error %v, want a NonFiniteError", err)
			}
			if !strings.Contains(err.Error(), "train.lr") {
				t.Errorf("error %q names no remedy", err)
			}
			f := readCheckpoint(t, bad.File)
			if x := f.Tensors["x"]; x == nil || !reflect.DeepEqual([]int(x.Shape()), []int{2, 64, 48, 2}) || f.Metadata["labels"] == "" {
				t.Errorf("the batch file holds %v and labels %q", f.Tensors, f.Metadata["labels"])
			}
			if what == "learning rate" {
				if _, err := os.Stat(filepath.Join(j.Dir, LastName)); !errors.Is(err, os.ErrNotExist) {
					t.Errorf("a run without a checkpoint left a state: %v", err)
				}
				return
			}
			if bad.Step != 5 {
				t.Errorf("stopped at step %d, want 5: sample 10 in batches of 2", bad.Step)
			}
			// With the cause put right it goes on from the checkpoint of sample 8.
			for name, d := range readCheckpoint(t, filepath.Join(j.Dir, LastName)).Tensors {
				for _, v := range d.Data().([]float32) {
					if v-v != 0 {
						t.Fatalf("%s in the state is not finite", name)
					}
				}
			}
			whole := t.TempDir()
			mustRun(t, tinyJob(t, whole))
			mustRun(t, tinyJob(t, j.Dir))
			sameTensors(t, filepath.Join(j.Dir, LastName), filepath.Join(whole, LastName))
		})
	}
}

// TestLearns fits the four tiles of one well, without augmentation.
func TestLearns(t *testing.T) {
	store := writeStore(t, "A")
	source, err := NewTileSource(store, tile.Train, tile.Augment{}, 1, false)
	if err != nil {
		t.Fatal(err)
	}
	j := tinyJob(t, t.TempDir())
	j.Train, j.Eval = source, source
	j.Options.Samples, j.Options.Batch, j.Options.LR, j.Options.WarmupSteps = 400, 4, 3e-3, 10
	j.Options.LogEvery, j.Options.EvalEvery, j.Options.EvalSamples, j.Options.SaveEvery = 40, 400, 4, 400
	s := mustRun(t, j)
	lines := metricLines(t, j.Dir)
	first, last := lines[0].Loss, lines[len(lines)-2].Loss
	t.Logf("loss %.3f, then %.3f; scores %+v", first, last, s)
	if !(last < first/3) {
		t.Errorf("the loss went from %g to %g in 100 steps, want less than a third", first, last)
	}
	if s.Tiles != 4 || s.Bedding.Truths != 4 || s.Fracture.Truths != 4 {
		t.Errorf("scored %+v, want 4 tiles with 4 beds and 4 fractures", s)
	}
}

func TestInit(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	mustRun(t, tinyJob(t, first))
	j := tinyJob(t, second)
	j.Init, j.Options.LR, j.Options.Samples, j.Eval = readCheckpoint(t, filepath.Join(first, BestName)), 1e-12, 2, nil
	mustRun(t, j)
	got := readCheckpoint(t, filepath.Join(second, BestName)).Tensors["query.anchor"].Data().([]float32)
	want := j.Init.Tensors["query.anchor"].Data().([]float32)
	for i := range want {
		if math.Abs(float64(got[i]-want[i])) > 1e-6 {
			t.Fatalf("anchor %d is %g, want that of the initial model, %g", i, got[i], want[i])
		}
	}
	j.Dir, j.Model.Queries = t.TempDir(), 4
	if _, err := Run(context.Background(), j); !errors.Is(err, ErrInit) {
		t.Errorf("an initial model of another architecture: %v", err)
	}
}

// TestBestIsAModel: what a run leaves can be loaded with all that picking needs.
func TestBestIsAModel(t *testing.T) {
	j := tinyJob(t, t.TempDir())
	want := mustRun(t, j)
	data, err := os.ReadFile(filepath.Join(j.Dir, BestName))
	if err != nil {
		t.Fatal(err)
	}
	b, err := model.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	if b.Tile != j.Tile || b.Record.ConfigHash != "tiny" || b.Record.Threads != 2 || b.Record.Data != j.Train.Describe() || len(b.Scores) == 0 {
		t.Errorf("bundle %+v", b)
	}
	if want.Tiles != 3 {
		t.Errorf("scores of %d tiles, want 3", want.Tiles)
	}
}

// The second look of an initial model comes along, whole; a calibration does not.
func TestInitCarriesTheVerifier(t *testing.T) {
	j := tinyJob(t, t.TempDir())
	if _, err := Run(context.Background(), j); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(j.Dir, BestName))
	if err != nil {
		t.Fatal(err)
	}
	b, err := model.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	if b.Verifier, err = model.NewVerifier(b.Tile.Columns, 5); err != nil {
		t.Fatal(err)
	}
	next := tinyJob(t, t.TempDir())
	if next.Init, err = b.File(); err != nil {
		t.Fatal(err)
	}
	next.Options.Samples = 4
	if _, err := Run(context.Background(), next); err != nil {
		t.Fatal(err)
	}
	f := readCheckpoint(t, filepath.Join(next.Dir, BestName))
	got, err := model.LoadVerifier(f)
	if err != nil || got == nil {
		t.Fatalf("the verifier is lost: %v, %v", got, err)
	}
	for i, p := range got.Params.List {
		if want := b.Verifier.Params.List[i]; !slices.Equal(p.Data, want.Data) {
			t.Errorf("%s has changed", p.Name)
		}
	}
	if f.Metadata[model.MetaCalibration] != "" {
		t.Error("a calibration came along")
	}
}
