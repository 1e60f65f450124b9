package nn

import (
	"unsafe"

	"github.com/geobfdt/geobfdt/internal/kernel"
)

// Image is a batch of NHWC activations with a border of Pad pixels on every side.
type Image struct {
	B, H, W, C int
	Pad        int
	Wrap       bool      // the border in azimuth is the wrapped copy, for which W must be at least Pad; else zero
	Data, Grad []float32 // [B][H+2*Pad][W+2*Pad][C]; Grad nil without training

	v *value
}

func newImage(b, h, w, c, pad int, wrap, grad bool) *Image {
	im := imageOf(b, h, w, c, pad, wrap)
	im.Data = make([]float32, im.v.size)
	if grad {
		im.Grad = make([]float32, im.v.size)
	}
	return im
}

// imageOf makes an image without storage.
func imageOf(b, h, w, c, pad int, wrap bool) *Image {
	im := &Image{B: b, H: h, W: w, C: c, Pad: pad, Wrap: wrap}
	im.v = &value{data: &im.Data, size: b * (h + 2*pad) * (w + 2*pad) * c}
	return im
}

// RowLen is the number of floats from one row to the next.
func (im *Image) RowLen() int { return (im.W + 2*im.Pad) * im.C }

// Offset of channel 0 of pixel (y, x) of image b; y and x may lie in the border.
func (im *Image) Offset(b, y, x int) int {
	return ((b*(im.H+2*im.Pad)+y+im.Pad)*(im.W+2*im.Pad) + x + im.Pad) * im.C
}

// wrapRow fills the azimuth border of one row of d (Data or Grad).
func (im *Image) wrapRow(d []float32, b, y int) {
	if !im.Wrap || im.Pad == 0 {
		return
	}
	p, o := im.Pad*im.C, im.Offset(b, y, 0)
	n := im.W * im.C
	copy(d[o-p:o], d[o+n-p:o+n])
	copy(d[o+n:o+n+p], d[o:o+p])
}

// sealRow renews what of the border of Data touches a row just written.
func (im *Image) sealRow(b, y int) {
	im.sealStart(b, y)
	im.sealEnd(b, y)
}

// sealStart renews the border that depends on the first pixels of a row, which is the right one, and the one above or below. The
// zeros of the border need to be written only where the memory has served another value.
func (im *Image) sealStart(b, y int) {
	p := im.Pad * im.C
	if o, n := im.Offset(b, y, 0), im.W*im.C; im.Wrap {
		copy(im.Data[o+n:o+n+p], im.Data[o:])
	} else if im.v.shared() {
		clear(im.Data[o+n : o+n+p])
	}
	if im.v.shared() {
		n := im.Pad * im.RowLen()
		if y == 0 {
			clear(im.Data[im.Offset(b, -im.Pad, -im.Pad):][:n])
		}
		if y == im.H-1 {
			clear(im.Data[im.Offset(b, im.H, -im.Pad):][:n])
		}
	}
}

// sealEnd renews the border that depends on the last pixels of a row, which is the left one.
func (im *Image) sealEnd(b, y int) {
	p, o := im.Pad*im.C, im.Offset(b, y, 0)
	if im.Wrap {
		copy(im.Data[o-p:o], im.Data[o+im.W*im.C-p:])
	} else if im.v.shared() {
		clear(im.Data[o-p : o])
	}
}

// FillBorder renews the azimuth border of Data: call it after writing the pixels of an input.
func (im *Image) FillBorder() {
	for b := range im.B {
		im.FillImageBorder(b)
	}
}

// SetImage copies an image [H, W, C] into place b of the batch and renews its border. Places may be set concurrently.
func (im *Image) SetImage(b int, x []float32) {
	row := im.W * im.C
	for y := range im.H {
		copy(im.Data[im.Offset(b, y, 0):][:row], x[y*row:])
	}
	im.FillImageBorder(b)
}

// FillImageBorder is FillBorder for one image of the batch.
func (im *Image) FillImageBorder(b int) {
	for y := range im.H {
		im.wrapRow(im.Data, b, y)
	}
}

// Mat is a matrix of Images*Rows rows and Cols columns. Rows are Stride floats apart; the columns from Cols to Stride are zero.
type Mat struct {
	Images, Rows, Cols, Stride int
	Data, Grad                 []float32 // [Images*Rows][Stride]; Grad nil without training

	v *value
}

func roundUp(n int) int { return (n + kernel.Panel - 1) / kernel.Panel * kernel.Panel }

func newMat(images, rows, cols int, grad bool) *Mat {
	m := matOf(images, rows, cols)
	m.Data = make([]float32, m.v.size)
	if grad {
		m.Grad = make([]float32, m.v.size)
	}
	return m
}

// matOf makes a matrix without storage.
func matOf(images, rows, cols int) *Mat {
	m := &Mat{Images: images, Rows: rows, Cols: cols, Stride: roundUp(cols)}
	m.v = &value{data: &m.Data, size: images * rows * m.Stride, own: m.Stride != cols}
	return m
}

// N is the number of rows of the whole batch.
func (m *Mat) N() int { return m.Images * m.Rows }

// Row r of the whole batch.
func (m *Mat) Row(r int) []float32 { return m.Data[r*m.Stride:][:m.Cols] }

// GradRow r of the whole batch.
func (m *Mat) GradRow(r int) []float32 { return m.Grad[r*m.Stride:][:m.Cols] }

func at(s []float32, i int) unsafe.Pointer { return unsafe.Pointer(&s[i]) }

const f32 = 4 // bytes

// zeroBias is the bias of products that have none.
func zeroBias() unsafe.Pointer { return unsafe.Pointer(&kernel.Zeros[0]) }
