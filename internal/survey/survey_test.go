package survey

import (
	"errors"
	"math"
	"strings"
	"testing"
)

func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s: got %.9g, want %.9g within %g", what, got, want, tol)
	}
}

func mustNew(t *testing.T, stations ...Station) *Survey {
	t.Helper()
	s, err := New(stations)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Expected values by scipy 1.10: direction by spatial.geometric_slerp between the stations' tangents, depth by integrating it along the
// hole (integrate.quad).
func TestArcAgainstSlerp(t *testing.T) {
	for _, v := range []struct{ depth1, incl1, azim1, depth2, incl2, azim2, depth, devi, hazi, down float64 }{
		{1000, 20, 350, 1030, 28, 12, 1010, 22.3065842, 358.9420778, 9.3280080},
		{0, 2, 100, 60, 35, 170, 45, 26.4284296, 168.8826709, 43.3684537},
		{2500, 88, 10, 2530, 93, 16, 2521.5, 91.5842928, 14.2984001, 0.0780199},
		{100, 1, 0, 130, 1, 180, 107.5, 0.5, 0, 7.4993337},
	} {
		s := mustNew(t, Station{v.depth1, v.incl1, v.azim1}, Station{v.depth2, v.incl2, v.azim2})
		devi, hazi, ok := s.At(v.depth)
		if !ok {
			t.Fatalf("no direction at %g m", v.depth)
		}
		near(t, "deviation", devi, v.devi, 1e-7)
		near(t, "azimuth", hazi, v.hazi, 1e-6)
		// An arc that ends there is part of the same circle.
		part := mustNew(t, Station{v.depth1, v.incl1, v.azim1}, Station{v.depth, devi, hazi})
		near(t, "depth", part.Positions()[1].TVDM-v.depth1, v.down, 1e-6)
	}
}

// A quarter circle of radius 100 m from straight down to level, towards east: sine and cosine by hand.
func TestQuarterCircle(t *testing.T) {
	length := 100 * math.Pi / 2
	s := mustNew(t, Station{1000, 0, 90}, Station{1000 + length, 90, 90}, Station{1100 + length, 90, 90})
	p := s.Positions()
	near(t, "TVD at the level", p[1].TVDM, 1100, 1e-9)
	near(t, "east", p[1].EastM, 100, 1e-9)
	near(t, "north", p[1].NorthM, 0, 1e-9)
	near(t, "dogleg", p[1].DoglegDeg, 90/length*30, 1e-9)
	near(t, "level on", p[2].TVDM, 1100, 1e-9)
	near(t, "east of the end", p[2].EastM, 200, 1e-9)
	devi, hazi, _ := s.At(1000 + length/3)
	near(t, "deviation", devi, 30, 1e-9)
	near(t, "azimuth", hazi, 90, 1e-9)
}

func TestReach(t *testing.T) {
	s := mustNew(t, Station{100, 10, 350}, Station{200, 20, 10})
	devi, hazi := s.Curves([]float64{49, 50, 100, 200, 250, 251, math.NaN()})
	for i, want := range [][2]float64{{math.NaN(), math.NaN()}, {10, 350}, {10, 350}, {20, 10}, {20, 10}, {math.NaN(), math.NaN()}, {math.NaN(), math.NaN()}} {
		if math.IsNaN(want[0]) != math.IsNaN(devi[i]) || math.IsNaN(want[1]) != math.IsNaN(hazi[i]) {
			t.Errorf("row %d: %g, %g", i, devi[i], hazi[i])
		} else if !math.IsNaN(want[0]) {
			near(t, "deviation", devi[i], want[0], 1e-9)
			near(t, "azimuth", hazi[i], want[1], 1e-9)
		}
	}
	one := mustNew(t, Station{100, 10, 30})
	if devi, hazi, ok := one.At(120); !ok || devi != 10 || hazi != 30 {
		t.Errorf("one station: %g %g %v", devi, hazi, ok)
	}
	// Straight down there is no azimuth to interpolate: the stations' own.
	down := mustNew(t, Station{0, 0, 40}, Station{100, 0, 60})
	if devi, hazi, ok := down.At(30); !ok || devi != 0 || hazi != 40 {
		t.Errorf("vertical: %g %g %v", devi, hazi, ok)
	}
}

func TestRotateNorth(t *testing.T) {
	s := mustNew(t, Station{100, 10, 355}, Station{200, 20, 5})
	s.North = NorthMagnetic
	s.RotateNorth(7.5)
	_, hazi, _ := s.At(100)
	near(t, "first", hazi, 2.5, 1e-9)
	_, hazi, _ = s.At(200)
	near(t, "last", hazi, 12.5, 1e-9)
	if s.North != NorthTrue {
		t.Errorf("north is %q", s.North)
	}
}

func TestStationsRefused(t *testing.T) {
	for want, stations := range map[string][]Station{
		"no station":        nil,
		"depth unit":        {{1e6, 0, 0}},
		"not in [0, 180)":   {{100, -1, 0}},
		"not in degrees":    {{100, 1, 400}},
		"inclination NaN":   {{100, math.NaN(), 0}},
		"order of depth":    {{100, 1, 0}, {200, 1, 0}, {150, 1, 0}, {300, 1, 0}},
		"turns by 160 degr": {{100, 80, 0}, {130, 80, 180}},
	} {
		if _, err := New(stations); !errors.Is(err, ErrSurvey) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	s := mustNew(t, Station{300, 3, -10}, Station{200, 2, 0}, Station{200, 2, 0}, Station{100, 1, 360})
	if got := s.stations; len(got) != 3 || got[0] != (Station{100, 1, 0}) || got[2] != (Station{300, 3, 350}) {
		t.Errorf("bottom up and repeated: %v", got)
	}
}

// Deviations of 10 and 14 degrees towards one azimuth are 4 degrees apart; level holes towards 350 and 10 are 20 apart.
func TestDisagreement(t *testing.T) {
	s := mustNew(t, Station{0, 10, 350}, Station{100, 10, 350})
	nan := math.NaN()
	deg, n := s.Disagreement([]float64{0, 50, 60, 70, 400}, []float64{14, 14, 14, nan, 14}, []float64{350, 350, 350, 350, 350})
	near(t, "deviation", deg, 4, 1e-9)
	if n != 3 {
		t.Errorf("compared at %d depths, want 3", n)
	}
	level := mustNew(t, Station{0, 90, 350}, Station{100, 90, 350})
	deg, _ = level.Disagreement([]float64{10}, []float64{90}, []float64{10})
	near(t, "azimuth", deg, 20, 1e-9)
	if deg, n := s.Disagreement([]float64{10}, nil, nil); n != 0 || !math.IsNaN(deg) {
		t.Errorf("without curves: %g at %d", deg, n)
	}
	near(t, "dogleg", mustNew(t, Station{0, 0, 0}, Station{10, 1, 0}, Station{20, 3, 0}).MaxDogleg(), 6, 1e-9)
}
