package plot

import (
	"math"

	"gonum.org/v1/gonum/spatial/r3"
)

const (
	// kambSigma is how many standard deviations a single pole would stand for: the smoothing of Kamb's method.
	kambSigma = 3
	// densityNodes is the side of the grid on which the density of poles is computed.
	densityNodes = 61
	// densityReach is the half side of that grid on a net of radius 1: a little beyond the rim, where the density goes on as that
	// of the opposite side, so that interpolation needs no special case there.
	densityReach = 1.04
)

// densityLevels are the densities, in standard deviations above an even spread, at which the colour of the net changes.
var densityLevels = [...]float64{2, 4, 8, 12, 16}

// kambDensity returns the density of axes at a direction, in standard deviations above (below, negative) an even spread of as many
// axes over the sphere: the exponential smoothing of Vollmer (1995, doi 10.1016/0098-3004(94)00058-3) of the method of Kamb (1959,
// doi 10.1029/JZ064i011p01891).
func kambDensity(axes []r3.Vec, at r3.Vec) float64 {
	n := float64(len(axes))
	if n == 0 {
		return 0
	}
	k := 2 * (1 + n/(kambSigma*kambSigma))
	sum := 0.0
	for _, a := range axes {
		sum += math.Exp(k * (math.Abs(r3.Dot(a, at)) - 1))
	}
	return (sum - 0.5) / math.Sqrt(n*(k/2-1)/(k*k))
}

// densityGrid is the density over the net.
type densityGrid [densityNodes][densityNodes]float64 // [y][x], from -densityReach

func newDensityGrid(planes []Attitude) *densityGrid {
	axes := make([]r3.Vec, len(planes))
	for i, a := range planes {
		axes[i] = a.pole()
	}
	var g densityGrid
	at := func(k int) float64 { return densityReach * (2*float64(k)/(densityNodes-1) - 1) }
	for iy := range g {
		for ix := range g[iy] {
			// Corners that interpolation within the rim never touches are left at 0.
			if x, y := at(ix), at(iy); x*x+y*y < 1.2 {
				g[iy][ix] = kambDensity(axes, unschmidt(x, y))
			}
		}
	}
	return &g
}

// at interpolates the density at a point of the net.
func (g *densityGrid) at(x, y float64) float64 {
	cell := func(v float64) (int, float64) {
		u := (v/densityReach + 1) / 2 * (densityNodes - 1)
		i := min(max(int(u), 0), densityNodes-2)
		return i, u - float64(i)
	}
	ix, tx := cell(x)
	iy, ty := cell(y)
	upper := g[iy][ix]*(1-tx) + g[iy][ix+1]*tx
	lower := g[iy+1][ix]*(1-tx) + g[iy+1][ix+1]*tx
	return upper*(1-ty) + lower*ty
}

// densityBand returns how many of densityLevels a density reaches.
func densityBand(v float64) int {
	band := 0
	for band < len(densityLevels) && v >= densityLevels[band] {
		band++
	}
	return band
}
