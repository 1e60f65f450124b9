package train

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/geobfdt/geobfdt/internal/checkpoint"
	"github.com/geobfdt/geobfdt/internal/model"
)

// Files of a run folder.
const (
	LastName    = "last.safetensors"
	BestName    = "best.safetensors"
	MetricsName = "metrics.jsonl"
)

// metaState is the metadata key of the state, JSON; only in last.safetensors.
const metaState = "train_state"

// ErrInit means that the initial model is none, or one of another architecture.
var ErrInit = errors.New("the initial model does not fit")

// ErrOtherRun means that a folder holds a run of another configuration.
var ErrOtherRun = errors.New("the folder holds a run of another configuration")

// state is what a resumed run needs besides parameters and moments.
type state struct {
	Samples   int64      `json:"samples"`
	Steps     int64      `json:"steps"`
	BestScore float64    `json:"best_score"`
	Mean      meanResult `json:"mean"`    // of the steps since the last line of metrics.jsonl
	Seconds   float64    `json:"seconds"` // of training so far, over all sittings
	Threads   int        `json:"threads"` // of the last sitting
}

// save writes last.safetensors.
func (r *run) save() error {
	f, err := r.file(nil)
	if err != nil {
		return err
	}
	r.opt.Save(f.Tensors)
	if err := model.SetMeta(f, metaState, r.state); err != nil {
		return err
	}
	return checkpoint.WriteFile(filepath.Join(r.dir, LastName), f)
}

// file is the model with its record, tile options and, unless nil, its scores.
func (r *run) file(scores any) (*checkpoint.File, error) {
	b := model.Bundle{Net: r.net, Tile: r.Tile, Record: r.record, Verifier: r.verifier}
	f, err := b.File()
	if err != nil || scores == nil {
		return f, err
	}
	return f, model.SetMeta(f, model.MetaScores, scores)
}

// saveBest writes the model alone, with its scores.
func (r *run) saveBest(s Scores) error {
	f, err := r.file(s)
	if err != nil {
		return err
	}
	return checkpoint.WriteFile(filepath.Join(r.dir, BestName), f)
}

// resume restores the last state of the folder, if there is one.
func (r *run) resume() (bool, error) {
	path := filepath.Join(r.dir, LastName)
	f, err := checkpoint.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var rec model.Record
	if err := json.Unmarshal([]byte(f.Metadata[model.MetaRun]), &rec); err != nil {
		return false, fmt.Errorf("%s: no record of its run: %w", path, err)
	}
	if rec.ConfigHash != r.record.ConfigHash || rec.DataHash != r.record.DataHash || rec.Init != r.record.Init {
		return false, fmt.Errorf("%s: %w: choose another folder, or give the configuration, tiles and initial model that it was started with", r.dir, ErrOtherRun)
	}
	if err := json.Unmarshal([]byte(f.Metadata[metaState]), &r.state); err != nil {
		return false, fmt.Errorf("%s: no training state: %w", path, err)
	}
	if err := r.net.LoadParams(f.Tensors); err != nil {
		return false, fmt.Errorf("%s: %w", path, err)
	}
	if err := r.opt.Load(f.Tensors, r.state.Steps); err != nil {
		return false, fmt.Errorf("%s: %w", path, err)
	}
	return true, nil
}

// openMetrics opens metrics.jsonl for appending, without the lines that the resumed state has not seen.
func openMetrics(dir string, samples int64) (*os.File, error) {
	path := filepath.Join(dir, MetricsName)
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	var keep bytes.Buffer
	for sc := bufio.NewScanner(bytes.NewReader(old)); sc.Scan(); {
		var line struct {
			Samples int64 `json:"samples"`
		}
		if json.Unmarshal(sc.Bytes(), &line) == nil && line.Samples <= samples {
			keep.Write(sc.Bytes())
			keep.WriteByte('\n')
		}
	}
	f, err := os.CreateTemp(dir, "."+MetricsName+".*.tmp")
	if err != nil {
		return nil, err
	}
	if _, err = f.Write(keep.Bytes()); err == nil {
		if err = f.Chmod(0o644); err == nil {
			if err = f.Sync(); err == nil { // else the name may outlive a power cut, and the lines not
				err = os.Rename(f.Name(), path)
			}
		}
	}
	if err != nil {
		f.Close()
		os.Remove(f.Name())
		return nil, err
	}
	return f, nil
}
