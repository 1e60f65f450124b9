package derived

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/las"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// pick has equal apparent and true dips.
func pick(class dip.Class, depthM, dipDeg, azimuthDeg float64) picks.Pick {
	p := picks.New(class, dip.Sinusoid{DepthM: depthM, DipDeg: dipDeg, AzimuthDeg: azimuthDeg})
	p.TrueDipDeg, p.TrueAzimuthDeg = dipDeg, azimuthDeg
	return p
}

func compute(t *testing.T, opt Options, all ...picks.Pick) *Logs {
	t.Helper()
	logs, err := Compute(&picks.Table{Picks: all}, opt)
	if err != nil {
		t.Fatal(err)
	}
	return logs
}

func near(a, b, tolerance float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= tolerance
}

// sample returns the index of the sample whose middle is the depth.
func (l *Logs) sample(t *testing.T, depthM float64) int {
	t.Helper()
	for i, d := range l.DepthM {
		if near(d, depthM, 1e-6) {
			return i
		}
	}
	t.Fatalf("no sample at %g m", depthM)
	return 0
}

// Ten metres with fractures at 2.05 (dip 60), 2.06 (0), 2.40 (80, in the blind zone of 15) and on the border 2.10 (0), counted by
// hand. Weights: 1/sin(30) = 2, 1, 1/sin(15) = 3.8637, 1.
func TestDensities(t *testing.T) {
	opt := DefaultOptions()
	opt.TopM, opt.BaseM = 0, 10
	logs := compute(t, opt,
		pick(dip.Fracture, 2.40, 80, 0), pick(dip.Fracture, 2.05, 60, 0), pick(dip.Fracture, 2.06, 0, 0), pick(dip.Fracture, 2.10, 0, 0),
		pick(dip.Bedding, 5, 10, 0), pick(dip.Fracture, 10, 10, 0), pick(dip.Fracture, 11, 10, 0))
	if len(logs.DepthM) != 100 || !near(logs.DepthM[0], 0.05, 1e-9) || !near(logs.DepthM[99], 9.95, 1e-9) {
		t.Fatalf("%d samples from %g", len(logs.DepthM), logs.DepthM[0])
	}
	f := &logs.Classes[dip.Fracture]
	for depthM, want := range map[float64][4]float64{ // per 10 cm, corrected, per metre, corrected
		1.55: {0, 0, 0, 0},        // window 1.05 to 2.05, the end not included
		1.65: {0, 0, 3, 4},        // 1.15 to 2.15
		2.05: {2, 3, 4, 7.863703}, // 2.0 to 2.1: the plane on the border is below
		2.15: {1, 1, 4, 7.863703}, // 1.65 to 2.65
		2.45: {1, 3.863703, 4, 7.863703},
		2.65: {0, 0, 1, 3.863703}, // 2.15 to 3.15
		2.95: {0, 0, 0, 0},        // 2.45 to 3.45
	} {
		i := logs.sample(t, depthM)
		for k, got := range []float64{f.Short[i], f.ShortTerzaghi[i], f.Long[i], f.LongTerzaghi[i]} {
			if !near(got, want[k], 1e-6) {
				t.Errorf("at %g m value %d is %g, want %g", depthM, k, got, want[k])
			}
		}
	}
	if f.Planes != 4 || f.Blind != 1 || logs.Classes[dip.Bedding].Planes != 1 {
		t.Errorf("%d fractures, %d blind, %d beds", f.Planes, f.Blind, logs.Classes[dip.Bedding].Planes)
	}
	// Every plane is in one short window.
	sum := 0.0
	for _, v := range f.Short {
		sum += v
	}
	if sum != 4 {
		t.Errorf("the short windows hold %g planes, want 4", sum)
	}
}

// Planes at full decimetres, written either way, are in one short window each.
func TestFullDecimetres(t *testing.T) {
	for first := range 3000 {
		var all []picks.Pick
		for k := range 3 {
			all = append(all, pick(dip.Bedding, float64(first+k)/10, 10, 0), pick(dip.Bedding, float64(first+k)*0.1, 10, 0))
		}
		logs := compute(t, DefaultOptions(), all...)
		if got := logs.Classes[dip.Bedding].Short; len(got) != 3 || got[0] != 2 || got[1] != 2 || got[2] != 2 {
			t.Fatalf("from %g m: %v planes per 10 cm, want 2 in each of three", float64(first)/10, got)
		}
	}
}

