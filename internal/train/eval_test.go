package train

import (
	"math"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/loss"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// TestCount scores hand-made detections: rows of 5 mm, so that 10 rows are the tolerance of 5 cm.
func TestCount(t *testing.T) {
	r := &run{net: &model.Net{Geometry: model.Geometry{Rows: 64, Columns: 48, RowM: 0.005}}, labels: [][]tile.Label{{
		{Class: dip.Bedding, D: 20}, {Class: dip.Bedding, D: 40, A: 3}, {Class: dip.Fracture, D: 30, B: 20},
	}}}
	e := &evaluator{run: r}
	var s Scores
	err := e.count(&s, []model.Detection{
		{Class: 0, D: 21},             // hits the first bed
		{Class: 0, D: 22},             // is one too many for it, and too far from the second
		{Class: 0, D: 50.1, A: 3},     // 5.05 cm off
		{Class: 1, D: 30, A: 0, B: 6}, // 14 rows of amplitude off are 9.9 rows RMS
		{Class: 1, D: 20},             // a bed's place, a fracture's class
	}, 0)
	if err != nil {
		t.Fatal(err)
	}
	s.Bedding.finish()
	s.Fracture.finish()
	want := Scores{
		Bedding:  ClassScore{Precision: 1.0 / 3, Recall: 0.5, F1: 2.0 / 5, Hits: 1, Picks: 3, Truths: 2},
		Fracture: ClassScore{Precision: 0.5, Recall: 1, F1: 2.0 / 3, Hits: 1, Picks: 2, Truths: 1},
	}
	if s != want {
		t.Errorf("scores %+v, want %+v", s, want)
	}
	if got := s.Score(); math.Abs(got-(0.4+2.0/3)/2) > 1e-12 {
		t.Errorf("score %g, want the mean of 0.4 and 0.667", got)
	}
	if got := (Scores{Bedding: want.Bedding}).Score(); got != 0.4 {
		t.Errorf("score %g without fractures, want that of the beds", got)
	}
	if got := (Scores{}).Score(); got != 0 {
		t.Errorf("score %g of nothing", got)
	}
}

// TestTruthsRoundTrip takes labels to the network's geometry, as an output of each head would say them, and back as detections.
func TestTruthsRoundTrip(t *testing.T) {
	labels := []tile.Label{
		{Class: dip.Bedding, D: 12.5, A: 3, B: -4},
		{Class: dip.Fracture, D: 60, A: -30, B: 0.5},
		{Class: dip.Bedding, D: 0},
	}
	for _, decoder := range []string{"refine", "plain"} {
		n, g := detector(t, decoder)
		truths := Truths(nil, labels, n.Geometry)
		last := g.Layers[len(g.Layers)-1]
		for q := range n.Options.Queries {
			logits, params := last.Logits.Row(q), last.Params.Row(q)
			copy(logits, []float32{0, 0, 30})
			if q >= len(truths) {
				continue
			}
			logits[truths[q].Class] = 60
			copy(params, polarOrSlope(decoder, truths[q]))
		}
		found := n.Detections(nil, g, 0, 0.5)
		if len(found) != len(labels) {
			t.Fatalf("%s: %d detections, want %d", decoder, len(found), len(labels))
		}
		for i, l := range labels {
			d := found[i]
			off := math.Max(math.Abs(d.D-l.D), math.Hypot(d.A-l.A, d.B-l.B))
			if d.Class != int(l.Class) || off > 2e-5*float64(n.Geometry.Rows) {
				t.Errorf("%s: label %+v came back as %+v", decoder, l, d)
			}
		}
	}
}

func detector(t *testing.T, decoder string) (*model.Net, *model.Graph) {
	t.Helper()
	o, tl := tinyModel(), tinyTile()
	o.Decoder = decoder
	n, err := model.New(o, model.Geometry{Rows: tl.Rows, Columns: tl.Columns, Channels: tl.Channels(), RowM: tl.RowM}, 1)
	if err != nil {
		t.Fatal(err)
	}
	j := tinyJob(t, "")
	return n, n.Build(j.Pool, 1, true) // its outputs are plain memory, ours to write
}

// polarOrSlope is a truth as the head would say it: model.Layer has the meaning of the three values.
func polarOrSlope(decoder string, t loss.Truth) []float32 {
	if decoder == "refine" {
		return []float32{float32(t.Depth), float32(t.VX), float32(t.VY)}
	}
	dipDeg, azimuth := math.Atan(math.Hypot(t.VX, t.VY))*180/math.Pi, math.Atan2(t.VY, t.VX)/(2*math.Pi)
	if azimuth < 0 {
		azimuth++
	}
	return []float32{float32(t.Depth), float32(dipDeg / 90), float32(azimuth)}
}
