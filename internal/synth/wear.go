package synth

import (
	"math"
	"math/rand/v2"
	"sort"
)

// flipM is the length over which polarity turns at the ends of an inverted interval.
const flipM = 0.04

// spiral is the level that a spiral hole adds: one period round the hole that winds down it.
type spiral struct{ level, radPerM, phase float64 }

// hatch is a woven interference: two oblique gratings that cross, whose sum is a product.
type hatch struct{ level, radPerM, phase float64 }

// hatchPeriods is the number of periods of a hatch round the hole.
const hatchPeriods = 13

// trouble draws what real tools and files do to an image between two recorded depths.
func (q *response) trouble(rng *rand.Rand, t *Trouble, kind Tool, top, base float64) {
	if share := t.Grain.draw(rng); share > 0 && kind != LWD {
		q.grainSD = share * q.noiseSD
		q.wallNoiseSD, q.noiseSD = q.grainSD, q.noiseSD*math.Sqrt(1-share*share)
	}
	q.rowNoiseSD = t.RowNoise.draw(rng)
	if sd := t.Stripes.draw(rng); sd > 0 {
		q.stripes = lattice{seed: rng.Uint64(), cellM: Range{0.15, 3}.logUniform(rng), turns: 40 + rng.IntN(140), sd: sd}
	}
	if level := t.Spiral.draw(rng); level > 0 {
		q.spiral = spiral{level, 2 * math.Pi / Range{0.1, 0.7}.logUniform(rng), 2 * math.Pi * rng.Float64()}
		if rng.Float64() < 0.5 {
			q.spiral.radPerM = -q.spiral.radPerM
		}
	}
	if sd := t.HatchSD.draw(rng); sd > 0 {
		q.hatch = hatch{2 * sd, 2 * math.Pi / Range{0.02, 0.05}.uniform(rng), 2 * math.Pi * rng.Float64()}
	}
	q.inverted = drawIntervals(rng, t.InvertedM.draw(rng), top, base)
	if q.warp = t.Warp.draw(rng); q.warp > 0 && rng.Float64() < 0.5 {
		q.warp = -q.warp
	}
	q.finish = finish{levels: int(t.Levels.draw(rng)), quality: int(t.JPEG.draw(rng)), windowM: t.EqualiseM.draw(rng)}
}

// drawIntervals draws stretches of at most maxM, about one in 3 m and never nearer than 1.5 m; none for maxM 0.
func drawIntervals(rng *rand.Rand, maxM, top, base float64) (out []Interval) {
	if maxM <= 0 {
		return nil
	}
	for z := top + rng.Float64()*min(3, base-top); z < base; z += 1.5 + 1.5*rng.ExpFloat64() {
		length := maxM * Range{0.3, 1}.uniform(rng)
		out = append(out, Interval{z, z + length})
		z += length
	}
	return out
}

// within tells whether a depth lies in one of the intervals, which ascend.
func within(intervals []Interval, zM float64) bool {
	i := sort.Search(len(intervals), func(i int) bool { return intervals[i].BaseM > zM })
	return i < len(intervals) && zM >= intervals[i].TopM
}

// polarity is the factor on contrast by inverted intervals, [-1, 1].
func (q *response) polarity(zM float64) float64 {
	factor := 1.0
	for _, x := range q.inverted {
		if d := min(zM-x.TopM, x.BaseM-zM); d > -4*flipM {
			factor = -math.Tanh(d / flipM)
		}
	}
	return factor
}

// invert turns the polarity of a latent column.
func (r *renderer) invert(dst []float32, zTop float64) {
	for i := range dst {
		dst[i] *= float32(r.s.response.polarity(zTop + (float64(i)+0.5)*r.rowM))
	}
}

// mark adds tool marks, the spiral of the hole and interference to a latent column.
func (q *response) mark(dst []float32, s *strip, zTop, zBase, rowM, turn float64) {
	if q.stripes.sd > 0 {
		q.stripes.column(s, zTop, zBase, turn)
		for i := range dst {
			dst[i] += float32(s.at(zTop + (float64(i)+0.5)*rowM))
		}
	}
	phi := 2 * math.Pi * turn
	if q.spiral.level > 0 {
		for i := range dst {
			z := zTop + (float64(i)+0.5)*rowM
			dst[i] += float32(q.spiral.level * math.Cos(phi+q.spiral.radPerM*z+q.spiral.phase))
		}
	}
	if q.hatch.level > 0 {
		across := q.hatch.level * math.Cos(hatchPeriods*phi+q.hatch.phase)
		for i := range dst {
			z := zTop + (float64(i)+0.5)*rowM
			dst[i] += float32(across * math.Cos(q.hatch.radPerM*z))
		}
	}
}

// bend curves the scale of a latent value: steeper to one side and flatter to the other, with slope 1 at 0 and everywhere ascending.
func (q *response) bend(x float64) float64 {
	if s := q.warp * x; s > 0 {
		return x * (1 + s)
	} else {
		return x / (1 - s)
	}
}
