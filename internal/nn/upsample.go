package nn

import (
	"fmt"

	"github.com/geobfdt/geobfdt/internal/kernel"
)

// upsample repeats every pixel twice in depth and in azimuth.
type upsample struct {
	x, y     *Image
	fwd, bwd func(worker, i0, i1 int)
}

// Upsample adds the nearest-neighbour enlargement of x to h rows and w columns, the way back from a convolution of stride 2: h is 2*x.H
// or one less, w likewise. Unlike a transposed convolution it leaves no checkerboard (Odena et al., Distill 2016).
func (g *Graph) Upsample(x *Image, h, w int) *Image {
	if (h+1)/2 != x.H || (w+1)/2 != x.W {
		panic(fmt.Sprintf("nn: upsample of %d x %d to %d x %d", x.H, x.W, h, w)) // a network that contradicts itself
	}
	u := &upsample{x: x, y: g.image(h, w, x.C, 1, x.Wrap)}
	u.fwd, u.bwd = u.forwardRows, u.backwardRows
	g.add(u, u.y.v, x.v)
	return u.y
}

func (u *upsample) forward(g *Graph) { g.each(u.y.B*u.y.H, u.fwd) }

func (u *upsample) forwardRows(_, i0, i1 int) {
	x, y, c := u.x, u.y, u.x.C
	for i := i0; i < i1; i++ {
		b, r := i/y.H, i%y.H
		src, dst := x.Data[x.Offset(b, r/2, 0):], y.Data[y.Offset(b, r, 0):]
		for j := range y.W {
			copy(dst[j*c:(j+1)*c], src[j/2*c:])
		}
		y.sealRow(b, r)
	}
}

func (u *upsample) backward(g *Graph) { g.pool.Run(u.x.B*u.x.H, u.bwd) }

// backwardRows adds up what reaches the copies of a pixel.
func (u *upsample) backwardRows(_, i0, i1 int) {
	x, y, c := u.x, u.y, u.x.C
	for i := i0; i < i1; i++ {
		b, r := i/x.H, i%x.H
		dst := x.Grad[x.Offset(b, r, 0):]
		for k := 2 * r; k < min(2*r+2, y.H); k++ {
			src := y.Grad[y.Offset(b, k, 0):]
			for j := range y.W {
				kernel.AddTo(dst[j/2*c:(j/2+1)*c], src[j*c:(j+1)*c])
			}
		}
	}
}
