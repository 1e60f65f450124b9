package wellfile

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dlis"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/las"
	"github.com/geobfdt/geobfdt/internal/lis"
	"github.com/geobfdt/geobfdt/internal/pads"
	"github.com/geobfdt/geobfdt/internal/shareddata"
	"github.com/geobfdt/geobfdt/internal/synth"
)

// padWell is 3 m of a synthetic well of a preset.
func padWell(t *testing.T, preset string) *imagelog.Log {
	t.Helper()
	p, err := synth.PresetByName(preset)
	if err != nil {
		t.Fatal(err)
	}
	p.LengthM = 3
	l, _, err := p.Well(2)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// A DLIS file that holds an image and the azimuth of pad 1 at fine sampling, orientation at coarse, and raw pads, in feet down or in
// metres up: the image comes back pixel by pixel, and so it does from the pads of the tool that it was drawn with. Those of an FMI, whose
// rows and flaps lie apart, give nearly the same picture.
func TestWriteDLIS(t *testing.T) {
	for _, c := range []struct {
		preset, tool string
		opt          WriteOptions
	}{
		{"vertical", "eight-pads", WriteOptions{Feet: true}},
		{"high-angle", "eight-pads", WriteOptions{Up: true}},
		{"six-arm", "six-arm", WriteOptions{Feet: true, Up: true}},
		{"pad-flap", "pad-flap", WriteOptions{}},
		{"pad-flap", "fmi", WriteOptions{Feet: true}},
	} {
		want := padWell(t, c.preset)
		tool, err := pads.Find(c.tool)
		if err != nil {
			t.Fatal(err)
		}
		c.opt.Pads = tool
		var file bytes.Buffer
		if err := WriteDLIS(&file, want, c.opt); err != nil {
			t.Fatal(err)
		}
		var contents Contents
		got, err := Read("w.dlis", bytes.NewReader(file.Bytes()), Options{OnContents: func(c Contents) { contents = c }})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.Pixels(), want.Pixels()) || !slices.Equal(got.Mask, want.Mask) || got.Reference != want.Reference || got.Well != want.Well {
			t.Errorf("%s: the image is another one", c.preset)
		}
		for i, d := range got.DepthM {
			if math.Abs(d-want.DepthM[i]) > 1e-9 || math.Abs(got.DeviDeg[i]-want.DeviDeg[i]) > 1e-9 || math.Abs(got.C1In[i]-want.C1In[i]) > 1e-9 ||
				math.Abs(math.Remainder(got.P1NODeg[i]-want.P1NODeg[i], 360)) > 1e-9 {
				t.Fatalf("%s, row %d: depth %v, deviation %v, caliper %v, pad 1 to %v", c.preset, i, d, got.DeviDeg[i], got.C1In[i], got.P1NODeg[i])
			}
		}
		if wanted := fmt.Sprintf("IMAGE (%d columns), pads (of %s, 192 buttons)", want.Columns(), c.tool); contents.Images != wanted {
			t.Errorf("%s: images %q", c.preset, contents.Images)
		}
		raw, err := Read("w.dlis", bytes.NewReader(file.Bytes()), Options{ImageChannel: "PADS"})
		if err != nil {
			t.Fatal(err)
		}
		if raw.Reference != want.Reference || raw.Rows() != want.Rows() {
			t.Errorf("%s: %d rows, reference %s", c.preset, raw.Rows(), raw.Reference)
		}
		if r := correlation(t, want, raw); r < 0.85 {
			t.Errorf("%s: pads of %s and image correlate by %.3f", c.preset, c.tool, r)
		}
		if c.tool != "fmi" && (!slices.Equal(raw.Mask, want.Mask) || !slices.Equal(raw.Pixels(), want.Pixels())) {
			t.Errorf("%s: the image of the pads is another one", c.preset)
		}
	}
}

