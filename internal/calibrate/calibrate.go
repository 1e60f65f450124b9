// Package calibrate fits the confidence of picks: it picks wells with known truth, looks which refined curves are right, and fits, per
// class, the probability of it by what is known of a curve without the truth. This then is the confidence of a pick: of picks with
// confidence 0.8, four in five should be right.
package calibrate

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/infer"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/match"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// ErrTooFew means that a class has too few right or too few wrong curves to fit anything.
var ErrTooFew = errors.New("too few curves to calibrate on")

// toleranceM is the curve distance within which a curve is right.
const toleranceM = 0.05

// leastOfKind is how many right and how many wrong curves each class needs.
const leastOfKind = 20

// Well is a well with its truth.
type Well struct {
	Log   *imagelog.Log
	Truth []picks.Pick
}

// Sample is a refined curve and whether it is right.
type Sample struct {
	Features []float64
	Right    bool
}

// Collector gathers samples over wells.
type Collector struct {
	bundle  *model.Bundle
	picker  *infer.Picker
	samples [dip.NumClasses][]Sample
	wells   int
}

// NewCollector makes a collector for a model, whose own calibration is not used.
func NewCollector(b *model.Bundle, opt infer.Options, pool *kernel.Pool) (*Collector, error) {
	plain := *b
	plain.Calibration = nil
	opt.Refine = true
	opt.Threshold, opt.ThresholdFracture = opt.Candidate, opt.Candidate
	picker, err := infer.NewPicker(&plain, opt, pool)
	return &Collector{bundle: b, picker: picker}, err
}

// Add picks a well and judges its curves.
func (c *Collector) Add(ctx context.Context, w Well) error {
	refined, res, err := c.picker.Refined(ctx, w.Log, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", w.Log.Well, err)
	}
	rowM := res.Grid.Options().RowM
	for class := range c.samples {
		var truth []dip.Curve
		for i := range w.Truth {
			if int(w.Truth[i].Class) == class {
				truth = append(truth, w.Truth[i].Trace())
			}
		}
		var mine []infer.Refined
		var pairs []match.Pair
		for _, r := range refined {
			if !slices.Contains(r.Classes(), dip.Class(class)) {
				continue
			}
			curve := dip.CurveFromRows(r.D, r.A, r.B, res.Grid.TopM(), rowM)
			for k, t := range truth {
				if d := dip.CurveDistanceM(curve, t); d <= toleranceM {
					pairs = append(pairs, match.Pair{Row: len(mine), Col: k, Cost: d})
				}
			}
			mine = append(mine, r)
		}
		assigned, err := match.AssignSparse(len(mine), len(truth), pairs)
		if err != nil {
			return fmt.Errorf("%s: %w", w.Log.Well, err)
		}
		for i, r := range mine {
			c.samples[class] = append(c.samples[class], Sample{r.Features(dip.Class(class), c.bundle), assigned[i] != match.Unmatched})
		}
	}
	c.wells++
	return nil
}

// Counts of the samples of a class.
func (c *Collector) Counts(class dip.Class) (right, wrong int) {
	for _, s := range c.samples[class] {
		if s.Right {
			right++
		} else {
			wrong++
		}
	}
	return right, wrong
}

// Fit fits the calibration. wells says what the collected wells were, for the model's record.
func (c *Collector) Fit(wells string) (*model.Calibration, error) {
	out := &model.Calibration{Features: infer.FeatureNames(c.bundle), Wells: wells}
	for class := range c.samples {
		right, wrong := c.Counts(dip.Class(class))
		if right < leastOfKind || wrong < leastOfKind {
			return nil, fmt.Errorf("%s: %w: %d right and %d wrong in %d wells, at least %d of each are needed", dip.Class(class), ErrTooFew, right, wrong, c.wells, leastOfKind)
		}
		l, err := Fit(c.samples[class], min(hiddenUnits, min(right, wrong)/curvesPerUnit))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", dip.Class(class), err)
		}
		out.Classes = append(out.Classes, l)
	}
	return out, nil
}
