package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestElementwise(t *testing.T) {
	tests := []struct {
		name string
		run  func(dst, a, b, c []float32)
		want func(dst, a, b, c float64) float64
	}{
		{"Add", func(d, a, b, c []float32) { Add(d, a, b) }, func(d, a, b, c float64) float64 { return a + b }},
		{"AddTo", func(d, a, b, c []float32) { AddTo(d, a) }, func(d, a, b, c float64) float64 { return d + a }},
		{"Axpy", func(d, a, b, c []float32) { Axpy(d, -0.75, a) }, func(d, a, b, c float64) float64 { return d - 0.75*a }},
		{"Scale", func(d, a, b, c []float32) { Scale(d, 1.5) }, func(d, a, b, c float64) float64 { return 1.5 * d }},
		{"AddReLU", func(d, a, b, c []float32) { AddReLU(d, a, b) }, func(d, a, b, c float64) float64 { return max(0, a+b) }},
		{"ReLUGrad", func(d, a, b, c []float32) { ReLUGrad(d, a, b) }, func(d, a, b, c float64) float64 {
			if b > 0 {
				return a
			}
			return 0
		}},
	}
	onEveryISA(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for _, test := range tests {
			for _, n := range lengths {
				// One float more than needed on each side shows a write beside the destination.
				buf := randoms(r, n+2)
				a, b, c := randoms(r, n), randoms(r, n), randoms(r, n)
				if n > 2 {
					b[0], b[n-1] = 0, 0 // ReLU at its corner
				}
				old := slices.Clone(buf)
				test.run(buf[1:n+1], a, b, c)
				if buf[0] != old[0] || buf[n+1] != old[n+1] {
					t.Fatalf("%s n %d: wrote beside dst", test.name, n)
				}
				for i := range n {
					want := test.want(float64(old[i+1]), float64(a[i]), float64(b[i]), float64(c[i]))
					near(t, fmt.Sprintf("%s n %d [%d]", test.name, n, i), buf[i+1], want, 1+math.Abs(want), 1e-6)
				}
			}
		}
	})
}

func TestElementwiseShortSourcePanics(t *testing.T) {
	onEveryISA(t, func(t *testing.T) {
		defer func() {
			if recover() == nil {
				t.Error("a source shorter than dst was read past its end")
			}
		}()
		Add(make([]float32, 64), make([]float32, 64), make([]float32, 63))
	})
}

func TestReductions(t *testing.T) {
	onEveryISA(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(3, 4))
		for _, n := range lengths {
			a, b := randoms(r, n), randoms(r, n)
			var dot, sum, squares, scale float64
			largest := float32(math.Inf(-1))
			for i := range a {
				dot += float64(a[i]) * float64(b[i])
				sum += float64(a[i])
				squares += float64(a[i]) * float64(a[i])
				scale += math.Abs(float64(a[i])) * (1 + math.Abs(float64(b[i])))
				largest = max(largest, a[i])
			}
			near(t, fmt.Sprintf("Dot n %d", n), Dot(a, b), dot, scale, 1e-6)
			near(t, fmt.Sprintf("Sum n %d", n), Sum(a), sum, scale, 1e-6)
			if got := SumSquares(a); math.Abs(got-squares) > 1e-14*squares {
				t.Fatalf("SumSquares n %d: got %g, want %g", n, got, squares)
			}
			if n > 0 && maximum(a) != largest {
				t.Fatalf("maximum n %d: got %g, want %g", n, maximum(a), largest)
			}
		}
		// The square of 1e30 has no float32.
		if got := SumSquares(slices.Repeat([]float32{1e30}, 32)); math.Abs(got/32e60-1) > 1e-6 {
			t.Errorf("SumSquares of 1e30 32 times: got %g", got)
		}
	})
}

