package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

type normShape struct {
	b, h, w, c           int
	residual, relu, wrap bool
	threads              int
}

func batchNormUnit(t *testing.T, s normShape) (u *unit, y *Image) {
	g := newGraph(t, s.threads, s.b)
	x := g.image(s.h, s.w, s.c, 1, s.wrap)
	var res *Image
	if s.residual {
		res = g.image(s.h, s.w, s.c, 1, s.wrap)
	}
	y = g.BatchNorm(x, res, "bn", s.relu)
	u = &unit{g: g, inputs: []view{imageView("x", x), paramView(g.params.Get("bn.weight")), paramView(g.params.Get("bn.bias"))}, output: imageView("y", y)}
	u.inputs[0].overwritten = true
	u.inputs[0].draw = func(rng *rand.Rand) float64 { return 3 + 2*rng.NormFloat64() }
	if s.residual {
		u.inputs = append(u.inputs, imageView("res", res))
	}
	u.forward = func(in [][]float64) []float64 {
		var r []float64
		if s.residual {
			r = in[3]
		}
		return batchNormReference(in[0], in[1], in[2], r, s.relu)
	}
	return u, y
}

// batchNormReference normalises [pixels, channels] with the batch's own statistics.
func batchNormReference(x, gamma, beta, res []float64, relu bool) []float64 {
	c := len(gamma)
	y, n := make([]float64, len(x)), float64(len(x)/c)
	for ch := range c {
		mean, variance := 0.0, 0.0
		for i := ch; i < len(x); i += c {
			mean += x[i] / n
		}
		for i := ch; i < len(x); i += c {
			variance += (x[i] - mean) * (x[i] - mean) / n
		}
		for i := ch; i < len(x); i += c {
			y[i] = gamma[ch]*(x[i]-mean)/math.Sqrt(variance+bnEps) + beta[ch]
			if res != nil {
				y[i] += res[i]
			}
			if relu {
				y[i] = max(0, y[i])
			}
		}
	}
	return y
}

func TestBatchNorm(t *testing.T) {
	for _, residual := range []bool{false, true} {
		for _, relu := range []bool{false, true} {
			for _, wrap := range []bool{false, true} {
				t.Run(fmt.Sprintf("residual=%v/relu=%v/wrap=%v", residual, relu, wrap), func(t *testing.T) {
					u, y := batchNormUnit(t, normShape{b: 2, h: 3, w: 5, c: 32, residual: residual, relu: relu, wrap: wrap, threads: 2})
					u.check(t, newRand(4))
					checkBorder(t, y)
				})
			}
		}
	}
}

// checkBorder fails unless the border of an image is zero in depth and, in azimuth, zero or the wrapped copy.
func checkBorder(t *testing.T, im *Image) {
	t.Helper()
	for b := range im.B {
		for y := -im.Pad; y < im.H+im.Pad; y++ {
			for x := -im.Pad; x < im.W+im.Pad; x++ {
				if y >= 0 && y < im.H && x >= 0 && x < im.W {
					continue
				}
				for c := range im.C {
					want := float32(0)
					if im.Wrap && y >= 0 && y < im.H {
						want = im.Data[im.Offset(b, y, (x+im.W)%im.W)+c]
					}
					if have := im.Data[im.Offset(b, y, x)+c]; have != want {
						t.Fatalf("border (%d, %d) channel %d of image %d is %g, want %g", y, x, c, b, have, want)
					}
				}
			}
		}
	}
}

// TestBatchNormStatistics: training moves the running statistics as PyTorch does (momentum 0.1, unbiased variance), evaluation uses
// them and leaves them alone.
func TestBatchNormStatistics(t *testing.T) {
	u, _ := batchNormUnit(t, normShape{b: 2, h: 3, w: 4, c: 32, threads: 1})
	g, rng := u.g, newRand(5)
	for i := range u.inputs {
		u.inputs[i].fill(rng)
	}
	mean, va := g.params.Get("bn.running_mean"), g.params.Get("bn.running_var")
	if !mean.Buffer || !va.Buffer {
		t.Error("running statistics are not buffers")
	}
	mean.Fill(func() float32 { return 0.5 })
	va.Fill(func() float32 { return 2 })
	x := u.inputs[0].gather(u.inputs[0].data)
	g.Forward()
	const n = 2 * 3 * 4
	for ch := range 32 {
		m, v := 0.0, 0.0
		for i := ch; i < len(x); i += 32 {
			m += x[i] / n
		}
		for i := ch; i < len(x); i += 32 {
			v += (x[i] - m) * (x[i] - m) / (n - 1)
		}
		m, v = 0.9*0.5+0.1*m, 0.9*2+0.1*v
		if math.Abs(float64(mean.Data[ch])-m) > 1e-5 || math.Abs(float64(va.Data[ch])-v) > 1e-5 {
			t.Fatalf("channel %d: running statistics %g %g, want %g %g", ch, mean.Data[ch], va.Data[ch], m, v)
		}
	}

	g.Training = false
	before := append(append([]float32(nil), mean.Data...), va.Data...)
	g.Forward()
	if after := append(append([]float32(nil), mean.Data...), va.Data...); !sameBits(before, after) {
		t.Error("evaluation changed the running statistics")
	}
	y := u.output.gather(u.output.data)
	gamma, beta := g.params.Get("bn.weight").Data, g.params.Get("bn.bias").Data
	for i := range y {
		ch := i % 32
		want := float64(gamma[ch])*(x[i]-float64(mean.Data[ch]))/math.Sqrt(float64(va.Data[ch])+bnEps) + float64(beta[ch])
		if math.Abs(y[i]-want) > 1e-4 {
			t.Fatalf("evaluated value %d is %g, want %g", i, y[i], want)
		}
	}
}

func randomBatchNorm(t *testing.T, rng *rand.Rand) *unit {
	u, _ := batchNormUnit(t, normShape{b: 1 + rng.IntN(3), h: 2 + rng.IntN(5), w: 1 + rng.IntN(9), c: 32 * (1 + rng.IntN(3)),
		residual: rng.IntN(2) == 0, relu: rng.IntN(2) == 0, wrap: rng.IntN(2) == 0, threads: 1 + rng.IntN(3)})
	return u
}
