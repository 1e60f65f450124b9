package main

// layerNorm emits the three passes over a row that are more than a plain sum.
func layerNorm(w *writer) {
	var mean, invStd vec
	// hat returns (x - mean) * invStd.
	hat := func(f *function, x mem) vec {
		v := f.load(x)
		f.fsub(v, v, mean)
		f.fmul(v, v, invStd)
		return v
	}

	w.function("norm", "func(y, x, gamma, beta *float32, mean, invStd float32, n int)", func(f *function) {
		r := f.arrays("y", "x", "gamma", "beta")
		mean, invStd = f.float("mean"), f.float("invStd")
		f.floats("l", 2, r, func(c int) {
			y := f.load(at(r[3], c))
			f.fmla(y, hat(f, at(r[1], c)), f.load(at(r[2], c)))
			f.store(at(r[0], c), y)
		})
	})

	// normGradSums: dgamma += dy*xh, dbeta += dy; returns the sums of d = dy*gamma and of d*xh.
	const sums = "func(dy, x, gamma, dgamma, dbeta *float32, mean, invStd float32, n int) (sumD, sumDX float32)"
	w.function("normGradSums", sums, func(f *function) {
		r := f.arrays("dy", "x", "gamma", "dgamma", "dbeta")
		mean, invStd = f.float("mean"), f.float("invStd")
		sumD, sumDX := f.zeros(2), f.zeros(2)
		f.floats("l", 2, r, func(c int) {
			dy, xh := f.load(at(r[0], c)), hat(f, at(r[1], c))
			d, dgamma, dbeta := f.load(at(r[2], c)), f.load(at(r[3], c)), f.load(at(r[4], c))
			f.fmul(d, d, dy)
			f.fadd(sumD[c], sumD[c], d)
			f.fmla(sumDX[c], d, xh)
			f.fmla(dgamma, dy, xh)
			f.store(at(r[3], c), dgamma)
			f.fadd(dbeta, dbeta, dy)
			f.store(at(r[4], c), dbeta)
		})
		f.ret("sumD", f.sum(sumD))
		f.ret("sumDX", f.sum(sumDX))
	})

	// normGradApply: dx += invStd * (dy*gamma - avgD - xh*avgDX).
	const apply = "func(dx, dy, x, gamma *float32, mean, invStd, avgD, avgDX float32, n int)"
	w.function("normGradApply", apply, func(f *function) {
		r := f.arrays("dx", "dy", "x", "gamma")
		mean, invStd = f.float("mean"), f.float("invStd")
		avgD, avgDX := f.float("avgD"), f.float("avgDX")
		f.floats("l", 2, r, func(c int) {
			xh, d, dx := hat(f, at(r[2], c)), f.load(at(r[1], c)), f.load(at(r[0], c))
			f.fmul(d, d, f.load(at(r[3], c)))
			f.fsub(d, d, avgD)
			f.fmls(d, xh, avgDX)
			f.fmla(dx, d, invStd)
			f.store(at(r[0], c), dx)
		})
	})
}