// correlation compares two images of the same rows, the second one by the pixel at the centre of each column of the first.
func correlation(t *testing.T, a, b *imagelog.Log) float64 {
	t.Helper()
	var n, sa, sb, saa, sbb, sab float64
	for row := range a.Rows() {
		for j := range a.Columns() {
			k := row*b.Columns() + int((float64(j)+0.5)*float64(b.Columns())/float64(a.Columns()))
			if i := row*a.Columns() + j; a.Mask[i] && b.Mask[k] {
				x, y := float64(a.Pixels()[i]), float64(b.Pixels()[k])
				n, sa, sb, saa, sbb, sab = n+1, sa+x, sb+y, saa+x*x, sbb+y*y, sab+x*y
			}
		}
	}
	if n < 0.4*float64(len(a.Mask)) {
		t.Errorf("only %v of %d pixels are in both", n, len(a.Mask))
	}
	return (n*sab - sa*sb) / math.Sqrt((n*saa-sa*sa)*(n*sbb-sb*sb))
}

func TestWriteLAS(t *testing.T) {
	want := padWell(t, "lwd")
	var file bytes.Buffer
	if err := WriteLAS(&file, want, WriteOptions{Feet: true}); err != nil {
		t.Fatal(err)
	}
	got, err := Read("w.las", &file, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Pixels(), want.Pixels()) || got.Reference != want.Reference || math.Abs(got.DepthM[7]-want.DepthM[7]) > 1e-5 {
		t.Errorf("the image is another one")
	}
}

