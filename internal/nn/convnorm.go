package nn

import (
	"math"

	"github.com/geobfdt/geobfdt/internal/kernel"
)

// ConvNorm adds a convolution (see Conv) and its normalisation (see BatchNorm, here by the name bn), with an optional residual and
// ReLU behind it. A graph without gradients does it in one pass: the normalisation's scale goes into the weights, its shift becomes
// a bias, and residual and ReLU are the end of the product.
func (g *Graph) ConvNorm(x, res *Image, w *Param, bn string, k, sy, sx int, relu bool) *Image {
	if g.withGrad {
		return g.BatchNorm(g.Conv(x, w, k, sy, sx), res, bn, relu)
	}
	y := g.image((x.H+sy-1)/sy, (x.W+sx-1)/sx, w.Shape[0], 1, x.Wrap)
	f := g.folds[w.Name]
	if f == nil {
		f = newFold(g.params, w, bn, winogradPays(x, y, k, sy, sx))
		g.folds[w.Name] = f
		g.refolds = append(g.refolds, f)
	}
	ins := []*value{x.v}
	var added *[]float32
	if res != nil {
		ins, added = append(ins, res.v), &res.Data
	}
	if f.winograd {
		w := &winogradConv{x: x, y: y, src: &x.Data, dst: &y.Data, res: added, weight: &f.weight, bias: f.bias, relu: relu, seal: true}
		g.add(w.ready(g), y.v, ins...)
		return y
	}
	c := &foldedConv{x: x, res: res, y: y, f: f, k: k, sy: sy, sx: sx, relu: relu}
	c.fwd = c.forwardRows
	g.add(c, y.v, ins...)
	return y
}

// fold holds the weights of a convolution with its normalisation folded in.
type fold struct {
	w                     *Param
	gamma, beta, mean, va *Param
	winograd              bool
	weight                []float32 // as the convolution's, or [36][co/32][ci][32] for Winograd
	bias                  []float32 // [co]
}

func newFold(ps *Params, w *Param, bn string, winograd bool) *fold {
	c := w.Shape[0]
	f := &fold{w: w, winograd: winograd, bias: make([]float32, c), gamma: ps.Rows(bn+".weight", c), beta: ps.Rows(bn+".bias", c),
		mean: ps.buffer(bn+".running_mean", c), va: ps.buffer(bn+".running_var", c)}
	return f
}

// refresh takes the parameters as they are now.
func (f *fold) refresh() {
	if f.weight == nil {
		n := len(f.w.Data)
		if f.winograd {
			n = n / 9 * kernel.WinogradPoints
		}
		f.weight = aligned(n)
	}
	scale := make([]float64, len(f.bias))
	for o := range scale {
		scale[o] = float64(f.gamma.Data[o]) / math.Sqrt(float64(f.va.Data[o])+bnEps)
		f.bias[o] = float32(float64(f.beta.Data[o]) - float64(f.mean.Data[o])*scale[o])
	}
	scaled := f.weight
	if f.winograd {
		scaled = make([]float32, len(f.w.Data))
	}
	block := len(f.w.Data) / (len(scale) / kernel.Panel) // of one panel of output channels
	for i, v := range f.w.Data {
		scaled[i] = float32(float64(v) * scale[i/block*kernel.Panel+i%kernel.Panel])
	}
	if f.winograd {
		co := f.w.Shape[0]
		transformWeights(f.weight, scaled, co, f.w.Shape[1], 0, co/kernel.Panel)
	}
}

// foldedConv is y = act(conv(x) + bias + res) with folded weights.
type foldedConv struct {
	x, res, y *Image // res may be nil
	f         *fold
	k         int
	sy, sx    int
	relu      bool
	fwd       func(worker, i0, i1 int)
}

func (c *foldedConv) forward(g *Graph) { g.each(c.y.B*c.y.H, c.fwd) }
func (c *foldedConv) backward(*Graph)  {}

func (c *foldedConv) forwardRows(_, i0, i1 int) {
	x, y, k := c.x, c.y, c.k
	kc := k * x.C
	a := kernel.Args{ARow: uintptr(c.sx * x.C * f32), AK: f32, BK: kernel.Panel * f32, KIn: uintptr(kc), KOut: uintptr(k),
		AOut: uintptr(x.RowLen() * f32), BOut: uintptr(kc * kernel.Panel * f32), CRow: uintptr(y.C * f32)}
	if c.relu {
		a.ReLU = 1
	}
	for n := rowBlock(x); i0 < i1; i0 += n {
		last := min(i0+n, i1)
		for p := 0; p < y.C/kernel.Panel; p++ {
			a.B, a.Bias = at(c.f.weight, p*k*kc*kernel.Panel), at(c.f.bias, p*kernel.Panel)
			for i := i0; i < last; i++ {
				b, r := i/y.H, i%y.H
				yo := y.Offset(b, r, 0) + p*kernel.Panel
				a.A, a.C = at(x.Data, x.Offset(b, r*c.sy-k/2, -(k/2))), at(y.Data, yo)
				if c.res != nil {
					a.Res = at(c.res.Data, yo)
				}
				kernel.Gemm(&a, y.W)
			}
		}
		for i := i0; i < last; i++ {
			y.sealRow(i/y.H, i%y.H)
		}
	}
}
