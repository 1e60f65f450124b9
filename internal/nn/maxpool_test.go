package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// poolUnit is a max pooling behind the ReLU that it needs, with tokens behind it.
func poolUnit(t *testing.T, b, h, w, c int, wrap bool, threads int) (u *unit, y *Image) {
	g := newGraph(t, threads, b)
	x := g.image(h, w, c, 1, wrap)
	y = g.MaxPool(g.BatchNorm(x, nil, "bn", true))
	u = &unit{g: g, inputs: []view{imageView("x", x), paramView(g.params.Get("bn.weight")), paramView(g.params.Get("bn.bias"))},
		output: matView("y", g.Tokens(y))}
	u.inputs[0].overwritten = true
	u.forward = func(in [][]float64) []float64 {
		return poolReference(batchNormReference(in[0], in[1], in[2], nil, true), b, h, w, c, wrap)
	}
	return u, y
}

func poolReference(x []float64, b, h, w, c int, wrap bool) []float64 {
	ho, wo := (h+1)/2, (w+1)/2
	y := make([]float64, b*ho*wo*c)
	for i := range y {
		im, r, col, ch := i/(ho*wo*c), i/(wo*c)%ho, i/c%wo, i%c
		m := math.Inf(-1)
		for yy := 2*r - 1; yy <= 2*r+1; yy++ {
			for xx := 2*col - 1; xx <= 2*col+1; xx++ {
				at := xx
				if wrap {
					at = (xx + w) % w
				}
				if yy >= 0 && yy < h && at >= 0 && at < w {
					m = max(m, x[((im*h+yy)*w+at)*c+ch])
				}
			}
		}
		y[i] = m
	}
	return y
}

func TestMaxPool(t *testing.T) {
	for _, size := range [][2]int{{4, 6}, {5, 6}, {5, 7}, {1, 3}, {2, 4}} {
		for _, wrap := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v/wrap=%v", size, wrap), func(t *testing.T) {
				u, y := poolUnit(t, 2, size[0], size[1], 32, wrap, 2)
				u.check(t, newRand(6))
				checkBorder(t, y)
			})
		}
	}
}

func randomPool(t *testing.T, rng *rand.Rand) *unit {
	u, _ := poolUnit(t, 1+rng.IntN(3), 2+rng.IntN(6), 3+rng.IntN(8), 32*(1+rng.IntN(2)), rng.IntN(2) == 0, 1+rng.IntN(3))
	return u
}
