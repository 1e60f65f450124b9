package report

import (
	"math"

	"github.com/geobfdt/geobfdt/internal/imagelog"
)

const (
	// windowM is the sliding window of the dynamic image.
	windowM = 2.0
	// leastContrast is the least standard deviation of a window, in those of the log, that is stretched to full contrast, so that a
	// featureless interval does not look bedded.
	leastContrast = 0.05
)

// section is a part of a log, normalised.
type section struct {
	log      *imagelog.Log
	z        []float32 // [rows*columns] the static image: in standard deviations of the whole log; 0 in gaps
	mean, sd []float32 // [rows] of z in the window of each row
}

// newSection normalises a part of a log. Rows nearer than half a window to its ends see less of their surroundings than they should,
// unless the log ends there too.
func newSection(log *imagelog.Log, whole *imagelog.Normaliser) section {
	rows, columns := log.Rows(), log.Columns()
	s := section{log: log, z: whole.Static(log), mean: make([]float32, rows), sd: make([]float32, rows)}
	sum, squares, count := make([]float64, rows+1), make([]float64, rows+1), make([]int, rows+1)
	for i := range rows {
		a, q, n := 0.0, 0.0, 0
		for k := i * columns; k < (i+1)*columns; k++ {
			if log.Mask[k] {
				v := float64(s.z[k])
				a, q, n = a+v, q+v*v, n+1
			}
		}
		sum[i+1], squares[i+1], count[i+1] = sum[i]+a, squares[i]+q, count[i]+n
	}
	lo, hi := 0, 0
	for i, d := range log.DepthM {
		for hi < rows && log.DepthM[hi] <= d+windowM/2 {
			hi++
		}
		for log.DepthM[lo] < d-windowM/2 {
			lo++
		}
		s.sd[i] = 1
		if n := float64(count[hi] - count[lo]); n > 0 {
			mean := (sum[hi] - sum[lo]) / n
			s.mean[i] = float32(mean)
			s.sd[i] = max(float32(math.Sqrt(max((squares[hi]-squares[lo])/n-mean*mean, 0))), leastContrast)
		}
	}
	return s
}

// dynamic is the dynamic image at a pixel, in standard deviations of its window.
func (s *section) dynamic(row, k int) float32 { return (s.z[k] - s.mean[row]) / s.sd[row] }
