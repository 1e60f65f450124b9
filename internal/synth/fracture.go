package synth

import (
	"math"
	"math/rand/v2"

	"github.com/geobfdt/geobfdt/internal/dip"
)

// fracture is a thin sinusoid, whole or seen on an arc, dark (conductive, open) or bright (resistive, healed).
type fracture struct {
	depthM, a, b     float64 // midline and attitude, metres
	dipDeg, azDeg    float64
	sigmaM, contrast float64
	rough            wave
	jagged           lattice // departure at a scale of centimetres
	arcCentre        float64 // radians
	arcHalf          float64 // radians; math.Pi = all round
	fading           lattice // change of strength along the trace, relative
	rimM             float64 // > 0: shows as two lines this far apart, with a core of the other polarity
	halo             float64 // strength of the rims, of the other polarity, relative to the trace
	pinch            float64 // relative change of thickness along the trace
	patchy           float64 // relative change of contrast along the trace
	patchPeriods     float64
	patchPhase       float64
}

// arcFade is the azimuth over which a partial fracture dies out, radians.
const arcFade = 0.12

// at is the depth of the trace at an azimuth.
func (f *fracture) at(phi float64) float64 {
	sin, cos := math.Sincos(phi)
	return f.depthM + f.a*cos + f.b*sin + f.rough.at(phi) + f.jagged.at(0, phi/(2*math.Pi))
}

// seen is the strength of the trace at an azimuth, 0 outside the arc.
func (f *fracture) seen(phi float64) float64 {
	strength := 1.0
	if f.fading.sd > 0 {
		strength = max(0, min(1.5, 1+f.fading.at(0, dip.WrapAzimuth(phi/rad)/360)))
	}
	if f.arcHalf >= math.Pi {
		return strength
	}
	return strength / (1 + math.Exp((angleBetween(phi, f.arcCentre)-f.arcHalf)/arcFade))
}

// angleBetween is the distance between two angles, [0, pi].
func angleBetween(x, y float64) float64 {
	return math.Abs(math.Remainder(x-y, 2*math.Pi))
}

// reachM is the half height of the trace, with roughness.
func (f *fracture) reachM() float64 { return math.Hypot(f.a, f.b) + f.rough.reachM() + 3*f.jagged.sd }

// draw adds the fracture to one azimuth column of the latent image. columnM is the width of a column: a steep trace is as tall
// as the column is wide times its slope, and a row averages over its own height.
func (f *fracture) draw(dst []float32, zTopM, rowM, columnM, radiusM, phi float64) {
	strength := f.seen(phi)
	if strength < 0.02 {
		return
	}
	sin, cos := math.Sincos(phi)
	slope := (f.b*cos - f.a*sin) / radiusM
	z := f.at(phi)
	thickness := f.sigmaM * (1 + f.pinch*math.Sin((f.patchPeriods+1)*phi+2*f.patchPhase))
	sigma := thickness * math.Sqrt(1+slope*slope)
	wide := math.Sqrt(sigma*sigma + (rowM*rowM+slope*slope*columnM*columnM)/12)
	contrast := f.contrast * strength * (sigma / wide) * (1 + f.patchy*math.Cos(f.patchPeriods*phi+f.patchPhase))
	if f.rimM > 0 {
		apart := f.rimM / 2 * math.Sqrt(1+slope*slope)
		drawLine(dst, zTopM, rowM, z-apart, wide, contrast)
		drawLine(dst, zTopM, rowM, z+apart, wide, contrast)
		contrast *= coreContrast
	}
	drawLine(dst, zTopM, rowM, z, wide, contrast)
	if f.halo > 0 {
		f.drawHalo(dst, zTopM, rowM, z, haloWidth*wide, -f.halo*contrast)
	}
}

// coreContrast is the contrast of the core between two rims, relative to them.
const coreContrast = -0.6

// drawLine adds a Gaussian across a line to one azimuth column.
func drawLine(dst []float32, zTopM, rowM, zM, wideM, contrast float64) {
	lo := max(0, int((zM-3.5*wideM-zTopM)/rowM))
	hi := min(len(dst), int((zM+3.5*wideM-zTopM)/rowM)+1)
	for i := lo; i < hi; i++ {
		x := (zTopM + (float64(i)+0.5)*rowM - zM) / wideM
		dst[i] += float32(contrast * math.Exp(-x*x/2))
	}
}

// haloWidth is how much wider than the trace its rims are.
const haloWidth = 3

// drawHalo adds the rims on both sides of the trace: a wide Gaussian without its middle.
func (f *fracture) drawHalo(dst []float32, zTopM, rowM, zM, wideM, contrast float64) {
	lo := max(0, int((zM-3.5*wideM-zTopM)/rowM))
	hi := min(len(dst), int((zM+3.5*wideM-zTopM)/rowM)+1)
	for i := lo; i < hi; i++ {
		x := (zTopM + (float64(i)+0.5)*rowM - zM) / wideM
		dst[i] += float32(contrast * math.Exp(-x*x/2) * (1 - math.Exp(-x*x*haloWidth*haloWidth/2)))
	}
}

// fractureSet is a family of fractures of similar orientation.
type fractureSet struct {
	dipDeg, azDeg float64
	scatter       float64 // in units of setDipSD and setAzimuthSD
}

