package calibrate

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestFit recovers the probabilities that samples were drawn with.
func TestFit(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	truth := func(a, b float64) float64 { return 1 / (1 + math.Exp(-(0.5 + 1.5*a - 0.8*b/100))) }
	var samples []Sample
	for range 20000 {
		a, b := rng.NormFloat64(), 100*rng.NormFloat64()
		samples = append(samples, Sample{[]float64{a, b, 7}, rng.Float64() < truth(a, b)}) // the third feature says nothing
	}
	l := Fit(samples)
	for _, x := range [][2]float64{{0, 0}, {1, 0}, {-1, 50}, {0.5, -150}, {2, 100}} {
		if have, want := l.Probability([]float64{x[0], x[1], 7}), truth(x[0], x[1]); math.Abs(have-want) > 0.02 {
			t.Errorf("probability at %v is %.3f, want %.3f", x, have, want)
		}
	}
}

// TestFitSeparable stays finite and sure where a feature decides everything.
func TestFitSeparable(t *testing.T) {
	var samples []Sample
	for i := range 100 {
		samples = append(samples, Sample{[]float64{float64(i)}, i >= 50})
	}
	l := Fit(samples)
	if lo, hi := l.Probability([]float64{0}), l.Probability([]float64{99}); !(lo < 0.05 && hi > 0.95) {
		t.Errorf("probabilities %g and %g at the ends", lo, hi)
	}
}
