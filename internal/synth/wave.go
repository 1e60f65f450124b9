package synth

import "math"

const rad = math.Pi / 180

// wave is a departure from a plane: sum of cosines of 2 and more periods round the hole, so that it moves neither the depth nor
// the attitude of the best-fitting sinusoid.
type wave []harmonic

type harmonic struct{ periods, ampM, phase float64 }

// at is the displacement at an azimuth in radians, metres.
func (w wave) at(phi float64) float64 {
	z := 0.0
	for _, h := range w {
		z += h.ampM * math.Cos(h.periods*phi+h.phase)
	}
	return z
}

// reachM bounds the displacement.
func (w wave) reachM() float64 {
	z := 0.0
	for _, h := range w {
		z += math.Abs(h.ampM)
	}
	return z
}
