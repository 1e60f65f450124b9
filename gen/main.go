// Command gen writes the amd64 assembly of package kernel with avo. It is a module of its own, so that avo is no
// dependency of the product. Its output is committed; regenerating it must change nothing:
//
//	cd gen && go run . -out ../internal/kernel/kernels_amd64.s -stubs ../internal/kernel/stubs_amd64.go -pkg kernel
//
// Every kernel is written once for a [target] and emitted for AVX2 and for AVX-512. Conventions:
//
//   - a kernel over n floats takes n as a multiple of the target's lanes; the Go caller does the tail;
//   - functions are NOSPLIT leaf functions whose pointers do not escape;
//   - VMAXPS is written with the value that may be NaN as its second source (first in Go's operand order), because the
//     instruction returns that one when either is NaN;
//   - no parameter may be called g: Go's assembler takes that for the goroutine register.
package main

import . "github.com/mmcloughlin/avo/build"

func main() {
	ConstraintExpr("amd64")
	for _, t := range []target{avx2, avx512} {
		for _, tile := range t.gemmTiles() {
			for rows := 1; rows <= tile.rows; rows++ {
				gemm(t, rows, tile.vectors)
			}
		}
		fmaPeak(t)
		elementwise(t)
		reductions(t)
		exponentials(t)
		softmaxes(t)
		layerNorm(t)
		adamW(t)
		winograd(t)
		pooling(t)
		for _, channels := range t.channelBlocks() {
			channelKernels(t, channels)
		}
	}
	transpose()
	Generate()
}
