package infer

import (
	"math"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/model"
)

// Straightener cuts out of a raster what a model.Verifier looks at. It may be used by several goroutines.
type Straightener struct {
	raster   Raster
	geometry model.StripGeometry
	cos, sin []float64
}

// NewStraightener prepares cutting; the raster must have the geometry's columns, and is kept, not copied.
func NewStraightener(r Raster, g model.StripGeometry) *Straightener {
	s := &Straightener{raster: r, geometry: g}
	s.cos, s.sin = dip.ColumnAzimuths(r.Columns)
	return s
}

// Cut fills dst, geometry.Size() values, with the image straightened along the curve, [Rows, Columns, 4]: the image in rows of the raster,
// interpolated, and its mask; the mean over coarse rows, and how much of each was seen. Both images are brought to mean 0 and deviation 1
// of the coarse rows. Nothing is seen beyond the top and the base of the raster.
func (s *Straightener) Cut(dst []float32, c Curve) {
	clear(dst[:s.geometry.Size()])
	if !c.finite() {
		return
	}
	var sum, squares, weight float64
	for j := range s.raster.Columns {
		u := c.D + c.A*s.cos[j] + c.B*s.sin[j]
		if reach := float64(s.geometry.Rows * s.geometry.Coarse); u < float64(s.raster.First)-reach || u > float64(s.raster.First+s.raster.Rows)+reach {
			continue
		}
		s.fine(dst[j*4:], j, u)
		s.coarse(dst[j*4+2:], j, u)
	}
	for p := 2; p < s.geometry.Size(); p += 4 {
		v, w := float64(dst[p]), float64(dst[p+1])
		sum, squares, weight = sum+w*v, squares+w*v*v, weight+w
	}
	if weight == 0 {
		return
	}
	mean := sum / weight
	scale := 1 / math.Sqrt(max(1e-12, squares/weight-mean*mean)+1e-6)
	for p := 0; p < s.geometry.Size(); p += 2 {
		if dst[p+1] > 0 {
			dst[p] = float32((float64(dst[p]) - mean) * scale)
		}
	}
}

// leastWeight of the wall seen around a sample makes it one.
const leastWeight = 0.25

// pixel is the place of row y of the grid in column j; false where it is not in the raster.
func (s *Straightener) pixel(y, j int) (at int, ok bool) {
	y -= s.raster.First
	return y*s.raster.Columns + j, y >= 0 && y < s.raster.Rows
}

// fine fills image and mask of column j around row u; dst begins at the column's first value.
func (s *Straightener) fine(dst []float32, j int, u float64) {
	step := s.geometry.Columns * 4
	t := u - float64(s.geometry.Rows)/2 // centre of the first sample, minus half a row, in centres of pixels
	first := math.Floor(t)
	f := float32(t - first)
	at := int(first)
	for i := range s.geometry.Rows {
		var v, w float32
		if k, ok := s.pixel(at+i, j); ok && s.raster.Mask[k] {
			w = 1 - f
			v = w * s.raster.Image[k]
		}
		if k, ok := s.pixel(at+i+1, j); ok && s.raster.Mask[k] {
			w += f
			v += f * s.raster.Image[k]
		}
		if w >= leastWeight {
			dst[i*step], dst[i*step+1] = v/w, w
		}
	}
}

// coarse is fine for the coarse rows.
func (s *Straightener) coarse(dst []float32, j int, u float64) {
	cols, step, n := s.raster.Columns, s.geometry.Columns*4, s.geometry.Coarse
	at := int(math.Round(u)) - s.geometry.Rows*n/2 - s.raster.First
	for i := range s.geometry.Rows {
		var v, w float32
		for y := max(0, at+i*n); y < min(s.raster.Rows, at+(i+1)*n); y++ {
			if s.raster.Mask[y*cols+j] {
				v += s.raster.Image[y*cols+j]
				w++
			}
		}
		if w > 0 {
			dst[i*step], dst[i*step+1] = v/w, w/float32(n)
		}
	}
}

// Turn is a symmetry of the hole: a turn in azimuth by whole columns, a mirror image, upside down.
type Turn struct {
	Roll         int // columns
	Mirror, Flip bool
}

// Strip turns a strip: column j of dst shows what src has at j + Roll, counted backward from the last column in a mirror image.
func (t Turn) Strip(dst, src []float32, g model.StripGeometry) {
	for y := range g.Rows {
		from := y
		if t.Flip {
			from = g.Rows - 1 - y
		}
		for j := range g.Columns {
			k := (j + t.Roll) % g.Columns
			if t.Mirror {
				k = g.Columns - 1 - k
			}
			copy(dst[(y*g.Columns+j)*4:][:4], src[(from*g.Columns+k)*4:][:4])
		}
	}
}

// Move turns a change of D, A and B with its strip.
func (t Turn) Move(d, a, b float64, columns int) (td, ta, tb float64) {
	sin, cos := math.Sincos(2 * math.Pi * float64(t.Roll) / float64(columns))
	if t.Mirror {
		b = -b
	}
	return t.flip(d, a*cos+b*sin, b*cos-a*sin)
}

// Back is the inverse of Move.
func (t Turn) Back(d, a, b float64, columns int) (bd, ba, bb float64) {
	sin, cos := math.Sincos(2 * math.Pi * float64(t.Roll) / float64(columns))
	d, a, b = t.flip(d, a, b)
	a, b = a*cos-b*sin, b*cos+a*sin
	if t.Mirror {
		b = -b
	}
	return d, a, b
}

func (t Turn) flip(d, a, b float64) (fd, fa, fb float64) {
	if t.Flip {
		return -d, -a, -b
	}
	return d, a, b
}
