package synth

import (
	"math"
	"testing"
)

// One contact without laminae: along every azimuth the level changes at the contact's sinusoid, by its contrast, and a row is the
// mean over its height whatever its size.
func TestContactIsSinusoid(t *testing.T) {
	r := &rock{a: 0.1, b: -0.05, spacingM: 1, widthM: 0.001, contrast: fixed(1), laminaM: 0.01}
	c := newColumn(seeded(1), r, 0, 3, []float64{1.5})
	for _, rowM := range []float64{0.0025, 0.01} {
		n := int(3 / rowM)
		dst, centre := make([]float32, n), make([]float64, n)
		for _, phi := range []float64{0.1, 2, 4.5} {
			sin, cos := math.Sincos(phi)
			c.fill(dst, centre, 0, rowM, cos, sin, 0)
			want := 1.5 + 0.1*cos - 0.05*sin
			level := float64(dst[n*3/4] - dst[n/4])
			if math.Abs(math.Abs(level)-1) > 1e-3 {
				t.Fatalf("level changes by %g, want 1", level)
			}
			// The area between the profile and its upper level gives the depth of the contact to a fraction of a row.
			area := 0.0
			for _, v := range dst[n/4 : n*3/4] {
				area += (float64(v) - float64(dst[n/4])) / level * rowM
			}
			if got := float64(n*3/4)*rowM - area; math.Abs(got-want) > 0.0015 {
				t.Errorf("row %g m, azimuth %g: contact at %.4f m, want %.4f", rowM, phi, got, want)
			}
			if i := int(want / rowM); math.Abs(centre[i]-1.5) > 2*rowM {
				t.Errorf("the column's coordinate at the contact is %.4f, want 1.5", centre[i])
			}
		}
	}
}

// Levels stay bounded however many contacts there are, and beds never cross.
func TestColumnStaysBounded(t *testing.T) {
	r := &rock{a: 0.3, scatterM: 0.1, spacingM: 0.05, widthM: 0.004, contrast: Range{0.5, 1.8}, laminaeSD: 0.2, laminaM: 0.01, ramp: true}
	rng := seeded(8)
	c := newColumn(rng, r, 0, 40, contactDepths(rng, 0.05, 0, 40))
	if len(c.contacts) < 300 {
		t.Fatalf("%d contacts in 40 m at 5 cm", len(c.contacts))
	}
	dst, centre := make([]float32, 8000), make([]float64, 8000)
	c.fill(dst, centre, 1, 0.004, 1, 0, 0)
	for i, v := range dst {
		if math.Abs(float64(v)) > 6 {
			t.Fatalf("row %d: level %g", i, v)
		}
		if i > 0 && centre[i] <= centre[i-1] {
			t.Fatalf("row %d: beds cross", i)
		}
	}
}

func TestSpread(t *testing.T) {
	zones := []Interval{{1, 2}, {10, 13}}
	depths := spread(seeded(3), 40, zones)
	inFirst := 0
	for i, z := range depths {
		if !(z >= 1 && z < 2 || z >= 10 && z < 13) || i > 0 && z < depths[i-1] {
			t.Fatalf("depth %g is outside of the zones or out of order", z)
		}
		if z < 2 {
			inFirst++
		}
	}
	if inFirst < 9 || inFirst > 11 {
		t.Errorf("%d of 40 in a quarter of the length", inFirst)
	}
}
