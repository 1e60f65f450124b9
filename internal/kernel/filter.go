package kernel

import "math"

// Filter sets dst[i] to the sum of taps[k]*src[k+i] over all taps. src must be as long as dst, and as many values longer as there are taps beside the
// first; it must not overlap dst.
func Filter(dst, src, taps []float32) {
	if len(taps) > 0 {
		_ = src[len(taps)-1:][:len(dst)] // the assembly checks nothing
	}
	for i := filterVec(dst, src, taps); i < len(dst); i++ {
		var sum float32
		for k, w := range taps {
			sum += w * src[k+i]
		}
		dst[i] = sum
	}
}

// GaussianTaps are a Gaussian for Filter, of so many rows' standard deviation, that reaches so many rows to either side and sums to 1.
func GaussianTaps(sigma float64, reach int) []float32 {
	taps := make([]float32, 2*reach+1)
	sum := 0.0
	for i := range taps {
		k := float64(i - reach)
		g := math.Exp(-0.5 * k * k / (sigma * sigma))
		taps[i] = float32(g)
		sum += g
	}
	for i := range taps {
		taps[i] /= float32(sum)
	}
	return taps
}
