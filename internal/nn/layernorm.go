package nn

import "github.com/geobfdt/geobfdt/internal/kernel"

const lnEps = 1e-5

// layerNorm normalises every row (Ba, Kiros & Hinton 2016).
type layerNorm struct {
	x, y        *Mat
	gamma, beta *Param
	mean, inv   []float32 // per row
	fwd, bwd    func(worker, i0, i1 int)
}

// LayerNorm adds a normalisation with parameters name+".weight" and name+".bias".
func (g *Graph) LayerNorm(x *Mat, name string) *Mat {
	l := &layerNorm{x: x, y: g.mat(x.Images, x.Rows, x.Cols),
		gamma: g.params.Rows(name+".weight", x.Cols), beta: g.params.Rows(name+".bias", x.Cols)}
	l.mean, l.inv = make([]float32, x.N()), make([]float32, x.N())
	c := x.Cols
	l.fwd = func(_, i0, i1 int) {
		for i := i0; i < i1; i++ {
			l.mean[i], l.inv[i] = kernel.LayerNorm(l.y.Row(i), x.Row(i), l.gamma.Data[:c], l.beta.Data[:c], lnEps)
		}
	}
	l.bwd = func(w, i0, i1 int) {
		dg, db := l.gamma.partial[w][:c], l.beta.partial[w][:c]
		for i := i0; i < i1; i++ {
			kernel.LayerNormGrad(x.GradRow(i), l.y.GradRow(i), x.Row(i), l.gamma.Data[:c], dg, db, l.mean[i], l.inv[i])
		}
	}
	g.add(l, l.y.v, x.v)
	return l.y
}

func (l *layerNorm) forward(g *Graph)  { g.each(l.x.N(), l.fwd) }
func (l *layerNorm) backward(g *Graph) { g.pool.Run(l.x.N(), l.bwd) }