// Standard deviations of dip and azimuth within a set, degrees.
const setDipSD, setAzimuthSD = 8, 20

// drawSets draws 1 to p.FractureSets orientation sets in the borehole frame.
func drawSets(rng *rand.Rand, p *Params) []fractureSet {
	sets := make([]fractureSet, 1+rng.IntN(p.FractureSets))
	for i := range sets {
		sets[i] = fractureSet{p.FractureDipDeg.uniform(rng), 360 * rng.Float64(), 1}
	}
	if scatter := p.Trouble.SetScatter.draw(rng); scatter > 0 {
		for i := range sets {
			sets[i].scatter = scatter
		}
	}
	return sets
}

// drawFracture draws one fracture at a depth: four in five of a set (a third of these of the conjugate one), the rest anyhow.
func (s *Scene) drawFracture(rng *rand.Rand, p *Params, sets []fractureSet, depthM float64) fracture {
	f := fracture{depthM: depthM, arcHalf: math.Pi}
	set := sets[rng.IntN(len(sets))]
	f.dipDeg = max(p.FractureDipDeg.Min, min(p.FractureDipDeg.Max, set.dipDeg+setDipSD*set.scatter*rng.NormFloat64()))
	f.azDeg = set.azDeg + setAzimuthSD*set.scatter*rng.NormFloat64()
	if rng.Float64() < 0.3 {
		f.azDeg += 180
	}
	if rng.Float64() < 0.2 {
		f.dipDeg, f.azDeg = p.FractureDipDeg.uniform(rng), 360*rng.Float64()
	}
	f.azDeg = dip.WrapAzimuth(f.azDeg)
	f.dipDeg = min(f.dipDeg, dip.FromAmplitude(p.FractureAmplitude, s.hole.diameterM))
	sin, cos := math.Sincos(f.azDeg * rad)
	amplitude := s.hole.amplitudeM(f.dipDeg) * s.hole.growth(depthM)
	f.a, f.b = amplitude*cos, amplitude*sin

	f.sigmaM = p.FractureSigmaM.uniform(rng)
	f.contrast = max(p.FractureContrast.uniform(rng), s.floor*min(2, math.Hypot(f.sigmaM, s.depthBlurM)/f.sigmaM))
	if rng.Float64() >= p.ResistiveShare {
		f.contrast = -f.contrast
	}
	roughM := p.RoughnessM.uniform(rng)
	for _, periods := range []float64{2, 3, 5, 9} {
		f.rough = append(f.rough, harmonic{periods, roughM * rng.NormFloat64() * math.Sqrt(2/periods), 2 * math.Pi * rng.Float64()})
	}
	if s.hole.ovality > 0 {
		f.rough = append(f.rough, s.hole.ovalWave(f.a, f.b))
	}
	f.jagged = lattice{seed: rng.Uint64(), cellM: 1, turns: 24 + rng.IntN(60), sd: 0.6 * roughM}
	if rng.Float64() < p.PartialShare {
		f.arcCentre, f.arcHalf = 2*math.Pi*rng.Float64(), p.ArcDeg.uniform(rng)/2*rad
	}
	if p.HaloShare > 0 && rng.Float64() < p.HaloShare {
		f.halo = Range{0.2, 0.8}.uniform(rng)
	}
	if p.PinchShare > 0 && rng.Float64() < p.PinchShare {
		f.pinch = 0.7 * rng.Float64()
	}
	f.patchy, f.patchPeriods, f.patchPhase = 0.6*rng.Float64(), float64(1+rng.IntN(6)), 2*math.Pi*rng.Float64()
	return f
}

// addFractures draws fractures at the given depths. One that cannot be told from bedding, where there is any, by its attitude, lies on another
// sinusoid, or is hardly seen is drawn again; after maxTries it is left out.
func (s *Scene) addFractures(rng *rand.Rand, p *Params, depthsM []float64, exact bool) {
	maxTries := 10
	if exact {
		maxTries = 200
	}
	sets, look := drawSets(rng, p), drawLook(rng, &p.Trouble)
	fromBedding := 0.04 + 0.25*math.Hypot(s.bedA, s.bedB)
	if s.massive {
		fromBedding = 0
	}
	for _, depth := range depthsM {
		for range maxTries {
			f := s.drawFracture(rng, p, sets, depth)
			look.give(rng, &f)
			alike := math.Hypot(f.a-s.bedA, f.b-s.bedB) < fromBedding
			if alike || s.onAnother(&f) || s.coverage(&f, math.Inf(-1), math.Inf(1)) < minCoverage {
				continue
			}
			s.fractures = append(s.fractures, f)
			s.addSplays(rng, &f, look.splays)
			s.addPits(rng, &f, look.pits)
			break
		}
	}
}

// onAnother tells whether the trace runs within duplicateM of another fracture or contact: an interpreter would pick one.
func (s *Scene) onAnother(f *fracture) bool {
	near := func(depthM, a, b float64) bool {
		dz := depthM - f.depthM
		da, db := a-f.a, b-f.b
		return dz*dz+(da*da+db*db)/2 < duplicateM*duplicateM
	}
	for i := range s.fractures {
		if g := &s.fractures[i]; near(g.depthM, g.a, g.b) {
			return true
		}
	}
	for _, c := range s.column.contacts {
		if near(c.uM, c.a, c.b) {
			return true
		}
	}
	return false
}
