package tile

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// TestPublishedTiling: 60 m in tiles of 100 rows of 2.54 mm are the 236 patches of the published system.
func TestPublishedTiling(t *testing.T) {
	opt := testOptions()
	opt.Rows, opt.Columns, opt.RowM, opt.Overlap = 100, 8, 0.00254, 0
	log := testLog(t, "first", 1000, 0.01, 6000, 8, func(i, j int) float64 { return float64(i % 7) })
	g, err := NewGrid(log, opt)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(g.Starts(opt.Overlap)); n != 236 {
		t.Errorf("%d tiles, want 236", n)
	}
	if math.Abs(g.TopM()-1000) > 1e-9 || math.Abs(g.BaseM()-1060) > opt.RowM {
		t.Errorf("grid from %.4f to %.4f m, want 1000 to 1060", g.TopM(), g.BaseM())
	}
}

func TestStarts(t *testing.T) {
	opt := testOptions()
	opt.Rows = 100
	for _, tc := range []struct {
		rows    int
		overlap float64
		want    []int
	}{
		{300, 0, []int{0, 100, 200}},
		{350, 0, []int{0, 100, 200}},
		{300, 0.5, []int{0, 50, 100, 150, 200}},
		{310, 0.5, []int{0, 50, 100, 150, 200, 210}},
		{250, 0.25, []int{0, 75, 150}},
		{100, 0.5, []int{0}},
		{30, 0, []int{0}},
		{103, 0.9, []int{0, 3}},
	} {
		g := &Grid{opt: opt, rows: tc.rows}
		if got := g.Starts(tc.overlap); !slices.Equal(got, tc.want) {
			t.Errorf("%d rows, overlap %g: tiles start at %v, want %v", tc.rows, tc.overlap, got, tc.want)
		}
	}
}

func TestFillNormalisations(t *testing.T) {
	log := testLog(t, "w", 500, 0.005, 200, 48, ramp)
	for _, image := range []string{ImageTile, ImageStatic, ImageDynamic, ImageBoth} {
		for _, mask := range []bool{true, false} {
			opt := testOptions()
			opt.Image, opt.MaskChannel, opt.DynamicM = image, mask, 0.5
			g, err := NewGrid(log, opt)
			if err != nil {
				t.Fatal(err)
			}
			x := make([]float32, opt.Size())
			for i := range x {
				x[i] = float32(math.NaN()) // Fill must write every value
			}
			g.Fill(x, 37)
			ch := opt.Channels()
			var sum, squares, n float64
			for p := range opt.Rows * opt.Columns {
				gap := p%opt.Columns%12 == 0
				for c := range ch {
					v := float64(x[p*ch+c])
					if v != v || math.Abs(v) > clip || gap && v != 0 {
						t.Fatalf("image %s, pixel %d, channel %d: %g (gap: %v)", image, p, c, v, gap)
					}
				}
				if mask && !gap && x[p*ch+ch-1] != 1 {
					t.Fatalf("image %s, pixel %d: mask is %g", image, p, x[p*ch+ch-1])
				}
				if !gap {
					v := float64(x[p*ch])
					sum, squares, n = sum+v, squares+v*v, n+1
				}
			}
			if image == ImageTile {
				mean, std := sum/n, math.Sqrt(squares/n)
				if math.Abs(mean) > 1e-5 || math.Abs(std-1) > 0.01 {
					t.Errorf("tile has mean %g and deviation %g, want 0 and 1", mean, std)
				}
			}
			if image == ImageBoth && slices.Equal(channel(x, ch, 0), channel(x, ch, 1)) {
				t.Error("static and dynamic channels are the same")
			}
		}
	}
}

func channel(x []float32, ch, c int) []float32 {
	var out []float32
	for i := c; i < len(x); i += ch {
		out = append(out, x[i])
	}
	return out
}

// TestFillIgnoresGreyRange: wells of 0-15, 0-255 and of tiny units look alike.
func TestFillIgnoresGreyRange(t *testing.T) {
	opt := testOptions()
	want := make([]float32, opt.Size())
	for k, f := range []struct{ gain, offset float64 }{{1, 0}, {1e-4, 3e-4}, {1000, -7000}} {
		g, err := NewGrid(testLog(t, "w", 500, 0.005, 64, 48, func(i, j int) float64 { return f.gain*ramp(i, j) + f.offset }), opt)
		if err != nil {
			t.Fatal(err)
		}
		x := make([]float32, opt.Size())
		g.Fill(x, 0)
		if k == 0 {
			copy(want, x)
			continue
		}
		for i := range x {
			if math.Abs(float64(x[i]-want[i])) > 1e-3 {
				t.Fatalf("gain %g: value %d is %g, want %g", f.gain, i, x[i], want[i])
			}
		}
	}
}

