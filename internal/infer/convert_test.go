package infer

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/tile"
)

func tinyTile() tile.Options {
	return tile.Options{Rows: 64, Columns: 48, RowM: testRowM, Overlap: 0.5, Image: tile.ImageTile, MaskChannel: true, Split: tile.SplitWell, Seed: 1}
}

// logOf is a raster as an image log whose top edge lies at topM.
func logOf(t *testing.T, r Raster, topM, rowM float64) *imagelog.Log {
	t.Helper()
	depth, pixels := make([]float64, r.Rows), slices.Clone(r.Image)
	for i := range depth {
		depth[i] = topM + (float64(i)+0.5)*rowM
	}
	for i, seen := range r.Mask {
		if !seen {
			pixels[i] = float32(math.NaN())
		}
	}
	log, err := imagelog.New(depth, pixels, r.Columns)
	if err != nil {
		t.Fatal(err)
	}
	log.Well, log.Reference = "test", imagelog.RefNorth
	return log
}

func constant(n int, v float64) []float64 { return slices.Repeat([]float64{v}, n) }

// convertOne converts one curve of a log of 100 rows from 1000 m, in a hole of 8.5 x 9.5 in: a mean diameter of 0.2286 m.
func convertOne(t *testing.T, r Refined, opt Options, change func(*imagelog.Log)) (picks.Pick, []string) {
	t.Helper()
	log := logOf(t, scene{rows: 100, cols: 48}.render(), 1000, testRowM)
	log.C1In, log.C2In = constant(100, 8.5), constant(100, 9.5)
	change(log)
	grid, err := tile.NewGrid(log, tinyTile())
	if err != nil {
		t.Fatal(err)
	}
	c := newConverter(log, grid, opt)
	p := c.pick(r)
	if err := p.Validate(); err != nil {
		t.Error(err)
	}
	return p, c.warnings()
}

// planeCurve is what a plane draws, in rows, in a hole of the given diameter.
func planeCurve(class dip.Class, d, dipDeg, azimuthDeg, diameterM float64) Refined {
	a := dip.AmplitudeM(dipDeg, diameterM) / testRowM
	s, c := math.Sincos(azimuthDeg * math.Pi / 180)
	return Refined{Curve: Curve{Class: class, D: d, A: a * c, B: a * s, Score: 0.7}, Coverage: 0.6, Significance: 9}
}

func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) && !(math.IsNaN(got) && math.IsNaN(want)) {
		t.Errorf("%s is %g, want %g", what, got, want)
	}
}

// TestConvertOrientation takes the plane of Stigsson & Munier (2013), which has dip 30 at 140 degrees from high side in a hole of
// deviation 45 towards 225, true dip 70.02959 at 25.00392, through every azimuth reference.
func TestConvertOrientation(t *testing.T) {
	hole := func(l *imagelog.Log) { l.DeviDeg, l.HaziDeg = constant(100, 45), constant(100, 225) }
	nan := math.NaN()
	for name, tc := range map[string]struct {
		azimuth, declination float64
		reference            imagelog.Reference
		hole                 func(*imagelog.Log)
		vertical             bool
		trueDip, trueAzimuth float64
		warns                bool
	}{
		"highside":                         {140, 0, imagelog.RefHighSide, hole, false, 70.02959, 25.00392, false},
		"north":                            {5, 0, imagelog.RefNorth, hole, false, 70.02959, 25.00392, false},
		"magnetic, 10 west":                {15, -10, imagelog.RefMagnetic, hole, false, 70.02959, 25.00392, false},
		"unknown":                          {5, 0, imagelog.RefUnknown, hole, false, nan, nan, true},
		"unknown, vertical":                {5, 0, imagelog.RefUnknown, func(*imagelog.Log) {}, true, 30, nan, true},
		"no deviation":                     {5, 0, imagelog.RefNorth, func(*imagelog.Log) {}, false, nan, nan, true},
		"no deviation, vertical":           {5, 0, imagelog.RefNorth, func(*imagelog.Log) {}, true, 30, 5, false},
		"no deviation, vertical, magnetic": {5, 12, imagelog.RefMagnetic, func(*imagelog.Log) {}, true, 30, 17, false},
		"no deviation, vertical, highside": {5, 0, imagelog.RefHighSide, func(*imagelog.Log) {}, true, nan, nan, true},
		"known deviation wins":             {5, 0, imagelog.RefNorth, hole, true, 70.02959, 25.00392, false},
		"steep, hole azimuth not known": {5, 0, imagelog.RefNorth, func(l *imagelog.Log) {
			l.DeviDeg, l.HaziDeg = constant(100, 45), constant(100, nan)
		}, true, nan, nan, true},
		"nearly vertical, hole azimuth not known": {5, 0, imagelog.RefNorth, func(l *imagelog.Log) {
			l.DeviDeg = constant(100, 1)
		}, true, 30, 5, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := planeCurve(dip.Fracture, 40, 30, tc.azimuth, 0.2286)
			p, warnings := convertOne(t, r, Options{AssumeVertical: tc.vertical, DiameterIn: 8.5}, func(l *imagelog.Log) {
				l.Reference, l.DeclinationDeg = tc.reference, tc.declination
				tc.hole(l)
			})
			near(t, "depth", p.DepthM, 1000.2, 1e-9)
			near(t, "apparent dip", p.DipDeg, 30, 1e-9)
			near(t, "apparent azimuth", p.AzimuthDeg, tc.azimuth, 1e-9)
			near(t, "true dip", p.TrueDipDeg, tc.trueDip, 1e-4)
			near(t, "true azimuth", p.TrueAzimuthDeg, tc.trueAzimuth, 1e-4)
			if tc.warns != (len(warnings) == 1 && strings.Contains(warnings[0], "1 of 1")) {
				t.Errorf("warnings %q", warnings)
			}
		})
	}
}

