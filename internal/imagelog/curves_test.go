package imagelog

import (
	"math"
	"testing"
)

func TestDiameter(t *testing.T) {
	l := testLog(t, 5, 2, 0.5)
	if d, source := l.DiameterM(0); !math.IsNaN(d) || source != DiameterUnknown {
		t.Errorf("no curves: %v %s", d, source)
	}
	l.BSIn = []float64{8.5, 8.5, 8.5, 8.5, 8.5}
	l.C1In = []float64{9, 9, nan, 99, nan}
	l.C2In = []float64{11, nan, 10, -999, 0}
	cases := []struct {
		depth, wantIn float64
		source        DiameterSource
	}{
		{1000, 10, DiameterCaliper},
		// C1 holds 9 from 0.5 m above; C2 reads 11 at 1000, 10 at 1001.
		{1000.5, (9 + 10.5) / 2, DiameterCaliper},
		{1001.9, 10, DiameterCaliper}, // C2 0.9 m above
		{1002.1, 8.5, DiameterBitSize},
		{1040, 8.5, DiameterBitSize},
		{1100, nan, DiameterUnknown},
	}
	for _, c := range cases {
		d, source := l.DiameterAtDepth(c.depth)
		if source != c.source || !(math.Abs(d-c.wantIn*0.0254) < 1e-12) && !math.IsNaN(c.wantIn) {
			t.Errorf("at %v m: %v m from %s, want %v in from %s", c.depth, d, source, c.wantIn, c.source)
		}
	}
}

func TestOrientationUnwrapsAzimuth(t *testing.T) {
	l := testLog(t, 5, 2, 10)
	l.DeviDeg = []float64{10, nan, 20, nan, nan}
	l.HaziDeg = []float64{350, nan, 10, nan, nan}
	cases := []struct{ depth, devi, hazi float64 }{
		{1000, 10, 350},
		{1005, 12.5, 355},
		{1010, 15, 0},
		{1015, 17.5, 5},
		{1035, 20, 10},
		{990, 10, 350},
	}
	for _, c := range cases {
		devi, hazi, ok := l.OrientationAt(c.depth)
		if !ok || math.Abs(devi-c.devi) > 1e-9 || math.Abs(hazi-c.hazi) > 1e-9 {
			t.Errorf("at %v m: %v, %v, %v; want %v, %v", c.depth, devi, hazi, ok, c.devi, c.hazi)
		}
	}
	if devi, _, ok := l.OrientationAt(1090); ok || !math.IsNaN(devi) {
		t.Errorf("70 m below the last reading: %v, %v", devi, ok)
	}
	l.HaziDeg = nil
	if devi, hazi, ok := l.OrientationAt(1000); ok || devi != 10 || !math.IsNaN(hazi) {
		t.Errorf("deviation alone: %v, %v, %v", devi, hazi, ok)
	}
}

func TestPadOne(t *testing.T) {
	l := testLog(t, 3, 2, 1)
	if _, ok := l.PadOneAt(1000); ok {
		t.Error("known without curves")
	}
	l.HaziDeg, l.RBDeg = []float64{100, 100, 100}, []float64{10, 20, 30}
	for _, c := range []struct {
		name      string
		reference Reference
		p1no      []float64
		want      float64
	}{
		{"high side: the relative bearing", RefHighSide, []float64{200, 210, 220}, 15},
		{"north: the azimuth of pad 1", RefNorth, []float64{350, 10, 20}, 0},
		{"north without it: hole azimuth and bearing", RefMagnetic, nil, 115},
	} {
		l.Reference, l.P1NODeg = c.reference, c.p1no
		if got, ok := l.PadOneAt((l.DepthM[0] + l.DepthM[1]) / 2); !ok || math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s: %v, %v; want %v", c.name, got, ok, c.want)
		}
	}
	l.HaziDeg = nil
	if _, ok := l.PadOneAt(1000); ok {
		t.Error("a bearing alone is no azimuth")
	}
}

func TestLerpDeg(t *testing.T) {
	for _, c := range []struct{ a, b, t, want float64 }{
		{10, 20, 0.5, 15}, {350, 10, 0.5, 0}, {10, 350, 0.25, 5}, {-10, 10, 0, 350}, {0, 720, 0.5, 0}, {-1e-17, 0, 0, 0},
	} {
		if got := lerpDeg(c.a, c.b, c.t); math.Abs(got-c.want) > 1e-9 || got >= 360 {
			t.Errorf("lerpDeg(%v, %v, %v) = %v, want %v", c.a, c.b, c.t, got, c.want)
		}
	}
}
