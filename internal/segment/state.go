package segment

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/geobfdt/geobfdt/internal/checkpoint"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/train"
)

// metaState is the metadata key of the state, JSON; only in train.LastName.
const metaState = "train_state"

// state is what a resumed run needs besides parameters and moments.
type state struct {
	Samples int64   `json:"samples"`
	Steps   int64   `json:"steps"`
	Best    float64 `json:"best"`    // F1 of held-out masks
	Sum     float64 `json:"sum"`     // of the losses since the last line of metrics.jsonl
	Count   int     `json:"count"`   // of them
	Seconds float64 `json:"seconds"` // of training so far, over all sittings
}

// save writes everything that a resumed run needs.
func (r *run) save() error {
	f, err := r.net.file(r.Record)
	if err != nil {
		return err
	}
	r.opt.Save(f.Tensors)
	if err := model.SetMeta(f, metaState, r.state); err != nil {
		return err
	}
	return checkpoint.WriteFile(filepath.Join(r.Dir, train.LastName), f)
}

// saveBest writes the model alone.
func (r *run) saveBest() error {
	f, err := r.net.file(r.Record)
	if err != nil {
		return err
	}
	return checkpoint.WriteFile(filepath.Join(r.Dir, train.BestName), f)
}

// resume restores the last state of the folder, if there is one.
func (r *run) resume() error {
	path := filepath.Join(r.Dir, train.LastName)
	f, err := checkpoint.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var rec model.Record
	if err := json.Unmarshal([]byte(f.Metadata[model.MetaRun]), &rec); err != nil {
		return fmt.Errorf("%s: no record of its run: %w", path, err)
	}
	if rec.ConfigHash != r.Record.ConfigHash || rec.DataHash != r.Record.DataHash {
		return fmt.Errorf("%s: %w: choose another folder", r.Dir, train.ErrOtherRun)
	}
	if err := json.Unmarshal([]byte(f.Metadata[metaState]), &r.state); err != nil {
		return fmt.Errorf("%s: no training state: %w", path, err)
	}
	if err := r.net.load(f.Tensors); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := r.opt.Load(f.Tensors, r.state.Steps); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// openMetrics opens metrics.jsonl for appending, without the lines that the resumed state has not seen.
func openMetrics(dir string, samples int64) (*os.File, error) {
	path := filepath.Join(dir, train.MetricsName)
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var keep bytes.Buffer
	for sc := bufio.NewScanner(bytes.NewReader(old)); sc.Scan(); {
		var l line
		if json.Unmarshal(sc.Bytes(), &l) == nil && l.Samples <= samples {
			keep.Write(sc.Bytes())
			keep.WriteByte('\n')
		}
	}
	f, err := os.CreateTemp(dir, "."+train.MetricsName+".*.tmp")
	if err != nil {
		return nil, err
	}
	if _, err = f.Write(keep.Bytes()); err == nil {
		if err = f.Chmod(0o644); err == nil {
			err = os.Rename(f.Name(), path)
		}
	}
	if err != nil {
		f.Close()
		os.Remove(f.Name())
		return nil, err
	}
	return f, nil
}
