package kernel

// The ...Vec functions run the assembly on the whole vectors of their slices, which the caller has cut to equal
// lengths, and return how many floats that was: 0 when portable Go is active.

func addVec(dst, a, b []float32) int {
	n := whole(len(dst))
	switch {
	case n == 0:
	case active == avx512:
		addAVX512(&dst[0], &a[0], &b[0], n)
	default:
		addAVX2(&dst[0], &a[0], &b[0], n)
	}
	return n
}

func axpyVec(dst []float32, alpha float32, src []float32) int {
	n := whole(len(dst))
	switch {
	case n == 0:
	case active == avx512:
		axpyAVX512(&dst[0], alpha, &src[0], n)
	default:
		axpyAVX2(&dst[0], alpha, &src[0], n)
	}
	return n
}

func scaleVec(dst []float32, alpha float32) int {
	n := whole(len(dst))
	switch {
	case n == 0:
	case active == avx512:
		scaleAVX512(&dst[0], alpha, n)
	default:
		scaleAVX2(&dst[0], alpha, n)
	}
	return n
}

func addReLUVec(dst, a, b []float32) int {
	n := whole(len(dst))
	switch {
	case n == 0:
	case active == avx512:
		addReLUAVX512(&dst[0], &a[0], &b[0], n)
	default:
		addReLUAVX2(&dst[0], &a[0], &b[0], n)
	}
	return n
}

func reluGradVec(dst, dy, y []float32) int {
	n := whole(len(dst))
	switch {
	case n == 0:
	case active == avx512:
		reluGradAVX512(&dst[0], &dy[0], &y[0], n)
	default:
		reluGradAVX2(&dst[0], &dy[0], &y[0], n)
	}
	return n
}

func mulSubVec(dst, p, dp []float32, s float32) int {
	n := whole(len(dst))
	switch {
	case n == 0:
	case active == avx512:
		mulSubAVX512(&dst[0], &p[0], &dp[0], s, n)
	default:
		mulSubAVX2(&dst[0], &p[0], &dp[0], s, n)
	}
	return n
}

func expVec(x []float32) int {
	n := whole(len(x))
	switch {
	case n == 0:
	case active == avx512:
		expAVX512(&x[0], n)
	default:
		expAVX2(&x[0], n)
	}
	return n
}

// expSubVec sets x = exp(x - m) and returns the sum of the results.
func expSubVec(x []float32, m float32) (sum float32, done int) {
	n := whole(len(x))
	switch {
	case n == 0:
		return 0, 0
	case active == avx512:
		return expSubAVX512(&x[0], m, n), n
	default:
		return expSubAVX2(&x[0], m, n), n
	}
}

// softmaxVec and columnSoftmaxVec do whole vectors or nothing.
func softmaxVec(x []float32) bool {
	n := whole(len(x))
	switch {
	case n == 0 || n != len(x):
		return false
	case active == avx512:
		softmaxAVX512(&x[0], n)
	default:
		softmaxAVX2(&x[0], n)
	}
	return true
}

func columnSoftmaxVec(x, depth []float32, z, bend float32) (meanDz float32, ok bool) {
	n := whole(len(x))
	switch {
	case n == 0 || n != len(x):
		return 0, false
	case active == avx512:
		return columnSoftmaxAVX512(&x[0], &depth[0], z, bend, n), true
	default:
		return columnSoftmaxAVX2(&x[0], &depth[0], z, bend, n), true
	}
}

func dotVec(a, b []float32) (sum float32, done int) {
	n := whole(len(a))
	switch {
	case n == 0:
		return 0, 0
	case active == avx512:
		return dotAVX512(&a[0], &b[0], n), n
	default:
		return dotAVX2(&a[0], &b[0], n), n
	}
}

func sumVec(x []float32) (sum float32, done int) {
	n := whole(len(x))
	switch {
	case n == 0:
		return 0, 0
	case active == avx512:
		return sumAVX512(&x[0], n), n
	default:
		return sumAVX2(&x[0], n), n
	}
}

func sumShiftedVec(dst, src []float32, at []int) int {
	n := whole(len(dst))
	switch {
	case n == 0 || len(at) == 0:
		return 0
	case active == avx512:
		sumShiftedAVX512(&dst[0], &src[0], &at[0], len(at), n)
	default:
		sumShiftedAVX2(&dst[0], &src[0], &at[0], len(at), n)
	}
	return n
}

func filterVec(dst, src, taps []float32) int {
	n := whole(len(dst))
	switch {
	case n == 0 || len(taps) == 0:
		return 0
	case active == avx512:
		filterAVX512(&dst[0], &src[0], &taps[0], len(taps), n)
	default:
		filterAVX2(&dst[0], &src[0], &taps[0], len(taps), n)
	}
	return n
}

func sumSquaresVec(x []float32) (sum float64, done int) {
	n := whole(len(x))
	switch {
	case n == 0:
		return 0, 0
	case active == avx512:
		return sumSquaresAVX512(&x[0], n), n
	default:
		return sumSquaresAVX2(&x[0], n), n
	}
}

func sumSqDevVec(x []float32, mean float32) (sum float32, done int) {
	n := whole(len(x))
	switch {
	case n == 0:
		return 0, 0
	case active == avx512:
		return sumSqDevAVX512(&x[0], mean, n), n
	default:
		return sumSqDevAVX2(&x[0], mean, n), n
	}
}

// maxVec returns the maximum only when done is not 0.
func maxVec(x []float32) (m float32, done int) {
	n := whole(len(x))
	switch {
	case n == 0:
		return 0, 0
	case active == avx512:
		return maximumAVX512(&x[0], n), n
	default:
		return maximumAVX2(&x[0], n), n
	}
}

func normVec(y, x, gamma, beta []float32, mean, invStd float32) int {
	n := whole(len(y))
	switch {
	case n == 0:
	case active == avx512:
		normAVX512(&y[0], &x[0], &gamma[0], &beta[0], mean, invStd, n)
	default:
		normAVX2(&y[0], &x[0], &gamma[0], &beta[0], mean, invStd, n)
	}
	return n
}

func normGradSumsVec(dy, x, gamma, dgamma, dbeta []float32, mean, invStd float32) (sumD, sumDX float32, done int) {
	n := whole(len(dy))
	switch {
	case n == 0:
	case active == avx512:
		sumD, sumDX = normGradSumsAVX512(&dy[0], &x[0], &gamma[0], &dgamma[0], &dbeta[0], mean, invStd, n)
	default:
		sumD, sumDX = normGradSumsAVX2(&dy[0], &x[0], &gamma[0], &dgamma[0], &dbeta[0], mean, invStd, n)
	}
	return sumD, sumDX, n
}

func normGradApplyVec(dx, dy, x, gamma []float32, mean, invStd, avgD, avgDX float32) int {
	n := whole(len(dx))
	switch {
	case n == 0:
	case active == avx512:
		normGradApplyAVX512(&dx[0], &dy[0], &x[0], &gamma[0], mean, invStd, avgD, avgDX, n)
	default:
		normGradApplyAVX2(&dx[0], &dy[0], &x[0], &gamma[0], mean, invStd, avgD, avgDX, n)
	}
	return n
}

func adamWVec(w, g, m, v []float32, p *AdamParams) int {
	n := whole(len(w))
	if n == 0 {
		return 0
	}
	co := p.vector()
	if active == avx512 {
		adamWAVX512(&w[0], &g[0], &m[0], &v[0], &co[0], n)
	} else {
		adamWAVX2(&w[0], &g[0], &m[0], &v[0], &co[0], n)
	}
	return n
}