// Columns added up one after the other: the order is part of what is promised, so the bits are.
func TestShifts(t *testing.T) {
	onEveryISA(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(1, 2))
		src := make([]float32, 700)
		for i := range src {
			src[i] = rng.Float32() - 0.5
		}
		for n := range 300 {
			at := make([]int, rng.IntN(40))
			for k := range at {
				at[k] = rng.IntN(len(src) - n + 1)
			}
			want := make([]float32, n)
			for _, k := range at {
				for i := range want {
					want[i] += src[k+i]
				}
			}
			got := slices.Repeat([]float32{7}, n+16)
			NewShifts(at).Sum(got[:n], src)
			if !slices.Equal(got[:n], want) || slices.ContainsFunc(got[n:], func(v float32) bool { return v != 7 }) {
				t.Fatalf("%d sums of %d columns: got %v, want %v", n, len(at), got, want)
			}
		}
	})
	defer func() {
		if recover() == nil {
			t.Error("columns beyond the image were read")
		}
	}()
	NewShifts([]int{0, 9}).Sum(make([]float32, 8), make([]float32, 16))
}

func TestFilter(t *testing.T) {
	onEveryISA(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(3, 2))
		src, taps := make([]float32, 400), make([]float32, 40)
		for i := range src {
			src[i] = rng.Float32() - 0.5
		}
		for i := range taps {
			taps[i] = rng.Float32()
		}
		for n := range 300 {
			taps := taps[:rng.IntN(len(taps)+1)]
			got := slices.Repeat([]float32{7}, n+16)
			Filter(got[:n], src[:n+max(len(taps)-1, 0)], taps)
			for i, v := range got {
				want := 7.0
				if i < n {
					want = 0
					for k, w := range taps {
						want += float64(w) * float64(src[i+k])
					}
				}
				if math.Abs(float64(v)-want) > 1e-5 {
					t.Fatalf("%d taps on %d values: value %d is %v, want %v", len(taps), n, i, v, want)
				}
			}
		}
	})
	defer func() {
		if recover() == nil {
			t.Error("values beyond the source were read")
		}
	}()
	Filter(make([]float32, 8), make([]float32, 10), make([]float32, 4))
}

func TestGaussianTaps(t *testing.T) {
	taps := GaussianTaps(2, 5)
	if len(taps) != 11 || math.Abs(float64(Sum(taps))-1) > 1e-6 {
		t.Fatalf("%d taps that sum to %v", len(taps), Sum(taps))
	}
	for k, w := range taps {
		// exp(-x^2/8) at whole x, over that at 0.
		if want := math.Exp(-float64((k-5)*(k-5)) / 8); math.Abs(float64(w/taps[5])-want) > 1e-6 || w != taps[10-k] {
			t.Errorf("tap %d is %v of the middle one, want %v", k, w/taps[5], want)
		}
	}
}

func TestExp(t *testing.T) {
	onEveryISA(t, func(t *testing.T) {
		var worst float64
		for lo := -87.0; lo < 88.7; lo += 0.37 {
			x := make([]float32, 21)
			for i := range x {
				x[i] = float32(min(lo+float64(i)*0.0173, 88.7))
			}
			got := slices.Clone(x)
			Exp(got)
			for i := range x {
				want := math.Exp(float64(x[i]))
				worst = max(worst, math.Abs(float64(got[i])-want)/want)
			}
		}
		t.Logf("largest relative error %.2g", worst)
		if worst > 3e-7 {
			t.Errorf("largest relative error %g, want at most 3e-7", worst)
		}

		inf := float32(math.Inf(1))
		special := []struct{ x, want float32 }{
			{0, 1}, {-inf, 0}, {-1e30, 0}, {-110, 0}, {inf, inf}, {1e30, inf}, {89.5, inf},
			{-100, 3.8e-44}, // denormal: 27 steps of 1.4e-45
		}
		for _, s := range special {
			for _, n := range []int{1, 16} { // tail and vector
				x := slices.Repeat([]float32{s.x}, n)
				Exp(x)
				if x[0] != s.want && !(math.Abs(float64(x[0]-s.want)) <= 3e-45) {
					t.Errorf("exp(%g) in %d: got %g, want %g", s.x, n, x[0], s.want)
				}
			}
		}
		for _, n := range []int{1, 16} {
			x := slices.Repeat([]float32{float32(math.NaN())}, n)
			Exp(x)
			if x[0] == x[0] {
				t.Errorf("exp(NaN) in %d: got %g", n, x[0])
			}
		}
	})
}

