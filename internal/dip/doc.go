// Package dip is the geometry of planes cut by a borehole: sinusoids on the unrolled wall, apparent and true dip, and the
// borehole frame.
//
// Conventions. Depths are measured depth in metres, angles are degrees at the borders of the package. Azimuth runs clockwise
// looking DOWN the hole. A plane draws the curve
//
//	z(phi) = z0 + (D/2) tan(dip) cos(phi - azimuth)
//
// on the wall: z0 is the measured depth of the midline, D the hole diameter, and the deepest point lies at the azimuth of dip.
// Peak-to-trough height is D tan(dip).
//
// The package reads no files and imports nothing of this module.
package dip

// Class of a sinusoid. Its values are the class indices of the network.
type Class int

// Classes in the order of the network's logits; the third logit is "no sinusoid".
const (
	Bedding Class = iota
	Fracture
)

// NumClasses counts the real classes, without no-sinusoid.
const NumClasses = 2

// Sinusoid is a plane as it appears in the borehole frame (apparent dip).
type Sinusoid struct {
	DepthM     float64 // measured depth of the midline
	DipDeg     float64 // apparent dip, angle between the plane and the plane normal to the hole axis, [0, 90)
	AzimuthDeg float64 // azimuth of dip in the image's azimuth reference, [0, 360)
}
