package tile

import (
	"math"
	"slices"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// steepLog is a full-cover log of dark lines along u = d + a cos + b sin, every 40 rows.
func steepLog(t *testing.T, rows, cols int, rowM, a, b float64) *imagelog.Log {
	t.Helper()
	cos, sin := dip.ColumnAzimuths(cols)
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

func TestFromTallPatch(t *testing.T) {
	opt := Options{Rows: 64, Columns: 48, RowM: 0.005, Image: ImageTile, MaskChannel: true}
	const pad, a, b = 70, 60.0, -25.0
	log := steepLog(t, opt.Rows+2*pad, 48, opt.RowM, a, b)
	inside := picks.New(dip.Bedding, dip.Sinusoid{DepthM: 100 + (pad+10)*opt.RowM, AzimuthDeg: math.Atan2(b, a) * 180 / math.Pi})
	inside.AmplitudeM = math.Hypot(a, b) * opt.RowM
	above := inside
	above.DepthM = 100 + (pad-3)*opt.RowM
	x := make([]float32, opt.Size())
	labels, err := FromTallPatch(log, []picks.Pick{above, inside}, opt, pad, a+2, b-1, x)
	if err != nil {
		t.Fatal(err)
	}
	if len(labels) != 1 {
		t.Fatalf("labels %v, want the one with its midline inside", labels)
	}
	if l := labels[0]; math.Abs(l.D-10) > 1e-6 || math.Abs(l.A+2) > 1e-6 || math.Abs(l.B-1) > 1e-6 {
		t.Errorf("label %+v, want D 10 and what is left of the attitude, A -2, B 1", l)
	}
	if _, err := FromTallPatch(log, nil, opt, pad, 70, 10, x); err == nil {
		t.Error("an attitude beyond the pad is accepted")
	}
	if _, err := FromTallPatch(log, nil, opt, pad+1, 0, 0, x); err == nil {
		t.Error("a patch of another height is accepted")
	}
}
