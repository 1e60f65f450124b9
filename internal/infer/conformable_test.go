package infer

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
)

// bedded is a raster without gaps of steps along curves, alternately up and down.
func bedded(beds []Curve) Raster {
	var out Raster
	for i, c := range beds {
		height := 1.0
		if i%2 > 0 {
			height = -1
		}
		r := stepRaster(c, height, 1, 0.1)
		if i == 0 {
			out = r
			continue
		}
		for k, v := range r.Image {
			out.Image[k] += v
		}
	}
	for k := range out.Mask {
		out.Mask[k] = true
	}
	return out
}

func sureBed(c Curve) Refined { return Refined{Curve: c, Verdicts: []float64{2, -4}} }

// TestConformable: a bed between two others that are known, and one beside them, is proposed where it lies, and those that are known are
// not; a wall with the gaps of pads is left to the network.
func TestConformable(t *testing.T) {
	beds := []Curve{{D: 150, A: 40, B: -20}, {D: 190.4, A: 41, B: -21}, {D: 230, A: 42, B: -22}, {D: 262.7, A: 42, B: -22}}
	raster := bedded(beds)
	found := []Refined{sureBed(beds[0]), sureBed(beds[2])}
	got := conformable(raster, found, believedBeds(found))
	for _, want := range []Curve{beds[1], beds[3]} {
		nearest := slices.MinFunc(got, func(a, b Curve) int { return cmp.Compare(math.Abs(a.D-want.D), math.Abs(b.D-want.D)) })
		if nearest.Class != dip.Bedding || math.Abs(nearest.D-want.D) > 1 || math.Hypot(nearest.A-want.A, nearest.B-want.B) > 1 {
			t.Errorf("nearest proposal to the bed %+v: %+v", want, nearest)
		}
	}
	for _, c := range got {
		for _, f := range found {
			if math.Abs(c.D-f.D) < conformNear {
				t.Errorf("proposed again: %+v", c)
			}
		}
	}
	for k := range raster.Mask {
		raster.Mask[k] = k%12 < 9
	}
	if got := conformable(raster, found, believedBeds(found)); got != nil {
		t.Errorf("%d proposals between pads", len(got))
	}
}

// TestConformableNothingKnown: without a bed there is no attitude to follow; beds that lie otherwise are each followed on their own.
func TestConformableNothingKnown(t *testing.T) {
	raster := bedded([]Curve{{D: 200}})
	fracture := []Refined{{Curve: Curve{D: 200}, Verdicts: []float64{-1, 3}}}
	if got := conformable(raster, fracture, believedBeds(fracture)); got != nil {
		t.Errorf("%d proposals beside a fracture", len(got))
	}
	apart := betweenBeds([]Curve{{D: 100}, {D: 180, A: 60}}, 0, 400)
	for _, b := range apart {
		if b.above != b.below {
			t.Errorf("attitude between beds that lie otherwise: %+v", b)
		}
	}
	if last := apart[len(apart)-1]; last.to != 180+conformReach || apart[0].from != 100-conformReach || apart[1].to != 140 || apart[2].from != 140 {
		t.Errorf("intervals %+v", apart)
	}
}

// TestBedsAlongTile: where nothing is known but how the beds of a tile lie, each of them is proposed on its trace, within the stretch that the
// tile answers for and nowhere else; what is known already is not proposed again.
func TestBedsAlongTile(t *testing.T) {
	att := attitude{a: 60, b: 35}
	beds := []Curve{{D: 120}, {D: 150.4}, {D: 171}, {D: 230.6}, {D: 330}}
	for i := range beds {
		beds[i].A, beds[i].B = att.a, att.b
	}
	raster := bedded(beds)
	steep := []beside{alongTile(place{lo: 100, hi: 200, attitude: att}), alongTile(place{lo: 200, hi: 280, attitude: att})}
	got := raster.bedsAlong(steep, []Refined{{Curve: beds[0]}}, tileSeen)
	nearest := func(d float64) float64 {
		least := math.Inf(1)
		for _, c := range got {
			least = min(least, math.Abs(c.D-d))
		}
		return least
	}
	for _, c := range beds[1:4] {
		if off := nearest(c.D); off > 1 {
			t.Errorf("the bed at %.1f is proposed %.1f rows off", c.D, off)
		}
	}
	if nearest(beds[0].D) < conformNear || nearest(beds[4].D) < 2*conformNear {
		t.Errorf("a known bed or one of another tile is proposed: %+v", got)
	}
	for k := range raster.Mask {
		raster.Mask[k] = k%12 < 8
	}
	if gappy := raster.bedsAlong(steep, nil, tileSeen); len(gappy) < 4 {
		t.Errorf("%d proposals along a steep tile between pads", len(gappy))
	}
	for _, c := range got {
		if c.Class != dip.Bedding || c.A != att.a || c.B != att.b {
			t.Errorf("%+v does not lie as the tile", c)
		}
	}
}
