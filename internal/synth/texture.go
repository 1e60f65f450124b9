package synth

import (
	"math"
	"math/rand/v2"
)

// texture is mottling of the wall that runs along the bedding, or inclined to it.
type texture struct {
	lattice
	a, b   float64 // inclination to the bedding, metres of half height
	wobble wave    // departure from that plane, which hides the rows of the lattice
	hard   float64 // > 0: patches with sharp edges, the field times hard and cut to [-1, 1], times level
	// level is the height of a hard texture.
	level float64
}

// drawTextures draws mottling at three scales, elongated along the bedding, of a total standard deviation.
func drawTextures(rng *rand.Rand, sd float64) []texture {
	scales := []texture{{lattice: lattice{cellM: 0.15, turns: 5}}, {lattice: lattice{cellM: 0.035, turns: 14}}, {lattice: lattice{cellM: 0.012, turns: 40}}}
	total := 0.0
	for i := range scales {
		l := &scales[i]
		l.seed, l.sd = rng.Uint64(), rng.Float64()
		l.cellM *= Range{0.6, 1.7}.logUniform(rng)
		l.turns = int(float64(l.turns) * Range{0.5, 2}.logUniform(rng))
		l.sparse = rng.Float64() < 0.4
		total += l.sd * l.sd
	}
	for i := range scales {
		scales[i].sd *= sd / math.Sqrt(total)
	}
	return scales
}

// streaks are discontinuous laminae: low, long cells along the bedding.
func streaks(rng *rand.Rand, sd float64) texture {
	t := texture{lattice: lattice{seed: rng.Uint64(), cellM: Range{0.008, 0.03}.logUniform(rng), turns: 4 + rng.IntN(11), sd: sd,
		sparse: rng.Float64() < 0.5}}
	t.wobble = drawWobble(rng, t.cellM/2)
	return t
}

// patches are nodules, vuggy and patchy rock as pad images of carbonates show it: blobs with sharp edges, often inclined.
func patches(rng *rand.Rand, sd, radiusM float64) texture {
	t := texture{lattice: lattice{seed: rng.Uint64(), cellM: Range{0.015, 0.09}.logUniform(rng), sd: 1}}
	t.hard, t.level = Range{0.7, 3}.logUniform(rng), 1.2*sd
	wide := t.cellM * Range{0.6, 3}.logUniform(rng)
	t.turns = max(4, int(2*math.Pi*radiusM/wide))
	if rng.Float64() < 0.5 {
		sin, cos := math.Sincos(2 * math.Pi * rng.Float64())
		tilt := radiusM * math.Tan(Range{10, 65}.uniform(rng)*rad)
		t.a, t.b = tilt*cos, tilt*sin
	}
	t.wobble = drawWobble(rng, t.cellM)
	return t
}

// drawWobble is a wave of a height, from 2 to 17 periods round the hole.
func drawWobble(rng *rand.Rand, heightM float64) (w wave) {
	for _, periods := range []float64{2, 4, 7, 11, 17} {
		w = append(w, harmonic{periods, heightM * rng.NormFloat64() * math.Sqrt(2/periods), 2 * math.Pi * rng.Float64()})
	}
	return w
}

// draw adds the texture to one azimuth column whose rows lie at the given coordinates of the stratigraphic column.
func (t *texture) draw(dst []float32, s *strip, uM []float64, cosPhi, sinPhi, turn float64) {
	last := len(uM) - 1
	shift := t.a*cosPhi + t.b*sinPhi + t.wobble.at(2*math.Pi*turn)
	t.column(s, uM[0]-shift, uM[last]-shift, turn)
	switch {
	case t.hard > 0:
		for i, u := range uM {
			dst[i] += float32(t.level * max(-1, min(1, t.hard*s.at(u-shift))))
		}
	case shift != 0:
		for i, u := range uM {
			dst[i] += float32(s.at(u - shift))
		}
	default:
		s.addTo(dst, uM)
	}
}
