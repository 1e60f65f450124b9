package kernel

// The pooling kernels take one vector of channels at a time and return the channels done.

func maxPoolRowVec(y, x []float32, row, n, c int) int {
	done := whole(c)
	for ch := 0; ch < done; ch += active.lanes() {
		if active == avx512 {
			maxPoolAVX512(&y[ch], &x[ch], 4*row, 4*c, n)
		} else {
			maxPoolAVX2(&y[ch], &x[ch], 4*row, 4*c, n)
		}
	}
	return done
}

func maxPoolRowGradVec(dx, x, dy, y []float32, row, n, c int) int {
	done := whole(c)
	for ch := 0; ch < done; ch += active.lanes() {
		if active == avx512 {
			maxPoolGradAVX512(&dx[ch], &x[ch], &dy[ch], &y[ch], 4*row, 4*c, n)
		} else {
			maxPoolGradAVX2(&dx[ch], &x[ch], &dy[ch], &y[ch], 4*row, 4*c, n)
		}
	}
	return done
}
