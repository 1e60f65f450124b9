package synth

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
)

const (
	metresPerInch = 0.0254
	// contrastFloor is the least contrast of a labelled sinusoid over the standard deviation of what surrounds it.
	contrastFloor = 1.5
	// laminaeWeight counts laminae more than noise in that sum: they look like beds.
	laminaeWeight = 1.5
	// minCoverage is the least share of a trace that the tool must see for a label.
	minCoverage = 0.25
	// duplicateM is the root mean square distance below which two curves are one to an interpreter.
	duplicateM = 0.03
	// traceSamples is the number of azimuths at which coverage is asked.
	traceSamples = 48
	// maxBedAmplitudeM caps the half height of bedding: taller sinusoids are vertical stripes on any tile.
	maxBedAmplitudeM = 1.0
)

// Scene is a borehole wall with its exact truth, and the tool that recorded it. It is read-only once drawn.
type Scene struct {
	TopM, BaseM float64 // recorded interval, metres of measured depth

	hole       hole
	reference  imagelog.Reference
	bedA, bedB float64 // background bedding, metres of half height
	column     *column
	textures   []texture
	fractures  []fracture
	clutter    []fracture // cracks and splays, not picks
	spots      []spot
	streaks    []streak

	tool       *tool
	motion     *motion
	response   response
	depthBlurM float64
	floor      float64 // least contrast of a sinusoid, latent units
	massive    bool    // no contacts: nothing that a fracture could be taken for

	labels []label // ascending
}

// DrawScene draws a scene of lengthM metres from p.TopM down. The parameters must be valid (Params.Validate); a length that is
// not a number between 0 and 10 km is brought there.
func DrawScene(rng *rand.Rand, p Params, lengthM float64) *Scene {
	if !(lengthM > 0) {
		lengthM = 0
	}
	return draw(rng, &p, p.TopM, p.TopM+min(lengthM, maxLengthM))
}

// draw draws a scene between two recorded depths.
func draw(rng *rand.Rand, p *Params, top, base float64) *Scene {
	s := &Scene{TopM: top, BaseM: base, reference: p.Reference}
	diameterIn := p.DiameterIn.uniform(rng)
	devi := p.DeviationDeg.uniform(rng)
	if rng.Float64() < p.VerticalProb {
		devi = 0
	}
	s.hole = newHole(diameterIn*metresPerInch, devi, 360*rng.Float64(), p.Reference == imagelog.RefHighSide)
	s.hole.damage(rng, &p.Trouble)
	kind := p.Tools[rng.IntN(len(p.Tools))]
	s.depthBlurM = p.DepthBlurM.skewed(rng)
	empty := rng.Float64() < p.EmptyProb

	r := s.drawRock(rng, p)
	texture := p.TextureSD.uniform(rng)
	s.response = drawResponse(rng, p, kind, top, base)
	if empty {
		// With nothing else in the tile, laminae above the noise would be beds to anybody.
		r.laminaeSD = min(r.laminaeSD, math.Hypot(texture, s.response.noiseSD))
	}
	if laminae := p.Trouble.Massive.draw(rng); laminae > 0 {
		s.massive, r.laminaeSD = true, laminae
	}
	streakSD, patchSD := p.Trouble.Streaks.draw(rng), p.Trouble.Patches.draw(rng)
	overSD := contrastFloor
	if v := p.Trouble.Floor.draw(rng); v > 0 {
		overSD = v
	}
	s.floor = overSD * math.Sqrt(square(laminaeWeight*r.laminaeSD)+square(texture)+square(s.response.noiseSD)+
		square(s.response.grainSD)+square(laminaeWeight*streakSD)+square(patchSD)+square(r.foresetSD))
	r.contrast.Min, r.contrast.Max = max(r.contrast.Min, s.floor), max(r.contrast.Max, s.floor)

	margin := max(0.35, 1.3*math.Hypot(s.bedA, s.bedB)+4*r.scatterM) + s.depthBlurM*3
	var beds, cracks []float64
	switch {
	case p.Counts != nil:
		beds, cracks = countedDepths(rng, p.Counts, top, base)
	case !empty:
		beds = contactDepths(rng, r.spacingM, top-margin, base+margin)
		if rng.Float64() >= p.FractureFreeProb {
			reach := p.fractureReachM(s.hole.diameterM)
			n := poisson(rng, p.FracturesPerM.logUniform(rng)*(base-top+2*reach))
			cracks = uniformDepths(rng, n, top-reach, base+reach)
		}
		if share := p.Trouble.Barren.draw(rng); share > 0 {
			fruitful := drawFruitful(rng, share, top-margin, base+margin)
			barren := func(zM float64) bool { return !within(fruitful, zM) }
			beds, cracks = slices.DeleteFunc(beds, barren), slices.DeleteFunc(cracks, barren)
		}
	}
	if s.massive {
		beds = nil
	}
	s.column = newColumn(rng, r, top-margin-0.5, base+margin+0.5, beds)
	s.textures = drawTextures(rng, texture)
	if streakSD > 0 {
		s.textures = append(s.textures, streaks(rng, streakSD))
	}
	if patchSD > 0 {
		s.textures = append(s.textures, patches(rng, patchSD, s.hole.radiusM()))
	}
	s.tool = drawTool(rng, p, kind, diameterIn, top, base)
	s.motion = drawMotion(rng, speedError(rng, p), top, base)
	s.addFractures(rng, p, cracks, p.Counts != nil)
	s.drawBlemishes(rng, p, kind, base+margin)
	s.label()
	return s
}

