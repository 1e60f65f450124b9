package infer

import (
	"math"
	"slices"
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
	sigma float64   // of the Gaussian, rows
	taps  []float32 // half of the kernel: weights at distances 0, 1, ... rows
	side  int       // distance of the flanks that a line is compared with, rows
}

func newLevel(sigma float64) level {
	return level{sigma: sigma, taps: GaussianTaps(sigma), side: max(1, int(math.Round(1.5*sigma)))}
}

// GaussianTaps is half of a Gaussian kernel that reaches 2.5 sigma to either side and as a whole sums to 1: its weights at distances
// 0, 1, ... rows.
func GaussianTaps(sigma float64) []float32 {
	taps := make([]float32, 1+int(math.Ceil(2.5*sigma)))
	sum := 0.0
	for k := range taps {
		g := math.Exp(-0.5 * float64(k*k) / (sigma * sigma))
		taps[k] = float32(g)
		sum += g
		if k > 0 {
			sum += g
		}
	}
	for k := range taps {
		taps[k] /= float32(sum)
	}
	return taps
}

// strip is the raster straightened along one curve: column j holds the rows around the curve's own row there, so that its size
// does not grow with the curve's amplitude. Columns without any data near the curve are left out. Everything is stored column by
// column. Its slices are reused from pick to pick.
type strip struct {
	cos, sin []float64 // of the columns kept
	column   []int     // their index in the raster
	frac     []float64 // position of the curve in each column, relative to the centre of the strip's row 0, [0, 1)
	half     int       // rows kept above row 0; below there is one more
	image    []float32 // [columns][2*half+2] raster minus mean, over deviation; 0 where masked
	mask     []float32 // 1 or 0

	smooth    []float32 // scratch: one smoothed column
	responses []response
}

// response holds edge and line responses of one level along the strip.
type response struct {
	half   int // rows kept above row 0; below there is one more
	mask   []float32
	whole  []bool           // [columns] whether a column has no gap
	values [kinds][]float32 // [columns][2*half+2], 0 where masked
}

func (s *strip) columns() int { return len(s.cos) }

// cut fills the strip from half rows above to half + 1 rows below the curve.
func (s *strip) cut(r *Refiner, c Curve, half int) {
	s.half = half
	s.cos, s.sin, s.column, s.frac = s.cos[:0], s.sin[:0], s.column[:0], s.frac[:0]
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
		s.cos, s.sin = append(s.cos, r.cos[j]), append(s.sin, r.sin[j])
		s.column, s.frac = append(s.column, j), append(s.frac, u-centre)
	}
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
	out.mask, out.whole = extend(out.mask[:0], s.columns()*height), out.whole[:0]
	for k := range out.values {
		out.values[k] = extend(out.values[k][:0], s.columns()*height)
	}
	rows := height + 2*l.side // of the smoothed column
	s.smooth = extend(s.smooth[:0], rows)
	reach := len(l.taps) - 1
	scale := float32(0.5 * l.sigma)
	for j := range s.columns() {
		from := j*(2*s.half+2) + s.half - half // the response's first row in the strip
		first := from - l.side
		if whole := s.mask[first-reach : first+rows+reach]; !slices.Contains(whole, 0) {
			s.smoothen(l, first)
		} else {
			s.smoothenSeen(l, first)
		}
		at := j * height
		mask := out.mask[at : at+height]
		copy(mask, s.mask[from:from+height])
		out.whole = append(out.whole, !slices.Contains(mask, 0))
		edges, lines := out.values[edge][at:at+height], out.values[line][at:at+height]
		for i, m := range mask {
			c := i + l.side
			edges[i] = m * scale * (s.smooth[c+1] - s.smooth[c-1])
			lines[i] = m * (s.smooth[c] - 0.5*(s.smooth[c-l.side]+s.smooth[c+l.side]))
		}
	}
}

// smoothen smooths a column that was seen as a whole, from row first of the strip on.
func (s *strip) smoothen(l level, first int) {
	reach := len(l.taps) - 1
	weight := l.taps[0]
	for _, g := range l.taps[1:] {
		weight += g * 2
	}
	for i := range s.smooth {
		image := s.image[first+i-reach : first+i+reach+1]
		sum := l.taps[0] * image[reach]
		for k := 1; k <= reach; k++ {
			sum += l.taps[k] * (image[reach-k] + image[reach+k])
		}
		s.smooth[i] = sum / (weight + 1e-3)
	}
}

// smoothenSeen is smoothen for a column with gaps.
func (s *strip) smoothenSeen(l level, first int) {
	reach := len(l.taps) - 1
	for i := range s.smooth {
		image, mask := s.image[first+i-reach:first+i+reach+1], s.mask[first+i-reach:first+i+reach+1]
		sum, weight := l.taps[0]*image[reach], l.taps[0]*mask[reach]
		for k := 1; k <= reach; k++ {
			g := l.taps[k]
			sum += g * (image[reach-k] + image[reach+k])
			weight += g * (mask[reach-k] + mask[reach+k])
		}
		s.smooth[i] = sum / (weight + 1e-3)
	}
}

// room is how many rows beyond the response the strip must reach for this level.
func (l level) room() int { return l.side + len(l.taps) }

// mean is the mean response of a kind along the curve moved by (d, a, b) rows, and the number of columns that it was seen in,
// both with the mask interpolated. The move must stay within the response.
func (s *strip) mean(r *response, k kind, d, a, b float64) (mean, n float64) {
	var sum, weight float64
	values, height := r.values[k], 2*r.half+2
	for j := range s.cos {
		p, f := s.place(j, height, r.half, d, a, b)
		sum += between(values[p:p+2], f)
		if r.whole[j] { // as most are
			weight++
		} else {
			weight += between(r.mask[p:p+2], f)
		}
	}
	if weight == 0 {
		return 0, 0
	}
	return sum / weight, weight
}

// place is where the moved curve lies in column j of a response: the row above it, as an index of its values, and how far below that.
// It and between are called for every column of every move that refinement tries, so they are small enough to be inlined.
func (s *strip) place(j, height, half int, d, a, b float64) (row int, below float32) {
	t := s.frac[j] + (d + float64(half)) + a*s.cos[j] + b*s.sin[j]
	i := int(t)
	return j*height + i, float32(t - float64(i))
}

// between is the value f rows below the first of two.
func between(x []float32, f float32) float64 { return float64(x[0] + f*(x[1]-x[0])) }
