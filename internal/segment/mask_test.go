package segment

import (
	"math"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// rowsOf lists the rows of column j that are set in channel k.
func rowsOf(mask []float32, rows, cols, j, k int) (out []int) {
	for i := range rows {
		if mask[(i*cols+j)*Classes+k] == 1 {
			out = append(out, i)
		}
	}
	return out
}

func TestDrawFlat(t *testing.T) {
	const rows, cols = 12, 16
	mask := make([]float32, rows*cols*Classes)
	// Centres 4.5, 5.5, 6.5 lie within 1.5 rows of 5.5; a midline above the tile still draws what reaches in.
	Draw(mask, []tile.Label{{Class: dip.Bedding, D: 5.5}, {Class: dip.Fracture, D: -0.5}, {Class: dip.Fracture, D: math.NaN()}}, rows, cols, 1.5)
	for j := range cols {
		if got := rowsOf(mask, rows, cols, j, int(dip.Bedding)); len(got) != 3 || got[0] != 4 || got[2] != 6 {
			t.Errorf("column %d of the bed: rows %v, want 4 to 6", j, got)
		}
		if got := rowsOf(mask, rows, cols, j, int(dip.Fracture)); len(got) != 1 || got[0] != 0 {
			t.Errorf("column %d of the fracture: rows %v, want 0", j, got)
		}
	}
}

// A steep trace is one band without holes: in every column its rows are consecutive and touch those of the next, and it is where the
// formula says.
func TestDrawSteep(t *testing.T) {
	const rows, cols = 400, 32
	l := tile.Label{Class: dip.Fracture, D: 200, A: 120, B: -90}
	mask := make([]float32, rows*cols*Classes)
	Draw(mask, []tile.Label{l}, rows, cols, 0.5)
	var before []int
	for j := range cols + 1 {
		phi := 2 * math.Pi * (float64(j%cols) + 0.5) / cols
		got := rowsOf(mask, rows, cols, j%cols, int(dip.Fracture))
		if len(got) == 0 || got[len(got)-1]-got[0] != len(got)-1 {
			t.Fatalf("column %d has rows %v", j, got)
		}
		if u := l.D + l.A*math.Cos(phi) + l.B*math.Sin(phi); u < float64(got[0]) || u > float64(got[len(got)-1])+1 {
			t.Errorf("column %d: the curve is at %.1f, the mask from %d to %d", j, u, got[0], got[len(got)-1])
		}
		if before != nil && (got[0] > before[len(before)-1]+1 || before[0] > got[len(got)-1]+1) {
			t.Errorf("columns %d and %d do not touch: %v, %v", j-1, j, before, got)
		}
		before = got
	}
}

func TestCompare(t *testing.T) {
	// Four pixels, [bedding, fracture]; the last one is not seen.
	p := []float32{0.9, 0.1, 0.9, 0.1, 0.2, 0.6, 0.9, 0.9}
	truth := []float32{1, 0, 0, 1, 1, 0, 0, 0}
	m := Compare(p, truth, []bool{true, true, true, false}, 0.5)
	if m.Class[dip.Bedding] != (Counts{Hits: 1, False: 1, Missed: 1}) || m.Class[dip.Fracture] != (Counts{False: 1, Missed: 1}) || m.Any != (Counts{Hits: 3}) {
		t.Errorf("%+v", m)
	}
	c := m.Class[dip.Bedding]
	if math.Abs(c.IoU()-1.0/3) > 1e-12 || math.Abs(c.F1()-0.5) > 1e-12 || !math.IsNaN(Counts{}.IoU()) || !math.IsNaN(Counts{}.F1()) {
		t.Errorf("IoU %g, F1 %g", c.IoU(), c.F1())
	}
	c.Add(Counts{1, 2, 3})
	if c != (Counts{2, 3, 4}) {
		t.Errorf("sum %+v", c)
	}
}

func TestSeenPixels(t *testing.T) {
	o := tile.Options{Rows: 2, Columns: 2, RowM: 0.01, Image: tile.ImageTile, MaskChannel: true}
	seen := make([]bool, 2)
	seenPixels(seen, []float32{0, 1, 3, 0}, o)
	if !seen[0] || seen[1] {
		t.Errorf("by the mask: %v", seen)
	}
	o.MaskChannel = false
	seenPixels(seen, []float32{0, 1}, o)
	if seen[0] || !seen[1] {
		t.Errorf("by the image: %v", seen)
	}
}
