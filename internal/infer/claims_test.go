package infer

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
)

const claimColumns = 96

func TestClaimsAgainstTheDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	curve := func() Curve {
		return Curve{D: 600 * rng.Float64(), A: 80 * rng.NormFloat64(), B: 80 * rng.NormFloat64()}
	}
	cl := NewClaims(claimColumns)
	var all []claim
	for range 40 {
		k := claim{curve(), 2 + 6*rng.Float64()}
		cl.Add(k.Curve, k.widthRows)
		all = append(all, k)
	}
	cos, sin := dip.ColumnAzimuths(claimColumns)
	free := make([]bool, claimColumns)
	taken := 0
	for range 50 {
		c := curve()
		cl.Mark(free, c)
		for j := range free {
			want := true
			for _, q := range all {
				fall := math.Abs(q.B*cos[j]-q.A*sin[j]) * 2 * math.Pi / claimColumns
				if math.Abs((c.D-q.D)+(c.A-q.A)*cos[j]+(c.B-q.B)*sin[j]) < q.widthRows+fall/2 {
					want = false
				}
			}
			if free[j] != want {
				t.Fatalf("column %d of %+v: free %v, want %v", j, c, free[j], want)
			}
			if !want {
				taken++
			}
		}
	}
	if taken == 0 {
		t.Error("no curve met a claim: the test shows nothing")
	}
}

func TestNearestClaim(t *testing.T) {
	cl := NewClaims(claimColumns)
	if got := cl.Nearest(Curve{D: 5}); got != claimCell {
		t.Errorf("no claim: %g", got)
	}
	cl.Add(Curve{D: 100, A: 10}, 6)
	if got := cl.Nearest(Curve{D: 103, A: 10, B: 4 * math.Sqrt2}); math.Abs(got-5) > 1e-9 { // sqrt(3^2 + 4^2)
		t.Errorf("distance %g, want 5", got)
	}
}

// TestCrowding gives a copy of a surer curve nothing of its own, and a curve across it most of the wall.
func TestCrowding(t *testing.T) {
	curve := func(d, a float64, odds float64) Refined {
		return Refined{Curve: Curve{D: d, A: a}, Verdicts: []float64{odds, -9}}
	}
	rs := []Refined{curve(202, 1, 1), curve(200, 0, 3), curve(200, 120, 2), curve(500, 0, -4), curve(501, 0, -5)}
	addCrowding(rs, claimColumns)
	for i, want := range []struct{ free, apart float64 }{{0, math.Hypot(2, 1/math.Sqrt2)}, {1, claimCell}, {0.9, 120 / math.Sqrt2}, {1, claimCell}, {1, claimCell}} {
		if math.Abs(rs[i].Free-want.free) > 0.1 || math.Abs(rs[i].Apart-min(claimCell, want.apart)) > 1e-9 {
			t.Errorf("curve %d: %.2f free, %.2f rows apart, want %.2f and %.2f", i, rs[i].Free, rs[i].Apart, want.free, want.apart)
		}
	}
}
