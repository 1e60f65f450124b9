package kernel

import "unsafe"

// Most rows of a microkernel; the generator knows them as gemmTiles.
const (
	rowsAVX512 = 14 // of 32 columns, and of 16
	rowsAVX2   = 3  // of 32 columns
	rowsHalf2  = 6  // of 16 columns, AVX2
)

// gemmMost is the most rows of a microkernel.
func gemmMost(columns int) int {
	switch {
	case active == avx512:
		return rowsAVX512
	case columns == HalfPanel:
		return rowsHalf2
	default:
		return rowsAVX2
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
