package kernel

// The chan...Vec functions run one block of w channels (see chanBlock) over n > 0 pixels and report whether there is
// assembly for that block.

func chanStatsVec(x []float32, n, stride, w int, s *chanSums) bool {
	stride *= 4
	switch {
	case w == 64 && active == avx512:
		chanStats64AVX512(&x[0], &s.a[0], n, stride)
	case w == 32 && active == avx2:
		chanStats32AVX2(&x[0], &s.a[0], n, stride)
	case w == 16 && active == avx512:
		chanStats16AVX512(&x[0], &s.a[0], n, stride)
	case w == 16 && active == avx2:
		chanStats16AVX2(&x[0], &s.a[0], n, stride)
	default:
		return false
	}
	return true
}

func chanScaleShiftVec(y, x, res []float32, n, stride, w int, scale, shift []float32, floor float32) bool {
	if res != nil {
		return chanScaleShiftResVec(y, x, res, n, stride, w, scale, shift, floor)
	}
	stride *= 4
	switch {
	case w == 64 && active == avx512:
		chanScaleShift64AVX512(&y[0], &x[0], &scale[0], &shift[0], floor, n, stride)
	case w == 32 && active == avx2:
		chanScaleShift32AVX2(&y[0], &x[0], &scale[0], &shift[0], floor, n, stride)
	case w == 16 && active == avx512:
		chanScaleShift16AVX512(&y[0], &x[0], &scale[0], &shift[0], floor, n, stride)
	case w == 16 && active == avx2:
		chanScaleShift16AVX2(&y[0], &x[0], &scale[0], &shift[0], floor, n, stride)
	default:
		return false
	}
	return true
}

func chanScaleShiftResVec(y, x, res []float32, n, stride, w int, scale, shift []float32, floor float32) bool {
	stride *= 4
	switch {
	case w == 64 && active == avx512:
		chanScaleShiftRes64AVX512(&y[0], &x[0], &res[0], &scale[0], &shift[0], floor, n, stride)
	case w == 32 && active == avx2:
		chanScaleShiftRes32AVX2(&y[0], &x[0], &res[0], &scale[0], &shift[0], floor, n, stride)
	case w == 16 && active == avx512:
		chanScaleShiftRes16AVX512(&y[0], &x[0], &res[0], &scale[0], &shift[0], floor, n, stride)
	case w == 16 && active == avx2:
		chanScaleShiftRes16AVX2(&y[0], &x[0], &res[0], &scale[0], &shift[0], floor, n, stride)
	default:
		return false
	}
	return true
}

func chanGradStatsVec(dy, y, x []float32, n, stride, w int, s *chanSums) bool {
	if y != nil {
		return chanGradStatsReLUVec(dy, y, x, n, stride, w, s)
	}
	stride *= 4
	switch {
	case w == 64 && active == avx512:
		chanGradStats64AVX512(&dy[0], &x[0], &s.a[0], n, stride)
	case w == 32 && active == avx2:
		chanGradStats32AVX2(&dy[0], &x[0], &s.a[0], n, stride)
	case w == 16 && active == avx512:
		chanGradStats16AVX512(&dy[0], &x[0], &s.a[0], n, stride)
	case w == 16 && active == avx2:
		chanGradStats16AVX2(&dy[0], &x[0], &s.a[0], n, stride)
	default:
		return false
	}
	return true
}

func chanGradStatsReLUVec(dy, y, x []float32, n, stride, w int, s *chanSums) bool {
	stride *= 4
	switch {
	case w == 64 && active == avx512:
		chanGradStatsReLU64AVX512(&dy[0], &x[0], &y[0], &s.a[0], n, stride)
	case w == 32 && active == avx2:
		chanGradStatsReLU32AVX2(&dy[0], &x[0], &y[0], &s.a[0], n, stride)
	case w == 16 && active == avx512:
		chanGradStatsReLU16AVX512(&dy[0], &x[0], &y[0], &s.a[0], n, stride)
	case w == 16 && active == avx2:
		chanGradStatsReLU16AVX2(&dy[0], &x[0], &y[0], &s.a[0], n, stride)
	default:
		return false
	}
	return true
}

func chanGradApplyVec(dx, dy, x []float32, n, stride, w int, a, b, k []float32) bool {
	stride *= 4
	switch {
	case w == 64 && active == avx512:
		chanGradApply64AVX512(&dx[0], &dy[0], &x[0], &a[0], &b[0], &k[0], n, stride)
	case w == 32 && active == avx2:
		chanGradApply32AVX2(&dx[0], &dy[0], &x[0], &a[0], &b[0], &k[0], n, stride)
	case w == 16 && active == avx512:
		chanGradApply16AVX512(&dx[0], &dy[0], &x[0], &a[0], &b[0], &k[0], n, stride)
	case w == 16 && active == avx2:
		chanGradApply16AVX2(&dx[0], &dy[0], &x[0], &a[0], &b[0], &k[0], n, stride)
	default:
		return false
	}
	return true
}
