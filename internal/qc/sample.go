package qc

import (
	"math"
	"math/rand/v2"
	"slices"
)

// sample is a random sample of bounded size of a stream of numbers, each as likely to be in it as any other: reservoir sampling,
// algorithm L of Li (1994), Reservoir-sampling algorithms of time complexity O(n(1+log(N/n))), ACM TOMS 20(4).
type sample struct {
	values []float64
	size   int
	rng    *rand.Rand
	skip   int64 // numbers still to pass over
	logW   float64
}

func newSample(size int, seed uint64) sample {
	return sample{size: size, rng: rand.New(rand.NewPCG(seed, 1))}
}

// each passes over the next n places of a stream. value is asked for the numbers of the few places that the sample takes, and says
// whether there is one: a place without a number is not part of the stream.
func (s *sample) each(n int, value func(i int) (v float64, ok bool)) {
	for i := 0; i < n; i++ {
		full := len(s.values) == s.size
		if full {
			if s.skip >= int64(n-i) {
				s.skip -= int64(n - i)
				return
			}
			i += int(s.skip)
			s.draw()
		}
		v, ok := value(i)
		switch {
		case !ok:
		case full:
			s.values[s.rng.IntN(s.size)] = v
			s.shrink()
		default:
			if s.values = append(s.values, v); len(s.values) == s.size {
				s.shrink()
			}
		}
	}
}

// add passes over one place that holds v.
func (s *sample) add(v float64) { s.each(1, func(int) (float64, bool) { return v, true }) }

// shrink lowers the chance of the places to come, as a number was taken, and draws how many to pass over. The logarithm of a uniform
// number is minus an exponential one.
func (s *sample) shrink() {
	s.logW -= s.rng.ExpFloat64() / float64(s.size)
	s.draw()
}

// draw draws how many places to pass over before the next one.
func (s *sample) draw() {
	skip := math.Floor(s.rng.ExpFloat64() / -math.Log1p(-math.Exp(s.logW)))
	s.skip = int64(min(skip, 1<<52))
}

// sorted is the sample in ascending order.
func (s *sample) sorted() []float64 {
	out := slices.Clone(s.values)
	slices.Sort(out)
	return out
}

// quantile of ascending values, q in [0, 1]; NaN of none.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	return sorted[int(math.Round(q*float64(len(sorted)-1)))]
}

// share of the values that a test holds for; NaN of none.
func share(values []float64, test func(float64) bool) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	n := 0
	for _, v := range values {
		if test(v) {
			n++
		}
	}
	return float64(n) / float64(len(values))
}
