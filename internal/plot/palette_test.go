package plot

import (
	"image/color"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
)

func TestDefaultPalette(t *testing.T) {
	p := testPalette(t)
	// Bluish green and blue of Okabe and Ito, as Wong (2011) lists them: RGB 0, 158, 115 and 0, 114, 178.
	if p.Class[dip.Bedding] != (color.NRGBA{0, 158, 115, 255}) || p.Class[dip.Fracture] != (color.NRGBA{0, 114, 178, 255}) {
		t.Errorf("class colours %v", p.Class)
	}
	// Dark is conductive: lightness rises all the way (Rec. 709 luma).
	last := -1.0
	for i := range 101 {
		c := p.image(float32(i) / 100)
		luma := 0.2126*float64(c.R) + 0.7152*float64(c.G) + 0.0722*float64(c.B)
		if luma <= last {
			t.Errorf("lightness falls at %d %%", i)
		}
		last = luma
	}
	if low, high := p.image(-3), p.image(7); low != p.image(0) || high != p.image(1) {
		t.Error("values beyond the ends are not held")
	}
}

func TestParsePalette(t *testing.T) {
	p, err := ParsePalette([]byte("bedding: \"#112233\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	if p.Class[dip.Bedding] != (color.NRGBA{0x11, 0x22, 0x33, 255}) || p.Gap != testPalette(t).Gap {
		t.Errorf("palette %v", p)
	}
	if Hex(p.Class[dip.Bedding]) != "#112233" {
		t.Errorf("written back as %s", Hex(p.Class[dip.Bedding]))
	}
	for text, want := range map[string]string{
		"beding: \"#112233\"":               "beding",
		"gap: grey":                         `write "#rrggbb"`,
		"gap: \"#12345\"":                   `write "#rrggbb"`,
		"image: [\"#000000\"]":              "give 2 to",
		"image: [\"#000000\", \"#00000x\"]": "image colour 2",
		"[1, 2]":                            "palette",
	} {
		if _, err := ParsePalette([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", text, err, want)
		}
	}
}
