package infer

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// spooled is the log with its image in a temporary file.
func spooled(t *testing.T, log *imagelog.Log) *imagelog.Log {
	t.Helper()
	b := imagelog.NewBuilder(log.Columns(), imagelog.Storage{MemoryBytes: 1, Dir: t.TempDir()})
	defer b.Close()
	pixels := slices.Clone(log.Pixels())
	for i, ok := range log.Mask {
		if !ok {
			pixels[i] = float32(math.NaN())
		}
	}
	if err := b.Append(pixels); err != nil {
		t.Fatal(err)
	}
	out, err := b.Log(slices.Clone(log.DepthM), func(l *imagelog.Log) {
		l.C1In, l.DeviDeg, l.HaziDeg, l.P1NODeg = log.C1In, log.DeviDeg, log.HaziDeg, log.P1NODeg
	})
	if err != nil {
		t.Fatal(err)
	}
	out.Reference, out.DeclinationDeg = log.Reference, log.DeclinationDeg
	if out.InMemory() {
		t.Fatal("the log is in memory")
	}
	t.Cleanup(func() { out.Close() })
	return out
}

// TestPickInParts: a well is picked alike, to the last bit, in memory and from a temporary file, in large parts and in small ones; with
// and without dewarping, refinement and a verifier, whatever the image that the network sees, and across a hole in the log.
func TestPickInParts(t *testing.T) {
	const rows = 700
	log := logOf(t, hide(wellRaster(rows, 48), func(i, _ int) bool { return i > 250 && i < 400 }), 1000, testRowM)
	log.C1In, log.DeviDeg, log.HaziDeg = constant(rows, 9), constant(rows, 10), constant(rows, 20)
	log.Reference, log.P1NODeg = imagelog.RefNorth, constant(rows, 30)
	long := spooled(t, log)
	for name, change := range map[string]func(*Options, *model.Bundle){
		"plain":      func(*Options, *model.Bundle) {},
		"no dewarp":  func(o *Options, _ *model.Bundle) { o.Dewarp, o.Overlap = false, 0 },
		"no refine":  func(o *Options, _ *model.Bundle) { o.Refine = false },
		"no align":   func(o *Options, _ *model.Bundle) { o.Align = false },
		"other rows": func(o *Options, _ *model.Bundle) { o.RowM = 1.3 * testRowM },
		"static":     func(_ *Options, b *model.Bundle) { b.Tile.Image, b.Tile.MaskChannel = tile.ImageStatic, true },
		"dynamic":    func(_ *Options, b *model.Bundle) { b.Tile.Image, b.Tile.DynamicM = tile.ImageDynamic, 0.3 },
		"verified":   withVerifier,
		"many tiles": func(o *Options, _ *model.Bundle) { o.Batch, o.Overlap, o.Threshold = 13, 0.9, 0.4 },
	} {
		t.Run(name, func(t *testing.T) {
			opt, bundle := tinyPick(), tinyBundle(t)
			change(&opt, bundle)
			picker := pickerOf(t, bundle, opt, 2)
			res, err := picker.Pick(context.Background(), log, nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(res.Picks) < 10 {
				t.Fatalf("only %d picks to compare", len(res.Picks))
			}
			for _, tc := range []struct {
				where string
				log   *imagelog.Log
				rows  int
			}{{"file", long, defaultPartRows}, {"file", long, 100}, {"memory", log, 1}} {
				picker.partRows = tc.rows
				got, err := picker.Pick(context.Background(), tc.log, nil)
				if err != nil {
					t.Fatal(err)
				}
				if !slices.EqualFunc(got.Picks, res.Picks, samePick) || got.Tiles != res.Tiles || !reflect.DeepEqual(got.Warnings, res.Warnings) {
					t.Errorf("from %s, in parts of %d rows: %d picks of %d tiles, want the same %d of %d",
						tc.where, tc.rows, len(got.Picks), got.Tiles, len(res.Picks), res.Tiles)
				}
			}
		})
	}
}

// samePick compares all that a pick says; values that are not known are equal.
func samePick(a, b picks.Pick) bool { return fmt.Sprintf("%#v", a) == fmt.Sprintf("%#v", b) }

// withVerifier gives the bundle a verifier that has learnt nothing: it moves curves about.
func withVerifier(o *Options, b *model.Bundle) {
	o.Threshold = 0.4
	v, err := model.NewVerifier(b.Tile.Columns, 3)
	if err != nil {
		panic(err)
	}
	b.Verifier = v
}

// TestCover: every tile finds its own rows and those around it, and a hole costs nothing.
func TestCover(t *testing.T) {
	const height, reach = 64, 30
	rng := rand.New(rand.NewPCG(7, 8))
	for range 200 {
		var tiles []place
		for at := rng.IntN(50); len(tiles) < 1+rng.IntN(20); at += 1 + rng.IntN(height) {
			if rng.IntN(5) == 0 {
				at += rng.IntN(20000)
			}
			tiles = append(tiles, place{start: at})
		}
		rows := tiles[len(tiles)-1].start + height + rng.IntN(2*reach)
		spans, starts := cover(tiles, height, reach, rows)
		var held []int // rows of the grid in the part
		for i, s := range spans {
			if s.Lo < 0 || s.Hi > rows || s.Lo >= s.Hi || i > 0 && (s.Lo-spans[i-1].Hi)%emptyBlock != 0 {
				t.Fatalf("spans %v of %d rows", spans, rows)
			}
			for r := s.Lo; r < s.Hi; r++ {
				held = append(held, r)
			}
		}
		if most := len(tiles) * (height + 2*reach + 2*emptyBlock); len(held) > most {
			t.Fatalf("%d tiles take %d rows", len(tiles), len(held))
		}
		for i, tile := range tiles {
			for r := max(0, tile.start-reach); r < min(rows, tile.start+height+reach); r++ {
				if k := starts[i] + r - tile.start; k < 0 || k >= len(held) || held[k] != r {
					t.Fatalf("tile at %d: its row %d is not at %d of the part", tile.start, r, k)
				}
			}
		}
	}
}

// TestHoleInTheLog: two intervals far apart are picked as in one part, and the hole between them costs no memory.
func TestHoleInTheLog(t *testing.T) {
	const rows, hole = 400, 5000
	r := wellRaster(rows, 48)
	log := logOf(t, r, 1000, testRowM)
	for i := rows / 2; i < rows; i++ {
		log.DepthM[i] += hole * testRowM
	}
	picker := pickerOf(t, tinyBundle(t), tinyPick(), 2)
	want, err := picker.Pick(context.Background(), log, nil)
	if err != nil {
		t.Fatal(err)
	}
	grid := want.Grid
	part, tiles, _, err := picker.part(grid, newScanner(grid.Options(), picker.pool), picker.occupied(grid), 0, len(picker.occupied(grid)))
	if err != nil {
		t.Fatal(err)
	}
	if grid.Rows() < rows+hole || part.Rows() > rows+4*scanReach+2*emptyBlock || len(tiles) < 10 {
		t.Errorf("%d tiles of a grid of %d rows take %d", len(tiles), grid.Rows(), part.Rows())
	}
	got, err := picker.Pick(context.Background(), spooled(t, log), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(want.Picks) < 10 || !slices.EqualFunc(got.Picks, want.Picks, samePick) {
		t.Errorf("%d picks, want the same %d", len(got.Picks), len(want.Picks))
	}
}
