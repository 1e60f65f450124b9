package metrics

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat"

	"github.com/geobfdt/geobfdt/internal/dip"
)

// groups of picks that are scored: each class, then all as one.
const groups = dip.NumClasses + 1

func groupName(g int) string {
	if g == dip.NumClasses {
		return Any
	}
	return dip.Class(g).String()
}

// ScoreWell scores the picks of one well. Its errors name the well; one that wraps ErrCrowded asks for merged picks.
func ScoreWell(w Well, opt Options) (Report, error) {
	if err := opt.Validate(); err != nil {
		return Report{}, err
	}
	r, _, err := scoreWell(&w, opt)
	return r, err
}

// Summary is the score of a set of wells.
type Summary struct {
	Wells  []Report `json:"wells"`
	Pooled Report   `json:"pooled"` // with intervals between wells, if there are two or more
}

// ScoreWells scores each well by itself and pools them.
func ScoreWells(wells []Well, opt Options) (Summary, error) {
	if err := opt.Validate(); err != nil {
		return Summary{}, err
	}
	s := Summary{Pooled: Report{Well: "all wells", Wells: len(wells)}}
	byWell := make([][groups]*tally, len(wells))
	var pooled [groups]tally
	for i := range wells {
		r, tallies, err := scoreWell(&wells[i], opt)
		if err != nil {
			return Summary{}, err
		}
		byWell[i] = tallies
		for g := range pooled {
			pooled[g].add(tallies[g])
		}
		s.Wells = append(s.Wells, r)
		s.Pooled.Outside += r.Outside
		s.Pooled.LengthM += r.LengthM
	}
	for g := range pooled {
		c := pooled[g].report(groupName(g))
		for k := range tolerancesCM {
			c.Depth[k].F1Interval = bootstrapF1(byWell, func(t *[groups]*tally) (int, *tally) { return t[g].depth[k].hits, t[g] }, opt)
			c.Curve[k].F1Interval = bootstrapF1(byWell, func(t *[groups]*tally) (int, *tally) { return t[g].curve[k].hits, t[g] }, opt)
		}
		s.Pooled.Classes = append(s.Pooled.Classes, c)
	}
	s.Pooled.Confusion = pooled[dip.NumClasses].confusion
	s.Pooled.ClassError = pooled[dip.NumClasses].classError()
	return s, nil
}

func scoreWell(w *Well, opt Options) (Report, [groups]*tally, error) {
	var tallies [groups]*tally
	fail := func(err error) (Report, [groups]*tally, error) {
		return Report{}, tallies, fmt.Errorf("score well %q: %w", w.Name, err)
	}
	if err := check("truth", w.Truth); err != nil {
		return fail(err)
	}
	if err := check("pick", w.Picks); err != nil {
		return fail(err)
	}
	topM, baseM, err := w.interval()
	if err != nil {
		return fail(err)
	}
	truth, found := items(w.Truth, topM, baseM), items(w.Picks, topM, baseM)
	r := Report{
		Well: w.Name, Wells: 1, TopM: topM, BaseM: baseM, LengthM: baseM - topM,
		Outside: len(w.Truth) - len(truth) + len(w.Picks) - len(found),
	}
	for g := range tallies {
		ts, fs := truth, found
		if g < dip.NumClasses {
			ts, fs = ofClass(truth, dip.Class(g)), ofClass(found, dip.Class(g))
		}
		if tallies[g], err = newTally(ts, fs, topM, baseM, opt); err != nil {
			return fail(err)
		}
		r.Classes = append(r.Classes, tallies[g].report(groupName(g)))
	}
	r.Confusion = tallies[dip.NumClasses].confusion
	r.ClassError = tallies[dip.NumClasses].classError()
	return r, tallies, nil
}

// bootstrapF1 resamples wells with replacement and returns the central 95 % of the pooled F1 (percentile bootstrap, Efron and
// Tibshirani 1993, chapter 13). It is nil for fewer than two wells or where no resample has an F1.
func bootstrapF1(wells [][groups]*tally, of func(t *[groups]*tally) (hits int, class *tally), opt Options) *Interval {
	if len(wells) < 2 || opt.BootstrapDraws == 0 {
		return nil
	}
	rng := rand.New(rand.NewPCG(opt.Seed, 1))
	var draws []float64
	for range opt.BootstrapDraws {
		hits, truths, found := 0, 0, 0
		for range wells {
			h, t := of(&wells[rng.IntN(len(wells))])
			hits, truths, found = hits+h, truths+t.truths, found+t.picks
		}
		if v := float64(f1(float64(hits), truths, found)); !math.IsNaN(v) {
			draws = append(draws, v)
		}
	}
	if len(draws) == 0 {
		return nil
	}
	slices.Sort(draws)
	return &Interval{
		Low:  Value(stat.Quantile(0.025, stat.Empirical, draws, nil)),
		High: Value(stat.Quantile(0.975, stat.Empirical, draws, nil)),
	}
}
