package nn

import (
	"math"

	"github.com/geobfdt/geobfdt/internal/kernel"
)

// rowOp is an operation that treats ranges of rows (or of whatever n counts) independently, forward and backward.
type rowOp struct {
	n        int                      // of the whole batch
	back     int                      // as n, of the backward pass; 0: the same
	fwd, bwd func(worker, i0, i1 int) // bwd nil: no gradient passes
}

func (o *rowOp) forward(g *Graph) { g.each(o.n, o.fwd) }
func (o *rowOp) backward(g *Graph) {
	if o.bwd == nil {
		return
	}
	if o.back > 0 {
		g.pool.Run(o.back, o.bwd)
	} else {
		g.pool.Run(o.n, o.bwd)
	}
}

// Add adds y = a + b of equal shapes.
func (g *Graph) Add(a, b *Mat) *Mat {
	y := g.mat(a.Images, a.Rows, a.Cols)
	s := y.Stride
	g.add(&rowOp{n: y.N(),
		fwd: func(_, i0, i1 int) { kernel.Add(y.Data[i0*s:i1*s], a.Data[i0*s:i1*s], b.Data[i0*s:i1*s]) },
		bwd: func(_, i0, i1 int) {
			kernel.AddTo(a.Grad[i0*s:i1*s], y.Grad[i0*s:i1*s])
			kernel.AddTo(b.Grad[i0*s:i1*s], y.Grad[i0*s:i1*s])
		}}, y.v, a.v, b.v)
	return y
}

// AddPosition adds y[b] = x[b] + p, where p has one image: the position code of the tokens.
func (g *Graph) AddPosition(x, p *Mat) *Mat {
	y := g.mat(x.Images, x.Rows, x.Cols)
	s := y.Stride
	g.add(&rowOp{n: y.N(), back: y.Rows, // by rows of p backward, so that no two workers add to one
		fwd: func(_, i0, i1 int) {
			for i0 < i1 {
				r := i0 % y.Rows
				n := min(i1-i0, y.Rows-r)
				kernel.Add(y.Data[i0*s:(i0+n)*s], x.Data[i0*s:], p.Data[r*s:])
				i0 += n
			}
		},
		bwd: func(_, i0, i1 int) {
			for b := 0; b < y.Images; b++ {
				d := y.Grad[(b*y.Rows+i0)*s : (b*y.Rows+i1)*s]
				kernel.AddTo(x.Grad[(b*y.Rows+i0)*s:(b*y.Rows+i1)*s], d)
				kernel.AddTo(p.Grad[i0*s:i1*s], d)
			}
		}}, y.v, x.v, p.v)
	return y
}

// Broadcast adds y[b] = p for every image: learned queries or anchors, a parameter of shape [rows, cols].
func (g *Graph) Broadcast(name string, rows, cols int) *Mat {
	p := g.params.Rows(name, rows, cols)
	y := g.mat(g.batch, rows, cols)
	s := y.Stride
	g.add(&rowOp{n: y.N(), back: rows,
		fwd: func(_, i0, i1 int) {
			for i := i0; i < i1; i++ {
				copy(y.Data[i*s:i*s+s], p.Data[i%rows*s:])
			}
		},
		bwd: func(_, i0, i1 int) {
			for b := 0; b < y.Images; b++ {
				kernel.AddTo(p.partial[0][i0*s:i1*s], y.Grad[(b*rows+i0)*s:(b*rows+i1)*s])
			}
		}}, y.v)
	return y
}

// AddRepeatReLU adds y[i*rep+j] = max(0, x[i*rep+j] + r[i]): a row of r for each group of rep rows.
func (g *Graph) AddRepeatReLU(x, r *Mat, rep int) *Mat {
	y := g.mat(x.Images, x.Rows, x.Cols)
	s := y.Stride
	g.add(&rowOp{n: r.N(),
		fwd: func(_, i0, i1 int) {
			for i := i0; i < i1; i++ {
				rr := r.Data[i*s : i*s+s]
				for j := i * rep; j < (i+1)*rep; j++ {
					kernel.AddReLU(y.Data[j*s:j*s+s], x.Data[j*s:], rr)
				}
			}
		},
		bwd: func(_, i0, i1 int) {
			for i := i0; i < i1; i++ {
				for j := i * rep; j < (i+1)*rep; j++ {
					d := y.Grad[j*s : j*s+s]
					kernel.ReLUGrad(d, d, y.Data[j*s:j*s+s])
					kernel.AddTo(x.Grad[j*s:j*s+s], d)
					kernel.AddTo(r.Grad[i*s:i*s+s], d)
				}
			}
		}}, y.v, x.v, r.v)
	return y
}

// Sigmoid adds y = 1/(1+exp(-x)).
func (g *Graph) Sigmoid(x *Mat) *Mat {
	y := g.mat(x.Images, x.Rows, x.Cols)
	g.add(&rowOp{n: x.N(),
		fwd: func(_, i0, i1 int) {
			for i := i0; i < i1; i++ {
				d := y.Row(i)
				for c, v := range x.Row(i) {
					d[c] = float32(1 / (1 + math.Exp(-float64(v))))
				}
			}
		},
		bwd: func(_, i0, i1 int) {
			for i := i0; i < i1; i++ {
				d, dy := x.GradRow(i), y.GradRow(i)
				for c, v := range y.Row(i) {
					d[c] += dy[c] * v * (1 - v)
				}
			}
		}}, y.v, x.v)
	return y
}

// Harmonics adds the mean and the first harmonic over azimuth: for groups of w rows (the columns of the image) and the first
// cols columns of x, y = scale*[mean x, 2 mean(x cos), 2 mean(x sin)], 3*cols wide. Row j of a group is centred at (j+0.5)*360/w.
func (g *Graph) Harmonics(x *Mat, w, cols int, scale float32) *Mat {
	y := g.mat(x.Images, x.Rows/w, 3*cols)
	cos, sin := azimuths(w)
	k := scale / float32(w)
	g.add(&rowOp{n: y.N(),
		fwd: func(_, i0, i1 int) {
			for i := i0; i < i1; i++ {
				d := y.Row(i)
				clear(d)
				for j := 0; j < w; j++ {
					v := x.Row(i*w + j)[:cols]
					kernel.Axpy(d[:cols], k, v)
					kernel.Axpy(d[cols:2*cols], 2*k*cos[j], v)
					kernel.Axpy(d[2*cols:], 2*k*sin[j], v)
				}
			}
		},
		bwd: func(_, i0, i1 int) {
			for i := i0; i < i1; i++ {
				d := y.GradRow(i)
				for j := 0; j < w; j++ {
					v := x.GradRow(i*w + j)[:cols]
					kernel.Axpy(v, k, d[:cols])
					kernel.Axpy(v, 2*k*cos[j], d[cols:2*cols])
					kernel.Axpy(v, 2*k*sin[j], d[2*cols:])
				}
			}
		}}, y.v, x.v)
	return y
}

// azimuths are the cosines and sines of the centres of w columns.
func azimuths(w int) (cos, sin []float32) {
	cos, sin = make([]float32, w), make([]float32, w)
	for j := range cos {
		s, c := math.Sincos((float64(j) + 0.5) * 2 * math.Pi / float64(w))
		cos[j], sin[j] = float32(c), float32(s)
	}
	return cos, sin
}
