package ablate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat"

	"github.com/geobfdt/geobfdt/internal/metrics"
	"github.com/geobfdt/geobfdt/internal/segment"
)

// Verdict is what a comparison says.
type Verdict string

// Verdicts. A level is better or worse where the interval of its difference leaves 0 out and at least two seeds stand behind it.
const (
	Better     Verdict = "better"
	Worse      Verdict = "worse"
	NoEvidence Verdict = "no evidence"
)

// Effect is what a level changes against the baseline of its factor, everything else equal.
type Effect struct {
	Factor  string        `json:"factor"`
	Level   string        `json:"level"`
	Against string        `json:"against"` // level
	Class   string        `json:"class"`   // bedding | fracture | any
	Measure string        `json:"measure"` // see measures
	Base    metrics.Value `json:"base"`    // mean over seeds (and, in a grid, over the other factors), wells pooled
	Value   metrics.Value `json:"value"`   // likewise
	Diff    metrics.Value `json:"diff"`    // mean of the paired differences
	Low     metrics.Value `json:"low"`     // bootstrap over pairs and wells, central 95 %
	High    metrics.Value `json:"high"`
	Pairs   int           `json:"pairs"` // cells compared with their twin
	Wells   int           `json:"wells"`
	Verdict Verdict       `json:"verdict"`
}

// unit is what a class came to in one well: counts, which add up.
type unit struct {
	truths, picks, hits    int   // curve@5cm at the threshold
	sweepPicks, sweepHits  []int // over thresholds
	matched, matchedWrongs int   // truths of tiles with a query, and those with the wrong class
	mask                   segment.Counts
}

// add pools another well into u.
func (u *unit) add(o *unit) {
	u.truths, u.picks, u.hits = u.truths+o.truths, u.picks+o.picks, u.hits+o.hits
	u.matched, u.matchedWrongs = u.matched+o.matched, u.matchedWrongs+o.matchedWrongs
	u.mask.Add(o.mask)
	if u.sweepPicks == nil {
		u.sweepPicks, u.sweepHits = make([]int, len(o.sweepPicks)), make([]int, len(o.sweepHits))
	}
	for i := range u.sweepPicks {
		u.sweepPicks[i] += o.sweepPicks[i]
		u.sweepHits[i] += o.sweepHits[i]
	}
}

// measure is a score of pooled counts; NaN where it does not exist.
type measure struct {
	name       string
	lessBetter bool
	anyOnly    bool // does not exist class by class
	task       Task // that it exists for; empty: all
	of         func(u *unit) float64
}

// measures of an effect. The best F1 over thresholds is chosen on the wells that it is measured on, on both sides alike.
var measures = []measure{
	{name: "f1", of: func(u *unit) float64 { return quotient(2*u.hits, u.truths+u.picks) }},
	{name: "precision", of: func(u *unit) float64 { return quotient(u.hits, u.picks) }},
	{name: "recall", of: func(u *unit) float64 { return quotient(u.hits, u.truths) }},
	{name: "best_f1", of: func(u *unit) float64 {
		best := math.NaN()
		for i, picks := range u.sweepPicks {
			if v := quotient(2*u.sweepHits[i], u.truths+picks); !(v <= best) {
				best = v
			}
		}
		return best
	}},
	{name: "class_error", task: Detection, lessBetter: true, anyOnly: true, of: func(u *unit) float64 { return quotient(u.matchedWrongs, u.matched) }},
	{name: "mask_iou", task: Segmentation, of: func(u *unit) float64 { return u.mask.IoU() }},
	{name: "mask_f1", task: Segmentation, of: func(u *unit) float64 { return u.mask.F1() }},
}

func quotient(a, b int) float64 {
	if b == 0 {
		return math.NaN()
	}
	return float64(a) / float64(b)
}

// twins are the two sides of a comparison in one cell and its twin, well by well.
type twins struct{ base, level []unit }

// effectDraws is the number of bootstrap resamples, effectSeed their seed.
const (
	effectDraws = 2000
	effectSeed  = 1
)

