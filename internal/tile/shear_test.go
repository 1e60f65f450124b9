package tile

import (
	"math"
	"slices"
	"testing"

	"github.com/geobfdt/geobfdt/internal/imagelog"
)

// steepLog is a full-cover log of dark lines along u = d + a cos + b sin, every 40 rows.
func steepLog(t *testing.T, rows, cols int, rowM, a, b float64) *imagelog.Log {
	t.Helper()
	cos, sin := azimuths(cols)
	depth, img := make([]float64, rows), make([]float32, rows*cols)
	for i := range rows {
		depth[i] = 100 + (float64(i)+0.5)*rowM
		for j := range cols {
			u := float64(i) + 0.5 - a*cos[j] - b*sin[j]
			if m := math.Mod(u+4000, 40); m < 2 {
				img[i*cols+j] = -1
			}
		}
	}
	log, err := imagelog.New(depth, img, cols)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func TestFillSheared(t *testing.T) {
	opt := Options{Rows: 64, Columns: 48, RowM: 0.005, Image: ImageTile, MaskChannel: true}
	g, err := NewGrid(steepLog(t, 400, 48, 0.005, 60, -25), opt)
	if err != nil {
		t.Fatal(err)
	}
	flat, same := make([]float32, opt.Size()), make([]float32, opt.Size())
	g.Fill(flat, 150)
	if c := g.FillSheared(same, 150, opt.Shift(0, 0)); c != 1 || !slices.Equal(flat, same) {
		t.Errorf("a shift of nothing is not Fill (coverage %g)", c)
	}
	x := make([]float32, opt.Size())
	if c := g.FillSheared(x, 150, opt.Shift(60, -25)); c != 1 {
		t.Errorf("coverage %g in the middle of a full log", c)
	}
	// Along its own attitude every row is one grey, but for the rounding of the shift at the lines' borders.
	uneven := 0
	for i := range opt.Rows {
		for j := 1; j < opt.Columns; j++ {
			if x[(i*opt.Columns+j)*2] != x[i*opt.Columns*2] {
				uneven++
			}
		}
	}
	if limit := opt.Rows * opt.Columns / 20; uneven > limit {
		t.Errorf("%d of %d pixels differ from the first of their row", uneven, opt.Rows*opt.Columns)
	}
	// At the base of the log the shift reaches beyond it: gaps, with mask 0.
	if c := g.FillSheared(x, g.Rows()-64, opt.Shift(60, -25)); c >= 0.95 || c <= 0.3 {
		t.Errorf("coverage %g at the base", c)
	}
	for i := 0; i < len(x); i += 2 {
		if x[i+1] == 0 && x[i] != 0 {
			t.Fatal("a gap has a grey")
		}
	}
}
