package synth

import (
	"math"
	"testing"
)

func TestLatticeStatistics(t *testing.T) {
	for _, sparse := range []bool{false, true} {
		l := lattice{seed: 7, cellM: 0.02, turns: 16, sd: 0.4, sparse: sparse}
		sum, squares, n := 0.0, 0.0, 0.0
		for i := range 200 {
			for j := range 50 {
				v := l.at(-1+float64(i)*0.0173, float64(j)/50)
				sum, squares, n = sum+v, squares+v*v, n+1
			}
		}
		if mean, sd := sum/n, math.Sqrt(squares/n); math.Abs(mean) > 0.03 || math.Abs(sd-0.4) > 0.06 {
			t.Errorf("sparse %v: mean %.3f, standard deviation %.3f, want 0 and 0.4", sparse, mean, sd)
		}
	}
}

// A strip is the lattice along a column; the field is continuous across azimuth 0.
func TestStripIsLattice(t *testing.T) {
	l := lattice{seed: 9, cellM: 0.05, turns: 5, sd: 1}
	var s strip
	for _, turn := range []float64{0, 0.13, 0.5, 0.999} {
		l.column(&s, -0.3, 1.2, turn)
		for z := -0.3; z < 1.2; z += 0.013 {
			if got, want := s.at(z), l.at(z, turn); math.Abs(got-want) > 1e-12 {
				t.Fatalf("turn %g depth %g: strip %g, lattice %g", turn, z, got, want)
			}
		}
	}
	if a, b := l.at(0.4, 0), l.at(0.4, 1-1e-9); math.Abs(a-b) > 1e-6 {
		t.Errorf("azimuth 0 and 360 differ: %g, %g", a, b)
	}
}
