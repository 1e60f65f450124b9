// Command neon writes the arm64 assembly of package kernel, as text: avo, which the generator for amd64 beside it is built on, knows no
// arm64. Its output is committed; regenerating it must change nothing:
//
//	cd gen && go run ./neon -out ../internal/kernel/kernels_arm64.s -stubs ../internal/kernel/stubs_arm64.go
//
// NEON, four floats to a vector, belongs to every arm64 processor. Conventions:
//
//   - a kernel over n floats takes n as a multiple of four; the Go caller does the tail;
//   - functions are NOSPLIT leaf functions without a frame, whose pointers do not escape;
//   - FMAX returns NaN when either of its sources is NaN, so that their order does not matter;
//   - no parameter may be called g: Go's assembler takes that for the goroutine register;
//   - operands of the methods here are in the order of Arm's manual, destination first; Go's assembler wants it last.
package main

import (
	"flag"
	"log"
	"os"
)

func main() {
	out := flag.String("out", "kernels_arm64.s", "file for the assembly")
	stubs := flag.String("stubs", "stubs_arm64.go", "file for the Go declarations")
	flag.Parse()
	if err := write(*out, *stubs); err != nil {
		log.Fatal(err)
	}
}

func write(out, stubs string) error {
	var w writer
	for rows := 1; rows <= 3; rows++ {
		gemm(&w, rows, 8)
	}
	for rows := 1; rows <= 6; rows++ {
		gemm(&w, rows, 4)
	}
	fmaPeak(&w)
	elementwise(&w)
	reductions(&w)
	exponentials(&w)
	layerNorm(&w)
	adamW(&w)
	winograd(&w)
	pooling(&w)
	for _, channels := range []int{32, 16} {
		channelKernels(&w, channels)
	}
	transpose(&w)
	if err := os.WriteFile(out, w.assembly(), 0o644); err != nil {
		return err
	}
	return os.WriteFile(stubs, w.declarations(), 0o644)
}
