package matched

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
)

func TestLookByHand(t *testing.T) {
	l := look{Mean: []float64{1, 0}, Scale: []float64{2, 1}, Bias: 0.5, Weights: []float64{1, -1, 0.1, 0.2, 0.3}}
	// z = (1, -2): 0.5 + 1 + 2 + 0.1*1 + 0.2*(-2) + 0.3*4 = 4.4
	if got, want := l.probability([]float64{3, -2}), 1/(1+math.Exp(-4.4)); math.Abs(got-want) > 1e-12 {
		t.Errorf("probability %g, want %g", got, want)
	}
	// z is bounded by 4: (4, 0) gives 0.5 + 4 + 1.6 = 6.1
	if got, want := l.probability([]float64{1e9, 0}), 1/(1+math.Exp(-6.1)); math.Abs(got-want) > 1e-12 {
		t.Errorf("probability %g, want %g", got, want)
	}
}

// What a look learns is what made the samples: right where the product of two features is positive, which no sum of them can say.
func TestFitLook(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	var x [][]float64
	var right []bool
	for range 400 {
		row := []float64{rng.NormFloat64(), 5 + 3*rng.NormFloat64()}
		x, right = append(x, row), append(right, row[0]*(row[1]-5) > 0)
	}
	l := fitLook(x, right)
	wrong := 0
	for i, row := range x {
		if (l.probability(row) > 0.5) != right[i] {
			wrong++
		}
	}
	if wrong > 12 {
		t.Errorf("%d of 400 wrong", wrong)
	}
}

func TestBuiltinRule(t *testing.T) {
	r, err := builtinRule()
	if err != nil {
		t.Fatal(err)
	}
	if len(Hash()) != 64 {
		t.Errorf("hash %q", Hash())
	}
	if n := len(new(Candidate).features()); n != len(featureNames) {
		t.Errorf("%d features, %d names", n, len(featureNames))
	}
	if n := len(new(Candidate).ownFeatures()); n != ownCount {
		t.Errorf("%d own features, want %d", n, ownCount)
	}
	// A clear step along the trend is bedding, a clear discordant line a fracture, a faint trace on wall that others explain nothing.
	typical := func() Candidate {
		c := Candidate{Z: 22}
		c.Coverage, c.Significance, c.Response, c.A = 0.8, 15, 0.8, 10
		c.contrast, c.own, c.free, c.apart, c.coherence, c.level = 12, 1, 1, 40, 0.97, 3
		c.scales = [scales]overCopies{{8, 1.5}, {9, 1.5}, {7, 1.5}}
		return c
	}
	var cs []Candidate
	for i := range 40 {
		c := typical()
		c.D = 60 * float64(i)
		if i%2 == 1 {
			c.Z, c.own, c.free, c.apart, c.contrast, c.level, c.coherence, c.Significance, c.Response = 7, 0.2, 0.3, 15, 1.5, 0.6, 0.65, 2, 0.1
			c.scales = [scales]overCopies{{1.2, 1.2}, {1.2, 1.2}, {1.2, 1.2}}
		}
		cs = append(cs, c)
	}
	f := &cs[20]
	f.A, f.B, f.linePart, f.Line, f.Response = 50, -40, 0.97, true, -0.8
	f.scales = [scales]overCopies{{1.5, 10}, {1.5, 9}, {1.5, 5}}
	r.judge(cs, gridRowM)
	for i, c := range cs {
		want := dip.Bedding
		if i == 20 {
			want = dip.Fracture
		}
		switch {
		case i%2 == 1 && c.Score > 0.1:
			t.Errorf("candidate %d, a ghost, has %.2f", i, c.Score)
		case i%2 == 0 && (c.Class != want || c.Score < 0.4):
			t.Errorf("candidate %d is %s with %.2f, want %s", i, c.Class, c.Score, want)
		}
	}
}
