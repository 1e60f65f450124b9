package tile

import "math"

// clip bounds z-scores: a few saturated pixels must not decide the scale of what the network sees.
const clip = 4

// relativeFloor keeps a nearly flat tile from being blown up to pure noise: it is added to the tile's standard deviation, as a
// share of the reference deviation.
const relativeFloor = 1e-3

// moments are mean and standard deviation over valid pixels, in two passes over them: add and centre, then addSquares.
type moments struct {
	n             int     // valid pixels
	mean, squares float64 // mean is the sum until centre
}

func (m *moments) add(img []float32, mask []bool) {
	sum, n := m.mean, m.n
	for i, v := range img {
		if mask[i] {
			sum += float64(v)
			n++
		}
	}
	m.mean, m.n = sum, n
}

// centre makes the mean of the sum.
func (m *moments) centre() {
	if m.n > 0 {
		m.mean /= float64(m.n)
	}
}

func (m *moments) addSquares(img []float32, mask []bool) {
	mean, squares := m.mean, m.squares
	for i, v := range img {
		if mask[i] {
			d := float64(v) - mean
			squares += d * d
		}
	}
	m.squares = squares
}

func (m *moments) std() float64 {
	if m.n == 0 {
		return 0
	}
	return math.Sqrt(m.squares / float64(m.n))
}

// momentsOf returns mean and standard deviation of an image.
func momentsOf(img []float32, mask []bool) (mean, std float64) {
	var m moments
	m.add(img, mask)
	m.centre()
	m.addSquares(img, mask)
	return m.mean, m.std()
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
