package pads

import (
	"math"
	"testing"
)

func TestPadOne(t *testing.T) {
	nan := math.NaN()
	// tan(P1AZ - HAZI) = tan(RB) / cos(DEVI): RB 30 in a hole of 60 degrees gives 40 + atan(2 tan 30) = 89.1066, and the third
	// quadrant goes with it.
	p1az := 40 + math.Atan(2*math.Tan(math.Pi/6))*180/math.Pi
	for name, c := range map[string]struct {
		p1no, p1az, rb, hazi, devi float64
		highSide                   bool
		want                       float64
		how                        string
	}{
		"measured":             {123, 5, 6, 7, 8, false, 123, "P1NO"},
		"slanted":              {nan, 50, 30, 340, 60, false, 10, "HAZI + RB"},
		"projected":            {nan, p1az, nan, 40, 60, false, 70, "P1AZ"},
		"projected, other way": {nan, p1az + 180, nan, 40, 60, false, 250, "P1AZ"},
		"vertical":             {nan, 50, 30, 340, 2, false, 50, "P1AZ"},
		"deviation unknown":    {nan, 50, 30, 340, nan, false, 50, "P1AZ"},
		"vertical, no P1AZ":    {nan, nan, 350, 20, 2, false, 10, "HAZI + RB"},
		"high side":            {123, 50, 30, 340, 60, true, 30, "RB"},
		"high side from P1NO":  {10, 50, nan, 340, 60, true, 30, "P1NO"},
		"nothing":              {nan, nan, 30, nan, 60, false, nan, ""},
	} {
		one := func(v float64) []float64 { return []float64{v} }
		r := &Recording{DepthM: one(1), P1NODeg: one(c.p1no), P1AZDeg: one(c.p1az), RBDeg: one(c.rb), HaziDeg: one(c.hazi), DeviDeg: one(c.devi)}
		got, how, ok := r.padOne(c.highSide)
		if ok != (c.want == c.want) || how != c.how || ok && math.Abs(math.Remainder(got[0]-c.want, 360)) > 0.3 {
			t.Errorf("%s: %v by %q, want %v by %q", name, got, how, c.want, c.how)
		}
	}
}

// A rigid plate that is more curved than the hole sees less of the wall than one that follows it: 3 in along a plate of 4 in radius
// reach 4 sin(3/4) = 2.7266 in across, which in a hole of 6 in radius is asin(0.45443) = 27.028 degrees instead of 28.648.
func TestFaceOfRigidPlate(t *testing.T) {
	if got := (&Tool{PadRadiusIn: 4}).faceDeg(3, 6); math.Abs(got-27.028) > 0.001 {
		t.Errorf("rigid plate: %v", got)
	}
	if got := (&Tool{}).faceDeg(3, 6); math.Abs(got-28.648) > 0.001 {
		t.Errorf("following plate: %v", got)
	}
}

func TestRadii(t *testing.T) {
	tool := &Tool{Arms: 2, Calipers: []Caliper{{Arms: []int{1}}, {Arms: []int{2}}}}
	nan := math.NaN()
	r := &Recording{DepthM: []float64{1, 2, 3}, CaliperIn: [][]float64{{8, 999, nan}, {9, 9, 0.1}}, BSIn: []float64{6, 6, 6}}
	first, assumed := r.radii(tool, 0)
	second, _ := r.radii(tool, 1)
	if first[0] != 4 || first[1] != 4.5 || first[2] != 3 || second[0] != 4.5 || !assumed {
		t.Errorf("%v, %v, %v", first, second, assumed)
	}
}
