package defaultmodel

import (
	"testing"

	"github.com/geobfdt/geobfdt/internal/kernel"
)

// TestLoad: the file in the binary is a whole model of this program's architecture, with the record of how it came about, and it
// computes finite answers.
func TestLoad(t *testing.T) {
	b, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Hash) != 64 || b.Record.Data == "" || b.Record.ISA == "" {
		t.Errorf("hash %q, record %+v", b.Hash, b.Record)
	}
	pool := kernel.NewPool(1)
	defer pool.Close()
	g := b.Net.Build(pool, 1, false)
	g.SetInput(0, make([]float32, b.Tile.Size()))
	g.Forward()
	for _, l := range g.Layers {
		for q := range b.Net.Options.Queries {
			for _, v := range append(l.Logits.Row(q)[:3:3], l.Params.Row(q)[:3]...) {
				if v-v != 0 {
					t.Fatalf("query %d answers %g", q, v)
				}
			}
		}
	}
	if b.Calibration == nil {
		t.Error("the model is not calibrated: make model does it")
	}
	if b.Record.ConfigHash == "" || b.Record.Config == "" || b.Scores == nil {
		t.Error("the model does not say how it was configured or what it scored")
	}
}
