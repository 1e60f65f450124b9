package dip

import "math"

// HighSideDeg is the deviation below which a hole has no usable high side: relative bearing and hole azimuth are noise there, and only
// their sum, the azimuth against north, means something.
const HighSideDeg = 5.0

// PadOneAzimuth is the azimuth of pad 1 against the north that the hole azimuth counts from, seen from above: of its relative bearing,
// the angle clockwise from the high side in the plane across the hole, tan(P1AZ - HAZI) = tan(RB) / cos(DEVI).
func PadOneAzimuth(relativeBearingDeg, deviationDeg, holeAzimuthDeg float64) float64 {
	sinB, cosB := math.Sincos(relativeBearingDeg * radPerDeg)
	return WrapAzimuth(holeAzimuthDeg + math.Atan2(sinB, cosB*math.Cos(deviationDeg*radPerDeg))/radPerDeg)
}
