package imagelog

import "math"

// Share of the valid pixels clipped at either end before statistics are taken: dead buttons and saturated ones.
const clipShare = 0.005

// Local contrast is never stretched beyond this share of the contrast of the whole log, so that a featureless interval is
// not blown up to look like a bedded one.
const minLocalContrast = 0.05

// Static returns the image with one normalisation for the whole log, [rows*columns]: values clipped at the 0.5 and 99.5
// percentiles of the valid pixels, minus their mean, over their standard deviation. Gaps are 0; so is a constant image.
func (l *Log) Static() []float32 {
	pixels := l.Pixels()
	out := make([]float32, len(pixels))
	lo, hi := percentiles(pixels, l.Mask, l.Columns(), clipShare)
	var sum, squares, n float64
	for i, ok := range l.Mask {
		if ok {
			// Relative to lo, so that a large offset does not eat the digits of the variance.
			v := float64(min(max(pixels[i], lo), hi) - lo)
			sum, squares, n = sum+v, squares+v*v, n+1
		}
	}
	if n == 0 {
		return out
	}
	mean := sum / n
	sd := math.Sqrt(max(squares/n-mean*mean, 0))
	if sd <= 1e-6*mean || sd == 0 {
		return out
	}
	scale := float32(1 / sd)
	for i, ok := range l.Mask {
		if ok {
			out[i] = (min(max(pixels[i], lo), hi) - lo - float32(mean)) * scale
		}
	}
	return out
}

// Dynamic returns the image normalised in a window of windowM metres that slides down the log, [rows*columns]: the static
// image minus the mean over the window's valid pixels, over their standard deviation. Gaps are 0.
func (l *Log) Dynamic(windowM float64) []float32 {
	out := l.Static()
	columns, rows := l.Columns(), l.Rows()
	// Sums over all rows before row i. Static values are of order 1, so differences of the sums keep their digits.
	sum, squares, count := make([]float64, rows+1), make([]float64, rows+1), make([]int, rows+1)
	for i := range rows {
		s, q, n := 0.0, 0.0, 0
		for k := i * columns; k < (i+1)*columns; k++ {
			if l.Mask[k] {
				v := float64(out[k])
				s, q, n = s+v, q+v*v, n+1
			}
		}
		sum[i+1], squares[i+1], count[i+1] = sum[i]+s, squares[i]+q, count[i]+n
	}
	l.slide(windowM, func(i, lo, hi int) {
		n := float64(count[hi] - count[lo])
		if n == 0 {
			return
		}
		mean := (sum[hi] - sum[lo]) / n
		sd := math.Sqrt(max((squares[hi]-squares[lo])/n-mean*mean, 0))
		scale := float32(1 / max(sd, minLocalContrast))
		for k := i * columns; k < (i+1)*columns; k++ {
			if l.Mask[k] {
				out[k] = (out[k] - float32(mean)) * scale
			}
		}
	})
	return out
}

// Bins of the histogram of a window, over the static image from -equaliseRange to +equaliseRange standard deviations.
const (
	equaliseBins  = 256
	equaliseRange = 4
)

// Equalise returns the image histogram-equalised in a window of windowM metres that slides down the log, [rows*columns]: the
// usual dynamic image of an interpreter. Each valid pixel becomes its rank among the window's valid pixels, spread evenly over
// [-sqrt(3), sqrt(3)] (zero mean, unit variance). Gaps are 0.
func (l *Log) Equalise(windowM float64) []float32 {
	static := l.Static()
	columns := l.Columns()
	out := make([]float32, len(static))
	const binsPerUnit = equaliseBins / (2 * equaliseRange)
	position := func(v float32) float32 { return min(max((v+equaliseRange)*binsPerUnit, 0), equaliseBins-1e-3) }
	var histogram [equaliseBins]int
	add := func(row, sign int) {
		for k := row * columns; k < (row+1)*columns; k++ {
			if l.Mask[k] {
				histogram[int(position(static[k]))] += sign
			}
		}
	}
	first, end := 0, 0 // rows in the histogram
	l.slide(windowM, func(i, lo, hi int) {
		for ; end < hi; end++ {
			add(end, 1)
		}
		for ; first < lo; first++ {
			add(first, -1)
		}
		var below [equaliseBins + 1]float32 // pixels of the window in the bins before
		for b, n := range histogram {
			below[b+1] = below[b] + float32(n)
		}
		total := below[equaliseBins]
		if total == 0 {
			return
		}
		scale := 2 * float32(math.Sqrt(3)) / total
		for k := i * columns; k < (i+1)*columns; k++ {
			if l.Mask[k] {
				p := position(static[k])
				b := int(p)
				rank := below[b] + (below[b+1]-below[b])*(p-float32(b))
				out[k] = rank*scale - float32(math.Sqrt(3))
			}
		}
	})
	return out
}