// drawRock draws what all bedding shares, and sets the scene's background attitude.
func (s *Scene) drawRock(rng *rand.Rand, p *Params) *rock {
	var amplitude, azDeg float64
	if p.BedAmplitudeM.Max > 0 {
		amplitude, azDeg = p.BedAmplitudeM.logUniform(rng), 360*rng.Float64()
	} else {
		dipDeg, az := s.hole.apparent(p.TrueDipDeg.skewed(rng), 360*rng.Float64())
		amplitude, azDeg = min(s.hole.amplitudeM(dipDeg), maxBedAmplitudeM), az
	}
	sin, cos := math.Sincos(azDeg * rad)
	s.bedA, s.bedB = amplitude*cos, amplitude*sin
	// A scatter in degrees is taller where the beds are steep: d(R tan dip) = R / cos^2(dip), which is bounded at 60 degrees.
	t := min(amplitude/s.hole.radiusM(), math.Sqrt(3))
	scatter := s.hole.radiusM() * p.AttitudeScatter.uniform(rng) * rad * (1 + t*t) / math.Sqrt2
	r := &rock{
		a: s.bedA, b: s.bedB, scatterM: scatter, spacingM: p.BedSpacingM.logUniform(rng), widthM: p.ContactWidthM.logUniform(rng),
		contrast: p.BedContrast, lineShare: p.LineShare.skewed(rng), ramp: rng.Float64() < p.RampProb,
		laminaeSD: p.LaminaeSD.uniform(rng), laminaM: p.LaminaM.uniform(rng), crossProb: p.CrossLaminProb,
		diameterM: s.hole.diameterM, depthBlurM: s.depthBlurM, hole: &s.hole,
		gradual: p.Trouble.Gradual.draw(rng), gradualM: p.Trouble.GradualWidthM, foresetDeg: p.Trouble.CrossBedDeg.draw(rng),
	}
	if r.foresetDeg > 0 {
		r.foresetSD = Range{0.1, 0.45}.uniform(rng)
	}
	waviness := p.WavinessM.skewed(rng)
	for _, periods := range []float64{2, 3, 4} {
		r.waves = append(r.waves, harmonic{periods, waviness * rng.NormFloat64() / periods, 2 * math.Pi * rng.Float64()})
	}
	if s.hole.ovality > 0 {
		r.waves = append(r.waves, s.hole.ovalWave(s.bedA, s.bedB))
	}
	return r
}

