package survey

import (
	"math"

	"gonum.org/v1/gonum/spatial/r3"
)

const radPerDeg = math.Pi / 180

// arc is a part of the hole between two stations: a circle's, or a straight line's. Vectors are north, east, down.
type arc struct {
	from, to r3.Vec  // unit tangents at the ends
	turn     float64 // angle between them, radians
	lengthM  float64
}

func newArc(a, b Station) arc {
	from, to := direction(a), direction(b)
	// Half the chord between the tangents keeps digits where the cosine of the turn loses them.
	return arc{from, to, 2 * math.Asin(min(1, r3.Norm(r3.Sub(to, from))/2)), b.DepthM - a.DepthM}
}

// direction is the unit tangent at a station.
func direction(s Station) r3.Vec {
	sinI, cosI := math.Sincos(s.InclDeg * radPerDeg)
	sinA, cosA := math.Sincos(s.AzimDeg * radPerDeg)
	return r3.Vec{X: sinI * cosA, Y: sinI * sinA, Z: cosI}
}

// angles are the inclination and azimuth of a tangent, degrees.
func angles(v r3.Vec) (inclDeg, azimDeg float64) {
	return math.Atan2(math.Hypot(v.X, v.Y), v.Z) / radPerDeg, wrap(math.Atan2(v.Y, v.X) / radPerDeg)
}

// straight is the turn below which an arc is a line, radians; the error of the chord is of the order of its square.
const straight = 1e-9

// tangent is the unit tangent at a share of the arc's length (Sawaryn and Thorogood, equation 8).
func (a arc) tangent(share float64) r3.Vec {
	if a.turn < straight {
		return a.from
	}
	sin := math.Sin(a.turn)
	return r3.Add(r3.Scale(math.Sin((1-share)*a.turn)/sin, a.from), r3.Scale(math.Sin(share*a.turn)/sin, a.to))
}

// chord is the way from the arc's beginning to its end, metres.
func (a arc) chord() r3.Vec {
	ratio := 1.0 // of the chord to half the sum of the tangents at its ends
	if a.turn >= straight {
		ratio = 2 / a.turn * math.Tan(a.turn/2)
	}
	return r3.Scale(a.lengthM/2*ratio, r3.Add(a.from, a.to))
}
