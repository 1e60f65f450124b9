package plot

import (
	"math"

	"github.com/geobfdt/geobfdt/internal/imagelog"
)

// Bins of the histogram of a window, over the static image from -equaliseRange to +equaliseRange standard deviations of the log.
const (
	equaliseBins  = 256
	equaliseRange = 4
)

// equalise returns a section histogram-equalised in a window of windowM metres that slides down it, [rows*columns]: each valid pixel
// becomes the share of the window's pixels below it, 0 to 1. static is the section's static image, normalised over the whole log, so
// that it does not matter where a section begins. Gaps mean nothing.
func equalise(section *imagelog.Log, static []float32, windowM float64) []float32 {
	rows, columns := section.Rows(), section.Columns()
	out := make([]float32, len(static))
	const binsPerUnit = equaliseBins / (2.0 * equaliseRange)
	position := func(v float32) float32 { return min(max((v+equaliseRange)*binsPerUnit, 0), equaliseBins-1e-3) }
	var histogram [equaliseBins]int
	add := func(row, sign int) {
		for k := row * columns; k < (row+1)*columns; k++ {
			if section.Mask[k] {
				histogram[int(position(static[k]))] += sign
			}
		}
	}
	first, end := 0, 0 // rows in the histogram
	for i, d := range section.DepthM {
		for ; end < rows && section.DepthM[end] <= d+windowM/2; end++ {
			add(end, 1)
		}
		for ; section.DepthM[first] < d-windowM/2; first++ {
			add(first, -1)
		}
		var below [equaliseBins + 1]float32 // pixels of the window in the bins before
		for b, n := range histogram {
			below[b+1] = below[b] + float32(n)
		}
		total := max(below[equaliseBins], 1)
		for k := i * columns; k < (i+1)*columns; k++ {
			p := position(static[k])
			b := int(math.Floor(float64(p)))
			out[k] = (below[b] + (below[b+1]-below[b])*(p-float32(b))) / total
		}
	}
	return out
}
