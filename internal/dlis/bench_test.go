package dlis

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/geobfdt/geobfdt/internal/memtest"
)

// The image of a long well: 500 MB, 320 columns every 2.5 mm over 975 m, with depth.
const (
	longImageRows    = 390_000
	longImageColumns = 320
	// longImageMemory is what it may take to stream it.
	longImageMemory = 300 << 20
)

func writeLongImage(t testing.TB, path string, rows int) (size int64) {
	t.Helper()
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	frame := &Frame{Name: ObName{1, 0, "IMAGE"}, IndexType: "BOREHOLE-DEPTH", Direction: "INCREASING", Channels: []*Channel{
		{Name: ObName{1, 0, "TDEP"}, Units: "m", Code: FDOUBL, Dimension: []int{1}},
		{Name: ObName{1, 0, "FMI_DYN"}, Code: FSINGL, Dimension: []int{longImageColumns}},
	}}
	w := NewWriter(out, "long", false)
	w.FileHeader("long image", 1)
	w.Frames(frame)
	pixels := make([]float64, longImageColumns)
	for i := range rows {
		pixels[i%longImageColumns] = float64(i % 255)
		w.Row(frame, i+1, []float64{1000 + float64(i)/400}, pixels)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	info, err := out.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// stream reads depth and image of a file row by row, from opening it on.
func stream(t testing.TB, path string, size int64) (rows int, sum float64) {
	t.Helper()
	in, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	f, err := Open(in, size, Options{})
	if err != nil {
		t.Fatal(err)
	}
	frames, err := f.LogicalFiles[0].Frames()
	if err != nil {
		t.Fatal(err)
	}
	r, err := frames[0].Rows(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	var pixels []float32
	for r.Next() {
		pixels = r.Float32s(pixels[:0], 1)
		sum += float64(pixels[rows%longImageColumns]) + r.Float64(0)
		rows++
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	return rows, sum
}

// What is in memory while an image streams does not grow with its length.
func TestStreamingMemory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "long.dlis")
	const rows = 10_000
	size := writeLongImage(t, path, rows)
	var got int
	var sum float64
	if peak := memtest.Peak(func() { got, sum = stream(t, path, size) }); peak > 2<<20 {
		t.Errorf("%d bytes of memory to stream %d", peak, size)
	}
	want := 0.0
	for i := range rows {
		want += float64(i%255) + 1000 + float64(i)/400
	}
	if got != rows || sum != want {
		t.Errorf("%d rows, sum %v; want %d, %v", got, sum, rows, want)
	}
}

// BenchmarkLongImage opens and streams a file of 500 MB, from the cache of the system once it has been written.
func BenchmarkLongImage(b *testing.B) {
	path := filepath.Join(b.TempDir(), "long.dlis")
	size := writeLongImage(b, path, longImageRows)
	stream(b, path, size) // the cache is warm
	b.SetBytes(size)
	for b.Loop() {
		if rows, _ := stream(b, path, size); rows != longImageRows {
			b.Fatalf("%d rows", rows)
		}
	}
	b.StopTimer()
	peak := memtest.Peak(func() { stream(b, path, size) })
	if peak > longImageMemory {
		b.Errorf("%d bytes of memory", peak)
	}
	b.ReportMetric(float64(peak)/(1<<20), "peak-MiB")
}
