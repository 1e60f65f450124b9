package tile

import "github.com/geobfdt/geobfdt/internal/imagelog"

// clip bounds z-scores: a few saturated pixels must not decide the scale of what the network sees.
const clip = 4

// relativeFloor keeps a nearly flat tile from being blown up to pure noise: it is added to the tile's standard deviation, as a
// share of the reference deviation.
const relativeFloor = 1e-3

// zScore writes the clipped z-scores of img to every ch-th value of x; gaps become 0. reference is the deviation that the floor
// refers to: that of the whole log, which makes the result blind to the log's grey range.
func zScore(x []float32, ch int, img []float32, mask []bool, reference float64) {
	mean, std := imagelog.Moments(img, mask)
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
