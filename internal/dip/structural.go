package dip

import "gonum.org/v1/gonum/spatial/r3"

// Plane is the attitude of a plane in the earth.
type Plane struct {
	DipDeg     float64 // true dip, [0, 90]
	AzimuthDeg float64 // of dip, against true north, [0, 360)
}

// RemoveStructural is the attitude that a plane had before the structure was tilted: the plane is turned about the strike of the
// structural plane until that lies flat. A bed along the structural plane becomes flat, and has azimuth 0.
//
// A plane that the turn takes past the vertical comes back with a dip up to 90 degrees: a plane has no top side. A NaN in either
// attitude makes both angles NaN.
//
// Source: rotation of poles about a horizontal axis, Ragan, Structural Geology, 4th ed. (2009), chapter 6.
func RemoveStructural(plane, structural Plane) Plane {
	// Turning right-handed about the strike 90 degrees clockwise of the dip takes the upward pole to the vertical.
	strike := Normal(90, structural.AzimuthDeg+90)
	untilt := r3.NewRotation(structural.DipDeg*radPerDeg, strike)
	dipDeg, azimuthDeg := FromNormal(untilt.Rotate(Normal(plane.DipDeg, plane.AzimuthDeg)))
	return Plane{dipDeg, azimuthDeg}
}
