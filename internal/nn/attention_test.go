package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

type attentionShape struct{ images, queries, keys, heads, dh, threads int }

func attentionUnit(t *testing.T, s attentionShape) *unit {
	g := newGraph(t, s.threads, s.images)
	d := s.heads * s.dh
	q, k, v := g.mat(s.images, s.queries, d), g.mat(s.images, s.keys, d), g.mat(s.images, s.keys, d)
	y := g.Attention(q, k, v, s.heads)
	return &unit{g: g, inputs: []view{matView("q", q), matView("k", k), matView("v", v)}, output: matView("y", y),
		forward: func(in [][]float64) []float64 { return attentionReference(in[0], in[1], in[2], s) }}
}

func attentionReference(q, k, v []float64, s attentionShape) []float64 {
	d := s.heads * s.dh
	y, p := make([]float64, len(q)), make([]float64, s.keys)
	for i := range s.images * s.queries * s.heads {
		row, h := i/s.heads, i%s.heads
		key0 := row / s.queries * s.keys
		for j := range p {
			p[j] = dot(q[row*d+h*s.dh:][:s.dh], k[(key0+j)*d+h*s.dh:]) / math.Sqrt(float64(s.dh))
		}
		softmaxReference(p)
		for j, w := range p {
			for c := range s.dh {
				y[row*d+h*s.dh+c] += w * v[(key0+j)*d+h*s.dh+c]
			}
		}
	}
	return y
}

func dot(a, b []float64) (s float64) {
	for i, v := range a {
		s += v * b[i]
	}
	return s
}

func softmaxReference(x []float64) {
	sum := 0.0
	for i, v := range x {
		x[i] = math.Exp(v)
		sum += x[i]
	}
	for i := range x {
		x[i] /= sum
	}
}

func TestAttention(t *testing.T) {
	for _, s := range []attentionShape{
		{2, 3, 5, 4, 8, 2}, {2, 5, 33, 2, 16, 2}, {1, 7, 64, 3, 32, 2}, {2, 4, 40, 2, 48, 1}, {1, 1, 2, 1, 8, 1}, {2, 40, 6, 2, 16, 3},
	} {
		t.Run(fmt.Sprintf("%+v", s), func(t *testing.T) { attentionUnit(t, s).check(t, newRand(11)) })
	}
}

// TestSelfAttention: one matrix as queries, keys and values collects all three gradients.
func TestSelfAttention(t *testing.T) {
	g := newGraph(t, 2, 2)
	s := attentionShape{images: 2, queries: 9, keys: 9, heads: 2, dh: 16}
	x := g.mat(2, 9, 32)
	y := g.Attention(x, x, x, 2)
	u := &unit{g: g, inputs: []view{matView("x", x)}, output: matView("y", y),
		forward: func(in [][]float64) []float64 { return attentionReference(in[0], in[0], in[0], s) }}
	u.check(t, newRand(12))
}

// TestAttentionLargeLogits: the softmax is taken from differences to the maximum.
func TestAttentionLargeLogits(t *testing.T) {
	u := attentionUnit(t, attentionShape{images: 1, queries: 3, keys: 4, heads: 1, dh: 8, threads: 1})
	rng := newRand(13)
	for i := range u.inputs {
		u.inputs[i].draw = func(rng *rand.Rand) float64 { return 100 * rng.NormFloat64() }
		u.inputs[i].fill(rng)
	}
	u.g.Forward()
	u.g.ZeroGrad()
	d := u.output.grad()
	for _, k := range u.output.index {
		d[k] = 1
	}
	u.g.Backward()
	for _, v := range append(u.inputs, u.output) {
		for _, x := range append(v.gather(v.data), v.gather(v.grad())...) {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				t.Fatalf("%s has %g", v.name, x)
			}
		}
	}
}

func randomAttention(t *testing.T, rng *rand.Rand) *unit {
	return attentionUnit(t, attentionShape{1 + rng.IntN(3), 1 + rng.IntN(20), 2 + rng.IntN(40), 1 + rng.IntN(4), 8 * (1 + rng.IntN(7)), 1 + rng.IntN(3)})
}
