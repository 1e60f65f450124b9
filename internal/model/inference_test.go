package model

import (
	"testing"

	"github.com/geobfdt/geobfdt/internal/kernel"
)

// TestGoldenInference holds the graph for picking, with folded normalisations, Winograd convolutions and shared memory, to PyTorch's
// outputs on every instruction set.
func TestGoldenInference(t *testing.T) {
	was := kernel.ISA()
	t.Cleanup(func() {
		if err := kernel.SetISA(was); err != nil {
			t.Error(err)
		}
	})
	for _, kind := range []string{"refine", "plain"} {
		for _, isa := range []string{"generic", "neon", "avx2", "avx512"} {
			t.Run(kind+"/"+isa, func(t *testing.T) {
				if err := kernel.SetISA(isa); err != nil {
					t.Skip(err)
				}
				f := newFixture(t, kind, 2)
				x := f.graph.Input.Data
				f.graph = f.net.Build(f.pool, len(f.Truths), false)
				copy(f.graph.Input.Data, x)
				f.graph.Forward()
				f.compareOutputs(t, "eval")
			})
		}
	}
}
