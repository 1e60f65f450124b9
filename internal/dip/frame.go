package dip

import (
	"math"

	"gonum.org/v1/gonum/spatial/r3"
)

// Frame is the orthonormal frame of a borehole at one depth, in coordinates x east, y north, z up.
type Frame struct {
	Axis  r3.Vec // down the hole
	High  r3.Vec // from the axis to the high side of the wall; in a vertical hole, to the hole azimuth
	Right r3.Vec // Axis x High: 90 degrees clockwise from the high side, looking down the hole

	holeAzimuthDeg float64
}

// NewFrame is the frame of a hole with the given deviation from vertical and azimuth against true north. A NaN (unknown) makes
// every angle computed through the frame NaN.
func NewFrame(deviationDeg, holeAzimuthDeg float64) Frame {
	sinI, cosI := math.Sincos(deviationDeg * radPerDeg)
	sinA, cosA := math.Sincos(holeAzimuthDeg * radPerDeg)
	f := Frame{
		Axis:           r3.Vec{X: sinI * sinA, Y: sinI * cosA, Z: -cosI},
		High:           r3.Vec{X: cosI * sinA, Y: cosI * cosA, Z: sinI},
		holeAzimuthDeg: holeAzimuthDeg,
	}
	f.Right = r3.Cross(f.Axis, f.High)
	return f
}

// TrueFromApparent converts a dip seen in the borehole frame, its azimuth measured clockwise from the high side, to true dip
// in [0, 90] and true azimuth in [0, 360) degrees.
//
// The method is that of Stigsson and Munier (2013), doi 10.1016/j.cageo.2013.03.001.
func (f Frame) TrueFromApparent(dipDeg, fromHighSideDeg float64) (trueDipDeg, trueAzimuthDeg float64) {
	sinD, cosD := math.Sincos(dipDeg * radPerDeg)
	sinB, cosB := math.Sincos(fromHighSideDeg * radPerDeg)
	wall := r3.Add(r3.Scale(cosB, f.High), r3.Scale(sinB, f.Right))
	return FromNormal(r3.Add(r3.Scale(-cosD, f.Axis), r3.Scale(sinD, wall)))
}

// ApparentFromTrue is the inverse of TrueFromApparent. A plane that contains the hole axis has an apparent dip of 90: it draws
// two lines along the hole, no sinusoid.
func (f Frame) ApparentFromTrue(trueDipDeg, trueAzimuthDeg float64) (dipDeg, fromHighSideDeg float64) {
	n := Normal(trueDipDeg, trueAzimuthDeg)
	if r3.Dot(n, f.Axis) > 0 {
		n = r3.Scale(-1, n) // the normal that looks up the hole
	}
	high, right := r3.Dot(n, f.High), r3.Dot(n, f.Right)
	return math.Atan2(math.Hypot(high, right), -r3.Dot(n, f.Axis)) / radPerDeg, direction(right, high)
}

// TrueFromApparentNorth is TrueFromApparent for an azimuth read off an image whose columns are referred to true north: the angle
// from the high side is the azimuth less the hole azimuth.
func (f Frame) TrueFromApparentNorth(dipDeg, azimuthDeg float64) (trueDipDeg, trueAzimuthDeg float64) {
	return f.TrueFromApparent(dipDeg, azimuthDeg-f.holeAzimuthDeg)
}

// ApparentNorthFromTrue is the inverse of TrueFromApparentNorth.
func (f Frame) ApparentNorthFromTrue(trueDipDeg, trueAzimuthDeg float64) (dipDeg, azimuthDeg float64) {
	dipDeg, fromHighSideDeg := f.ApparentFromTrue(trueDipDeg, trueAzimuthDeg)
	return dipDeg, WrapAzimuth(fromHighSideDeg + f.holeAzimuthDeg)
}

// Normal is the upward unit normal of a plane given by its true dip and azimuth of dip.
func Normal(dipDeg, azimuthDeg float64) r3.Vec {
	sinD, cosD := math.Sincos(dipDeg * radPerDeg)
	sinA, cosA := math.Sincos(azimuthDeg * radPerDeg)
	return r3.Vec{X: sinD * sinA, Y: sinD * cosA, Z: cosD}
}

// FromNormal returns the dip in [0, 90] and the azimuth of dip in [0, 360) of the plane with normal n, of either sense and any
// length. A level plane has azimuth 0.
func FromNormal(n r3.Vec) (dipDeg, azimuthDeg float64) {
	if n.Z < 0 {
		n = r3.Scale(-1, n)
	}
	return math.Atan2(math.Hypot(n.X, n.Y), n.Z) / radPerDeg, direction(n.X, n.Y)
}

// direction is the angle of the vector (along, across) clockwise from along, [0, 360) degrees; 0 for a vector of rounding errors
// (the parts are components of unit vectors), so that level planes do not get a random azimuth.
func direction(across, along float64) float64 {
	if math.Hypot(across, along) < 1e-12 {
		return 0
	}
	return WrapAzimuth(math.Atan2(across, along) / radPerDeg)
}
