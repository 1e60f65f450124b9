package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func linearUnit(t *testing.T, images, rows, in, out int, relu bool, threads int) *unit {
	g := newGraph(t, threads, images)
	x := g.mat(images, rows, in)
	y := g.Linear(x, "fc", out, relu)
	u := &unit{g: g, inputs: []view{matView("x", x), paramView(g.params.Get("fc.weight")), paramView(g.params.Get("fc.bias"))}, output: matView("y", y)}
	u.forward = func(v [][]float64) []float64 { return linearReference(v[0], v[1], v[2], relu) }
	return u
}

// linearReference is x [n, in], weight [out, in], bias [out] -> [n, out].
func linearReference(x, weight, bias []float64, relu bool) []float64 {
	out := len(bias)
	in := len(weight) / out
	y := make([]float64, len(x)/in*out)
	for i := range y {
		r, o := i/out, i%out
		y[i] = bias[o]
		for k := range in {
			y[i] += x[r*in+k] * weight[o*in+k]
		}
		if relu {
			y[i] = max(0, y[i])
		}
	}
	return y
}

func TestLinear(t *testing.T) {
	for _, size := range [][2]int{{32, 32}, {13, 5}, {1, 1}, {3, 64}, {65, 33}} {
		for _, relu := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v/relu=%v", size, relu), func(t *testing.T) { linearUnit(t, 2, 7, size[0], size[1], relu, 2).check(t, newRand(7)) })
		}
	}
	// More rows than one pass of the weights' gradient takes.
	t.Run("tall", func(t *testing.T) { linearUnit(t, 1, 600, 5, 3, true, 1).check(t, newRand(8)) })
}

func randomLinear(t *testing.T, rng *rand.Rand) *unit {
	return linearUnit(t, 1+rng.IntN(3), 1+rng.IntN(9), 1+rng.IntN(70), 1+rng.IntN(70), rng.IntN(2) == 0, 1+rng.IntN(3))
}

func layerNormUnit(t *testing.T, images, rows, cols, threads int) *unit {
	g := newGraph(t, threads, images)
	x := g.mat(images, rows, cols)
	y := g.LayerNorm(x, "ln")
	u := &unit{g: g, inputs: []view{matView("x", x), paramView(g.params.Get("ln.weight")), paramView(g.params.Get("ln.bias"))}, output: matView("y", y)}
	u.inputs[0].draw = func(rng *rand.Rand) float64 { return 3 + 2*rng.NormFloat64() }
	u.forward = func(in [][]float64) []float64 {
		out := make([]float64, len(in[0]))
		for r := 0; r < len(out); r += cols {
			x, mean, variance := in[0][r:r+cols], 0.0, 0.0
			for _, v := range x {
				mean += v / float64(cols)
			}
			for _, v := range x {
				variance += (v - mean) * (v - mean) / float64(cols)
			}
			for c, v := range x {
				out[r+c] = (v-mean)/math.Sqrt(variance+lnEps)*in[1][c] + in[2][c]
			}
		}
		return out
	}
	return u
}

func TestLayerNorm(t *testing.T) {
	for _, cols := range []int{3, 32, 50, 128} {
		t.Run(fmt.Sprint(cols), func(t *testing.T) { layerNormUnit(t, 2, 5, cols, 2).check(t, newRand(9)) })
	}
}

func randomLayerNorm(t *testing.T, rng *rand.Rand) *unit {
	return layerNormUnit(t, 1+rng.IntN(3), 1+rng.IntN(9), 3+rng.IntN(100), 1+rng.IntN(3))
}
