package infer

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
)

func TestMerge(t *testing.T) {
	curves := []Curve{
		{Class: dip.Bedding, D: 50, A: 3, Score: 0.6},
		{Class: dip.Bedding, D: 52, A: 3, Score: 0.9},  // 2 rows from the first: the better of the two
		{Class: dip.Fracture, D: 51, A: 3, Score: 0.7}, // as near, of another class
		{Class: dip.Bedding, D: 51, A: 40, Score: 0.8}, // same depth, another attitude
		{Class: dip.Bedding, D: 20, Score: 0.5},
		{Class: dip.Bedding, D: math.NaN(), Score: 1},
		{Class: dip.Bedding, D: 90, Score: math.NaN()},
	}
	got := Merge(curves, Tolerance{Rows: 4}, false)
	want := []Curve{
		{Class: dip.Bedding, D: 20, Score: 0.5},
		{Class: dip.Fracture, D: 51, A: 3, Score: 0.7},
		{Class: dip.Bedding, D: 51, A: 40, Score: 0.8},
		{Class: dip.Bedding, D: 52, A: 3, Score: 0.9, Merged: 1},
	}
	if len(got) != len(want) {
		t.Fatalf("%d curves left, want %d: %+v", len(got), len(want), got)
	}
	for _, w := range want {
		found := false
		for _, g := range got {
			found = found || reflect.DeepEqual(g, w)
		}
		if !found {
			t.Errorf("%+v is missing from %+v", w, got)
		}
	}
	if got := Merge(curves, Tolerance{Rows: 4}, true); len(got) != 3 || got[2].Merged != 2 {
		t.Errorf("any class: %+v, want three curves, the deepest of three", got)
	}
	if got := Merge(nil, Tolerance{Rows: 4}, false); len(got) != 0 {
		t.Errorf("nothing merged to %+v", got)
	}
}

// TestMergeTall: two tall curves may differ more in attitude than flat ones and be one trace, but not in depth: thin steep beds are parallel.
func TestMergeTall(t *testing.T) {
	tol := Tolerance{Rows: 4, Relative: 0.1}
	first := Curve{D: 50, A: 100, Score: 0.9}
	for _, tc := range []struct {
		name string
		c    Curve
		left int
	}{
		{"parallel, deeper by more than the rows", Curve{D: 55, A: 100, Score: 0.8}, 2},
		{"parallel, deeper by less", Curve{D: 53, A: 100, Score: 0.8}, 1},
		{"as deep, of an attitude within the tolerance of tall ones", Curve{D: 51, A: 108, Score: 0.8}, 1},
		{"as deep, of another attitude", Curve{D: 51, A: 140, Score: 0.8}, 2},
	} {
		if got := Merge([]Curve{first, tc.c}, tol, false); len(got) != tc.left {
			t.Errorf("%s: %d curves left, want %d", tc.name, len(got), tc.left)
		}
	}
}

// TestMergeAgainstAllPairs compares the cells with the definition.
func TestMergeAgainstAllPairs(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, tol := range []float64{0, 0.3, 4, 25} {
		var curves []Curve
		for range 300 {
			curves = append(curves, Curve{
				Class: dip.Class(rng.IntN(2)), D: 200 * rng.Float64(), A: 10 * rng.NormFloat64(), B: 10 * rng.NormFloat64(), Score: rng.Float64(),
			})
		}
		got := Merge(curves, Tolerance{Rows: tol}, false)
		total := 0
		for i, g := range got {
			total += 1 + g.Merged
			if i > 0 && g.D < got[i-1].D {
				t.Fatalf("tolerance %g: not ordered by depth", tol)
			}
			for _, h := range got[:i] {
				if g.Class == h.Class && meanDistance(g, h) <= tol {
					t.Errorf("tolerance %g: %+v and %+v are both left", tol, g, h)
				}
			}
		}
		if total != len(curves) {
			t.Errorf("tolerance %g: %d curves accounted for, want %d", tol, total, len(curves))
		}
		for _, c := range curves {
			if !coveredBy(c, got, tol) {
				t.Errorf("tolerance %g: nothing left stands for %+v", tol, c)
			}
		}
		again := Merge(got, Tolerance{Rows: tol}, false)
		if !reflect.DeepEqual(got, again) {
			t.Errorf("tolerance %g: merging twice changes the result", tol)
		}
	}
}

// coveredBy tells whether a curve at least as good is near.
func coveredBy(c Curve, left []Curve, tol float64) bool {
	for _, g := range left {
		if g.Class == c.Class && g.Score >= c.Score && meanDistance(c, g) <= tol+1e-9 {
			return true
		}
	}
	return false
}

func meanDistance(p, q Curve) float64 {
	sum := 0.0
	for k := range mergeAzimuths {
		s, c := math.Sincos(2 * math.Pi * (float64(k) + 0.5) / mergeAzimuths)
		sum += math.Abs(p.D - q.D + (p.A-q.A)*c + (p.B-q.B)*s)
	}
	return sum / mergeAzimuths
}

// BenchmarkMerge merges the 100,000 curves of a long well.
func BenchmarkMerge(b *testing.B) {
	rng := rand.New(rand.NewPCG(3, 4))
	curves := make([]Curve, 100_000)
	for i := range curves {
		curves[i] = Curve{D: 200_000 * rng.Float64(), A: 20 * rng.NormFloat64(), B: 20 * rng.NormFloat64(), Score: rng.Float64()}
	}
	for b.Loop() {
		Merge(curves, Tolerance{Rows: 6, Relative: 0.04}, false)
	}
}

func TestCoverage(t *testing.T) {
	r := Raster{Image: make([]float32, 40*8), Mask: make([]bool, 40*8), Rows: 40, Columns: 8}
	for i := range r.Mask {
		r.Mask[i] = i%8 < 4
	}
	for _, tc := range []struct {
		c    Curve
		want float64
	}{
		{Curve{D: 20}, 0.5},
		{Curve{D: -3}, 0},
		{Curve{D: 40}, 0},                   // the base edge itself is outside
		{Curve{D: 0, A: 10}, 0.25},          // below the top where cos > 0: half of the seen columns
		{Curve{D: 39.9, A: 0, B: -20}, 0.5}, // above the base where sin > 0: all of the seen columns
		{Curve{D: 20, A: math.NaN()}, 0},
		{Curve{D: 1e300, A: 1e300}, 0},
	} {
		if got := r.Coverage(tc.c); got != tc.want {
			t.Errorf("coverage of %+v is %g, want %g", tc.c, got, tc.want)
		}
	}
	if got := (Raster{}).Coverage(Curve{}); got != 0 {
		t.Errorf("coverage on nothing is %g", got)
	}
}

func TestRescale(t *testing.T) {
	c := Curve{Class: dip.Fracture, D: 10, A: 4, B: -2, Score: 0.5}
	if got, want := c.Rescale(2), (Curve{Class: dip.Fracture, D: 5, A: 2, B: -1, Score: 0.5}); got != want {
		t.Errorf("Rescale(2) = %+v, want %+v", got, want)
	}
}