func TestSoftmax(t *testing.T) {
	onEveryISA(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(5, 6))
		for _, n := range lengths {
			for _, offset := range []float32{0, 500, -500} {
				x := randoms(r, n)
				var sum float64
				want := make([]float64, n)
				for i := range x {
					x[i] = 4*x[i] + offset
					want[i] = math.Exp(float64(x[i] - offset))
					sum += want[i]
				}
				Softmax(x)
				for i := range x {
					near(t, fmt.Sprintf("n %d offset %g [%d]", n, offset, i), x[i], want[i]/sum, want[i]/sum, 2e-6)
				}
			}
		}
		// A masked position gets nothing, and does not spoil the rest.
		x := make([]float32, 33)
		x[5], x[32] = float32(math.Inf(-1)), float32(math.Inf(-1))
		Softmax(x)
		if x[5] != 0 || x[32] != 0 || math.Abs(float64(x[0])-1.0/31) > 1e-7 {
			t.Errorf("masked: got %g and %g, want 0; others %g, want 1/31", x[5], x[32], x[0])
		}
	})
}

func TestColumnSoftmax(t *testing.T) {
	const z, bend = 0.4, 3
	onEveryISA(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(15, 16))
		for _, n := range lengths {
			x, depth := randoms(r, n), randoms(r, n)
			var sum, moment float64
			want := make([]float64, n)
			for i := range x {
				dz := float64(depth[i]) - z
				want[i] = math.Exp(float64(x[i]) - bend*dz*dz)
				sum += want[i]
				moment += want[i] * dz
			}
			got := ColumnSoftmax(x, depth, z, bend)
			if n > 0 {
				near(t, fmt.Sprintf("n %d mean", n), got, moment/sum, 1, 1e-5)
			}
			for i := range x {
				near(t, fmt.Sprintf("n %d [%d]", n, i), x[i], want[i]/sum, 1, 1e-6)
			}
		}
	})
}

func TestSoftmaxGrad(t *testing.T) {
	onEveryISA(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(7, 8))
		for _, n := range lengths {
			p, dp, dst := randoms(r, n), randoms(r, n), make([]float32, n)
			Softmax(p)
			var s float64
			for i := range p {
				s += float64(p[i]) * float64(dp[i])
			}
			SoftmaxGrad(dst, p, dp)
			for i := range dst {
				near(t, fmt.Sprintf("n %d [%d]", n, i), dst[i], float64(p[i])*(float64(dp[i])-s), 1, 1e-6)
			}
		}
	})
}

