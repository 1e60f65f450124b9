package kernel

import "unsafe"

// Most rows of a microkernel of 32 columns, and of 16: 24 sums of four floats. The generator knows them in main.
const (
	rowsNEON     = 3
	rowsHalfNEON = 6
)

// gemmMost is the most rows of a microkernel.
func gemmMost(columns int) int {
	if columns == HalfPanel {
		return rowsHalfNEON
	}
	return rowsNEON
}

// gemmBlock calls the microkernel for a number of rows. Switches and not a table of functions, as on amd64: the arguments must not escape.
func gemmBlock(a *Args, rows, columns int) {
	p := (*byte)(unsafe.Pointer(a))
	if columns == HalfPanel {
		gemmHalfNEON(p, rows)
		return
	}
	switch rows {
	case 1:
		gemm1x32NEON(p)
	case 2:
		gemm2x32NEON(p)
	case 3:
		gemm3x32NEON(p)
	}
}

func gemmHalfNEON(p *byte, rows int) {
	switch rows {
	case 1:
		gemm1x16NEON(p)
	case 2:
		gemm2x16NEON(p)
	case 3:
		gemm3x16NEON(p)
	case 4:
		gemm4x16NEON(p)
	case 5:
		gemm5x16NEON(p)
	case 6:
		gemm6x16NEON(p)
	}
}