func TestConvertDiameter(t *testing.T) {
	r := planeCurve(dip.Bedding, 40, 30, 90, 0.2286)
	amplitude := 0.1143 * math.Tan(30*math.Pi/180)
	none := func(l *imagelog.Log) { l.C1In, l.C2In = nil, nil }
	for name, tc := range map[string]struct {
		change    func(*imagelog.Log)
		diameterM float64
		assumed   bool
	}{
		"two calipers":   {func(*imagelog.Log) {}, 0.2286, false},
		"one broken":     {func(l *imagelog.Log) { l.C2In = constant(100, 0.1) }, 0.2159, false},
		"bit size":       {func(l *imagelog.Log) { none(l); l.BSIn = constant(100, 12.25) }, 0.31115, false},
		"nothing":        {none, 0.1524, true},
		"far from depth": {func(l *imagelog.Log) { l.C1In, l.C2In = constant(100, math.NaN()), nil }, 0.1524, true},
	} {
		p, warnings := convertOne(t, r, Options{DiameterIn: 6, AssumeVertical: true}, tc.change)
		near(t, name+": diameter", p.HoleDiameterM, tc.diameterM, 1e-9)
		near(t, name+": amplitude", p.AmplitudeM, amplitude, 1e-9)
		near(t, name+": dip", p.DipDeg, math.Atan(2*amplitude/tc.diameterM)*180/math.Pi, 1e-9)
		if p.HasFlag(picks.FlagAssumedDiameter) != tc.assumed || tc.assumed != (len(warnings) == 1 && strings.Contains(warnings[0], "6 in")) {
			t.Errorf("%s: flags %v, warnings %q", name, p.Flags, warnings)
		}
	}
}

func TestConvertFlags(t *testing.T) {
	opt := Options{DiameterIn: 8.5, MinCoverage: 0.25}
	for name, tc := range map[string]struct {
		r    Refined
		want []string
	}{
		"plain":      {planeCurve(dip.Bedding, 50, 10, 20, 0.2286), nil},
		"flat":       {planeCurve(dip.Bedding, 50, 1.9, 20, 0.2286), []string{picks.FlagLowDip}},
		"top edge":   {planeCurve(dip.Bedding, 3, 10, 20, 0.2286), []string{picks.FlagEdge}},
		"base edge":  {planeCurve(dip.Bedding, 97, 10, 20, 0.2286), []string{picks.FlagEdge}},
		"tall":       {planeCurve(dip.Fracture, 50, 55, 20, 0.2286), []string{picks.FlagTallerThanTile}},
		"merged":     {merged(planeCurve(dip.Bedding, 50, 10, 20, 0.2286)), []string{picks.FlagMerged}},
		"dark line":  {lined(planeCurve(dip.Fracture, 50, 10, 20, 0.2286), -2), []string{picks.FlagConductive}},
		"light line": {lined(planeCurve(dip.Fracture, 50, 10, 20, 0.2286), 2), []string{picks.FlagResistive}},
		"little":     {covered(planeCurve(dip.Bedding, 50, 10, 20, 0.2286), 0.2), []string{picks.FlagLowCoverage}},
	} {
		p, _ := convertOne(t, tc.r, opt, func(*imagelog.Log) {})
		if !slices.Equal(p.Flags, tc.want) {
			t.Errorf("%s: flags %v, want %v", name, p.Flags, tc.want)
		}
		if p.Class != tc.r.Class || p.Confidence != 0.7 || p.Coverage != tc.r.Coverage || p.Quality != Quality(0.7, tc.r.Coverage, 9) {
			t.Errorf("%s: pick %+v", name, p)
		}
	}
}

func merged(r Refined) Refined              { r.Merged = 2; return r }
func lined(r Refined, sign float64) Refined { r.Line, r.Response = true, sign; return r }
func covered(r Refined, by float64) Refined { r.Coverage = by; return r }
