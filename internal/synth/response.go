package synth

import (
	"math"
	"math/rand/v2"
	"sort"
)

// Grey is the scale of an image's values. Low is always conductive.
type Grey int

// Grey scales seen in real files.
const (
	Grey15    Grey = iota // 0-15, linear
	Grey255               // 0-255 whole numbers, soft saturation
	OhmM                  // resistivity, ohm.m
	LogOhmM               // log10 of resistivity
	greyCount int  = iota
)

// response is what recording does to the latent image of the wall, apart from where the tool's pads are.
type response struct {
	noiseSD     float64 // white noise of the record
	wallNoiseSD float64 // white noise before blur, of tools that average
	blurTurns   float64 // standard deviation in azimuth
	fades       bool
	fade        lattice // log of contrast, by azimuth and depth
	fadeCentre  float64 // turns
	fadeDepth   float64
	brightness  [2]float64 // amplitudes of one and two periods round the hole
	brightPhase [2]float64
	brightDrift lattice // change of brightness with depth
	glitches    []glitch
	gaps        []Interval // rows that are missing
	grey        greyScale
	seed        uint64

	// Trouble; zero = none.
	grainSD    float64 // the part of wallNoiseSD that is grain
	rowNoiseSD float64
	stripes    lattice // tool marks
	spiral     spiral
	hatch      hatch
	inverted   []Interval
	warp       float64
	finish     finish
}

// glitch is a stretch of rows, a few centimetres, whose level jumped.
type glitch struct {
	Interval
	level, tilt, phase float64
}

// maxGlitchM is the longest glitch.
const maxGlitchM = 0.03

// maxGapM is the longest stretch of missing rows.
const maxGapM = 0.4

// drawResponse draws the response of a tool of a kind between two recorded depths.
func drawResponse(rng *rand.Rand, p *Params, kind Tool, top, base float64) response {
	q := response{noiseSD: p.NoiseSD.uniform(rng), seed: rng.Uint64(), grey: drawGrey(rng, p)}
	q.blurTurns = p.AzimuthBlurDeg.skewed(rng) / 360
	if kind == LWD {
		q.blurTurns = p.SectorBlur.uniform(rng) / Range{56, 120}.uniform(rng)
		q.wallNoiseSD = q.noiseSD
		q.noiseSD *= 0.4 * rng.Float64()
	}
	if q.fades = rng.Float64() < p.FadeProb; q.fades {
		q.fade = lattice{seed: rng.Uint64(), cellM: Range{0.1, 0.4}.logUniform(rng), turns: 8, sd: Range{0.1, 0.5}.uniform(rng)}
		q.fadeCentre, q.fadeDepth = rng.Float64(), p.FadeDepth.uniform(rng)
	}
	for i := range q.brightness {
		q.brightness[i] = p.BrightnessSlope.uniform(rng) / float64(i+1)
		q.brightPhase[i] = 2 * math.Pi * rng.Float64()
	}
	q.brightDrift = lattice{seed: rng.Uint64(), cellM: 0.8, turns: 3, sd: p.BrightnessSlope.uniform(rng) / 2}
	if rng.Float64() < p.GlitchProb {
		perM := max(1e-3, p.GlitchesPerM.uniform(rng))
		for z := top + rng.ExpFloat64()/perM; z < base; z += rng.ExpFloat64() / perM {
			q.glitches = append(q.glitches, glitch{Interval{z, z + Range{0.003, maxGlitchM}.skewed(rng)},
				0.6 * rng.NormFloat64(), 0.3 * rng.NormFloat64(), 2 * math.Pi * rng.Float64()})
		}
	}
	if p.GapProb > 0 && rng.Float64() < p.GapProb {
		for z := top + 4*rng.ExpFloat64(); z < base; z += maxGapM + 4*rng.ExpFloat64() {
			q.gaps = append(q.gaps, Interval{z, z + Range{0.01, min(maxGapM, 0.25*(base-top))}.skewed(rng)})
		}
	}
	q.trouble(rng, &p.Trouble, kind, top, base)
	return q
}