// fmiFile writes an FMI as it was recorded: buttons and accelerometer by depth and time in one frame, where more conductive is
// larger, and orientation as P1AZ in another. The wall is conductive at the north.
func fmiFile(t *testing.T, withImage bool) []byte {
	t.Helper()
	const rows = 400
	depth := channel("TDEP", "0.1 in", dlis.FDOUBL, 1)
	fine := frame("1B", "BOREHOLE-DEPTH", depth, channel("TIME", "ms", dlis.FDOUBL, 1), channel("AZ", "ft/s2", dlis.FSINGL, 1), channel("C1", "in", dlis.FSINGL, 1))
	for _, pad := range "ABCDEFGH" {
		fine.Channels = append(fine.Channels, channel("B"+string(pad), "", dlis.FSINGL, 2, 12))
	}
	if withImage {
		fine.Channels = append(fine.Channels, channel("FMI_DYN", "", dlis.FSINGL, 36))
	}
	coarse := frame("60B", "BOREHOLE-DEPTH", depth, channel("P1AZ", "deg", dlis.FSINGL, 1), channel("BS", "in", dlis.FSINGL, 1), channel("AZ", "deg", dlis.FSINGL, 1))
	var b bytes.Buffer
	w := dlis.NewWriter(&b, "test", false)
	w.FileHeader("raw", 1)
	w.Frames(fine, coarse)
	for i := range rows {
		at := []float64{float64(90000 - i)}
		values := [][]float64{at, {float64(20 * i)}, {32.174}, {8}}
		for range 8 {
			button := make([]float64, 24)
			for k := range button {
				button[k] = 100 + float64((i*7+k*3)%11)
			}
			values = append(values, button)
		}
		if withImage {
			values = append(values, make([]float64, 36))
		}
		w.Row(fine, i+1, values...)
		if i%60 == 0 || i == rows-1 {
			w.Row(coarse, i/60+1, at, []float64{30}, []float64{8.5}, []float64{123})
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRawFMI(t *testing.T) {
	l, err := Read("fmi.dlis", bytes.NewReader(fmiFile(t, false)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(l.Warnings, "\n")
	for _, want := range []string{"raw pads of fmi (8 pads, 192 buttons)", "placed by P1AZ", "corrected for the tool's motion", "P1AZ interpolated from frame 60B", "magnetic or true"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in warnings %q", want, text)
		}
	}
	if l.Rows() != 400 || l.Columns() != 360 || l.Reference != imagelog.RefUnknown || l.P1NODeg[0] != 30 || l.C1In[0] != 8 || l.BSIn[0] != 8.5 {
		t.Errorf("%d x %d, reference %s, pad 1 to %v, caliper %v", l.Rows(), l.Columns(), l.Reference, l.P1NODeg[0], l.C1In[0])
	}
	// Pad 1 is 24 buttons or 2.4 in wide and its middle at 30 degrees: with a radius of 4 in from 13 to 47 degrees.
	row := 200 * 360
	first, last := slices.Index(l.Mask[row:row+360], true), slices.Index(l.Mask[row+20:row+360], false)+19
	if first < 12 || first > 14 || last < 45 || last > 47 {
		t.Errorf("pad 1 covers columns %d to %d", first, last)
	}
	// A file that has an image, too, is read as the image; the pads when asked for.
	both := fmiFile(t, true)
	if l, err := Read("fmi.dlis", bytes.NewReader(both), Options{}); err != nil || l.Columns() != 36 {
		t.Errorf("image: %v", err)
	}
	tool, err := pads.Find("fmi")
	if err != nil {
		t.Fatal(err)
	}
	tool.Columns = 90
	if l, err := Read("fmi.dlis", bytes.NewReader(both), Options{Tool: tool}); err != nil || l.Columns() != 90 {
		t.Errorf("pads: %v", err)
	}
}

func TestRawPadsErrors(t *testing.T) {
	other, err := pads.Find("emi")
	if err != nil {
		t.Fatal(err)
	}
	depth := channel("TDEP", "m", dlis.FDOUBL, 1)
	four := frame("A", "BOREHOLE-DEPTH", depth)
	for k := range 4 {
		four.Channels = append(four.Channels, channel(fmt.Sprintf("PAD%d", k+1), "", dlis.FSINGL, 24))
	}
	image := frame("B", "BOREHOLE-DEPTH", depth, channel("FMI", "", dlis.FSINGL, 36))
	star := frame("A", "BOREHOLE-DEPTH", depth)
	for k := range 6 {
		star.Channels = append(star.Channels, channel(fmt.Sprintf("PAD%d", k+1), "", dlis.FSINGL, 24))
	}
	for name, c := range map[string]struct {
		data []byte
		opt  Options
		want error // nil: none
		text string
	}{
		"no pads":                  {dlisFile(t, 100, 0.01, image), Options{ImageChannel: "pads"}, ErrNoImage, "raw pads"},
		"pads of another tool":     {dlisFile(t, 100, 0.01, image), Options{Tool: other}, ErrNoImage, "emi"},
		"several tools":            {dlisFile(t, 100, 0.01, four), Options{}, ErrAmbiguous, "--tool"},
		"several tools, but image": {dlisFile(t, 100, 0.01, four, image), Options{}, nil, ""},
		"no orientation":           {dlisFile(t, 100, 0.01, star), Options{}, ErrNoImage, "P1AZ"},
	} {
		_, err := Read("x.dlis", bytes.NewReader(c.data), c.opt)
		if !errors.Is(err, c.want) || c.want != nil && !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// LAS holds buttons as curves: here those of an FMS, numbered by row and place.
func TestRawPadsLAS(t *testing.T) {
	names := []string{"P1AZ.deg", "C1.mm", "C2.mm"}
	for _, pad := range "ABCD" {
		for _, row := range []int{10, 20} {
			for k := range 8 {
				names = append(names, fmt.Sprintf("B%c%d.", pad, row+k+1))
			}
		}
	}
	var b strings.Builder
	b.WriteString("~V\nVERS. 2.0 : v\nWRAP. NO : w\n~W\nNULL. -999.25 : n\nWELL. U1580A : w\n~P\nAZREF. magnetic : r\nMDEC.deg -35 : d\n~C\nDEPT.m : d\n")
	for _, n := range names {
		fmt.Fprintf(&b, "%s : c\n", n)
	}
	b.WriteString("~A\n")
	for row := range 200 {
		fmt.Fprintf(&b, "%.4f 90 254 254", 300+0.0025*float64(row))
		for k := range names[3:] {
			fmt.Fprintf(&b, " %d", (row*5+k*k)%17)
		}
		b.WriteByte('\n')
	}
	l, err := Read("fms.las", strings.NewReader(b.String()), Options{})
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, ok := range l.Mask[100*360 : 101*360] {
		if ok {
			seen++
		}
	}
	// Four pads of 1.6 in in a hole of 10 in: 6.4 of 31.4 in are a fifth of the wall.
	if l.Well != "U1580A" || l.Reference != imagelog.RefMagnetic || l.DeclinationDeg != -35 || seen < 70 || seen > 76 {
		t.Errorf("well %q, reference %s %v, %d columns seen", l.Well, l.Reference, l.DeclinationDeg, seen)
	}
}

// LIS79 has the buttons of a pad as one channel, sampled several times in a frame.
func TestRawPadsLIS(t *testing.T) {
	channels := []lisChannel{{"P1AZ", "DEG ", 1, 1}, {"C1  ", "IN  ", 1, 1}}
	for _, pad := range "ABCD" {
		channels = append(channels, lisChannel{"B" + string(pad) + "  ", "", 2, 16})
	}
	data := lisFile(40, 2, channels...)
	file, err := lis.Open(bytes.NewReader(data), int64(len(data)), lis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	format := file.LogicalFiles[0].Formats[0]
	depth, ok := findLISDepth(format)
	if !ok {
		t.Fatal("no depth")
	}
	// Frame i holds 100 i + position: P1AZ 100 i, C1 100 i + 1, BA from 100 i + 2, its second sample from 100 i + 18.
	row := 0
	var first, second []float32
	depths := []float64{}
	err = lisSource{format, depth}.visit([]int{0, 2}, func(r padRow) {
		if row == 4 {
			first = r.Float32s(nil, 1)
		}
		if row == 5 {
			second = r.Float32s(nil, 1)
			if r.Float64(0) != 200 {
				t.Errorf("P1AZ of frame 2: %v", r.Float64(0))
			}
		}
		depths = append(depths, r.depthM())
		row++
	})
	if err != nil || row != 80 || len(first) != 16 || first[0] != 202 || second[15] != 233 {
		t.Fatalf("%d rows, %v, %v: %v", row, first, second, err)
	}
	if step := depths[5] - depths[4]; math.Abs(step+0.00254) > 1e-9 {
		t.Errorf("step %v", step)
	}
	l, err := Read("fms.lis", bytes.NewReader(data), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if l.Well != "FORGE 16A" || l.Rows() != 80 || l.Columns() != 360 {
		t.Errorf("well %q, %d x %d", l.Well, l.Rows(), l.Columns())
	}
}

// The curves of a real dipmeter run obey tan(P1AZ - HAZI) = tan(RB) / cos(DEVI), which is how pads are placed.
func TestRealPadOne(t *testing.T) {
	data := shareddata.Path(t, "lis/DILLSON-1_WELL_LOGS_FILE-049.LIS_0.las")
	curves := readLASCurves(t, data, "P1AZ", "HAZI", "RB", "DEVI")
	checked, worst := 0, 0.0
	for i := range curves[0] {
		p1az, hazi, rb, devi := curves[0][i], curves[1][i], curves[2][i], curves[3][i]
		if p1az+hazi+rb+devi != p1az+hazi+rb+devi || devi < 1 {
			continue
		}
		sin, cos := math.Sincos(rb * math.Pi / 180)
		want := hazi + math.Atan2(sin, cos*math.Cos(devi*math.Pi/180))*180/math.Pi
		worst = max(worst, math.Abs(math.Remainder(p1az-want, 360)))
		checked++
	}
	t.Logf("%d rows, at most %.2f degrees off", checked, worst)
	if checked < 30 || worst > 0.2 {
		t.Errorf("%d rows, at most %.2f degrees off", checked, worst)
	}
}

func TestUnits(t *testing.T) {
	for _, c := range []struct {
		convert func(string) (float64, bool)
		unit    string
		want    float64
	}{
		{accelerationFactor, "m/s2", 1}, {accelerationFactor, "FT/S2", 0.3048}, {accelerationFactor, "gn", 9.80665}, {accelerationFactor, "deg", 0},
		{timeFactor, "MS", 1e-3}, {timeFactor, "0.5 ms", 5e-4}, {timeFactor, "h", 3600}, {timeFactor, "", 0},
		{speedFactor, "ft/h", 0.3048 / 3600}, {speedFactor, "M/HR", 1. / 3600}, {speedFactor, "F/MIN", 0.3048 / 60}, {speedFactor, "m/min", 1. / 60}, {speedFactor, "rpm", 0},
	} {
		got, known := c.convert(c.unit)
		if known != (c.want != 0) || known && math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%q: %v, %v", c.unit, got, known)
		}
	}
}

// readLASCurves returns curves of a LAS file by name.
func readLASCurves(t *testing.T, path string, names ...string) [][]float64 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	file, err := las.Read(f, las.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var out [][]float64
	for _, name := range names {
		i := slices.IndexFunc(file.Curves, func(c las.Curve) bool { return c.Mnemonic == name })
		if i < 0 {
			t.Fatalf("%s has no %s", path, name)
		}
		out = append(out, file.Curves[i].Values)
	}
	return out
}
