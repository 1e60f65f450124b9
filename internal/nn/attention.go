package nn

import (
	"math"

	"github.com/geobfdt/geobfdt/internal/kernel"
)

// attention is the core of multi-head attention (Vaswani et al. 2017): per image and head softmax(Q K^T / sqrt(dh)) V.
type attention struct {
	q, k, v, y *Mat
	heads      int
	dh, dp     int       // width of a head, padded to 32
	sp         int       // keys, padded to 32
	prob       []float32 // [B*heads][L][sp]
	scratch    []headScratch
	fwd, bwd   func(worker, i0, i1 int)
}

// headScratch holds one head of one image in the layouts that the kernel reads, per worker.
type headScratch struct {
	t    []float32 // transposed operand [sp/32][dh][32]
	a, b []float32 // packed rows [rows][dp]
	p    []float32 // [L][sp]
}

// Attention adds attention of the rows of q to the rows of k and v, image by image. Their columns are split over the heads.
func (g *Graph) Attention(q, k, v *Mat, heads int) *Mat {
	o := &attention{q: q, k: k, v: v, y: g.mat(q.Images, q.Rows, q.Cols), heads: heads}
	o.dh = q.Cols / heads
	o.dp, o.sp = roundUp(o.dh), roundUp(k.Rows)
	o.prob = make([]float32, q.Images*heads*q.Rows*o.sp)
	rows := max(q.Rows, k.Rows)
	for range g.pool.Threads() {
		s := headScratch{t: make([]float32, o.sp*o.dh), a: make([]float32, rows*o.dp), b: make([]float32, rows*o.dp)}
		if g.withGrad {
			s.p = make([]float32, q.Rows*o.sp)
		}
		o.scratch = append(o.scratch, s)
	}
	o.fwd, o.bwd = o.forwardHeads, o.backwardHeads
	g.add(o)
	return o.y
}

func (o *attention) forward(g *Graph)  { g.pool.Run(o.q.Images*o.heads, o.fwd) }
func (o *attention) backward(g *Graph) { g.pool.Run(o.q.Images*o.heads, o.bwd) }

// packT writes rows x columns [c0, c0+dh) of s times scale as [rows/32][dh][32].
func packT(dst, s []float32, first, step, rows, stride, c0, dh int, scale float32) {
	for r := 0; r < rows; r++ {
		d := dst[r/kernel.Panel*dh*kernel.Panel+r%kernel.Panel:]
		for c, v := range s[(first+r*step)*stride+c0:][:dh] {
			d[c*kernel.Panel] = v * scale
		}
	}
}

// packRows writes columns [c0, c0+dh) of rows of s as [rows][dp]; the columns from dh on keep what they hold (the caller's zeros).
func packRows(dst, s []float32, first, step, rows, stride, c0, dh, dp int) {
	for r := 0; r < rows; r++ {
		copy(dst[r*dp:][:dh], s[(first+r*step)*stride+c0:])
	}
}

// addRows adds [rows][dp] times scale to columns [c0, c0+dh) of rows of d.
func addRows(d, src []float32, first, step, rows, stride, c0, dh, dp int, scale float32) {
	for r := 0; r < rows; r++ {
		kernel.Axpy(d[(first+r*step)*stride+c0:][:dh], scale, src[r*dp:][:dh])
	}
}

// product is C[m][n] = A[m][k] B, B packed as [n/32][k][32], rows of A lda and of C ldc floats apart.
func product(c []float32, ldc int, a []float32, lda, m, k int, b []float32, n int) {
	g := kernel.Args{A: at(a, 0), ARow: uintptr(lda * f32), AK: f32, BK: kernel.Panel * f32, KIn: uintptr(k), KOut: 1, CRow: uintptr(ldc * f32), Bias: zeroBias()}
	for p := 0; p < n/kernel.Panel; p++ {
		g.B, g.C = at(b, p*k*kernel.Panel), at(c, p*kernel.Panel)
		kernel.Gemm(&g, m)
	}
}

