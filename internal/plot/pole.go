package plot

import (
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/spatial/r3"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// DipKind says which dip of a pick a figure shows.
type DipKind string

// Kinds of dip.
const (
	TrueDip     DipKind = "true"     // against the horizontal and true north
	ApparentDip DipKind = "apparent" // against the hole, in the azimuth reference of the image
)

// DipKindOf is the kind that figures of a table show by default: the true dip where any pick has it.
func DipKindOf(table []picks.Pick) DipKind {
	for i := range table {
		if _, known := attitudeOf(&table[i], TrueDip); known {
			return TrueDip
		}
	}
	return ApparentDip
}

// Attitude is a plane as a figure shows it, degrees.
type Attitude struct{ DipDeg, AzimuthDeg float64 }

// Attitudes returns the attitudes of a class of which the kind of dip is known.
func Attitudes(table []picks.Pick, class dip.Class, kind DipKind) []Attitude {
	var out []Attitude
	for i := range table {
		if table[i].Class != class {
			continue
		}
		if a, ok := attitudeOf(&table[i], kind); ok {
			out = append(out, a)
		}
	}
	return out
}

func attitudeOf(p *picks.Pick, kind DipKind) (Attitude, bool) {
	a := Attitude{p.TrueDipDeg, p.TrueAzimuthDeg}
	if kind == ApparentDip {
		a = Attitude{p.DipDeg, p.AzimuthDeg}
	}
	return a, a.DipDeg >= 0 && a.DipDeg <= 90 && !math.IsNaN(a.AzimuthDeg) && !math.IsInf(a.AzimuthDeg, 0)
}

// pole is the downward unit normal of the plane: x east, y north, z up.
func (a Attitude) pole() r3.Vec { return r3.Scale(-1, dip.Normal(a.DipDeg, a.AzimuthDeg)) }

// PoleXY returns where the pole of the plane lies on a lower-hemisphere equal-area (Schmidt) net of radius 1: x east, y north. A
// level plane is at the centre, a vertical one on the rim, opposite to its azimuth of dip.
func (a Attitude) PoleXY() (x, y float64) { return schmidt(a.pole()) }

// schmidt projects a downward unit vector: Lambert's azimuthal equal-area projection, scaled so that horizontal vectors fall on
// the circle of radius 1.
func schmidt(v r3.Vec) (x, y float64) {
	f := 1 / math.Sqrt(1-v.Z) // 1 - v.Z is from 1, horizontal, to 2, straight down
	return v.X * f, v.Y * f
}

// unschmidt is the inverse of schmidt. Points up to sqrt(2) from the centre have a direction; those beyond the rim look up.
func unschmidt(x, y float64) r3.Vec {
	r2 := min(x*x+y*y, 2)
	f := math.Sqrt(2 - r2)
	return r3.Vec{X: x * f, Y: y * f, Z: r2 - 1}
}

// MeanPlane returns the plane whose pole is the mean axis of the planes' poles: the eigenvector of the largest eigenvalue of their
// orientation tensor (Woodcock 1977, doi 10.1130/0016-7606(1977)88<1231:SOFSUA>2.0.CO;2), which steep planes that dip to either
// side do not cancel in. share is that eigenvalue over the sum, 1/3 (no preferred plane) to 1 (all alike); ok is false for no planes.
func MeanPlane(planes []Attitude) (mean Attitude, share float64, ok bool) {
	if len(planes) == 0 {
		return Attitude{}, 0, false
	}
	tensor := mat.NewSymDense(3, nil)
	for _, a := range planes {
		p := a.pole()
		v := [3]float64{p.X, p.Y, p.Z}
		for i := range v {
			for j := i; j < 3; j++ {
				tensor.SetSym(i, j, tensor.At(i, j)+v[i]*v[j]/float64(len(planes)))
			}
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(tensor, true) {
		return Attitude{}, 0, false
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	mean.DipDeg, mean.AzimuthDeg = dip.FromNormal(r3.Vec{X: vectors.At(0, 2), Y: vectors.At(1, 2), Z: vectors.At(2, 2)})
	return mean, eigen.Values(nil)[2], true
}

// PreferredShare is the share of MeanPlane from which the mean plane means anything: of planes that point everywhere it is 1/3.
const PreferredShare = 0.6

// greatCircle returns the trace of the plane on the net, from one end of its strike to the other.
func (a Attitude) greatCircle() [][2]float64 {
	const steps = 90
	sinD, cosD := math.Sincos(a.DipDeg * math.Pi / 180)
	sinA, cosA := math.Sincos(a.AzimuthDeg * math.Pi / 180)
	strike := r3.Vec{X: -cosA, Y: sinA}
	down := r3.Vec{X: cosD * sinA, Y: cosD * cosA, Z: -sinD}
	points := make([][2]float64, steps+1)
	for i := range points {
		sin, cos := math.Sincos(math.Pi * float64(i) / steps)
		points[i][0], points[i][1] = schmidt(r3.Add(r3.Scale(cos, strike), r3.Scale(sin, down)))
	}
	return points
}
