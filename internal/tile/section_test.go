package tile

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/geobfdt/geobfdt/internal/imagelog"
)

// longLog is a log with gaps and a hole whose image is in a temporary file, and the same in memory.
func longLog(t *testing.T) (long, short *imagelog.Log) {
	t.Helper()
	const rows, columns = 900, 60
	short = testLog(t, "long", 800, 0.004, rows, columns, func(i, j int) float64 {
		if j < 7 || i%83 < 4 || i > 400 && i < 600 {
			return math.NaN()
		}
		return ramp(i, j) * (1 + math.Sin(float64(i)/40))
	})
	return spooled(t, short), short
}

// spooled is the log with its image in a temporary file, without its curves.
func spooled(t *testing.T, log *imagelog.Log) *imagelog.Log {
	t.Helper()
	b := imagelog.NewBuilder(log.Columns(), imagelog.Storage{MemoryBytes: 1, Dir: t.TempDir()})
	defer b.Close()
	pixels := slices.Clone(log.Pixels())
	for k, ok := range log.Mask {
		if !ok {
			pixels[k] = float32(math.NaN())
		}
	}
	if err := b.Append(pixels); err != nil {
		t.Fatal(err)
	}
	out, err := b.Log(slices.Clone(log.DepthM), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { out.Close() })
	return out
}

// TestSectionsOfLongGrids: a tile of a section is that of the whole grid, whichever image it has and wherever the grid is.
func TestSectionsOfLongGrids(t *testing.T) {
	long, short := longLog(t)
	for _, image := range []string{ImageTile, ImageStatic, ImageDynamic, ImageBoth} {
		opt := testOptions()
		opt.Image, opt.DynamicM = image, 0.4
		whole, err := NewGrid(short, opt)
		if err != nil {
			t.Fatal(err)
		}
		spooled, err := NewLongGrid(long, opt)
		if err != nil {
			t.Fatal(err)
		}
		defer spooled.Close()
		if spooled.Log().InMemory() || spooled.Rows() != whole.Rows() || spooled.TopM() != whole.TopM() {
			t.Fatalf("the long grid has %d rows from %g m, in memory %v", spooled.Rows(), spooled.TopM(), spooled.Log().InMemory())
		}
		mean, std := whole.Moments()
		if m, s := spooled.Moments(); m != mean || s != std || std == 0 {
			t.Errorf("%s: mean %v and deviation %v, want %v and %v", image, m, s, mean, std)
		}
		shift := opt.Shift(12, -7)
		want, got := make([]float32, opt.Size()), make([]float32, opt.Size())
		for _, g := range []*Grid{whole, spooled} {
			part, err := g.Section(Span{20, 180}, Span{500, 700})
			if err != nil {
				t.Fatal(err)
			}
			if part.Rows() != 360 {
				t.Fatalf("%d rows", part.Rows())
			}
			for _, tc := range []struct{ start, local int }{{40, 20}, {100, 80}, {520, 180}, {610, 270}} {
				whole.Fill(want, tc.start)
				part.Fill(got, tc.local)
				if !slices.Equal(got, want) {
					t.Errorf("%s: the tile at %d differs", image, tc.start)
				}
				a, b := whole.FillSheared(want, tc.start, shift), part.FillSheared(got, tc.local, shift)
				if !slices.Equal(got, want) || a != b {
					t.Errorf("%s: the dewarped tile at %d differs", image, tc.start)
				}
			}
			for _, rows := range [][2]int{{0, 10}, {330, 470}, {340, 350}, {-5, 2000}} {
				if g.Seen(rows[0], rows[1]) != slices.Contains(whole.Mask()[max(0, rows[0])*48:min(g.Rows(), rows[1])*48], true) {
					t.Errorf("rows %v seen: %v", rows, g.Seen(rows[0], rows[1]))
				}
			}
		}
	}
}

func TestLongGridOfNothing(t *testing.T) {
	long, _ := longLog(t)
	long.MaskValues([]float64{0})
	opt := testOptions()
	opt.Rows = 1
	if _, err := NewLongGrid(long, opt); err == nil {
		t.Error("tiles of one row: no error")
	}
	gaps, err := long.Slice(801.61, 802.3)
	if !errors.Is(err, imagelog.ErrNoData) {
		t.Errorf("an interval of gaps: %v, %v", gaps, err)
	}
}
