package pads

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/synth"
)

// plain returns a well of a preset, 4 m of it.
func plain(t testing.TB, preset string, rowM float64) *imagelog.Log {
	t.Helper()
	p, err := synth.PresetByName(preset)
	if err != nil {
		t.Fatal(err)
	}
	p.LengthM, p.RowM = 4, rowM
	l, _, err := p.Well(3)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// compare returns the share of the image's pixels that an assembled image shows too, the share of the assembled ones that the image
// has not, and the correlation of what both show. The images have the same rows and columns.
func compare(image, assembled *imagelog.Log) (found, invented, correlation float64) {
	var both, only, more, sa, sb, saa, sbb, sab float64
	a, b := image.Pixels(), assembled.Pixels()
	for i := range a {
		switch {
		case image.Mask[i] && assembled.Mask[i]:
			x, y := float64(a[i]), float64(b[i])
			both++
			sa, sb, saa, sbb, sab = sa+x, sb+y, saa+x*x, sbb+y*y, sab+x*y
		case image.Mask[i]:
			only++
		case assembled.Mask[i]:
			more++
		}
	}
	correlation = (both*sab - sa*sb) / math.Sqrt((both*saa-sa*sa)*(both*sbb-sb*sb))
	return both / (both + only), more / (both + more), correlation
}

// The tools of synthetic wells give the image that they were drawn with again, to the last bit: what their buttons read of it is all
// that is in it.
func TestRoundTripAsDrawn(t *testing.T) {
	for _, c := range []struct{ preset, tool string }{
		{"vertical", "eight-pads"}, {"six-arm", "six-arm"}, {"pad-flap", "pad-flap"}, {"high-angle", "eight-pads"}, {"noisy", "eight-pads"}, {"wide", "pad-flap"},
	} {
		image := plain(t, c.preset, 0.0025)
		got := roundTrip(t, image, tool(t, c.tool))
		found, invented, _ := compare(image, got)
		if !slices.Equal(got.Mask, image.Mask) {
			t.Errorf("%s: found %.6f, invented %.6f", c.preset, found, invented)
		}
		for i, seen := range image.Mask {
			if seen && got.Mask[i] && got.Pixels()[i] != image.Pixels()[i] {
				t.Fatalf("%s: pixel %d is %v, want %v", c.preset, i, got.Pixels()[i], image.Pixels()[i])
			}
		}
	}
}

// A tool whose rows and flaps lie apart gives the picture of the wall again: without equalisation pixel by pixel, but for the blur of
// two interpolations and what its flaps, 5.7 in lower, did not see; with it, but for the level of pads and buttons, which is what it
// takes away.
func TestRoundTripOfRowsApart(t *testing.T) {
	for _, c := range []struct {
		preset, tool string
		least        float64 // share of the pixels found again
	}{
		{"vertical", "eight-pads", 0.95}, {"six-arm", "six-arm", 0.93}, {"pad-flap", "pad-flap", 0.80}, {"high-angle", "eight-pads", 0.95},
		{"deviated", "eight-pads", 0.95},
	} {
		image := plain(t, c.preset, 0.00254)
		for _, equalised := range []bool{false, true} {
			tool, window := tool(t, c.tool), 0.0
			if equalised {
				window = 5
			}
			tool.Between, tool.EqualiseM = Linear, &window
			for i := range tool.Plates {
				flapIn := 5.7 * float64(i)
				tool.Plates[i].RowsIn = []float64{flapIn - 0.15, flapIn + 0.15}
			}
			found, invented, correlation := compare(image, roundTrip(t, image, tool))
			t.Logf("%s, equalised %v: found %.3f, invented %.3f, correlation %.4f", c.preset, equalised, found, invented, correlation)
			if found < c.least || invented > 0.03 || correlation < map[bool]float64{false: 0.97, true: 0.85}[equalised] {
				t.Errorf("%s, equalised %v: found %.3f, invented %.3f, correlation %.4f", c.preset, equalised, found, invented, correlation)
			}
		}
	}
}

// roundTrip assembles what a tool records of an image.
func roundTrip(t *testing.T, image *imagelog.Log, tool *Tool) *imagelog.Log {
	t.Helper()
	r, err := Record(image, tool)
	if err != nil {
		t.Fatal(err)
	}
	highSide := image.Reference == imagelog.RefHighSide
	got, err := Assemble(r, tool, Options{HighSide: highSide})
	if err != nil {
		t.Fatal(err)
	}
	if got.Columns() != image.Columns() || !slices.Equal(got.DepthM, image.DepthM) || highSide != (got.Reference == imagelog.RefHighSide) {
		t.Fatalf("%d x %d for %d x %d, reference %s", got.Rows(), got.Columns(), image.Rows(), image.Columns(), got.Reference)
	}
	return got
}

// Columns of 45 degrees are centred at 22.5, 67.5, 112.5, 157.5 and 202.5. Buttons at 62 and 75 degrees read 1 and 2, the last one 8.
func TestFill(t *testing.T) {
	for name, c := range map[string]struct {
		between    Between
		spacingDeg float64
		lastDeg    float64
		want       []float32 // of the columns; -1 for a gap
	}{
		"linear, no button is missing": {Linear, 86, 160, []float32{1, 1 + 5.5/13, 2 + 6*37.5/85, 2 + 6*82.5/85, 8}},
		"linear, a gap":                {Linear, 15, 160, []float32{-1, 1 + 5.5/13, -1, 8, -1}}, // from 82.5 to 152.5
		"nearest, wide plates":         {Nearest, 86, 160, []float32{1, 1, 2, 8, 8}},            // changes at 68.5 and 117.5
		"nearest, one column empty":    {Nearest, 15, 160, []float32{-1, 1, 2, 8, -1}},
		"nearest, two columns empty":   {Nearest, 15, 190, []float32{-1, 1, -1, -1, 8}}, // 115 degrees are more than two columns
	} {
		spots := []spot{{62, 1}, {75, 2}, {c.lastDeg, 8}}
		line, weight := make([]float32, 8), make([]float32, 8)
		(&Tool{Between: c.between}).fill(line, weight, spots, c.spacingDeg)
		for j := range line {
			want := float32(-1)
			if j < len(c.want) {
				want = c.want[j]
			}
			if (want < 0) != (weight[j] == 0) || want >= 0 && math.Abs(float64(line[j]/weight[j]-want)) > 1e-5 {
				t.Errorf("%s: column %d is %v of weight %v, want %v", name, j, line[j], weight[j], want)
			}
		}
	}
}

// one is a tool of two arms with two buttons each, in rows 0.1 m apart, in a hole of 2 m round (for easy sums: 1 in of arc is
// 360/200 degrees, were the inch a centimetre).
func one() *Tool {
	off := 0.0
	return &Tool{Name: "one", Arms: 2, Signal: Resistivity, Columns: 8, EqualiseM: &off, Plates: []Plate{{
		Buttons: 2, SpacingIn: 10, RowsIn: []float64{0, 0.2 / metresPerInch}, Channels: [][]string{{"A", "B"}},
	}}, Calipers: []Caliper{{Arms: []int{1, 2}, Mnemonics: []string{"C"}, Measures: Diameter}}}
}

// A hole of 80/pi inches: every column of 45 degrees is 10 in wide, as far as the buttons are apart. Pad 1 looks to 45 degrees: its
// buttons lie in the middle of columns 0 and 1, those of pad 2 in 4 and 5. The second one of a pad reads 0.2 m, two rows, deeper.
func TestPlaces(t *testing.T) {
	diameter := 80 / math.Pi
	for _, up := range []bool{false, true} {
		r := &Recording{Pads: make([][]float32, 2), CaliperIn: [][]float64{nil}}
		for i := range 6 {
			row := i
			if up {
				row = 5 - i
			}
			r.DepthM = append(r.DepthM, 100+0.1*float64(row))
			r.P1NODeg = append(r.P1NODeg, 45)
			r.CaliperIn[0] = append(r.CaliperIn[0], diameter)
			for pad := range 2 {
				// A button reads 10 x the number of the row that it looks at, and 1 for pad 2.
				r.Pads[pad] = append(r.Pads[pad], float32(10*row+pad), float32(10*(row+2)+pad))
			}
		}
		l, err := Assemble(r, one(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		for row := range 6 {
			for column, want := range map[int]float32{0: float32(10 * row), 1: float32(10 * row), 4: float32(10*row + 1), 5: float32(10*row + 1), 3: -1, 7: -1} {
				if (column == 1 || column == 5) && row < 2 {
					want = -1 // the second row of buttons came by above the log only
				}
				k := row*8 + column
				if l.Mask[k] != (want >= 0) || want >= 0 && math.Abs(float64(l.Pixels()[k]-want)) > 1e-3 {
					t.Errorf("up %v, row %d, column %d: %v (seen %v), want %v", up, row, column, l.Pixels()[k], l.Mask[k], want)
				}
			}
		}
		if l.C1In[0] != diameter || l.P1NODeg[5] != 45 || l.Reference != imagelog.RefUnknown {
			t.Errorf("curves %v %v, reference %s", l.C1In, l.P1NODeg, l.Reference)
		}
	}
}

// A tool that sticks and slips makes an image of wavy depths; with its accelerometer the beds are level with the truth again.
func TestAssembleCorrectsSpeed(t *testing.T) {
	tool := one()
	tool.Plates[0].RowsIn = []float64{0, 0}
	tool.Plates[0].RowsIn = tool.Plates[0].RowsIn[:1]
	bed := func(z float64) float64 { return math.Sin(2 * math.Pi * z / 0.4) }
	wrong := func(correct bool) float64 {
		r, trueM := stickSlip(4000, 1, 0)
		r.Pads = make([][]float32, 2)
		for _, z := range trueM {
			r.P1NODeg = append(r.P1NODeg, 45)
			r.BSIn = append(r.BSIn, 80/math.Pi)
			for pad := range r.Pads {
				r.Pads[pad] = append(r.Pads[pad], float32(bed(z)), float32(bed(z)))
			}
		}
		if !correct {
			r.AccelMPerS2 = nil
		}
		l, err := Assemble(r, tool, Options{})
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join(l.Warnings, "\n")
		if strings.Contains(text, "accelerometer, by up to") != correct || !strings.Contains(text, "as large as the bit") {
			t.Errorf("warnings %q", text)
		}
		sum, n := 0.0, 0.0
		for i, z := range l.DepthM {
			if l.Mask[i*8] {
				d := float64(l.Pixels()[i*8]) - bed(z)
				sum, n = sum+d*d, n+1
			}
		}
		if n < 0.9*float64(l.Rows()) {
			t.Errorf("correct %v: only %v of %d rows seen", correct, n, l.Rows())
		}
		return math.Sqrt(sum / n)
	}
	before, after := wrong(false), wrong(true)
	t.Logf("misfit %.3f before, %.3f after", before, after)
	if !(after < before/4) {
		t.Errorf("misfit %.3f before, %.3f after", before, after)
	}
}

func TestAssembleErrors(t *testing.T) {
	good := func() *Recording {
		return &Recording{DepthM: []float64{1, 2}, Pads: [][]float32{{1, 2, 3, 4}, nil}, P1NODeg: []float64{0, 0}, BSIn: []float64{8, 8}}
	}
	for name, c := range map[string]struct {
		spoil func(r *Recording)
		want  error // nil for any
	}{
		"no orientation": {func(r *Recording) { r.P1NODeg = nil }, ErrNoOrientation},
		"no hole size":   {func(r *Recording) { r.BSIn = nil }, ErrNoCaliper},
		"no depth":       {func(r *Recording) { r.DepthM = []float64{math.NaN(), math.NaN()} }, imagelog.ErrNoData},
		"no readings":    {func(r *Recording) { r.Pads[0] = nil }, imagelog.ErrNoData},
		"rows":           {func(r *Recording) { r.DepthM = nil }, nil},
		"pads":           {func(r *Recording) { r.Pads = r.Pads[:1] }, nil},
		"readings":       {func(r *Recording) { r.Pads[0] = r.Pads[0][:3] }, nil},
		"calipers":       {func(r *Recording) { r.CaliperIn = make([][]float64, 2) }, nil},
		"curve":          {func(r *Recording) { r.BSIn = r.BSIn[:1] }, nil},
	} {
		r := good()
		c.spoil(r)
		if _, err := Assemble(r, one(), Options{}); err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	l, err := Assemble(good(), one(), Options{})
	if err != nil || !strings.Contains(strings.Join(l.Warnings, "\n"), "1 of 2 pads have no channel") {
		t.Errorf("%v: %v", l, err)
	}
}
