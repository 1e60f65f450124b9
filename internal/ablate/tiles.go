package ablate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/geobfdt/geobfdt/internal/tile"
	"github.com/geobfdt/geobfdt/internal/train"
)

// onTheFly are the samples of a cell without training wells.
func onTheFly(s *Setup) (src, held train.Source, err error) {
	if src, err = train.NewSynthSource(s.Train.SynthPresets, s.Train.SynthShear, s.Tile, s.Augment, s.Train.Seed, false); err != nil {
		return nil, nil, err
	}
	held, err = train.NewSynthSource(s.Train.SynthPresets, s.Train.SynthShear, s.Tile, s.Augment, s.Train.Seed, true)
	return src, held, err
}

// tileSources gives a job the tiles of its wells.
func (a *attempt) tileSources(ctx context.Context, job *train.Job) error {
	s := a.cell.Setup()
	store, err := a.trainStore(ctx)
	if err != nil {
		return err
	}
	job.Tile = store.Manifest().Options
	tiles, err := train.NewTileSource(store, tile.Train, s.Augment, s.Train.Seed, false)
	if err != nil {
		return err
	}
	job.Train = tiles
	if s.Train.SynthShare > 0 {
		second, err := train.NewSynthSource(s.Train.SynthPresets, s.Train.SynthShear, job.Tile, s.Augment, s.Train.Seed, false)
		if err != nil {
			return err
		}
		job.Train = &train.MixSource{First: tiles, Second: second, Share: s.Train.SynthShare, Seed: s.Train.Seed}
	}
	valid := ofSplit(a.wells, SplitValid)
	if len(valid) == 0 {
		return nil
	}
	if store, err = a.store(ctx, wellSplit(s.Tile), SplitValid, valid); err != nil {
		return err
	}
	held, err := train.NewTileSource(store, tile.Train, s.Augment, s.Train.Seed, true)
	if err != nil {
		return err
	}
	job.Eval = held
	job.Options.EvalSamples = min(job.Options.EvalSamples, held.Len())
	return nil
}

// trainStore holds the tiles of the training wells. In a split by patch a share of them, dealt by the cell's seed, is held out.
func (a *attempt) trainStore(ctx context.Context) (*tile.Reader, error) {
	opt := wellSplit(a.cell.Setup().Tile)
	if a.cell.byPatch() {
		opt.Split, opt.TestFraction, opt.Seed = tile.SplitPatch, a.cell.Setup().Tile.TestFraction, a.cell.Seed
	}
	return a.store(ctx, opt, SplitTrain, ofSplit(a.wells, SplitTrain)[:a.cell.trainWells])
}

// wellSplit are tile options that put every tile on the training side, as the wells were split already. Cells that differ in nothing
// else share their tiles.
func wellSplit(opt tile.Options) tile.Options {
	opt.Split, opt.TestFraction, opt.Seed = tile.SplitWell, 0, 0
	return opt
}

// storeCache are the tile stores that a run has opened.
type storeCache struct {
	mu   sync.Mutex
	open map[string]*openStore // by folder
}

// openStore is one of them; its lock lets one cell cut while others that need the same tiles wait.
type openStore struct {
	mu     sync.Mutex
	reader *tile.Reader
}

// store opens the tiles of wells, cutting them where no cell has done so before.
func (a *attempt) store(ctx context.Context, opt tile.Options, split string, wells []well) (*tile.Reader, error) {
	dir := filepath.Join(a.Dir, "tiles", fmt.Sprintf("%s-%.12s", split, hashOf(fmt.Sprintf("%+v", opt), hashWells(wells))))
	a.stores.mu.Lock()
	s := a.stores.open[dir]
	if s == nil {
		s = new(openStore)
		a.stores.open[dir] = s
	}
	a.stores.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reader != nil {
		return s.reader, nil
	}
	if !hasStore(dir) {
		// Another process may have put the same tiles there meanwhile; they are as good as ours.
		if err := a.cut(ctx, dir, opt, wells); err != nil && !hasStore(dir) {
			return nil, err
		}
	}
	reader, err := tile.Open(dir)
	s.reader = reader
	return reader, err
}

// hasStore tells whether a tile store is in a folder; stores appear whole.
func hasStore(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, tile.ManifestName))
	return !errors.Is(err, fs.ErrNotExist)
}

// cut makes a tile store.
func (a *attempt) cut(ctx context.Context, dir string, opt tile.Options, wells []well) error {
	w, err := tile.NewWriter(dir, opt)
	if err != nil {
		return err
	}
	defer w.Abort()
	for _, well := range wells {
		began := time.Now()
		log, truth, err := a.loaded.load(well)
		if err != nil {
			return err
		}
		for _, text := range log.Warnings {
			a.event(Event{Stage: StageWarning, Well: well.name, Error: text})
		}
		if _, err := w.AddLog(ctx, log, truth, well.logPath, well.labelPath); err != nil {
			return &WellError{well.name, err}
		}
		a.event(Event{Stage: StageTiles, Well: well.name, Seconds: time.Since(began).Seconds()})
	}
	_, err = w.Close()
	return err
}
