package plot

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/spatial/r3"
)

// Nine equal axes with sigma 3: k = 4, the standard deviation sqrt(9 (4/2 - 1) / 16) = 0.75. At the axis the sum is 9, across it
// 9 exp(-4).
func TestKambByHand(t *testing.T) {
	axes := make([]r3.Vec, 9)
	for i := range axes {
		axes[i] = r3.Vec{Z: -1}
	}
	for _, c := range []struct {
		at   r3.Vec
		want float64
	}{
		{r3.Vec{Z: -1}, (9 - 0.5) / 0.75},
		{r3.Vec{Z: 1}, (9 - 0.5) / 0.75}, // axes have two ends
		{r3.Vec{X: 1}, (9*math.Exp(-4) - 0.5) / 0.75},
	} {
		if got := kambDensity(axes, c.at); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("density at %v is %g, want %g", c.at, got, c.want)
		}
	}
	if got := kambDensity(nil, r3.Vec{Z: -1}); got != 0 {
		t.Errorf("density of nothing is %g", got)
	}
}

// The density is that of axes: it goes on over the rim as on the other side, and the grid interpolates it.
func TestDensityGrid(t *testing.T) {
	planes := []Attitude{{88, 90}, {85, 95}, {80, 85}, {12, 10}, {45, 200}}
	axes := make([]r3.Vec, len(planes))
	for i, a := range planes {
		axes[i] = a.pole()
	}
	if a, b := kambDensity(axes, unschmidt(1, 0)), kambDensity(axes, unschmidt(-1, 0)); math.Abs(a-b) > 1e-9 {
		t.Errorf("densities at the ends of a diameter are %g and %g", a, b)
	}
	g := newDensityGrid(planes)
	for _, p := range [][2]float64{{0, 0}, {0.5, -0.3}, {-0.99, 0}, {0.7, 0.7}} {
		want := kambDensity(axes, unschmidt(p[0], p[1]))
		if got := g.at(p[0], p[1]); math.Abs(got-want) > 0.02 {
			t.Errorf("at %v the grid says %g, the density is %g", p, got, want)
		}
	}
}

func TestDensityBand(t *testing.T) {
	for v, want := range map[float64]int{-1: 0, 1.99: 0, 2: 1, 5: 2, 100: len(densityLevels)} {
		if got := densityBand(v); got != want {
			t.Errorf("band of %g is %d, want %d", v, got, want)
		}
	}
}