// missing tells whether the row at a depth was lost.
func (q *response) missing(zM float64) bool {
	return within(q.gaps, zM)
}

// contrastAt is the factor on contrast at a depth and an azimuth (turns).
func (q *response) contrastAt(zM, turn float64) float64 {
	sign := math.Abs(q.polarity(zM))
	if !q.fades {
		return sign
	}
	return sign * math.Exp(q.fade.at(zM, turn)-q.sector(turn))
}

// sector is the loss of log contrast in the faded sector of the hole.
func (q *response) sector(turn float64) float64 {
	return q.fadeDepth * max(0, math.Cos(2*math.Pi*(turn-q.fadeCentre)))
}

// brightnessAt is the constant part of the brightness that varies round the hole.
func (q *response) brightnessAt(phi float64) float64 {
	return q.brightness[0]*math.Cos(phi+q.brightPhase[0]) + q.brightness[1]*math.Cos(2*phi+q.brightPhase[1])
}

// glitchAt is the jump of a row's level, nil for most rows.
func (q *response) glitchAt(zM float64) *glitch {
	i := sort.Search(len(q.glitches), func(i int) bool { return q.glitches[i].TopM > zM }) - 1
	if i < 0 || zM >= q.glitches[i].BaseM {
		return nil
	}
	return &q.glitches[i]
}

// greyScale maps the latent image to the values of a file.
type greyScale struct {
	kind       Grey
	gain, bias float64
	inverted   bool
	clip       float64 // largest distance from clipMid, latent units; 0 = none
	clipMid    float64
	equalised  bool
}

func drawGrey(rng *rand.Rand, p *Params) greyScale {
	g := greyScale{kind: p.Greys[rng.IntN(len(p.Greys))]}
	switch g.kind {
	case Grey15:
		g.gain, g.bias = 15/(2*Range{2.5, 5}.uniform(rng)), Range{6, 9}.uniform(rng)
	case Grey255:
		g.gain, g.bias = Range{0.6, 1.1}.uniform(rng), Range{-0.5, 0.5}.uniform(rng)
	default:
		g.gain, g.bias = Range{0.08, 0.3}.uniform(rng), Range{0, 2.5}.uniform(rng)
	}
	if p.InvertProb > 0 {
		g.inverted = rng.Float64() < p.InvertProb
	}
	if p.ClipProb > 0 && rng.Float64() < p.ClipProb {
		g.clip, g.clipMid = Range{0.5, 2}.uniform(rng), 0.4*rng.NormFloat64()
	}
	if p.EqualiseProb > 0 {
		g.equalised = rng.Float64() < p.EqualiseProb
	}
	return g
}

// equalisedSD is the standard deviation of the latent image that equalisation takes for granted.
const equalisedSD = 0.9

// cut is a latent value after inversion and saturation.
func (g greyScale) cut(x float64) float64 {
	if g.inverted {
		x = -x
	}
	if g.clip > 0 {
		x = max(g.clipMid-g.clip, min(g.clipMid+g.clip, x))
	}
	return x
}

// kept is the share of the difference of two latent values that saturation leaves.
func (g greyScale) kept(x, y float64) float64 {
	if x == y {
		return 1
	}
	return math.Abs((g.cut(x) - g.cut(y)) / (x - y))
}

// value is the recorded value of a latent one.
func (g greyScale) value(x float64) float32 {
	x = g.cut(x)
	if g.equalised { // a normal histogram becomes an even one of the same deviation
		x = equalisedSD * math.Sqrt(3) * math.Erf(x/(equalisedSD*math.Sqrt2))
	}
	switch g.kind {
	case Grey15:
		return float32(max(0, min(15, g.bias+g.gain*x)))
	case Grey255:
		return float32(math.Round(255 / (1 + math.Exp(-g.bias-g.gain*x))))
	case OhmM:
		return float32(math.Exp(math.Ln10 * (g.bias + g.gain*max(-8, min(8, x)))))
	default:
		return float32(g.bias + g.gain*x)
	}
}
