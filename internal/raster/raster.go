// Package raster reads pictures of image logs, PNG and TIFF. A picture knows neither depth nor azimuth: its rows are spread evenly
// over a depth range that the caller gives, its columns over 360 degrees from left to right.
package raster

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"

	"golang.org/x/image/tiff"

	"github.com/geobfdt/geobfdt/internal/imagelog"
)

// ErrFormat is wrapped by errors about a picture that cannot be read.
var ErrFormat = errors.New("not a readable picture")

const (
	maxPixels = 1 << 30
	// Most pixels that a byte of a file can stand for: deflate packs at most 1032 to 1, eight 1-bit pixels to a byte. A header
	// that claims more lies.
	maxPixelsPerByte = 8 * 1032
)

var pngSignature = []byte("\x89PNG\r\n\x1a\n")

// IsPicture tells whether a file that starts so is a PNG or a TIFF.
func IsPicture(start []byte) bool { return bytes.HasPrefix(start, pngSignature) || isTIFF(start) }

func isTIFF(start []byte) bool {
	for _, signature := range []string{"II*\x00", "MM\x00*", "II+\x00", "MM\x00+"} { // + is BigTIFF
		if bytes.HasPrefix(start, []byte(signature)) {
			return true
		}
	}
	return false
}

// Read reads a PNG or a classic TIFF as an image log whose picture spans topM to baseM metres of measured depth, edge to edge.
// Colours become luminance, 0 to 65535 (ITU-R BT.601); transparent pixels are gaps. Errors wrap ErrFormat or
// imagelog.ErrNoData, or come from r. storage says where the image is kept; while it is read, the picture is in memory.
func Read(r io.Reader, topM, baseM float64, storage imagelog.Storage) (*imagelog.Log, error) {
	if !(baseM > topM) || math.IsInf(topM, 0) || math.IsInf(baseM, 0) {
		return nil, fmt.Errorf("depth range %v to %v m: the base must lie below the top", topM, baseM)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read picture: %w", err)
	}
	decodeConfig, decode := tiff.DecodeConfig, tiff.Decode
	switch {
	case bytes.HasPrefix(data, pngSignature):
		decodeConfig, decode = png.DecodeConfig, png.Decode
	case !isTIFF(data):
		return nil, fmt.Errorf("%w: neither PNG nor TIFF", ErrFormat)
	}
	config, err := decodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	rows, columns := config.Height, config.Width
	if rows < 1 || columns < 1 || rows > min(maxPixels, len(data)*maxPixelsPerByte)/columns {
		return nil, fmt.Errorf("%w: %d x %d pixels in %d bytes", ErrFormat, columns, rows, len(data))
	}
	picture, err := decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	depthM := make([]float64, rows)
	for i := range depthM {
		depthM[i] = topM + (baseM-topM)*(float64(i)+0.5)/float64(rows)
	}
	b := imagelog.NewBuilder(columns, storage)
	defer b.Close()
	if err := errors.Join(b.Grow(rows), luminance(picture, b.Append)); err != nil {
		return nil, err
	}
	return b.Log(depthM, nil)
}

// luminance gives a picture row by row as grey values, 0 to 65535, with NaN where it is transparent.
func luminance(picture image.Image, use func(row []float32) error) error {
	bounds := picture.Bounds()
	row := make([]float32, bounds.Dx())
	var at func(x, y int) float32
	switch p := picture.(type) {
	case *image.Gray:
		at = func(x, y int) float32 { return 257 * float32(p.GrayAt(x, y).Y) }
	case *image.Gray16:
		at = func(x, y int) float32 { return float32(p.Gray16At(x, y).Y) }
	case *image.RGBA:
		at = func(x, y int) float32 { return grey(p.RGBAAt(x, y)) }
	case *image.NRGBA:
		at = func(x, y int) float32 { return grey(p.NRGBAAt(x, y)) }
	case *image.Paletted:
		levels := make([]float32, 256) // an index beyond the palette is black
		for i, c := range p.Palette {
			levels[i] = grey(c)
		}
		at = func(x, y int) float32 { return levels[p.ColorIndexAt(x, y)] }
	default:
		at = func(x, y int) float32 { return grey(picture.At(x, y)) }
	}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := range row {
			row[x] = at(bounds.Min.X+x, y)
		}
		if err := use(row); err != nil {
			return err
		}
	}
	return nil
}

// grey is the luminance of a colour; of a half-transparent one, that of the colour itself.
func grey(c color.Color) float32 {
	r, g, b, a := c.RGBA()
	if a == 0 {
		return float32(math.NaN())
	}
	return (0.299*float32(r) + 0.587*float32(g) + 0.114*float32(b)) * 65535 / float32(a)
}
