package model

import (
	"math"
	"testing"

	"github.com/geobfdt/geobfdt/internal/kernel"
)

// TestDetections reads hand-made outputs of both heads. With rows of 5 mm in a hole of 0.108 m radius a slope of 1 is 21.6 rows.
func TestDetections(t *testing.T) {
	const perTan = 0.108 / 0.005
	type query struct {
		logits, params [3]float32
		want           Detection
		found          bool
	}
	half := float32(math.Log(2)) // of the logit: with the others at 0 the score is 2/4
	for decoder, queries := range map[string][]query{
		"refine": {
			{[3]float32{half, 0, 0}, [3]float32{0.25, 0.5, -1}, Detection{0, 0.5, 16, 0.5 * perTan, -perTan}, true},
			{[3]float32{0, 60, 0}, [3]float32{1.5, 0, 0}, Detection{1, 1, 96, 0, 0}, true}, // outside the tile: the caller's to judge
			{[3]float32{0, 0, half}, [3]float32{0.5, 0, 0}, Detection{}, false},
			{[3]float32{1000, 999, -1000}, [3]float32{0, 0, 0}, Detection{0, 1 / (1 + math.Exp(-1)), 0, 0, 0}, true}, // no overflow
			{[3]float32{float32(math.NaN()), 0, 0}, [3]float32{0.5, 0, 0}, Detection{}, false},
		},
		"plain": {
			{[3]float32{half, 0, 0}, [3]float32{0.25, 0.5, 0.25}, Detection{0, 0.5, 16, 0, perTan}, true},                                   // 45 degrees towards 90
			{[3]float32{0, 60, 0}, [3]float32{0.5, 1, 0}, Detection{1, 1, 32, perTan * math.Tan(89*math.Pi/180), 0}, true},                  // 90 degrees has no curve
			{[3]float32{0, 60, 0}, [3]float32{0.5, 2.0 / 3, 0.5}, Detection{1, 1, 32, -perTan * math.Sqrt(3), 0}, true},                     // 60 degrees towards 180
			{[3]float32{60, 0, 0}, [3]float32{1, 1.0 / 3, 0.875}, Detection{0, 1, 64, perTan / math.Sqrt(6), -perTan / math.Sqrt(6)}, true}, // 30 towards 315
		},
	} {
		n := tinyNet(t, decoder)
		pool := kernel.NewPool(1)
		defer pool.Close()
		const image = 1             // the second of the batch
		g := n.Build(pool, 2, true) // its outputs are plain memory, ours to write
		last := g.Layers[len(g.Layers)-1]
		var want []Detection
		for q := range n.Options.Queries {
			row := image*n.Options.Queries + q
			if q >= len(queries) {
				copy(last.Logits.Row(row), []float32{0, 0, 9})
				continue
			}
			copy(last.Logits.Row(row), queries[q].logits[:])
			copy(last.Params.Row(row), queries[q].params[:])
			if queries[q].found {
				want = append(want, queries[q].want)
			}
		}
		got := n.Detections(nil, g, image, 0.5-1e-7)
		if len(got) != len(want) {
			t.Fatalf("%s: %d detections, want %d: %+v", decoder, len(got), len(want), got)
		}
		for i, w := range want {
			d := got[i]
			size := 1 + math.Hypot(w.A, w.B)
			if d.Class != w.Class || math.Abs(d.Score-w.Score) > 1e-6 || math.Abs(d.D-w.D) > 1e-5 || math.Hypot(d.A-w.A, d.B-w.B) > 1e-6*size {
				t.Errorf("%s: query %d is %+v, want %+v", decoder, i, d, w)
			}
		}
		if more := n.Detections(got, g, image, 0.5-1e-7); len(more) != 2*len(want) || more[0] != got[0] {
			t.Errorf("%s: %d detections after appending, want %d", decoder, len(more), 2*len(want))
		}
	}
}
