package main

import "fmt"

// panelBytes is a row of a panel: kernel.Panel floats.
const panelBytes = 4 * 32

// transpose emits dst[c*panel + r] = scale * src[r*stride + c] for 8 rows r and n blocks of 4 columns c; stride is in bytes.
func transpose(w *writer) {
	w.function("transpose8", "func(dst, src *float32, stride int, scale float32, n int)", func(f *function) {
		r := f.arrays("dst", "src", "stride", "n")
		dst, src, stride, n := r[0], r[1], r[2], r[3]
		scale, p := f.float("scale"), f.gp()
		f.label("block")
		f.move(p, src)
		for half := range 2 {
			f.scope(func() {
				a := f.loadSteps(4, p, stride)
				for _, v := range a {
					f.fmul(v, v, scale)
				}
				b := f.vecs(4)
				f.shuffle("VTRN1", "S4", b[0], a[0], a[1]) // a00 a10 a02 a12
				f.shuffle("VTRN2", "S4", b[1], a[0], a[1]) // a01 a11 a03 a13
				f.shuffle("VTRN1", "S4", b[2], a[2], a[3])
				f.shuffle("VTRN2", "S4", b[3], a[2], a[3])
				f.shuffle("VTRN1", "D2", a[0], b[0], b[2]) // a00 a10 a20 a30
				f.shuffle("VTRN1", "D2", a[1], b[1], b[3])
				f.shuffle("VTRN2", "D2", a[2], b[0], b[2])
				f.shuffle("VTRN2", "D2", a[3], b[1], b[3])
				for c, v := range a {
					f.store(mem{dst, c*panelBytes + half*vecBytes}, v)
				}
			})
		}
		f.add(src, src, vecBytes)
		f.add(dst, dst, 4*panelBytes)
		f.countdown(n, 1, "block")
	})
}

// shuffle emits one of the permutations of two vectors whose lanes are S4 or D2.
func (f *function) shuffle(name, lanes string, d, n, m vec) {
	f.op(name, fmt.Sprintf("V%d.%s", m, lanes), fmt.Sprintf("V%d.%s", n, lanes), fmt.Sprintf("V%d.%s", d, lanes))
}
