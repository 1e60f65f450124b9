package ablate

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/geobfdt/geobfdt/internal/checkpoint"
	"github.com/geobfdt/geobfdt/internal/infer"
	"github.com/geobfdt/geobfdt/internal/loss"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/tile"
	"github.com/geobfdt/geobfdt/internal/train"
)

// Setup is the effective configuration of a cell.
type Setup struct {
	Tile    tile.Options
	Augment tile.Augment
	Model   model.Options
	Loss    loss.Options
	Train   train.Options
	Pick    infer.Options

	YAML      []byte // all of it
	Hash      string // of all of it
	TrainHash string // of all but Pick
}

// Resolver makes the effective configuration of settings that lie over the base, later ones over earlier ones.
type Resolver func(settings []Setting) (Setup, error)

// Experiment is an ablation file with its configurations resolved and its cells laid out in a folder.
type Experiment struct {
	Dir   string
	Cells []Cell // seed by seed, so that a stopped ablation has compared every arm

	arms  []string
	wells []well
}

// Cell is one training with its scores.
type Cell struct {
	Arm   string
	Seed  int64
	Setup Setup
	Hash  string // of all that the result depends on

	configHash string // of the configuration behind the training
	dataHash   string // of the wells behind the training
}

// Name is the cell's folder.
func (c Cell) Name() string { return c.Arm + "-s" + strconv.FormatInt(c.Seed, 10) }

// State of a cell.
type State string

// States.
const (
	StateNew     State = "new"     // nothing there
	StateStarted State = "started" // its training stopped on the way, or has not been scored with this configuration
	StateDone    State = "done"    // its result is there
	StateOther   State = "other"   // its folder belongs to another configuration or other wells
)

// resultVersion changes when a result.json of before would not be made the same way.
const resultVersion = "1"

// New plans an ablation in the folder dir, which it does not touch. What is wrong with a well is a *WellError.
func New(f *File, dir string, resolve Resolver) (*Experiment, error) {
	wells, err := listWells(f)
	if err != nil {
		return nil, err
	}
	e := &Experiment{Dir: dir, wells: wells}
	dataHash := hashOf(hashWells(ofSplit(wells, SplitTrain)), hashWells(ofSplit(wells, SplitValid)))
	testHash := hashWells(ofSplit(wells, SplitTest))
	validated := len(ofSplit(wells, SplitValid)) > 0
	for _, a := range f.Arms {
		e.arms = append(e.arms, a.Name)
	}
	for _, seed := range f.Seeds {
		same := map[string]string{}
		for _, a := range f.Arms {
			settings := slices.Concat(f.Set, a.Set, []Setting{{Key: "train.seed", Value: seed, Origin: "seeds"}})
			setup, err := resolve(settings)
			if err != nil {
				return nil, fmt.Errorf("arm %s: %w", a.Name, err)
			}
			if setup.Tile.Split != tile.SplitWell {
				return nil, fmt.Errorf("arm %s: tile.split is %s: an ablation splits by well, see wells", a.Name, setup.Tile.Split)
			}
			if other, ok := same[setup.Hash]; ok {
				return nil, fmt.Errorf("arms %s and %s have the same effective configuration: drop one of them", other, a.Name)
			}
			same[setup.Hash] = a.Name
			c := Cell{Arm: a.Name, Seed: seed, Setup: setup, configHash: setup.TrainHash, dataHash: dataHash}
			if validated {
				// The best model of a run is chosen at the threshold.
				c.configHash = hashOf(c.configHash, fmt.Sprint(setup.Pick.Threshold))
			}
			c.Hash = hashOf(resultVersion, setup.Hash, dataHash, testHash)
			e.Cells = append(e.Cells, c)
		}
	}
	return e, nil
}

func (e *Experiment) cellDir(c Cell) string { return filepath.Join(e.Dir, "cells", c.Name()) }

// State looks at a cell's folder.
func (e *Experiment) State(c Cell) (State, error) {
	result, err := e.Result(c)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return "", err
	case result.Hash == c.Hash:
		return StateDone, nil
	}
	path := filepath.Join(e.cellDir(c), train.LastName)
	last, err := checkpoint.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return StateNew, nil
	}
	if err != nil {
		return "", err
	}
	var record model.Record
	if err := json.Unmarshal([]byte(last.Metadata[model.MetaRun]), &record); err != nil {
		return "", fmt.Errorf("%s: no record of its run: %w: remove the folder", path, err)
	}
	if record.ConfigHash != c.configHash || record.DataHash != c.dataHash {
		return StateOther, nil
	}
	return StateStarted, nil
}
