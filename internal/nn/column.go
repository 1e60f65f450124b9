package nn

import (
	"math"

	"github.com/geobfdt/geobfdt/internal/kernel"
)

// Field is the geometry of the token grid in the virtual metres of the network (see docs/design.md).
type Field struct {
	Rows, Cols int     // tokens in depth and azimuth
	HeightM    float64 // of the tile
	RadiusM    float64 // of the hole
}

// MomentScale multiplies the moments that ColumnAttention appends to its features.
const MomentScale = 5

// columnAttention attends to the tokens near a sinusoid, separately in each azimuth column.
//
// A query at the sinusoid p = (depth/height, vx, vy) has the logit q.k/sqrt(dh) - dz^2/(2 sigma_h^2) for a token, with dz the
// token's depth below the sinusoid at that column and sigma_h learned per head; the softmax runs along depth within the column.
// The result for (query, column) is the attended value and, per head, the mean dz under the attention: how far the evidence
// lies from the current sinusoid. p is data: no gradient flows into it.
type columnAttention struct {
	q, k, v, p, y *Mat
	logSigma      *Param
	f             Field
	heads         int
	dh, dp, hp    int // width of a head, the same padded, token rows padded
	cos, sin      []float32
	prob          []float32 // [B*heads][cols][queries][hp]
	scratch       []columnScratch
	fwd, bwd      func(worker, i0, i1 int)
}

type columnScratch struct {
	headScratch
	dz []float32 // [queries][hp]
}

// ColumnAttention adds the operation for queries q [B*Q, d], keys and values [B*rows*cols, d], sinusoids p [B*Q, 3] and the
// parameter name+".log_sigma" [heads]. The output has Q*cols rows per image (query by query) of d + heads columns: features, then
// moments in metres times MomentScale.
func (g *Graph) ColumnAttention(q, k, v, p *Mat, name string, heads int, f Field) *Mat {
	o := &columnAttention{q: q, k: k, v: v, p: p, f: f, heads: heads, logSigma: g.params.Rows(name+".log_sigma", heads)}
	o.y = g.mat(q.Images, q.Rows*f.Cols, q.Cols+heads)
	o.dh = q.Cols / heads
	o.dp, o.hp = roundUp(o.dh), roundUp(f.Rows)
	o.cos, o.sin = azimuths(f.Cols)
	o.prob = make([]float32, q.Images*heads*f.Cols*q.Rows*o.hp)
	rows := max(q.Rows, f.Rows)
	for range g.pool.Threads() {
		s := columnScratch{dz: make([]float32, q.Rows*o.hp)}
		s.t, s.a, s.b = make([]float32, o.hp*o.dh), make([]float32, rows*o.dp), make([]float32, rows*o.dp)
		s.p = make([]float32, q.Rows*o.hp)
		o.scratch = append(o.scratch, s)
	}
	o.fwd, o.bwd = o.forwardHeads, o.backwardHeads
	g.add(o)
	return o.y
}

func (o *columnAttention) forward(g *Graph)  { g.pool.Run(o.q.Images*o.heads, o.fwd) }
func (o *columnAttention) backward(g *Graph) { g.pool.Run(o.q.Images*o.heads, o.bwd) }

// offsets fills dz [queries][hp] of image b and column w.
func (o *columnAttention) offsets(dz []float32, b, w int) {
	l, r, n := float32(o.f.HeightM), float32(o.f.RadiusM), o.f.Rows
	step := l / float32(n)
	for i := 0; i < o.q.Rows; i++ {
		p := o.p.Row(b*o.q.Rows + i)
		z := p[0]*l + r*(p[1]*o.cos[w]+p[2]*o.sin[w])
		d := dz[i*o.hp:][:n]
		for y := range d {
			d[y] = (float32(y)+0.5)*step - z
		}
	}
}

