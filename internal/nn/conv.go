package nn

import (
	"github.com/geobfdt/geobfdt/internal/kernel"
)

// conv is a square convolution without bias, kernel 1, 3 or 7, padding k/2, stride sy in depth and sx in azimuth.
type conv struct {
	x, y   *Image
	w      *Param // [co/32][kh][kw][ci][32]
	k      int
	sy, sx int

	classes []convClass // of the backward pass to the input; nil when x has no gradient
	fwd     func(worker, i0, i1 int)
	bwdW    func(worker, i0, i1 int)

	fast, fastBack *trainedWinograd // nil where the direct sum is the faster one
	fastWeights    *winogradWeights // likewise
}

// convClass is one parity class of input pixels (row % sy == py, column % sx == px): the taps of the kernel that reach it, in
// the order of increasing output position, with their weights transposed to [ci/32][ty][tx][co][32].
type convClass struct {
	py, px int
	oy, ox int // output position of the first tap, relative to the pixel's index within the class
	ty, tx []int
	w      []float32
	bwd    func(worker, i0, i1 int)
}

// Conv adds a convolution. Its output must go into a BatchNorm, which fills the border of one pixel: forward on its own output, for a
// convolution that follows, and backward on the gradient that this one reads. Output channels are a multiple of 32, and input
// channels too unless x has no gradient; a kernel of 7 is for such an x only. The width of a wrapped x is a multiple of sx.
func (g *Graph) Conv(x *Image, w *Param, k, sy, sx int) *Image {
	c := &conv{x: x, w: w, k: k, sy: sy, sx: sx}
	c.y = g.rawImage((x.H+sy-1)/sy, (x.W+sx-1)/sx, w.Shape[0], 1, x.Wrap)
	c.fwd, c.bwdW = c.forwardRows, c.backwardWeights
	if winogradPays(x, c.y, k, sy, sx) {
		c.fast = newTrainedWinograd(g, &winogradConv{x: x, y: c.y, src: &x.Data, dst: &c.y.Data}, w.Data)
	}
	if g.withGrad && winogradWeightsPays(x, c.y, k, sy, sx) {
		c.fastWeights = newWinogradWeights(g, x, c.y, w)
	}
	if x.Grad != nil {
		for py := 0; py < sy; py++ {
			for px := 0; px < sx; px++ {
				if k == 1 && (py > 0 || px > 0) {
					continue // a strided 1x1 kernel never sees these pixels
				}
				cl := convClass{py: py, px: px}
				cl.ty, cl.oy = taps(k, sy, py)
				cl.tx, cl.ox = taps(k, sx, px)
				cl.w = make([]float32, len(cl.ty)*len(cl.tx)*w.Shape[0]*w.Shape[1])
				c.classes = append(c.classes, cl)
			}
		}
		for i := range c.classes {
			cl := &c.classes[i]
			cl.bwd = func(_, i0, i1 int) { c.backwardInput(cl, i0, i1) }
		}
		if winogradPays(c.y, x, k, sy, sx) { // stride 1: the only class is a convolution with the weights turned round
			c.fastBack = newTrainedWinograd(g, &winogradConv{x: c.y, y: x, src: &c.y.Grad, dst: &x.Grad, res: &x.Grad}, c.classes[0].w)
		}
	}
	g.add(c, c.y.v, x.v)
	return c.y
}

// taps of a kernel of size k (1 or 3) that connect an input pixel of parity p to outputs, by increasing output position, and the
// first of these positions: output o sees input o*s + t - k/2.
func taps(k, s, p int) (t []int, first int) {
	switch {
	case k == 1:
		return []int{0}, 0
	case s == 1:
		return []int{2, 1, 0}, -1
	case p == 0:
		return []int{1}, 0
	}
	return []int{2, 0}, 0
}

func (c *conv) forward(g *Graph) {
	if c.fast != nil {
		c.fast.run(g)
		return
	}
	g.each(c.y.B*c.y.H, c.fwd)
}

func (c *conv) forwardRows(_, i0, i1 int) {
	x, y, k := c.x, c.y, c.k
	kc := k * x.C
	a := kernel.Args{ARow: uintptr(c.sx * x.C * f32), AK: f32, BK: kernel.Panel * f32, KIn: uintptr(kc), KOut: uintptr(k),
		AOut: uintptr(x.RowLen() * f32), BOut: uintptr(kc * kernel.Panel * f32), CRow: uintptr(y.C * f32), Bias: zeroBias()}
	for n := rowBlock(x); i0 < i1; i0 += n {
		for p := 0; p < y.C/kernel.Panel; p++ {
			a.B = at(c.w.Data, p*k*kc*kernel.Panel)
			for i := i0; i < min(i0+n, i1); i++ {
				b, r := i/y.H, i%y.H
				a.A, a.C = at(x.Data, x.Offset(b, r*c.sy-k/2, -(k/2))), at(y.Data, y.Offset(b, r, 0)+p*kernel.Panel)
				kernel.Gemm(&a, y.W)
			}
		}
	}
}

