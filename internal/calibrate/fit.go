package calibrate

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/optimize"

	"github.com/geobfdt/geobfdt/internal/model"
)

// Constants of the fit.
const (
	hiddenUnits    = 64     // of a confidence, at the most
	curvesPerUnit  = 25     // right, and wrong, that each unit needs: on few wells the fit is linear
	unitsPerRidge  = 8.0    // hidden units for each unit of ridge, 1 at the least,
	curvesPerRidge = 5500.0 // and curves: more curves of the same kinds of well say no more of other kinds
	fitSeed        = 0x6669_7400
	fits           = 3 // whose mean counts
	fitSteps       = 200

	obvious      = 0.005 // probability by a linear fit below which a wrong curve teaches next to nothing: of so many
	obviousEvery = 6     // one is kept and counts for all of them
	thinnedFrom  = 20_000
)

// weighted are samples, each of which counts for so many.
type weighted struct {
	samples []Sample
	weights []float64
}

// once is every sample counted once.
func once(samples []Sample) weighted {
	w := weighted{samples, make([]float64, len(samples))}
	for i := range w.weights {
		w.weights[i] = 1
	}
	return w
}

// thinned leaves out most of the wrong samples of which a linear fit is sure, and lets those that are left stand for them.
func thinned(samples []Sample) (weighted, error) {
	linear, err := fitOne(once(samples), 0, 0)
	if err != nil {
		return weighted{}, err
	}
	var w weighted
	sure := 0
	for _, s := range samples {
		weight := 1.0
		if !s.Right && linear.Probability(s.Features) < obvious {
			if sure++; sure%obviousEvery != 0 {
				continue
			}
			weight = obviousEvery
		}
		w.samples, w.weights = append(w.samples, s), append(w.weights, weight)
	}
	return w, nil
}

// Fit is the mean of a few Logistics with so many hidden units each, fitted to the same samples from other starts (an ensemble: Hansen &
// Salamon 1990): where features separate the samples the optimum is flat, each fit stops elsewhere on it, and on wells unlike those of the
// fit they differ. The mean of their log odds is a Logistic again, with all their units. There must be at least one sample.
func Fit(samples []Sample, hidden int) (model.Logistic, error) {
	all := once(samples)
	if hidden == 0 { // the only optimum
		return fitOne(all, hidden, 0)
	}
	if len(samples) >= thinnedFrom {
		var err error
		if all, err = thinned(samples); err != nil {
			return model.Logistic{}, err
		}
	}
	var each [fits]model.Logistic
	var errs [fits]error
	var group sync.WaitGroup
	for i := range each {
		group.Go(func() { each[i], errs[i] = fitOne(all, hidden, uint64(i)) })
	}
	group.Wait()
	return mean(each[:]), errors.Join(errs[:]...)
}

// mean of the log odds of Logistics that standardise alike.
func mean(each []model.Logistic) model.Logistic {
	share := 1 / float64(len(each))
	out := model.Logistic{Mean: each[0].Mean, Scale: each[0].Scale, Weights: make([]float64, len(each[0].Weights))}
	for _, l := range each {
		out.Bias += share * l.Bias
		floats.AddScaled(out.Weights, share, l.Weights)
		for _, h := range l.Hidden {
			h.Out *= share
			out.Hidden = append(out.Hidden, h)
		}
	}
	return out
}

// fitOne is the most likely Logistic with so many hidden units under a small ridge penalty, on standardised features, by L-BFGS from the
// start of a seed.
func fitOne(w weighted, hidden int, seed uint64) (model.Logistic, error) {
	n := len(w.samples[0].Features)
	l := w.standardised()
	for range hidden {
		l.Hidden = append(l.Hidden, model.HiddenUnit{In: make([]float64, n)})
	}
	f := newFitting(&l, w)
	start := make([]float64, len(f.theta))
	rng := rand.New(rand.NewPCG(fitSeed+seed, uint64(n)))
	for i := range start[n+1:] { // the linear part starts at nothing
		start[n+1+i] = rng.NormFloat64() / math.Sqrt(float64(n))
	}
	problem := optimize.Problem{
		Func: func(theta []float64) float64 { return f.at(theta) },
		Grad: func(grad, theta []float64) { f.at(theta); copy(grad, f.grad) },
	}
	// Where features separate the samples the optimum is far and flat: what is reached in fitSteps is good.
	enough := &optimize.FunctionConverge{Relative: 1e-6, Iterations: 20}
	res, err := optimize.Minimize(problem, start, &optimize.Settings{MajorIterations: fitSteps, Converger: enough}, &optimize.LBFGS{})
	if res == nil || floats.HasNaN(res.X) {
		return l, fmt.Errorf("the confidence could not be fitted on %d curves: %w", len(w.samples), err)
	}
	f.set(res.X)
	return l, nil
}

