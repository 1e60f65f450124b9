package calibrate

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/geobfdt/geobfdt/internal/model"
)

func fitted(t *testing.T, samples []Sample) *model.Logistic {
	t.Helper()
	l, err := Fit(samples, hiddenUnits)
	if err != nil {
		t.Fatal(err)
	}
	return &l
}

// TestFitCurved recovers probabilities that no linear fit has: those of an exclusive or.
func TestFitCurved(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	truth := func(a, b float64) float64 { return 1 / (1 + math.Exp(-3*a*b)) }
	var samples []Sample
	for range 3000 {
		a, b := rng.NormFloat64(), rng.NormFloat64()
		samples = append(samples, Sample{[]float64{a, b}, rng.Float64() < truth(a, b)})
	}
	l := fitted(t, samples)
	for _, x := range [][2]float64{{0, 0}, {1, 1}, {-1, 1}, {1, -0.5}, {-1, -1}} {
		if have, want := l.Probability(x[:]), truth(x[0], x[1]); math.Abs(have-want) > 0.1 {
			t.Errorf("probability at %v is %.3f, want %.3f", x, have, want)
		}
	}
}

// TestFittingGradient is the gradient of the loss against finite differences.
func TestFittingGradient(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	var samples []Sample
	for range 50 {
		samples = append(samples, Sample{[]float64{rng.NormFloat64(), 10 * rng.NormFloat64(), rng.Float64()}, rng.IntN(3) == 0})
	}
	w := once(samples)
	for i := range w.weights {
		w.weights[i] += 2 * rng.Float64()
	}
	l := w.standardised()
	l.Hidden = []model.HiddenUnit{{In: make([]float64, 3)}, {In: make([]float64, 3)}}
	f := newFitting(&l, w)
	theta := make([]float64, len(f.theta))
	for i := range theta {
		theta[i] = rng.NormFloat64()
	}
	f.at(theta)
	for i, have := range slices.Clone(f.grad) {
		const h = 1e-5
		v := theta[i]
		theta[i] = v + h
		above := f.at(theta)
		theta[i] = v - h
		below := f.at(theta)
		theta[i] = v
		if want := (above - below) / (2 * h); math.Abs(have-want) > 1e-5*(1+math.Abs(want)) {
			t.Errorf("gradient %d is %g, differences say %g", i, have, want)
		}
	}
}

// TestFit recovers the probabilities that samples were drawn with.
func TestFit(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	truth := func(a, b float64) float64 { return 1 / (1 + math.Exp(-(0.5 + 1.5*a - 0.8*b/100))) }
	var samples []Sample
	for range 5000 {
		a, b := rng.NormFloat64(), 100*rng.NormFloat64()
		samples = append(samples, Sample{[]float64{a, b, 7}, rng.Float64() < truth(a, b)}) // the third feature says nothing
	}
	l := fitted(t, samples)
	for _, x := range [][2]float64{{0, 0}, {1, 0}, {-1, 50}, {0.5, -150}, {2, 100}} {
		if have, want := l.Probability([]float64{x[0], x[1], 7}), truth(x[0], x[1]); math.Abs(have-want) > 0.04 {
			t.Errorf("probability at %v is %.3f, want %.3f", x, have, want)
		}
	}
}

// TestRidge: few curves and few units have the least ridge, and both more units and more curves have more of it; a linear fit needs none.
func TestRidge(t *testing.T) {
	for _, c := range []struct {
		units        int
		curves, want float64
	}{{0, 1e6, 1}, {4, 100, 1}, {32, 100, 4}, {32, 10_000, 4}, {32, 110_000, 20}, {4, 110_000, 20}} {
		if have := ridge(c.units, c.curves); have != c.want {
			t.Errorf("%d units, %g curves: ridge %g, want %g", c.units, c.curves, have, c.want)
		}
	}
}

// TestThinned: leaving out most of what is obviously wrong changes no probability that matters.
func TestThinned(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	var samples []Sample
	for range thinnedFrom {
		a := 4*rng.NormFloat64() - 4
		samples = append(samples, Sample{[]float64{a, rng.NormFloat64()}, rng.Float64() < 1/(1+math.Exp(-2*a))})
	}
	w, err := thinned(samples)
	if err != nil {
		t.Fatal(err)
	}
	total := 0.0
	for _, v := range w.weights {
		total += v
	}
	if len(w.samples) > len(samples)/2 || math.Abs(total-float64(len(samples))) > obviousEvery {
		t.Errorf("%d samples of %d are left and stand for %g", len(w.samples), len(samples), total)
	}
	all, err := fitOne(once(samples), 2, 0)
	if err != nil {
		t.Fatal(err)
	}
	part, err := fitOne(w, 2, 0)
	if err != nil {
		t.Fatal(err)
	}
	for a := -5.0; a < 3; a += 0.5 {
		if p, q := all.Probability([]float64{a, 0}), part.Probability([]float64{a, 0}); math.Abs(p-q) > 0.03 {
			t.Errorf("probability at %g is %.3f with all samples, %.3f with those that are left", a, p, q)
		}
	}
}

// TestFitIsMean: the log odds of a fit are the mean of those of its parts.
func TestFitIsMean(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	var samples []Sample
	for range 400 {
		a, b := rng.NormFloat64(), rng.NormFloat64()
		samples = append(samples, Sample{[]float64{a, b}, a*b+0.3*rng.NormFloat64() > 0})
	}
	all, err := Fit(samples, 3)
	if err != nil || len(all.Hidden) != 3*fits {
		t.Fatalf("%d units, %v", len(all.Hidden), err)
	}
	logOdds := func(l model.Logistic, x []float64) float64 {
		p := l.Probability(x)
		return math.Log(p / (1 - p))
	}
	differ := false
	for _, x := range [][]float64{{0, 0}, {1, -1}, {0.5, 2}, {-2, -0.1}} {
		want, first := 0.0, 0.0
		for seed := range uint64(fits) {
			one, err := fitOne(once(samples), 3, seed)
			if err != nil {
				t.Fatal(err)
			}
			if seed == 0 {
				first = logOdds(one, x)
			}
			want += logOdds(one, x) / fits
		}
		if have := logOdds(all, x); math.Abs(have-want) > 1e-9*(1+math.Abs(want)) {
			t.Errorf("log odds at %v are %g, the mean is %g", x, have, want)
		}
		differ = differ || math.Abs(want-first) > 1e-6
	}
	if !differ {
		t.Error("all parts are the same")
	}
}

// TestFitSeparable stays finite and sure where a feature decides everything.
func TestFitSeparable(t *testing.T) {
	var samples []Sample
	for i := range 100 {
		samples = append(samples, Sample{[]float64{float64(i)}, i >= 50})
	}
	l := fitted(t, samples)
	if lo, hi := l.Probability([]float64{0}), l.Probability([]float64{99}); !(lo < 0.05 && hi > 0.95) {
		t.Errorf("probabilities %g and %g at the ends", lo, hi)
	}
}
