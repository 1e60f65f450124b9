package infer

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// tinyBundle is a network that has learnt nothing but is generous: its queries differ, start from sinusoids of every steepness, and
// each class is as likely as none.
func tinyBundle(t *testing.T) *model.Bundle {
	t.Helper()
	opt := tinyTile()
	n, err := model.New(model.Options{Backbone: "resnet10", Widths: []int{32, 32, 32, 32}, Strides: [][]int{{1, 1}, {2, 2}, {1, 2}, {1, 1}},
		WrapAzimuth: true, Dim: 32, Heads: 4, FeedForward: 32, Encoders: 1, Decoders: 1, Queries: 8, Decoder: "refine", OffsetDim: 32},
		model.Geometry{Rows: opt.Rows, Columns: opt.Columns, Channels: opt.Channels(), RowM: opt.RowM}, 1)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(5, 6))
	n.Params.Get("query.content").Fill(func() float32 { return float32(rng.NormFloat64()) })
	i := 0
	n.Params.Get("query.anchor").Fill(func() float32 {
		defer func() { i++ }()
		q := i / 3
		return [...]float32{(float32(q) + 0.5) / 8, 0.3 * float32(q%4), -0.2 * float32(q%3)}[i%3]
	})
	return &model.Bundle{Net: n, Tile: opt}
}

func tinyPick() Options {
	return Options{Threshold: 0.2, Overlap: 0.5, Dewarp: true, MergeM: 0.03, Refine: true, Align: true, RefinedMergeM: 0.02, MinCoverage: 0.25, Batch: 4, DiameterIn: 8.5}
}

func newPicker(t *testing.T, opt Options, threads int) *Picker {
	t.Helper()
	return pickerOf(t, tinyBundle(t), opt, threads)
}