// standardised is a Logistic that knows means and deviations of the features, and nothing else.
func (w weighted) standardised() model.Logistic {
	n, count := len(w.samples[0].Features), floats.Sum(w.weights)
	l := model.Logistic{Mean: make([]float64, n), Scale: make([]float64, n), Weights: make([]float64, n)}
	for k, s := range w.samples {
		floats.AddScaled(l.Mean, w.weights[k]/count, s.Features)
	}
	for k, s := range w.samples {
		for i, v := range s.Features {
			l.Scale[i] += w.weights[k] * (v - l.Mean[i]) * (v - l.Mean[i]) / count
		}
	}
	for i, v := range l.Scale {
		l.Scale[i] = math.Max(1e-6, math.Sqrt(v))
	}
	return l
}

// fitting is the penalised negative log likelihood of samples under a Logistic.
type fitting struct {
	l     *model.Logistic
	x     [][]float64 // standardised
	right []bool
	count []float64 // for how many each sample stands
	ridge float64

	theta []float64 // where loss and gradient are known: bias, linear weights; of every hidden unit bias, weights and output
	loss  float64
	grad  []float64
}

func newFitting(l *model.Logistic, w weighted) *fitting {
	f := &fitting{l: l, count: w.weights, ridge: ridge(len(l.Hidden), floats.Sum(w.weights))}
	for _, s := range w.samples {
		x := make([]float64, len(s.Features))
		for i, v := range s.Features {
			x[i] = (v - l.Mean[i]) / l.Scale[i]
		}
		f.x, f.right = append(f.x, x), append(f.right, s.Right)
	}
	n := len(l.Mean)
	f.theta, f.grad = make([]float64, 1+n+len(l.Hidden)*(n+2)), make([]float64, 1+n+len(l.Hidden)*(n+2))
	f.theta[0] = math.NaN()
	return f
}

// set copies parameters into the Logistic.
func (f *fitting) set(theta []float64) {
	n := len(f.l.Weights)
	f.l.Bias = theta[0]
	copy(f.l.Weights, theta[1:])
	for k := range f.l.Hidden {
		t := theta[1+n+k*(n+2):]
		f.l.Hidden[k].Bias, f.l.Hidden[k].Out = t[0], t[n+1]
		copy(f.l.Hidden[k].In, t[1:n+1])
	}
}

// ridge is the weight of half the sum of squares of all weights of a fit of so many hidden units against the log likelihood of so many curves. Few
// curves give a nearly linear fit; hidden units need more of it, and with many curves more still: how wells of one kind differ from those of
// another does not average out with more of each.
func ridge(hidden int, curves float64) float64 {
	if hidden == 0 {
		return 1
	}
	return max(1, float64(hidden)/unitsPerRidge, curves/curvesPerRidge)
}

// at is the loss at theta, whose gradient it leaves in grad.
func (f *fitting) at(theta []float64) float64 {
	if slices.Equal(theta, f.theta) {
		return f.loss
	}
	copy(f.theta, theta)
	n := len(f.l.Weights)
	f.loss, f.grad[0] = 0, 0
	for i, v := range theta[1:] {
		f.loss += 0.5 * f.ridge * v * v
		f.grad[1+i] = f.ridge * v
	}
	hidden := make([]float64, len(f.l.Hidden))
	for s, x := range f.x {
		z := theta[0] + floats.Dot(theta[1:1+n], x)
		for k := range hidden {
			t := theta[1+n+k*(n+2):]
			hidden[k] = math.Tanh(t[0] + floats.Dot(t[1:n+1], x))
			z += t[n+1] * hidden[k]
		}
		// log(1 + exp(-margin)), whatever the size of the margin.
		margin := z
		if !f.right[s] {
			margin = -z
		}
		f.loss += f.count[s] * (math.Max(0, -margin) + math.Log1p(math.Exp(-math.Abs(margin))))
		d := 1 / (1 + math.Exp(-z))
		if f.right[s] {
			d--
		}
		d *= f.count[s]
		f.grad[0] += d
		floats.AddScaled(f.grad[1:1+n], d, x)
		for k, h := range hidden {
			t, g := theta[1+n+k*(n+2):], f.grad[1+n+k*(n+2):]
			g[n+1] += d * h
			dh := d * t[n+1] * (1 - h*h)
			g[0] += dh
			floats.AddScaled(g[1:n+1], dh, x)
		}
	}
	return f.loss
}
