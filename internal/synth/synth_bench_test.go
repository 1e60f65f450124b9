package synth

import (
	"math/rand/v2"
	"testing"
)

// The budget of a training tile (scene and rendering, 256 x 96) is 3 ms on one core.
func BenchmarkPatch(b *testing.B) {
	for _, name := range []string{"train", "train-steep"} {
		w, err := PresetByName(name)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 2))
			for b.Loop() {
				if log, _ := Patch(rng, w.Params, 256, 0.005, 96); log == nil {
					b.Fatal("no image")
				}
			}
		})
	}
}

// A 60 m well at 2.54 mm x 192 columns.
func BenchmarkFirstWell(b *testing.B) {
	w, err := PresetByName("first-well")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s := DrawScene(rand.New(rand.NewPCG(1, 2)), w.Params, w.LengthM)
		if _, err := s.Render(0, int(w.LengthM/w.RowM), w.RowM, w.Columns); err != nil {
			b.Fatal(err)
		}
	}
}
