package kernel

// The pooling kernels take four channels at a time and return the channels done.

func maxPoolRowVec(y, x []float32, row, n, c int) int {
	done := whole(c)
	for ch := 0; ch < done; ch += active.lanes() {
		maxPoolNEON(&y[ch], &x[ch], 4*row, 4*c, n)
	}
	return done
}

func maxPoolRowGradVec(dx, x, dy, y []float32, row, n, c int) int {
	done := whole(c)
	for ch := 0; ch < done; ch += active.lanes() {
		maxPoolGradNEON(&dx[ch], &x[ch], &dy[ch], &y[ch], 4*row, 4*c, n)
	}
	return done
}
