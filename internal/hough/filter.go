package hough

import (
	"math"

	"github.com/geobfdt/geobfdt/internal/kernel"
)

// Constants of a level, in its own samples. They scale with the level, so that all levels do the same work on fewer rows.
const (
	sigma      = 1.5      // of the Gaussian smoothing along depth
	flank      = 2        // distance of the flanks that a line is compared with
	tapReach   = 4        // samples of the Gaussian on either side
	leastSeen  = 0.3      // share of the Gaussian's weight that must lie on wall seen
	noiseReach = 100      // the local deviation is taken over so many samples up and down
	largest    = 4.0      // bound of the modulus of step and line, deviations: one strong stretch must not vote for all
	compressed = 1.108    // gives noise its variance 1 back: 1/sqrt(E[x/(1+x/16)]/2), x chi-squared with 2 degrees of freedom
	ownShare   = 0.5      // weight of a column's neighbourhood against the whole circumference in the local deviation
	noiseTurn  = 1.0 / 16 // half width of that neighbourhood, turns
	noiseFloor = 1e-3     // least local deviation, relative to that of the block
)

// responses are the answers of one level on a block of rows, column by column.
type responses struct {
	rows, columns    int
	edge, line, mask kernel.Columns // 0 where not seen, mask 1 where seen
}

// taps is the Gaussian.
var taps = kernel.GaussianTaps(sigma, tapReach)

// newResponses filters samples [from, from+rows) of the image seen factor rows at a time. Samples beyond the image were not seen.
func newResponses(img *Image, factor, from, rows int) *responses {
	cols := img.Columns
	r := &responses{rows: rows, columns: cols, edge: kernel.NewColumns(cols, rows, 0), line: kernel.NewColumns(cols, rows, 0), mask: kernel.NewColumns(cols, rows, 0)}
	const pad = tapReach + flank
	value, seen := make([]float32, rows+2*pad), make([]float32, rows+2*pad)
	smooth, weight := make([]float32, rows+2*pad), make([]float32, rows+2*pad)
	for j := range cols {
		column(value, seen, img, factor, from-pad, j)
		kernel.Filter(smooth[tapReach:len(smooth)-tapReach], value, taps)
		kernel.Filter(weight[tapReach:len(smooth)-tapReach], seen, taps)
		for i, w := range weight {
			if w >= leastSeen {
				smooth[i] /= w
			} else {
				smooth[i] = 0
			}
		}
		edge, line, mask := r.edge.Column(j), r.line.Column(j), r.mask.Column(j)
		for i := range rows {
			c := i + pad
			if seen[c] == 0 || weight[c-flank] < leastSeen || weight[c+flank] < leastSeen {
				continue
			}
			mask[i] = 1
			edge[i] = smooth[c+1] - smooth[c-1]
			line[i] = smooth[c] - 0.5*(smooth[c-flank]+smooth[c+flank])
		}
	}
	r.normalise(r.edge)
	r.normalise(r.line)
	r.compress()
	return r
}

// column reads one column: the mean of the pixels seen of every sample, and 1 where at least half of them were, else 0 and 0.
func column(value, seen []float32, img *Image, factor, from, j int) {
	cols := img.Columns
	for i := range value {
		value[i], seen[i] = 0, 0
		lo, hi := max(0, (from+i)*factor), min(img.Rows, (from+i+1)*factor)
		n := 0
		for p := lo; p < hi; p++ {
			if img.Mask[p*cols+j] {
				value[i] += img.Pixels[p*cols+j]
				n++
			}
		}
		if 2*n >= factor {
			value[i] /= float32(n)
			seen[i] = 1
		} else {
			value[i] = 0
		}
	}
}

// normalise divides answers by their local deviation, half of it that of the column's own neighbourhood. Stripes, faded sectors and faint
// intervals then have their say.
func (r *responses) normalise(x kernel.Columns) {
	// Sums of squares and counts over the depth window, by column and round the hole.
	square, count := kernel.NewColumns(r.columns, r.rows, 0), kernel.NewColumns(r.columns, r.rows, 0)
	around, aroundCount := make([]float32, r.rows), make([]float32, r.rows)
	for j := range r.columns {
		windowSums(square.Column(j), count.Column(j), x.Column(j), r.mask.Column(j))
		kernel.AddTo(around, square.Column(j))
		kernel.AddTo(aroundCount, count.Column(j))
	}
	total, seen := kernel.SumSquares(x.All), kernel.SumSquares(r.mask.All)
	if total == 0 {
		return
	}
	floor := float32(noiseFloor * noiseFloor * total / seen)
	half := max(1, int(noiseTurn*float64(r.columns)))
	own, ownCount := make([]float32, r.rows), make([]float32, r.rows)
	at := make([]int, 2*half+1)
	for j := range r.columns {
		for d := range at {
			at[d] = square.Place((j+d-half+r.columns)%r.columns, 0)
		}
		neighbours := kernel.NewShifts(at)
		neighbours.Sum(own, square.All)
		neighbours.Sum(ownCount, count.All)
		mask, values := r.mask.Column(j), x.Column(j)
		for i, v := range values {
			if mask[i] == 0 {
				values[i] = 0
				continue
			}
			variance := ownShare*own[i]/ownCount[i] + (1-ownShare)*around[i]/aroundCount[i]
			values[i] = v / float32(math.Sqrt(float64(max(variance, floor))))
		}
	}
}

// compress bounds the modulus of step and line together, m -> m / sqrt(1 + (m/largest)^2). It keeps their phase and the order of the
// moduli: bounded each by itself, strong ones would make a plateau around the trace.
func (r *responses) compress() {
	for i, e := range r.edge.All {
		l := r.line.All[i]
		if m2 := e*e + l*l; m2 > 0 {
			k := compressed / float32(math.Sqrt(float64(1+m2/(largest*largest))))
			r.edge.All[i], r.line.All[i] = k*e, k*l
		}
	}
}

// windowSums adds up squares and mask over noiseReach samples on either side.
func windowSums(square, count, x, mask []float32) {
	var s, n float64
	rows := len(x)
	at := func(i int, sign float64) {
		s += sign * float64(x[i]) * float64(x[i])
		n += sign * float64(mask[i])
	}
	for i := range min(noiseReach, rows) {
		at(i, 1)
	}
	for i := range rows {
		if k := i + noiseReach; k < rows {
			at(k, 1)
		}
		if k := i - noiseReach - 1; k >= 0 {
			at(k, -1)
		}
		square[i], count[i] = float32(max(0, s)), float32(n)
	}
}
