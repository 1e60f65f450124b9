package kernel

// The ...Vec functions run the assembly on the whole vectors of their slices, which the caller has cut to equal
// lengths, and return how many floats that was: 0 when portable Go is active.

func addVec(dst, a, b []float32) int {
	n := whole(len(dst))
	if n > 0 {
		addNEON(&dst[0], &a[0], &b[0], n)
	}
	return n
}

func axpyVec(dst []float32, alpha float32, src []float32) int {
	n := whole(len(dst))
	if n > 0 {
		axpyNEON(&dst[0], alpha, &src[0], n)
	}
	return n
}

func scaleVec(dst []float32, alpha float32) int {
	n := whole(len(dst))
	if n > 0 {
		scaleNEON(&dst[0], alpha, n)
	}
	return n
}

func addReLUVec(dst, a, b []float32) int {
	n := whole(len(dst))
	if n > 0 {
		addReLUNEON(&dst[0], &a[0], &b[0], n)
	}
	return n
}

func reluGradVec(dst, dy, y []float32) int {
	n := whole(len(dst))
	if n > 0 {
		reluGradNEON(&dst[0], &dy[0], &y[0], n)
	}
	return n
}

func mulSubVec(dst, p, dp []float32, s float32) int {
	n := whole(len(dst))
	if n > 0 {
		mulSubNEON(&dst[0], &p[0], &dp[0], s, n)
	}
	return n
}

func expVec(x []float32) int {
	n := whole(len(x))
	if n > 0 {
		expNEON(&x[0], n)
	}
	return n
}

// expSubVec sets x = exp(x - m) and returns the sum of the results.
func expSubVec(x []float32, m float32) (sum float32, done int) {
	n := whole(len(x))
	if n == 0 {
		return 0, 0
	}
	return expSubNEON(&x[0], m, n), n
}

// softmaxVec and columnSoftmaxVec do whole vectors or nothing.
func softmaxVec(x []float32) bool {
	n := whole(len(x))
	if n == 0 || n != len(x) {
		return false
	}
	softmaxNEON(&x[0], n)
	return true
}

func columnSoftmaxVec(x, depth []float32, z, bend float32) (meanDz float32, ok bool) {
	n := whole(len(x))
	if n == 0 || n != len(x) {
		return 0, false
	}
	return columnSoftmaxNEON(&x[0], &depth[0], z, bend, n), true
}

func dotVec(a, b []float32) (sum float32, done int) {
	n := whole(len(a))
	if n == 0 {
		return 0, 0
	}
	return dotNEON(&a[0], &b[0], n), n
}

func sumVec(x []float32) (sum float32, done int) {
	n := whole(len(x))
	if n == 0 {
		return 0, 0
	}
	return sumNEON(&x[0], n), n
}

func sumShiftedVec(dst, src []float32, at []int) int {
	n := whole(len(dst))
	if n == 0 || len(at) == 0 {
		return 0
	}
	sumShiftedNEON(&dst[0], &src[0], &at[0], len(at), n)
	return n
}

func filterVec(dst, src, taps []float32) int {
	n := whole(len(dst))
	if n == 0 || len(taps) == 0 {
		return 0
	}
	filterNEON(&dst[0], &src[0], &taps[0], len(taps), n)
	return n
}

func sumSquaresVec(x []float32) (sum float64, done int) {
	n := whole(len(x))
	if n == 0 {
		return 0, 0
	}
	return sumSquaresNEON(&x[0], n), n
}

func sumSqDevVec(x []float32, mean float32) (sum float32, done int) {
	n := whole(len(x))
	if n == 0 {
		return 0, 0
	}
	return sumSqDevNEON(&x[0], mean, n), n
}

// maxVec returns the maximum only when done is not 0.
func maxVec(x []float32) (m float32, done int) {
	n := whole(len(x))
	if n == 0 {
		return 0, 0
	}
	return maximumNEON(&x[0], n), n
}

func normVec(y, x, gamma, beta []float32, mean, invStd float32) int {
	n := whole(len(y))
	if n > 0 {
		normNEON(&y[0], &x[0], &gamma[0], &beta[0], mean, invStd, n)
	}
	return n
}

func normGradSumsVec(dy, x, gamma, dgamma, dbeta []float32, mean, invStd float32) (sumD, sumDX float32, done int) {
	n := whole(len(dy))
	if n > 0 {
		sumD, sumDX = normGradSumsNEON(&dy[0], &x[0], &gamma[0], &dgamma[0], &dbeta[0], mean, invStd, n)
	}
	return sumD, sumDX, n
}

func normGradApplyVec(dx, dy, x, gamma []float32, mean, invStd, avgD, avgDX float32) int {
	n := whole(len(dx))
	if n > 0 {
		normGradApplyNEON(&dx[0], &dy[0], &x[0], &gamma[0], mean, invStd, avgD, avgDX, n)
	}
	return n
}

func adamWVec(w, g, m, v []float32, p *AdamParams) int {
	n := whole(len(w))
	if n == 0 {
		return 0
	}
	co := p.vector()
	adamWNEON(&w[0], &g[0], &m[0], &v[0], &co[0], n)
	return n
}
