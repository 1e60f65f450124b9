package imagelog

import "math"

// Moments are the mean and the standard deviation of the pixels that are valid, in two passes; 0 and 0 where none is.
func Moments(pixels []float32, mask []bool) (mean, deviation float64) {
	var sum, squares, n float64
	for i, v := range pixels {
		if mask[i] {
			sum, n = sum+float64(v), n+1
		}
	}
	if n == 0 {
		return 0, 0
	}
	mean = sum / n
	for i, v := range pixels {
		if mask[i] {
			d := float64(v) - mean
			squares += d * d
		}
	}
	return mean, math.Sqrt(squares / n)
}