func (o *columnAttention) forwardHeads(worker, i0, i1 int) {
	s := &o.scratch[worker]
	q, k, v, y := o.q, o.k, o.v, o.y
	nq, n, cols := q.Rows, o.f.Rows, o.f.Cols
	scale := float32(1 / math.Sqrt(float64(o.dh)))
	for i := i0; i < i1; i++ {
		b, h := i/o.heads, i%o.heads
		c0 := h * o.dh
		bend := float32(0.5 * math.Exp(-2*float64(o.logSigma.Data[h])))
		for w := 0; w < cols; w++ {
			o.offsets(s.dz, b, w)
			prob := o.prob[(i*cols+w)*nq*o.hp:][:nq*o.hp]
			packT(s.t, k.Data, b*k.Rows+w, cols, n, k.Stride, c0, o.dh, scale)
			product(prob, o.hp, q.Data[b*nq*q.Stride+c0:], q.Stride, nq, o.dh, s.t, o.hp)
			for l := 0; l < nq; l++ {
				row, dz := prob[l*o.hp:][:o.hp], s.dz[l*o.hp:][:n]
				for t, d := range dz {
					row[t] -= bend * d * d
				}
				kernel.Softmax(row[:n])
				clear(row[n:])
				y.Data[((b*nq+l)*cols+w)*y.Stride+q.Cols+h] = MomentScale * kernel.Dot(row[:n], dz)
			}
			packRows(s.a, v.Data, b*v.Rows+w, cols, n, v.Stride, c0, o.dh, o.dp)
			productRows(s.b, prob, o.hp, 1, nq, n, s.a, o.dp)
			for l := 0; l < nq; l++ {
				copy(y.Data[((b*nq+l)*cols+w)*y.Stride+c0:][:o.dh], s.b[l*o.dp:])
			}
		}
	}
}

func (o *columnAttention) backwardHeads(worker, i0, i1 int) {
	s := &o.scratch[worker]
	q, k, v, y := o.q, o.k, o.v, o.y
	nq, n, cols := q.Rows, o.f.Rows, o.f.Cols
	scale := float32(1 / math.Sqrt(float64(o.dh)))
	for i := i0; i < i1; i++ {
		b, h := i/o.heads, i%o.heads
		c0 := h * o.dh
		slope := float32(math.Exp(-2 * float64(o.logSigma.Data[h]))) // d logit / d log sigma = dz^2 / sigma^2
		for w := 0; w < cols; w++ {
			o.offsets(s.dz, b, w)
			prob := o.prob[(i*cols+w)*nq*o.hp:][:nq*o.hp]
			y0 := b*nq*cols + w
			// dV = P^T dF
			packRows(s.a, y.Grad, y0, cols, nq, y.Stride, c0, o.dh, o.dp)
			productRows(s.b, prob, 1, o.hp, n, nq, s.a, o.dp)
			addRows(v.Grad, s.b, b*v.Rows+w, cols, n, v.Stride, c0, o.dh, o.dp, 1)
			// dP = dF V^T + dMoment dz, dS through the softmax
			packT(s.t, v.Data, b*v.Rows+w, cols, n, v.Stride, c0, o.dh, 1)
			product(s.p, o.hp, s.a, o.dp, nq, o.dh, s.t, o.hp)
			var dSigma float32
			for l := 0; l < nq; l++ {
				d, dz := s.p[l*o.hp:][:n], s.dz[l*o.hp:][:n]
				kernel.Axpy(d, MomentScale*y.Grad[(y0+l*cols)*y.Stride+q.Cols+h], dz)
				kernel.SoftmaxGrad(d, prob[l*o.hp:][:n], d)
				for t, z := range dz {
					dSigma += d[t] * z * z
				}
			}
			o.logSigma.partial[worker][h] += dSigma * slope
			// dQ = scale dS K
			packRows(s.a, k.Data, b*k.Rows+w, cols, n, k.Stride, c0, o.dh, o.dp)
			productRows(s.b, s.p, o.hp, 1, nq, n, s.a, o.dp)
			addRows(q.Grad, s.b, b*nq, 1, nq, q.Stride, c0, o.dh, o.dp, scale)
			// dK = scale dS^T Q
			packRows(s.a, q.Data, b*nq, 1, nq, q.Stride, c0, o.dh, o.dp)
			productRows(s.b, s.p, 1, o.hp, n, nq, s.a, o.dp)
			addRows(k.Grad, s.b, b*k.Rows+w, cols, n, k.Stride, c0, o.dh, o.dp, scale)
		}
	}
}
