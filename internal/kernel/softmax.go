package kernel

// Softmax sets x to exp(x) / sum(exp(x)), with the maximum taken out first so that nothing overflows. Elements of
// -Inf become 0; a slice of nothing but -Inf, or with a NaN or +Inf, becomes NaN.
func Softmax(x []float32) {
	if len(x) == 0 || softmaxVec(x) {
		return
	}
	m := maximum(x)
	sum, i := expSubVec(x, m)
	for ; i < len(x); i++ {
		x[i] = exp32(x[i] - m)
		sum += x[i]
	}
	Scale(x, 1/sum)
}

// SoftmaxGrad sets dst = p * (dp - sum(p*dp)): the gradient of the logits of one softmax, from its probabilities p and
// their gradient dp.
func SoftmaxGrad(dst, p, dp []float32) {
	p, dp = p[:len(dst)], dp[:len(dst)]
	s := Dot(p, dp)
	for i := mulSubVec(dst, p, dp, s); i < len(dst); i++ {
		dst[i] = p[i] * (dp[i] - s)
	}
}

// ColumnSoftmax sets x to the softmax of x - bend*dz^2 with dz = depth - z, depth as long as x, and returns the mean of dz under it:
// attention along depth, near a depth z, and how far from z it looks.
func ColumnSoftmax(x, depth []float32, z, bend float32) (meanDz float32) {
	depth = depth[:len(x)]
	if mean, ok := columnSoftmaxVec(x, depth, z, bend); ok {
		return mean
	}
	for i, d := range depth {
		x[i] -= bend * (d - z) * (d - z)
	}
	Softmax(x)
	for i, p := range x {
		meanDz += p * (depth[i] - z)
	}
	return meanDz
}
