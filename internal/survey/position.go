package survey

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/spatial/r3"
)

// Position is a point of the hole.
type Position struct {
	DepthM        float64 // measured depth
	TVDM          float64 // true vertical depth
	NorthM, EastM float64 // from the first station
	DoglegDeg     float64 // turn of the hole per 30 m, over the arc above
}

// Positions are the stations in space by minimum curvature, from the first station, whose true vertical depth is taken to be its
// measured depth: the hole above it is taken to be vertical.
func (s *Survey) Positions() []Position {
	first := s.stations[0]
	out := make([]Position, 1, len(s.stations))
	out[0] = Position{DepthM: first.DepthM, TVDM: first.DepthM}
	for i, a := range s.arcs {
		p := out[i].plus(a.chord())
		p.DepthM, p.DoglegDeg = s.stations[i+1].DepthM, a.turn/radPerDeg/a.lengthM*30
		out = append(out, p)
	}
	return out
}

func (p Position) plus(v r3.Vec) Position {
	return Position{NorthM: p.NorthM + v.X, EastM: p.EastM + v.Y, TVDM: p.TVDM + v.Z}
}

// MaxDogleg is the greatest turn of the hole between stations, degrees per 30 m.
func (s *Survey) MaxDogleg() (deg float64) {
	for _, p := range s.Positions() {
		deg = max(deg, p.DoglegDeg)
	}
	return deg
}

// Disagreement is the median angle, degrees, between the direction of the survey and that of curves of deviation and hole azimuth at the
// same depths, and at how many depths both are known.
func (s *Survey) Disagreement(depthM, deviDeg, haziDeg []float64) (medianDeg float64, n int) {
	var angles []float64
	for i, d := range depthM {
		devi, hazi, ok := s.At(d)
		if !ok || i >= len(deviDeg) || i >= len(haziDeg) || math.IsNaN(deviDeg[i]+haziDeg[i]) {
			continue
		}
		a := newArc(Station{0, devi, hazi}, Station{1, deviDeg[i], haziDeg[i]})
		angles = append(angles, a.turn/radPerDeg)
	}
	if len(angles) == 0 {
		return math.NaN(), 0
	}
	slices.Sort(angles)
	return angles[len(angles)/2], len(angles)
}
