package nn

import (
	"math"

	"github.com/geobfdt/geobfdt/internal/kernel"
)

// attention is the core of multi-head attention (Vaswani et al. 2017): per image and head softmax(Q K^T / sqrt(dh)) V.
type attention struct {
	q, k, v, y *Mat
	headed
	sp       int       // keys, padded to 32
	prob     []float32 // [B*heads][L][sp], or [worker][L][sp] without gradients
	scratch  []headScratch
	fwd, bwd func(worker, i0, i1 int)
}

// headed says how the columns of queries, keys and values split over the heads.
type headed struct {
	heads  int
	dh, dp int  // width of a head, padded to half a panel
	grad   bool // probabilities are kept for the backward pass
}

func newHeaded(heads, columns int, grad bool) headed {
	dh := columns / heads
	return headed{heads: heads, dh: dh, dp: (dh + kernel.HalfPanel - 1) / kernel.HalfPanel * kernel.HalfPanel, grad: grad}
}

// rowsOf are rows of a matrix, from the first on, stride floats apart: tokens of an image, or of one of its columns.
type rowsOf struct {
	data   []float32
	stride int
}

func rows(data []float32, first, step, stride int) rowsOf {
	return rowsOf{data[first*stride:], step * stride}
}

// mul adds to the columns of head h of m rows of y, or sets them to, A B: A [m][k] by its strides in floats, B the head's columns of
// k rows of b. Heads whose width the kernels do not have go through scratch [m][dp].
func (o *headed) mul(y rowsOf, add bool, a []float32, aRow, aK, m, k int, b rowsOf, bCols, h int, scratch []float32) {
	c0 := h * o.dh
	g := kernel.Args{A: at(a, 0), ARow: uintptr(aRow * f32), AK: uintptr(aK * f32), BK: uintptr(b.stride * f32), KIn: uintptr(k), KOut: 1, Bias: zeroBias()}
	if o.dh == o.dp {
		g.CRow = uintptr(y.stride * f32)
		o.panels(&g, m, y.data[c0:], b.data[c0:], add)
		return
	}
	first := min(c0, bCols-o.dp) // so that the last head of a row does not read beyond it
	g.CRow = uintptr(o.dp * f32)
	o.panels(&g, m, scratch, b.data[first:], false)
	for l := range m {
		d, s := y.data[l*y.stride+c0:][:o.dh], scratch[l*o.dp+c0-first:]
		if add {
			kernel.AddTo(d, s)
		} else {
			copy(d, s)
		}
	}
}

// panels runs a product over dp columns.
func (o *headed) panels(g *kernel.Args, m int, c, b []float32, add bool) {
	for p := 0; p < o.dp; p += kernel.Panel {
		g.B, g.C = at(b, p), at(c, p)
		if add {
			g.Res = g.C
		}
		if o.dp-p >= kernel.Panel {
			kernel.Gemm(g, m)
		} else {
			kernel.GemmHalf(g, m)
		}
	}
}

// headScratch holds one head of one image in the layouts that the kernel reads, per worker.
type headScratch struct {
	t []float32 // transposed operand [sp/32][dh][32]
	b []float32 // a product [rows][dp]
	p []float32 // [L][sp]; for the backward pass
}

// Attention adds attention of the rows of q to the rows of k and v, image by image. Their columns are split over the heads.
func (g *Graph) Attention(q, k, v *Mat, heads int) *Mat {
	o := &attention{q: q, k: k, v: v, y: g.mat(q.Images, q.Rows, q.Cols), sp: roundUp(k.Rows), headed: newHeaded(heads, q.Cols, g.withGrad)}
	kept := g.pool.Threads()
	if g.withGrad {
		kept = q.Images * heads
	}
	o.prob = aligned(kept * q.Rows * o.sp)
	longest := max(q.Rows, k.Rows)
	for range g.pool.Threads() {
		s := headScratch{t: aligned(o.sp * o.dh), b: aligned(longest * o.dp)}
		if g.withGrad {
			s.p = aligned(q.Rows * o.sp)
		}
		o.scratch = append(o.scratch, s)
	}
	o.fwd, o.bwd = o.forwardHeads, o.backwardHeads
	g.add(o, o.y.v, q.v, k.v, v.v)
	return o.y
}

