package infer

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
)

// stepRaster shows one step of the given height along a curve, logistic over so many rows, on white noise; NaN-free, with gaps of pads.
func stepRaster(c Curve, height, width, noise float64) Raster {
	const rows, columns = 400, 96
	rng := rand.New(rand.NewPCG(1, 2))
	r := Raster{Image: make([]float32, rows*columns), Mask: make([]bool, rows*columns), Rows: rows, Columns: columns}
	cos, sin := dip.ColumnAzimuths(columns)
	for i := range rows {
		for j := range columns {
			x := float64(i) + 0.5 - (c.D + c.A*cos[j] + c.B*sin[j])
			r.Image[i*columns+j] = float32(height/(1+math.Exp(-x/width)) + noise*rng.NormFloat64())
			r.Mask[i*columns+j] = j%12 < 9
		}
	}
	return r
}

// TestEvidenceOfStep: the height of a step is measured, whatever its attitude, and it stands out of what lies above and below.
func TestEvidenceOfStep(t *testing.T) {
	const height, deviation = 3.0, 2.0
	for _, c := range []Curve{{D: 200}, {D: 200.3, A: 30, B: -50}} {
		raster := stepRaster(c, height, 0.7, 0.5)
		there, _ := newProfiler(raster, profileReach).evidence(c, deviation)
		if len(there) != len(evidenceNames) {
			t.Fatalf("%d values for %d names", len(there), len(evidenceNames))
		}
		named := func(name string) float64 { return there[slices.Index(evidenceNames, name)] }
		near(t, "log_height", named("log_height"), math.Log(height/deviation), 0.1)
		// Rows are as often above the step as below: a deviation of half of its height.
		near(t, "log_spread", named("log_spread"), math.Log(height/2/deviation), 0.1)
		away, _ := newProfiler(raster, profileReach).evidence(Curve{D: c.D + 30, A: c.A, B: c.B}, deviation)
		for k := range 3 {
			if there[2*k] < 2 || away[2*k] > 1.5 {
				t.Errorf("%s at amplitude %.0f: %.2f on the step, %.2f 30 rows below it", evidenceNames[2*k], c.Amplitude(), there[2*k], away[2*k])
			}
		}
	}
}

// TestEvidenceOfNoise: on noise, curves answer as those around them do.
func TestEvidenceOfNoise(t *testing.T) {
	profiler := newProfiler(stepRaster(Curve{D: 200}, 0, 1, 1), profileReach)
	var all [6][]float64
	for d := 120.0; d < 280; d += 1.7 {
		evidence, _ := profiler.evidence(Curve{D: d, A: 5}, 1)
		for k, v := range evidence[:6] {
			all[k] = append(all[k], v)
		}
	}
	for k, v := range all {
		slices.Sort(v)
		if median := v[len(v)/2]; median < -0.2 || median > 0.9 { // the greatest of three rows is more than the median of one
			t.Errorf("%s: median %.2f on noise", evidenceNames[k], median)
		}
	}
}

// TestEvidenceInvariant: neither the grey scale nor a level of their own per column changes anything but heights.
func TestEvidenceInvariant(t *testing.T) {
	c := Curve{D: 200.3, A: 30, B: -50}
	raster := stepRaster(c, 3, 0.7, 0.5)
	want, _ := newProfiler(raster, profileReach).evidence(c, 2)
	for i := range raster.Image {
		raster.Image[i] = 7*raster.Image[i] + float32(i%raster.Columns)
	}
	got, _ := newProfiler(raster, profileReach).evidence(c, 14)
	for k, v := range got {
		near(t, evidenceNames[k], v, want[k], 2e-3)
	}
}

// TestEvidenceOutside: nothing is known of curves beyond the image, and nothing breaks.
func TestEvidenceOutside(t *testing.T) {
	profiler := newProfiler(stepRaster(Curve{D: 200}, 1, 1, 1), profileReach)
	for _, c := range []Curve{{D: -1e6}, {D: 1e12}, {D: 3, A: 600}, {D: 399, B: -2}} {
		evidence, _ := profiler.evidence(c, 0)
		for k, v := range evidence {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Errorf("%s of %+v is %v", evidenceNames[k], c, v)
			}
		}
	}
}
