package ablate

import (
	"math"
	"testing"
)

// recalled is a well with 100 truths of which so many were hit.
func recalled(hits int) []unit { return []unit{{truths: 100, picks: 100, hits: hits}} }

func recall() *measure { return &measures[2] }

// With one well and n pairs the bootstrap draws from n^n equally likely means, whose quantiles can be counted by hand.
func TestCompareAgainstEnumeration(t *testing.T) {
	for _, c := range []struct {
		name      string
		diffs     []int // of hits, in 100
		low, high float64
		verdict   Verdict
	}{
		// 3 pairs: each extreme has probability 1/27 = 3.7 %, more than 2.5 %: the interval is the range.
		{"three pairs", []int{10, 20, 60}, 0.10, 0.60, Better},
		// 4 pairs 0, 4, 8, 12: the sum of four draws is 4 s with P(s <= 1) = 5/256 = 2.0 %, P(s <= 2) = 15/256: the 2.5 % quantile is
		// s = 2, a mean of 0.02; by symmetry the other is 0.10.
		{"four pairs", []int{0, 4, 8, 12}, 0.02, 0.10, Better},
		{"two pairs that disagree", []int{-10, 30}, -0.10, 0.30, NoEvidence},
		{"two pairs that agree", []int{-10, -30}, -0.30, -0.10, Worse},
		{"one pair", []int{-30}, -0.30, -0.30, NoEvidence},
		{"nothing", []int{0, 0}, 0, 0, NoEvidence},
	} {
		var pairs []twins
		for _, d := range c.diffs {
			pairs = append(pairs, twins{recalled(35), recalled(35 + d)})
		}
		e := compare(pairs, recall(), true)
		if math.Abs(float64(e.Low)-c.low) > 1e-9 || math.Abs(float64(e.High)-c.high) > 1e-9 || e.Verdict != c.verdict || e.Pairs != len(c.diffs) {
			t.Errorf("%s: %+v, want from %g to %g, %s", c.name, e, c.low, c.high, c.verdict)
		}
	}
}

// Two wells, paired: a resample takes the same wells on both sides, so that a constant difference has no spread however much the
// wells differ; unpaired it has.
func TestWellsArePaired(t *testing.T) {
	base := []unit{{truths: 100, hits: 10}, {truths: 100, hits: 80}}
	level := []unit{{truths: 100, hits: 20}, {truths: 100, hits: 90}}
	pairs := []twins{{base, level}, {base, level}}
	if e := compare(pairs, recall(), true); math.Abs(float64(e.Low)-0.1) > 1e-9 || math.Abs(float64(e.High)-0.1) > 1e-9 || e.Wells != 2 || e.Verdict != Better {
		t.Errorf("paired: %+v", e)
	}
	if e := compare(pairs, recall(), false); !(e.Low < -0.2 && e.High > 0.4) || math.Abs(float64(e.Diff)-0.1) > 1e-9 || e.Verdict != NoEvidence {
		t.Errorf("unpaired: %+v", e)
	}
}

func TestMeasures(t *testing.T) {
	u := &unit{truths: 10, picks: 8, hits: 6, sweepPicks: []int{20, 8, 2}, sweepHits: []int{9, 6, 2}, matched: 40, matchedWrongs: 10}
	want := map[string]float64{
		"f1": 12.0 / 18, "precision": 0.75, "recall": 0.6,
		"best_f1":     12.0 / 18, // of 18/30, 12/18, 4/12
		"class_error": 0.25,
	}
	for i := range measures {
		m := &measures[i]
		if got := m.of(u); math.Abs(got-want[m.name]) > 1e-12 {
			t.Errorf("%s is %g, want %g", m.name, got, want[m.name])
		}
		if got := m.of(new(unit)); !math.IsNaN(got) {
			t.Errorf("%s of nothing is %g", m.name, got)
		}
	}
	// Less class error is better.
	pair := twins{[]unit{{matched: 10, matchedWrongs: 8}}, []unit{{matched: 10, matchedWrongs: 1}}}
	if e := compare([]twins{pair, pair}, &measures[4], true); e.Verdict != Better || e.Diff >= 0 {
		t.Errorf("less class error: %+v", e)
	}
}

// The precision of no picks does not exist: such a pair is left out, and says so in the number of pairs.
func TestMissingScores(t *testing.T) {
	none := []unit{{truths: 10}}
	some := []unit{{truths: 10, picks: 4, hits: 3}}
	if e := compare([]twins{{none, some}, {some, some}}, &measures[1], true); e.Pairs != 1 || e.Diff != 0 || e.Verdict != NoEvidence {
		t.Errorf("%+v", e)
	}
	if e := compare(nil, &measures[1], true); e.Verdict != NoEvidence || !math.IsNaN(float64(e.Diff)) {
		t.Errorf("no pairs: %+v", e)
	}
	if e := compare([]twins{{none, none}}, &measures[1], true); e.Pairs != 0 || !math.IsNaN(float64(e.Low)) {
		t.Errorf("no score: %+v", e)
	}
}
