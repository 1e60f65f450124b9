package synth

import (
	"math"
	"math/rand/v2"

	"github.com/geobfdt/geobfdt/internal/dip"
)

// Trouble with fractures: how the fractures of one well look, and the short cracks, splays and pits that are no picks.

// look is what the fractures of a scene have in common.
type look struct {
	fading       float64 // spread of strength along a trace
	rimM         float64
	splays, pits float64 // mean number of a fracture
}

func drawLook(rng *rand.Rand, t *Trouble) look {
	return look{fading: t.Fading.draw(rng), rimM: t.RimM.draw(rng), splays: t.Splays.draw(rng), pits: t.Pits.draw(rng)}
}

// give dresses one fracture.
func (l *look) give(rng *rand.Rand, f *fracture) {
	if l.fading > 0 {
		f.fading = lattice{seed: rng.Uint64(), cellM: 1, turns: 3 + rng.IntN(12), sd: l.fading * rng.Float64()}
	}
	if l.rimM > 0 {
		f.rimM = l.rimM * Range{0.7, 1.3}.uniform(rng)
	}
}

// addSplays adds short cracks that leave a fracture at a small angle.
func (s *Scene) addSplays(rng *rand.Rand, f *fracture, mean float64) {
	for range poisson(rng, mean) {
		g := *f
		turn, scale := 0.25*rng.NormFloat64(), 1+0.15*rng.NormFloat64()
		sin, cos := math.Sincos(turn)
		g.a, g.b = scale*(f.a*cos-f.b*sin), scale*(f.a*sin+f.b*cos)
		g.arcCentre, g.arcHalf = f.arcCentre+f.arcHalf*(2*rng.Float64()-1), Range{10, 40}.uniform(rng)*rad
		// It leaves the fracture where its arc begins.
		phi := g.arcCentre - g.arcHalf
		sin, cos = math.Sincos(phi)
		g.depthM = f.depthM + (f.a-g.a)*cos + (f.b-g.b)*sin
		g.contrast *= Range{0.4, 0.9}.uniform(rng)
		g.jagged.seed = rng.Uint64()
		s.clutter = append(s.clutter, g)
	}
}

// addPits adds washed-out pits on the trace of a fracture.
func (s *Scene) addPits(rng *rand.Rand, f *fracture, mean float64) {
	for range poisson(rng, mean) {
		phi := 2 * math.Pi * rng.Float64()
		if f.seen(phi) < 0.3 {
			continue
		}
		s.spots = append(s.spots, raggedSpot(rng, f.at(phi), phi, Range{0.008, 0.05}.logUniform(rng), Range{0.08, 0.5}.logUniform(rng)))
	}
}

// raggedSpot is a dark flat spot of a half height (metres) and a half width (radians).
func raggedSpot(rng *rand.Rand, zM, phi, halfM, halfRadian float64) spot {
	s := spot{zM: zM, phi: phi, halfM: halfM, halfRadian: halfRadian, contrast: -Range{0.8, 3}.uniform(rng)}
	s.ragged = lattice{seed: rng.Uint64(), cellM: halfM * Range{0.2, 0.7}.uniform(rng), turns: int(math.Pi/halfRadian) * (2 + rng.IntN(4)),
		sd: Range{0.1, 0.35}.uniform(rng)}
	return s
}

// drawWashouts draws dark ragged blotches, where rock fell out and the pads lost touch.
func drawWashouts(rng *rand.Rand, perM, top, base, radiusM float64) []spot {
	var spots []spot
	for range poisson(rng, perM*(base-top)) {
		half := Range{0.015, 0.15}.logUniform(rng)
		spots = append(spots, raggedSpot(rng, top+(base-top)*rng.Float64(), 2*math.Pi*rng.Float64(), half,
			min(1.2, half/radiusM*Range{0.7, 3}.logUniform(rng))))
	}
	return spots
}

// drawCracks draws cracks too short to pick: half of them of one attitude, as a foliation has, the others anyhow.
func (s *Scene) drawCracks(rng *rand.Rand, p *Params, perM, top, base float64) {
	setDeg, setAzimuth := Range{10, 75}.uniform(rng), 2*math.Pi*rng.Float64()
	for range poisson(rng, perM*(base-top)) {
		dipDeg, azimuth := setDeg+8*rng.NormFloat64(), setAzimuth+0.3*rng.NormFloat64()
		if rng.Float64() < 0.5 {
			dipDeg, azimuth = Range{0, 80}.uniform(rng), 2*math.Pi*rng.Float64()
		}
		amplitude := dip.AmplitudeM(max(0, min(80, dipDeg)), s.hole.diameterM)
		f := fracture{a: amplitude * math.Cos(azimuth), b: amplitude * math.Sin(azimuth), sigmaM: p.FractureSigmaM.uniform(rng),
			arcCentre: 2 * math.Pi * rng.Float64(), arcHalf: Range{4, 25}.uniform(rng) * rad, contrast: -s.floor * Range{0.6, 1.6}.uniform(rng)}
		if rng.Float64() < p.ResistiveShare {
			f.contrast = -f.contrast
		}
		f.jagged = lattice{seed: rng.Uint64(), cellM: 1, turns: 24 + rng.IntN(60), sd: 0.6 * p.RoughnessM.uniform(rng)}
		sin, cos := math.Sincos(f.arcCentre)
		f.depthM = top + (base-top)*rng.Float64() - f.a*cos - f.b*sin
		s.clutter = append(s.clutter, f)
	}
}
