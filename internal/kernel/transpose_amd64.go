package kernel

// transpose8Vec does whole blocks of 8 x 8 and returns the columns done.
func transpose8Vec(dst, src []float32, stride, cols int, scale float32) int {
	n := cols / 8
	if n == 0 || active == generic {
		return 0
	}
	transpose8AVX2(&dst[0], &src[0], 4*stride, scale, n)
	return 8 * n
}
