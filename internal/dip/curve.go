package dip

import (
	"math"
	"math/cmplx"
)

const (
	// LowDipDeg is the dip below which an azimuth is noise: it is kept, flagged, and never judged.
	LowDipDeg = 2.0
	// DefaultDiameterM is assumed for a hole of unknown size: an 8.5 inch bit.
	DefaultDiameterM = 0.2159
)

const radPerDeg = math.Pi / 180

// AmplitudeM is half the height of the sinusoid that a plane draws on the wall of a hole, (D/2) tan(dip).
func AmplitudeM(dipDeg, diameterM float64) float64 { return diameterM / 2 * math.Tan(dipDeg*radPerDeg) }

// FromAmplitude is the dip in degrees of a sinusoid of the given half height, the inverse of AmplitudeM.
func FromAmplitude(amplitudeM, diameterM float64) float64 {
	return math.Atan2(2*amplitudeM, diameterM) / radPerDeg
}

// WrapAzimuth returns an azimuth in degrees brought to [0, 360).
func WrapAzimuth(azimuthDeg float64) float64 {
	wrapped := math.Mod(azimuthDeg, 360)
	if wrapped < 0 {
		wrapped += 360
	}
	// A tiny negative angle rounds to 360 itself.
	if wrapped >= 360 {
		return 0
	}
	return wrapped
}

// ColumnAzimuths tabulates cosine and sine at the centres of n azimuth columns, column j at (j + 0.5) * 360/n degrees.
func ColumnAzimuths(n int) (cos, sin []float64) {
	cos, sin = make([]float64, n), make([]float64, n)
	for j := range n {
		sin[j], cos[j] = math.Sincos(2 * math.Pi * (float64(j) + 0.5) / float64(n))
	}
	return cos, sin
}

// AzimuthDifference is the angle between two azimuths the short way round, degrees in [0, 180].
func AzimuthDifference(aDeg, bDeg float64) float64 {
	d := math.Abs(math.Mod(aDeg-bDeg, 360))
	return min(d, 360-d)
}

// Curve is a sinusoid in metres, free of the hole's size: z(phi) = DepthM + Re(Amplitude e^(-i phi)).
type Curve struct {
	DepthM    float64    // of the midline
	Amplitude complex128 // (D/2) tan(dip) e^(i azimuth), metres
}

// NewCurve is the curve with the given half height, deepest at the given azimuth.
func NewCurve(depthM, amplitudeM, azimuthDeg float64) Curve {
	return Curve{depthM, cmplx.Rect(amplitudeM, azimuthDeg*radPerDeg)}
}

// Curve is what the plane draws in a hole of the given diameter.
func (s Sinusoid) Curve(diameterM float64) Curve {
	return NewCurve(s.DepthM, AmplitudeM(s.DipDeg, diameterM), s.AzimuthDeg)
}

// Sinusoid is the plane that draws the curve in a hole of the given diameter. The azimuth of a flat curve is 0.
func (c Curve) Sinusoid(diameterM float64) Sinusoid {
	amplitudeM, azimuth := cmplx.Polar(c.Amplitude)
	return Sinusoid{c.DepthM, FromAmplitude(amplitudeM, diameterM), WrapAzimuth(azimuth / radPerDeg)}
}

// DepthAt is the measured depth of the curve at an azimuth.
func (c Curve) DepthAt(azimuthDeg float64) float64 {
	sin, cos := math.Sincos(azimuthDeg * radPerDeg)
	return c.DepthM + real(c.Amplitude)*cos + imag(c.Amplitude)*sin
}

// DepthAt is the measured depth of the plane's trace at an azimuth, in a hole of the given diameter.
func (s Sinusoid) DepthAt(azimuthDeg, diameterM float64) float64 {
	return s.DepthM + AmplitudeM(s.DipDeg, diameterM)*math.Cos((azimuthDeg-s.AzimuthDeg)*radPerDeg)
}

// CurveDistanceM is the root mean square depth difference of two curves round the hole, sqrt(dz^2 + |dA|^2 / 2): one number for
// depth, dip and azimuth together.
func CurveDistanceM(p, q Curve) float64 {
	return math.Hypot(p.DepthM-q.DepthM, cmplx.Abs(p.Amplitude-q.Amplitude)/math.Sqrt2)
}

// Rows returns the curve in row coordinates, u(phi) = d + a cos(phi) + b sin(phi), of an image whose row 0 begins at topM and
// whose rows are rowM tall.
func (c Curve) Rows(topM, rowM float64) (d, a, b float64) {
	return (c.DepthM - topM) / rowM, real(c.Amplitude) / rowM, imag(c.Amplitude) / rowM
}

// CurveFromRows is the inverse of Curve.Rows.
func CurveFromRows(d, a, b, topM, rowM float64) Curve {
	return Curve{topM + d*rowM, complex(a*rowM, b*rowM)}
}
