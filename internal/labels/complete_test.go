package labels

import (
	"errors"
	"math"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// trueOnly is a pick as a table of true dips gives it.
func trueOnly(dipDeg, azimuthDeg float64) picks.Pick {
	p := picks.New(dip.Fracture, dip.Sinusoid{DepthM: 1000, DipDeg: nan, AzimuthDeg: nan})
	p.TrueDipDeg, p.TrueAzimuthDeg = dipDeg, azimuthDeg
	return p
}

// The vectors of Stigsson and Munier (2013) and of an expert's picks, backwards: a true dip becomes the apparent one that it came from.
func TestComplete(t *testing.T) {
	for _, v := range []struct{ dipDeg, fromHighSide, devi, hazi, trueDip, trueAzimuth float64 }{
		{30, 140, 45, 225, 70.02959, 25.00392},
		{50, 120, 35, 210, 72.13061, 345.80998},
		{60.36961, 315.2664, 88.68559, 131.8563, 51.04794, 3.732219},
	} {
		hole := Hole{OrientationAt: func(depthM float64) (float64, float64, bool) { return v.devi, v.hazi, depthM == 1000 }, DeclinationDeg: 7}
		for reference, azimuth := range map[imagelog.Reference]float64{
			imagelog.RefHighSide: v.fromHighSide, imagelog.RefNorth: v.fromHighSide + v.hazi, imagelog.RefMagnetic: v.fromHighSide + v.hazi - 7,
		} {
			hole.Reference = reference
			table := &picks.Table{Picks: []picks.Pick{trueOnly(v.trueDip, v.trueAzimuth)}}
			table.Picks[0].HoleDiameterM = 0.2
			if warnings, err := Complete(table, hole); err != nil || warnings != nil {
				t.Fatal(warnings, err)
			}
			p := table.Picks[0]
			if !near(p.DipDeg, v.dipDeg, 1e-4) || dip.AzimuthDifference(p.AzimuthDeg, azimuth) > 2e-4 {
				t.Errorf("%s: apparent %.5f/%.5f, want %g/%g", reference, p.DipDeg, p.AzimuthDeg, v.dipDeg, azimuth)
			}
			if want := 0.1 * math.Tan(p.DipDeg*math.Pi/180); !near(p.AmplitudeM, want, 1e-12) {
				t.Errorf("amplitude %g m, want %g", p.AmplitudeM, want)
			}
		}
	}
}

func TestCompleteLeavesOut(t *testing.T) {
	known := picks.New(dip.Bedding, dip.Sinusoid{DepthM: 5, DipDeg: 10, AzimuthDeg: 20})
	known.TrueDipDeg, known.TrueAzimuthDeg = 40, 50
	table := &picks.Table{Picks: []picks.Pick{known, trueOnly(90, 0)}} // a vertical plane in a vertical hole
	vertical := func(float64) (float64, float64, bool) { return 0, 0, true }
	warnings, err := Complete(table, Hole{OrientationAt: vertical, Reference: imagelog.RefNorth})
	if err != nil || len(warnings) != 1 || len(table.Picks) != 1 || table.Picks[0].DipDeg != 10 {
		t.Errorf("%d picks, warnings %q, error %v", len(table.Picks), warnings, err)
	}
	for name, hole := range map[string]Hole{
		"nothing known":   {},
		"not there":       {OrientationAt: func(float64) (float64, float64, bool) { return 0, 0, false }, Reference: imagelog.RefNorth},
		"which reference": {OrientationAt: vertical, Reference: imagelog.RefUnknown},
	} {
		if _, err := Complete(&picks.Table{Picks: []picks.Pick{trueOnly(10, 0)}}, hole); !errors.Is(err, ErrTrueOnly) {
			t.Errorf("%s: error %v", name, err)
		}
		if _, err := Complete(&picks.Table{Picks: []picks.Pick{known}}, hole); err != nil {
			t.Errorf("%s: nothing to do, error %v", name, err)
		}
	}
}
