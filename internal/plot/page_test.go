package plot

import (
	"bytes"
	"encoding/binary"
	"image/png"
	"math"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// At 1:scale a metre of hole is 1/scale metres of paper, and pages follow each other without gap or overlap.
func TestPagesAreToScale(t *testing.T) {
	for _, scale := range []float64{20, 40, 200} {
		pages := pageLayouts(1000.3, 1087.6, scale, tracks{density: true, curves: true, fields: true})
		at := 1000.3
		for i, l := range pages {
			if l.width() != pageWidthPx || l.height() != pageHeightPx {
				t.Errorf("1:%g, page %d is %d x %d pixels", scale, i, l.width(), l.height())
			}
			for k := range l.panels {
				p := l.panel(k)
				if math.Abs(p.panelTopM-at) > 1e-9 {
					t.Errorf("1:%g, page %d, panel %d begins at %g, the one before ended at %g", scale, i, k, p.panelTopM, at)
				}
				at = p.panelBaseM
				paperM := (p.y(p.panelTopM+1) - p.y(p.panelTopM)) * 0.0254 / 150
				if math.Abs(paperM-1/scale) > 1e-9 {
					t.Errorf("1:%g: a metre is %g m of paper", scale, paperM)
				}
				if p.base > float64(pageHeightPx-marginPx-footerPx)+1 || p.depthX+float64(l.panelPx()) > pageWidthPx-marginPx+1 {
					t.Errorf("1:%g, page %d, panel %d runs off the page: base %g", scale, i, k, p.base)
				}
			}
		}
		if math.Abs(at-1087.6) > 1e-9 {
			t.Errorf("1:%g: the pages end at %g", scale, at)
		}
	}
}

func TestPagesCarryTheirSize(t *testing.T) {
	log := bedLog(t, 800, 0.0025)
	p, err := NewLogPicture(log, nil, Options{Scale: 20, Curves: true, Head: []Field{{"model", "m"}, {"logged", "2021-03-04"}}})
	if err != nil {
		t.Fatal(err)
	}
	if p.Pages() != 1 {
		t.Fatalf("%d pages for 2 m", p.Pages())
	}
	var out, vector bytes.Buffer
	if err := p.Write(&out, PNG, 0); err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(out.Bytes())) // checks the sums of all chunks
	if err != nil {
		t.Fatal(err)
	}
	if b := img.Bounds(); b.Dx() != 2480 || b.Dy() != 1754 {
		t.Errorf("page of %v pixels", b)
	}
	at := bytes.Index(out.Bytes(), []byte("pHYs"))
	if at < 0 {
		t.Fatal("no size of pixels")
	}
	// 150 dots per inch are 5906 per metre.
	chunk := out.Bytes()[at+4:]
	if x, y := binary.BigEndian.Uint32(chunk), binary.BigEndian.Uint32(chunk[4:]); x != 5906 || y != 5906 || chunk[8] != 1 {
		t.Errorf("pixels per metre %d, %d, unit %d", x, y, chunk[8])
	}
	if err := p.Write(&vector, SVG, 0); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`width="419.95mm"`, `height="297.01mm"`, ">logged<", ">2021-03-04<", ">1000.00 to 1002.00 m measured depth  ·  azimuth from true north  ·  no picks  ·  1:20  ·  page 1 of 1<"} {
		if !strings.Contains(vector.String(), want) {
			t.Errorf("%s is not on the page", want)
		}
	}
	if p.Write(&out, PNG, 1) == nil || p.Write(&out, "gif", 0) == nil {
		t.Error("a page or a format that does not exist is drawn")
	}
	if LogPNG(&out, log, nil, Options{Scale: 1}) == nil {
		t.Error("several pages went into one picture")
	}
}

