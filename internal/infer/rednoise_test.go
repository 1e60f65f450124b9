package infer

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
)

const (
	noiseColumns  = 96
	mottleRows    = 8 // correlation length of the test's mottles
	mottleColumns = 8
)

// mottledBand shows a gradual contact between laminae, on mottles that are as wide as a sector, and pixels' own noise; every column lies
// by amplitude cos(azimuth) rows deeper.
func mottledBand(rng *rand.Rand, profile func(u float64) float64, amplitude float64, half int) *band {
	b := &band{height: 2*half + 2, frac: make([]float64, noiseColumns)}
	b.pixels = make([]float32, noiseColumns*b.height)
	rho := math.Exp(-1. / mottleRows)
	cos, _ := dip.ColumnAzimuths(noiseColumns)
	mottle := make([]float64, b.height)
	for j := range noiseColumns {
		if j%mottleColumns == 0 {
			for i := range mottle {
				mottle[i] = 0.2 * rng.NormFloat64()
				if i > 0 {
					mottle[i] = rho*mottle[i-1] + math.Sqrt(1-rho*rho)*mottle[i]
				}
			}
		}
		for i := range b.height {
			v := profile(float64(i-half)-amplitude*cos[j]) + mottle[i] + 0.1*rng.NormFloat64()
			b.pixels[j*b.height+i] = float32(v)
		}
	}
	return b
}

// amplitudeOf fits D, A and B to lags and returns A.
func amplitudeOf(t *testing.T, lags []lag) float64 {
	t.Helper()
	cos, sin := dip.ColumnAzimuths(noiseColumns)
	var q curveFit
	for _, l := range lags {
		x := [3]float64{1, cos[l.column], sin[l.column]}
		for i := range x {
			q.right[i] += l.weight * x[i] * l.rows
			for k := range x {
				q.own[i][k] += l.weight * x[i] * x[k]
			}
		}
	}
	x, ok := q.solve(q.right)
	if !ok {
		t.Fatal("no fit")
	}
	return x[1]
}

// TestRedNoise: on mottled rock, attitudes that know how the mottles hang together have half of the square error, or less, of those that take every row
// for new, and their errors are as large as the weights of the lags say.
func TestRedNoise(t *testing.T) {
	const reach, trials, amplitude = 24, 200, 0.5
	rng := rand.New(rand.NewPCG(1, 2))
	white := make([]float64, 400)
	for i := range white {
		white[i] = 0.1 * rng.NormFloat64()
	}
	profile := func(u float64) float64 { // laminae of four rows, smooth between their centres
		x := u/4 + 200
		k, f := math.Floor(x), x-math.Floor(x)
		f = f * f * (3 - 2*f)
		return (1-f)*white[int(k)] + f*white[int(k)+1] + 0.8/(1+math.Exp(-u/6))
	}
	half := reach + 10
	s, sums := stack{}, newNoiseSums(2)
	var bands []*band
	for range trials {
		b := mottledBand(rng, profile, amplitude, half)
		bands = append(bands, b)
		if !s.fill(b, reach, make([]float64, noiseColumns)) {
			t.Fatal("nothing seen")
		}
		s.addNoise(&sums, noiseColumns)
	}
	// Mottles are 0.2, and what the misfit of half a row leaves is small.
	if got, want := sums.products[0]/sums.sectors/mottleColumns, 0.2*0.2; math.Abs(got-want) > 0.25*want {
		t.Errorf("variance of a sector's mean %.4f, want %.4f", got, want)
	}
	// A column's mean goes with its level, and what rows far apart have in common with it.
	if got, most := sums.products[4]/sums.products[0], math.Exp(-4./mottleRows); got > most || got < 0.5*most {
		t.Errorf("correlation over four rows %.2f, want less than %.2f, but not half of it", got, most)
	}
	noise := sums.noise(stackHeight(reach))
	var plain, red, expected float64
	for _, b := range bands {
		s.fill(b, reach, make([]float64, noiseColumns))
		lags, _ := s.lags(nil, template{slope: s.slope}, nil, math.Inf(1))
		plain += math.Pow(amplitudeOf(t, lags)-amplitude, 2) / trials
		lags, _ = s.lags(nil, template{slope: s.slope}, noise, math.Inf(1))
		red += math.Pow(amplitudeOf(t, lags)-amplitude, 2) / trials
		total := 0.0
		for _, l := range lags {
			total += l.weight
		}
		expected += 2 / total / trials
	}
	if red > 0.5*plain {
		t.Errorf("mean square error of the amplitude %.3f, %.3f without the noise", red, plain)
	}
	if ratio := red / expected; ratio < 0.4 || ratio > 2.5 {
		t.Errorf("mean square error of the amplitude %.4f, the weights say %.4f", red, expected)
	}
}

// TestRedNoiseOfNothing: a wall without noise has none, and no lags are asked for.
func TestRedNoiseOfNothing(t *testing.T) {
	sums := newNoiseSums(1)
	if sums.noise(9) != nil {
		t.Error("noise of nothing")
	}
}
