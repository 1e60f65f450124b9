package synth

import (
	"math"

	"github.com/geobfdt/geobfdt/internal/imagelog"
)

// finish is what was done to a picture before it reached the file. Unlike the rest of the model it looks at the whole image, so
// that windows of a finished well differ from the well rendered whole.
type finish struct {
	windowM float64 // > 0: histogram-equalised in a window of this length
	levels  int     // > 0: rounded to so many grey levels
	quality float64 // > 0: stored as a JPEG of this quality
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

// jpegBlock is the side of a block.
const jpegBlock = 8

// luminance is the quantisation table of ITU-T T.81, table K.1.
var luminance = [jpegBlock][jpegBlock]float32{
	{16, 11, 10, 16, 24, 40, 51, 61}, {12, 12, 14, 19, 26, 58, 60, 55}, {14, 13, 16, 24, 40, 57, 69, 56}, {14, 17, 22, 29, 51, 87, 80, 62},
	{18, 22, 37, 56, 68, 109, 103, 77}, {24, 35, 55, 64, 81, 104, 113, 92}, {49, 64, 78, 87, 103, 121, 120, 101}, {72, 92, 95, 98, 112, 100, 103, 99},
}

// jpegLoss does to a 0-255 image what storing it as a JPEG does: the cosine transform of every 8 x 8 block is rounded to the steps
// of ITU-T T.81 annex K, scaled for a quality of 1 to 100 as the library of the Independent JPEG Group does. Gaps are white, as in the
// pictures that service companies deliver, so that edges of pads ring.
func jpegLoss(pixels []float32, mask []bool, columns int, quality float64) {
	scale := float32(2 - quality/50)
	if quality < 50 {
		scale = float32(50 / quality)
	}
	basis := cosineBasis()
	rows := len(pixels) / columns
	var block, half [jpegBlock][jpegBlock]float32
	for top := 0; top < rows; top += jpegBlock {
		for left := 0; left < columns; left += jpegBlock {
			for y := range jpegBlock {
				for x := range jpegBlock {
					i := min(top+y, rows-1)*columns + min(left+x, columns-1) // edges repeated
					block[y][x] = 127
					if mask[i] {
						block[y][x] = pixels[i] - 128
					}
				}
			}
			transform(&half, &basis, &block, false)
			for v := range jpegBlock {
				for u := range jpegBlock {
					step := max(1, luminance[v][u]*scale)
					half[v][u] = step * float32(math.Round(float64(half[v][u]/step)))
				}
			}
			transform(&block, &basis, &half, true)
			for y := range min(jpegBlock, rows-top) {
				for x := range min(jpegBlock, columns-left) {
					pixels[(top+y)*columns+left+x] = max(0, min(255, block[y][x]+128))
				}
			}
		}
	}
}

// cosineBasis is the orthonormal matrix of the type-II cosine transform, a row a frequency.
func cosineBasis() (b [jpegBlock][jpegBlock]float32) {
	for k := range jpegBlock {
		norm := math.Sqrt(2.0 / jpegBlock)
		if k == 0 {
			norm = math.Sqrt(1.0 / jpegBlock)
		}
		for n := range jpegBlock {
			b[k][n] = float32(norm * math.Cos(math.Pi*(float64(n)+0.5)*float64(k)/jpegBlock))
		}
	}
	return b
}

// transform sets dst to B src B^T, or with inverse to B^T src B.
func transform(dst, basis, src *[jpegBlock][jpegBlock]float32, inverse bool) {
	at := func(k, n int) float32 {
		if inverse {
			return basis[n][k]
		}
		return basis[k][n]
	}
	var rows [jpegBlock][jpegBlock]float32
	for k := range jpegBlock {
		for x := range jpegBlock {
			for y := range jpegBlock {
				rows[k][x] += at(k, y) * src[y][x]
			}
		}
	}
	for k := range jpegBlock {
		for l := range jpegBlock {
			sum := float32(0)
			for x := range jpegBlock {
				sum += rows[k][x] * at(l, x)
			}
			dst[k][l] = sum
		}
	}
}