// Bars of the density track are class upon class, curves stand where their values are.
func TestSideTracks(t *testing.T) {
	log := bedLog(t, 800, 0.0025)
	log.C1In, log.DeviDeg, log.HaziDeg = make([]float64, 800), make([]float64, 800), make([]float64, 800)
	for i := range log.C1In {
		log.C1In[i], log.DeviDeg[i] = 8.5, 63
	}
	var table []picks.Pick
	for i := range 5 {
		class := dip.Bedding
		if i > 1 {
			class = dip.Fracture
		}
		table = append(table, picks.New(class, dip.Sinusoid{DepthM: 1000.1 + 0.1*float64(i), DipDeg: 5}))
	}
	img := drawPNG(t, log, table, Options{Density: true, Curves: true})
	p := newLayout(1000, 1002, 0.0025, 0, tracks{density: true, curves: true}).panel(0)
	colours := testPalette(t)
	y := p.y(1000.83) // clear of the grid
	for x, want := range map[float64]dip.Class{0.2: dip.Bedding, 0.7: dip.Fracture} {
		if got := img.At(int(p.densityX+x*densityPx), int(y)); !near(got, colours.Class[want]) {
			t.Errorf("density at %g of the track is %v, want the colour of %v", x, got, want)
		}
	}
	if got := img.At(int(p.densityX+0.5*densityPx), int(p.y(1001.85))); near(got, colours.Class[0]) || near(got, colours.Class[1]) {
		t.Error("a metre without picks has a bar")
	}
	// 8.5 in lies in the middle of 8 to 9.
	x, darkest := p.curveX+curvePx/2, 255
	for _, dx := range []float64{-1, 0, 1} { // the line may fall between two pixels
		darkest = min(darkest, brightnessAt(img, x+dx, y))
	}
	if aside := brightnessAt(img, x-9, y); darkest > 110 || aside < 250 {
		t.Errorf("caliper is drawn as dark as %d, beside it %d", darkest, aside)
	}
}

func TestContrastOfTheImage(t *testing.T) {
	log := bedLog(t, 800, 0.0025)
	step := map[Contrast]float32{}
	for _, c := range []Contrast{Static, Blend, Dynamic} {
		d, err := newDisplay(log, c)
		if err != nil {
			t.Fatal(err)
		}
		b := d.brightness(log)
		for i, v := range b {
			if !(v >= 0 && v <= 1) {
				t.Fatalf("%s: brightness %g at pixel %d", c, v, i)
			}
		}
		step[c] = b[600*64] - b[0]
	}
	if !(step[Static] > 0.3 && step[Dynamic] > 0.3 && step[Blend] > 0.3) {
		t.Errorf("steps of the bed boundary %v", step)
	}
	if _, err := NewLogPicture(log, nil, Options{Contrast: "harsh"}); err == nil {
		t.Error("unknown contrast accepted")
	}
	if _, err := NewLogPicture(&imagelog.Log{}, nil, Options{}); err == nil {
		t.Error("empty log accepted")
	}
}

// A log drawn part by part, as one that is longer than memory is, looks as one drawn at once.
func TestImageInParts(t *testing.T) {
	log := bedLog(t, 1600, 0.0025)
	for _, contrast := range []Contrast{Static, Blend, Dynamic} {
		d, err := newDisplay(log, contrast)
		if err != nil {
			t.Fatal(err)
		}
		whole, err := d.trackImage(1000, 1004, 90, 800, testPalette(t))
		if err != nil {
			t.Fatal(err)
		}
		d.partPixels = 97 * log.Columns()
		parts, err := d.trackImage(1000, 1004, 90, 800, testPalette(t))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(whole.Pix, parts.Pix) {
			t.Errorf("%s: the image in parts is another", contrast)
		}
	}
}

// In a window whose values spread evenly, a pixel's brightness is its share.
func TestEqualise(t *testing.T) {
	const columns = 100
	pixels := make([]float32, 10*columns)
	depthM := make([]float64, 10)
	for i := range depthM {
		depthM[i] = float64(i) * 0.1
		for j := range columns {
			pixels[i*columns+j] = float32(j)
		}
	}
	log, err := imagelog.New(depthM, pixels, columns)
	if err != nil {
		t.Fatal(err)
	}
	got := equalise(log, log.Static(), 2)
	for _, j := range []int{10, 50, 90} {
		if want := float64(j) / columns; math.Abs(float64(got[5*columns+j])-want) > 0.02 {
			t.Errorf("pixel above %g of all is %g bright", want, got[5*columns+j])
		}
	}
}
