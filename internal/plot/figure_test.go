package plot

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/draw"
	vgdraw "gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/picks"
)

var update = flag.Bool("update", false, "write the golden images anew")

// knownPicks are beds that dip about 20 to 100 and fractures of two sets, 70 to 30 and vertical to 120.
func knownPicks() []picks.Pick {
	var table []picks.Pick
	add := func(class dip.Class, depthM, dipDeg, azimuthDeg float64) {
		p := picks.New(class, dip.Sinusoid{DepthM: depthM, DipDeg: 1, AzimuthDeg: 1})
		p.TrueDipDeg, p.TrueAzimuthDeg = dipDeg, azimuthDeg
		table = append(table, p)
	}
	for i := range 24 {
		f := float64(i)
		add(dip.Bedding, 100+f/2, 20+3*math.Sin(5*f), 100+9*math.Cos(3*f))
	}
	for i := range 6 {
		f := float64(i)
		add(dip.Fracture, 103+f, 70, 30+2*f)
		add(dip.Fracture, 103.5+f, 90, 120)
	}
	return table
}

func figureOptions(t *testing.T) FigureOptions {
	t.Helper()
	return FigureOptions{Well: "Known planes", TopM: 100, BaseM: 112, Dip: TrueDip, Palette: testPalette(t)}
}

func drawFigure(t *testing.T, kind Kind) image.Image {
	t.Helper()
	var out bytes.Buffer
	if err := WriteFigure(&out, PNG, kind, knownPicks(), figureOptions(t)); err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(&out)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// Each pole must be drawn where the projection puts it, and nothing at the opposite place.
func TestStereonetPlaces(t *testing.T) {
	f, err := newFigure(knownPicks(), figureOptions(t))
	if err != nil {
		t.Fatal(err)
	}
	width, height := f.size(Stereonet)
	body := vgdraw.Crop(vgdraw.New(vgimg.New(width, height)), 0, 0, 0, -bannerPt)
	var wheels []wheel
	f.pair(body, func(c vgdraw.Canvas, class dip.Class) { wheels = append(wheels, f.newWheel(c, "", "")) })

	img := drawFigure(t, Stereonet)
	at := func(w wheel, x, y float64) color.Color {
		p := w.at(x, y)
		return img.At(int(float64(p.X)*figureDPI/72), int(float64(height-p.Y)*figureDPI/72))
	}
	for _, c := range []struct {
		class dip.Class
		a     Attitude
	}{{dip.Fracture, Attitude{70, 30}}, {dip.Fracture, Attitude{70, 40}}, {dip.Fracture, Attitude{90, 120}}, {dip.Bedding, Attitude{20, 109}}} {
		x, y := c.a.PoleXY()
		want := testPalette(t).Class[c.class]
		if got := at(wheels[c.class], x, y); !near(got, want) {
			t.Errorf("%v %v: the net shows %v at its pole, want %v", c.class, c.a, got, want)
		}
		if got := at(wheels[c.class], -x, -y); c.a.DipDeg < 90 && near(got, want) {
			t.Errorf("%v %v: there is a pole on the wrong side", c.class, c.a)
		}
	}
}

// Golden images, an eighth of the size: what has been looked at must not change unseen. Run with -update and look again.
func TestGoldenFigures(t *testing.T) {
	for _, kind := range []Kind{Stereonet, Rose, Histogram, Density} {
		img := drawFigure(t, kind)
		b := img.Bounds()
		got := image.NewGray(image.Rect(0, 0, b.Dx()/8, b.Dy()/8))
		draw.ApproxBiLinear.Scale(got, got.Rect, img, b, draw.Src, nil)
		path := filepath.Join("testdata", string(kind)+".png")
		if *update {
			var out bytes.Buffer
			if err := errors.Join(png.Encode(&out, got), os.WriteFile(path, out.Bytes(), 0o644)); err != nil {
				t.Fatal(err)
			}
		}
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want, err := png.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		grey, ok := want.(*image.Gray)
		if !ok || grey.Rect != got.Rect {
			t.Errorf("%s: the figure is %v, the golden one %T %v", kind, got.Rect, want, want.Bounds())
			continue
		}
		// Other processors round differently here and there; a moved petal changes more.
		wrong := 0
		for i := range got.Pix {
			if math.Abs(float64(got.Pix[i])-float64(grey.Pix[i])) > 24 {
				wrong++
			}
		}
		if wrong > len(got.Pix)/2000 {
			t.Errorf("%s: %d of %d pixels differ from the golden image", kind, wrong, len(got.Pix))
		}
	}
}

func TestFigureTitlesSayWhatIsShown(t *testing.T) {
	var out bytes.Buffer
	if err := WriteFigure(&out, SVG, Summary, knownPicks(), figureOptions(t)); err != nil {
		t.Fatal(err)
	}
	var texts strings.Builder
	for d := xml.NewDecoder(bytes.NewReader(out.Bytes())); ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if chars, ok := token.(xml.CharData); ok {
			texts.Write(chars)
			texts.WriteByte('\n')
		}
	}
	for _, want := range []string{
		"Known planes", "100.00 to 112.00 m measured depth", "azimuth from true north",
		"Bedding: poles, lower hemisphere, equal area, n = 24", "Fractures: strike, both ends, n = 12", "Bedding: azimuth of dip, n = 24",
		"mean plane 20° to 100°", "true dip, degrees", "picks per metre", "measured depth, m",
	} {
		if !strings.Contains(texts.String(), want) {
			t.Errorf("the sheet does not say %q", want)
		}
	}
}

func TestFigureRefusals(t *testing.T) {
	for name, change := range map[string]func(*FigureOptions) (Kind, Format){
		"kind":     func(*FigureOptions) (Kind, Format) { return "pie", PNG },
		"format":   func(*FigureOptions) (Kind, Format) { return Rose, "gif" },
		"dip":      func(o *FigureOptions) (Kind, Format) { o.Dip = "virtual"; return Rose, PNG },
		"interval": func(o *FigureOptions) (Kind, Format) { o.TopM = 200; return Rose, PNG },
	} {
		opt := figureOptions(t)
		kind, format := change(&opt)
		var out bytes.Buffer
		if err := WriteFigure(&out, format, kind, knownPicks(), opt); err == nil || out.Len() > 0 {
			t.Errorf("%s: error %v after %d bytes", name, err, out.Len())
		}
	}
	opt := figureOptions(t)
	opt.TopM, opt.BaseM = 0, 0
	if err := WriteFigure(io.Discard, SVG, Summary, nil, opt); err != nil {
		t.Errorf("no picks: %v", err)
	}
}
