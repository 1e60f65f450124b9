package pads

import "math"

const (
	// A button whose contrast in the window is below this share of its pad's is dead.
	deadShare = 0.3
	// Fewest readings in a window that give a level and a contrast.
	minReadings = 8
)

// equalise brings every button to the level and contrast of the whole tool, in place: its mean and standard deviation in a window
// of windowM centred on the row become the medians over the pads of the medians over a pad's buttons. Readings of a button that
// hardly varies while its pad does are removed. rows are at depthM (ascending), pads[i] is [rows*buttons]. It returns for how many
// buttons at least half of the readings were removed.
//
// This is the usual equalisation of button arrays (Serra, Formation MicroScanner image interpretation, 1989), with medians in place
// of means over the buttons, so that dead ones do not count.
func equalise(t *Tool, pads [][]float32, depthM []float64, windowM float64) (dead int) {
	rows := len(depthM)
	from, to := windows(depthM, windowM)
	level, contrast := make([][]float64, len(pads)), make([][]float64, len(pads))
	for i, values := range pads {
		if values == nil {
			continue
		}
		p, _ := t.plate(i)
		level[i], contrast[i] = make([]float64, rows), make([]float64, rows)
		dead += standardise(values, p.Buttons, from, to, level[i], contrast[i])
	}
	scratch := make([]float64, 0, len(pads))
	over := func(by [][]float64, row int) float64 {
		scratch = scratch[:0]
		for _, v := range by {
			if v != nil && v[row] == v[row] {
				scratch = append(scratch, v[row])
			}
		}
		return median(scratch)
	}
	for row := range rows {
		mean, sd := over(level, row), over(contrast, row)
		for i, values := range pads {
			if values == nil {
				continue
			}
			p, _ := t.plate(i)
			for k := row * p.Buttons; k < (row+1)*p.Buttons; k++ {
				values[k] = float32(mean + sd*float64(values[k]))
			}
		}
	}
	return dead
}

// windows returns for every row the rows [from, to) of its window.
func windows(depthM []float64, windowM float64) (from, to []int) {
	n := len(depthM)
	from, to = make([]int, n), make([]int, n)
	lo, hi := 0, 0
	for i, d := range depthM {
		for depthM[lo] < d-windowM/2 {
			lo++
		}
		for hi < n && depthM[hi] <= d+windowM/2 {
			hi++
		}
		from[i], to[i] = lo, hi
	}
	return from, to
}

// running holds sums over the window of one button. Values count from its overall mean, so that the sums keep their digits.
type running struct {
	centre, sum, squares float64
	count                int
}

func (r *running) add(v float32, sign float64) {
	if v != v {
		return
	}
	x := float64(v) - r.centre
	r.sum += sign * x
	r.squares += sign * x * x
	r.count += int(sign)
}

// stats returns mean and standard deviation, NaN for too few readings.
func (r *running) stats() (mean, sd float64) {
	if r.count < minReadings {
		return math.NaN(), math.NaN()
	}
	n := float64(r.count)
	m := r.sum / n
	return r.centre + m, math.Sqrt(max(0, r.squares/n-m*m))
}

// standardise replaces the readings of a pad, [rows*buttons], by their distance from the button's mean in standard deviations, and
// returns the pad's level and contrast by row: medians over the buttons.
func standardise(values []float32, buttons int, from, to []int, level, contrast []float64) (dead int) {
	rows := len(level)
	state := make([]running, buttons)
	for b := range state {
		sum, n := 0.0, 0
		for row := range rows {
			if v := values[row*buttons+b]; v == v {
				sum, n = sum+float64(v), n+1
			}
		}
		if n > 0 {
			state[b].centre = sum / float64(n)
		}
	}
	original := append([]float32(nil), values...)
	removed, seen := make([]int, buttons), make([]int, buttons)
	means, sds := make([]float64, buttons), make([]float64, buttons)
	scratch := make([]float64, 0, buttons)
	over := func(all []float64) float64 {
		scratch = scratch[:0]
		for _, v := range all {
			if v == v {
				scratch = append(scratch, v)
			}
		}
		return median(scratch)
	}
	lo, hi := 0, 0
	for row := range rows {
		for ; hi < to[row]; hi++ {
			for b := range state {
				state[b].add(original[hi*buttons+b], 1)
			}
		}
		for ; lo < from[row]; lo++ {
			for b := range state {
				state[b].add(original[lo*buttons+b], -1)
			}
		}
		for b := range state {
			means[b], sds[b] = state[b].stats()
		}
		level[row], contrast[row] = over(means), over(sds)
		for b := range state {
			v := &values[row*buttons+b]
			if *v == *v {
				seen[b]++
			}
			switch {
			case *v != *v:
			case contrast[row] == 0: // the pad sees no change: levels are all there is
				*v = 0
			case !(sds[b] >= deadShare*contrast[row]):
				removed[b]++
				*v = float32(math.NaN())
			default:
				*v = float32((float64(*v) - means[b]) / sds[b])
			}
		}
	}
	for b := range removed {
		if seen[b] > 0 && 2*removed[b] >= seen[b] {
			dead++
		}
	}
	return dead
}
