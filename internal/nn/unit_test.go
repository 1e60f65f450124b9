package nn

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/geobfdt/geobfdt/internal/kernel"
)

// view is a value or parameter seen as one flat array in neutral order, without padding and borders.
type view struct {
	name  string
	data  []float32
	grad  func() []float32 // of the same layout; may return nil
	index []int            // where each neutral value lies
	wrote func()           // renews what follows from the data, such as an image's border; may be nil
	// gaps says that what index leaves out is padding, which must be and stay zero.
	gaps bool
	// overwritten says that the gradient is set, not added to.
	overwritten bool
	// detached says that no gradient may reach the view.
	detached bool
	// draw makes a value; nil: the normal distribution.
	draw func(rng *rand.Rand) float64
}

func matView(name string, m *Mat) view {
	v := view{name: name, data: m.Data, grad: func() []float32 { return m.Grad }, gaps: true}
	for r := range m.N() {
		for c := range m.Cols {
			v.index = append(v.index, r*m.Stride+c)
		}
	}
	return v
}

func imageView(name string, im *Image) view {
	v := view{name: name, data: im.Data, grad: func() []float32 { return im.Grad }, wrote: im.FillBorder}
	for b := range im.B {
		for y := range im.H {
			for i := range im.W * im.C {
				v.index = append(v.index, im.Offset(b, y, 0)+i)
			}
		}
	}
	return v
}

func paramView(p *Param) view {
	v := view{name: p.Name, data: p.Data, grad: func() []float32 { return p.Grad }, index: make([]int, p.Len()), gaps: true, overwritten: true}
	p.each(func(n, k int) { v.index[n] = k })
	return v
}

func (v *view) fill(rng *rand.Rand) {
	for _, k := range v.index {
		x := rng.NormFloat64()
		if v.draw != nil {
			x = v.draw(rng)
		}
		v.data[k] = float32(x)
	}
	if v.wrote != nil {
		v.wrote()
	}
}

// gather takes the values of v from storage of its layout.
func (v *view) gather(storage []float32) []float64 {
	out := make([]float64, len(v.index))
	for i, k := range v.index {
		out[i] = float64(storage[k])
	}
	return out
}

// checkGaps fails when the padding of storage is not zero.
func (v *view) checkGaps(t *testing.T, what string, storage []float32) {
	t.Helper()
	if !v.gaps {
		return
	}
	used := make([]bool, len(storage))
	for _, k := range v.index {
		used[k] = true
	}
	for k, x := range storage {
		if !used[k] && math.Float32bits(x) != 0 {
			t.Errorf("%s of %s: padding at %d is %g", what, v.name, k, x)
			return
		}
	}
}

// unit is an operation with a naive float64 reference of its forward pass; derivatives of the reference, by central differences,
// are the reference of the backward pass.
type unit struct {
	g      *Graph
	inputs []view
	output view
	// border renews the border of the output's gradient, which a convolution's consumer fills; may be nil.
	border func()
	// forward computes the output from the inputs, all in neutral order.
	forward func(in [][]float64) []float64
}

// newGraph makes a graph with gradients on a pool of its own.
func newGraph(t testing.TB, threads, batch int) *Graph {
	t.Helper()
	pool := kernel.NewPool(threads)
	t.Cleanup(pool.Close)
	g := NewGraph(pool, NewParams(), batch, true)
	g.Training = true
	return g
}

const (
	valueTol = 2e-5 // of outputs, relative to the largest
	gradTol  = 1e-4 // of gradients, relative to the largest of the input
	step     = 1e-6 // of the central differences in float64: small, because a step across a ReLU's kink spoils them
	samples  = 10   // coordinates of each input that are differentiated singly
)

// check compares outputs, single gradients, a derivative along a random direction (which sees every gradient), and padding. It starts
// from gradients that are not zero, since a value may have several consumers.
func (u *unit) check(t *testing.T, rng *rand.Rand) {
	t.Helper()
	for i := range u.inputs {
		u.inputs[i].fill(rng)
	}
	var in [][]float64
	for _, v := range u.inputs {
		in = append(in, v.gather(v.data))
	}
	u.g.Forward()
	want, have := u.forward(in), u.output.gather(u.output.data)
	if len(want) != len(have) {
		t.Fatalf("output has %d values, the reference %d", len(have), len(want))
	}
	top := largest(want)
	for i, w := range want {
		if d := math.Abs(have[i] - w); !(d <= valueTol*top) {
			t.Fatalf("output %d of %d is %g, want %g (largest %g)", i, len(want), have[i], w, top)
		}
	}
	u.output.checkGaps(t, "value", u.output.data)

	u.g.ZeroGrad()
	dy := make([]float64, len(want))
	if d := u.output.grad(); d != nil {
		for i, k := range u.output.index {
			d[k] = float32(rng.NormFloat64())
			dy[i] = float64(d[k])
		}
		if u.border != nil {
			u.border()
		}
	}
	seeds := make([][]float64, len(u.inputs)) // what another consumer has left in a value's gradient
	for i, v := range u.inputs {
		if d := v.grad(); d != nil {
			if !v.overwritten {
				for _, k := range v.index {
					d[k] = float32(rng.NormFloat64())
				}
			}
			seeds[i] = v.gather(d)
		}
	}
	u.g.Backward()
	loss := func() (s float64) {
		for i, y := range u.forward(in) {
			s += y * dy[i]
		}
		return s
	}
	for i, v := range u.inputs {
		storage := v.grad()
		if storage == nil {
			continue
		}
		grad := v.gather(storage)
		for k, s := range seeds[i] {
			grad[k] -= s
		}
		v.checkGaps(t, "gradient", storage)
		if v.detached {
			if largest(grad) != 0 {
				t.Errorf("a gradient reaches %s", v.name)
			}
			continue
		}
		u.checkGradient(t, v.name, in[i], grad, loss, rng)
	}
}

func (u *unit) checkGradient(t *testing.T, name string, x, grad []float64, loss func() float64, rng *rand.Rand) {
	t.Helper()
	top := largest(grad)
	if top == 0 {
		t.Errorf("no gradient reaches %s", name)
	}
	for range min(samples, len(x)) {
		k := rng.IntN(len(x))
		keep := x[k]
		x[k] = keep + step
		d := loss()
		x[k] = keep - step
		d = (d - loss()) / (2 * step)
		x[k] = keep
		if !(math.Abs(d-grad[k]) <= gradTol*top) {
			t.Errorf("gradient %d of %s is %g, want %g (largest %g)", k, name, grad[k], d, top)
			return
		}
	}
	along, norm, have := make([]float64, len(x)), 0.0, 0.0
	keep := append([]float64(nil), x...)
	for k := range along {
		along[k] = rng.NormFloat64()
		have += along[k] * grad[k]
		norm += grad[k] * grad[k]
		x[k] = keep[k] + step*along[k]
	}
	d := loss()
	for k := range x {
		x[k] = keep[k] - step*along[k]
	}
	d = (d - loss()) / (2 * step)
	copy(x, keep)
	if !(math.Abs(d-have) <= gradTol*math.Sqrt(norm)) {
		t.Errorf("the derivative by %s along a random direction is %g, want %g (norm of the gradient %g)", name, have, d, math.Sqrt(norm))
	}
}

func largest(x []float64) (top float64) {
	for _, v := range x {
		if !(math.Abs(v) <= top) { // keeps NaN
			top = math.Abs(v)
		}
	}
	return top
}

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }
