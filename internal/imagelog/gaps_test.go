package imagelog

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestGapValue(t *testing.T) {
	const rows, columns = 1500, 96
	r := rand.New(rand.NewPCG(9, 10))
	noise := func() float64 { return 120 + 35*r.NormFloat64() }
	pad := func(i, j int) bool { return (j+i/40)%12 < 9 } // eight pads on a tool that turns
	for name, tc := range map[string]struct {
		pixel func(i, j int) float64
		want  float64 // NaN: none
	}{
		"pads on a black ground": {func(i, j int) float64 {
			if !pad(i, j) {
				return 0
			}
			return math.Round(min(255, max(0, noise())))
		}, 0},
		"pads on a white ground": {func(i, j int) float64 {
			if !pad(i, j) {
				return 255
			}
			return math.Round(min(255, max(0, noise())))
		}, 255},
		"an undeclared null": {func(i, j int) float64 {
			if i > 700 && i < 720 {
				return -999.25
			}
			return noise() / 100
		}, -999.25},
		"saturated above": {func(i, j int) float64 { return math.Round(min(140, noise())) }, math.NaN()},
		"clipped":         {func(i, j int) float64 { return min(140, max(100, noise())) }, math.NaN()},
		"a bright bed": {func(i, j int) float64 {
			if i%500 < 150 {
				return 255
			}
			return noise()
		}, math.NaN()},
		"two greys":  {func(i, j int) float64 { return float64((i / 30) % 2) }, math.NaN()},
		"a constant": {func(i, j int) float64 { return 3 }, math.NaN()},
		"greys":      {func(i, j int) float64 { return noise() }, math.NaN()},
		"pads, gaps as they should be": {func(i, j int) float64 {
			if !pad(i, j) {
				return math.NaN()
			}
			return math.Round(noise())
		}, math.NaN()},
	} {
		depthM, pixels := make([]float64, rows), make([]float32, rows*columns)
		for i := range depthM {
			depthM[i] = 100 + 0.0025*float64(i)
			for j := range columns {
				pixels[i*columns+j] = float32(tc.pixel(i, j))
			}
		}
		b := NewBuilder(columns, Storage{MemoryBytes: 1, Dir: t.TempDir()})
		if err := b.Append(pixels); err != nil {
			t.Fatal(err)
		}
		spooled, err := b.Log(slices.Clone(depthM), nil)
		if err != nil {
			t.Fatal(err)
		}
		whole, err := New(depthM, pixels, columns)
		if err != nil {
			t.Fatal(err)
		}
		for where, l := range map[string]*Log{"in memory": whole, "in a file": spooled} {
			got, found, err := l.GapValue()
			if err != nil || found == math.IsNaN(tc.want) || found && got != tc.want {
				t.Errorf("%s, %s: %g, found %v, %v; want %g", name, where, got, found, err, tc.want)
			}
		}
		spooled.Close()
		b.Close()
	}
}
