package kernel

// PackTransposed writes rows r of src, each of cols floats and stride floats apart, as columns of panels, times scale:
//
//	dst[(r/Panel*cols + c)*Panel + r%Panel] = scale * src[r*stride + c]
//
// which is how Gemm reads its second factor when a product needs the transpose of src.
func PackTransposed(dst, src []float32, rows, stride, cols int, scale float32) {
	if rows <= 0 || cols <= 0 {
		return
	}
	src = src[:(rows-1)*stride+cols]
	_ = dst[((rows-1)/Panel*cols+cols-1)*Panel+(rows-1)%Panel]
	for r := 0; r < rows; {
		d := dst[r/Panel*cols*Panel+r%Panel:]
		n := min(8, rows-r)
		c := 0
		if n == 8 {
			c = transpose8Vec(d, src[r*stride:], stride, cols, scale)
		}
		for i := range n {
			for k := c; k < cols; k++ {
				d[k*Panel+i] = scale * src[(r+i)*stride+k]
			}
		}
		r += n
	}
}
