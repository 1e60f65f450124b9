package review

import (
	"errors"
	"math"

	"github.com/geobfdt/geobfdt/internal/dip"
)

// Point is a point of the wall.
type Point struct {
	DepthM     float64 `json:"depth_m"`
	AzimuthDeg float64 `json:"azimuth_deg"`
}

// ErrPoints: no sinusoid can be told from the points.
var ErrPoints = errors.New("the points do not make a sinusoid")

const (
	maxPoints = 1000
	// leastSpread is the least determinant of the normal equations over n^3, 1/4 for points all round the hole: below it, as for three
	// points 13 degrees apart, a pixel's error of the hand becomes metres of amplitude.
	leastSpread = 1e-5
)

// Fit is the sinusoid z = d + a cos(azimuth) + b sin(azimuth) nearest to the points in least squares of depth; through them, where they
// are three. It fails with ErrPoints where there are fewer, or all of them lie in a narrow part of the hole.
func Fit(points []Point) (dip.Curve, error) {
	if len(points) < 3 || len(points) > maxPoints {
		return dip.Curve{}, ErrPoints
	}
	// Normal equations in depths against the first point's, so that a great depth does not eat the digits of the amplitude.
	base := points[0].DepthM
	var m [3][4]float64
	for _, p := range points {
		sin, cos := math.Sincos(p.AzimuthDeg * math.Pi / 180)
		row := [4]float64{1, cos, sin, p.DepthM - base}
		for i := range 3 {
			for k := range 4 {
				m[i][k] += row[i] * row[k]
			}
		}
	}
	n := float64(len(points))
	whole := determinant(m, 0, 1, 2)
	if !(whole >= leastSpread*n*n*n) { // also NaN
		return dip.Curve{}, ErrPoints
	}
	d, a, b := determinant(m, 3, 1, 2)/whole, determinant(m, 0, 3, 2)/whole, determinant(m, 0, 1, 3)/whole
	return dip.Curve{DepthM: base + d, Amplitude: complex(a, b)}, nil
}

// determinant of three columns of m.
func determinant(m [3][4]float64, i, j, k int) float64 {
	return m[0][i]*(m[1][j]*m[2][k]-m[1][k]*m[2][j]) -
		m[0][j]*(m[1][i]*m[2][k]-m[1][k]*m[2][i]) +
		m[0][k]*(m[1][i]*m[2][j]-m[1][j]*m[2][i])
}
