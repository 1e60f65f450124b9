package ablate

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/geobfdt/geobfdt/internal/checkpoint"
	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/metrics"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/segment"
	"github.com/geobfdt/geobfdt/internal/tile"
	"github.com/geobfdt/geobfdt/internal/train"
)

// forSegmentation checks a configuration for a Segmentation with so many training wells, and takes its section segment into the hashes.
func (s *Setup) forSegmentation(trainWells int) error {
	switch {
	case trainWells == 0:
		return fmt.Errorf("task %s cuts masks from wells: give wells.train", Segmentation)
	case s.Tile.Split == tile.SplitPatch:
		return fmt.Errorf("task %s splits by well: tile.split %s is for detection", Segmentation, tile.SplitPatch)
	case s.Train.SynthShare > 0:
		return fmt.Errorf("train.synth_share %g: task %s trains on the tiles of wells alone", s.Train.SynthShare, Segmentation)
	}
	s.Hash = hashOf(s.Hash, fmt.Sprintf("%+v", s.Segment))
	s.TrainHash = hashOf(s.TrainHash, fmt.Sprintf("%+v", s.Segment.Training()))
	return s.Segment.Validate(s.Tile)
}

// segmentation trains the cell's segmentation network and scores its masks, and the sinusoids that are fitted to them.
func (a *attempt) segmentation(ctx context.Context) (*Result, error) {
	job, err := a.maskJob(ctx)
	if err != nil {
		return nil, err
	}
	cut := time.Since(a.started)
	trained, err := a.trained(job.Dir, func() error { return segment.Run(ctx, job) })
	if err != nil {
		return nil, err
	}
	scoring := time.Now()
	trained.Data, trained.EpochSamples = job.Train.Describe(), int64(job.Train.Len())
	path := filepath.Join(job.Dir, train.BestName)
	net, err := segment.Load(path)
	if err != nil {
		return nil, err
	}
	if trained.ModelHash, err = checkpoint.Hash(path); err != nil {
		return nil, err
	}
	if err := a.scoreMasks(ctx, net, trained); err != nil {
		return nil, err
	}
	trained.OtherSeconds = (cut + time.Since(scoring)).Seconds()
	return trained, nil
}

// maskJob is the training of the cell. Without validation wells the last state is its model.
func (a *attempt) maskJob(ctx context.Context) (segment.Job, error) {
	c, s := a.cell, a.cell.Setup()
	job := segment.Job{
		Dir: a.cellDir(c), Options: s.Train, Segment: s.Segment, Pool: a.pool, Progress: a.progress,
		Record: model.Record{Config: string(s.YAML), ConfigHash: c.configHash, Version: a.Version, DataHash: c.dataHash},
	}
	store, err := a.trainStore(ctx)
	if err != nil {
		return job, err
	}
	job.Tile = store.Manifest().Options
	if job.Train, err = segment.NewSource(store, s.Segment, s.Augment, s.Train.Seed, false); err != nil {
		return job, err
	}
	valid := ofSplit(a.wells, SplitValid)
	if len(valid) == 0 {
		return job, nil
	}
	if store, err = a.store(ctx, wellSplit(s.Tile), SplitValid, valid); err != nil {
		return job, err
	}
	job.Held, err = segment.NewSource(store, s.Segment, s.Augment, s.Train.Seed, true)
	return job, err
}

// scoreMasks picks the test wells once for each way to pick, and scores masks and picks of every variant.
func (a *attempt) scoreMasks(ctx context.Context, net *segment.Net, result *Result) error {
	type way struct {
		*found
		masks []WellMasks
	}
	ways := map[string]*way{}
	for _, v := range a.cell.Variants {
		key := fmt.Sprintf("%+v %g", unthresholded(v.Setup.Pick), v.Setup.Segment.Threshold)
		w := ways[key]
		if w == nil {
			w = new(way)
			ways[key] = w
			var err error
			if w.found, w.masks, err = a.segmentWells(ctx, net, v); err != nil {
				return err
			}
			result.Warnings = append(result.Warnings, w.warnings...)
		}
		one, err := a.scoreVariant(v, result.ModelHash, w.found)
		if err != nil {
			return err
		}
		one.Masks = w.masks
		result.Variants = append(result.Variants, *one)
	}
	return nil
}

