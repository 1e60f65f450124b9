package kernel

import "unsafe"

const (
	rowsAVX512 = 14 // most rows of a 32-column microkernel
	rowsAVX2   = 6  // most rows of a 16-column microkernel
)

// gemmVec runs the product with microkernels and reports whether it did. They take their arguments from a copy, whose
// addresses move on from block to block.
func gemmVec(a *Args, m int) bool {
	switch active {
	case avx512:
		block := *a
		gemmRows(&block, m, rowsAVX512)
		return true
	case avx2:
		// All rows on one half of the panel, then on the other: a half of B stays in the cache.
		left, right := *a, *a
		right.B, right.C = unsafe.Add(a.B, 64), unsafe.Add(a.C, 64)
		right.Bias = unsafe.Add(a.Bias, 64)
		if a.Res != nil {
			right.Res = unsafe.Add(a.Res, 64)
		}
		gemmRows(&left, m, rowsAVX2)
		gemmRows(&right, m, rowsAVX2)
		return true
	default:
		return false
	}
}

// gemmHalfVec is gemmVec on half a panel.
func gemmHalfVec(a *Args, m int) bool {
	block := *a
	switch active {
	case avx512:
		gemmHalfRows(&block, m)
		return true
	case avx2:
		gemmRows(&block, m, rowsAVX2)
		return true
	default:
		return false
	}
}

// gemmRows splits m rows into the fewest blocks of at most most rows, as even as can be, and moves a over them.
func gemmRows(a *Args, m, most int) {
	blocks := (m + most - 1) / most
	for i := range blocks {
		rows := blockRows(m, blocks, i)
		gemmBlock(a, rows)
		if i < blocks-1 { // an address past the last row could point outside of every object
			a.advance(rows)
		}
	}
}

// gemmHalfRows is gemmRows for AVX-512 on half a panel.
func gemmHalfRows(a *Args, m int) {
	blocks := (m + rowsAVX512 - 1) / rowsAVX512
	for i := range blocks {
		rows := blockRows(m, blocks, i)
		gemmHalfBlock(a, rows)
		if i < blocks-1 {
			a.advance(rows)
		}
	}
}

// blockRows is the number of rows of the i-th of the blocks that m rows are split into.
func blockRows(m, blocks, i int) int {
	if i < m%blocks {
		return m/blocks + 1
	}
	return m / blocks
}

// advance moves a on by some rows.
func (a *Args) advance(rows int) {
	a.A = unsafe.Add(a.A, uintptr(rows)*a.ARow)
	a.C = unsafe.Add(a.C, uintptr(rows)*a.CRow)
	if a.Res != nil {
		a.Res = unsafe.Add(a.Res, uintptr(rows)*a.CRow)
	}
}

// gemmBlock calls the microkernel for a number of rows. A switch and not a table of functions: through a function value
// the compiler could not see that the arguments do not escape, and every product would allocate them.
func gemmBlock(a *Args, rows int) {
	p := (*byte)(unsafe.Pointer(a))
	if active == avx2 {
		switch rows {
		case 1:
			gemm1x16AVX2(p)
		case 2:
			gemm2x16AVX2(p)
		case 3:
			gemm3x16AVX2(p)
		case 4:
			gemm4x16AVX2(p)
		case 5:
			gemm5x16AVX2(p)
		case 6:
			gemm6x16AVX2(p)
		}
		return
	}
	switch rows {
	case 1:
		gemm1x32AVX512(p)
	case 2:
		gemm2x32AVX512(p)
	case 3:
		gemm3x32AVX512(p)
	case 4:
		gemm4x32AVX512(p)
	case 5:
		gemm5x32AVX512(p)
	case 6:
		gemm6x32AVX512(p)
	case 7:
		gemm7x32AVX512(p)
	case 8:
		gemm8x32AVX512(p)
	case 9:
		gemm9x32AVX512(p)
	case 10:
		gemm10x32AVX512(p)
	case 11:
		gemm11x32AVX512(p)
	case 12:
		gemm12x32AVX512(p)
	case 13:
		gemm13x32AVX512(p)
	case 14:
		gemm14x32AVX512(p)
	}
}

// gemmHalfBlock is gemmBlock for AVX-512 on half a panel.
func gemmHalfBlock(a *Args, rows int) {
	p := (*byte)(unsafe.Pointer(a))
	switch rows {
	case 1:
		gemm1x16AVX512(p)
	case 2:
		gemm2x16AVX512(p)
	case 3:
		gemm3x16AVX512(p)
	case 4:
		gemm4x16AVX512(p)
	case 5:
		gemm5x16AVX512(p)
	case 6:
		gemm6x16AVX512(p)
	case 7:
		gemm7x16AVX512(p)
	case 8:
		gemm8x16AVX512(p)
	case 9:
		gemm9x16AVX512(p)
	case 10:
		gemm10x16AVX512(p)
	case 11:
		gemm11x16AVX512(p)
	case 12:
		gemm12x16AVX512(p)
	case 13:
		gemm13x16AVX512(p)
	case 14:
		gemm14x16AVX512(p)
	}
}
