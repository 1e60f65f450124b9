package export

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// onePick is a table of one sinusoid whose amplitude fits its dip and hole, with true dips to lose.
func onePick(reference imagelog.Reference, dipDeg, azimuthDeg float64) *picks.Table {
	p := picks.New(dip.Fracture, dip.Sinusoid{DepthM: 1000, DipDeg: dipDeg, AzimuthDeg: azimuthDeg})
	p.HoleDiameterM, p.AmplitudeM = 0.2, 0.1*math.Tan(dipDeg*math.Pi/180)
	p.TrueDipDeg, p.TrueAzimuthDeg = 1, 2
	p.Flags = []string{picks.FlagAssumedDiameter, picks.FlagMerged}
	return &picks.Table{Header: picks.Header{Reference: string(reference)}, Picks: []picks.Pick{p}}
}

func constant(m float64) func(float64) float64 { return func(float64) float64 { return m } }

func hole(devi, hazi float64) func(float64) (float64, float64, bool) {
	return func(float64) (float64, float64, bool) { return devi, hazi, true }
}

func adjusted(t *testing.T, table *picks.Table, a Adjustment) (picks.Pick, []string) {
	t.Helper()
	before := slices.Clone(table.Picks)
	out, warnings, err := Adjust(table, a)
	if err != nil {
		t.Fatal(err)
	}
	if !samePick(before[0], table.Picks[0]) {
		t.Error("the caller's table was changed")
	}
	return out.Picks[0], warnings
}

func samePick(a, b picks.Pick) bool {
	return a.Sinusoid == b.Sinusoid && a.TrueDipDeg == b.TrueDipDeg && a.HoleDiameterM == b.HoleDiameterM && slices.Equal(a.Flags, b.Flags)
}

// A sinusoid of half height 0.1 m in a hole of 0.2 m dips 45 degrees; in one of 0.1 m atan(2) = 63.43495, in one of 0.4 m
// atan(1/2) = 26.56505.
func TestOtherCaliper(t *testing.T) {
	for diameterM, want := range map[float64]float64{0.1: 63.43495, 0.2: 45, 0.4: 26.56505} {
		p, warnings := adjusted(t, onePick(imagelog.RefNorth, 45, 80), Adjustment{DiameterAt: constant(diameterM)})
		if !closeTo(p.DipDeg, want, 1e-5) || p.AzimuthDeg != 80 || p.HoleDiameterM != diameterM || !closeTo(p.AmplitudeM, 0.1, 1e-12) {
			t.Errorf("in %g m: %+v, want a dip of %g", diameterM, p, want)
		}
		if !math.IsNaN(p.TrueDipDeg) || len(warnings) != 1 || !strings.Contains(warnings[0], "1 of 1 picks") {
			t.Errorf("stale true dip %v, warnings %q", p.TrueDipDeg, warnings)
		}
		if !slices.Equal(p.Flags, []string{picks.FlagMerged}) {
			t.Errorf("flags %v", p.Flags)
		}
	}
	// Without an amplitude the table's own diameter gives it; a caliper without a reading leaves all as it is.
	table := onePick(imagelog.RefNorth, 45, 80)
	table.Picks[0].AmplitudeM = math.NaN()
	if p, _ := adjusted(t, table, Adjustment{DiameterAt: constant(0.4)}); !closeTo(p.DipDeg, 26.56505, 1e-5) {
		t.Errorf("without amplitude: %+v", p)
	}
	p, warnings := adjusted(t, table, Adjustment{DiameterAt: constant(math.NaN())})
	if p.DipDeg != 45 || p.TrueDipDeg != 1 || len(warnings) != 1 {
		t.Errorf("no reading: %+v, warnings %q", p, warnings)
	}
	// A dip that becomes low loses the meaning of its azimuth.
	if p, _ := adjusted(t, onePick(imagelog.RefNorth, 10, 80), Adjustment{DiameterAt: constant(1.2)}); !p.HasFlag(picks.FlagLowDip) {
		t.Errorf("flags %v of a dip of %g", p.Flags, p.DipDeg)
	}
}

