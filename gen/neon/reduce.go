package main

// reductions emits the sums over one array. Four accumulators hide the latency of the additions.
func reductions(w *writer) {
	w.function("dot", "func(a, b *float32, n int) float32", func(f *function) {
		r, acc := f.arrays("a", "b"), f.zeros(unrolled)
		f.floats("l", unrolled, r, func(c int) { f.fmla(acc[c], f.load(at(r[0], c)), f.load(at(r[1], c))) })
		f.ret("ret", f.sum(acc))
	})

	w.function("sum", "func(x *float32, n int) float32", func(f *function) {
		r, acc := f.arrays("x"), f.zeros(unrolled)
		f.floats("l", unrolled, r, func(c int) { f.fadd(acc[c], acc[c], f.load(at(r[0], c))) })
		f.ret("ret", f.sum(acc))
	})

	w.function("sumSqDev", "func(x *float32, mean float32, n int) float32", func(f *function) {
		r, mean, acc := f.arrays("x"), f.float("mean"), f.zeros(unrolled)
		f.floats("l", unrolled, r, func(c int) {
			v := f.load(at(r[0], c))
			f.fsub(v, v, mean)
			f.fmla(acc[c], v, v)
		})
		f.ret("ret", f.sum(acc))
	})

	w.function("maximum", "func(x *float32, n int) float32", func(f *function) {
		r, acc := f.arrays("x"), make([]vec, unrolled)
		for i := range acc {
			acc[i] = f.load(at(r[0], 0))
		}
		f.floats("l", unrolled, r, func(c int) { f.fmax(acc[c], acc[c], f.load(at(r[0], c))) })
		f.ret("ret", f.largest(acc))
	})

	// sumSquares: in float64, two to a vector.
	w.function("sumSquares", "func(x *float32, n int) float64", func(f *function) {
		r, acc := f.arrays("x"), f.zeros(2*unrolled)
		f.floats("l", unrolled, r, func(c int) {
			v, d := f.load(at(r[0], c)), f.vec()
			for i, upper := range []bool{false, true} {
				f.widen(d, v, upper)
				f.fmla64(acc[2*c+i], d, d)
			}
		})
		for _, v := range acc[1:] {
			f.fadd64(acc[0], acc[0], v)
		}
		f.faddp64(acc[0], acc[0])
		f.op("FMOVD", acc[0].scalar(), f.param("ret"))
	})
}
