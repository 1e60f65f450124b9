package raster

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"math"
	"testing"

	"golang.org/x/image/tiff"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/memtest"
	"github.com/geobfdt/geobfdt/internal/shareddata"
)

// bufferBytes is what reading takes whatever the size of the picture: the tables of inflate, a row.
const bufferBytes = 1 << 20

// A pixel takes 8 bytes decoded at the most and 5 in the log, which a file of one colour packs into a 1000th: memory is bounded by the
// pixels, and those by what can be packed into the file.
func FuzzRead(f *testing.F) {
	box := image.Rect(0, 0, 4, 3)
	for _, picture := range []image.Image{ramp(image.NewGray(box)), ramp(image.NewGray16(box)), ramp(image.NewNRGBA(box)), ramp(image.NewRGBA64(box)),
		ramp(image.NewPaletted(box, color.Palette{color.Black, color.White}))} {
		f.Add(encodePNG(f, picture))
		for _, compression := range []tiff.CompressionType{tiff.Uncompressed, tiff.Deflate} {
			var b bytes.Buffer
			if err := tiff.Encode(&b, picture, &tiff.Options{Compression: compression, Predictor: compression == tiff.Deflate}); err != nil {
				f.Fatal(err)
			}
			f.Add(b.Bytes())
		}
	}
	for _, data := range shareddata.Small(f, ".", ".png", 1<<19) {
		f.Add(data[:1<<12]) // cut short
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		pixels := 0
		if config, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil && config.Width > 0 {
			pixels = min(config.Height, len(data)*maxPixelsPerByte/config.Width) * config.Width
		}
		var l *imagelog.Log
		var err error
		memtest.Check(t, int64(4*len(data)+16*pixels+bufferBytes), func() { l, err = Read(bytes.NewReader(data), 10, 20, imagelog.Storage{}) })
		if err != nil {
			if !errors.Is(err, ErrFormat) && !errors.Is(err, imagelog.ErrNoData) {
				t.Errorf("error of no kind: %v", err)
			}
			return
		}
		if err := l.Validate(); err != nil {
			t.Error(err)
		}
		if span := l.DepthM[0] + l.DepthM[len(l.DepthM)-1]; math.Abs(span-30) > 1e-9 {
			t.Errorf("rows from %g to %g m in 10 to 20 m", l.DepthM[0], l.DepthM[len(l.DepthM)-1])
		}
	})
}
