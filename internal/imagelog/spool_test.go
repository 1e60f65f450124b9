package imagelog

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

// rawRows is an image as a file may hold it: logged up, with gaps, infinities, rows without a depth and rows that step back.
func rawRows(rows, columns int) (depthM []float64, pixels []float32) {
	random := rand.New(rand.NewPCG(11, 12))
	depthM, pixels = make([]float64, rows), make([]float32, rows*columns)
	for i := range depthM {
		depthM[i] = 1000 - 0.0025*float64(i) + 0.001*random.Float64()
		if i%50 == 7 {
			depthM[i] += 0.02
		}
		if i%500 == 499 {
			depthM[i] = math.NaN()
		}
		if i > rows/2 {
			depthM[i] -= 3 // a hole
		}
	}
	for k := range pixels {
		pixels[k] = float32(100 + 30*random.NormFloat64())
		switch {
		case k/columns%97 < 5 || k%columns < 9:
			pixels[k] = float32(math.NaN())
		case k%1013 == 0:
			pixels[k] = -999.25
		case k%4001 == 0:
			pixels[k] = float32(math.Inf(1))
		}
	}
	return depthM, pixels
}

// build makes the same log with a storage, row by row.
func build(t *testing.T, storage Storage, rows, columns int) *Log {
	t.Helper()
	depthM, pixels := rawRows(rows, columns)
	b := NewBuilder(columns, storage)
	defer b.Close()
	for i := range rows {
		if err := b.Append(pixels[i*columns : (i+1)*columns]); err != nil {
			t.Fatal(err)
		}
	}
	l, err := b.Log(depthM, func(l *Log) {
		l.DeviDeg = make([]float64, rows)
		for i := range l.DeviDeg {
			l.DeviDeg[i] = float64(i) / 100
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	l.MaskValues([]float64{-999.25, math.NaN()})
	return l
}

// gather copies the image of a log section by section.
func gather(t *testing.T, l *Log) (pixels []float32, mask []bool, sections int) {
	t.Helper()
	err := l.Sections(func(s *Log, first int) error {
		if first*l.Columns() != len(pixels) || s.DepthM[0] != l.DepthM[first] {
			return fmt.Errorf("section from row %d behind %d pixels", first, len(pixels))
		}
		pixels, mask = append(pixels, s.Pixels()...), append(mask, s.Mask...)
		sections++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return pixels, mask, sections
}

func checkSame(t *testing.T, what string, got, want *Log) {
	t.Helper()
	pixels, mask, _ := gather(t, got)
	if !slices.Equal(pixels, want.Pixels()) || !slices.Equal(mask, want.Mask) {
		t.Errorf("%s: another image", what)
	}
	if !slices.Equal(got.DepthM, want.DepthM) || !slices.Equal(got.DeviDeg, want.DeviDeg) || !slices.Equal(got.Warnings, want.Warnings) {
		t.Errorf("%s: other depths, curves or warnings", what)
	}
}

// checkView reads windows of a view, upwards, and compares them with the whole resampled image.
func checkView(t *testing.T, what string, l, want *Log, rowM float64) {
	t.Helper()
	v, err := l.View(rowM, want.Columns(), Tone{})
	if err != nil {
		t.Fatal(err)
	}
	if v.Rows() != want.Rows() || v.Columns() != want.Columns() {
		t.Fatalf("%s of %d x %d, want %d x %d", what, v.Rows(), v.Columns(), want.Rows(), want.Columns())
	}
	for hi := v.Rows(); hi > 0; hi -= v.Rows()/3 + 1 {
		lo := max(0, hi-v.Rows()/5-7)
		n := v.Columns()
		pixels, mask := make([]float32, (hi-lo)*n), make([]bool, (hi-lo)*n)
		if err := v.Read(pixels, mask, lo, hi); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(pixels, want.Pixels()[lo*n:hi*n]) || !slices.Equal(mask, want.Mask[lo*n:hi*n]) {
			t.Errorf("%s: rows [%d, %d) are others", what, lo, hi)
		}
	}
}

// TestSpooledLogIsTheSame: what can be done with a log gives the same bits whether its image is in memory or in a file.
func TestSpooledLogIsTheSame(t *testing.T) {
	const rows, columns = 9000, 160
	whole := build(t, Storage{}, rows, columns)
	spooled := build(t, Storage{MemoryBytes: 1 << 20, Dir: t.TempDir()}, rows, columns)
	defer spooled.Close()
	if !whole.InMemory() || spooled.InMemory() || spooled.Pixels() != nil {
		t.Fatal("the logs are not where they should be")
	}
	if _, _, n := gather(t, spooled); n < 2 {
		t.Fatalf("%d sections: too few to test anything", n)
	}
	checkSame(t, "log", spooled, whole)
	if err := spooled.Validate(); err != nil {
		t.Error(err)
	}

	a, errA := whole.Slice(980, 990)
	b, errB := spooled.Slice(980, 990)
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	checkSame(t, "slice", b, a)
	whole.Reverse()
	spooled.Reverse()
	checkSame(t, "reversed", spooled, whole)
	whole.Reverse()
	spooled.Reverse()

	for _, grid := range []struct {
		rowM    float64
		columns int
	}{{0.005, 96}, {0.001, 160}, {0.05, 200}} {
		a, errA := whole.Resample(grid.rowM, grid.columns, Tone{})
		b, errB := spooled.Resample(grid.rowM, grid.columns, Tone{})
		c, errC := spooled.ResampleImage(grid.rowM, grid.columns, Tone{})
		if err := errors.Join(errA, errB, errC); err != nil {
			t.Fatal(err)
		}
		checkSame(t, "resampled", b, a)
		a.DeviDeg, a.Warnings = nil, nil // which ResampleImage leaves out
		checkSame(t, "image resampled", c, a)
		c.Close()
		for what, l := range map[string]*Log{"view": whole, "view of a file": spooled} {
			checkView(t, what, l, a, grid.rowM)
		}
	}

	seen, errA := whole.Seen()
	if got, err := spooled.Seen(); errors.Join(err, errA) != nil || got != seen || seen < 0.8 || seen > 0.95 {
		t.Errorf("%v seen, want %v; %v", got, seen, err)
	}
	thin, err := spooled.Thinned(rows * columns / 10)
	if err != nil || !thin.InMemory() || thin.Rows() > rows/9 || thin.Rows() < rows/20 || thin.Columns() != columns {
		t.Errorf("thinned %v, %v", thin, err)
	}

	n, err := spooled.Normaliser(1.5)
	if err != nil {
		t.Fatal(err)
	}
	var static, dynamic []float32
	err = spooled.Sections(func(s *Log, first int) error {
		static, dynamic = append(static, n.Static(s)...), append(dynamic, n.Dynamic(s, first)...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(static, whole.Static()) || !slices.Equal(dynamic, whole.Dynamic(1.5)) {
		t.Error("normalised otherwise")
	}
}

// TestSpoolLeavesNothing: no file stays in the folder, whether a log was made of it or not.
func TestSpoolLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	storage := Storage{MemoryBytes: 64, Dir: dir}
	l := build(t, storage, 500, 16)
	b := NewBuilder(4, storage)
	if err := errors.Join(b.Grow(1000), b.Append(make([]float32, 40)), b.Close()); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v left, %v", left, err)
	}
	if _, err := l.Section(0, 1, nil); !errors.Is(err, os.ErrClosed) {
		t.Errorf("section of a closed log: %v", err)
	}
}

func TestBuilderRefuses(t *testing.T) {
	b := NewBuilder(4, Storage{MemoryBytes: 8, Dir: t.TempDir()})
	defer b.Close()
	if err := b.Append(make([]float32, 10)); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Log([]float64{1, 2}, nil); err == nil {
		t.Error("no error for two and a half rows")
	}
	none := NewBuilder(4, Storage{MemoryBytes: 8, Dir: t.TempDir() + "/missing"})
	if err := none.Append(make([]float32, 4)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is missing: %v", err)
	}
	gaps := NewBuilder(2, Storage{MemoryBytes: 4, Dir: t.TempDir()})
	defer gaps.Close()
	if err := gaps.Append([]float32{float32(math.NaN()), float32(math.NaN())}); err != nil {
		t.Fatal(err)
	}
	if _, err := gaps.Log([]float64{1}, nil); !errors.Is(err, ErrNoData) {
		t.Errorf("an image of gaps: %v", err)
	}
}
