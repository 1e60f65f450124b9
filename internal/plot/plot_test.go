package plot

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// bedLog is a log of one bed boundary at 1001 m, flat: low values above, high below, and a gap in azimuth from 90 to 135.
func bedLog(t *testing.T, rows int, stepM float64) *imagelog.Log {
	t.Helper()
	const columns = 64
	depthM := make([]float64, rows)
	pixels := make([]float32, rows*columns)
	for i := range rows {
		depthM[i] = 1000 + (float64(i)+0.5)*stepM
		for j := range columns {
			v := float32(10 + 0.01*float64((i*31+j*17)%13))
			if depthM[i] > 1001 {
				v *= 100
			}
			if j >= 16 && j < 24 {
				v = float32(math.NaN())
			}
			pixels[i*columns+j] = v
		}
	}
	log, err := imagelog.New(depthM, pixels, columns)
	if err != nil {
		t.Fatal(err)
	}
	log.Well, log.Reference = "A & B <1>", imagelog.RefNorth
	return log
}

func drawPNG(t *testing.T, log *imagelog.Log, table []picks.Pick, opt Options) image.Image {
	t.Helper()
	var out bytes.Buffer
	if err := LogPNG(&out, log, table, opt); err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(&out)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func testPalette(t *testing.T) Palette {
	t.Helper()
	p, err := DefaultPalette()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func brightnessAt(img image.Image, x, y float64) int {
	r, g, b, _ := img.At(int(x), int(y)).RGBA()
	return int(r+g+b) / 3 >> 8
}

// near tells whether a colour lies within a few levels of another, as blending leaves it.
func near(a, b color.Color) bool {
	r0, g0, b0, _ := a.RGBA()
	r1, g1, b1, _ := b.RGBA()
	distance := func(x, y uint32) float64 { return math.Abs(float64(x)-float64(y)) / 257 }
	return max(distance(r0, r1), distance(g0, g1), distance(b0, b1)) <= 24
}

func TestImageTrack(t *testing.T) {
	log := bedLog(t, 800, 0.0025)
	img := drawPNG(t, log, nil, Options{})
	p := newLayout(1000, 1002, 0.0025, 0, tracks{}).panel(0)
	x := p.imageX + imagePx*0.75
	if above, below := brightnessAt(img, x, p.y(1000.5)), brightnessAt(img, x, p.y(1001.5)); above >= below-40 {
		t.Errorf("brightness %d above the boundary, %d below: the low values must be the darker", above, below)
	}
	if got := img.At(int(p.imageX+imagePx*0.3), int(p.y(1000.5))); !near(got, testPalette(t).Gap) {
		t.Errorf("gap at azimuth 108 is drawn %v", got)
	}
}

// The curve must pass where the geometry says: midline depth plus amplitude at the azimuth of dip, minus it opposite.
func TestSinusoidPlace(t *testing.T) {
	log := bedLog(t, 800, 0.0025)
	pick := picks.New(dip.Fracture, dip.Sinusoid{DepthM: 1001, DipDeg: 70, AzimuthDeg: 225})
	pick.HoleDiameterM = 0.2
	img := drawPNG(t, log, []picks.Pick{pick}, Options{})
	p := newLayout(1000, 1002, 0.0025, 0, tracks{}).panel(0)
	amplitudeM := 0.1 * math.Tan(70*math.Pi/180)
	for azimuthDeg, depthM := range map[float64]float64{225: 1001 + amplitudeM, 45: 1001 - amplitudeM, 315: 1001} {
		at := img.At(int(p.imageX+imagePx*azimuthDeg/360), int(p.y(depthM)))
		if !near(at, testPalette(t).Class[dip.Fracture]) {
			t.Errorf("colour at azimuth %g, depth %.3f is %v, want the fracture's", azimuthDeg, depthM, at)
		}
	}
	bare := drawPNG(t, log, []picks.Pick{pick}, Options{HideSinus: true})
	if at := bare.At(int(p.imageX+imagePx*315/360), int(p.y(1001-0.01))); near(at, testPalette(t).Class[dip.Fracture]) {
		t.Error("hidden sinusoid is drawn")
	}
}

func TestConfidenceIsOpacity(t *testing.T) {
	solid := color.NRGBA{1, 2, 3, 255}
	if got := withConfidence(solid, math.NaN()); got.A != 255 {
		t.Errorf("unknown confidence: opacity %d", got.A)
	}
	last := -1
	for _, confidence := range []float64{-1, 0.5, 1} {
		got := int(withConfidence(solid, confidence).A)
		if got <= last {
			t.Errorf("opacity %d at confidence %g is not above %d", got, confidence, last)
		}
		last = got
	}
	if last != 255 {
		t.Errorf("opacity %d at confidence 1", last)
	}
}

// The tail of a tadpole points down dip, north being up: for azimuth 90 it lies to the right of the head.
func TestTadpole(t *testing.T) {
	log := bedLog(t, 800, 0.0025)
	pick := picks.New(dip.Bedding, dip.Sinusoid{DepthM: 1001, DipDeg: 10, AzimuthDeg: 0})
	pick.TrueDipDeg, pick.TrueAzimuthDeg = 45, 90
	p := newLayout(1000, 1002, 0.0025, 0, tracks{}).panel(0)
	at := point{p.dipX(45), p.y(1001)}
	img := drawPNG(t, log, []picks.Pick{pick}, Options{})
	if !near(img.At(int(at.x), int(at.y)), testPalette(t).Class[dip.Bedding]) {
		t.Error("no filled head at the true dip")
	}
	if !near(img.At(int(at.x+tailPx-3), int(at.y)), testPalette(t).Class[dip.Bedding]) {
		t.Error("no tail towards the east")
	}
	if near(img.At(int(at.x-tailPx+3), int(at.y)), testPalette(t).Class[dip.Bedding]) {
		t.Error("tail towards the west")
	}

	pick.Quality = "D"
	img = drawPNG(t, log, []picks.Pick{pick}, Options{})
	if !near(img.At(int(at.x), int(at.y)), white) {
		t.Error("the head of a doubtful pick is not open")
	}

	// Where no pick has a true dip the apparent one is shown, and says so by its name; beside true ones it stands out.
	flat := picks.New(dip.Fracture, dip.Sinusoid{DepthM: 1001.5, DipDeg: 60, AzimuthDeg: 0})
	for name, c := range map[string]struct {
		table []picks.Pick
		open  bool
	}{"alone": {[]picks.Pick{flat}, false}, "beside a true dip": {[]picks.Pick{pick, flat}, true}} {
		img := drawPNG(t, log, c.table, Options{})
		if got := near(img.At(int(p.dipX(60)), int(p.y(1001.5))), white); got != c.open {
			t.Errorf("apparent dip %s: open head %v", name, got)
		}
	}
}

func TestLayoutStaysSmall(t *testing.T) {
	for _, lengthM := range []float64{0.05, 0.3, 3, 17.3, 60, 254.7, 1000, 30000} {
		for _, wish := range []float64{0, 1, 50, 400, 1e6} {
			l := newLayout(500, 500+lengthM, 0.0025, wish, tracks{density: true, curves: true, fields: true})
			if l.width() > MaxPixels || l.height() > MaxPixels {
				t.Errorf("%g m at %g px/m: %d x %d pixels", lengthM, wish, l.width(), l.height())
			}
			covered := 0.0
			for i := range l.panels {
				p := l.panel(i)
				covered += p.panelBaseM - p.panelTopM
				if p.base > p.top+float64(l.bodyPx)+1 {
					t.Errorf("%g m at %g px/m: panel %d is higher than the others", lengthM, wish, i)
				}
			}
			if math.Abs(covered-lengthM) > 1e-6*lengthM {
				t.Errorf("%g m at %g px/m: the panels cover %g m", lengthM, wish, covered)
			}
		}
	}
}

func TestTicks(t *testing.T) {
	for atLeastM, want := range map[float64]float64{0.17: 0.2, 0.2: 0.2, 0.21: 0.5, 0.6: 1, 3: 5, 70: 100} {
		if got := tickStep(atLeastM); math.Abs(got-want) > 1e-9 {
			t.Errorf("tick step of at least %g is %g, want %g", atLeastM, got, want)
		}
	}
	for tickM, want := range map[float64]string{0.2: "12.4", 0.05: "12.40", 1: "12", 20: "12"} {
		if got := (layout{tickM: tickM}).tickLabel(12.4); got != want {
			t.Errorf("label at step %g is %s, want %s", tickM, got, want)
		}
	}
	p := layout{topM: 1000, baseM: 1001, pxPerM: 400, panels: 1, panelM: 1, tickM: 0.5}.panel(0)
	var labelled []float64
	all := 0
	p.ticks(func(depthM float64, isLabelled bool) {
		all++
		if isLabelled {
			labelled = append(labelled, depthM)
		}
	})
	if all != 11 || len(labelled) != 3 || math.Abs(labelled[1]-1000.5) > 1e-9 {
		t.Errorf("%d ticks, labelled %v; want 11 and 1000, 1000.5, 1001", all, labelled)
	}
}

func TestClipY(t *testing.T) {
	// A zigzag through the band 0..10: in, out below, in again, out above.
	runs := clipY([]point{{0, 5}, {1, 25}, {2, 5}, {3, -15}}, 0, 10)
	want := [][]point{{{0, 5}, {0.25, 10}}, {{1.75, 10}, {2, 5}, {2.25, 0}}}
	if len(runs) != len(want) {
		t.Fatalf("runs %v, want %v", runs, want)
	}
	for i := range want {
		for k := range want[i] {
			if len(runs[i]) != len(want[i]) || math.Hypot(runs[i][k].x-want[i][k].x, runs[i][k].y-want[i][k].y) > 1e-9 {
				t.Errorf("run %d is %v, want %v", i, runs[i], want[i])
			}
		}
	}
	if runs := clipY([]point{{0, 20}, {1, 20}, {2, -90}, {3, -90}}, 0, 10); len(runs) != 1 {
		t.Errorf("a crossing gives %v", runs)
	}
	if runs := clipY([]point{{0, 20}, {1, 30}}, 0, 10); runs != nil {
		t.Errorf("outside gives %v", runs)
	}
}

func TestDepthHoleIsGap(t *testing.T) {
	first, end := rowsOf([]float64{1, 1.1, 2, 2.1}, 1.5, 1.6, 0.1)
	if first != end {
		t.Errorf("rows %d to %d shown in a hole of the log", first, end)
	}
	if first, end = rowsOf([]float64{1, 1.1, 2, 2.1}, 1.13, 1.14, 0.1); first != 1 || end != 2 {
		t.Errorf("rows %d to %d, want the nearest", first, end)
	}
	if first, end = rowsOf([]float64{1, 1.1, 2, 2.1}, 0.9, 1.5, 0.1); first != 0 || end != 2 {
		t.Errorf("rows %d to %d, want those within", first, end)
	}
}

func TestSVGIsWellFormed(t *testing.T) {
	log := bedLog(t, 400, 0.0025)
	pick := picks.New(dip.Bedding, dip.Sinusoid{DepthM: 1000.5, DipDeg: 20, AzimuthDeg: 30})
	pick.Confidence = 0.5
	var out bytes.Buffer
	if err := LogSVG(&out, log, []picks.Pick{pick}, Options{}); err != nil {
		t.Fatal(err)
	}
	text := false
	for d := xml.NewDecoder(bytes.NewReader(out.Bytes())); ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if chars, ok := token.(xml.CharData); ok && string(chars) == log.Well {
			text = true
		}
	}
	if !text {
		t.Error("the well is not in the picture")
	}
	for _, part := range []string{"data:image/png;base64,", `stroke="#009e73"`, "stroke-opacity"} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("%s is not in the picture", part)
		}
	}
}