// At the ends only a part of the window was picked: one plane in the 0.55 m that the first sample has is 1.818 per metre.
func TestEndsOfTheInterval(t *testing.T) {
	opt := DefaultOptions()
	opt.TopM, opt.BaseM = 100, 101
	logs := compute(t, opt, pick(dip.Bedding, 100.5, 0, 0))
	if got := logs.Classes[dip.Bedding].Long[0]; !near(got, 1/0.55, 1e-6) {
		t.Errorf("%g per metre, want %g", got, 1/0.55)
	}
	// Without an interval it is that of the picks.
	logs = compute(t, DefaultOptions(), pick(dip.Bedding, 100.52, 0, 0), pick(dip.Bedding, 102.31, 0, 0))
	if !near(logs.Options.TopM, 100.5, 1e-9) || !near(logs.Options.BaseM, 102.4, 1e-9) || len(logs.DepthM) != 19 {
		t.Errorf("interval %+v, %d samples", logs.Options, len(logs.DepthM))
	}
}

// Terzaghi (1965): N90 = N / sin(alpha).
func TestTerzaghiWeight(t *testing.T) {
	for _, c := range []struct {
		dip, zone, want float64
		blind           bool
	}{
		{0, 15, 1, false}, {30, 15, 1.154701, false}, {60, 15, 2, false}, {75, 15, 3.863703, false}, {80, 15, 3.863703, true}, {80, 5, 5.758770, false},
	} {
		if got, blind := TerzaghiWeight(c.dip, c.zone); !near(got, c.want, 1e-6) || blind != c.blind {
			t.Errorf("dip %g, zone %g: %g, %v; want %g, %v", c.dip, c.zone, got, blind, c.want, c.blind)
		}
	}
}

// Normals of 45/90 and 45/270 are (s, 0, s) and (-s, 0, s), s = 0.70711: their mean is flat and R = s. Those of 30/0 and 30/90 are
// (0, .5, .86603) and (.5, 0, .86603): the sum (.5, .5, 1.73205) dips atan(.70711/1.73205) = 22.2077 towards 45, R = 1.87083/2.
// Those of 10/350 and 10/10 sum to 2 (0, sin(10) cos(10), cos(10)), which dips atan(sin(10)).
func TestMeanDip(t *testing.T) {
	for _, c := range []struct {
		planes          [][2]float64
		dip, azimuth, r float64
	}{
		{[][2]float64{{20, 300}}, 20, 300, 1},
		{[][2]float64{{20, 300}, {20, 300}, {20, 300}}, 20, 300, 1},
		{[][2]float64{{45, 90}, {45, 270}}, 0, 0, 0.707107},
		{[][2]float64{{30, 0}, {30, 90}}, 22.207654, 45, 0.935414},
		{[][2]float64{{10, 350}, {10, 10}}, 9.851077, 0, 0.999545},
	} {
		var all []picks.Pick
		for i, p := range c.planes {
			all = append(all, pick(dip.Bedding, 100+float64(i)/10, p[0], p[1]))
		}
		b := compute(t, DefaultOptions(), all...).Classes[dip.Bedding]
		if !near(b.MeanDipDeg[0], c.dip, 1e-5) || dip.AzimuthDifference(b.MeanAzimuthDeg[0], c.azimuth) > 1e-5 || !near(b.R[0], c.r, 1e-6) || b.Count[0] != float64(len(all)) {
			t.Errorf("%v: %g/%g, R %g of %g; want %g/%g, R %g", c.planes, b.MeanDipDeg[0], b.MeanAzimuthDeg[0], b.R[0], b.Count[0], c.dip, c.azimuth, c.r)
		}
	}
	// The window: 5 m round 105.05 holds planes from 102.55 to 107.55.
	opt := DefaultOptions()
	opt.TopM, opt.BaseM = 100, 110
	b := compute(t, opt, pick(dip.Bedding, 102.5, 10, 0), pick(dip.Bedding, 102.6, 20, 0), pick(dip.Bedding, 107.5, 20, 0), pick(dip.Bedding, 107.6, 30, 0)).Classes[dip.Bedding]
	if i := 50; b.Count[i] != 2 || !near(b.MeanDipDeg[i], 20, 1e-9) {
		t.Errorf("mean %g of %g planes", b.MeanDipDeg[i], b.Count[i])
	}
	if b.Count[0] != 1 || !near(b.MeanDipDeg[0], 10, 1e-9) {
		t.Errorf("mean %g of %g planes at the top", b.MeanDipDeg[0], b.Count[0])
	}
	if f := compute(t, opt, pick(dip.Bedding, 102.5, 10, 0)).Classes[dip.Fracture]; f.Count[50] != 0 || !math.IsNaN(f.MeanDipDeg[50]) || !math.IsNaN(f.R[50]) {
		t.Errorf("mean %g, R %g of no planes", f.MeanDipDeg[50], f.R[50])
	}
	// Upright planes that face each other cancel.
	f := compute(t, DefaultOptions(), pick(dip.Fracture, 1, 89.9999999999, 0), pick(dip.Fracture, 1, 89.9999999999, 180)).Classes[dip.Fracture]
	if !near(f.R[0], 0, 1e-9) || !math.IsNaN(f.MeanDipDeg[0]) {
		t.Errorf("R %g, dip %g", f.R[0], f.MeanDipDeg[0])
	}
	// True dips or apparent ones, as asked for.
	p := pick(dip.Bedding, 1, 10, 20)
	p.TrueDipDeg, p.TrueAzimuthDeg = 50, 60
	opt = DefaultOptions()
	opt.TrueDip = false
	if got := compute(t, opt, p).Classes[dip.Bedding].MeanDipDeg[0]; !near(got, 10, 1e-9) {
		t.Errorf("mean apparent dip %g", got)
	}
	if got := compute(t, DefaultOptions(), p).Classes[dip.Bedding].MeanAzimuthDeg[0]; !near(got, 60, 1e-9) {
		t.Errorf("mean true azimuth %g", got)
	}
}

