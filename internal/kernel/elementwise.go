package kernel

// The functions below work on the whole of dst; the other slices must be at least as long. Each hands the whole
// vectors to its ...Vec function, which returns how far it got, and does the rest itself.

// Add sets dst = a + b.
func Add(dst, a, b []float32) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := addVec(dst, a, b); i < len(dst); i++ {
		dst[i] = a[i] + b[i]
	}
}

// AddTo sets dst += src.
func AddTo(dst, src []float32) { Add(dst, dst, src) }

// Axpy sets dst += alpha * src.
func Axpy(dst []float32, alpha float32, src []float32) {
	src = src[:len(dst)]
	for i := axpyVec(dst, alpha, src); i < len(dst); i++ {
		dst[i] += alpha * src[i]
	}
}

// Scale sets dst *= alpha.
func Scale(dst []float32, alpha float32) {
	for i := scaleVec(dst, alpha); i < len(dst); i++ {
		dst[i] *= alpha
	}
}

// AddReLU sets dst = max(0, a + b). NaN stays NaN.
func AddReLU(dst, a, b []float32) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := addReLUVec(dst, a, b); i < len(dst); i++ {
		dst[i] = max(0, a[i]+b[i])
	}
}

// ReLUGrad sets dst = dy where y > 0 and 0 elsewhere; y is the output of the ReLU.
func ReLUGrad(dst, dy, y []float32) {
	dy, y = dy[:len(dst)], y[:len(dst)]
	for i := reluGradVec(dst, dy, y); i < len(dst); i++ {
		if y[i] > 0 {
			dst[i] = dy[i]
		} else {
			dst[i] = 0
		}
	}
}
