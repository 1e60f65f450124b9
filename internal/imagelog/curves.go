package imagelog

import (
	"math"
	"slices"
)

const metresPerInch = 0.0254

// A caliper outside these bounds is a tool folded up or a null value in disguise, not a hole size.
const (
	minDiameterIn = 2
	maxDiameterIn = 40
)

// DiameterSource says where a hole diameter comes from.
type DiameterSource string

// Sources of a hole diameter, best first.
const (
	DiameterCaliper DiameterSource = "caliper"
	DiameterBitSize DiameterSource = "bit size"
	DiameterUnknown DiameterSource = "unknown" // the diameter is NaN
)

// DiameterM returns the hole diameter at a row in metres; see DiameterAtDepth.
func (l *Log) DiameterM(row int) (float64, DiameterSource) { return l.DiameterAtDepth(l.DepthM[row]) }

// DiameterAtDepth returns the hole diameter in metres: the mean of the calipers that read between 2 and 40 in within 1 m of the
// depth, else the bit size, else NaN.
func (l *Log) DiameterAtDepth(depthM float64) (float64, DiameterSource) {
	sane := func(v float64) bool { return v >= minDiameterIn && v <= maxDiameterIn }
	sum, n := 0.0, 0.0
	for _, caliper := range [][]float64{l.C1In, l.C2In, l.C3In} {
		if v := l.at(depthM, caliper, caliperReachM, sane, lerp); !math.IsNaN(v) {
			sum, n = sum+v, n+1
		}
	}
	if n > 0 {
		return sum / n * metresPerInch, DiameterCaliper
	}
	if v := l.at(depthM, l.BSIn, surveyReachM, sane, nearest); !math.IsNaN(v) {
		return v * metresPerInch, DiameterBitSize
	}
	return math.NaN(), DiameterUnknown
}

// OrientationAt returns the deviation from vertical and the azimuth of the hole at a depth, degrees. Values are interpolated
// between the readings on either side, azimuth the short way round; a reading says nothing farther than 50 m away. An angle
// that is not known is NaN, and ok is true when both are known.
func (l *Log) OrientationAt(depthM float64) (deviDeg, haziDeg float64, ok bool) {
	deviDeg = l.at(depthM, l.DeviDeg, surveyReachM, isFinite, lerp)
	haziDeg = l.at(depthM, l.HaziDeg, surveyReachM, isFinite, lerpDeg)
	return deviDeg, haziDeg, isFinite(deviDeg) && isFinite(haziDeg)
}

// PadOneAt returns the azimuth of pad 1 at a depth in the image's own reference, degrees: the relative bearing in an image from the high
// side, else the azimuth of pad 1, else, as in a hole that deviates, hole azimuth plus relative bearing. ok is false where it is not known.
func (l *Log) PadOneAt(depthM float64) (azimuthDeg float64, ok bool) {
	bearing := l.at(depthM, l.RBDeg, caliperReachM, isFinite, lerpDeg)
	if l.Reference == RefHighSide {
		return bearing, isFinite(bearing)
	}
	azimuthDeg = l.at(depthM, l.P1NODeg, caliperReachM, isFinite, lerpDeg)
	if !isFinite(azimuthDeg) {
		azimuthDeg = bearing + l.at(depthM, l.HaziDeg, surveyReachM, isFinite, lerpDeg)
	}
	return azimuthDeg, isFinite(azimuthDeg)
}

// at interpolates a curve at a depth between the nearest usable readings above and below that lie within reachM. With one
// such reading it returns that one, with none NaN.
func (l *Log) at(depthM float64, values []float64, reachM float64, usable func(float64) bool, mix func(a, b, t float64) float64) float64 {
	if len(values) == 0 || math.IsNaN(depthM) {
		return math.NaN()
	}
	below, _ := slices.BinarySearch(l.DepthM, depthM) // first row at depthM or deeper
	above := below - 1
	for below < len(values) && l.DepthM[below]-depthM <= reachM && !usable(values[below]) {
		below++
	}
	for above >= 0 && depthM-l.DepthM[above] <= reachM && !usable(values[above]) {
		above--
	}
	hasBelow := below < len(values) && l.DepthM[below]-depthM <= reachM
	hasAbove := above >= 0 && depthM-l.DepthM[above] <= reachM
	switch {
	case hasBelow && hasAbove:
		t := (depthM - l.DepthM[above]) / (l.DepthM[below] - l.DepthM[above])
		return mix(values[above], values[below], t)
	case hasBelow:
		return mix(values[below], values[below], 0)
	case hasAbove:
		return mix(values[above], values[above], 0)
	}
	return math.NaN()
}

// resampleCurve gives a curve at new, ascending depths: the same rule as Log.at over all finite readings, in one pass.
func resampleCurve(depthM, values, newDepthM []float64, c curve) []float64 {
	if len(values) == 0 {
		return nil
	}
	next := func(i int) int {
		for i < len(values) && !isFinite(values[i]) {
			i++
		}
		return i
	}
	out := make([]float64, len(newDepthM))
	above, below := -1, next(0)
	for i, d := range newDepthM {
		for below < len(values) && depthM[below] < d {
			above, below = below, next(below+1)
		}
		hasAbove := above >= 0 && d-depthM[above] <= c.reachM
		hasBelow := below < len(values) && depthM[below]-d <= c.reachM
		switch {
		case hasAbove && hasBelow:
			out[i] = c.mix(values[above], values[below], (d-depthM[above])/(depthM[below]-depthM[above]))
		case hasAbove:
			out[i] = c.mix(values[above], values[above], 0)
		case hasBelow:
			out[i] = c.mix(values[below], values[below], 0)
		default:
			out[i] = math.NaN()
		}
	}
	return out
}

func isFinite(v float64) bool { return v-v == 0 }

func lerp(a, b, t float64) float64 { return a + (b-a)*t }

func nearest(a, b, t float64) float64 {
	if t < 0.5 {
		return a
	}
	return b
}

// lerpDeg interpolates degrees the short way round, into [0, 360).
func lerpDeg(a, b, t float64) float64 {
	turn := math.Mod(b-a, 360)
	if turn > 180 {
		turn -= 360
	} else if turn < -180 {
		turn += 360
	}
	v := math.Mod(a+turn*t, 360)
	if v < 0 {
		v += 360
	}
	if v >= 360 { // a tiny negative angle rounds up to a full turn
		v = 0
	}
	return v
}