// segmentWells picks the test wells in the way of a variant, whatever the confidence.
func (a *attempt) segmentWells(ctx context.Context, net *segment.Net, v Variant) (*found, []WellMasks, error) {
	threshold := v.Setup.Segment.Threshold
	picker, err := segment.NewPicker(net, unthresholded(v.Setup.Pick), a.pool)
	if err != nil {
		return nil, nil, err
	}
	f := new(found)
	var masks []WellMasks
	for _, w := range ofSplit(a.wells, SplitTest) {
		m, err := a.segmentWell(ctx, picker, w, threshold, f)
		if err != nil {
			return nil, nil, err
		}
		masks = append(masks, WellMasks{w.name, m})
	}
	return f, masks, nil
}

// segmentWell adds what is found in a well.
func (a *attempt) segmentWell(ctx context.Context, picker *segment.Picker, w well, threshold float64, f *found) (masks segment.MaskCounts, err error) {
	began := time.Now()
	log, truth, err := a.loaded.load(w)
	if err != nil {
		return masks, err
	}
	grid, err := picker.Grid(log)
	if err != nil {
		return masks, &WellError{w.name, err}
	}
	defer grid.Close()
	if err := grid.CheckLabels(truth); err != nil {
		return masks, &WellError{w.name, err}
	}
	m, err := picker.Map(ctx, grid)
	if err != nil {
		return masks, err
	}
	picked, warnings, err := picker.Picks(ctx, log, grid, m, threshold)
	if err != nil {
		return masks, err
	}
	a.event(Event{Stage: StagePick, Well: w.name, Seconds: time.Since(began).Seconds(), Picks: len(picked)})
	for _, text := range slices.Concat(log.Warnings, warnings) {
		f.warnings = append(f.warnings, w.name+": "+text)
	}
	header := picks.Header{Well: log.Well, Reference: string(log.Reference), DeclinationDeg: log.DeclinationDeg, Command: a.Command}
	if err := a.writeTruth(w, &picks.Table{Header: header, Picks: truth}); err != nil {
		return masks, err
	}
	f.blind = append(f.blind, metrics.Well{Name: w.name, Truth: truth, Picks: picked, TopM: grid.TopM(), BaseM: grid.BaseM()})
	f.headers = append(f.headers, header)
	return picker.Masks(grid, m, truth, threshold), nil
}

// of a class, or of any.
func (m *WellMasks) of(class string) segment.Counts {
	for k := range m.Class {
		if dip.Class(k).String() == class {
			return m.Class[k]
		}
	}
	return m.Any
}

// masks are the counts of a class in all test wells.
func (v *VariantResult) masks(class string) (c segment.Counts) {
	for i := range v.Masks {
		c.Add(v.Masks[i].of(class))
	}
	return c
}

// units are the counts of a class in the test wells, with their masks where there are any.
func (d scoredVariant) units(class string) ([]unit, error) {
	us, err := units(&d.result.Blind, class, d.cell.Matched)
	if err != nil || len(d.result.Masks) == 0 {
		return us, err
	}
	if len(d.result.Masks) != len(us) {
		return nil, errors.New(resultName + " has not the masks of every well: remove it, and the cell is scored again")
	}
	for i := range us {
		us[i].mask = d.result.Masks[i].of(class)
	}
	return us, nil
}

// meanMasks averages the held-out masks of cells as far as all of them go.
func meanMasks(of []scoredVariant) (out []MaskPoint) {
	for i := 0; len(of) > 0; i++ {
		var m MaskPoint
		for _, d := range of {
			if i >= len(d.cell.HeldMasks) {
				return out
			}
			p, n := d.cell.HeldMasks[i], float64(len(of))
			m.Samples = p.Samples
			m.IoU, m.F1 = m.IoU+p.IoU/n, m.F1+p.F1/n
		}
		out = append(out, m)
	}
	return out
}
