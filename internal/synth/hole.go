package synth

import (
	"math"
	"math/rand/v2"

	"github.com/geobfdt/geobfdt/internal/dip"
)

// hole is the drilled hole and the azimuth frame of its image.
type hole struct {
	diameterM        float64 // of the bit
	deviDeg, haziDeg float64
	frame            dip.Frame
	highSideDeg      float64 // azimuth of the high side in the image's reference

	swellMax     float64 // largest growth of the diameter, relative
	swell        lattice // share of swellMax down the hole, to be cut to [0, 1]
	ovality      float64 // half of the difference of the axes, relative
	ovalPhase    float64 // azimuth of the long axis, radians
	caliperError float64 // relative
}

func newHole(diameterM, deviDeg, haziDeg float64, highSideImage bool) hole {
	h := hole{diameterM: diameterM, deviDeg: deviDeg, haziDeg: haziDeg, frame: dip.NewFrame(deviDeg, haziDeg)}
	if !highSideImage {
		h.highSideDeg = haziDeg
	}
	return h
}

// damage draws how the hole departs from the bit.
func (h *hole) damage(rng *rand.Rand, t *Trouble) {
	if h.swellMax = t.Swell.draw(rng); h.swellMax > 0 {
		h.swell = lattice{seed: rng.Uint64(), cellM: Range{0.4, 4}.logUniform(rng), turns: 1, sd: 0.5}
	}
	if h.ovality = t.Ovality.draw(rng); h.ovality > 0 {
		h.ovalPhase = 2 * math.Pi * rng.Float64()
	}
	if h.caliperError = t.CaliperError.draw(rng); h.caliperError > 0 && rng.Float64() < 0.5 {
		h.caliperError = -h.caliperError
	}
}

// growth is the diameter at a true depth over that of the bit.
func (h *hole) growth(zM float64) float64 {
	if h.swellMax == 0 {
		return 1
	}
	return 1 + h.swellMax*max(0, min(1, h.swell.at(zM, 0)))
}

// diameterAt is the mean diameter at a true depth.
func (h *hole) diameterAt(zM float64) float64 { return h.diameterM * h.growth(zM) }

// caliperM is what a caliper along the long (axis 1) or the short (axis -1) axis reads at a depth.
func (h *hole) caliperM(zM, axis float64) float64 {
	return h.diameterAt(zM) * (1 + axis*h.ovality) * (1 + h.caliperError)
}

// ovalWave is what an oval hole does to a sinusoid of half height and azimuth: the radius r(1 + e cos(2 phi - 2 p)) makes of
// A cos(phi - azimuth) the sinusoid that is labelled and this third harmonic, which no sinusoid can follow.
func (h *hole) ovalWave(a, b float64) harmonic {
	return harmonic{3, h.ovality / 2 * math.Hypot(a, b), -2*h.ovalPhase - math.Atan2(b, a)}
}

// apparent turns a plane in the earth into dip and azimuth as the image shows it.
func (h *hole) apparent(trueDipDeg, trueAzimuthDeg float64) (dipDeg, azimuthDeg float64) {
	dipDeg, fromHighSideDeg := h.frame.ApparentFromTrue(trueDipDeg, trueAzimuthDeg)
	return dipDeg, dip.WrapAzimuth(fromHighSideDeg + h.highSideDeg)
}

// earth is the inverse of apparent.
func (h *hole) earth(dipDeg, azimuthDeg float64) (trueDipDeg, trueAzimuthDeg float64) {
	return h.frame.TrueFromApparent(dipDeg, azimuthDeg-h.highSideDeg)
}

// amplitudeM is the half height of the sinusoid of an apparent dip in a hole of the bit's size.
func (h *hole) amplitudeM(dipDeg float64) float64 { return dip.AmplitudeM(dipDeg, h.diameterM) }

// radiusM is half of the bit's diameter.
func (h *hole) radiusM() float64 { return h.diameterM / 2 }
