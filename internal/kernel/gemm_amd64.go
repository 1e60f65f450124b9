package kernel

import "unsafe"

// Most rows of a microkernel; the generator knows them as gemmTiles.
const (
	rowsAVX512 = 14 // of 32 columns, and of 16
	rowsAVX2   = 3  // of 32 columns
	rowsHalf2  = 6  // of 16 columns, AVX2
)

// gemmVec runs the product on a panel, or on half of one, with microkernels and reports whether it did. They take their arguments from a
// copy, whose addresses move on from block to block of rows.
func gemmVec(a *Args, m, columns int) bool {
	if active == generic {
		return false
	}
	block := *a
	if block.KIn == 1 { // the microkernels do the last two steps of the inner loop apart: let the outer one be it
		block.KIn, block.AK, block.BK, block.KOut = a.KOut, a.AOut, a.BOut, 1
	}
	if block.KIn < 2 {
		return false
	}
	most := rowsAVX512
	if active == avx2 {
		most = rowsAVX2
		if columns == HalfPanel {
			most = rowsHalf2
		}
	}
	blocks := (m + most - 1) / most
	for i := range blocks {
		rows := blockRows(m, blocks, i)
		gemmBlock(&block, rows, columns)
		if i < blocks-1 { // an address past the last row could point outside of every object
			block.advance(rows)
		}
	}
	return true
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

// gemmBlock calls the microkernel for a number of rows. Switches and not a table of functions: through a function value the compiler could
// not see that the arguments do not escape, and every product would allocate them.
func gemmBlock(a *Args, rows, columns int) {
	p := (*byte)(unsafe.Pointer(a))
	switch {
	case active == avx512 && columns == Panel:
		gemmPanelAVX512(p, rows)
	case active == avx512:
		gemmHalfAVX512(p, rows)
	case columns == Panel:
		gemmPanelAVX2(p, rows)
	default:
		gemmHalfAVX2(p, rows)
	}
}

func gemmPanelAVX512(p *byte, rows int) {
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

func gemmHalfAVX512(p *byte, rows int) {
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

func gemmPanelAVX2(p *byte, rows int) {
	switch rows {
	case 1:
		gemm1x32AVX2(p)
	case 2:
		gemm2x32AVX2(p)
	case 3:
		gemm3x32AVX2(p)
	}
}

func gemmHalfAVX2(p *byte, rows int) {
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
}
