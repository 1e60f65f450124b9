//go:build crash

package crash

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/geobfdt/geobfdt/internal/checkpoint"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/train"
)

func TestTrain(t *testing.T) {
	dir := t.TempDir()
	wells(t, dir, 0)
	run(t, dir, 0, "train", "--config", "tiny.yaml", "--quiet", "-o", "whole")
	whole := filepath.Join(dir, "whole")
	folder := filepath.Join(dir, "run")
	saved := int64(0) // samples in the last state seen
	s := &storm{
		dir:  dir,
		args: func() []string { return []string{"train", "--config", "tiny.yaml", "--quiet", "-o", "run"} },
		look: func(t *testing.T) {
			for name, content := range files(t, folder) {
				switch name {
				case train.LastName:
					samples := stateOf(t, content)
					if samples < saved {
						t.Errorf("%s fell back from %d samples to %d", name, saved, samples)
					}
					saved = samples
				case train.BestName:
					if _, err := model.Decode(content); err != nil {
						t.Errorf("%s: %v", name, err)
					}
				case train.MetricsName:
					metricsOf(t, content)
				case "config.yaml":
					if !bytes.Equal(content, read(t, filepath.Join(whole, name))) {
						t.Errorf("%s is another", name)
					}
				case "card.md":
					if !bytes.HasSuffix(content, []byte("\n")) {
						t.Errorf("%s is cut off", name)
					}
				default:
					t.Errorf("%s should not be there", name)
				}
			}
			if _, err := os.Stat(filepath.Join(folder, train.LastName)); saved > 0 && errors.Is(err, os.ErrNotExist) {
				t.Error("the saved state is gone")
			}
		},
		end: func(t *testing.T) {
			for _, name := range []string{train.LastName, train.BestName} {
				if !bytes.Equal(parameters(t, filepath.Join(folder, name)), parameters(t, filepath.Join(whole, name))) {
					t.Errorf("%s differs from that of an undisturbed run", name)
				}
			}
			got, want := metricsOf(t, read(t, filepath.Join(folder, train.MetricsName))), metricsOf(t, read(t, filepath.Join(whole, train.MetricsName)))
			if len(got) != len(want) {
				t.Errorf("%d lines of metrics, %d of an undisturbed run", len(got), len(want))
			}
			for i := range min(len(got), len(want)) {
				if got[i] != want[i] {
					t.Errorf("line %d of metrics is %v, want %v", i+1, got[i], want[i])
				}
			}
			saved = 0
			if err := os.RemoveAll(folder); err != nil {
				t.Fatal(err)
			}
		},
	}
	s.rage(t)
}

// stateOf are the samples that a saved state has seen.
func stateOf(t *testing.T, content []byte) int64 {
	t.Helper()
	f, err := checkpoint.Decode(content)
	if err != nil {
		t.Fatalf("%s: %v", train.LastName, err)
	}
	var state struct{ Samples int64 }
	if err := json.Unmarshal([]byte(f.Metadata["train_state"]), &state); err != nil {
		t.Fatal(err)
	}
	return state.Samples
}

// point is a line of metrics without its times.
type point struct {
	Samples            int64
	Loss, Class, Score float64
}

func metricsOf(t *testing.T, content []byte) (points []point) {
	t.Helper()
	for line := range bytes.Lines(content) {
		var p point
		if err := json.Unmarshal(line, &p); err != nil {
			t.Errorf("%s: %q: %v", train.MetricsName, line, err)
		}
		points = append(points, p)
	}
	return points
}

// parameters are the tensors of a checkpoint without metadata, which holds how long the run took.
func parameters(t *testing.T, path string) []byte {
	t.Helper()
	f, err := checkpoint.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f.Metadata = nil
	var b bytes.Buffer
	if err := checkpoint.Write(&b, f); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
