package nn

import "github.com/geobfdt/geobfdt/internal/kernel"

// linear is y = act(x W^T + b + res) on every row.
type linear struct {
	x, y *Mat
	res  *Mat   // nil for none
	w, b *Param // [out/32][in][32], [out]
	relu bool
	wt   []float32 // transposed, [in/32][out padded][32]

	fwd, bwdX, bwdW func(worker, i0, i1 int)
}

// Linear adds a linear layer with parameters name+".weight" [out, in] and name+".bias" [out].
func (g *Graph) Linear(x *Mat, name string, out int, relu bool) *Mat {
	return g.linear(x, name, out, relu, nil)
}

// LinearAdd adds a linear layer, as Linear without ReLU, and what it is a correction of: y = res + x W^T + b.
func (g *Graph) LinearAdd(x *Mat, name string, res *Mat) *Mat {
	return g.linear(x, name, res.Cols, false, res)
}

func (g *Graph) linear(x *Mat, name string, out int, relu bool, res *Mat) *Mat {
	l := &linear{x: x, relu: relu, res: res}
	l.w, l.b = g.params.Linear(name, x.Cols, out)
	l.y = g.mat(x.Images, x.Rows, out)
	l.fwd, l.bwdX, l.bwdW = l.forwardRows, l.backwardInput, l.backwardWeights
	if x.Grad != nil {
		l.wt = make([]float32, x.Stride*l.y.Stride)
	}
	if res != nil {
		g.add(l, l.y.v, x.v, res.v)
	} else {
		g.add(l, l.y.v, x.v)
	}
	return l.y
}

func (l *linear) forward(g *Graph) { g.each(l.x.N(), l.fwd) }

func (l *linear) forwardRows(_, i0, i1 int) {
	if i0 == i1 {
		return
	}
	x, y := l.x, l.y
	a := kernel.Args{ARow: uintptr(x.Stride * f32), AK: f32, BK: kernel.Panel * f32, KIn: uintptr(x.Cols), KOut: 1, CRow: uintptr(y.Stride * f32)}
	if l.relu {
		a.ReLU = 1
	}
	for p := 0; p < y.Stride/kernel.Panel; p++ {
		a.A, a.B = at(x.Data, i0*x.Stride), at(l.w.Data, p*x.Cols*kernel.Panel)
		a.C, a.Bias = at(y.Data, i0*y.Stride+p*kernel.Panel), at(l.b.Data, p*kernel.Panel)
		if l.res != nil {
			a.Res = at(l.res.Data, i0*y.Stride+p*kernel.Panel)
		}
		kernel.Gemm(&a, i1-i0)
	}
}

func (l *linear) prepare() {
	if l.wt == nil {
		return
	}
	const n = kernel.Panel
	in, out := l.x.Cols, l.y.Stride
	for q := 0; q < out/n; q++ {
		for i := 0; i < in; i += n {
			kernel.PackTransposed(l.wt[(i/n*out+q*n)*n:], l.w.Data[(q*in+i)*n:], min(n, in-i), n, n, 1)
		}
	}
}

func (l *linear) backward(g *Graph) {
	if l.relu {
		kernel.ReLUGrad(l.y.Grad, l.y.Grad, l.y.Data)
	}
	g.pool.Run(l.x.N(), l.bwdW)
	if l.wt != nil {
		g.pool.Run(l.x.N(), l.bwdX)
	}
}

func (l *linear) backwardInput(_, i0, i1 int) {
	if i0 == i1 {
		return
	}
	x, y := l.x, l.y
	a := kernel.Args{ARow: uintptr(y.Stride * f32), AK: f32, BK: kernel.Panel * f32, KIn: uintptr(y.Cols), KOut: 1, CRow: uintptr(x.Stride * f32), Bias: zeroBias()}
	for p := 0; p < x.Stride/kernel.Panel; p++ {
		a.A, a.B = at(y.Grad, i0*y.Stride), at(l.wt, p*y.Stride*kernel.Panel)
		a.C = at(x.Grad, i0*x.Stride+p*kernel.Panel)
		a.Res = a.C
		kernel.Gemm(&a, i1-i0)
	}
}

func (l *linear) backwardWeights(worker, i0, i1 int) {
	if i0 == i1 {
		return
	}
	x, y := l.x, l.y
	if l.res != nil {
		kernel.AddTo(l.res.Grad[i0*y.Stride:i1*y.Stride], y.Grad[i0*y.Stride:])
	}
	db := l.b.partial[worker]
	for i := i0; i < i1; i++ {
		kernel.AddTo(db[:y.Stride], y.Grad[i*y.Stride:][:y.Stride])
	}
	dw := l.w.partial[worker]
	a := kernel.Args{ARow: f32, AK: uintptr(x.Stride * f32), BK: uintptr(y.Stride * f32), KOut: 1, CRow: kernel.Panel * f32, Bias: zeroBias()}
	const chunk = 256 // rows at a time: what a pass touches stays in the second-level cache
	for ; i0 < i1; i0 += chunk {
		a.KIn = uintptr(min(chunk, i1-i0))
		for p := 0; p < y.Stride/kernel.Panel; p++ {
			a.A, a.B = at(x.Data, i0*x.Stride), at(y.Grad, i0*y.Stride+p*kernel.Panel)
			a.C = at(dw, p*x.Cols*kernel.Panel)
			a.Res = a.C
			kernel.Gemm(&a, x.Cols)
		}
	}
}
