package kernel

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// benchEveryISA runs f as a sub-benchmark for every instruction set of this machine.
func benchEveryISA(b *testing.B, f func(b *testing.B)) {
	before := active
	b.Cleanup(func() { active = before })
	for _, s := range slices.Backward(platformISAs[:]) {
		if s > widestISA() {
			continue
		}
		active = s
		b.Run(s.String(), f)
	}
}

func gflops(b *testing.B, flopPerOp int) float64 {
	return float64(flopPerOp) * float64(b.N) / b.Elapsed().Seconds() / 1e9
}

// benchGemm times a product in slices of some 50 microseconds and the peak after each, because the clock of a processor changes from
// moment to moment and other programs take turns on it. %peak is the median of the shares, %quiet the ninth decile.
func benchGemm(b *testing.B, m, k int) {
	benchEveryISA(b, func(b *testing.B) {
		g := gemmCase{m: m, kIn: k, kOut: 1, aRow: k, aK: 1, bK: Panel, cRow: Panel}
		g.fill(rand.New(rand.NewPCG(1, 2)))
		a := g.args()
		flop := float64(2 * m * k * Panel)
		slice := int(5e6/flop) + 1
		var shares []float64
		var busy time.Duration
		for done := 0; done < b.N; {
			n := min(slice, b.N-done)
			start := time.Now()
			for range n {
				Gemm(a, m)
			}
			took := time.Since(start)
			busy += took
			done += n
			if peak := fmaPeakGFLOPs(); n == slice && peak > 0 {
				shares = append(shares, 100*flop*float64(n)/took.Seconds()/1e9/peak)
			}
		}
		b.ReportMetric(float64(busy.Nanoseconds())/float64(b.N), "ns/op") // without the time for the peak
		b.ReportMetric(float64(b.N)*flop/busy.Seconds()/1e9, "GFLOP/s")
		if len(shares) > 0 {
			slices.Sort(shares)
			b.ReportMetric(shares[len(shares)/2], "%peak")
			b.ReportMetric(shares[len(shares)*9/10], "%quiet")
		}
	})
}

// BenchmarkGemm runs the sizes of the networks: most of the multiply-adds of configs/default.yaml are in the first eight, the next two are
// of wider networks, the last is a matrix by a vector.
func BenchmarkGemm(b *testing.B) {
	for _, size := range []struct{ m, k int }{
		{192, 64}, {48, 98}, {16, 128}, {28, 128}, {28, 64}, {28, 32}, {192, 16}, {192, 128}, {14, 576}, {192, 576}, {1, 128},
	} {
		b.Run(fmt.Sprintf("%dx32x%d", size.m, size.k), func(b *testing.B) { benchGemm(b, size.m, size.k) })
	}
}

// BenchmarkGemmConvolution is one row of 96 pixels of a 3 x 3 convolution, 64 to 32 channels, read from the bordered image.
func BenchmarkGemmConvolution(b *testing.B) {
	benchEveryISA(b, func(b *testing.B) {
		g := gemmCase{
			m: 96, kIn: 3 * 64, kOut: 3, aRow: 64, aK: 1, aOut: 98 * 64, bK: Panel, bOut: 3 * 64 * Panel, cRow: 64,
			bias: true, relu: true,
		}
		g.fill(rand.New(rand.NewPCG(1, 2)))
		a := g.args()
		b.ResetTimer()
		for range b.N {
			Gemm(a, g.m)
		}
		b.ReportMetric(gflops(b, 2*g.m*9*64*Panel), "GFLOP/s")
	})
}