// The true dips are those of Stigsson and Munier (2013) and of an expert's picks, for every way of counting the azimuth.
func TestTrueDipsAnew(t *testing.T) {
	for _, v := range []struct{ dipDeg, fromHighSide, devi, hazi, trueDip, trueAzimuth float64 }{
		{30, 140, 45, 225, 70.02959, 25.00392},
		{50, 120, 35, 210, 72.13061, 345.80998},
		{60.36961, 315.2664, 88.68559, 131.8563, 51.04794, 3.732219},
	} {
		declination := 12.0
		for reference, azimuth := range map[imagelog.Reference]float64{
			imagelog.RefHighSide: v.fromHighSide, imagelog.RefNorth: v.fromHighSide + v.hazi, imagelog.RefMagnetic: v.fromHighSide + v.hazi - 12,
		} {
			a := Adjustment{OrientationAt: hole(v.devi, v.hazi)}
			if reference == imagelog.RefMagnetic {
				a.DeclinationDeg = &declination
			}
			p, warnings := adjusted(t, onePick(reference, v.dipDeg, dip.WrapAzimuth(azimuth)), a)
			if !closeTo(p.TrueDipDeg, v.trueDip, 1e-4) || !closeTo(p.TrueAzimuthDeg, v.trueAzimuth, 1e-4) || warnings != nil {
				t.Errorf("%s: true %.5f/%.5f, want %g/%g; warnings %q", reference, p.TrueDipDeg, p.TrueAzimuthDeg, v.trueDip, v.trueAzimuth, warnings)
			}
		}
	}
	p, warnings := adjusted(t, onePick(imagelog.RefNorth, 45, 0), Adjustment{OrientationAt: func(float64) (float64, float64, bool) { return 0, 0, false }})
	if !math.IsNaN(p.TrueDipDeg) || len(warnings) != 1 {
		t.Errorf("outside the survey: %+v, warnings %q", p, warnings)
	}
}

func TestReferences(t *testing.T) {
	declination := 10.0
	for _, c := range []struct {
		from, to      imagelog.Reference
		azimuth, want float64
	}{
		{imagelog.RefNorth, imagelog.RefMagnetic, 5, 355},
		{imagelog.RefMagnetic, imagelog.RefNorth, 355, 5},
		{imagelog.RefNorth, imagelog.RefHighSide, 100, 60}, // the hole heads for 40
		{imagelog.RefHighSide, imagelog.RefNorth, 330, 10},
		{imagelog.RefHighSide, imagelog.RefMagnetic, 330, 0},
		{imagelog.RefMagnetic, imagelog.RefHighSide, 0, 330},
	} {
		a := Adjustment{Reference: c.to, OrientationAt: hole(30, 40), DeclinationDeg: &declination}
		if c.from != imagelog.RefMagnetic && c.to != imagelog.RefMagnetic {
			a.DeclinationDeg = nil
		}
		table := onePick(c.from, 45, c.azimuth)
		p, _ := adjusted(t, table, a)
		if dip.AzimuthDifference(p.AzimuthDeg, c.want) > 1e-9 || p.DipDeg != 45 {
			t.Errorf("%s to %s: %g becomes %g, want %g", c.from, c.to, c.azimuth, p.AzimuthDeg, c.want)
		}
		out, _, err := Adjust(table, a)
		if err != nil || out.Reference != string(c.to) {
			t.Errorf("header says %q, error %v", out.Reference, err)
		}
		// There and back again; the true dip does not depend on what the azimuth counts from.
		a.Reference = c.from
		back, _, err := Adjust(out, a)
		if err != nil || dip.AzimuthDifference(back.Picks[0].AzimuthDeg, c.azimuth) > 1e-9 || !closeTo(back.Picks[0].TrueDipDeg, p.TrueDipDeg, 1e-9) ||
			!closeTo(back.Picks[0].TrueAzimuthDeg, p.TrueAzimuthDeg, 1e-9) {
			t.Errorf("%s to %s and back: %+v, error %v", c.from, c.to, back.Picks, err)
		}
	}
	_, warnings := adjusted(t, onePick(imagelog.RefNorth, 45, 0), Adjustment{Reference: imagelog.RefHighSide, OrientationAt: hole(2, 40)})
	if len(warnings) != 1 || !strings.Contains(warnings[0], "near vertical") {
		t.Errorf("warnings %q", warnings)
	}
}

