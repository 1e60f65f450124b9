package synth

import (
	"math"
	"slices"
	"testing"

	"github.com/geobfdt/geobfdt/internal/imagelog"
)

// flatLog is a log of one value, but for a row in its middle, with a gap in every row where there are pads.
func flatLog(t *testing.T, pads bool) *imagelog.Log {
	t.Helper()
	const rows, columns = 800, 24
	depthM, pixels := make([]float64, rows), slices.Repeat([]float32{100}, rows*columns)
	for i := range depthM {
		depthM[i] = 1000 + 0.01*float64(i)
		if i%2 == 1 {
			for j := range columns {
				pixels[i*columns+j] = 102 // a deviation of 1
			}
		}
		for j := range columns / 4 {
			if pads {
				pixels[i*columns+j] = float32(math.NaN())
			}
		}
	}
	l, err := imagelog.New(depthM, pixels, columns)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestDisturb: every disturbance comes about now and then, the same from the same seed, and no gap moves.
func TestDisturb(t *testing.T) {
	const seeds = 60
	quiet, noisy, sectors, drift, positive := 0, 0, 0, 0, 0
	for seed := range uint64(seeds) {
		a, b := flatLog(t, false), flatLog(t, false)
		Disturb(a, seed)
		Disturb(b, seed)
		if !slices.Equal(a.Pixels(), b.Pixels()) {
			t.Fatalf("seed %d: two logs", seed)
		}
		columns, pixels := a.Columns(), a.Pixels()
		for _, v := range pixels {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				t.Fatalf("seed %d: pixel %g", seed, v)
			}
		}
		d := newDisturbance(rngOf(seed), a)
		switch {
		case slices.Equal(pixels, flatLog(t, false).Pixels()):
			quiet++
		case d.skew > 0:
			if slices.Min(pixels) > 0 {
				positive++
			}
		case d.noise > 0:
			noisy++
		}
		if d.sector[0] != 0 && d.noise == 0 && d.skew == 0 && d.wildShare == 0 && d.saturated == 0 && d.eccentric == 0 {
			sectors++
			for j := range columns {
				if want := 100 + d.sector[j] + d.row(1000).drift; math.Abs(float64(pixels[j])-want) > 1e-3 {
					t.Errorf("seed %d: column %d is %g, want %g", seed, j, pixels[j], want)
				}
			}
		}
		if d.amplitude[0] != 0 {
			drift++
		}
		padded := flatLog(t, true)
		Disturb(padded, seed)
		if !slices.Equal(padded.Mask, flatLog(t, true).Mask) {
			t.Errorf("seed %d: gaps moved", seed)
		}
		if slices.ContainsFunc(newDisturbance(rngOf(seed), padded).sector, func(x float64) bool { return x != 0 }) {
			t.Errorf("seed %d: sectors of a tool with pads", seed)
		}
	}
	if quiet == 0 || noisy < 5 || sectors == 0 || drift < 8 || positive < 5 {
		t.Errorf("%d undisturbed, %d noisy, %d with sectors alone, %d drifting, %d skewed of %d", quiet, noisy, sectors, drift, positive, seeds)
	}
}

// TestDisturbNothing: an image of one value has no deviation to be disturbed by.
func TestDisturbNothing(t *testing.T) {
	l, err := imagelog.New([]float64{1, 2, 3}, slices.Repeat([]float32{4}, 24), 8)
	if err != nil {
		t.Fatal(err)
	}
	Disturb(l, 1)
	if slices.ContainsFunc(l.Pixels(), func(v float32) bool { return v != 4 }) {
		t.Errorf("pixels %v", l.Pixels())
	}
}
