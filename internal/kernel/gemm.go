package kernel

import "unsafe"

// Panel is the number of columns of one product: the width of a packed weight panel.
const Panel = 32

// Zeros is the bias of a product without one. It must not be written to.
var Zeros [64]float32

// Args describes one strided product on a panel of m rows and [Panel] columns:
//
//	C[i][0:32] = act(Bias[0:32] + Res[i][0:32] + sum over ko < KOut, ki < KIn of A[i,ko,ki] * B[ko,ki][0:32])
//
// A is read one float at a time at A + i*ARow + ko*AOut + ki*AK, B as 32 contiguous floats at B + ko*BOut + ki*BK, and
// rows of C and Res lie at + i*CRow. All strides are in bytes and may be zero. The two loops over K let one call serve
// a convolution row (KIn runs over adjacent pixels and channels, KOut over kernel rows) without im2col, and ARow = 4
// reads A transposed.
type Args struct {
	A, B, C      unsafe.Pointer
	ARow, AK, BK uintptr
	KIn, KOut    uintptr
	AOut, BOut   uintptr
	CRow         uintptr
	Res          unsafe.Pointer // nil for none; Res == C accumulates
	Bias         unsafe.Pointer // 32 floats; &Zeros for none
	ReLU         uintptr        // not 0: act is max(0, .), which keeps NaN
}

// HalfPanel is the number of columns of GemmHalf.
const HalfPanel = Panel / 2

// GemmHalf is Gemm on [HalfPanel] columns: for heads of attention, which are narrow.
func GemmHalf(a *Args, m int) {
	if m <= 0 {
		return
	}
	if a.KIn == 0 || a.KOut == 0 || !gemmVec(a, m, HalfPanel) {
		gemmGeneric(a, m, HalfPanel)
	}
}

// Gemm computes the product a on m rows; m <= 0 does nothing. Rows are split evenly over the microkernels (at most 14
// rows a call on AVX-512, 3 on AVX2 and NEON), so that no row count leaves a slow remainder. The caller vouches for the
// addresses: nothing is checked. a is not changed.
func Gemm(a *Args, m int) {
	if m <= 0 {
		return
	}
	// The assembly counts its loops down to zero and cannot do an empty sum.
	if a.KIn == 0 || a.KOut == 0 || !gemmVec(a, m, Panel) {
		gemmGeneric(a, m, Panel)
	}
}
