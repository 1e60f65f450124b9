package infer

import (
	"math"
	"slices"
)

// Constants of a stack. Heights are in rows of the network's grid.
const (
	stackBed      = 12.0 // rows to either side of a bed that its stack spans
	stackFracture = 4.0  // of a fracture, which is thinner
	stackMargin   = 4.0  // rows that pads and attitudes together may move a column by
	stackSeen     = 0.9  // share of a column's rows that must be seen
	stackColumns  = 0.12 // least share of the columns
	stackOutlier  = 0.8  // columns that are farther off than so many rows count less (Huber, Robust Statistics, 1981)
	stackWavy     = 1.0  // trace that its sectors lie so far off is no plane that a profile could be followed along
	tiny          = 1e-9 // keeps a flat profile from dividing by nothing
)

// band is the wall around a curve as it was seen, column by column and raw: the rows around the curve's own row there.
type band struct {
	height int
	frac   []float64 // [columns] position of the curve below the centre of the middle row, [0, 1)
	pixels []float32 // [columns][height], NaN where nothing was seen
}

// bandSize is the number of pixels of a band of so many columns that is half rows high to either side.
func bandSize(columns, half int) int { return columns * (2*half + 2) }

// newBand copies the surroundings of a curve out of a raster, whose columns lie at azimuths of these cosines and sines, into pixels.
func newBand(pixels []float32, raster Raster, cos, sin []float64, c Curve, half int) *band {
	n := raster.Columns
	b := &band{height: 2*half + 2, frac: make([]float64, n), pixels: pixels}
	for j := range n {
		u := c.D + c.A*cos[j] + c.B*sin[j] - 0.5
		centre := math.Floor(u)
		b.frac[j] = u - centre
		top := max(math.MinInt32, min(math.MaxInt32, centre-float64(half+raster.First)))
		for i := range b.height {
			value := float32(math.NaN())
			if y := int(top) + i; y >= 0 && y < raster.Rows && raster.Mask[y*n+j] {
				value = raster.Image[y*n+j]
			}
			b.pixels[j*b.height+i] = value
		}
	}
	return b
}

// stack is a band straightened along a curve: where the curve is right, all its columns show one profile. How far each column lies off that
// profile is a linear problem, the registration of Lucas & Kanade (IJCAI 1981) with the mean of all columns as the template. Its slices are
// reused.
type stack struct {
	height         int       // rows
	weight         []float64 // of the rows: a Gaussian around the curve
	columns        []int     // those seen
	value, mask    []float64 // [len(columns)][height]
	profile, slope []float64 // [height]
}

// lag is how much deeper than the curve a column shows what the others show, rows, and what that is worth: one over its variance.
type lag struct {
	column       int
	rows, weight float64
}

// stackHeight is the height of a stack that reaches so many rows to either side, with room for their smoothing.
func stackHeight(reach float64) int { return 2*(int(math.Ceil(reach))+2) + 1 }

// stackWeights appends the weights of the rows of a stack that reaches so many to either side.
func stackWeights(to []float64, reach float64) []float64 {
	h := stackHeight(reach)
	for i := range h {
		x := float64(i-h/2) / (reach / 2)
		to = append(to, math.Exp(-0.5*x*x))
	}
	return to
}

// fill straightens a band that is reach rows high to either side, column j shift[j] rows deeper. It is false where too little is seen.
func (s *stack) fill(b *band, reach float64, shift []float64) bool {
	s.height = stackHeight(reach)
	half := s.height / 2
	s.weight = stackWeights(s.weight[:0], reach)
	s.columns, s.value, s.mask = s.columns[:0], s.value[:0], s.mask[:0]
	middle := (b.height - 2) / 2
	for j := range b.frac {
		at := b.frac[j] + shift[j]
		down := math.Floor(at)
		if top := middle - half + int(down); math.Abs(down) < float64(b.height) && top >= 0 && top+s.height < b.height {
			s.column(j, b.pixels[j*b.height+top:][:s.height+1], at-down)
		}
	}
	if float64(len(s.columns)) < stackColumns*float64(len(b.frac)) {
		return false
	}
	s.stack()
	return true
}

