package kernel

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// onChannels runs f for pixel counts with and without a part run, channel counts that use every block width and the
// portable rest, and strides with a gap between pixels.
func onChannels(t *testing.T, f func(t *testing.T, what string, r *rand.Rand, n, stride, c int)) {
	onEveryISA(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(11, 12))
		for _, n := range []int{0, 1, 19, chanRun + 5} {
			for _, c := range []int{16, 48, 112, 128, 21} {
				for _, gap := range []int{0, 16} {
					f(t, fmt.Sprintf("n %d c %d gap %d", n, c, gap), r, n, c+gap, c)
				}
			}
		}
	})
}

// pixelFloats is the length of a slice that ends with the last channel of the last pixel.
func pixelFloats(n, stride, c int) int { return max(0, (n-1)*stride+c) }

func TestChanStats(t *testing.T) {
	onChannels(t, func(t *testing.T, what string, r *rand.Rand, n, stride, c int) {
		x := randoms(r, pixelFloats(n, stride, c))
		sum, sumsq := slices.Repeat([]float64{3}, c), slices.Repeat([]float64{-1}, c)
		ChanStats(x, n, stride, c, sum, sumsq)
		for ch := range c {
			want, wantSq := 3.0, -1.0
			for p := range n {
				v := float64(x[p*stride+ch])
				want += v
				wantSq += v * v
			}
			near(t, what, float32(sum[ch]), want, float64(n+3), 1e-6)
			near(t, what, float32(sumsq[ch]), wantSq, float64(n+3), 1e-6)
		}
	})
}

func TestChanScaleShift(t *testing.T) {
	onChannels(t, func(t *testing.T, what string, r *rand.Rand, n, stride, c int) {
		length := pixelFloats(n, stride, c)
		scale, shift := randoms(r, c), randoms(r, c)
		for _, relu := range []bool{false, true} {
			for _, withRes := range []bool{false, true} {
				x, y := randoms(r, length), randoms(r, length)
				var res []float32
				if withRes {
					res = randoms(r, length)
				}
				old := slices.Clone(y)
				ChanScaleShift(y, x, res, n, stride, c, scale, shift, relu)
				for i := range y {
					ch := i % stride
					if ch >= c {
						if y[i] != old[i] {
							t.Fatalf("%s: wrote between pixels", what)
						}
						continue
					}
					want := float64(x[i])*float64(scale[ch]) + float64(shift[ch])
					if withRes {
						want += float64(res[i])
					}
					if relu {
						want = max(want, 0)
					}
					near(t, what, y[i], want, 10, 1e-6)
				}
			}
		}
	})
}

func TestChanGradStats(t *testing.T) {
	onChannels(t, func(t *testing.T, what string, r *rand.Rand, n, stride, c int) {
		length := pixelFloats(n, stride, c)
		for _, relu := range []bool{false, true} {
			dy, x := randoms(r, length), randoms(r, length)
			var y []float32
			if relu {
				y = randoms(r, length)
				for i := 0; i < length; i += 5 {
					y[i] = 0
				}
			}
			old := slices.Clone(dy)
			sumDy, sumDyX := slices.Repeat([]float64{2}, c), slices.Repeat([]float64{-2}, c)
			ChanGradStats(dy, y, x, n, stride, c, sumDy, sumDyX, relu)
			wantDy, wantDyX := slices.Repeat([]float64{2}, c), slices.Repeat([]float64{-2}, c)
			for i := range dy {
				ch, want := i%stride, old[i]
				if ch < c && relu && y[i] <= 0 {
					want = 0
				}
				if dy[i] != want {
					t.Fatalf("%s: dy[%d] = %g, want %g", what, i, dy[i], want)
				}
				if ch < c {
					wantDy[ch] += float64(want)
					wantDyX[ch] += float64(want) * float64(x[i])
				}
			}
			for ch := range c {
				near(t, what, float32(sumDy[ch]), wantDy[ch], float64(n+3), 1e-6)
				near(t, what, float32(sumDyX[ch]), wantDyX[ch], float64(n+3), 1e-6)
			}
		}
	})
}

func TestChanGradApply(t *testing.T) {
	onChannels(t, func(t *testing.T, what string, r *rand.Rand, n, stride, c int) {
		length := pixelFloats(n, stride, c)
		dx, dy, x := randoms(r, length), randoms(r, length), randoms(r, length)
		a, b, k := randoms(r, c), randoms(r, c), randoms(r, c)
		old := slices.Clone(dx)
		ChanGradApply(dx, dy, x, n, stride, c, a, b, k)
		for i := range dx {
			ch := i % stride
			if ch >= c {
				if dx[i] != old[i] {
					t.Fatalf("%s: wrote between pixels", what)
				}
				continue
			}
			want := float64(a[ch])*float64(dy[i]) + float64(b[ch])*float64(x[i]) + float64(k[ch])
			near(t, what, dx[i], want, 10, 1e-6)
		}
	})
}
