package wellfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dlis"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/shareddata"
)

func channel(name, unit string, code dlis.Code, dimension ...int) *dlis.Channel {
	return &dlis.Channel{Name: dlis.ObName{Origin: 1, ID: name}, Units: unit, Code: code, Dimension: dimension}
}

func frame(name, index string, channels ...*dlis.Channel) *dlis.Frame {
	return &dlis.Frame{Name: dlis.ObName{Origin: 1, ID: name}, IndexType: index, Channels: channels}
}

// dlisFile writes a logical file with 50 rows in each frame. The first channel of a frame is start + step*row, elements of others are
// 10*row + position of the channel + element/100.
func dlisFile(t testing.TB, start, step float64, frames ...*dlis.Frame) []byte {
	t.Helper()
	var b bytes.Buffer
	w := dlis.NewWriter(&b, "test", false)
	w.FileHeader("test", 1)
	w.Set("ORIGIN", []string{"FILE-ID", "WELL-NAME"}, dlis.ObjectSpec{Name: dlis.ObName{Origin: 1, ID: "O"}, Attrs: []dlis.Attr{
		dlis.TextAttr("test"), dlis.TextAttr("Forge 78B")}})
	w.Set("PARAMETER", []string{"VALUES"}, dlis.ObjectSpec{Name: dlis.ObName{Origin: 1, ID: "BS"}, Attrs: []dlis.Attr{dlis.NumberAttr(215.9, "mm")}})
	w.Frames(frames...)
	for row := range 50 {
		for _, f := range frames {
			values := make([][]float64, len(f.Channels))
			for i, c := range f.Channels {
				for e := range c.Elements() {
					v := float64(10*row+i) + float64(e)/100
					if i == 0 {
						v = start + step*float64(row)
					}
					values[i] = append(values[i], v)
				}
			}
			w.Row(f, row+1, values...)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestOpenDLISArray(t *testing.T) {
	image := frame("60B", "BOREHOLE-DEPTH", channel("TDEP", "0.1 in", dlis.FSINGL, 1), channel("FMI_DYN", "", dlis.FSINGL, 36, 1),
		channel("P1NO_FBST_S", "deg", dlis.FSINGL, 1), channel("WF", "", dlis.SNORM, 4, 20))
	image.IndexMin, image.IndexMax, image.HasRange = 89902, 90000, true
	other := frame("BIG", "BOREHOLE-DEPTH", channel("DEPT", "0.1 in", dlis.FDOUBL, 1), channel("DEVIM_S", "deg", dlis.FSINGL, 1),
		channel("HAZIM_S", "rad", dlis.FDOUBL, 1), channel("P1NO", "deg", dlis.FSINGL, 1))
	var contents []Contents
	data := dlisFile(t, 90000, -2, image, other)
	l, err := Read("w.dlis", bytes.NewReader(data), Options{NullValues: []float64{491.05}, OnContents: func(c Contents) { contents = append(contents, c) }})
	if err != nil {
		t.Fatal(err)
	}
	if l.Rows() != 50 || l.Columns() != 36 || l.Well != "Forge 78B" {
		t.Fatalf("%d x %d, well %q", l.Rows(), l.Columns(), l.Well)
	}
	// Logged up: the last row of the file is the first of the log.
	if math.Abs(l.DepthM[0]-(90000-98)*0.00254) > 1e-9 || math.Abs(l.DepthM[49]-228.6) > 1e-9 || l.Pixels()[35] != 491.35 || l.Mask[5] || !l.Mask[6] {
		t.Errorf("depth %v, pixels %v", l.DepthM[0], l.Pixels()[:36])
	}
	if l.P1NODeg[0] != 492 || math.Abs(l.DeviDeg[0]-491) > 1e-6 || l.BSIn[0] != 8.5 {
		t.Errorf("P1NO %v, deviation %v, bit size %v", l.P1NODeg[0], l.DeviDeg[0], l.BSIn[0])
	}
	if want := math.Mod(492*180/math.Pi, 360); math.Abs(l.HaziDeg[0]-want) > 1e-6 && math.Abs(l.HaziDeg[0]-492*180/math.Pi) > 1e-6 {
		t.Errorf("hole azimuth %v, want %v", l.HaziDeg[0], want)
	}
	text := strings.Join(l.Warnings, "\n")
	if !strings.Contains(text, "DEVIM_S, HAZIM_S interpolated from frame BIG") || !strings.Contains(text, "image taken from FMI_DYN (36 columns)") {
		t.Errorf("warnings %q", l.Warnings)
	}
	if len(contents) != 1 || len(contents[0].LogicalFiles) != 1 || len(contents[0].LogicalFiles[0].Frames) != 2 ||
		contents[0].LogicalFiles[0].Frames[0].Index != "TDEP" || contents[0].LogicalFiles[0].Frames[0].Records != 50 ||
		contents[0].LogicalFiles[0].Well != "Forge 78B" || contents[0].Images != "FMI_DYN (36 columns)" ||
		!slices.Equal(contents[0].LogicalFiles[0].Frames[0].Range, []float64{89902, 90000}) {
		t.Errorf("contents %+v", contents)
	}
}

// writeLog writes a log as DLIS: image and depth in one frame, the curves in another with every fifth row, and raw pads that are not
// the image.
func writeLog(t testing.TB, l *imagelog.Log, unit string, metres float64, up bool) []byte {
	t.Helper()
	depth := channel("TDEP", unit, dlis.FDOUBL, 1)
	image := frame("1B", "BOREHOLE-DEPTH", depth, channel("FMI_DYN", "", dlis.FSINGL, l.Columns()), channel("BUTTONS", "", dlis.SNORM, 4, 12))
	curves := frame("5B", "BOREHOLE-DEPTH", depth, channel("DEVI", "deg", dlis.FDOUBL, 1), channel("HAZI", "deg", dlis.FDOUBL, 1), channel("C1", "in", dlis.FDOUBL, 1))
	var b bytes.Buffer
	w := dlis.NewWriter(&b, "test", true)
	w.FileHeader("log", 1)
	w.Frames(image, curves)
	for i := range l.Rows() {
		row := i
		if up {
			row = l.Rows() - 1 - i
		}
		pixels := make([]float64, l.Columns())
		for j := range pixels {
			if pixels[j] = -999.25; l.Mask[row*l.Columns()+j] {
				pixels[j] = float64(l.Pixels()[row*l.Columns()+j])
			}
		}
		at := []float64{l.DepthM[row] / metres}
		w.Row(image, i+1, at, pixels, make([]float64, 48))
		if i%5 == 0 {
			w.Row(curves, i/5+1, at, l.DeviDeg[row:row+1], l.HaziDeg[row:row+1], l.C1In[row:row+1])
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A log comes back the same, in feet logged down and in metres logged up.
func TestDLISRoundTrip(t *testing.T) {
	const rows, columns = 301, 90
	depthM, pixels := make([]float64, rows), make([]float32, rows*columns)
	for i := range depthM {
		depthM[i] = 1200 + 0.0025*float64(i)
	}
	for i := range pixels {
		if pixels[i] = float32(math.Sin(float64(i) / 17)); i%columns < 20 {
			pixels[i] = float32(math.NaN())
		}
	}
	want, err := imagelog.New(depthM, pixels, columns)
	if err != nil {
		t.Fatal(err)
	}
	for i := range depthM { // curves that interpolation does not change; the azimuth passes north
		want.DeviDeg = append(want.DeviDeg, 30+0.01*float64(i))
		want.HaziDeg = append(want.HaziDeg, math.Mod(359+0.02*float64(i), 360))
		want.C1In = append(want.C1In, 8.5)
	}
	for _, c := range []struct {
		unit   string
		metres float64
		up     bool
	}{{"ft", 0.3048, false}, {"m", 1, true}} {
		got, err := Read("w.dlis", bytes.NewReader(writeLog(t, want, c.unit, c.metres, c.up)), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got.Rows() != rows || !slices.Equal(got.Mask, want.Mask) || !slices.Equal(got.Pixels(), want.Pixels()) {
			t.Fatalf("%s: the image differs", c.unit)
		}
		for i := range depthM {
			azimuth := math.Abs(math.Remainder(got.HaziDeg[i]-want.HaziDeg[i], 360))
			if math.Abs(got.DepthM[i]-depthM[i]) > 1e-9 || math.Abs(got.DeviDeg[i]-want.DeviDeg[i]) > 1e-6 || azimuth > 1e-6 || got.C1In[i] != 8.5 {
				t.Fatalf("%s: row %d: depth %v, deviation %v, azimuth %v", c.unit, i, got.DepthM[i], got.DeviDeg[i], got.HaziDeg[i])
			}
		}
	}
}

func TestOpenDLISChoice(t *testing.T) {
	depth := channel("DEPT", "ft", dlis.FDOUBL, 1)
	array := func(name string, columns int) *dlis.Channel { return channel(name, "", dlis.FSINGL, columns) }
	numbered := func(pattern string, n int) []*dlis.Channel {
		out := []*dlis.Channel{depth}
		for _, name := range numberedCurves(pattern, 1, n) {
			out = append(out, channel(name, "", dlis.FSINGL, 1))
		}
		return out
	}
	time := channel("TIME", "ms", dlis.FSINGL, 1)
	for _, c := range []struct {
		name    string
		frames  []*dlis.Frame
		channel string
		columns int
		first   float32 // pixel of row 0, column 0
		want    error
		says    string
	}{
		{"the only array", []*dlis.Frame{frame("F", "BOREHOLE-DEPTH", depth, array("X", 16))}, "", 16, 1, nil, ""},
		{"known among arrays", []*dlis.Frame{frame("F", "BOREHOLE-DEPTH", depth, array("WF1", 500), array("FMI", 24))}, "", 24, 2, nil, ""},
		{"two images", []*dlis.Frame{frame("F", "BOREHOLE-DEPTH", depth, array("FMI_DYN", 16), array("FMI_STAT", 16))}, "", 0, 0, ErrAmbiguous, "FMI_DYN (16 columns), FMI_STAT (16 columns)"},
		{"named", []*dlis.Frame{frame("F", "BOREHOLE-DEPTH", depth, array("FMI_DYN", 16), array("FMI_STAT", 16))}, "fmi_stat", 16, 2, nil, ""},
		{"one name in two frames", []*dlis.Frame{frame("F", "BOREHOLE-DEPTH", depth, array("FMI", 16)), frame("G", "BOREHOLE-DEPTH", depth, array("FMI", 16))},
			"FMI", 0, 0, ErrAmbiguous, "F/FMI (16 columns), G/FMI (16 columns)"},
		{"frame named", []*dlis.Frame{frame("F", "BOREHOLE-DEPTH", depth, time, array("FMI", 16)), frame("G", "BOREHOLE-DEPTH", depth, array("FMI", 16))},
			"1/g/fmi", 16, 1, nil, ""},
		{"unknown name", []*dlis.Frame{frame("F", "BOREHOLE-DEPTH", depth, array("FMI", 16))}, "CMI", 0, 0, ErrNoImage, "there are FMI (16 columns)"},
		{"numbered", []*dlis.Frame{frame("F", "BOREHOLE-DEPTH", numbered("ABDC%dM", 16)...)}, "", 16, 1, nil, ""},
		{"numbered, named", []*dlis.Frame{frame("F", "BOREHOLE-DEPTH", append(numbered("A%d", 8), array("FMI", 9))...)}, "F/a", 8, 1, nil, ""},
		{"pads by buttons", []*dlis.Frame{frame("F", "BOREHOLE-DEPTH", depth, channel("PAD", "", dlis.FSINGL, 4, 12))}, "", 0, 0, ErrNoImage, "no image"},
		{"no depth", []*dlis.Frame{frame("F", "NON-STANDARD", time, array("FMI", 16))}, "", 0, 0, ErrNoImage, "no frame with depth"},
		{"scalars only", []*dlis.Frame{frame("F", "BOREHOLE-DEPTH", depth, time)}, "", 0, 0, ErrNoImage, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := Read("w.dlis", bytes.NewReader(dlisFile(t, 1000, 0.1, c.frames...)), Options{ImageChannel: c.channel})
			if c.want != nil {
				if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
					t.Errorf("error %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if l.Columns() != c.columns || l.Pixels()[0] != c.first || math.Abs(l.DepthM[0]-304.8) > 1e-9 {
				t.Errorf("%d columns, first pixel %v, depth %v", l.Columns(), l.Pixels()[0], l.DepthM[0])
			}
		})
	}
}

func TestDLISDepth(t *testing.T) {
	array := channel("FMI", "", dlis.USHORT, 12)
	spaced := frame("F", "", array)
	spaced.Spacing, spaced.SpacingUnit, spaced.IndexMin, spaced.IndexMax, spaced.HasRange, spaced.RangeUnit = -0.5, "m", 10000, 12450, true, "cm"
	for _, c := range []struct {
		name  string
		frame *dlis.Frame
		first float64
		says  string
	}{
		{"time with a depth beside it", frame("F", "NON-STANDARD", channel("TIME", "ms", dlis.SLONG, 1), channel("TDEP", "m", dlis.FSINGL, 1), array), 1, "depth taken from TDEP"},
		{"no index", frame("F", "", channel("DEPT", "cm", dlis.FDOUBL, 1), array), 10, ""},
		{"no unit", frame("F", "BOREHOLE-DEPTH", channel("DEPT", "", dlis.FDOUBL, 1), array), 1000, "has no unit"},
		{"vertical", frame("F", "VERTICAL-DEPTH", channel("DEPT", "m", dlis.FDOUBL, 1), array), 1000, "vertical depth"},
		{"spacing", spaced, 100, "counted from the frame's spacing"},
	} {
		l, err := Read("w.dlis", bytes.NewReader(dlisFile(t, 1000, 1, c.frame)), Options{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if math.Abs(l.DepthM[0]-c.first) > 1e-9 || !strings.Contains(strings.Join(l.Warnings, "\n"), c.says) {
			t.Errorf("%s: depth %v, warnings %q", c.name, l.DepthM[0], l.Warnings)
		}
	}
}

func TestOpenDLISDamaged(t *testing.T) {
	data := dlisFile(t, 1000, 1, frame("F", "BOREHOLE-DEPTH", channel("DEPT", "m", dlis.FDOUBL, 1), channel("FMI", "", dlis.FDOUBL, 90)))
	cut := data[:len(data)*2/3]
	_, err := Read("w.dlis", bytes.NewReader(cut), Options{})
	if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "--on-damage warn") {
		t.Errorf("error %v", err)
	}
	l, err := Read("w.dlis", bytes.NewReader(cut), Options{ReadDamaged: true})
	if err != nil || l.Rows() < 30 || l.Rows() > 34 || !strings.Contains(strings.Join(l.Warnings, "\n"), "the file is cut") {
		t.Errorf("what is left: %v", err)
	}
}

// Whatever a file says, reading it ends with a valid log or an error.
func TestOpenDLISNoise(t *testing.T) {
	good := dlisFile(t, 1000, 1, frame("F", "BOREHOLE-DEPTH", channel("DEPT", "m", dlis.FDOUBL, 1), channel("FMI", "", dlis.USHORT, 16), channel("DEVI", "deg", dlis.FSINGL, 1)),
		frame("G", "BOREHOLE-DEPTH", channel("DEPT", "m", dlis.FDOUBL, 1), channel("HAZI", "deg", dlis.FSINGL, 1)))
	rng := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		bad := bytes.Clone(good[:len(good)-rng.IntN(2)*rng.IntN(len(good))])
		for range rng.IntN(50) {
			bad[rng.IntN(min(len(bad), 1+rng.IntN(len(bad))))] = byte(rng.Uint32())
		}
		l, err := Read("w.dlis", bytes.NewReader(bad), Options{ReadDamaged: rng.IntN(4) > 0, OnContents: func(c Contents) {
			if _, err := json.Marshal(c); err != nil {
				t.Error(err)
			}
		}})
		var typed *Error
		if err != nil && !errors.As(err, &typed) {
			t.Errorf("error %v", err)
		}
		if err == nil && l.Validate() != nil {
			t.Errorf("not valid: %v", l.Validate())
		}
	}
}

// Real files without an image say so; what is in them is told all the same.
func TestOpenDLISWithoutImage(t *testing.T) {
	for name, want := range map[string]struct {
		frames, channels int
		well             string
	}{
		"dlis/eb1.dlis": {1, 22, "EB 1"},
		"dlis/dlisio/206_05a-_3_DWL_DWL_WIRE_258276498.DLIS": {2, 4, "206/05a-3"},
		"dlis/totaldepth/BASIC_FILE.dlis":                    {1, 5, "VALHALLA NORTH 1"},
	} {
		var contents Contents
		_, err := Open(shareddata.Path(t, name), Options{OnContents: func(c Contents) { contents = c }})
		if !errors.Is(err, ErrNoImage) {
			t.Errorf("%s: %v", name, err)
		}
		l := contents.LogicalFiles[0]
		if len(l.Frames) != want.frames || len(l.Frames[0].Channels) != want.channels || l.Well != want.well {
			t.Errorf("%s: well %q, %d frames with %d channels", name, l.Well, len(l.Frames), len(l.Frames[0].Channels))
		}
	}
}

func TestInterpolate(t *testing.T) {
	nan := math.NaN()
	azimuth := orientation{circular: true, reachM: 2}
	got := interpolate([]float64{3, 1, 2, nan}, []float64{10, 350, nan, 5}, []float64{2, 1, 5, 5.1, -1, -1.5}, azimuth)
	want := []float64{0, 350, 10, nan, 350, nan}
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-9 || math.IsNaN(got[i]) != math.IsNaN(want[i]) {
			t.Errorf("value %d is %v, want %v", i, got[i], want[i])
		}
	}
}
