package review

import (
	"errors"
	"math"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
)

// By hand: at 0, 90 and 180 degrees cos is 1, 0, -1 and sin 0, 1, 0, so d + a = 5, d + b = 9, d - a = 1: d = 3, a = 2, b = 6.
func TestFitThroughThreePoints(t *testing.T) {
	c, err := Fit([]Point{{5, 0}, {9, 90}, {1, 180}})
	if err != nil {
		t.Fatal(err)
	}
	if !near(c.DepthM, 3, 1e-12) || !near(real(c.Amplitude), 2, 1e-12) || !near(imag(c.Amplitude), 6, 1e-12) {
		t.Errorf("curve %+v, want 3, 2+6i", c)
	}
}

// By hand: for points at 0, 90, 180, 270 the columns are orthogonal, so d is the mean of the depths, a half of z(0) - z(180), b half of
// z(90) - z(270).
func TestFitIsLeastSquares(t *testing.T) {
	c, err := Fit([]Point{{2000.10, 0}, {2000.40, 90}, {2000.00, 180}, {1999.90, 270}})
	if err != nil {
		t.Fatal(err)
	}
	if !near(c.DepthM, 2000.1, 1e-9) || !near(real(c.Amplitude), 0.05, 1e-9) || !near(imag(c.Amplitude), 0.25, 1e-9) {
		t.Errorf("curve %+v, want 2000.1, 0.05+0.25i", c)
	}
}

func TestFitRefusesPointsThatSayNothing(t *testing.T) {
	nan := math.NaN()
	for name, points := range map[string][]Point{
		"none": nil, "two": {{1, 0}, {2, 90}}, "one azimuth": {{1, 30}, {2, 30}, {3, 30}}, "two azimuths": {{1, 30}, {2, 30}, {3, 200}},
		"narrow": {{1, 0}, {1.1, 5}, {1, 10}}, "unknown": {{nan, 0}, {1, 90}, {2, nan}}, "many": make([]Point, maxPoints+1),
	} {
		if c, err := Fit(points); !errors.Is(err, ErrPoints) {
			t.Errorf("%s: curve %+v, error %v", name, c, err)
		}
	}
	// 30 degrees apart is near enough to work with.
	want := dip.NewCurve(1500, 0.3, 200)
	var points []Point
	for _, azimuth := range []float64{350, 20, 50} {
		points = append(points, Point{want.DepthAt(azimuth), azimuth})
	}
	if c, err := Fit(points); err != nil || dip.CurveDistanceM(c, want) > 1e-9 {
		t.Errorf("curve %+v, error %v, want %+v", c, err, want)
	}
}
