package model

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/loss"
)

// defaultNet is the network of configs/default.yaml.
func defaultNet(tb testing.TB) *Net {
	n, err := New(Options{Backbone: "resnet10", Widths: []int{32, 32, 64, 128}, Strides: [][]int{{1, 1}, {2, 2}, {1, 2}, {1, 1}}, WrapAzimuth: true,
		Dim: 64, Heads: 4, FeedForward: 128, Encoders: 4, Decoders: 4, Queries: 48, Decoder: "refine", EmptyBias: 2, OffsetDim: 32},
		Geometry{Rows: 256, Columns: 96, Channels: 2, RowM: 0.005}, 1)
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

func fillRandom(g *Graph) {
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range g.Input.Data {
		g.Input.Data[i] = float32(rng.NormFloat64())
	}
	g.Input.FillBorder()
}

// BenchmarkForward and BenchmarkStep report milliseconds a tile on one thread and on two.
func BenchmarkForward(b *testing.B) {
	for _, batch := range []int{1, 16} {
		for _, threads := range []int{1, 2} {
			b.Run(fmt.Sprintf("batch=%d/threads=%d", batch, threads), func(b *testing.B) {
				pool := kernel.NewPool(threads)
				defer pool.Close()
				g := defaultNet(b).Build(pool, batch, false)
				fillRandom(g)
				b.ReportAllocs()
				for b.Loop() {
					g.Forward()
				}
				b.ReportMetric(b.Elapsed().Seconds()*1e3/float64(b.N*batch), "ms/tile")
			})
		}
	}
}

func BenchmarkStep(b *testing.B) {
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) { benchmarkStep(b, threads) })
	}
}

func benchmarkStep(b *testing.B, threads int) {
	const batch = 16
	pool := kernel.NewPool(threads)
	defer pool.Close()
	n := defaultNet(b)
	g := n.Build(pool, batch, true)
	fillRandom(g)
	crit, err := loss.New(loss.Options{Class: "focal", Gamma: 2, Alpha: 0.75, Param: "l1", Form: "tolerance", ClassWeight: 5, ParamWeight: 1, DepthTolM: 0.15,
		DipTolDeg: 15, Auxiliary: true, MatchClass: 5, Match: "curve", MatchScaleM: 0.025}, loss.HeadSlope, n.Geometry.HeightM(), RadiusM, 48, pool)
	if err != nil {
		b.Fatal(err)
	}
	truths := make([][]loss.Truth, batch)
	for i := range truths {
		for k := range 5 {
			truths[i] = append(truths[i], loss.Truth{Class: k % 2, Depth: 0.1 + 0.2*float64(k), VX: 0.3})
		}
	}
	g.Training = true
	b.ReportAllocs()
	for b.Loop() {
		g.Forward()
		g.ZeroGrad()
		if _, err := crit.Compute(g.Outputs(), truths); err != nil {
			b.Fatal(err)
		}
		g.Backward()
	}
	b.ReportMetric(b.Elapsed().Seconds()*1e3/float64(b.N*batch), "ms/tile")
}