func (o *attention) forward(g *Graph)  { g.each(o.q.Images*o.heads, o.fwd) }
func (o *attention) backward(g *Graph) { g.pool.Run(o.q.Images*o.heads, o.bwd) }

// product is C[m][n] = A[m][k] B, B packed as [n/32][k][32], rows of A lda and of C ldc floats apart.
func product(c []float32, ldc int, a []float32, lda, m, k int, b []float32, n int) {
	g := kernel.Args{A: at(a, 0), ARow: uintptr(lda * f32), AK: f32, BK: kernel.Panel * f32, KIn: uintptr(k), KOut: 1, CRow: uintptr(ldc * f32), Bias: zeroBias()}
	for p := 0; p < n/kernel.Panel; p++ {
		g.B, g.C = at(b, p*k*kernel.Panel), at(c, p*kernel.Panel)
		kernel.Gemm(&g, m)
	}
}

func (o *attention) forwardHeads(worker, i0, i1 int) {
	s := &o.scratch[worker]
	q, k, v, y := o.q, o.k, o.v, o.y
	scale := float32(1 / math.Sqrt(float64(o.dh)))
	for i := i0; i < i1; i++ {
		b, h := i/o.heads, i%o.heads
		kept := worker
		if o.grad {
			kept = i
		}
		prob := o.prob[kept*q.Rows*o.sp:][:q.Rows*o.sp]
		kernel.PackTransposed(s.t, k.Data[b*k.Rows*k.Stride+h*o.dh:], k.Rows, k.Stride, o.dh, scale)
		product(prob, o.sp, q.Data[b*q.Rows*q.Stride+h*o.dh:], q.Stride, q.Rows, o.dh, s.t, o.sp)
		for l := range q.Rows {
			row := prob[l*o.sp:][:o.sp]
			kernel.Softmax(row[:k.Rows])
			clear(row[k.Rows:])
		}
		o.mul(rows(y.Data, b*y.Rows, 1, y.Stride), false, prob, o.sp, 1, q.Rows, k.Rows, rows(v.Data, b*v.Rows, 1, v.Stride), v.Stride, h, s.b)
	}
}

func (o *attention) backwardHeads(worker, i0, i1 int) {
	s := &o.scratch[worker]
	q, k, v, y := o.q, o.k, o.v, o.y
	scale := float32(1 / math.Sqrt(float64(o.dh)))
	for i := i0; i < i1; i++ {
		b, h := i/o.heads, i%o.heads
		prob := o.prob[i*q.Rows*o.sp:][:q.Rows*o.sp]
		dy := rows(y.Grad, b*y.Rows, 1, y.Stride)
		// dV = P^T dY
		o.mul(rows(v.Grad, b*v.Rows, 1, v.Stride), true, prob, 1, o.sp, k.Rows, q.Rows, dy, y.Stride, h, s.b)
		// dP = dY V^T, dS through the softmax; the scale of the logits is taken here, for both of the products that follow
		kernel.PackTransposed(s.t, v.Data[b*v.Rows*v.Stride+h*o.dh:], v.Rows, v.Stride, o.dh, scale)
		product(s.p, o.sp, dy.data[h*o.dh:], y.Stride, y.Rows, o.dh, s.t, o.sp)
		for l := range q.Rows {
			d := s.p[l*o.sp:][:o.sp]
			kernel.SoftmaxGrad(d[:k.Rows], prob[l*o.sp:][:k.Rows], d[:k.Rows])
		}
		// dQ = dS K, dK = dS^T Q
		o.mul(rows(q.Grad, b*q.Rows, 1, q.Stride), true, s.p, o.sp, 1, q.Rows, k.Rows, rows(k.Data, b*k.Rows, 1, k.Stride), k.Stride, h, s.b)
		o.mul(rows(k.Grad, b*k.Rows, 1, k.Stride), true, s.p, 1, o.sp, k.Rows, q.Rows, rows(q.Data, b*q.Rows, 1, q.Stride), q.Stride, h, s.b)
	}
}
