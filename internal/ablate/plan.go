package ablate

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/geobfdt/geobfdt/internal/infer"
	"github.com/geobfdt/geobfdt/internal/loss"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/segment"
	"github.com/geobfdt/geobfdt/internal/tile"
	"github.com/geobfdt/geobfdt/internal/train"
)

// Setup is an effective configuration.
type Setup struct {
	Tile    tile.Options
	Augment tile.Augment
	Model   model.Options
	Loss    loss.Options
	Train   train.Options
	Pick    infer.Options
	Segment segment.Options // of a Segmentation

	YAML      []byte // all of it
	Hash      string // of all of it but Segment
	TrainHash string // of what decides the weights: all but Pick
}

// Resolver makes the effective configuration of settings that lie over the base, later ones over earlier ones.
type Resolver func(settings []Setting) (Setup, error)

// Experiment is an ablation file with its configurations resolved and its cells laid out in a folder.
type Experiment struct {
	Dir   string
	File  *File
	Cells []Cell // seed by seed, so that a stopped ablation has compared every variant

	wells []well
}

// Cell is one training, with every variant that its model serves.
type Cell struct {
	Index    int // in Experiment.Cells
	Name     string
	Seed     int64
	Variants []Variant
	Hash     string // of all that the result depends on

	trainWells int    // how many of the training wells are used
	configHash string // of the configuration behind the training
	dataHash   string // of the wells behind the training
}

// Variant is a combination of levels with its configuration. Variants of a cell differ in nothing but how picks are made.
type Variant struct {
	Name   string // in what it differs from the baseline
	Levels []string
	Setup  Setup

	choice choice
}

// Setup is the configuration of the training, that of the first variant.
func (c Cell) Setup() *Setup { return &c.Variants[0].Setup }

// byPatch tells whether the tiles of the training wells are dealt to training and test.
func (c Cell) byPatch() bool { return c.Setup().Tile.Split == tile.SplitPatch }

// State of a cell.
type State string

// States.
const (
	StateNew     State = "new"     // nothing there
	StateStarted State = "started" // its training stopped on the way, or its picks have not been scored with this configuration
	StateFailed  State = "failed"  // the last attempt ended with an error
	StateDone    State = "done"    // its result is there
)

// resultVersion changes when a result.json of before would not be made the same way.
const resultVersion = "2"

// New plans an ablation in the folder dir, which it does not touch. What is wrong with a well is a *WellError.
func New(f *File, dir string, resolve Resolver) (*Experiment, error) {
	wells, err := listWells(f)
	if err != nil {
		return nil, err
	}
	e := &Experiment{Dir: dir, File: f, wells: wells}
	for _, seed := range f.Seeds {
		if err := e.addSeed(seed, resolve); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// addSeed plans the cells of one seed.
func (e *Experiment) addSeed(seed int64, resolve Resolver) error {
	var cells []Cell
	seen := map[string]string{}    // variant by all that it depends on
	byTraining := map[string]int{} // cell by training
	for _, ch := range e.File.choices() {
		v, n, err := e.variant(ch, seed, resolve)
		if err != nil {
			return err
		}
		key := hashOf(v.Setup.Hash, fmt.Sprint(n))
		if other, ok := seen[key]; ok {
			return fmt.Errorf("%s and %s have the same effective configuration: drop one of them", other, v.Name)
		}
		seen[key] = v.Name
		c := Cell{Seed: seed, trainWells: n, configHash: v.Setup.TrainHash, dataHash: e.dataHash(n)}
		if e.File.Task == Detection && len(ofSplit(e.wells, SplitValid)) > 0 {
			// The best model of a run is chosen at the threshold.
			c.configHash = hashOf(c.configHash, fmt.Sprint(v.Setup.Pick.Threshold))
		}
		training := hashOf(c.configHash, c.dataHash)
		at, ok := byTraining[training]
		if !ok {
			at = len(cells)
			byTraining[training] = at
			c.Name = fmt.Sprintf("%s-s%d-%.8s", v.Name, seed, training)
			cells = append(cells, c)
		}
		cells[at].Variants = append(cells[at].Variants, v)
	}
	testHash := hashWells(ofSplit(e.wells, SplitTest))
	for i := range cells {
		c := &cells[i]
		parts := []string{resultVersion, c.configHash, c.dataHash, testHash}
		for _, v := range c.Variants {
			parts = append(parts, v.Name, v.Setup.Hash)
		}
		c.Hash, c.Index = hashOf(parts...), len(e.Cells)
		e.Cells = append(e.Cells, *c)
	}
	return nil
}

// variant resolves a combination of levels, and how many training wells it uses.
func (e *Experiment) variant(ch choice, seed int64, resolve Resolver) (v Variant, trainN int, err error) {
	v = Variant{Name: e.File.name(ch), choice: ch}
	if len(v.Name) > maxNameLen {
		return v, 0, fmt.Errorf("the name %s has more than %d letters: shorten those of factors and levels", v.Name, maxNameLen)
	}
	for i, k := range ch {
		v.Levels = append(v.Levels, e.File.Factors[i].Levels[k].Name)
	}
	all := e.File.settings(ch)
	listed := len(ofSplit(e.wells, SplitTrain))
	trainN = listed
	for _, s := range all {
		if s.Key == trainWells {
			trainN, _ = s.Value.(int) // validated with the file
		}
	}
	if trainN > listed {
		return v, 0, fmt.Errorf("%s: %s is %d, and %d training wells are listed under wells", v.Name, trainWells, trainN, listed)
	}
	all = slices.DeleteFunc(all, func(s Setting) bool { return s.Key == trainWells })
	all = append(all, Setting{Key: "train.seed", Value: seed, Origin: "seeds"})
	if v.Setup, err = resolve(all); err != nil {
		return v, 0, fmt.Errorf("%s: %w", v.Name, err)
	}
	if e.File.Task == Segmentation {
		if err := v.Setup.forSegmentation(listed); err != nil {
			return v, 0, fmt.Errorf("%s: %w", v.Name, err)
		}
	}
	if v.Setup.Tile.Split == tile.SplitPatch {
		if listed == 0 {
			return v, 0, fmt.Errorf("%s: tile.split %s deals the tiles of training wells, and there are none: give wells.train", v.Name, tile.SplitPatch)
		}
		if v.Setup.Tile.TestFraction == 0 {
			return v, 0, fmt.Errorf("%s: tile.split %s with tile.test_fraction 0 holds nothing out: give the share of tiles to test on", v.Name, tile.SplitPatch)
		}
	}
	return v, trainN, nil
}

// dataHash identifies the wells behind a training.
func (e *Experiment) dataHash(trainN int) string {
	return hashOf(hashWells(ofSplit(e.wells, SplitTrain)[:trainN]), hashWells(ofSplit(e.wells, SplitValid)))
}

func (e *Experiment) cellDir(c Cell) string { return filepath.Join(e.Dir, "cells", c.Name) }

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
	for _, one := range []struct {
		name  string
		state State
	}{{errorName, StateFailed}, {train.LastName, StateStarted}} {
		if _, err := os.Stat(filepath.Join(e.cellDir(c), one.name)); err == nil {
			return one.state, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return StateNew, nil
}

// TestWells names the wells that cells are scored on.
func (e *Experiment) TestWells() (names []string) {
	for _, w := range ofSplit(e.wells, SplitTest) {
		names = append(names, w.name)
	}
	return names
}
