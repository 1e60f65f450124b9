package infer

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/synth"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// The published and the expert's vectors of dip's tests, from the curve on the grid to the columns of the picks file: apparent dip,
// angle from the high side, deviation, hole azimuth -> true dip and azimuth.
func TestConvertTrueDipVectors(t *testing.T) {
	for _, v := range [][6]float64{
		{30, 140, 45, 225, 70.02959, 25.00392}, {45, 90, 0, 0, 45, 90}, {30, 180, 30, 90, 60, 270},
		{50, 120, 35, 210, 72.13061, 345.80998}, {60, 45, 90, 0, 52.23876, 129.23152},
		{20, 270, 15, 330, 24.81422, 204.58339}, {35.5, 200, 62.3, 123.4, 83.98963, 134.92},
		{60.36961, 315.2664, 88.68559, 131.8563, 51.04794, 3.732219},
	} {
		for reference, azimuth := range map[imagelog.Reference]float64{
			imagelog.RefHighSide: v[1], imagelog.RefNorth: v[1] + v[3], imagelog.RefMagnetic: v[1] + v[3] - 4.5,
		} {
			r := planeCurve(dip.Bedding, 40, v[0], azimuth, 0.2286)
			p, _ := convertOne(t, r, Options{DiameterIn: 8.5}, func(l *imagelog.Log) {
				l.DeviDeg, l.HaziDeg = constant(100, v[2]), constant(100, v[3])
				l.Reference, l.DeclinationDeg = reference, 4.5
			})
			near(t, string(reference)+": true dip", p.TrueDipDeg, v[4], 1e-4)
			near(t, string(reference)+": true azimuth", dip.AzimuthDifference(p.TrueAzimuthDeg, v[5]), 0, 1e-4)
			if flagged := p.HasFlag(picks.FlagNoHighSide); flagged != (reference == imagelog.RefHighSide && v[2] < dip.HighSideDeg) {
				t.Errorf("%s at %g degrees: flags %v", reference, v[2], p.Flags)
			}
		}
	}
}

// A flat bed dips as the hole deviates, opposite to it.
func TestConvertFlatBed(t *testing.T) {
	p, _ := convertOne(t, planeCurve(dip.Bedding, 40, 0, 0, 0.2286), Options{}, func(l *imagelog.Log) {
		l.DeviDeg, l.HaziDeg = constant(100, 30), constant(100, 90)
	})
	near(t, "true dip", p.TrueDipDeg, 30, 1e-9)
	near(t, "true azimuth", p.TrueAzimuthDeg, 270, 1e-9)
}

// With an electrical diameter 1.08 times the hole's, the same curve is a flatter plane in a wider hole: by hand.
func TestConvertElectricalDiameter(t *testing.T) {
	r := planeCurve(dip.Bedding, 40, 30, 90, 0.2286)
	p, _ := convertOne(t, r, Options{ElectricalFactor: 1.08}, func(*imagelog.Log) {})
	near(t, "diameter", p.HoleDiameterM, 0.246888, 1e-9)
	near(t, "amplitude", p.AmplitudeM, 0.1143*math.Tan(math.Pi/6), 1e-9)
	near(t, "dip", p.DipDeg, 28.12823, 1e-4) // atan(tan 30 / 1.08)
}

func TestConvertNotes(t *testing.T) {
	r := planeCurve(dip.Bedding, 40, 30, 90, 0.2286)
	p, warnings := convertOne(t, r, Options{AssumeVertical: true}, func(l *imagelog.Log) {
		l.C1In, l.C2In, l.BSIn = nil, nil, constant(100, 8.5)
	})
	if !p.HasFlag(picks.FlagBitSize) || p.HasFlag(picks.FlagAssumedDiameter) || len(warnings) != 1 || !strings.Contains(warnings[0], "as wide as its bit") {
		t.Errorf("bit size: flags %v, warnings %q", p.Flags, warnings)
	}
	p, warnings = convertOne(t, r, Options{}, func(l *imagelog.Log) {
		l.Reference, l.DeviDeg, l.HaziDeg = imagelog.RefHighSide, constant(100, 2), constant(100, 40)
	})
	if !p.HasFlag(picks.FlagNoHighSide) || len(warnings) != 1 || !strings.Contains(warnings[0], "within 5 degrees of vertical") {
		t.Errorf("nearly vertical: flags %v, warnings %q", p.Flags, warnings)
	}
}

// The planes of deviated synthetic wells come back from the curves that they draw, through the log's own caliper, orientation and
// azimuth reference. It shows that these are handled alike on both sides; that the formulae are right is for the vectors above.
func TestDeviatedWellComesBackToItsPlanes(t *testing.T) {
	for _, name := range []string{"deviated", "high-angle", "lwd"} {
		preset, err := synth.PresetByName(name)
		if err != nil {
			t.Fatal(err)
		}
		preset.Columns, preset.RowM = 48, 0.01
		log, truth, err := preset.Well(11)
		if err != nil {
			t.Fatal(err)
		}
		grid, err := tile.NewGrid(log, tinyTile())
		if err != nil {
			t.Fatal(err)
		}
		c := newConverter(log, grid, Options{})
		var errors []float64
		rowM, topM := grid.Options().RowM, grid.DepthM(0)
		for _, want := range truth {
			d, a, b := want.Trace().Rows(topM, rowM)
			got := c.pick(Refined{Curve: Curve{Class: want.Class, D: d, A: a, B: b, Score: 1}, Coverage: 1, Significance: 9})
			near(t, "depth", got.DepthM, want.DepthM, 1e-6)
			// The angle between two planes is that between their poles.
			p, q := dip.Normal(got.TrueDipDeg, got.TrueAzimuthDeg), dip.Normal(want.TrueDipDeg, want.TrueAzimuthDeg)
			errors = append(errors, math.Acos(min(1, math.Abs(p.X*q.X+p.Y*q.Y+p.Z*q.Z)))*180/math.Pi)
		}
		slices.Sort(errors)
		if len(errors) < 10 || !(errors[len(errors)-1] < 1e-3) {
			t.Errorf("%s: %d planes, greatest error %g degrees", name, len(errors), slices.Max(errors))
		}
	}
}