func TestLayerNorm(t *testing.T) {
	const eps = 1e-5
	onEveryISA(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(9, 10))
		for _, n := range lengths {
			x, gamma, beta, dy := randoms(r, n), randoms(r, n), randoms(r, n), randoms(r, n)
			for i := range x {
				x[i] += 10 // a mean that a one-pass variance would lose digits to
			}
			y := make([]float32, n)
			mean, invStd := LayerNorm(y, x, gamma, beta, eps)
			if n == 0 {
				continue
			}
			var m, v float64
			for _, xi := range x {
				m += float64(xi) / float64(n)
			}
			for _, xi := range x {
				v += (float64(xi) - m) * (float64(xi) - m) / float64(n)
			}
			inv := 1 / math.Sqrt(v+eps)
			hat := func(i int) float64 { return (float64(x[i]) - m) * inv }
			near(t, fmt.Sprintf("n %d mean", n), mean, m, 10, 1e-6)
			if n == 1 {
				continue // no spread: every later number is rounding times 1/sqrt(eps)
			}
			near(t, fmt.Sprintf("n %d invStd", n), invStd, inv, inv, 1e-5)
			for i := range y {
				near(t, fmt.Sprintf("n %d y[%d]", n, i), y[i], hat(i)*float64(gamma[i])+float64(beta[i]), 1+inv, 1e-5)
			}

			dx, dgamma, dbeta := randoms(r, n), randoms(r, n), randoms(r, n)
			oldX, oldG, oldB := slices.Clone(dx), slices.Clone(dgamma), slices.Clone(dbeta)
			LayerNormGrad(dx, dy, x, gamma, dgamma, dbeta, mean, invStd)
			var avgD, avgDX float64
			for i := range dy {
				d := float64(dy[i]) * float64(gamma[i])
				avgD += d / float64(n)
				avgDX += d * hat(i) / float64(n)
			}
			for i := range dx {
				d := float64(dy[i]) * float64(gamma[i])
				what := fmt.Sprintf("n %d [%d]", n, i)
				near(t, what+" dx", dx[i], float64(oldX[i])+inv*(d-avgD-hat(i)*avgDX), 1+4*inv, 1e-5)
				near(t, what+" dgamma", dgamma[i], float64(oldG[i])+float64(dy[i])*hat(i), 1+inv, 1e-5)
				near(t, what+" dbeta", dbeta[i], float64(oldB[i])+float64(dy[i]), 1, 1e-6)
			}
		}
	})
}

// Three steps of torch.optim.AdamW, PyTorch 1.13.1, lr 4e-4, betas 0.9 and 0.999, eps 1e-8, weight decay 0.05.
func TestAdamWAgainstPyTorch(t *testing.T) {
	const lr, beta1, beta2, decay = 4e-4, 0.9, 0.999, 0.05
	start := []float32{0.5, -1.25, 3.0, 0.001}
	grads := [][]float32{{0.1, -0.2, 3e-4, 1.0}, {-0.05, 0.4, 2e-4, -1.0}, {0.3, 0.0, -1e-6, 0.25}}
	wants := [][]float32{
		{0.49958998, -1.24957502, 2.99953985, 0.000599980063},
		{0.499473423, -1.24969637, 2.99909163, 0.000621020736},
		{0.499195218, -1.24978459, 2.99873233, 0.000592519529},
	}
	wantM := []float32{0.0336000025, 0.0197999999, 4.21999976e-05, 0.0159999952}
	wantV := []float32{0.000102477519, 0.000199760048, 1.29781103e-10, 0.0020595009}
	const copies = 9 // 36 weights: whole vectors and a tail
	onEveryISA(t, func(t *testing.T) {
		w := slices.Repeat(start, copies)
		m, v := make([]float32, len(w)), make([]float32, len(w))
		for step, g := range grads {
			n := float64(step + 1)
			AdamW(w, slices.Repeat(g, copies), m, v, AdamParams{
				Beta1: beta1, Beta2: beta2, Eps: 1e-8, Decay: 1 - lr*decay,
				StepSize:     float32(lr / (1 - math.Pow(beta1, n))),
				InvSqrtBias2: float32(1 / math.Sqrt(1-math.Pow(beta2, n))),
			})
			for i := range w {
				want := float64(wants[step][i%4])
				// 1-Beta2 in float32 is off by 1e-5, so a step is by half of that; the rest is the rounding of w.
				tol := n*1e-5*lr + 1.2e-7*math.Abs(want)
				near(t, fmt.Sprintf("step %d w[%d]", step+1, i), w[i], want, 1, tol)
			}
		}
		for i := range m {
			near(t, fmt.Sprintf("m[%d]", i), m[i], float64(wantM[i%4]), float64(wantM[i%4]), 1e-5)
			near(t, fmt.Sprintf("v[%d]", i), v[i], float64(wantV[i%4]), float64(wantV[i%4]), 1e-4)
		}
	})
}
