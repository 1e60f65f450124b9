package synth

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"

	"github.com/geobfdt/geobfdt/internal/imagelog"
)

// finish is what was done to a picture before it reached the file. Unlike the rest of the model it looks at the whole image, so
// that windows of a finished well differ from the well rendered whole.
type finish struct {
	windowM float64 // > 0: histogram-equalised in a window of this length
	levels  int     // > 0: rounded to so many grey levels
	quality int     // > 0: stored as a JPEG of this quality
}

// apply finishes a log in place.
func (f finish) apply(log *imagelog.Log) {
	if f == (finish{}) {
		return
	}
	pixels := log.Pixels()
	if f.windowM > 0 {
		copy(pixels, log.Equalise(f.windowM))
	}
	if f.levels > 0 || f.quality > 0 {
		toBytes(pixels, log.Mask)
	}
	if f.quality > 0 {
		jpegLoss(pixels, log.Mask, log.Columns(), f.quality)
	}
	if f.levels > 0 {
		step := 255 / float64(f.levels-1)
		for i, v := range pixels {
			pixels[i] = float32(step * math.Round(float64(v)/step))
		}
	}
	for i, ok := range log.Mask {
		if !ok {
			pixels[i] = 0
		}
	}
}

// toBytes stretches the valid pixels to 0-255, 2.5 standard deviations to either side of their mean.
func toBytes(pixels []float32, mask []bool) {
	sum, squares, n := 0.0, 0.0, 0.0
	for i, v := range pixels {
		if mask[i] {
			x := float64(v)
			sum, squares, n = sum+x, squares+x*x, n+1
		}
	}
	mean := sum / max(n, 1)
	scale := 255 / (5 * math.Sqrt(max(squares/max(n, 1)-mean*mean, 1e-12)))
	for i, v := range pixels {
		pixels[i] = float32(max(0, min(255, 127.5+scale*(float64(v)-mean))))
	}
}

// jpegRows is the height of the bands that are stored one by one: the format allows no more than 65535 rows. A multiple of its blocks.
const jpegRows = 4096

// jpegLoss does to a 0-255 image what storing it as a JPEG does. Gaps are white, as in the pictures that service companies deliver, so
// that the edges of pads ring.
func jpegLoss(pixels []float32, mask []bool, columns, quality int) {
	var file bytes.Buffer
	for len(pixels) > 0 {
		n := min(len(pixels), jpegRows*columns)
		grey := image.NewGray(image.Rect(0, 0, columns, n/columns))
		for i := range grey.Pix {
			grey.Pix[i] = 255
			if mask[i] {
				grey.Pix[i] = uint8(math.Round(float64(pixels[i])))
			}
		}
		file.Reset()
		// Neither call fails: the size is right by jpegRows and maxColumns, and a buffer takes everything.
		if jpeg.Encode(&file, grey, &jpeg.Options{Quality: quality}) != nil {
			return
		}
		stored, err := jpeg.Decode(&file)
		if err != nil {
			return
		}
		if got, ok := stored.(*image.Gray); ok {
			for i := range grey.Pix {
				pixels[i] = float32(got.Pix[i/columns*got.Stride+i%columns])
			}
		}
		pixels, mask = pixels[n:], mask[n:]
	}
}
