package npz

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/geobfdt/geobfdt/internal/imagelog"
)

// readImage reads an .npy array as an image: a matrix as it is, and a colour image [rows, columns, 3 or 4] as luminance (ITU-R BT.601;
// the fourth channel is opacity). It goes to the builder, which the caller closes, as it is read, but for arrays in Fortran order,
// which are turned round in memory. There is room for so many pixels at once: more take memory only as they arrive.
func readImage(r io.Reader, storage imagelog.Storage, room int64) (image *imagelog.Builder, rows int, err error) {
	buffered := bufio.NewReaderSize(r, 1<<16)
	h, err := readHeader(buffered)
	if err != nil {
		return nil, 0, err
	}
	columns, channels, err := h.image()
	if err != nil {
		return nil, 0, err
	}
	elements, err := countElements(h.shape, h.kind.bytes)
	if err != nil {
		return nil, 0, err
	}
	if elements == 0 {
		return nil, 0, fmt.Errorf("%w: shape %v", imagelog.ErrNoData, h.shape)
	}
	image = imagelog.NewBuilder(columns, storage)
	if err := errors.Join(image.Expect(h.shape[0]), image.Grow(min(h.shape[0], int(room/int64(columns))))); err != nil {
		return nil, 0, err
	}
	var grey []float32
	add := func(values []float32) error {
		if channels > 1 {
			grey = luminance(grey[:0], values, channels)
			values = grey
		}
		return image.Append(values)
	}
	if h.fortran {
		err = addWhole(buffered, h, elements, add)
	} else {
		err = addRows(buffered, h, columns*channels, add)
	}
	if err != nil {
		return nil, 0, errors.Join(err, image.Close())
	}
	return image, h.shape[0], nil
}

// image returns the columns of an image and the channels of a pixel.
func (h header) image() (columns, channels int, err error) {
	if h.kind.code == 'U' || h.kind.code == 'S' || len(h.shape) < 2 || len(h.shape) > 3 {
		return 0, 0, fmt.Errorf("%w: shape %v is not an image of [rows, columns] numbers", ErrFormat, h.shape)
	}
	channels = 1
	if len(h.shape) == 3 {
		channels = h.shape[2]
	}
	if channels != 1 && channels != 3 && channels != 4 {
		return 0, 0, fmt.Errorf("%w: shape %v: an image has 1, 3 or 4 channels", ErrFormat, h.shape)
	}
	return h.shape[1], channels, nil
}

// addWhole reads all of an array.
func addWhole(r io.Reader, h header, elements int, add func([]float32) error) error {
	values, err := decode(r, h, elements, chunkElements, h.kind.single())
	if err != nil {
		return err
	}
	return add(values)
}

// addRows reads an array in C order, a few rows of so many elements at a time.
func addRows(r io.Reader, h header, perRow int, add func([]float32) error) error {
	step := max(1, chunkElements/perRow)
	one := h.kind.single()
	var d decoder
	var values []float32
	for row := 0; row < h.shape[0]; row += step {
		var err error
		if values, err = decodeTo(&d, values[:0], r, h, row*perRow, min(row+step, h.shape[0])*perRow, one); err != nil {
			return err
		}
		if err := add(values); err != nil {
			return err
		}
	}
	return nil
}

// luminance appends the grey values of pixels.
func luminance(dst, pixels []float32, channels int) []float32 {
	for ; len(pixels) >= channels; pixels = pixels[channels:] {
		dst = append(dst, 0.299*pixels[0]+0.587*pixels[1]+0.114*pixels[2])
	}
	return dst
}