// compare is the mean difference over pairs with its interval, by the percentile bootstrap (Efron and Tibshirani 1993, chapter 13) on two
// levels: pairs are drawn with replacement, and wells are. sameWells says that both sides of all pairs have the same wells, which then are
// drawn together; else each side of each pair draws its own.
func compare(pairs []twins, m *measure, sameWells bool) (e Effect) {
	nan := metrics.Value(math.NaN())
	e = Effect{Measure: m.name, Base: nan, Value: nan, Diff: nan, Low: nan, High: nan, Pairs: len(pairs), Verdict: NoEvidence}
	if len(pairs) == 0 {
		return e
	}
	e.Wells = len(pairs[0].level)
	whole := make([]int, 0, e.Wells)
	all := func(us []unit) []int {
		whole = whole[:0]
		for i := range us {
			whole = append(whole, i)
		}
		return whole
	}
	var base, value, diff mean
	for _, p := range pairs {
		b, v := m.of(pool(p.base, all(p.base))), m.of(pool(p.level, all(p.level)))
		if d := v - b; !math.IsNaN(d) {
			base.add(b)
			value.add(v)
			diff.add(d)
		}
	}
	e.Base, e.Value, e.Diff = base.value(), value.value(), diff.value()
	e.Pairs = diff.n
	rng := rand.New(rand.NewPCG(effectSeed, 0))
	var draws []float64
	var mine, theirs []int
	for range effectDraws {
		var d mean
		if sameWells {
			mine = redraw(rng, mine, len(pairs[0].base))
			theirs = mine
		}
		for range pairs {
			p := &pairs[rng.IntN(len(pairs))]
			if !sameWells {
				mine, theirs = redraw(rng, mine, len(p.base)), redraw(rng, theirs, len(p.level))
			}
			d.add(m.of(pool(p.level, theirs)) - m.of(pool(p.base, mine)))
		}
		if v := float64(d.value()); !math.IsNaN(v) {
			draws = append(draws, v)
		}
	}
	if len(draws) == 0 {
		return e
	}
	slices.Sort(draws)
	low, high := stat.Quantile(0.025, stat.Empirical, draws, nil), stat.Quantile(0.975, stat.Empirical, draws, nil)
	e.Low, e.High = metrics.Value(low), metrics.Value(high)
	if up := low > 0; e.Pairs >= 2 && (up || high < 0) {
		e.Verdict = Worse
		if up != m.lessBetter {
			e.Verdict = Better
		}
	}
	return e
}

// mean adds up what exists.
type mean struct {
	sum float64
	n   int
}

func (m *mean) add(v float64) {
	if !math.IsNaN(v) {
		m.sum, m.n = m.sum+v, m.n+1
	}
}

// value is NaN of nothing.
func (m *mean) value() metrics.Value { return metrics.Value(m.sum / float64(m.n)) }

// pool adds the wells of these indices up.
func pool(wells []unit, index []int) *unit {
	u := new(unit)
	for _, i := range index {
		u.add(&wells[i])
	}
	return u
}

// redraw draws n indices of n with replacement.
func redraw(rng *rand.Rand, index []int, n int) []int {
	index = index[:0]
	for range n {
		index = append(index, rng.IntN(n))
	}
	return index
}

// units are the counts of a class in the wells of s. matched, which may be nil, belongs to the same wells.
func units(s *Scored, class string, matched []Matched) ([]unit, error) {
	k := slices.IndexFunc(s.Sweep, func(w Sweep) bool { return w.Class == class })
	if k < 0 || len(s.Sweep[k].Wells) != len(s.Scores.Wells) || matched != nil && len(matched) != len(s.Scores.Wells) {
		return nil, fmt.Errorf("%s has no scores of %s in every well: remove it, and the cell is scored again", resultName, class)
	}
	var out []unit
	for i := range s.Scores.Wells {
		c := s.Scores.Wells[i].Class(class)
		if c == nil {
			return nil, fmt.Errorf("%s has no scores of %s: remove it, and the cell is scored again", resultName, class)
		}
		hits := at(c.Curve, metrics.HeadlineCM)
		w := &s.Sweep[k].Wells[i]
		if hits == nil || len(w.Picks) != len(s.Sweep[k].Points) || len(w.Hits) != len(w.Picks) {
			return nil, fmt.Errorf("%s has no scores of %s at %g cm: remove it, and the cell is scored again", resultName, class, metrics.HeadlineCM)
		}
		u := unit{truths: c.Truths, picks: c.Picks, hits: hits.Hits, sweepPicks: w.Picks, sweepHits: w.Hits}
		if matched != nil {
			u.matched, u.matchedWrongs = matched[i].Truths, matched[i].Wrong
		}
		out = append(out, u)
	}
	return out, nil
}

// at finds the hits within a tolerance; nil if there are none.
func at(hits []metrics.Hits, toleranceCM float64) *metrics.Hits {
	for i := range hits {
		if hits[i].ToleranceCM == toleranceCM {
			return &hits[i]
		}
	}
	return nil
}