func TestOptions(t *testing.T) {
	log := bedLog(t, 400, 0.0025)
	for name, opt := range map[string]Options{
		"base above top":  {TopM: 1000.5, BaseM: 1000.2},
		"NaN":             {TopM: math.NaN()},
		"negative scale":  {PixelsPerM: -1},
		"infinite scale":  {PixelsPerM: math.Inf(1)},
		"outside the log": {TopM: 2000, BaseM: 2001},
	} {
		var out bytes.Buffer
		if err := LogPNG(&out, log, nil, opt); err == nil || out.Len() > 0 {
			t.Errorf("%s: error %v after %d bytes", name, err, out.Len())
		}
	}
	if err := LogPNG(io.Discard, log, nil, Options{TopM: 2000}); !errors.Is(err, imagelog.ErrNoData) {
		t.Errorf("top below the log: error %v, want ErrNoData", err)
	}
	if err := LogPNG(io.Discard, nil, nil, Options{}); err == nil {
		t.Error("nil log accepted")
	}
	if err := LogPNG(io.Discard, &imagelog.Log{}, nil, Options{}); !errors.Is(err, imagelog.ErrNoData) {
		t.Errorf("empty log: error %v, want ErrNoData", err)
	}
}

// Picks without a finite trace, nearly vertical ones and unknown classes must not disturb the picture.
func TestOddPicks(t *testing.T) {
	log := bedLog(t, 1, 0.1)
	odd := []picks.Pick{
		picks.New(dip.Bedding, dip.Sinusoid{DepthM: math.NaN(), DipDeg: 5}),
		picks.New(dip.Bedding, dip.Sinusoid{DepthM: 1000.05, DipDeg: math.NaN()}),
		picks.New(dip.Fracture, dip.Sinusoid{DepthM: 1000.05, DipDeg: 89.999999, AzimuthDeg: 10}),
		picks.New(dip.Class(7), dip.Sinusoid{DepthM: 1000.05, DipDeg: 5}),
	}
	img := drawPNG(t, log, odd, Options{Title: strings.Repeat("a long title ", 50)})
	if img.Bounds().Dx() > MaxPixels || img.Bounds().Dy() > MaxPixels {
		t.Errorf("picture of %v", img.Bounds())
	}
}
