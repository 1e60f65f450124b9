// Package optim updates parameters: AdamW, the learning-rate schedule, and gradient clipping.
package optim

import (
	"fmt"
	"math"

	"gorgonia.org/tensor"

	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/nn"
)

// AdamW is Adam with decoupled weight decay (Loshchilov & Hutter 2019), as torch.optim.AdamW: every parameter decays.
type AdamW struct {
	Beta1, Beta2, Eps, WeightDecay float64

	params []*nn.Param
	m, v   [][]float32 // in the packed layout of the parameters
	step   int64
	pool   *kernel.Pool
	sums   []float64 // per parameter
}

// NewAdamW makes an optimiser for the learned parameters of ps.
func NewAdamW(ps *nn.Params, beta1, beta2, weightDecay float64, pool *kernel.Pool) *AdamW {
	a := &AdamW{Beta1: beta1, Beta2: beta2, Eps: 1e-8, WeightDecay: weightDecay, pool: pool}
	for _, p := range ps.List {
		if p.Buffer {
			continue
		}
		a.params = append(a.params, p)
		a.m, a.v = append(a.m, make([]float32, len(p.Data))), append(a.v, make([]float32, len(p.Data)))
	}
	a.sums = make([]float64, len(a.params))
	return a
}

// Steps made so far.
func (a *AdamW) Steps() int64 { return a.step }

// GradNorm is the Euclidean norm of all gradients together. It is NaN or infinite when any of them is.
func (a *AdamW) GradNorm() float64 {
	a.pool.Run(len(a.params), func(_, i0, i1 int) {
		for i := i0; i < i1; i++ {
			a.sums[i] = kernel.SumSquares(a.params[i].Grad)
		}
	})
	s := 0.0
	for _, v := range a.sums {
		s += v
	}
	return math.Sqrt(s)
}

// Clip scales the gradients so that their norm is at most limit (0: no limit) and returns the norm from before.
func (a *AdamW) Clip(limit float64) float64 {
	n := a.GradNorm()
	if limit > 0 && n > limit {
		k := float32(limit / (n + 1e-6))
		a.pool.Run(len(a.params), func(_, i0, i1 int) {
			for _, p := range a.params[i0:i1] {
				kernel.Scale(p.Grad, k)
			}
		})
	}
	return n
}

// Step applies the gradients at a learning rate.
func (a *AdamW) Step(lr float64) {
	a.step++
	c := kernel.AdamParams{
		Beta1: float32(a.Beta1), Beta2: float32(a.Beta2), Eps: float32(a.Eps), Decay: float32(1 - lr*a.WeightDecay),
		StepSize:     float32(lr / (1 - math.Pow(a.Beta1, float64(a.step)))),
		InvSqrtBias2: float32(1 / math.Sqrt(1-math.Pow(a.Beta2, float64(a.step)))),
	}
	a.pool.Run(len(a.params), func(_, i0, i1 int) {
		for i := i0; i < i1; i++ {
			kernel.AdamW(a.params[i].Data, a.params[i].Grad, a.m[i], a.v[i], c)
		}
	})
}

const (
	prefixM = "adamw.m."
	prefixV = "adamw.v."
)

// Save adds the moments, in the neutral layout, to a checkpoint's tensors. The step count is the caller's to keep.
func (a *AdamW) Save(t map[string]*tensor.Dense) {
	for i, p := range a.params {
		t[prefixM+p.Name], t[prefixV+p.Name] = p.Dense(a.m[i]), p.Dense(a.v[i])
	}
}

// Load restores what Save stored, and the step count.
func (a *AdamW) Load(t map[string]*tensor.Dense, step int64) error {
	for i, p := range a.params {
		for name, dst := range map[string][]float32{prefixM + p.Name: a.m[i], prefixV + p.Name: a.v[i]} {
			d := t[name]
			if d == nil {
				return fmt.Errorf("optimiser state: %s is missing", name)
			}
			if err := p.Load(dst, d); err != nil {
				return fmt.Errorf("optimiser state: %w", err)
			}
		}
	}
	a.step = step
	return nil
}

// Schedule is a linear warm-up followed by half a cosine from Peak to Peak*Final.
type Schedule struct {
	Peak, Final   float64
	Warmup, Total int64 // steps
}

// At is the learning rate of step i (the first is 0).
func (s Schedule) At(i int64) float64 {
	lr := s.Peak * (0.5*(1+math.Cos(math.Pi*math.Min(1, float64(i)/float64(max(1, s.Total)))))*(1-s.Final) + s.Final)
	if s.Warmup > 0 {
		lr *= math.Min(1, float64(i+1)/float64(s.Warmup))
	}
	return lr
}