func TestFillPadsShortLogs(t *testing.T) {
	opt := testOptions()
	g, err := NewGrid(testLog(t, "short", 500, 0.005, 20, 48, ramp), opt)
	if err != nil {
		t.Fatal(err)
	}
	if got := g.Starts(0.5); !slices.Equal(got, []int{0}) {
		t.Fatalf("tiles start at %v, want one at 0", got)
	}
	s := g.Sample(0)
	x := s.X.Data().([]float32)
	if shape := s.X.Shape(); shape[0] != opt.Rows || shape[1] != opt.Columns || shape[2] != 2 {
		t.Errorf("shape %v", shape)
	}
	if x[2*(19*48+5)+1] != 1 || slices.ContainsFunc(x[2*20*48:], func(v float32) bool { return v != 0 }) {
		t.Error("rows below the log are not gaps")
	}
	for _, start := range []int{-10, 15, -1000, 1000} {
		g.Fill(x, start)
		for i := range opt.Rows {
			want := float32(0)
			if r := i + start; r >= 0 && r < 20 {
				want = 1
			}
			if got := x[2*(i*48+5)+1]; got != want {
				t.Fatalf("tile at %d: mask of row %d is %g, want %g", start, i, got, want)
			}
		}
	}
}

func TestNewGridRefuses(t *testing.T) {
	log := testLog(t, "w", 500, 0.005, 100, 48, ramp)
	for name, change := range map[string]func(*Options){
		"rows": func(o *Options) { o.Rows = 0 }, "columns": func(o *Options) { o.Columns = -1 }, "row_m": func(o *Options) { o.RowM = math.NaN() },
		"image": func(o *Options) { o.Image = "grey" }, "dynamic_m": func(o *Options) { o.Image, o.DynamicM = ImageBoth, 0 },
		"overlap": func(o *Options) { o.Overlap = 1 }, "size": func(o *Options) { o.Rows = 1 << 40 },
	} {
		opt := testOptions()
		change(&opt)
		if _, err := NewGrid(log, opt); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for i := range log.Mask {
		log.Mask[i] = false
	}
	if _, err := NewGrid(log, testOptions()); !errors.Is(err, imagelog.ErrNoData) {
		t.Errorf("log without a valid pixel: %v, want ErrNoData", err)
	}
}

// TestLabels: depth, amplitude and azimuth of picks in rows of the tile.
func TestLabels(t *testing.T) {
	opt := testOptions()
	log := testLog(t, "w", 500, 0.005, 200, 48, ramp)
	log.BSIn = slices.Repeat([]float64{6}, 200)
	g, err := NewGrid(log, opt)
	if err != nil {
		t.Fatal(err)
	}
	start := 40 // tile from 500.2 to 500.52 m
	measured := pickAt(500.3, dip.Fracture)
	measured.AmplitudeM = 0.05
	known := pickAt(500.25, dip.Bedding)
	bit := pickAt(500.4, dip.Bedding)
	bit.HoleDiameterM = math.NaN()
	truth := []picks.Pick{pickAt(500.19, dip.Bedding), known, measured, bit, pickAt(500.525, dip.Bedding)}
	got := g.Labels(truth, start)
	tan := math.Tan(20 * math.Pi / 180)
	want := []Label{
		{dip.Bedding, 10, 0, 0.2159 / 2 * tan / 0.005},
		{dip.Fracture, 20, 0, 10},
		{dip.Bedding, 40, 0, 6 * 0.0254 / 2 * tan / 0.005},
	}
	if len(got) != len(want) {
		t.Fatalf("labels %+v, want %+v", got, want)
	}
	for i, w := range want {
		if g := got[i]; g.Class != w.Class || math.Abs(g.D-w.D)+math.Abs(g.A-w.A)+math.Abs(g.B-w.B) > 1e-6 {
			t.Errorf("label %d is %+v, want %+v", i, g, w)
		}
	}
}

// TestLabelsMeetTheImage draws a line on a log in metres and compares its centre of mass on the grid with its label, column by
// column.
func TestLabelsMeetTheImage(t *testing.T) {
	opt := testOptions()
	p := pickAt(700.31, dip.Fracture)
	p.DipDeg, p.AzimuthDeg = 25, 250
	log := testLog(t, "w", 700, 0.0025, 320, 192, func(i, j int) float64 {
		azimuth := (float64(j) + 0.5) * 360 / 192
		z := 700 + (float64(i)+0.5)*0.0025 - p.DepthAt(azimuth, 0.2159)
		return 90 - 50*math.Exp(-0.5*z*z/(0.005*0.005))
	})
	g, err := NewGrid(log, opt)
	if err != nil {
		t.Fatal(err)
	}
	const start = 30
	labels := g.Labels([]picks.Pick{p}, start)
	if len(labels) != 1 {
		t.Fatalf("%d labels, want 1", len(labels))
	}
	l := labels[0]
	cos, sin := dip.ColumnAzimuths(opt.Columns)
	for j := range opt.Columns {
		var sum, weight float64
		for i := range opt.Rows {
			dark := 90 - float64(g.Image()[(start+i)*opt.Columns+j])
			sum, weight = sum+dark*(float64(i)+0.5), weight+dark
		}
		if u := l.D + l.A*cos[j] + l.B*sin[j]; math.Abs(sum/weight-u) > 0.02 {
			t.Errorf("column %d: line at row %.3f, label at %.3f", j, sum/weight, u)
		}
	}
}

func TestFromPatchAgreesWithGrid(t *testing.T) {
	opt := testOptions()
	log := testLog(t, "w", 500, opt.RowM, opt.Rows, opt.Columns, ramp)
	truth := []picks.Pick{pickAt(500.1, dip.Bedding), pickAt(499.9, dip.Bedding), pickAt(500.2, dip.Fracture)}
	x, want := make([]float32, opt.Size()), make([]float32, opt.Size())
	labels, err := FromPatch(log, truth, opt, x)
	if err != nil {
		t.Fatal(err)
	}
	g, err := NewGrid(log, opt)
	if err != nil {
		t.Fatal(err)
	}
	g.Fill(want, 0)
	for i := range x {
		if math.Abs(float64(x[i]-want[i])) > 1e-4 {
			t.Fatalf("value %d is %g, the grid gives %g", i, x[i], want[i])
		}
	}
	if other := g.Labels(truth, 0); !slices.Equal(labels, other) || len(labels) != 2 {
		t.Errorf("labels %+v, the grid gives %+v", labels, other)
	}
}

func TestFromPatchRefuses(t *testing.T) {
	good := testOptions()
	log := testLog(t, "w", 500, good.RowM, good.Rows, good.Columns, ramp)
	x := make([]float32, good.Size())
	for name, change := range map[string]func(*Options){
		"static": func(o *Options) { o.Image = ImageStatic }, "both": func(o *Options) { o.Image = ImageBoth },
		"rows": func(o *Options) { o.Rows = 32 }, "columns": func(o *Options) { o.Columns = 24 }, "row height": func(o *Options) { o.RowM = 0.01 },
		"buffer": func(o *Options) { o.MaskChannel = false },
	} {
		opt := good
		change(&opt)
		if _, err := FromPatch(log, nil, opt, x); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestCheckLabels(t *testing.T) {
	g, err := NewGrid(testLog(t, "Alpha-1", 500, 0.005, 200, 48, ramp), testOptions())
	if err != nil {
		t.Fatal(err)
	}
	if err := g.CheckLabels([]picks.Pick{pickAt(500, dip.Bedding), pickAt(501, dip.Bedding)}); err != nil {
		t.Errorf("labels on the edges: %v", err)
	}
	err = g.CheckLabels([]picks.Pick{pickAt(500.5, dip.Bedding), pickAt(1641.2, dip.Bedding), pickAt(math.NaN(), dip.Bedding)})
	var outside *LabelOutsideError
	if !errors.Is(err, ErrLabelOutside) || !errors.As(err, &outside) {
		t.Fatalf("error %v, want ErrLabelOutside", err)
	}
	if outside.Well != "Alpha-1" || outside.Index != 1 || outside.DepthM != 1641.2 || outside.Count != 2 {
		t.Errorf("error says %+v", outside)
	}
}