// The bed that lies along the structural plane is flat afterwards; one that dips 30 the same way dips 18.
func TestStructural(t *testing.T) {
	structural := &dip.Plane{DipDeg: 12, AzimuthDeg: 140}
	for dipDeg, want := range map[float64]float64{12: 0, 30: 18} {
		table := onePick(imagelog.RefNorth, 45, 0)
		table.Picks[0].TrueDipDeg, table.Picks[0].TrueAzimuthDeg = dipDeg, 140
		p, _ := adjusted(t, table, Adjustment{Structural: structural})
		if !closeTo(p.TrueDipDeg, want, 1e-9) || want > 0 && !closeTo(p.TrueAzimuthDeg, 140, 1e-9) || p.DipDeg != 45 {
			t.Errorf("%g becomes %+v, want %g", dipDeg, p, want)
		}
	}
}

func TestAdjustRefuses(t *testing.T) {
	declination := 3.0
	bare := onePick(imagelog.RefNorth, 45, 0)
	bare.Picks[0].AmplitudeM, bare.Picks[0].HoleDiameterM, bare.Picks[0].TrueDipDeg = math.NaN(), math.NaN(), math.NaN()
	for name, c := range map[string]struct {
		table *picks.Table
		a     Adjustment
		want  error // nil: any
	}{
		"no declination":       {onePick(imagelog.RefMagnetic, 45, 0), Adjustment{Reference: imagelog.RefNorth}, ErrReference},
		"no deviation":         {onePick(imagelog.RefNorth, 45, 0), Adjustment{Reference: imagelog.RefHighSide}, ErrReference},
		"unknown reference":    {onePick(imagelog.RefUnknown, 45, 0), Adjustment{Reference: imagelog.RefNorth}, ErrReference},
		"unknown, with survey": {onePick("", 45, 0), Adjustment{OrientationAt: hole(1, 2)}, ErrReference},
		"idle declination":     {onePick(imagelog.RefNorth, 45, 0), Adjustment{DeclinationDeg: &declination}, ErrReference},
		"no true dip":          {bare, Adjustment{Structural: &dip.Plane{DipDeg: 1}}, ErrNoTrueDip},
		"no size":              {bare, Adjustment{DiameterAt: constant(0.2)}, nil},
		"true only":            {trueOnly(), Adjustment{DiameterAt: constant(0.2)}, ErrNoApparentDip},
	} {
		if _, _, err := Adjust(c.table, c.a); err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", name, err, c.want)
		}
	}
}

func TestCaliper(t *testing.T) {
	const head = "~V\nVERS. 2.0 :\nWRAP. NO :\n~W\nNULL. -999.25 :\n~C\n"
	c, err := ReadCaliper(strings.NewReader(head+"DEPT.ft :\nGR. :\nC1.in :\nC2.mm :\n~A\n1010 5 -999.25 -999.25\n1000 5 8 203.2\n1001 5 10 254\n1002 5 900 -999.25\n"), "c.las")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(c.Curves, []string{"C1", "C2"}) {
		t.Errorf("curves %v", c.Curves)
	}
	for depthFt, want := range map[float64]float64{1000: 0.2032, 1000.5: 0.2286, 1001: 0.254, 1003: 0.254, 998: 0.2032, 1010: math.NaN(), 900: math.NaN()} {
		if got := c.At(depthFt * 0.3048); !closeTo(got, want, 1e-6) {
			t.Errorf("at %g ft %g m, want %g", depthFt, got, want)
		}
	}
	for name, text := range map[string]string{
		"no LAS": "x", "no caliper": head + "DEPT.m :\nGR. :\n~A\n1 2\n", "no unit": head + "DEPT.m :\nCALI. :\n~A\n1 2\n", "no reading": head + "DEPT.m :\nCALI.in :\n~A\n1 900\n",
	} {
		if _, err := ReadCaliper(strings.NewReader(text), "c.las"); err == nil || !strings.Contains(err.Error(), "c.las") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
