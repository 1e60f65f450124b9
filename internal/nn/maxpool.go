package nn

import "github.com/geobfdt/geobfdt/internal/kernel"

// maxPool is a 3x3 maximum with stride 2 and padding 1. Its input is a ReLU's output, so that a zero border is neutral.
type maxPool struct {
	x, y     *Image
	fwd, bwd func(worker, i0, i1 int)
}

// MaxPool adds a 3x3 max pooling with stride 2 behind a ReLU. A wrapped image must be at least three pixels wide, so that no window
// sees a pixel twice.
func (g *Graph) MaxPool(x *Image) *Image {
	p := &maxPool{x: x, y: g.image((x.H+1)/2, (x.W+1)/2, x.C, 1, x.Wrap)}
	p.fwd, p.bwd = p.forwardRows, p.backwardImages
	g.add(p, p.y.v, x.v)
	return p.y
}

func (p *maxPool) forward(g *Graph) { g.each(p.y.B*p.y.H, p.fwd) }

func (p *maxPool) forwardRows(_, i0, i1 int) {
	x, y := p.x, p.y
	for i := i0; i < i1; i++ {
		b, r := i/y.H, i%y.H
		kernel.MaxPoolRow(y.Data[y.Offset(b, r, 0):], x.Data[x.Offset(b, 2*r-1, -1):], x.RowLen(), y.W, y.C)
		y.sealRow(b, r)
	}
}

func (p *maxPool) backward(g *Graph) { g.pool.Run(p.y.B, p.bwd) }

// backwardImages sends a gradient to every pixel that equals its window's maximum. Equal maxima other than zero, which the
// ReLU before stops, do not occur in practice. What reaches the border in azimuth belongs to the pixels that it repeats.
func (p *maxPool) backwardImages(_, b0, b1 int) {
	x, y := p.x, p.y
	for b := b0; b < b1; b++ {
		for r := range y.H {
			xo, yo := x.Offset(b, 2*r-1, -1), y.Offset(b, r, 0)
			kernel.MaxPoolRowGrad(x.Grad[xo:], x.Data[xo:], y.Grad[yo:], y.Data[yo:], x.RowLen(), y.W, y.C)
		}
		for r := range x.H {
			left, right := x.Grad[x.Offset(b, r, -1):][:x.C], x.Grad[x.Offset(b, r, x.W):][:x.C]
			if x.Wrap {
				kernel.AddTo(x.Grad[x.Offset(b, r, x.W-1):][:x.C], left)
				kernel.AddTo(x.Grad[x.Offset(b, r, 0):][:x.C], right)
			}
			clear(left)
			clear(right)
		}
	}
}

// tokens lays the pixels of an image out as rows of a matrix, depth by depth.
type tokens struct {
	x        *Image
	y        *Mat
	fwd, bwd func(worker, i0, i1 int)
}

// Tokens adds the change of shape from [B, H, W, C] to [B*H*W, C].
func (g *Graph) Tokens(x *Image) *Mat {
	t := &tokens{x: x, y: g.mat(x.B, x.H*x.W, x.C)}
	t.fwd = func(_, i0, i1 int) {
		for i := i0; i < i1; i++ {
			copy(t.y.Data[i*x.W*x.C:][:x.W*x.C], x.Data[x.Offset(i/x.H, i%x.H, 0):])
		}
	}
	t.bwd = func(_, i0, i1 int) {
		for i := i0; i < i1; i++ {
			kernel.AddTo(x.Grad[x.Offset(i/x.H, i%x.H, 0):][:x.W*x.C], t.y.Grad[i*x.W*x.C:])
		}
	}
	g.add(t, t.y.v, x.v)
	return t.y
}

func (t *tokens) forward(g *Graph)  { g.each(t.x.B*t.x.H, t.fwd) }
func (t *tokens) backward(g *Graph) { g.pool.Run(t.x.B*t.x.H, t.bwd) }
