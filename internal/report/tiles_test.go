package report

import (
	"bytes"
	"image/jpeg"
	"image/png"
	"math"
	"testing"
)

// The tiles hold the dynamic image; with the gains beside them they give the static one back.
func TestTilesGiveTheImageBack(t *testing.T) {
	log := noisyLog(t, 6, 0.005)
	pyramid, err := newPyramid(log, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	l := pyramid[0]
	if math.Abs(l.pxPerM-200) > 1e-6 || l.rows != 1200 || l.columns != 96 || len(l.tiles) != 3 {
		t.Fatalf("%g pixels per metre, %d rows, %d columns, %d tiles", l.pxPerM, l.rows, l.columns, len(l.tiles))
	}
	static := log.Static()
	for _, row := range []int{5, 300, 700, 1150} {
		tile, y := l.tiles[row/tileRows], row%tileRows
		img, err := jpeg.Decode(bytes.NewReader(tile.grey))
		if err != nil {
			t.Fatal(err)
		}
		// The mean over a bed's width: noise and the losses of JPEG even out.
		var got, want float64
		for x := 48; x < 96; x++ {
			for dy := -4; dy <= 4; dy++ {
				g, _, _, _ := img.At(x, y+dy).RGBA()
				z := (float64(g>>8) - 128) * greyRange / 127
				k := y / gainRows
				got += (float64(tile.mean[k]) + float64(tile.sd[k])*z) / 100
				want += float64(static[(row+dy)*96+x])
			}
		}
		if n := 48.0 * 9; math.Abs(got-want)/n > 0.06 {
			t.Errorf("row %d: static image %.3f, want %.3f", row, got/n, want/n)
		}
	}
}

func TestGapsAreMasked(t *testing.T) {
	pyramid, err := newPyramid(noisyLog(t, 6, 0.005), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for number, l := range pyramid {
		img, err := png.Decode(bytes.NewReader(l.tiles[0].gaps))
		if err != nil {
			t.Fatal(err)
		}
		for x, want := range map[int]bool{23: false, 24: true, 35: true, 36: false, 95: false} {
			if _, _, _, a := img.At(x, img.Bounds().Dy()/2).RGBA(); (a != 0) != want {
				t.Errorf("level %d, column %d: gap %v, want %v", number, x, a != 0, want)
			}
		}
	}
}

// A hole in the log is a gap in every column, and a tile within one is left away.
func TestHoleInTheLog(t *testing.T) {
	log := noisyLog(t, 6, 0.005)
	for i := 600; i < log.Rows(); i++ {
		log.DepthM[i] += 10
	}
	pyramid, err := newPyramid(log, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	l := pyramid[0]
	row := int((1004 - l.topM) * l.pxPerM)
	gaps, err := png.Decode(bytes.NewReader(l.tiles[row/tileRows].gaps))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, a := gaps.At(60, row%tileRows).RGBA(); a == 0 {
		t.Error("the hole shows an image")
	}
	if tile := l.tiles[int((1008-l.topM)*l.pxPerM)/tileRows]; tile.grey != nil {
		t.Error("a tile within the hole is stored")
	}
}

// Whatever the length of a log, its tiles stay within the bound, down to a resolution that is still of use.
func TestSizeBound(t *testing.T) {
	log := noisyLog(t, 60, 0.005)
	const bound = 150_000
	pyramid, err := newPyramid(log, bound)
	if err != nil {
		t.Fatal(err)
	}
	size := 0
	for i, l := range pyramid {
		size += l.bytes()
		if i > 0 && math.Abs(pyramid[i-1].pxPerM/l.pxPerM-levelFactor) > 1e-9 {
			t.Errorf("level %d has %g pixels per metre after %g", i, l.pxPerM, pyramid[i-1].pxPerM)
		}
	}
	if size > bound || size < bound/2 {
		t.Errorf("%d bytes of tiles, bound %d", size, bound)
	}
	var out bytes.Buffer
	in := input(t)
	in.Log = log
	if err := Write(&out, in, Options{ImageBytes: bound}); err != nil {
		t.Fatal(err)
	}
	const furniture = 120_000 // scripts, curves, attributes of the tiles
	if out.Len() > bound*4/3+furniture {
		t.Errorf("page of %d bytes", out.Len())
	}
}
