package kernel

import "math"

// LayerNorm sets y = (x - mean) * invStd * gamma + beta over one row and returns mean and
// invStd = 1 / sqrt(variance + eps), which LayerNormGrad wants back. The variance is the biased one, as in PyTorch,
// taken from deviations in a second pass. An empty row does nothing and returns zeros.
func LayerNorm(y, x, gamma, beta []float32, eps float32) (mean, invStd float32) {
	n := len(y)
	if n == 0 {
		return 0, 0
	}
	x, gamma, beta = x[:n], gamma[:n], beta[:n]
	mean = Sum(x) / float32(n)
	variance := sumSquaredDeviations(x, mean) / float32(n)
	invStd = float32(1 / math.Sqrt(float64(variance)+float64(eps)))
	for i := normVec(y, x, gamma, beta, mean, invStd); i < n; i++ {
		y[i] = (x[i]-mean)*invStd*gamma[i] + beta[i]
	}
	return mean, invStd
}

// LayerNormGrad adds the gradients of one row to all three of its destinations: with xh = (x - mean) * invStd and
// dxh = dy * gamma,
//
//	dgamma += dy * xh
//	dbeta  += dy
//	dx     += invStd * (dxh - avg(dxh) - xh * avg(dxh*xh))
func LayerNormGrad(dx, dy, x, gamma, dgamma, dbeta []float32, mean, invStd float32) {
	n := len(dx)
	if n == 0 {
		return
	}
	dy, x, gamma = dy[:n], x[:n], gamma[:n]
	dgamma, dbeta = dgamma[:n], dbeta[:n]

	sumD, sumDX, i := normGradSumsVec(dy, x, gamma, dgamma, dbeta, mean, invStd)
	for ; i < n; i++ {
		xh := (x[i] - mean) * invStd
		d := dy[i] * gamma[i]
		sumD += d
		sumDX += d * xh
		dgamma[i] += dy[i] * xh
		dbeta[i] += dy[i]
	}
	avgD, avgDX := sumD/float32(n), sumDX/float32(n)
	for i := normGradApplyVec(dx, dy, x, gamma, mean, invStd, avgD, avgDX); i < n; i++ {
		xh := (x[i] - mean) * invStd
		dx[i] += invStd * (dy[i]*gamma[i] - avgD - xh*avgDX)
	}
}
