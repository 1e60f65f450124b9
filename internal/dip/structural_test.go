package dip

import (
	"math"
	"testing"
)

// Expected values: the first five by scipy 1.10 (Rotation.align_vectors of the two frames strike, dip direction, pole), the others by
// hand: dips along one azimuth subtract, and a turn past the vertical folds back.
func TestRemoveStructural(t *testing.T) {
	for _, v := range []struct {
		plane, structural Plane
		dip, azimuth      float64
	}{
		{Plane{50, 120}, Plane{30, 90}, 27.32995, 146.53927},
		{Plane{10, 300}, Plane{25, 45}, 29.12676, 245.15732},
		{Plane{33.3, 77.7}, Plane{12.5, 301.2}, 43.13046, 87.64127},
		{Plane{85, 10}, Plane{40, 190}, 55, 190},
		{Plane{5, 200}, Plane{5, 20}, 10, 200},
		{Plane{50, 90}, Plane{30, 90}, 20, 90},
		{Plane{10, 90}, Plane{30, 90}, 20, 270},
		{Plane{30, 90}, Plane{30, 90}, 0, 0},
		{Plane{90, 0}, Plane{30, 90}, 90, 0}, // strike square to strike: stays upright
		{Plane{41, 123}, Plane{0, 77}, 41, 123},
	} {
		got := RemoveStructural(v.plane, v.structural)
		near(t, "dip", got.DipDeg, v.dip, 1e-5)
		if v.dip < 90 {
			near(t, "azimuth", AzimuthDifference(got.AzimuthDeg, v.azimuth), 0, 1e-5)
		} else { // an upright plane dips both ways
			near(t, "strike", math.Mod(AzimuthDifference(got.AzimuthDeg, v.azimuth), 180), 0, 1e-5)
		}
	}
	if got := RemoveStructural(Plane{30, 90}, Plane{math.NaN(), 0}); !math.IsNaN(got.DipDeg) || !math.IsNaN(got.AzimuthDeg) {
		t.Errorf("unknown structure gives %+v", got)
	}
}

// tan(P1AZ - HAZI) = tan(RB) / cos(DEVI); in a vertical hole, and along or square to the high side, P1AZ = HAZI + RB exactly.
func TestPadOneAzimuth(t *testing.T) {
	for _, v := range [][4]float64{
		{30, 0, 100, 130}, {0, 60, 100, 100}, {90, 60, 100, 190}, {180, 60, 100, 280}, {270, 60, 100, 10},
		{45, 60, 100, 163.43495}, // atan 2
		{225, 60, 100, 343.43495},
	} {
		near(t, "pad 1 azimuth", AzimuthDifference(PadOneAzimuth(v[0], v[1], v[2]), v[3]), 0, 1e-5)
	}
}
