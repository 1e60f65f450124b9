package kernel

// transpose8Vec does whole blocks of 8 rows and 4 columns and returns the columns done.
func transpose8Vec(dst, src []float32, stride, cols int, scale float32) int {
	n := whole(cols)
	if n > 0 {
		transpose8NEON(&dst[0], &src[0], 4*stride, scale, n/4)
	}
	return n
}
