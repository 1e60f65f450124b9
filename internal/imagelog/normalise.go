package imagelog

import (
	"math"
	"slices"
)

// Share of the valid pixels clipped at either end before statistics are taken: dead buttons and saturated ones.
const clipShare = 0.005

// Local contrast is never stretched beyond this share of the contrast of the whole log, so that a featureless interval is
// not blown up to look like a bedded one.
const minLocalContrast = 0.05

// Static returns the image with one normalisation for the whole log, [rows*columns]: values clipped at the 0.5 and 99.5
// percentiles of the valid pixels, minus their mean, over their standard deviation; of their logarithms where Tone says so. Gaps are 0; so
// is a constant image. The log must be in memory; see Normaliser for any other.
func (l *Log) Static() []float32 {
	out := make([]float32, len(l.Mask))
	l.staticOfAll().fill(out, l)
	return out
}

// staticOfAll is static of a log in memory, which cannot fail.
func (l *Log) staticOfAll() static {
	s, _ := l.static()
	return s
}

// Dynamic returns the image normalised in a window of windowM metres that slides down the log, [rows*columns]: the static
// image minus the mean over the window's valid pixels, over their standard deviation. Gaps are 0. The log must be in memory; see
// Normaliser for any other.
func (l *Log) Dynamic(windowM float64) []float32 {
	n := &Normaliser{log: l, static: l.staticOfAll(), windowM: windowM}
	_ = n.addSums() // reads nothing
	return n.Dynamic(l, 0)
}

// Normaliser normalises a log section by section, as Static and Dynamic do all of it.
type Normaliser struct {
	log     *Log
	static  static
	windowM float64
	// Sums of the static image over all rows before row i. Its values are of order 1, so differences of the sums keep their digits.
	sum, squares []float64
	count        []int
}

// Normaliser looks at the whole log, and for the dynamic image again; windowM is its window, 0 where only the static image is wanted.
// The error is that of a log's temporary file.
func (l *Log) Normaliser(windowM float64) (*Normaliser, error) {
	n := &Normaliser{log: l, windowM: windowM}
	var err error
	if n.static, err = l.static(); err != nil || windowM == 0 {
		return n, err
	}
	return n, n.addSums()
}

// addSums fills the sums of the dynamic image.
func (n *Normaliser) addSums() error {
	l := n.log
	rows, columns := l.Rows(), l.Columns()
	n.sum, n.squares, n.count = make([]float64, rows+1), make([]float64, rows+1), make([]int, rows+1)
	return l.Sections(func(section *Log, first int) error {
		image := n.Static(section)
		for i := range section.Rows() {
			s, q, c := 0.0, 0.0, 0
			for k := i * columns; k < (i+1)*columns; k++ {
				if section.Mask[k] {
					v := float64(image[k])
					s, q, c = s+v, q+v*v, c+1
				}
			}
			at := first + i
			n.sum[at+1], n.squares[at+1], n.count[at+1] = n.sum[at]+s, n.squares[at]+q, n.count[at]+c
		}
		return nil
	})
}

// Static is Log.Static of a section.
func (n *Normaliser) Static(section *Log) []float32 {
	out := make([]float32, len(section.Mask))
	n.static.fill(out, section)
	return out
}

// Dynamic is Log.Dynamic of a section that starts at row first of the log.
func (n *Normaliser) Dynamic(section *Log, first int) []float32 {
	out := n.Static(section)
	columns := section.Columns()
	n.log.slide(n.windowM, first, first+section.Rows(), func(i, lo, hi int) {
		count := float64(n.count[hi] - n.count[lo])
		if count == 0 {
			return
		}
		mean := (n.sum[hi] - n.sum[lo]) / count
		sd := math.Sqrt(max((n.squares[hi]-n.squares[lo])/count-mean*mean, 0))
		scale := float32(1 / max(sd, minLocalContrast))
		for k := (i - first) * columns; k < (i-first+1)*columns; k++ {
			if section.Mask[k] {
				out[k] = (out[k] - float32(mean)) * scale
			}
		}
	})
	return out
}

// static is the normalisation of a whole log: clipped at lo and hi, relative to lo, minus mean, times scale. scale is 0 for a constant image.
type static struct {
	lo, hi      float32
	log         bool // see Tone
	mean, scale float32
}

// relative is a value beyond lo, or the logarithm of how many times lo it is.
func (s static) relative(v float32) float32 {
	v = min(max(v, s.lo), s.hi)
	if s.log {
		return float32(math.Log(float64(v) / float64(s.lo)))
	}
	return v - s.lo
}

func (l *Log) static() (static, error) {
	tone, err := l.Tone()
	if err != nil {
		return static{}, err
	}
	out := static{log: tone.Log}
	if out.lo, out.hi, err = l.percentiles(clipShare); err != nil {
		return static{}, err
	}
	if out.log {
		out.lo = max(out.lo, float32(tone.Lo))
	}
	var sum, squares, n float64
	err = l.Sections(func(section *Log, _ int) error {
		pixels := section.Pixels()
		for i, ok := range section.Mask {
			if ok {
				v := float64(out.relative(pixels[i])) // so that a large offset does not eat the digits of the variance
				sum, squares, n = sum+v, squares+v*v, n+1
			}
		}
		return nil
	})
	if err != nil || n == 0 {
		return static{}, err
	}
	mean := sum / n
	sd := math.Sqrt(max(squares/n-mean*mean, 0))
	if sd <= 1e-6*mean || sd == 0 {
		return static{}, nil
	}
	out.mean, out.scale = float32(mean), float32(1/sd)
	return out, nil
}

// fill writes the valid pixels of a section to out.
func (s static) fill(out []float32, section *Log) {
	if s.scale == 0 {
		return
	}
	pixels := section.Pixels()
	for i, ok := range section.Mask {
		if ok {
			out[i] = (s.relative(pixels[i]) - s.mean) * s.scale
		}
	}
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
	l.slide(windowM, 0, l.Rows(), func(i, lo, hi int) {
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

// slide calls visit for the rows i of [first, end), top to bottom, with the rows [lo, hi) of the log that lie within windowM/2 of its
// depth. lo and hi never decrease.
func (l *Log) slide(windowM float64, first, end int, visit func(i, lo, hi int)) {
	lo, _ := slices.BinarySearch(l.DepthM, l.DepthM[first]-windowM/2)
	hi := first
	for i := first; i < end; i++ {
		d := l.DepthM[i]
		for hi < len(l.DepthM) && l.DepthM[hi] <= d+windowM/2 {
			hi++
		}
		for l.DepthM[lo] < d-windowM/2 {
			lo++
		}
		visit(i, lo, max(hi, i+1))
	}
}
