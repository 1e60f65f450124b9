package synth

import (
	"math"
	"testing"
)

// Coverage falls with hole size as the tools' pads have a fixed width: 80 % in an 8 in hole for FMI.
func TestCoverage(t *testing.T) {
	p := plain()
	for _, x := range []struct {
		kind       Tool
		diameterIn float64
		want       float64
	}{{EightPads, 8, 0.80}, {EightPads, 12.25, 0.52}, {EightPads, 6, maxPadCover}, {PadFlap, 12.25, 0.51}, {SixArm, 8, 0.60}, {LWD, 8.5, 1}, {Televiewer, 6, 1}} {
		tl := drawTool(seeded(1), &p, x.kind, x.diameterIn, 0, 1)
		seen := 0
		for i := range 3600 {
			if tl.under(float64(i)/3600, tl.padOneTurn(0.5), 0) >= 0 {
				seen++
			}
		}
		if got := float64(seen) / 3600; math.Abs(got-x.want) > 0.012 {
			t.Errorf("%v in %g in: coverage %.3f, want %.2f", x.kind, x.diameterIn, got, x.want)
		}
	}
}

// Stick-slip never records rows out of order, moves none by more than its limit, and recorded is its inverse.
func TestMotion(t *testing.T) {
	const limit = 0.012
	m := drawMotion(seeded(2), limit, 100, 150)
	if len(m.events) < 5 {
		t.Fatalf("%d events in 50 m", len(m.events))
	}
	last := math.Inf(-1)
	for z := 99.0; z < 151; z += 0.001 {
		e := m.error(z)
		if e > 0 || e < -limit {
			t.Fatalf("at %g m: error %g m", z, e)
		}
		if z+e < last {
			t.Fatalf("at %g m the tool goes back", z)
		}
		last = z + e
		if back := m.recorded(z); math.Abs(back+m.error(back)-z) > 1e-9 {
			t.Fatalf("true depth %g m: recorded at %g m, which was measured at %g m", z, back, back+m.error(back))
		}
	}
}

func TestDropoutsHidePads(t *testing.T) {
	p := train()
	p.DropoutProb = 1
	tl := drawTool(seeded(4), &p, EightPads, 8.5, 0, 200)
	if len(tl.dropouts) < 10 {
		t.Fatalf("%d dropouts in 200 m", len(tl.dropouts))
	}
	for _, d := range tl.dropouts {
		mid := (d.TopM + d.BaseM) / 2
		down := tl.padsDown(mid)
		if down>>uint(d.pad)&1 == 0 {
			t.Fatalf("pad %d is not down at %g m", d.pad, mid)
		}
		for i := range 720 {
			if s := tl.under(float64(i)/720, 0, down); s >= 0 && tl.sensors[s].pad == d.pad {
				t.Fatalf("pad %d sees at %g m", d.pad, mid)
			}
		}
	}
}
