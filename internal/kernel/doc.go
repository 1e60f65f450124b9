// Package kernel holds the inner loops of the network: a strided matrix product on panels of 32 columns, vector and
// channel kernels on []float32, and the worker pool that runs them. It knows nothing of layers or gradient bookkeeping.
//
// Every kernel exists in portable Go; on amd64 the same name runs generated assembly for AVX2 with FMA or for AVX-512,
// on arm64 for NEON, chosen once when the program starts (see [ISA] and [SetISA]). The assembly is written by the generators
// in the module gen/ of this repository, and only ever handles whole vectors: the Go code beside it finishes the tail, so that one
// piece of portable code is both the fallback and the tail.
//
// Terms:
//
//   - panel: [Panel] = 32 columns of a product; weights are packed panel by panel, so a panel's row is 128 bytes;
//   - microkernel: the product of up to 14 rows (AVX-512) or 6 rows (AVX2 and NEON, 16 columns) held in registers;
//   - pixel, channel: activations are NHWC, a pixel is C contiguous floats;
//   - lane: one float of a vector register.
//
// Kernels check their slices as Go code does: a slice too short for the others panics with an index error,
// because it is a bug of the caller, never of an input file. Unless a function says otherwise its destination may be
// one of its sources, but may not overlap it partly. Results differ between instruction sets in the last bits (the order
// of sums, fused multiply-add); for one instruction set they are the same every time.
package kernel

//go:generate sh -c "cd ../../gen && go run . -out ../internal/kernel/kernels_amd64.s -stubs ../internal/kernel/stubs_amd64.go -pkg kernel"
//go:generate sh -c "cd ../../gen && go run ./neon -out ../internal/kernel/kernels_arm64.s -stubs ../internal/kernel/stubs_arm64.go"
