package kernel

import "math"

// The channel kernels work on n pixels of c contiguous channels; pixel i begins at i*stride floats, the same for every
// slice of a call. c should be a multiple of 16: what is left over is done in portable Go. Together they are batch
// normalisation: statistics, application, and the two passes backwards.

// chanRun is the number of pixels summed in float32 before the sums go to float64. Plain float32 sums over an image
// cost twenty times the accuracy.
const chanRun = 256

// maxChanBlock is the widest block of channels that one pass over the pixels takes.
const maxChanBlock = 64

// chanSums are two float32 sums for each channel of a block.
type chanSums struct{ a, b [maxChanBlock]float32 }

// chanSpan returns the part of x that n pixels touch, so that a slice too short panics here and not in assembly.
func chanSpan(x []float32, n, stride, c int) []float32 { return x[:(n-1)*stride+c] }

// chanBlock returns how many of the left channels to take next.
func chanBlock(left int) int {
	switch {
	case active == avx512 && left >= 64:
		return 64
	case (active == avx2 || active == neon) && left >= 32:
		return 32
	default:
		return min(left, 16)
	}
}

// ChanStats adds to sum and sumsq, both [c], the sum and the sum of squares of every channel of x.
func ChanStats(x []float32, n, stride, c int, sum, sumsq []float64) {
	if n <= 0 || c <= 0 {
		return
	}
	x = chanSpan(x, n, stride, c)
	sum, sumsq = sum[:c], sumsq[:c]
	for p := 0; p < n; p += chanRun {
		np := min(chanRun, n-p)
		for ch := 0; ch < c; {
			w := chanBlock(c - ch)
			var s chanSums
			xb := x[p*stride+ch:]
			if !chanStatsVec(xb, np, stride, w, &s) {
				chanStatsGeneric(xb, np, stride, w, &s)
			}
			for i := range w {
				sum[ch+i] += float64(s.a[i])
				sumsq[ch+i] += float64(s.b[i])
			}
			ch += w
		}
	}
}

func chanStatsGeneric(x []float32, n, stride, w int, s *chanSums) {
	sa, sb := s.a[:w], s.b[:w]
	for p := range n {
		for i, v := range x[p*stride:][:w] {
			sa[i] += v
			sb[i] += v * v
		}
	}
}

// ChanScaleShift sets y = act(x*scale + shift + res), with scale and shift [c], res nil for none, and act the ReLU
// when relu is set. NaN stays NaN.
func ChanScaleShift(y, x, res []float32, n, stride, c int, scale, shift []float32, relu bool) {
	if n <= 0 || c <= 0 {
		return
	}
	y, x = chanSpan(y, n, stride, c), chanSpan(x, n, stride, c)
	scale, shift = scale[:c], shift[:c]
	if res != nil {
		res = chanSpan(res, n, stride, c)
	}
	floor := float32(math.Inf(-1))
	if relu {
		floor = 0
	}
	for ch := 0; ch < c; {
		w := chanBlock(c - ch)
		var rb []float32
		if res != nil {
			rb = res[ch:]
		}
		if !chanScaleShiftVec(y[ch:], x[ch:], rb, n, stride, w, scale[ch:], shift[ch:], floor) {
			chanScaleShiftGeneric(y[ch:], x[ch:], rb, n, stride, w, scale[ch:], shift[ch:], floor)
		}
		ch += w
	}
}

func chanScaleShiftGeneric(y, x, res []float32, n, stride, w int, scale, shift []float32, floor float32) {
	scale, shift = scale[:w], shift[:w]
	for p := range n {
		yp, xp := y[p*stride:][:w], x[p*stride:][:w]
		for i := range yp {
			v := xp[i]*scale[i] + shift[i]
			if res != nil {
				v += res[p*stride+i]
			}
			if v < floor {
				v = floor
			}
			yp[i] = v
		}
	}
}

// ChanGradStats adds to sumDy and sumDyX, both [c], the sums of dy and of dy*x of every channel. When relu is set it
// first sets dy to 0, in place, wherever y (the output of the ReLU) is not positive; otherwise y is not read and may
// be nil.
func ChanGradStats(dy, y, x []float32, n, stride, c int, sumDy, sumDyX []float64, relu bool) {
	if n <= 0 || c <= 0 {
		return
	}
	dy, x = chanSpan(dy, n, stride, c), chanSpan(x, n, stride, c)
	sumDy, sumDyX = sumDy[:c], sumDyX[:c]
	if relu {
		y = chanSpan(y, n, stride, c)
	}
	for p := 0; p < n; p += chanRun {
		np := min(chanRun, n-p)
		for ch := 0; ch < c; {
			w := chanBlock(c - ch)
			at := p*stride + ch
			var s chanSums
			var yb []float32
			if relu {
				yb = y[at:]
			}
			if !chanGradStatsVec(dy[at:], yb, x[at:], np, stride, w, &s) {
				chanGradStatsGeneric(dy[at:], yb, x[at:], np, stride, w, &s)
			}
			for i := range w {
				sumDy[ch+i] += float64(s.a[i])
				sumDyX[ch+i] += float64(s.b[i])
			}
			ch += w
		}
	}
}

// chanGradStatsGeneric masks dy by y unless y is nil.
func chanGradStatsGeneric(dy, y, x []float32, n, stride, w int, s *chanSums) {
	sa, sb := s.a[:w], s.b[:w]
	for p := range n {
		dp, xp := dy[p*stride:][:w], x[p*stride:][:w]
		if y != nil {
			ReLUGrad(dp, dp, y[p*stride:][:w])
		}
		for i, d := range dp {
			sa[i] += d
			sb[i] += d * xp[i]
		}
	}
}

// ChanGradApply sets dx = a*dy + b*x + k, with a, b and k [c].
func ChanGradApply(dx, dy, x []float32, n, stride, c int, a, b, k []float32) {
	if n <= 0 || c <= 0 {
		return
	}
	dx, dy, x = chanSpan(dx, n, stride, c), chanSpan(dy, n, stride, c), chanSpan(x, n, stride, c)
	a, b, k = a[:c], b[:c], k[:c]
	for ch := 0; ch < c; {
		w := chanBlock(c - ch)
		if !chanGradApplyVec(dx[ch:], dy[ch:], x[ch:], n, stride, w, a[ch:], b[ch:], k[ch:]) {
			chanGradApplyGeneric(dx[ch:], dy[ch:], x[ch:], n, stride, w, a[ch:], b[ch:], k[ch:])
		}
		ch += w
	}
}

func chanGradApplyGeneric(dx, dy, x []float32, n, stride, w int, a, b, k []float32) {
	a, b, k = a[:w], b[:w], k[:w]
	for p := range n {
		op, dp, xp := dx[p*stride:][:w], dy[p*stride:][:w], x[p*stride:][:w]
		for i := range op {
			op[i] = a[i]*dp[i] + b[i]*xp[i] + k[i]
		}
	}
}
