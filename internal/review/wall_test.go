package review

import (
	"errors"
	"math"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/picks"
)

func TestMeasure(t *testing.T) {
	s, _ := openSession(t, t.TempDir())
	p, err := s.wall.Measure(dip.Bedding, dip.NewCurve(1002, 0.1, 90))
	if err != nil {
		t.Fatal(err)
	}
	// 2 * 10 cm over 8 in: atan(0.2/0.2032) = 44.546 degrees. The hole leans 30 degrees to the east and the plane dips to the east in the
	// hole's frame: seen from above it dips 44.546 - 30 the same way.
	if !near(p.DipDeg, 44.546, 0.001) || !near(p.AzimuthDeg, 90, 1e-6) || !near(p.TrueDipDeg, 14.546, 0.001) || !near(p.TrueAzimuthDeg, 90, 1e-6) {
		t.Errorf("dips %+v", p)
	}
	if !near(p.DepthM, 1002, 1e-9) || !near(p.AmplitudeM, 0.1, 1e-9) || !near(p.HoleDiameterM, 0.2032, 1e-9) || p.Confidence != 1 {
		t.Errorf("measured %+v", p)
	}
	// The gap is 30 of 360 degrees.
	if !near(p.Coverage, 330.0/360, 0.02) || p.Quality != "A" {
		t.Errorf("coverage %g, quality %q", p.Coverage, p.Quality)
	}
	across, err := s.wall.Measure(dip.Bedding, dip.NewCurve(1002, 0.1, 270))
	if err != nil {
		t.Fatal(err)
	}
	if across.Quality == "A" {
		t.Error("a sinusoid across the layers is as good as one along them")
	}
	top, err := s.wall.Measure(dip.Bedding, dip.NewCurve(wellTopM+0.05, 0.1, 90))
	if err != nil || !top.HasFlag(picks.FlagEdge) {
		t.Errorf("cut by the top: flags %v, error %v", top.Flags, err)
	}
}

func TestSnap(t *testing.T) {
	s, _ := openSession(t, t.TempDir())
	truth := dip.NewCurve(1002, 0.1, 90)
	for _, drawn := range []dip.Curve{dip.NewCurve(1002.015, 0.1, 90), dip.NewCurve(1001.988, 0.085, 90), dip.NewCurve(1002.005, 0.1, 97)} {
		p, err := s.wall.Snap(dip.Bedding, drawn)
		if err != nil {
			t.Fatal(err)
		}
		if d := dip.CurveDistanceM(p.Trace(), truth); d > 0.002 {
			t.Errorf("drawn %+v: %.4f m from the boundary after, %.4f m before", drawn, d, dip.CurveDistanceM(drawn, truth))
		}
	}
}

func TestRefusedSinusoids(t *testing.T) {
	s, _ := openSession(t, t.TempDir())
	nan := math.NaN()
	for name, c := range map[string]dip.Curve{
		"above": dip.NewCurve(wellTopM-1, 0.1, 0), "below": dip.NewCurve(wellTopM+9, 0.1, 0), "nowhere": dip.NewCurve(nan, 0.1, 0),
		"along the hole": dip.NewCurve(1002, 100, 0), "no amplitude": dip.NewCurve(1002, nan, 0), "infinite": dip.NewCurve(1002, math.Inf(1), 0),
	} {
		var refused *RefusedError
		if p, err := s.wall.Measure(dip.Fracture, c); !errors.As(err, &refused) {
			t.Errorf("%s: pick %+v, error %v", name, p, err)
		}
	}
	var refused *RefusedError
	if _, err := s.wall.Measure(dip.NumClasses, layers); !errors.As(err, &refused) {
		t.Errorf("unknown class: error %v", err)
	}
}
