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
	headed
	hp       int // token rows, padded
	cos, sin []float32
	depthM   []float32 // of the token rows
	prob     []float32 // [B*heads][cols][queries][hp], or [worker][queries][hp] without gradients
	scratch  []columnScratch
	fwd, bwd func(worker, i0, i1 int)
}

type columnScratch struct {
	headScratch
	z  []float32 // [queries], depth of the sinusoids at a column
	dz []float32 // [hp], for the backward pass
}

// ColumnAttention adds the operation for queries q [B*Q, d], keys and values [B*rows*cols, d], sinusoids p [B*Q, 3] and the
// parameter name+".log_sigma" [heads]. The output has Q*cols rows per image (query by query) of d + heads columns: features, then
// moments in metres times MomentScale.
func (g *Graph) ColumnAttention(q, k, v, p *Mat, name string, heads int, f Field) *Mat {
	o := &columnAttention{q: q, k: k, v: v, p: p, f: f, logSigma: g.params.Rows(name+".log_sigma", heads), hp: roundUp(f.Rows),
		headed: newHeaded(heads, q.Cols, g.withGrad)}
	o.y = g.mat(q.Images, q.Rows*f.Cols, q.Cols+heads)
	o.cos, o.sin = azimuths(f.Cols)
	o.depthM = make([]float32, f.Rows)
	for t := range o.depthM {
		o.depthM[t] = float32((float64(t) + 0.5) * f.HeightM / float64(f.Rows))
	}
	kept := g.pool.Threads()
	if g.withGrad {
		kept = q.Images * heads * f.Cols
	}
	o.prob = aligned(kept * q.Rows * o.hp)
	longest := max(q.Rows, f.Rows)
	for range g.pool.Threads() {
		s := columnScratch{z: make([]float32, q.Rows), dz: make([]float32, o.hp)}
		s.t, s.b = aligned(o.hp*o.dh), aligned(longest*o.dp)
		if g.withGrad {
			s.p = aligned(q.Rows * o.hp)
		}
		o.scratch = append(o.scratch, s)
	}
	o.fwd, o.bwd = o.forwardColumns, o.backwardHeads
	g.add(o, o.y.v, q.v, k.v, v.v, p.v)
	return o.y
}

// Forward works column by column, where the heads share the distances; backward head by head, since the columns share dQ.
func (o *columnAttention) forward(g *Graph)  { g.each(o.q.Images*o.f.Cols, o.fwd) }
func (o *columnAttention) backward(g *Graph) { g.pool.Run(o.q.Images*o.heads, o.bwd) }

// depths sets z to the depths in metres of the sinusoids of image b at column w.
func (o *columnAttention) depths(z []float32, b, w int) {
	l, r := float32(o.f.HeightM), float32(o.f.RadiusM)
	for i := range z {
		p := o.p.Row(b*o.q.Rows + i)
		z[i] = p[0]*l + r*(p[1]*o.cos[w]+p[2]*o.sin[w])
	}
}

func (o *columnAttention) forwardColumns(worker, i0, i1 int) {
	s := &o.scratch[worker]
	q, k, v, y := o.q, o.k, o.v, o.y
	nq, n, cols := q.Rows, o.f.Rows, o.f.Cols
	scale := float32(1 / math.Sqrt(float64(o.dh)))
	for i := i0; i < i1; i++ {
		b, w := i/cols, i%cols
		o.depths(s.z, b, w)
		for h := range o.heads {
			kept := worker
			if o.grad {
				kept = (b*o.heads+h)*cols + w
			}
			prob := o.prob[kept*nq*o.hp:][:nq*o.hp]
			kernel.PackTransposed(s.t, k.Data[(b*k.Rows+w)*k.Stride+h*o.dh:], n, cols*k.Stride, o.dh, scale)
			product(prob, o.hp, q.Data[b*nq*q.Stride+h*o.dh:], q.Stride, nq, o.dh, s.t, o.hp)
			bend := float32(0.5 * math.Exp(-2*float64(o.logSigma.Data[h])))
			for l, z := range s.z {
				row := prob[l*o.hp:][:o.hp]
				y.Data[((b*nq+l)*cols+w)*y.Stride+q.Cols+h] = MomentScale * kernel.ColumnSoftmax(row[:n], o.depthM, z, bend)
				clear(row[n:])
			}
			o.mul(rows(y.Data, b*nq*cols+w, cols, y.Stride), false, prob, o.hp, 1, nq, n, rows(v.Data, b*v.Rows+w, cols, v.Stride), v.Stride, h, s.b)
		}
	}
}

func (o *columnAttention) backwardHeads(worker, i0, i1 int) {
	s := &o.scratch[worker]
	q, k, v, y := o.q, o.k, o.v, o.y
	nq, n, cols := q.Rows, o.f.Rows, o.f.Cols
	scale := float32(1 / math.Sqrt(float64(o.dh)))
	dz := s.dz[:n]
	for i := i0; i < i1; i++ {
		b, h := i/o.heads, i%o.heads
		slope := float32(math.Exp(-2 * float64(o.logSigma.Data[h]))) // d logit / d log sigma = dz^2 / sigma^2
		for w := range cols {
			o.depths(s.z, b, w)
			prob := o.prob[(i*cols+w)*nq*o.hp:][:nq*o.hp]
			y0 := b*nq*cols + w
			dy := rows(y.Grad, y0, cols, y.Stride)
			// dV = P^T dF
			o.mul(rows(v.Grad, b*v.Rows+w, cols, v.Stride), true, prob, 1, o.hp, n, nq, dy, y.Stride, h, s.b)
			// dP = dF V^T + dMoment dz, dS through the softmax
			kernel.PackTransposed(s.t, v.Data[(b*v.Rows+w)*v.Stride+h*o.dh:], n, cols*v.Stride, o.dh, 1)
			product(s.p, o.hp, dy.data[h*o.dh:], dy.stride, nq, o.dh, s.t, o.hp)
			var dSigma float32
			for l, z := range s.z {
				for t, d := range o.depthM {
					dz[t] = d - z
				}
				d := s.p[l*o.hp:][:n]
				kernel.Axpy(d, MomentScale*y.Grad[(y0+l*cols)*y.Stride+q.Cols+h], dz)
				kernel.SoftmaxGrad(d, prob[l*o.hp:][:n], d)
				for t, z := range dz {
					dSigma += d[t] * z * z
				}
			}
			o.logSigma.partial[worker][h] += dSigma * slope
			// dQ = scale dS K, dK = scale dS^T Q
			kernel.Scale(s.p[:nq*o.hp], scale)
			o.mul(rows(q.Grad, b*nq, 1, q.Stride), true, s.p, o.hp, 1, nq, n, rows(k.Data, b*k.Rows+w, cols, k.Stride), k.Stride, h, s.b)
			o.mul(rows(k.Grad, b*k.Rows+w, cols, k.Stride), true, s.p, 1, o.hp, n, nq, rows(q.Data, b*nq, 1, q.Stride), q.Stride, h, s.b)
		}
	}
}