// slide calls visit for every row i, top to bottom, with the rows [lo, hi) that lie within windowM/2 of its depth. lo and hi
// never decrease.
func (l *Log) slide(windowM float64, visit func(i, lo, hi int)) {
	lo, hi := 0, 0
	for i, d := range l.DepthM {
		for hi < len(l.DepthM) && l.DepthM[hi] <= d+windowM/2 {
			hi++
		}
		for l.DepthM[lo] < d-windowM/2 {
			lo++
		}
		visit(i, lo, max(hi, i+1))
	}
}

// Percentiles of images larger than this are taken from evenly spaced rows with this many pixels in all.
const percentilePixels = 4 << 20

// percentiles returns the values below which a share of the valid pixels lies, and above which the same share lies. It needs
// no sorting: floats order like their bits, so it counts them by the upper 16 bits, then within the one bucket.
func percentiles(pixels []float32, mask []bool, columns int, share float64) (lo, hi float32) {
	rows := len(pixels) / columns
	every := 1 + len(pixels)/percentilePixels
	if validPixels(mask) < percentilePixels {
		every = 1 // of a sparse image, evenly spaced rows could miss all
	}
	keys := make([]uint32, 0, min((rows/every+1)*columns, percentilePixels+columns))
	upper := make([]int, 1<<16)
	for row := 0; row < rows; row += every {
		for i := row * columns; i < (row+1)*columns; i++ {
			if mask[i] {
				key := orderKey(pixels[i])
				keys = append(keys, key)
				upper[key>>16]++
			}
		}
	}
	if len(keys) == 0 {
		return 0, 0
	}
	rank := int(share * float64(len(keys)))
	return valueOfRank(keys, upper, rank), valueOfRank(keys, upper, len(keys)-1-rank)
}

func validPixels(mask []bool) int {
	n := 0
	for _, ok := range mask {
		if ok {
			n++
		}
	}
	return n
}

// valueOfRank returns the value of a rank (from 0) among keys; upper counts them by their upper 16 bits.
func valueOfRank(keys []uint32, upper []int, rank int) float32 {
	bucket, rest := bucketOf(upper, rank)
	lower := make([]int, 1<<16)
	for _, key := range keys {
		if int(key>>16) == bucket {
			lower[key&0xffff]++
		}
	}
	low, _ := bucketOf(lower, rest)
	return orderValue(uint32(bucket)<<16 | uint32(low))
}

// bucketOf returns the bucket that holds the element of a rank (from 0), and the element's rank within the bucket.
func bucketOf(counts []int, rank int) (bucket, rest int) {
	for b, n := range counts {
		if rank < n {
			return b, rank
		}
		rank -= n
	}
	return len(counts) - 1, 0
}

// orderKey maps finite floats to integers of the same order.
func orderKey(v float32) uint32 {
	bits := math.Float32bits(v)
	if bits>>31 != 0 {
		return ^bits
	}
	return bits | 1<<31
}

// orderValue is the inverse of orderKey.
func orderValue(key uint32) float32 {
	if key>>31 != 0 {
		return math.Float32frombits(key &^ (1 << 31))
	}
	return math.Float32frombits(^key)
}