// column appends a column, interpolated between rows, its weighted mean taken off, if enough of it is seen.
func (s *stack) column(j int, pixels []float32, f float64) {
	h, n := s.height, len(s.value)
	s.value, s.mask = slices.Grow(s.value, h)[:n+h], slices.Grow(s.mask, h)[:n+h]
	value, mask, weights := s.value[n:], s.mask[n:][:h], s.weight[:h]
	seen := 0
	var sum, weight float64
	above := float64(pixels[0])
	for i, pixel := range pixels[1:][:h] {
		below := float64(pixel)
		v, m := (1-f)*above+f*below, 1.0
		above = below
		if v != v {
			v, m = 0, 0
		} else {
			sum, weight = sum+weights[i]*v, weight+weights[i]
			seen++
		}
		value[i], mask[i] = v, m
	}
	if float64(seen) < stackSeen*float64(h) {
		s.value, s.mask = s.value[:n], s.mask[:n]
		return
	}
	s.columns = append(s.columns, j)
	mean := sum / weight
	for i, m := range mask {
		value[i] = (value[i] - mean) * m
	}
}

// smoothing of the profile, by a binomial close to a Gaussian of one row, before its slope is taken.
var smoothing = [...]float64{1. / 16, 4. / 16, 6. / 16, 4. / 16, 1. / 16}

// stack computes the profile that the columns share, and its slope.
func (s *stack) stack() {
	h := s.height
	s.profile, s.slope = append(s.profile[:0], make([]float64, h)...), append(s.slope[:0], make([]float64, h)...)
	for i := range h {
		sum, weight := 0.0, 0.0
		for p := i; p < len(s.value); p += h {
			sum, weight = sum+s.value[p], weight+s.mask[p]
		}
		s.profile[i] = sum / max(weight, 1)
	}
	smooth := func(i int) float64 {
		sum := 0.0
		for k, w := range smoothing {
			sum += w * s.profile[max(0, min(h-1, i+k-len(smoothing)/2))]
		}
		return sum
	}
	for i := range h {
		lo, hi := max(0, i-1), min(h-1, i+1)
		s.slope[i] = (smooth(hi) - smooth(lo)) / float64(hi-lo)
	}
}

// template is the slope of a profile, or of a part of it, that lags are measured by, and a part that may lie otherwise in each column, by a
// variance in square rows.
type template struct {
	slope, apart []float64 // [height]; apart may be nil
	variance     float64
}

// lags appends how far each column lies off the curve, and returns the mean square of what the profile does not explain. outlier is
// stackOutlier in rows of the stack.
func (s *stack) lags(out []lag, of template, noise *redNoise, outlier float64) (_ []lag, rest float64) {
	h := s.height
	filter, variance := noise.filter(of, s.weight)
	var seen float64
	for k, j := range s.columns {
		value, mask := s.value[k*h:(k+1)*h], s.mask[k*h:(k+1)*h]
		var across, curvature float64
		for i, m := range mask {
			d := m * (value[i] - s.profile[i])
			across += filter[i] * d
			curvature += filter[i] * m * of.slope[i]
			rest += s.weight[i] * d * d
			seen += s.weight[i] * m
		}
		curvature = max(0, curvature)
		out = append(out, lag{j, -across / (curvature + tiny), curvature / variance})
	}
	var sum, total float64
	for _, l := range out {
		sum, total = sum+l.weight*l.rows, total+l.weight
	}
	mean := sum / (total + tiny)
	for i := range out {
		if off := math.Abs(out[i].rows - mean); off > outlier {
			out[i].weight *= outlier / off
		}
	}
	return out, rest / seen
}