func TestRefuses(t *testing.T) {
	noTrue := picks.New(dip.Bedding, dip.Sinusoid{DepthM: 1, DipDeg: 5})
	noApparent := pick(dip.Bedding, 1, math.NaN(), math.NaN())
	with := func(change func(*Options)) Options {
		o := DefaultOptions()
		change(&o)
		return o
	}
	for name, c := range map[string]struct {
		opt   Options
		picks []picks.Pick
		want  error // nil: any
	}{
		"no true dip":     {DefaultOptions(), []picks.Pick{noTrue}, ErrNoTrueDip},
		"no apparent dip": {DefaultOptions(), []picks.Pick{noApparent}, ErrNoApparentDip},
		"invalid":         {DefaultOptions(), []picks.Pick{pick(dip.Bedding, 1, 95, 0)}, picks.ErrInvalid},
		"no picks":        {DefaultOptions(), nil, nil},
		"endless":         {DefaultOptions(), []picks.Pick{pick(dip.Bedding, -9e5, 5, 0), pick(dip.Bedding, 9e5, 5, 0)}, nil},
		"window":          {with(func(o *Options) { o.MeanWindowM = 0 }), []picks.Pick{pick(dip.Bedding, 1, 5, 0)}, nil},
		"zone":            {with(func(o *Options) { o.BlindZoneDeg = 0 }), []picks.Pick{pick(dip.Bedding, 1, 5, 0)}, nil},
		"interval":        {with(func(o *Options) { o.TopM = 5 }), []picks.Pick{pick(dip.Bedding, 1, 5, 0)}, nil},
	} {
		if _, err := Compute(&picks.Table{Picks: c.picks}, c.opt); err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", name, err, c.want)
		}
	}
}

func TestWriteLAS(t *testing.T) {
	opt := DefaultOptions()
	opt.TopM, opt.BaseM = 304.8, 305.8
	logs := compute(t, opt, pick(dip.Bedding, 305.02, 30, 0), pick(dip.Bedding, 305.03, 30, 90), pick(dip.Fracture, 305.4, 80, 10))
	for unit, metres := range map[picks.Unit]float64{picks.Metres: 1, picks.Feet: 0.3048} {
		var out bytes.Buffer
		if err := logs.WriteLAS(&out, picks.Header{Well: "B-2", Reference: "north"}, unit); err != nil {
			t.Fatal(err)
		}
		f, err := las.Read(strings.NewReader(out.String()), las.Options{})
		if err != nil || len(f.Warnings) > 0 {
			t.Fatalf("error %v, warnings %v", err, f.Warnings)
		}
		if f.Rows() != 10 || f.Curves[0].Unit != string(unit) || !near(f.Curves[0].Values[0], 304.85/metres, 1e-5) {
			t.Errorf("%d rows from %g %s", f.Rows(), f.Curves[0].Values[0], f.Curves[0].Unit)
		}
		for mnemonic, want := range map[string]float64{ // at 305.05 m
			"BED10": 2, "BED10T": 2.309401, "BEDDIP": 22.207654, "BEDAZI": 45, "BEDR": 0.935414, "BEDN": 2, "FRAC10": 0, "FRACN": 1, "FRACDIP": 80,
		} {
			if c := f.Curve(mnemonic); c == nil || !near(c.Values[2], want, 1e-4) {
				t.Errorf("curve %s is %+v, want %g", mnemonic, c, want)
			}
		}
		for mnemonic, want := range map[string]string{"BLIND": "15", "MEANWIN": "5", "MEANDIP": "true", "FRACBLND": "1", "FRACALL": "1", "BEDALL": "2"} {
			if item, _ := f.Item(las.Parameter, mnemonic); item.Value != want {
				t.Errorf("parameter %s is %q, want %s", mnemonic, item.Value, want)
			}
		}
	}
}
