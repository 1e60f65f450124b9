package tile

import "math"

// clip bounds z-scores: a few saturated pixels must not decide the scale of what the network sees.
const clip = 4

// relativeFloor keeps a nearly flat tile from being blown up to pure noise: it is added to the tile's standard deviation, as a
// share of the reference deviation.
const relativeFloor = 1e-3

// momentsOf returns mean and standard deviation of an image over its valid pixels, in two passes.
func momentsOf(img []float32, mask []bool) (mean, std float64) {
	var sum, squares, n float64
	for i, v := range img {
		if mask[i] {
			sum, n = sum+float64(v), n+1
		}
	}
	if n == 0 {
		return 0, 0
	}
	mean = sum / n
	for i, v := range img {
		if mask[i] {
			d := float64(v) - mean
			squares += d * d
		}
	}
	return mean, math.Sqrt(squares / n)
}

// zScore writes the clipped z-scores of img to every ch-th value of x; gaps become 0. reference is the deviation that the floor
// refers to: that of the whole log, which makes the result blind to the log's grey range.
func zScore(x []float32, ch int, img []float32, mask []bool, reference float64) {
	mean, std := momentsOf(img, mask)
	scale := 0.0
	if d := std + relativeFloor*reference; d > 0 {
		scale = 1 / d
	}
	for i, v := range img {
		z := 0.0
		if mask[i] {
			z = max(-clip, min(clip, (float64(v)-mean)*scale))
		}
		x[i*ch] = float32(z)
	}
}

// writeMask writes the mask as 1 and 0 to every ch-th value of x.
func writeMask(x []float32, ch int, mask []bool) {
	for i, m := range mask {
		x[i*ch] = 0
		if m {
			x[i*ch] = 1
		}
	}
}
