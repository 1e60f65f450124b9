package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestWinograd holds one tile to the definition of a convolution, at channel counts with and without tails, with every epilogue.
func TestWinograd(t *testing.T) {
	onEveryISA(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		tmp := make([]float32, WinogradScratch)
		for _, shape := range [][2]int{{1, 1}, {16, 32}, {21, 9}, {64, 48}} {
			ci, co := shape[0], shape[1]
			const pixels, pad = 7, 3 // of a row of x and y, and floats between the points
			x, g, bias := randoms(r, WinogradInput*pixels*ci), randoms(r, co*ci*9), randoms(r, co)
			res, y := randoms(r, WinogradTile*pixels*co), make([]float32, WinogradTile*pixels*co)
			v, m := make([]float32, WinogradPoints*(ci+pad)), make([]float32, WinogradPoints*(co+pad))
			WinogradIn(v, ci+pad, x, pixels*ci, ci, ci, tmp)
			clear(m)
			taps, u := make([]float32, 9*(co*ci+pad)), make([]float32, WinogradPoints*(co*ci+pad))
			for i, w := range g {
				taps[i%9*(co*ci+pad)+i/9] = w
			}
			WinogradWeights(u, co*ci+pad, taps, co*ci+pad, co*ci)
			for o := range co {
				for c := range ci {
					for k := range WinogradPoints {
						m[k*(co+pad)+o] += u[k*(co*ci+pad)+o*ci+c] * v[k*(ci+pad)+c]
					}
				}
			}
			for _, withRes := range []bool{false, true} {
				for _, relu := range []bool{false, true} {
					var rr []float32
					if withRes {
						rr = res
					}
					before := slices.Clone(y)
					WinogradOut(y, rr, pixels*co, co, m, co+pad, bias, relu, co, tmp)
					for i := range WinogradTile {
						for j := range pixels {
							for o := range co {
								at := (i*pixels+j)*co + o
								if j >= WinogradTile {
									if y[at] != before[at] {
										t.Fatalf("%v: wrote beside the tile", shape)
									}
									continue
								}
								want := float64(bias[o])
								for c := range ci {
									for k := range 9 {
										want += float64(x[((i+k/3)*pixels+j+k%3)*ci+c]) * float64(g[(o*ci+c)*9+k])
									}
								}
								if withRes {
									want += float64(res[at])
								}
								if relu {
									want = max(0, want)
								}
								near(t, fmt.Sprintf("%v res %v relu %v (%d, %d) %d", shape, withRes, relu, i, j, o), y[at], want, 4*math.Sqrt(float64(9*ci)), 1e-5)
							}
						}
					}
				}
			}
		}
	})
}

// TestWinogradWeightGrad holds the gradient of the weights from one tile to its definition, added to what is there.
func TestWinogradWeightGrad(t *testing.T) {
	onEveryISA(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(3, 4))
		tmp := make([]float32, WinogradScratch)
		for _, shape := range [][2]int{{1, 1}, {16, 32}, {21, 9}, {64, 48}} {
			ci, co := shape[0], shape[1]
			const pixels, pad = 7, 3 // of a row of x and dy, and floats between the points
			n := ci * co
			x, dy := randoms(r, WinogradInput*pixels*ci), randoms(r, WinogradTile*pixels*co)
			v, z := make([]float32, WinogradPoints*(ci+pad)), make([]float32, WinogradPoints*(co+pad))
			WinogradIn(v, ci+pad, x, pixels*ci, ci, ci, tmp)
			WinogradGrad(z, co+pad, dy, pixels*co, co, co, tmp)
			u, dw := make([]float32, WinogradPoints*(n+pad)), randoms(r, 9*(n+pad))
			for k := range WinogradPoints {
				for c := range ci {
					for o := range co {
						u[k*(n+pad)+c*co+o] = v[k*(ci+pad)+c] * z[k*(co+pad)+o]
					}
				}
			}
			before := slices.Clone(dw)
			WinogradWeightGrad(dw, n+pad, u, n+pad, n, tmp)
			for at, got := range dw {
				tap, c, o := at/(n+pad), at%(n+pad)/co, at%(n+pad)%co
				if at%(n+pad) >= n {
					if got != before[at] {
						t.Fatalf("%v: wrote between the taps", shape)
					}
					continue
				}
				want := float64(before[at])
				for p := range WinogradTile * WinogradTile {
					i, j := p/WinogradTile, p%WinogradTile
					want += float64(x[((i+tap/3)*pixels+j+tap%3)*ci+c]) * float64(dy[(i*pixels+j)*co+o])
				}
				near(t, fmt.Sprintf("%v tap %d, %d to %d", shape, tap, c, o), got, want, 16, 1e-5)
			}
		}
	})
}

func TestWinogradShortSlicesPanic(t *testing.T) {
	onEveryISA(t, func(t *testing.T) {
		tmp, big := make([]float32, WinogradScratch), make([]float32, 36*32)
		for name, f := range map[string]func(){
			"u":    func() { WinogradWeights(big[:36*16-1], 16, big, 16, 16) },
			"g":    func() { WinogradWeights(big, 16, big[:9*16-1], 16, 16) },
			"v":    func() { WinogradIn(big[:36*16-1], 16, big, 6*16, 16, 16, tmp) },
			"x":    func() { WinogradIn(big, 16, big[:36*16-1], 6*16, 16, 16, tmp) },
			"tmp":  func() { WinogradIn(big, 16, big, 6*16, 16, 16, tmp[1:]) },
			"y":    func() { WinogradOut(big[:16*16-1], nil, 4*16, 16, big, 16, big, true, 16, tmp) },
			"res":  func() { WinogradOut(big, big[:16*16-1], 4*16, 16, big, 16, big, true, 16, tmp) },
			"z":    func() { WinogradGrad(big[:36*16-1], 16, big, 4*16, 16, 16, tmp) },
			"dy":   func() { WinogradGrad(big, 16, big[:16*16-1], 4*16, 16, 16, tmp) },
			"dw":   func() { WinogradWeightGrad(big[:9*16-1], 16, big, 16, 16, tmp) },
			"sums": func() { WinogradWeightGrad(big, 16, big[:36*16-1], 16, 16, tmp) },
			"bias": func() { WinogradOut(big, nil, 4*16, 16, big, 16, big[:15], true, 16, tmp) },
		} {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("a short %s was not noticed", name)
					}
				}()
				f()
			}()
		}
	})
}
