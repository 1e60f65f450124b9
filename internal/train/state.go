package train

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/geobfdt/geobfdt/internal/atomicfile"
	"github.com/geobfdt/geobfdt/internal/checkpoint"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/nn"
	"github.com/geobfdt/geobfdt/internal/optim"
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
	Counters
	BestScore float64    `json:"best_score"`
	Mean      meanResult `json:"mean"`    // of the steps since the last line of metrics.jsonl
	Threads   int        `json:"threads"` // of the last sitting
}

// save writes last.safetensors.
func (r *run) save() error {
	f, err := r.file(nil)
	if err != nil {
		return err
	}
	return SaveLast(r.dir, f, r.opt, r.state)
}

// SaveLast writes the last state of a run: its network, the moments of the optimiser, and state as JSON.
func SaveLast(dir string, network *checkpoint.File, opt *optim.AdamW, state any) error {
	opt.Save(network.Tensors)
	if err := model.SetMeta(network, metaState, state); err != nil {
		return err
	}
	return checkpoint.WriteFile(filepath.Join(dir, LastName), network)
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

// Resume restores what SaveLast wrote, if the folder holds it: state points to what was saved there, and counters into it. A run of
// another configuration is ErrOtherRun.
func Resume(dir string, record model.Record, params *nn.Params, opt *optim.AdamW, state any, counters *Counters) error {
	path := filepath.Join(dir, LastName)
	f, err := checkpoint.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var rec model.Record
	if err := json.Unmarshal([]byte(f.Metadata[model.MetaRun]), &rec); err != nil {
		return fmt.Errorf("%s: no record of its run: %w", path, err)
	}
	if rec.ConfigHash != record.ConfigHash || rec.DataHash != record.DataHash || rec.Init != record.Init {
		return fmt.Errorf("%s: %w: choose another folder, or give the configuration, tiles and initial model that it was started with", dir, ErrOtherRun)
	}
	if err := json.Unmarshal([]byte(f.Metadata[metaState]), state); err != nil {
		return fmt.Errorf("%s: no training state: %w", path, err)
	}
	if err := params.Load(f.Tensors); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := opt.Load(f.Tensors, counters.Steps); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// OpenMetrics opens metrics.jsonl for appending, without the lines that the resumed state has not seen.
func OpenMetrics(dir string, samples int64) (*os.File, error) {
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
	err = atomicfile.Write(path, func(w io.Writer) error {
		_, err := keep.WriteTo(w)
		return err
	})
	if err != nil {
		return nil, err
	}
	return os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
}
