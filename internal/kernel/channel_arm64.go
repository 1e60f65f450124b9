package kernel

// The chan...Vec functions run one block of w channels (see chanBlock) over n > 0 pixels and report whether there is
// assembly for that block.

func chanStatsVec(x []float32, n, stride, w int, s *chanSums) bool {
	stride *= 4
	switch {
	case active != neon:
		return false
	case w == 32:
		chanStats32NEON(&x[0], &s.a[0], n, stride)
	case w == 16:
		chanStats16NEON(&x[0], &s.a[0], n, stride)
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
	case active != neon:
		return false
	case w == 32:
		chanScaleShift32NEON(&scale[0], &shift[0], &y[0], &x[0], floor, n, stride)
	case w == 16:
		chanScaleShift16NEON(&scale[0], &shift[0], &y[0], &x[0], floor, n, stride)
	default:
		return false
	}
	return true
}

func chanScaleShiftResVec(y, x, res []float32, n, stride, w int, scale, shift []float32, floor float32) bool {
	stride *= 4
	switch {
	case active != neon:
		return false
	case w == 32:
		chanScaleShiftRes32NEON(&scale[0], &shift[0], &y[0], &x[0], &res[0], floor, n, stride)
	case w == 16:
		chanScaleShiftRes16NEON(&scale[0], &shift[0], &y[0], &x[0], &res[0], floor, n, stride)
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
	case active != neon:
		return false
	case w == 32:
		chanGradStats32NEON(&s.a[0], &dy[0], &x[0], n, stride)
	case w == 16:
		chanGradStats16NEON(&s.a[0], &dy[0], &x[0], n, stride)
	default:
		return false
	}
	return true
}

func chanGradStatsReLUVec(dy, y, x []float32, n, stride, w int, s *chanSums) bool {
	stride *= 4
	switch {
	case active != neon:
		return false
	case w == 32:
		chanGradStatsReLU32NEON(&s.a[0], &dy[0], &x[0], &y[0], n, stride)
	case w == 16:
		chanGradStatsReLU16NEON(&s.a[0], &dy[0], &x[0], &y[0], n, stride)
	default:
		return false
	}
	return true
}

func chanGradApplyVec(dx, dy, x []float32, n, stride, w int, a, b, k []float32) bool {
	stride *= 4
	switch {
	case active != neon:
		return false
	case w == 32:
		chanGradApply32NEON(&a[0], &b[0], &k[0], &dx[0], &dy[0], &x[0], n, stride)
	case w == 16:
		chanGradApply16NEON(&a[0], &b[0], &k[0], &dx[0], &dy[0], &x[0], n, stride)
	default:
		return false
	}
	return true
}
