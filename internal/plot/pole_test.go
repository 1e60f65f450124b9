package plot

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/spatial/r3"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// The radius of a pole on Schmidt's net is sqrt(2) sin(dip/2), on the side opposite to the azimuth of dip.
func TestPolePlaces(t *testing.T) {
	half := math.Sqrt2 * math.Sin(math.Pi/6) // dip 60
	diagonal := (math.Sqrt(3) - 1) / 2 / math.Sqrt2
	for _, c := range []struct {
		dipDeg, azimuthDeg, x, y float64
	}{
		{0, 123, 0, 0},
		{90, 90, -1, 0},
		{90, 0, 0, -1},
		{90, 225, math.Sqrt2 / 2, math.Sqrt2 / 2},
		{60, 0, 0, -half},
		{60, 270, half, 0},
		{30, 45, -diagonal, -diagonal}, // sqrt(2) sin 15 = (sqrt(3)-1)/2
	} {
		x, y := Attitude{c.dipDeg, c.azimuthDeg}.PoleXY()
		if math.Hypot(x-c.x, y-c.y) > 1e-12 {
			t.Errorf("pole of %g to %g is at (%.6f, %.6f), want (%.6f, %.6f)", c.dipDeg, c.azimuthDeg, x, y, c.x, c.y)
		}
	}
}

func TestUnschmidtIsInverse(t *testing.T) {
	for dipDeg := 0.0; dipDeg <= 90; dipDeg += 7.5 {
		for azimuthDeg := 0.0; azimuthDeg < 360; azimuthDeg += 17 {
			a := Attitude{dipDeg, azimuthDeg}
			if d := r3.Norm(r3.Sub(unschmidt(a.PoleXY()), a.pole())); d > 1e-12 {
				t.Fatalf("%v: the direction of its place is off by %g", a, d)
			}
		}
	}
}

// The great circle of a plane ends on the rim at its strike and passes the point of steepest descent at sqrt(2) sin((90-dip)/2).
func TestGreatCircle(t *testing.T) {
	points := Attitude{40, 90}.greatCircle()
	deepest := math.Sqrt2 * math.Sin(25*math.Pi/180)
	for i, want := range map[int][2]float64{0: {0, 1}, 45: {deepest, 0}, 90: {0, -1}} {
		if got := points[i]; math.Hypot(got[0]-want[0], got[1]-want[1]) > 1e-12 {
			t.Errorf("point %d is %v, want %v", i, got, want)
		}
	}
}

func TestMeanPlane(t *testing.T) {
	if _, _, ok := MeanPlane(nil); ok {
		t.Error("no planes have a mean")
	}
	// Planes evenly round an axis: the mean is the plane across it.
	var cone []Attitude
	for azimuthDeg := 0.0; azimuthDeg < 360; azimuthDeg += 30 {
		cone = append(cone, Attitude{20, azimuthDeg})
	}
	// Of unit vectors at 20 degrees from an axis the mean square along it is cos^2 20.
	mean, share, _ := MeanPlane(cone)
	if want := math.Pow(math.Cos(20*math.Pi/180), 2); mean.DipDeg > 1e-6 || math.Abs(share-want) > 1e-12 {
		t.Errorf("mean of a cone round the vertical: dip %g, share %g, want 0 and %g", mean.DipDeg, share, want)
	}
	// Steep planes that dip either way run alike: their mean is vertical, not level.
	mean, _, _ = MeanPlane([]Attitude{{85, 90}, {85, 270}})
	if math.Abs(mean.DipDeg-90) > 1e-6 || math.Abs(math.Mod(mean.AzimuthDeg, 180)-90) > 1e-6 {
		t.Errorf("mean of two steep planes is %v, want vertical, striking north", mean)
	}
}

// Planes of a deviated well come out where their true attitude says, not their apparent one.
func TestPolesOfDeviatedWell(t *testing.T) {
	frame := dip.NewFrame(40, 210)
	var table []picks.Pick
	truth := []Attitude{{12, 135}, {64, 20}, {88, 300}}
	for i, a := range truth {
		apparentDip, apparentAzimuth := frame.ApparentNorthFromTrue(a.DipDeg, a.AzimuthDeg)
		p := picks.New(dip.Fracture, dip.Sinusoid{DepthM: float64(i), DipDeg: apparentDip, AzimuthDeg: apparentAzimuth})
		p.TrueDipDeg, p.TrueAzimuthDeg = frame.TrueFromApparentNorth(apparentDip, apparentAzimuth)
		table = append(table, p)
	}
	got := Attitudes(table, dip.Fracture, TrueDip)
	if len(got) != len(truth) {
		t.Fatalf("%d planes, want %d", len(got), len(truth))
	}
	for i := range truth {
		x, y := got[i].PoleXY()
		r := math.Sqrt2 * math.Sin(truth[i].DipDeg*math.Pi/360)
		sin, cos := math.Sincos((truth[i].AzimuthDeg + 180) * math.Pi / 180)
		if math.Hypot(x-r*sin, y-r*cos) > 1e-9 {
			t.Errorf("pole of %v is at (%.4f, %.4f), want (%.4f, %.4f)", truth[i], x, y, r*sin, r*cos)
		}
	}
	if n := len(Attitudes(table, dip.Bedding, TrueDip)); n != 0 {
		t.Errorf("%d beds among fractures", n)
	}
	table[0].TrueDipDeg = math.NaN()
	if n := len(Attitudes(table, dip.Fracture, TrueDip)); n != 2 {
		t.Errorf("%d true dips where one is not known, want 2", n)
	}
	if kind := DipKindOf(table); kind != TrueDip {
		t.Errorf("dips shown by default are %s", kind)
	}
}
