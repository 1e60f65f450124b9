package nn

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/geobfdt/geobfdt/internal/kernel"
)

// upsampleUnit is an enlargement with tokens behind it.
func upsampleUnit(t *testing.T, b, h, w, c int, wrap bool, threads int) (u *unit, y *Image) {
	g := newGraph(t, threads, b)
	x := g.image((h+1)/2, (w+1)/2, c, 1, wrap)
	y = g.Upsample(x, h, w)
	return &unit{g: g, inputs: []view{imageView("x", x)}, output: matView("y", g.Tokens(y)), forward: func(in [][]float64) []float64 {
		out := make([]float64, b*h*w*c)
		for i := range out {
			im, r, col, ch := i/(h*w*c), i/(w*c)%h, i/c%w, i%c
			out[i] = in[0][((im*x.H+r/2)*x.W+col/2)*c+ch]
		}
		return out
	}}, y
}

func TestUpsample(t *testing.T) {
	for _, size := range [][2]int{{4, 6}, {5, 6}, {3, 5}, {1, 2}} {
		for _, wrap := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v/wrap=%v", size, wrap), func(t *testing.T) {
				u, y := upsampleUnit(t, 2, size[0], size[1], 32, wrap, 2)
				u.check(t, newRand(7))
				checkBorder(t, y)
			})
		}
	}
}

func randomUpsample(t *testing.T, rng *rand.Rand) *unit {
	u, _ := upsampleUnit(t, 1+rng.IntN(3), 1+rng.IntN(7), 2+rng.IntN(8), 32*(1+rng.IntN(2)), rng.IntN(2) == 0, 1+rng.IntN(3))
	return u
}

// A graph that only predicts shares the memory of values, so that borders must be sealed anew: it gives what the one for training gives.
func TestUpsampleInference(t *testing.T) {
	pool := kernel.NewPool(2)
	defer pool.Close()
	ps := NewParams()
	build := func(g *Graph) (*Image, []*Mat) {
		in := g.Input(7, 8, 2, 1, true)
		top := g.ConvNorm(in, nil, ps.Conv("stem", 2, 32, 3), "stem.bn", 3, 1, 1, true)
		x := g.ConvNorm(top, nil, ps.Conv("down", 32, 32, 3), "down.bn", 3, 2, 2, true)
		x = g.ConvNorm(g.Upsample(x, top.H, top.W), top, ps.Conv("up", 32, 32, 3), "up.bn", 3, 1, 1, true)
		return in, []*Mat{g.Linear(g.Tokens(x), "head", 2, false)}
	}
	const batch = 5
	g := NewGraph(pool, ps, batch, true)
	in, out := build(g)
	fillParams(ps)
	fast, fastIn, fastOut := NewInference(pool, ps, batch, build)
	rng := newRand(3)
	for range 2 { // a second time over memory that has held other values
		for i := range in.Data {
			in.Data[i] = 0
		}
		for b := range batch {
			for y := range in.H {
				row := in.Data[in.Offset(b, y, 0):][:in.W*in.C]
				for i := range row {
					row[i] = float32(rng.NormFloat64())
				}
			}
		}
		in.FillBorder()
		copy(fastIn.Data, in.Data)
		g.Forward()
		fast.Forward()
		compare(t, map[string][]float32{"head": fastOut[0].Data}, map[string][]float32{"head": out[0].Data}, 1e-5)
	}
}
