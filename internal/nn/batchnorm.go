package nn

import (
	"math"

	"github.com/geobfdt/geobfdt/internal/kernel"
)

const (
	bnEps      = 1e-5
	bnMomentum = 0.1
)

// batchNorm is y = act(gamma*(x-mean)/sqrt(var+eps) + beta + res) per channel (Ioffe & Szegedy 2015): batch statistics while
// training, running ones otherwise.
type batchNorm struct {
	x, res, y   *Image // res may be nil
	gamma, beta *Param
	mean, va    *Param // running statistics
	relu        bool

	scale, shift, a, b, k []float32
	batchMean, invStd     []float64
	sum, sumSq            [][]float64 // per worker

	stats, apply, gradStats, gradApply func(worker, i0, i1 int)
}

// BatchNorm adds a normalisation, named by its parameters name+".weight", ".bias", ".running_mean" and ".running_var", with
// an optional residual and ReLU behind it.
func (g *Graph) BatchNorm(x, res *Image, name string, relu bool) *Image {
	c := x.C
	n := &batchNorm{x: x, res: res, relu: relu,
		gamma: g.params.Rows(name+".weight", c), beta: g.params.Rows(name+".bias", c),
		mean: g.params.buffer(name+".running_mean", c), va: g.params.buffer(name+".running_var", c)}
	n.y = g.image(x.H, x.W, c, 1, x.Wrap)
	f := make([]float32, 5*c)
	n.scale, n.shift, n.a, n.b, n.k = f[:c], f[c:2*c], f[2*c:3*c], f[3*c:4*c], f[4*c:]
	n.batchMean, n.invStd = make([]float64, c), make([]float64, c)
	for range g.pool.Threads() {
		n.sum, n.sumSq = append(n.sum, make([]float64, c)), append(n.sumSq, make([]float64, c))
	}
	n.stats, n.apply, n.gradStats, n.gradApply = n.statsRows, n.applyRows, n.gradStatsRows, n.gradApplyRows
	if res != nil {
		g.add(n, n.y.v, x.v, res.v)
	} else {
		g.add(n, n.y.v, x.v)
	}
	return n.y
}

func (n *batchNorm) resetSums() {
	for w := range n.sum {
		clear(n.sum[w])
		clear(n.sumSq[w])
	}
}

// total adds the workers' sums in their order, which keeps runs reproducible.
func total(parts [][]float64, ch int) float64 {
	s := 0.0
	for _, p := range parts {
		s += p[ch]
	}
	return s
}

func (n *batchNorm) forward(g *Graph) {
	rows := n.x.B * n.x.H
	if g.Training {
		n.resetSums()
		g.pool.Run(rows, n.stats)
		count := float64(rows * n.x.W)
		for ch := range n.scale {
			m := total(n.sum, ch) / count
			v := max(0, total(n.sumSq, ch)/count-m*m)
			n.batchMean[ch], n.invStd[ch] = m, 1/math.Sqrt(v+bnEps)
			n.mean.Data[ch] += bnMomentum * (float32(m) - n.mean.Data[ch])
			n.va.Data[ch] += bnMomentum * (float32(v*count/max(1, count-1)) - n.va.Data[ch])
		}
	} else {
		for ch := range n.scale {
			n.batchMean[ch], n.invStd[ch] = float64(n.mean.Data[ch]), 1/math.Sqrt(float64(n.va.Data[ch])+bnEps)
		}
	}
	for ch := range n.scale {
		s := float64(n.gamma.Data[ch]) * n.invStd[ch]
		n.scale[ch], n.shift[ch] = float32(s), float32(float64(n.beta.Data[ch])-n.batchMean[ch]*s)
	}
	g.each(rows, n.apply)
}

func (n *batchNorm) statsRows(worker, i0, i1 int) {
	for i := i0; i < i1; i++ {
		o := n.x.Offset(i/n.x.H, i%n.x.H, 0)
		kernel.ChanStats(n.x.Data[o:], n.x.W, n.x.C, n.x.C, n.sum[worker], n.sumSq[worker])
	}
}

func (n *batchNorm) applyRows(_, i0, i1 int) {
	for i := i0; i < i1; i++ {
		b, r := i/n.x.H, i%n.x.H
		o := n.x.Offset(b, r, 0)
		var res []float32
		if n.res != nil {
			res = n.res.Data[o:]
		}
		kernel.ChanScaleShift(n.y.Data[o:], n.x.Data[o:], res, n.x.W, n.x.C, n.x.C, n.scale, n.shift, n.relu)
		n.y.sealRow(b, r)
	}
}

func (n *batchNorm) backward(g *Graph) {
	rows := n.x.B * n.x.H
	n.resetSums()
	g.pool.Run(rows, n.gradStats)
	count := float64(rows * n.x.W)
	dg, db := n.gamma.partial[0], n.beta.partial[0]
	for ch := range n.scale {
		sDy := total(n.sum, ch)
		sDyX := (total(n.sumSq, ch) - n.batchMean[ch]*sDy) * n.invStd[ch] // sum of dy * normalised x
		dg[ch] += float32(sDyX)
		db[ch] += float32(sDy)
		a := float64(n.gamma.Data[ch]) * n.invStd[ch]
		b := -a * n.invStd[ch] * sDyX / count
		n.a[ch], n.b[ch], n.k[ch] = float32(a), float32(b), float32(-a*sDy/count-b*n.batchMean[ch])
	}
	g.pool.Run(rows, n.gradApply)
}

func (n *batchNorm) gradStatsRows(worker, i0, i1 int) {
	for i := i0; i < i1; i++ {
		o := n.x.Offset(i/n.x.H, i%n.x.H, 0)
		l := n.x.W * n.x.C
		kernel.ChanGradStats(n.y.Grad[o:], n.y.Data[o:], n.x.Data[o:], n.x.W, n.x.C, n.x.C, n.sum[worker], n.sumSq[worker], n.relu)
		if n.res != nil {
			kernel.AddTo(n.res.Grad[o:o+l], n.y.Grad[o:o+l])
		}
	}
}

// gradApplyRows overwrites dx: the raw output of a convolution has no consumer but its normalisation.
func (n *batchNorm) gradApplyRows(_, i0, i1 int) {
	for i := i0; i < i1; i++ {
		b, r := i/n.x.H, i%n.x.H
		o := n.x.Offset(b, r, 0)
		kernel.ChanGradApply(n.x.Grad[o:], n.y.Grad[o:], n.x.Data[o:], n.x.W, n.x.C, n.x.C, n.a, n.b, n.k)
		n.x.wrapRow(n.x.Grad, b, r)
	}
}
