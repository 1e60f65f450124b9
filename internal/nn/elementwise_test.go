package nn

import (
	"math"
	"math/rand/v2"
	"testing"
)

func addUnit(t *testing.T, images, rows, cols, threads int) *unit {
	g := newGraph(t, threads, images)
	a, b := g.mat(images, rows, cols), g.mat(images, rows, cols)
	y := g.Add(a, b)
	return &unit{g: g, inputs: []view{matView("a", a), matView("b", b)}, output: matView("y", y), forward: func(in [][]float64) []float64 {
		out := make([]float64, len(in[0]))
		for i := range out {
			out[i] = in[0][i] + in[1][i]
		}
		return out
	}}
}

func addPositionUnit(t *testing.T, images, rows, cols, threads int) *unit {
	g := newGraph(t, threads, images)
	x, p := g.mat(images, rows, cols), g.mat(1, rows, cols)
	y := g.AddPosition(x, p)
	return &unit{g: g, inputs: []view{matView("x", x), matView("p", p)}, output: matView("y", y), forward: func(in [][]float64) []float64 {
		out := make([]float64, len(in[0]))
		for i := range out {
			out[i] = in[0][i] + in[1][i%(rows*cols)]
		}
		return out
	}}
}

func broadcastUnit(t *testing.T, images, rows, cols, threads int) *unit {
	g := newGraph(t, threads, images)
	y := g.Broadcast("query", rows, cols)
	return &unit{g: g, inputs: []view{paramView(g.params.Get("query"))}, output: matView("y", y), forward: func(in [][]float64) (out []float64) {
		for range images {
			out = append(out, in[0]...)
		}
		return out
	}}
}

func addRepeatUnit(t *testing.T, images, rows, rep, cols, threads int) *unit {
	g := newGraph(t, threads, images)
	x, r := g.mat(images, rows*rep, cols), g.mat(images, rows, cols)
	y := g.AddRepeatReLU(x, r, rep)
	return &unit{g: g, inputs: []view{matView("x", x), matView("r", r)}, output: matView("y", y), forward: func(in [][]float64) []float64 {
		out := make([]float64, len(in[0]))
		for i, v := range in[0] {
			out[i] = max(0, v+in[1][i/cols/rep*cols+i%cols])
		}
		return out
	}}
}

func sigmoidUnit(t *testing.T, images, rows, cols, threads int) *unit {
	g := newGraph(t, threads, images)
	x := g.mat(images, rows, cols)
	y := g.Sigmoid(x)
	return &unit{g: g, inputs: []view{matView("x", x)}, output: matView("y", y), forward: func(in [][]float64) []float64 {
		out := make([]float64, len(in[0]))
		for i, v := range in[0] {
			out[i] = 1 / (1 + math.Exp(-v))
		}
		return out
	}}
}

func harmonicsUnit(t *testing.T, images, rows, w, width, cols, threads int) *unit {
	g := newGraph(t, threads, images)
	x := g.mat(images, rows*w, width)
	const scale = 0.1
	y := g.Harmonics(x, w, cols, scale)
	return &unit{g: g, inputs: []view{matView("x", x)}, output: matView("y", y), forward: func(in [][]float64) []float64 {
		out := make([]float64, images*rows*3*cols)
		for i := range images * rows {
			for j := range w {
				sin, cos := math.Sincos((float64(j) + 0.5) * 2 * math.Pi / float64(w))
				for c := range cols {
					v := in[0][(i*w+j)*width+c] * scale / float64(w)
					out[(i*3+0)*cols+c] += v
					out[(i*3+1)*cols+c] += 2 * v * cos
					out[(i*3+2)*cols+c] += 2 * v * sin
				}
			}
		}
		return out
	}}
}

func tokensUnit(t *testing.T, images, h, w, c, threads int) *unit {
	g := newGraph(t, threads, images)
	x := g.image(h, w, c, 1, true)
	y := g.Tokens(x)
	return &unit{g: g, inputs: []view{imageView("x", x)}, output: matView("y", y),
		forward: func(in [][]float64) []float64 { return append([]float64(nil), in[0]...) }}
}

func TestElementwise(t *testing.T) {
	for name, u := range map[string]*unit{
		"add":                addUnit(t, 2, 3, 37, 2),
		"add position":       addPositionUnit(t, 3, 5, 40, 2),
		"broadcast":          broadcastUnit(t, 3, 5, 3, 2),
		"add, repeat, ReLU":  addRepeatUnit(t, 2, 3, 4, 33, 2),
		"sigmoid":            sigmoidUnit(t, 2, 3, 3, 2),
		"harmonics":          harmonicsUnit(t, 2, 3, 8, 5, 5, 2),
		"harmonics, leading": harmonicsUnit(t, 2, 3, 6, 9, 2, 2),
		"tokens":             tokensUnit(t, 2, 3, 5, 32, 2),
	} {
		t.Run(name, func(t *testing.T) { u.check(t, newRand(10)) })
	}
}

// TestHarmonicsOfSinusoid: the mean and first harmonic of d + a cos + b sin are d, a and b.
func TestHarmonicsOfSinusoid(t *testing.T) {
	g := newGraph(t, 1, 1)
	const w, d, a, b = 12, 0.5, -1.5, 2.5
	x := g.mat(1, w, 1)
	y := g.Harmonics(x, w, 1, 1)
	cos, sin := azimuths(w)
	for j := range w {
		x.Row(j)[0] = d + a*cos[j] + b*sin[j]
	}
	g.Forward()
	for i, want := range []float64{d, a, b} {
		if math.Abs(float64(y.Row(0)[i])-want) > 1e-6 {
			t.Errorf("component %d is %g, want %g", i, y.Row(0)[i], want)
		}
	}
}

func randomElementwise(t *testing.T, rng *rand.Rand) *unit {
	b, r, c, n := 1+rng.IntN(3), 1+rng.IntN(6), 1+rng.IntN(70), 1+rng.IntN(3)
	switch rng.IntN(7) {
	case 0:
		return addUnit(t, b, r, c, n)
	case 1:
		return addPositionUnit(t, b, r, c, n)
	case 2:
		return broadcastUnit(t, b, r, c, n)
	case 3:
		return addRepeatUnit(t, b, r, 1+rng.IntN(5), c, n)
	case 4:
		return sigmoidUnit(t, b, r, c, n)
	case 5:
		return tokensUnit(t, b, r, 1+rng.IntN(5), 32, n)
	}
	return harmonicsUnit(t, b, r, 3+rng.IntN(9), c, 1+rng.IntN(c), n)
}