// productRows is C[m][n] = A[m][k] B with B as rows [k][n], n a multiple of 32; C is packed like B.
func productRows(c, a []float32, aRow, aK, m, k int, b []float32, n int) {
	g := kernel.Args{A: at(a, 0), ARow: uintptr(aRow * f32), AK: uintptr(aK * f32), BK: uintptr(n * f32), KIn: uintptr(k), KOut: 1, CRow: uintptr(n * f32), Bias: zeroBias()}
	for p := 0; p < n; p += kernel.Panel {
		g.B, g.C = at(b, p), at(c, p)
		kernel.Gemm(&g, m)
	}
}

func (o *attention) forwardHeads(worker, i0, i1 int) {
	s := &o.scratch[worker]
	q, k, v, y := o.q, o.k, o.v, o.y
	scale := float32(1 / math.Sqrt(float64(o.dh)))
	for i := i0; i < i1; i++ {
		b, c0 := i/o.heads, i%o.heads*o.dh
		prob := o.prob[i*q.Rows*o.sp:][:q.Rows*o.sp]
		packT(s.t, k.Data, b*k.Rows, 1, k.Rows, k.Stride, c0, o.dh, scale)
		product(prob, o.sp, q.Data[b*q.Rows*q.Stride+c0:], q.Stride, q.Rows, o.dh, s.t, o.sp)
		for l := 0; l < q.Rows; l++ {
			row := prob[l*o.sp:][:o.sp]
			kernel.Softmax(row[:k.Rows])
			clear(row[k.Rows:])
		}
		packRows(s.a, v.Data, b*v.Rows, 1, v.Rows, v.Stride, c0, o.dh, o.dp)
		productRows(s.b, prob, o.sp, 1, q.Rows, k.Rows, s.a, o.dp)
		for l := 0; l < q.Rows; l++ {
			copy(y.Data[(b*y.Rows+l)*y.Stride+c0:][:o.dh], s.b[l*o.dp:])
		}
	}
}

func (o *attention) backwardHeads(worker, i0, i1 int) {
	s := &o.scratch[worker]
	q, k, v, y := o.q, o.k, o.v, o.y
	scale := float32(1 / math.Sqrt(float64(o.dh)))
	for i := i0; i < i1; i++ {
		b, c0 := i/o.heads, i%o.heads*o.dh
		prob := o.prob[i*q.Rows*o.sp:][:q.Rows*o.sp]
		// dV = P^T dY
		packRows(s.a, y.Grad, b*y.Rows, 1, y.Rows, y.Stride, c0, o.dh, o.dp)
		productRows(s.b, prob, 1, o.sp, k.Rows, q.Rows, s.a, o.dp)
		addRows(v.Grad, s.b, b*v.Rows, 1, v.Rows, v.Stride, c0, o.dh, o.dp, 1)
		// dP = dY V^T, dS through the softmax
		packT(s.t, v.Data, b*v.Rows, 1, v.Rows, v.Stride, c0, o.dh, 1)
		product(s.p, o.sp, y.Grad[b*y.Rows*y.Stride+c0:], y.Stride, y.Rows, o.dh, s.t, o.sp)
		for l := 0; l < q.Rows; l++ {
			d := s.p[l*o.sp:][:o.sp]
			kernel.SoftmaxGrad(d[:k.Rows], prob[l*o.sp:][:k.Rows], d[:k.Rows])
		}
		// dQ = scale dS K
		packRows(s.a, k.Data, b*k.Rows, 1, k.Rows, k.Stride, c0, o.dh, o.dp)
		productRows(s.b, s.p, o.sp, 1, q.Rows, k.Rows, s.a, o.dp)
		addRows(q.Grad, s.b, b*q.Rows, 1, q.Rows, q.Stride, c0, o.dh, o.dp, scale)
		// dK = scale dS^T Q
		packRows(s.a, q.Data, b*q.Rows, 1, q.Rows, q.Stride, c0, o.dh, o.dp)
		productRows(s.b, s.p, 1, o.sp, k.Rows, q.Rows, s.a, o.dp)
		addRows(k.Grad, s.b, b*k.Rows, 1, k.Rows, k.Stride, c0, o.dh, o.dp, scale)
	}
}
