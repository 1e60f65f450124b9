package infer

import (
	"math"
	"slices"

	"github.com/geobfdt/geobfdt/internal/kernel"
)

// kind is what a sinusoid looks like across its trace.
type kind int

const (
	edge kind = iota // a step: two layers of different grey
	line             // a ridge or a valley: a fracture or a thin bed
	kinds
)

// level is one scale of smoothing along depth.
type level struct {
	sigma float64 // of the Gaussian, rows
	taps  []float32
	whole float32 // sum of the taps
	side  int     // distance of the flanks that a line is compared with, rows
}

func newLevel(sigma float64) level {
	l := level{sigma: sigma, taps: GaussianTaps(sigma), side: max(1, int(math.Round(1.5*sigma)))}
	l.whole = kernel.Sum(l.taps)
	return l
}

// GaussianTaps is a Gaussian for kernel.Filter that reaches 2.5 sigma to either side.
func GaussianTaps(sigma float64) []float32 {
	return kernel.GaussianTaps(sigma, int(math.Ceil(2.5*sigma)))
}

// stripSlack is how many values more are filtered than are needed, at the most, and lie behind those that are read: whole vectors are faster.
const stripSlack = 16

// strip is the raster straightened along one curve: column j holds the rows around the curve's own row there, so that its size
// does not grow with the curve's amplitude. Columns without any data near the curve are left out. Everything is stored column by
// column. Its slices are reused from pick to pick.
type strip struct {
	spots []spot    // of the columns kept
	half  int       // rows kept above row 0; below there is one more
	image []float32 // [columns][2*half+2] raster minus mean, over deviation; 0 where masked; and stripSlack more
	mask  []float32 // 1 or 0, as long

	smooth    []float32 // scratch: one smoothed column, and more rows that mean nothing
	weight    []float32 // scratch: its mask, smoothed as well
	responses []response
}

// spot is a column of a strip.
type spot struct {
	cos, sin float32
	frac     float32 // where the curve lies in it, below the centre of the strip's row 0, [0, 1)
	index    int     // in the strip
	column   int     // in the raster
}

// response holds edge and line responses of one level along the strip.
type response struct {
	half   int // rows kept above row 0; below there is one more
	mask   []float32
	gappy  []int            // columns with a gap
	values [kinds][]float32 // [columns][2*half+2], 0 where masked
}

func (s *strip) columns() int { return len(s.spots) }

// cut fills the strip from half rows above to half + 1 rows below the curve.
func (s *strip) cut(r *Refiner, c Curve, half int) {
	s.half = half
	s.spots = s.spots[:0]
	s.image, s.mask = s.image[:0], s.mask[:0]
	height, cols := 2*half+2, r.raster.Columns
	from, to := r.raster.First, r.raster.First+r.raster.Rows
	for j := range cols {
		u := c.D + c.A*r.cos[j] + c.B*r.sin[j] - 0.5
		centre := math.Floor(u)
		top := centre - float64(half)
		if !(top < float64(to) && top+float64(height) > float64(from)) {
			continue
		}
		first := int(top)
		lo, hi := max(first, from), min(first+height, to)
		seen := false
		begin := len(s.mask)
		s.image, s.mask = extend(s.image, height), extend(s.mask, height)
		image, mask := s.image[begin:], s.mask[begin:]
		for i, p := lo, (lo-from)*cols+j; i < hi; i, p = i+1, p+cols {
			if r.raster.Mask[p] {
				image[i-first] = (r.raster.Image[p] - r.mean) * r.scale
				mask[i-first] = 1
				seen = true
			}
		}
		if !seen {
			s.image, s.mask = s.image[:begin], s.mask[:begin]
			continue
		}
		s.spots = append(s.spots, spot{float32(r.cos[j]), float32(r.sin[j]), float32(u - centre), len(s.spots), j})
	}
	s.image, s.mask = extend(s.image, stripSlack), extend(s.mask, stripSlack)
}

// extend appends n zeros.
func extend(x []float32, n int) []float32 {
	if len(x)+n <= cap(x) {
		x = x[:len(x)+n]
		clear(x[len(x)-n:])
		return x
	}
	return append(x, make([]float32, n)...)
}