// cacheFloats is how much of an image a loop that comes back to it should take at a time: a quarter of a second-level cache.
const cacheFloats = 1 << 16

// rowBlock is how many rows of an image one panel of weights is used for, before the next panel takes its place in the cache.
func rowBlock(im *Image) int { return max(1, cacheFloats/im.RowLen()) }

// prepare transposes the weights for the backward pass to the input.
func (c *conv) prepare() {
	const n = kernel.Panel
	co, ci, k := c.w.Shape[0], c.w.Shape[1], c.k
	for _, cl := range c.classes {
		for p := 0; p < ci/n; p++ {
			for iy, kh := range cl.ty {
				for ix, kw := range cl.tx {
					d := cl.w[((p*len(cl.ty)+iy)*len(cl.tx)+ix)*co*n:]
					for q := 0; q < co/n; q++ {
						src := c.w.Data[(((q*k+kh)*k+kw)*ci+p*n)*n:][: n*n : n*n]
						kernel.PackTransposed(d[q*n*n:][:n*n:n*n], src, n, n, n, 1)
					}
				}
			}
		}
	}
}

func (c *conv) backward(g *Graph) {
	if c.fastWeights != nil {
		c.fastWeights.run(g)
	} else {
		g.pool.Run(c.y.B*c.y.H, c.bwdW)
	}
	if c.fastBack != nil {
		c.fastBack.run(g)
		return
	}
	for i := range c.classes {
		cl := &c.classes[i]
		rows := (c.x.H - cl.py + c.sy - 1) / c.sy
		g.pool.Run(c.x.B*rows, cl.bwd)
	}
}

// backwardInput adds to dx on rows i0..i1 of one parity class: a convolution of the bordered dy with the transposed weights.
func (c *conv) backwardInput(cl *convClass, i0, i1 int) {
	x, y := c.x, c.y
	rows, cols := (x.H-cl.py+c.sy-1)/c.sy, (x.W-cl.px+c.sx-1)/c.sx
	inner := len(cl.tx) * y.C
	a := kernel.Args{ARow: uintptr(y.C * f32), AK: f32, BK: kernel.Panel * f32, KIn: uintptr(inner), KOut: uintptr(len(cl.ty)),
		AOut: uintptr(y.RowLen() * f32), BOut: uintptr(inner * kernel.Panel * f32), CRow: uintptr(c.sx * x.C * f32), Bias: zeroBias()}
	for n := rowBlock(y); i0 < i1; i0 += n {
		for p := 0; p < x.C/kernel.Panel; p++ {
			a.B = at(cl.w, p*len(cl.ty)*inner*kernel.Panel)
			for i := i0; i < min(i0+n, i1); i++ {
				b, r := i/rows, i%rows
				a.A, a.C = at(y.Grad, y.Offset(b, r+cl.oy, cl.ox)), at(x.Grad, x.Offset(b, r*c.sy+cl.py, cl.px)+p*kernel.Panel)
				a.Res = a.C
				kernel.Gemm(&a, cols)
			}
		}
	}
}

// backwardWeights adds the gradient of rows i0..i1 of the batch: for each row of the kernel a product of x, taken as
// [kw*ci, pixels], with dy, [pixels, co]. In NHWC the columns kw and ci lie side by side, so x needs no rearrangement.
func (c *conv) backwardWeights(worker, i0, i1 int) {
	x, y, k := c.x, c.y, c.k
	dw := c.w.partial[worker]
	kc := k * x.C
	a := kernel.Args{ARow: f32, AK: uintptr(c.sx * x.C * f32), BK: uintptr(y.C * f32), KIn: uintptr(y.W),
		AOut: uintptr(c.sy * x.RowLen() * f32), BOut: uintptr(y.RowLen() * f32), CRow: kernel.Panel * f32, Bias: zeroBias()}
	// Some rows at a time: what of x and dy one pass touches stays in the second-level cache, and so does one row of one panel of dw.
	rows := max(1, cacheFloats/(c.sy*x.RowLen()+y.RowLen()))
	for ; i0 < i1; i0 += rows {
		last := min(i0+rows, i1)
		for p := 0; p < y.C/kernel.Panel; p++ {
			for kh := range k {
				a.C = at(dw, (p*k+kh)*kc*kernel.Panel)
				a.Res = a.C
				for i := i0; i < last; {
					b, r := i/y.H, i%y.H
					n := min(last-i, y.H-r) // rows of one image
					a.KOut = uintptr(n)
					a.A = at(x.Data, x.Offset(b, r*c.sy+kh-k/2, -(k/2)))
					a.B = at(y.Grad, y.Offset(b, r, 0)+p*kernel.Panel)
					kernel.Gemm(&a, kc)
					i += n
				}
			}
		}
	}
}
