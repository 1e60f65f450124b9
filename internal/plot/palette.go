package plot

import (
	"bytes"
	"errors"
	"fmt"
	"image/color"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/geobfdt/geobfdt/configs/palette"
	"github.com/geobfdt/geobfdt/internal/dip"
)

// Palette is the colours of a figure that carry meaning. The zero value is not usable: see DefaultPalette.
type Palette struct {
	Class [dip.NumClasses]color.NRGBA
	Gap   color.NRGBA   // wall not seen
	Image []color.NRGBA // of the image, evenly spaced from the lowest to the highest value, at least two
}

// paletteFile is a palette as it stands in a file.
type paletteFile struct {
	Bedding  string   `yaml:"bedding"`
	Fracture string   `yaml:"fracture"`
	Gap      string   `yaml:"gap"`
	Image    []string `yaml:"image"`
}

// maxStops bounds the colours of an image: more than the eye tells apart are a mistake.
const maxStops = 256

// DefaultPalette is that of configs/palette/default.yaml. Readers with any colour vision can tell its classes apart.
func DefaultPalette() (Palette, error) { return ParsePalette(nil) }

// ParsePalette reads a palette, YAML with the keys of configs/palette/default.yaml; keys that are left out keep the default's
// values, others are refused. Colours are "#rrggbb".
func ParsePalette(data []byte) (Palette, error) {
	var f paletteFile
	for _, text := range [][]byte{palette.Default(), data} {
		if err := decodeStrict(text, &f); err != nil {
			return Palette{}, fmt.Errorf("palette: %w", err)
		}
	}
	var p Palette
	if len(f.Image) < 2 || len(f.Image) > maxStops {
		return p, fmt.Errorf("palette: image has %d colours: give 2 to %d", len(f.Image), maxStops)
	}
	p.Image = make([]color.NRGBA, len(f.Image))
	type entry struct {
		key, text string
		into      *color.NRGBA
	}
	entries := []entry{{"bedding", f.Bedding, &p.Class[dip.Bedding]}, {"fracture", f.Fracture, &p.Class[dip.Fracture]}, {"gap", f.Gap, &p.Gap}}
	for i, text := range f.Image {
		entries = append(entries, entry{fmt.Sprintf("image colour %d", i+1), text, &p.Image[i]})
	}
	for _, e := range entries {
		c, err := parseColour(e.text)
		if err != nil {
			return Palette{}, fmt.Errorf("palette: %s: %w", e.key, err)
		}
		*e.into = c
	}
	return p, nil
}

// decodeStrict reads one YAML document over what stands in f; no document at all changes nothing.
func decodeStrict(text []byte, f *paletteFile) error {
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(f); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

func parseColour(text string) (color.NRGBA, error) {
	digits, ok := strings.CutPrefix(text, "#")
	v, err := strconv.ParseUint(digits, 16, 24)
	if !ok || len(digits) != 6 || err != nil {
		return color.NRGBA{}, fmt.Errorf(`%q is not a colour: write "#rrggbb"`, text)
	}
	return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255}, nil
}

// Hex returns a colour as a web page writes it, "#rrggbb".
func Hex(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// image returns the colour of a brightness from 0 to 1.
func (p Palette) image(v float32) color.RGBA {
	x := min(max(v, 0), 1) * float32(len(p.Image)-1)
	i := min(int(x), len(p.Image)-2)
	f := x - float32(i)
	a, b := p.Image[i], p.Image[i+1]
	mix := func(p, q uint8) uint8 { return uint8(float32(p) + f*(float32(q)-float32(p)) + 0.5) }
	return color.RGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255}
}
