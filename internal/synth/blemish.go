package synth

import (
	"math"
	"math/rand/v2"

	"github.com/geobfdt/geobfdt/internal/dip"
)

// What is on a wall but is no pick.

// spot is a vug, a nodule or a blotch: a Gaussian bump.
type spot struct {
	zM, phi           float64
	halfM, halfRadian float64
	contrast          float64
	ragged            lattice // of a flat spot with a ragged edge: relative change of its radius
}

// streak is a near-vertical mark: an induced fracture, one side of a breakout, or a seam.
type streak struct {
	Interval
	phi, radPerM float64 // azimuth at the middle, and its change downward
	halfRadian   float64
	contrast     float64
	ragged       lattice // relative change of width and strength with depth
	wide         bool    // a breakout: flat-topped across
}

// drawSpots draws spots of a density between two depths.
func drawSpots(rng *rand.Rand, perM, top, base, radiusM float64, blotches bool) []spot {
	var spots []spot
	n := poisson(rng, perM*(base-top))
	for range n {
		size := Range{0.003, 0.018}.skewed(rng)
		s := spot{zM: top + (base-top)*rng.Float64(), phi: 2 * math.Pi * rng.Float64(), halfM: size,
			halfRadian: size / radiusM * Range{0.7, 2}.logUniform(rng), contrast: -Range{0.6, 2.4}.uniform(rng)}
		if rng.Float64() < 0.2 {
			s.contrast = -s.contrast
		}
		if blotches {
			s.halfM, s.halfRadian = Range{0.015, 0.07}.uniform(rng), Range{0.1, 0.5}.uniform(rng)
		}
		spots = append(spots, s)
	}
	return spots
}

// drawInduced draws drilling-induced fractures: en echelon pairs 180 degrees apart at the azimuth of the largest stress.
func drawInduced(rng *rand.Rand, top, base, phi float64) []streak {
	var out []streak
	tilt := rng.NormFloat64() * 1.2
	spacing := Range{0.15, 1}.logUniform(rng)
	for z := top + spacing*rng.Float64(); z < base; z += spacing * (Range{0.6, 2}).uniform(rng) {
		for side := range 2 {
			if rng.Float64() < 0.25 {
				continue
			}
			length := spacing * Range{0.3, 1}.uniform(rng)
			mid := z + 0.1*rng.NormFloat64()
			out = append(out, streak{
				Interval: Interval{mid - length/2, mid + length/2}, phi: phi + math.Pi*float64(side) + 0.08*rng.NormFloat64(), radPerM: tilt,
				halfRadian: Range{0.025, 0.07}.uniform(rng), contrast: -Range{0.5, 2}.uniform(rng), ragged: drawRagged(rng),
			})
		}
	}
	return out
}

// drawBreakouts draws dark wide pairs 180 degrees apart, across the largest stress.
func drawBreakouts(rng *rand.Rand, top, base, phi float64) []streak {
	var out []streak
	for z := top + 3*rng.Float64(); z < base; z += (Range{1, 6}).uniform(rng) {
		length, half := Range{0.2, 2.5}.logUniform(rng), Range{0.15, 0.45}.uniform(rng)
		for side := range 2 {
			out = append(out, streak{
				Interval: Interval{z, z + length*Range{0.7, 1}.uniform(rng)}, phi: phi + math.Pi*float64(side) + 0.06*rng.NormFloat64(),
				halfRadian: half, contrast: -Range{0.6, 1.8}.uniform(rng), ragged: drawRagged(rng), wide: true,
			})
		}
	}
	return out
}

// drawSeams draws long vertical seams, as LWD images have them where the sensor changes or the string lies on the wall.
func drawSeams(rng *rand.Rand, top, base, crest float64) []streak {
	var out []streak
	for range 1 + rng.IntN(2) {
		phi := 2 * math.Pi * rng.Float64()
		if rng.Float64() < 0.5 {
			phi = crest + 0.15*rng.NormFloat64()
		}
		out = append(out, streak{Interval: Interval{top - 1, base + 1}, phi: phi, halfRadian: Range{0.05, 0.25}.uniform(rng),
			contrast: -Range{0.4, 2}.uniform(rng), ragged: drawRagged(rng)})
	}
	return out
}

func drawRagged(rng *rand.Rand) lattice {
	return lattice{seed: rng.Uint64(), cellM: Range{0.01, 0.1}.logUniform(rng), turns: 1, sd: Range{0.1, 0.4}.uniform(rng)}
}

// draw adds the spot to one azimuth column.
func (s *spot) draw(dst []float32, zTopM, rowM, phi float64) {
	across := angleBetween(phi, s.phi) / s.halfRadian
	if across > 3 {
		return
	}
	if s.ragged.sd > 0 {
		s.drawFlat(dst, zTopM, rowM, phi, across)
		return
	}
	c := s.contrast * math.Exp(-across*across/2)
	lo, hi := max(0, int((s.zM-3*s.halfM-zTopM)/rowM)), min(len(dst), int((s.zM+3*s.halfM-zTopM)/rowM)+1)
	for i := lo; i < hi; i++ {
		x := (zTopM + (float64(i)+0.5)*rowM - s.zM) / s.halfM
		dst[i] += float32(c * math.Exp(-x*x/2))
	}
}

// drawFlat draws a spot with a flat top and a ragged edge.
func (s *spot) drawFlat(dst []float32, zTopM, rowM, phi, across float64) {
	turn := dip.WrapAzimuth(phi/rad) / 360
	lo, hi := max(0, int((s.zM-2*s.halfM-zTopM)/rowM)), min(len(dst), int((s.zM+2*s.halfM-zTopM)/rowM)+1)
	for i := lo; i < hi; i++ {
		z := zTopM + (float64(i)+0.5)*rowM
		if from := math.Hypot(across, (z-s.zM)/s.halfM) + s.ragged.at(z, turn); from < 2 {
			dst[i] += float32(s.contrast / (1 + math.Exp((from-1)*8)))
		}
	}
}

// draw adds the streak to one azimuth column.
func (s *streak) draw(dst []float32, zTopM, rowM, phi float64) {
	mid := (s.TopM + s.BaseM) / 2
	away := math.Remainder(phi-s.phi, 2*math.Pi)
	if math.Abs(away) > 3.5*s.halfRadian+math.Abs(s.radPerM)*(s.BaseM-s.TopM)/2 {
		return
	}
	lo, hi := max(0, int((s.TopM-zTopM)/rowM)), min(len(dst), int((s.BaseM-zTopM)/rowM)+1)
	for i := lo; i < hi; i++ {
		z := zTopM + (float64(i)+0.5)*rowM
		x := math.Abs(math.Remainder(away-s.radPerM*(z-mid), 2*math.Pi)) / s.halfRadian
		if x > 4 {
			continue
		}
		rough := s.ragged.at(z, 0)
		ends := max(0, min(1, min(z-s.TopM, s.BaseM-z)/(0.15*(s.BaseM-s.TopM))))
		var profile float64
		if s.wide {
			profile = 1 / (1 + math.Exp((x-1-0.6*rough)*6))
		} else {
			profile = math.Exp(-x*x/2) * (1 + rough)
		}
		dst[i] += float32(s.contrast * ends * profile)
	}
}
