package infer

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// layered is a grid of random layers along u = d + a cos + b sin with noise and gaps.
func layered(t testing.TB, rows int, a, b float64) *tile.Grid {
	t.Helper()
	const cols, rowM = 96, 0.005
	rng := rand.New(rand.NewPCG(3, 4))
	layers := make([]float64, rows/20+40)
	for i := range layers {
		layers[i] = rng.NormFloat64()
	}
	cos, sin := dip.ColumnAzimuths(cols)
	depth, img := make([]float64, rows), make([]float32, rows*cols)
	for i := range rows {
		depth[i] = (float64(i) + 0.5) * rowM
		for j := range cols {
			u := float64(i) - a*cos[j] - b*sin[j]
			img[i*cols+j] = float32(layers[int(math.Floor(u/20))+20] + 0.4*rng.NormFloat64())
			if (j+i/50)%12 < 3 {
				img[i*cols+j] = float32(math.NaN())
			}
		}
	}
	log, err := imagelog.New(depth, img, cols)
	if err != nil {
		t.Fatal(err)
	}
	g, err := tile.NewGrid(log, tile.Options{Rows: 256, Columns: cols, RowM: rowM, Image: tile.ImageTile, MaskChannel: true})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// attitudesOf all tiles of a grid, half overlapping.
func attitudesOf(t testing.TB, g *tile.Grid, pool *kernel.Pool) [][]attitude {
	t.Helper()
	part, err := g.Section(tile.Span{Lo: 0, Hi: g.Rows()})
	if err != nil {
		t.Fatal(err)
	}
	starts := g.Starts(0.5)
	return newScanner(g.Options(), pool).attitudes(part, starts, 0, len(starts))
}

func TestAttitudes(t *testing.T) {
	for _, threads := range []int{1, 2} {
		pool := kernel.NewPool(threads)
		defer pool.Close()
		for _, want := range []attitude{{0, 0}, {4, 3}, {60, 0}, {-48, 90}, {20, -130}} {
			g := layered(t, 1500, want.a, want.b)
			found := attitudesOf(t, g, pool)
			for i, got := range found {
				if want.amplitude() <= flatReach {
					if len(got) > 0 {
						t.Errorf("%d threads, %v: tile %d has steep attitudes %v", threads, want, i, got)
					}
					continue
				}
				if len(got) == 0 || math.Hypot(got[0].a-want.a, got[0].b-want.b) > scanStep {
					t.Errorf("%d threads, %v: tile %d has attitudes %v", threads, want, i, got)
				}
			}
		}
	}
}

func TestAttitudesOfNoise(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	depth, img := make([]float64, 1000), make([]float32, 1000*96)
	for i := range depth {
		depth[i] = float64(i) * 0.005
	}
	for i := range img {
		img[i] = float32(rng.NormFloat64())
	}
	log, err := imagelog.New(depth, img, 96)
	if err != nil {
		t.Fatal(err)
	}
	g, err := tile.NewGrid(log, tile.Options{Rows: 256, Columns: 96, RowM: 0.005, Image: tile.ImageTile})
	if err != nil {
		t.Fatal(err)
	}
	pool := kernel.NewPool(1)
	defer pool.Close()
	for i, got := range attitudesOf(t, g, pool) {
		if len(got) > 1 {
			t.Errorf("tile %d of noise has attitudes %v", i, got)
		}
	}
}

func BenchmarkAttitudes(b *testing.B) {
	g := layered(b, 4000, 60, 0)
	pool := kernel.NewPool(1)
	defer pool.Close()
	for b.Loop() {
		attitudesOf(b, g, pool)
	}
	b.ReportMetric(20*float64(b.N)/b.Elapsed().Seconds(), "m/s")
}
