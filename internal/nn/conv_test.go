package nn

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

type convShape struct {
	b, h, w, ci, co, k, sy, sx int
	wrap                       bool
	threads                    int
}

// convUnit is a convolution alone. A 7x7 kernel is the stem's: its input has no gradient.
func convUnit(t *testing.T, s convShape) *unit {
	g := newGraph(t, s.threads, s.b)
	var x *Image
	if s.k == 7 {
		x = g.Input(s.h, s.w, s.ci, 3, s.wrap)
	} else {
		x = g.image(s.h, s.w, s.ci, 1, s.wrap)
	}
	p := g.params.Conv("conv", s.ci, s.co, s.k)
	y := g.Conv(x, p, s.k, s.sy, s.sx)
	u := &unit{g: g, inputs: []view{imageView("x", x), paramView(p)}, output: imageView("y", y)}
	u.output.wrote = nil
	u.border = func() { // as BatchNorm does
		for b := range y.B {
			for r := range y.H {
				y.wrapRow(y.Grad, b, r)
			}
		}
	}
	u.forward = func(in [][]float64) []float64 { return convReference(in[0], in[1], s) }
	return u
}

// convReference is the definition: x [b, h, w, ci], weight [co, ci, k, k] -> [b, ho, wo, co].
func convReference(x, weight []float64, s convShape) []float64 {
	ho, wo := (s.h+s.sy-1)/s.sy, (s.w+s.sx-1)/s.sx
	y := make([]float64, s.b*ho*wo*s.co)
	taps := s.k * s.k
	for i := range s.b * ho * wo {
		b, r, c := i/(ho*wo), i/wo%ho, i%wo
		for tap := range taps {
			yy, xx := r*s.sy+tap/s.k-s.k/2, c*s.sx+tap%s.k-s.k/2
			if s.wrap {
				xx = (xx + s.w) % s.w
			}
			if yy < 0 || yy >= s.h || xx < 0 || xx >= s.w {
				continue
			}
			px := x[((b*s.h+yy)*s.w+xx)*s.ci:][:s.ci]
			for o := range s.co {
				sum := 0.0
				for ch, v := range px {
					sum += v * weight[(o*s.ci+ch)*taps+tap]
				}
				y[i*s.co+o] += sum
			}
		}
	}
	return y
}

func TestConv(t *testing.T) {
	for _, k := range []int{1, 3, 7} {
		for _, stride := range [][2]int{{1, 1}, {2, 2}, {1, 2}, {2, 1}} {
			for _, wrap := range []bool{true, false} {
				s := convShape{b: 2, h: 5, w: 4, ci: 32, co: 32, k: k, sy: stride[0], sx: stride[1], wrap: wrap, threads: 2}
				switch {
				case k == 7:
					s.ci = 2
				case !wrap:
					s.w = 5 // an odd width cannot be halved round a cylinder
				}
				t.Run(fmt.Sprintf("k=%d/%v/wrap=%v", k, stride, wrap), func(t *testing.T) { convUnit(t, s).check(t, newRand(1)) })
			}
		}
	}
	t.Run("panels", func(t *testing.T) {
		convUnit(t, convShape{b: 1, h: 4, w: 4, ci: 64, co: 96, k: 3, sy: 2, sx: 1, wrap: true, threads: 1}).check(t, newRand(2))
	})
	t.Run("many tiles", func(t *testing.T) { // more than Winograd's gradient of the weights takes at a time
		convUnit(t, convShape{b: 1, h: 51, w: 62, ci: 32, co: 32, k: 3, sy: 1, sx: 1, wrap: true, threads: 1}).check(t, newRand(4))
	})
	t.Run("long row", func(t *testing.T) { // more pixels than one pass of the weights' gradient takes
		convUnit(t, convShape{b: 1, h: 3, w: 600, ci: 1, co: 32, k: 7, sy: 1, sx: 1, wrap: true, threads: 1}).check(t, newRand(3))
	})
}

// TestConvChain: between two convolutions a BatchNorm renews the border, of values forward and of gradients backward.
func TestConvChain(t *testing.T) {
	for _, stride := range []int{1, 2} {
		for _, wrap := range []bool{true, false} {
			t.Run(fmt.Sprintf("stride=%d/wrap=%v", stride, wrap), func(t *testing.T) {
				s1 := convShape{b: 2, h: 5, w: 8, ci: 32, co: 32, k: 3, sy: stride, sx: stride, wrap: wrap}
				s2 := s1
				s2.h, s2.w = (s1.h+stride-1)/stride, (s1.w+stride-1)/stride
				g := newGraph(t, 2, s1.b)
				x := g.image(s1.h, s1.w, 32, 1, wrap)
				p1, p2 := g.params.Conv("conv1", 32, 32, 3), g.params.Conv("conv2", 32, 32, 3)
				y := g.BatchNorm(g.Conv(x, p1, 3, stride, stride), nil, "bn1", true)
				y = g.BatchNorm(g.Conv(y, p2, 3, stride, stride), nil, "bn2", false)
				u := &unit{g: g, inputs: []view{imageView("x", x), paramView(p1), paramView(p2)}, output: imageView("y", y)}
				for _, name := range []string{"bn1", "bn2"} {
					g.params.Get(name + ".weight").Fill(func() float32 { return 1 })
				}
				ones, zeros := make([]float64, 32), make([]float64, 32)
				for i := range ones {
					ones[i] = 1
				}
				u.forward = func(in [][]float64) []float64 {
					y := batchNormReference(convReference(in[0], in[1], s1), ones, zeros, nil, true)
					return batchNormReference(convReference(y, in[2], s2), ones, zeros, nil, false)
				}
				u.check(t, newRand(17))
			})
		}
	}
}

func randomConv(t *testing.T, rng *rand.Rand) *unit {
	s := convShape{b: 1 + rng.IntN(3), h: 1 + rng.IntN(7), w: 4 + 2*rng.IntN(3), ci: 32, co: 32 * (1 + rng.IntN(2)), k: 1 + 2*rng.IntN(2),
		sy: 1 + rng.IntN(2), sx: 1 + rng.IntN(2), wrap: rng.IntN(2) == 0, threads: 1 + rng.IntN(3)}
	if !s.wrap {
		s.w = 1 + rng.IntN(8)
	}
	if rng.IntN(3) == 0 {
		s.k, s.ci = 7, 1+rng.IntN(3)
	}
	return convUnit(t, s)
}