// fractureReachM is how far outside an interval a fracture's midline can lie and still cross it.
func (p *Params) fractureReachM(diameterM float64) float64 {
	return min(p.FractureAmplitude, dip.AmplitudeM(p.FractureDipDeg.Max, diameterM)) + 0.05
}

func speedError(rng *rand.Rand, p *Params) float64 {
	if rng.Float64() < p.SpeedErrorProb {
		return p.SpeedErrorM.uniform(rng)
	}
	return 0
}

// drawBlemishes draws what is no pick, from margins above the scene to base.
func (s *Scene) drawBlemishes(rng *rand.Rand, p *Params, kind Tool, base float64) {
	top, radius := s.TopM-(base-s.BaseM), s.hole.radiusM()
	stress := 2 * math.Pi * rng.Float64()
	s.spots = drawSpots(rng, p.VugsPerM.skewed(rng), top, base, radius, false)
	if rng.Float64() < p.InducedProb {
		s.streaks = append(s.streaks, drawInduced(rng, top, base, stress)...)
	}
	if rng.Float64() < p.BreakoutProb {
		s.streaks = append(s.streaks, drawBreakouts(rng, top, base, stress+math.Pi/2)...)
	}
	if kind == LWD {
		s.spots = append(s.spots, drawSpots(rng, p.BlotchesPerM.skewed(rng), top, base, radius, true)...)
		if rng.Float64() < p.SeamProb {
			s.streaks = append(s.streaks, drawSeams(rng, top, base, math.Atan2(s.bedB, s.bedA)+math.Pi)...)
		}
	}
	if perM := p.Trouble.WashoutsPerM.draw(rng); perM > 0 {
		s.spots = append(s.spots, drawWashouts(rng, perM, top, base, radius)...)
	}
	if perM := p.Trouble.CracksPerM.draw(rng); perM > 0 {
		s.drawCracks(rng, p, perM, top, base)
	}
}

// countedDepths places an exact number of beds and fractures over the zones, mixed at random.
func countedDepths(rng *rand.Rand, c *Counts, top, base float64) (beds, cracks []float64) {
	zones := []Interval{{top, base}}
	if c.Zones != nil {
		zones = zones[:0]
		for _, z := range c.Zones {
			zones = append(zones, Interval{top + z.TopM, top + z.BaseM})
		}
	}
	all := spread(rng, c.total(), zones)
	isBed := make([]bool, len(all))
	for _, i := range rng.Perm(len(all))[:c.Beds] {
		isBed[i] = true
	}
	for i, z := range all {
		if isBed[i] {
			beds = append(beds, z)
		} else {
			cracks = append(cracks, z)
		}
	}
	return beds, cracks
}

func square(x float64) float64 { return x * x }

// drawFruitful draws the stretches of half a metre to four metres, ascending, that hold all picks of a well of which a share is barren.
func drawFruitful(rng *rand.Rand, barren, topM, baseM float64) []Interval {
	var out []Interval
	for z := topM; z < baseM; {
		length := Range{0.5, 4}.logUniform(rng)
		gap := 2 * rng.Float64() * length * barren / (1 - barren) // so much in the mean
		out = append(out, Interval{z + gap, z + gap + length})
		z += gap + length
	}
	return out
}

// uniformDepths draws n depths, ascending.
func uniformDepths(rng *rand.Rand, n int, top, base float64) []float64 {
	depths := make([]float64, n)
	for i := range depths {
		depths[i] = top + (base-top)*rng.Float64()
	}
	slices.Sort(depths)
	return depths
}

// poisson draws a count with the given mean.
func poisson(rng *rand.Rand, mean float64) int {
	if !(mean > 0) {
		return 0
	}
	return int(distuv.Poisson{Lambda: mean, Src: rng}.Rand())
}