// BenchmarkVector times one pass of each kernel over 192 rows of 192 floats, or 192 pixels of 64 channels.
func BenchmarkVector(b *testing.B) {
	const n, c = 192, 192
	r := rand.New(rand.NewPCG(1, 2))
	x, y, z, dst := randoms(r, n*c), randoms(r, n*c), randoms(r, n*c), make([]float32, n*c)
	v := make([]float32, n*c)
	gamma, beta := randoms(r, c), randoms(r, c)
	sum, sumsq := make([]float64, 64), make([]float64, 64)
	rows := func(f func(at []float32, i int)) func() {
		return func() {
			for i := range n {
				f(dst[i*c:(i+1)*c], i*c)
			}
		}
	}
	cases := []struct {
		name string
		run  func()
	}{
		{"Exp", func() { copy(dst, x); Exp(dst) }},
		{"Softmax", func() { copy(dst, x); rows(func(d []float32, _ int) { Softmax(d) })() }},
		{"SoftmaxGrad", rows(func(d []float32, i int) { SoftmaxGrad(d, x[i:], y[i:]) })},
		{"LayerNorm", rows(func(d []float32, i int) { LayerNorm(d, x[i:], gamma, beta, 1e-5) })},
		{"LayerNormGrad", rows(func(d []float32, i int) { LayerNormGrad(d, y[i:], x[i:], gamma, z, v, 0, 1) })},
		{"ColumnSoftmax", func() {
			copy(dst, x)
			rows(func(d []float32, _ int) { ColumnSoftmax(d, y, 0.5, 2) })()
		}},
		{"PackTransposed64", func() { PackTransposed(dst, x, n, c, 64, 0.5) }},
		{"MaxPoolRow64", func() { MaxPoolRow(dst, x, n*64, 95, 64) }},
		{"MaxPoolRowGrad64", func() { MaxPoolRowGrad(dst, x, y, z, n*64, 95, 64) }},
		{"Add", func() { Add(dst, x, y) }},
		{"Dot", func() { Dot(x, y) }},
		{"SumSquares", func() { SumSquares(x) }},
		{"Filter21", func() { Filter(dst[:n*c-20], x, gamma[:21]) }},
		{"AdamW", func() { AdamW(dst, x, z, v, AdamParams{0.9, 0.999, 1e-3, 1, 1e-8, 1}) }},
		{"ChanStats64", func() { ChanStats(x, n, 64, 64, sum, sumsq) }},
		{"ChanScaleShift64", func() { ChanScaleShift(dst, x, y, n, 64, 64, gamma, beta, true) }},
		{"ChanGradStats64", func() { ChanGradStats(dst, y, x, n, 64, 64, sum, sumsq, true) }},
		{"ChanGradApply64", func() { ChanGradApply(dst, x, y, n, 64, 64, gamma, beta, gamma) }},
	}
	for _, test := range cases {
		b.Run(test.name, func(b *testing.B) {
			benchEveryISA(b, func(b *testing.B) {
				clear(z)
				clear(v)
				b.ResetTimer()
				for range b.N {
					test.run()
				}
			})
		})
	}
}

// BenchmarkWinograd times the transforms of one tile of 64 channels.
func BenchmarkWinograd(b *testing.B) {
	const c, pixels = 64, 96
	r := rand.New(rand.NewPCG(1, 2))
	x, y, v := randoms(r, WinogradInput*pixels*c), make([]float32, WinogradTile*pixels*c), make([]float32, WinogradPoints*c)
	bias, tmp := randoms(r, c), make([]float32, WinogradScratch)
	for name, run := range map[string]func(){
		"Weights": func() { WinogradWeights(v, c, x, c, c) },
		"In":      func() { WinogradIn(v, c, x, pixels*c, c, c, tmp) },
		"Out":     func() { WinogradOut(y, nil, pixels*c, c, v, c, bias, true, c, tmp) },
		"OutRes":  func() { WinogradOut(y, x, pixels*c, c, v, c, bias, true, c, tmp) },
		"Grad":    func() { WinogradGrad(v, c, x, pixels*c, c, c, tmp) },
		"WeightGrad": func() {
			clear(y[:9*c])
			WinogradWeightGrad(y, c, v, c, c, tmp)
		},
	} {
		b.Run(name, func(b *testing.B) {
			benchEveryISA(b, func(b *testing.B) {
				for range b.N {
					run()
				}
			})
		})
	}
}

func BenchmarkPoolRun(b *testing.B) {
	p := NewPool(2)
	defer p.Close()
	var out [2]int
	for range b.N {
		p.Run(2, func(worker, i0, i1 int) { out[worker] = i1 - i0 })
	}
}