func pickerOf(t *testing.T, bundle *model.Bundle, opt Options, threads int) *Picker {
	t.Helper()
	pool := kernel.NewPool(threads)
	t.Cleanup(pool.Close)
	p, err := NewPicker(bundle, opt, pool)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// wellRaster is a small well with beds and fractures, noise and pads.
func wellRaster(rows, cols int) Raster {
	rng := rand.New(rand.NewPCG(1, 2))
	var curves []Curve
	for d := 8.0; d < float64(rows); d += 14 {
		curves = append(curves, fromDip(dip.Class(rng.IntN(2)), d, 5+40*rng.Float64(), 360*rng.Float64()))
	}
	return scene{rows: rows, cols: cols, curves: curves, pads: 4, noise: 0.2, rng: rng}.render()
}

// hide makes gaps.
func hide(r Raster, gap func(row, col int) bool) Raster {
	for i := range r.Mask {
		if gap(i/r.Columns, i%r.Columns) {
			r.Mask[i] = false
		}
	}
	return r
}

// TestRowM: only what is far coarser than the model's rows is seen in its own.
func TestRowM(t *testing.T) {
	for step, want := range map[float64]float64{0.00254: 0.005, 0.01: 0.005, 0.03048: 0.005, 0.1: 0.1} {
		if got := RowM(logOf(t, wellRaster(8, 16), 1000, step), 0.005); math.Abs(got-want) > 1e-9 {
			t.Errorf("rows of %g m are seen in rows of %g m, want %g", step, got, want)
		}
	}
}

func TestPickOddWells(t *testing.T) {
	picker := newPicker(t, tinyPick(), 2)
	for name, tc := range map[string]struct {
		raster Raster
		rowM   float64
		tiles  bool // the number of tiles is that of the whole grid
	}{
		"ordinary":            {wellRaster(400, 48), testRowM, true},
		"more columns":        {wellRaster(200, 97), testRowM, true},
		"finer":               {wellRaster(400, 48), testRowM / 2, true},
		"coarse":              {wellRaster(200, 48), 4 * testRowM, true},
		"shorter than a tile": {wellRaster(20, 48), testRowM, true},
		"one row":             {wellRaster(1, 48), testRowM, true},
		"a large gap":         {hide(wellRaster(600, 48), func(i, _ int) bool { return i > 150 && i < 450 }), testRowM, false},
		"a column missing":    {hide(wellRaster(200, 48), func(_, j int) bool { return j == 7 }), testRowM, true},
		"one pixel":           {hide(wellRaster(200, 48), func(i, j int) bool { return i != 100 || j != 3 }), testRowM, false},
		"every other row":     {hide(wellRaster(200, 48), func(i, _ int) bool { return i%2 == 0 }), testRowM, true},
	} {
		t.Run(name, func(t *testing.T) {
			log := logOf(t, tc.raster, 1000, tc.rowM)
			log.DeviDeg, log.HaziDeg = constant(tc.raster.Rows, 30), constant(tc.raster.Rows, 120)
			log.C1In = constant(tc.raster.Rows, 8.5)
			done, total := 0, -1
			res, err := picker.Pick(context.Background(), log, func(d, n int) { done, total = d, n })
			if err != nil {
				t.Fatal(err)
			}
			if done != total || total != res.Tiles {
				t.Errorf("progress ended at %d of %d, %d tiles", done, total, res.Tiles)
			}
			if all := len(res.Grid.Starts(0.5)); (res.Tiles >= all) != tc.tiles {
				t.Errorf("%d of %d tiles were looked at", res.Tiles, all)
			}
			if err := (&picks.Table{Picks: res.Picks}).Validate(); err != nil {
				t.Error(err)
			}
			if len(res.Picks) == 0 && tc.raster.Rows > 1 && name != "one pixel" {
				t.Error("a generous network picked nothing")
			}
			for _, p := range res.Picks {
				if p.DepthM < res.Grid.TopM()-2*DefaultMoveM || p.DepthM > res.Grid.BaseM()+2*DefaultMoveM {
					t.Errorf("picked at %g m in a log from %g to %g m", p.DepthM, res.Grid.TopM(), res.Grid.BaseM())
				}
				if math.IsNaN(p.TrueDipDeg) || math.IsNaN(p.TrueAzimuthDeg) || p.Coverage < leastCoverage {
					t.Errorf("pick %+v lacks its true dip, or the wall under it", p)
				}
			}
			if len(res.Warnings) > 0 {
				t.Errorf("warnings %q", res.Warnings)
			}
		})
	}
}

// TestPickDeadTool: where a tool was dead all values are the same, and there is nothing to pick, however generous the network is.
func TestPickDeadTool(t *testing.T) {
	picker := newPicker(t, tinyPick(), 2)
	for name, dead := range map[string][2]int{"all of it": {0, 600}, "in between": {150, 450}} {
		raster := wellRaster(600, 48)
		for i := dead[0] * 48; i < dead[1]*48; i++ {
			raster.Image[i] = 0.7
		}
		res, err := picker.Pick(context.Background(), logOf(t, raster, 1000, testRowM), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range res.Picks {
			if row := (p.DepthM - res.Grid.TopM()) / testRowM; row-p.AmplitudeM/testRowM > float64(dead[0])+20 && row+p.AmplitudeM/testRowM < float64(dead[1])-20 {
				t.Errorf("%s: picked %+v at row %.0f", name, p, row)
			}
		}
		if none := len(res.Picks) == 0; none != (name == "all of it") {
			t.Errorf("%s: %d picks", name, len(res.Picks))
		}
	}
}

// TestPickDoesNotDependOnBatchAndThreads: tiles are looked at one by one, whatever shares a forward pass with them.
func TestPickDoesNotDependOnBatchAndThreads(t *testing.T) {
	log := logOf(t, wellRaster(300, 48), 0, testRowM)
	log.C1In, log.DeviDeg, log.HaziDeg = constant(300, 9), constant(300, 10), constant(300, 20)
	var want []picks.Pick
	for i, tc := range []struct{ batch, threads int }{{1, 1}, {4, 2}, {7, 3}} {
		opt := tinyPick()
		opt.Batch = tc.batch
		res, err := newPicker(t, opt, tc.threads).Pick(context.Background(), log, nil)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			want = res.Picks
		} else if !reflect.DeepEqual(res.Picks, want) {
			t.Errorf("batch %d on %d threads gives other picks", tc.batch, tc.threads)
		}
	}
	if len(want) < 10 {
		t.Errorf("only %d picks to compare", len(want))
	}
}

// TestThresholds: each class has its own, and 0 is that of both.
func TestThresholds(t *testing.T) {
	log := logOf(t, wellRaster(300, 48), 0, testRowM)
	count := func(threshold, fractures float64) (n [2]int) {
		opt := tinyPick()
		opt.Threshold, opt.ThresholdFracture, opt.Refine = threshold, fractures, false
		res, err := newPicker(t, opt, 2).Pick(context.Background(), log, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range res.Picks {
			n[p.Class]++
			if p.Confidence < min(threshold, 0.4) {
				t.Errorf("confidence %g of a %s", p.Confidence, p.Class)
			}
		}
		return n
	}
	both, beds, fractures := count(0.4, 0), count(0.4, 1), count(1, 0.4)
	if both[0] == 0 || both[1] == 0 || beds != [2]int{both[0], 0} || fractures != [2]int{0, both[1]} {
		t.Errorf("%v picks of both classes, %v without fractures, %v without beds", both, beds, fractures)
	}
}

func TestPickNoData(t *testing.T) {
	log := logOf(t, wellRaster(100, 48), 0, testRowM)
	clear(log.Mask)
	if _, err := newPicker(t, tinyPick(), 1).Pick(context.Background(), log, nil); !errors.Is(err, imagelog.ErrNoData) {
		t.Errorf("an image of gaps: %v, want ErrNoData", err)
	}
}

func TestPickCancelled(t *testing.T) {
	stop := errors.New("enough")
	ctx, cancel := context.WithCancelCause(context.Background())
	calls := 0
	opt := tinyPick()
	opt.Batch = 1
	_, err := newPicker(t, opt, 1).Pick(ctx, logOf(t, wellRaster(400, 48), 0, testRowM), func(int, int) {
		calls++
		cancel(stop)
	})
	if !errors.Is(err, stop) || calls != 1 {
		t.Errorf("error %v after %d batches, want the cause after one", err, calls)
	}
}

func TestNewPickerRefuses(t *testing.T) {
	for _, change := range []func(*Options){
		func(o *Options) { o.Batch = 0 },
		func(o *Options) { o.Overlap = 1 },
		func(o *Options) { o.Overlap = math.NaN() },
	} {
		opt := tinyPick()
		change(&opt)
		if _, err := NewPicker(tinyBundle(t), opt, nil); err == nil {
			t.Errorf("no error for %+v", opt)
		}
	}
}

// TestTerritories: whatever the length of the well and the overlap, every row has exactly one tile that answers for it, and one
// more only within the slack of a border; a tile answers for no row that it does not see.
func TestTerritories(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	opt := tinyTile()
	picker := newPicker(t, tinyPick(), 1)
	for _, overlap := range []float64{0, 0.1, 0.5, 0.9} {
		for range 30 {
			rows := 1 + rng.IntN(500)
			picker.opt.Overlap = overlap
			grid, err := tile.NewGrid(logOf(t, scene{rows: rows, cols: opt.Columns}.render(), 0, opt.RowM), opt)
			if err != nil {
				t.Fatal(err)
			}
			places := picker.occupied(grid)
			for u := 0.25; u < float64(grid.Rows()); u += 0.5 {
				alone, all := 0, 0
				for i, p := range places {
					lo, hi := p.lo, p.hi
					if u >= lo && u < hi {
						all++
						if u < float64(p.start)-territorySlack || u >= float64(p.start+opt.Rows)+territorySlack {
							t.Fatalf("%d rows, overlap %g: the tile at %d answers for row %g", rows, overlap, p.start, u)
						}
					}
					if i > 0 {
						lo += territorySlack
					}
					if i+1 < len(places) {
						hi -= territorySlack
					}
					if u >= lo && u < hi {
						alone++
					}
				}
				if alone != 1 || all < 1 || all > 2 && overlap < 0.9 {
					t.Fatalf("%d rows, overlap %g: %d tiles answer for row %g, %d with slack", rows, overlap, alone, u, all)
				}
			}
		}
	}
}

// TestEmptyTilesAreSkipped: gaps taller than a tile cost nothing, and leave the others' territories alone.
func TestEmptyTilesAreSkipped(t *testing.T) {
	opt := tinyTile()
	r := hide(scene{rows: 640, cols: opt.Columns}.render(), func(i, _ int) bool { return i >= 100 && i < 500 })
	grid, err := tile.NewGrid(logOf(t, r, 0, opt.RowM), opt)
	if err != nil {
		t.Fatal(err)
	}
	var starts []int
	for _, p := range newPicker(t, tinyPick(), 1).occupied(grid) {
		starts = append(starts, p.start)
	}
	// Tiles of 64 rows every 32: those that end by row 500 and begin from row 100 see nothing.
	if want := []int{0, 32, 64, 96, 448, 480, 512, 544, 576}; !reflect.DeepEqual(starts, want) {
		t.Errorf("tiles at %v, want %v", starts, want)
	}
}
