package ablate

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/geobfdt/geobfdt/internal/infer"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/metrics"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// pickAtOnce wells are picked at the same time, each on its share of the threads: what of a pick runs on one thread, from reading the
// well to merging its curves, leaves the other threads to the other well. More at a time would be more images in memory.
const pickAtOnce = 2

// found are the picks of one way to pick, with the truth: of the test wells, and of the held-out stretches of the training wells.
type found struct {
	blind, held []metrics.Well
	headers     []picks.Header // of the blind wells
	warnings    []string
}

// pickedWell is one of them.
type pickedWell struct {
	metrics.Well
	header   picks.Header
	warnings []string
}

// pickWells picks the test wells, and in a split by patch the training wells with stretches held out (held, in their order).
func (a *attempt) pickWells(ctx context.Context, b *model.Bundle, opt infer.Options, threshold float64, held [][]interval) (*found, error) {
	opt.Threshold = threshold
	var wells []well
	var stretches [][]interval
	for i, w := range ofSplit(a.wells, SplitTrain)[:len(held)] {
		if len(held[i]) > 0 {
			wells, stretches = append(wells, w), append(stretches, held[i])
		}
	}
	tests := ofSplit(a.wells, SplitTest)
	all, err := a.pickEach(ctx, b, opt, slices.Concat(wells, tests))
	if err != nil {
		return nil, err
	}
	f := new(found)
	for i, p := range all {
		f.warnings = append(f.warnings, p.warnings...)
		if i < len(stretches) {
			for _, s := range stretches[i] {
				part := p.Well
				part.Name, part.TopM, part.BaseM = fmt.Sprintf("%s %.2f-%.2f m", p.Name, s.topM, s.baseM), s.topM, s.baseM
				f.held = append(f.held, part)
			}
			continue
		}
		if err := a.writeTruth(tests[i-len(stretches)], &picks.Table{Header: p.header, Picks: p.Truth}); err != nil {
			return nil, err
		}
		f.blind, f.headers = append(f.blind, p.Well), append(f.headers, p.header)
	}
	return f, nil
}

// pickEach picks wells, pickAtOnce at a time. The first error ends it.
func (a *attempt) pickEach(ctx context.Context, b *model.Bundle, opt infer.Options, wells []well) ([]pickedWell, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	out := make([]pickedWell, len(wells))
	next := make(chan int, len(wells))
	for i := range wells {
		next <- i
	}
	close(next)
	threads, n := a.pool.Threads(), max(1, min(pickAtOnce, a.pool.Threads(), len(wells)))
	pickers := make([]*infer.Picker, n)
	for k := range pickers {
		pool := a.pool
		if n > 1 {
			pool = kernel.NewPool((threads + k) / n)
			defer pool.Close()
		}
		var err error
		if pickers[k], err = infer.NewPicker(b, opt, pool); err != nil {
			return nil, err
		}
	}
	var workers sync.WaitGroup
	for _, picker := range pickers {
		workers.Go(func() {
			for i := range next {
				if ctx.Err() != nil {
					return
				}
				if err := a.pickWell(ctx, picker, wells[i], &out[i]); err != nil {
					stop(err)
				}
			}
		})
	}
	workers.Wait()
	return out, context.Cause(ctx)
}

// pickWell picks one well.
func (a *attempt) pickWell(ctx context.Context, picker *infer.Picker, w well, p *pickedWell) error {
	began := time.Now()
	log, truth, err := a.loaded.load(w)
	if err != nil {
		return err
	}
	res, err := picker.Pick(ctx, log, nil)
	if err != nil {
		return &WellError{w.name, err}
	}
	if err := res.Grid.CheckLabels(truth); err != nil {
		return &WellError{w.name, err}
	}
	a.event(Event{Stage: StagePick, Well: w.name, Seconds: time.Since(began).Seconds(), Picks: len(res.Picks)})
	for _, text := range slices.Concat(log.Warnings, res.Warnings) {
		p.warnings = append(p.warnings, w.name+": "+text)
	}
	p.Well = metrics.Well{Name: w.name, Truth: truth, Picks: res.Picks, TopM: res.Grid.TopM(), BaseM: res.Grid.BaseM()}
	p.header = picks.Header{Well: log.Well, Reference: string(log.Reference), DeclinationDeg: log.DeclinationDeg, Command: a.Command}
	return nil
}

// interval is a stretch of a well, in measured depth.
type interval struct{ topM, baseM float64 }

// heldOut are the stretches under held-out tiles, for each log of a store. Tiles that touch or overlap make one stretch.
func heldOut(m *tile.Manifest) [][]interval {
	out := make([][]interval, len(m.Sources))
	for _, t := range m.Tiles {
		if t.Split != tile.Test {
			continue
		}
		all := out[t.Source]
		if n := len(all); n > 0 && t.TopM <= all[n-1].baseM { // tiles of a log stand in the order of depth
			all[n-1].baseM = max(all[n-1].baseM, t.BaseM)
			continue
		}
		out[t.Source] = append(all, interval{t.TopM, t.BaseM})
	}
	return out
}