// respond computes the responses of level l up to half rows from the curve: the edge response is the derivative of the smoothed
// image times sigma, the line response the smoothed image minus the mean of its flanks. Smoothing is a Gaussian along depth,
// normalised by the mask: gaps neither blur in nor make edges.
func (s *strip) respond(out *response, l level, half int) {
	height := 2*half + 2
	out.half = half
	out.mask, out.gappy = extend(out.mask[:0], s.columns()*height), out.gappy[:0]
	for k := range out.values {
		out.values[k] = extend(out.values[k][:0], s.columns()*height)
	}
	rows := height + 2*l.side // of the smoothed column
	padded := (rows + stripSlack - 1) / stripSlack * stripSlack
	s.smooth, s.weight = extend(s.smooth[:0], padded), extend(s.weight[:0], padded)
	reach := len(l.taps) / 2
	scale := float32(0.5 * l.sigma)
	for j := range s.columns() {
		from := j*(2*s.half+2) + s.half - half // the response's first row in the strip
		first := from - l.side - reach
		s.smoothen(l, first, !slices.Contains(s.mask[first:first+rows+2*reach], 0))
		at := j * height
		mask := out.mask[at : at+height]
		copy(mask, s.mask[from:from+height])
		if slices.Contains(mask, 0) {
			out.gappy = append(out.gappy, j)
		}
		edges, lines := out.values[edge][at:at+height], out.values[line][at:at+height]
		for i, m := range mask {
			c := i + l.side
			edges[i] = m * scale * (s.smooth[c+1] - s.smooth[c-1])
			lines[i] = m * (s.smooth[c] - 0.5*(s.smooth[c-l.side]+s.smooth[c+l.side]))
		}
	}
}

// smoothen smooths a column from row first of the strip on; whole tells that it was seen as a whole.
func (s *strip) smoothen(l level, first int, whole bool) {
	n := len(s.smooth) + len(l.taps) - 1
	kernel.Filter(s.smooth, s.image[first:first+n], l.taps)
	if whole {
		weight := 1 / (l.whole + 1e-3)
		for i := range s.smooth {
			s.smooth[i] *= weight
		}
		return
	}
	kernel.Filter(s.weight, s.mask[first:first+n], l.taps)
	for i, w := range s.weight {
		s.smooth[i] /= w + 1e-3
	}
}

// room is how many rows beyond the response the strip must reach for this level.
func (l level) room() int { return l.side + len(l.taps)/2 + 1 }

// mean is the mean response of a kind along the curve moved by (d, a, b) rows, and the number of columns that it was seen in,
// both with the mask interpolated. The move must stay within the response. It is called for every move that refinement tries.
func (s *strip) mean(r *response, k kind, d, a, b float64) (mean, n float64) {
	m := r.moved(d, a, b)
	values := r.values[k]
	var even, odd float32 // no sum waits for the other
	spots := s.spots
	for ; len(spots) >= 2; spots = spots[2:] {
		even += m.at(values, &spots[0])
		odd += m.at(values, &spots[1])
	}
	if len(spots) > 0 {
		even += m.at(values, &spots[0])
	}
	weight := float64(len(s.spots) - len(r.gappy)) // most columns are whole
	for _, j := range r.gappy {
		weight += float64(m.at(r.mask, &s.spots[j]))
	}
	if weight == 0 {
		return 0, 0
	}
	return float64(even+odd) / weight, weight
}

// moved is a curve moved within a response of so many rows a column.
type moved struct {
	d, a, b float32
	height  int
}

func (r *response) moved(d, a, b float64) moved {
	return moved{float32(d + float64(r.half)), float32(a), float32(b), 2*r.half + 2}
}

// at is the value of a response where the moved curve lies in a column, between two rows.
func (m *moved) at(values []float32, c *spot) float32 {
	t := c.frac + m.d + m.a*c.cos + m.b*c.sin
	i := int32(t)
	k := c.index*m.height + int(i)
	x := values[k : k+2]
	return x[0] + (t-float32(i))*(x[1]-x[0])
}
