package kernel

import (
	"math"
	"slices"
	"testing"
)

// TestReLUKeepsNaN: a diverged training must be seen, so that no ReLU may make 0 of NaN, in whole vectors or in a tail.
func TestReLUKeepsNaN(t *testing.T) {
	nan := float32(math.NaN())
	const c = 21 // channels: a block of 16 and a rest
	onEveryISA(t, func(t *testing.T) {
		tmp, ones := make([]float32, WinogradScratch), slices.Repeat([]float32{1}, WinogradPoints*c)
		for _, bad := range []int{0, 15, 16, 20} {
			x := slices.Repeat([]float32{-1}, c)
			x[bad] = nan
			points := slices.Repeat([]float32{-1}, WinogradPoints*c)
			points[bad] = nan // of the first point, which the upper left pixel takes
			for name, run := range map[string]func(y []float32){
				"AddReLU, first":     func(y []float32) { AddReLU(y[:c], x, ones[:c]) },
				"AddReLU, second":    func(y []float32) { AddReLU(y[:c], ones[:c], x) },
				"ChanScaleShift":     func(y []float32) { ChanScaleShift(y[:c], x, nil, 1, c, c, ones, ones, true) },
				"ChanScaleShift res": func(y []float32) { ChanScaleShift(y[:c], ones[:c], x, 1, c, c, ones, ones, true) },
				"WinogradOut":        func(y []float32) { WinogradOut(y, nil, 4*c, c, points, c, ones, true, c, tmp) },
			} {
				y := make([]float32, WinogradTile*WinogradTile*c)
				run(y)
				for i, v := range y[:c] {
					if (v != v) != (i == bad) {
						t.Errorf("%s, NaN in channel %d: got %g in channel %d", name, bad, v, i)
					}
				}
			}
		}
	})
}

// TestSoftmaxOfNothing: logits without a largest finite one have no softmax, and say so.
func TestSoftmaxOfNothing(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	onEveryISA(t, func(t *testing.T) {
		for _, n := range []int{1, 16, 21, 64} {
			for name, x := range map[string][]float32{
				"all -Inf": slices.Repeat([]float32{-inf}, n),
				"one NaN":  append(make([]float32, n-1), nan),
				"one +Inf": append(make([]float32, n-1), inf),
			} {
				Softmax(x)
				if last := x[n-1]; last == last {
					t.Errorf("%s of %d: got %g, want NaN", name, n, last)
				}
			}
		}
	})
}
