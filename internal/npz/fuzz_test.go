package npz

import (
	"archive/zip"
	"bytes"
	"errors"
	"testing"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/memtest"
)

// bufferBytes is what reading takes whatever the size of the file: a header may claim to be 1 MiB long.
const bufferBytes = 2 << 20

func FuzzReadArray(f *testing.F) {
	f.Add(npy(head("<f4", "(2, 1)"), []float32{1.5, -2}))
	f.Add(npy(head("<U2", "(1,)"), []rune{'a', 'b'}))
	f.Add(npy("{'descr': '<f8', 'fortran_order': True, 'shape': (1, 2), }", []float64{1, 4}))
	f.Add(npy(head("|u1", "(0, 3)"), []uint8{}))
	f.Fuzz(func(t *testing.T, data []byte) {
		var a *Array
		var err error
		// An element is a byte in the file at least, a string of one byte 17 and more in memory, twice while the list grows.
		memtest.Check(t, int64(48*len(data)+bufferBytes), func() { a, err = readArray(bytes.NewReader(data), chunkElements) })
		if err != nil {
			return
		}
		elements := 1
		for _, n := range a.Shape {
			elements *= n
		}
		if n := max(len(a.Floats), len(a.Float32s), len(a.Bytes), len(a.Strings)); n != elements {
			t.Errorf("shape %v, %d elements", a.Shape, n)
		}
		// A pixel is a byte in the file at least, 5 in memory, and twice as much while the image grows.
		memtest.Check(t, int64(16*len(data)+bufferBytes), func() {
			if _, err := ReadArrayLog(bytes.NewReader(data), int64(len(data)), &Depths{0, 1}, imagelog.Storage{}); err == nil && elements == 0 {
				t.Error("empty array became a log")
			}
		})
	})
}

func FuzzReadLog(f *testing.F) {
	member := func(w *zip.Writer, name string, method uint16, npy []byte) {
		m, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err == nil {
			_, err = m.Write(npy)
		}
		if err != nil {
			f.Fatal(err)
		}
	}
	for _, method := range []uint16{zip.Store, zip.Deflate} {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		member(w, "image.npy", method, npy(head("<f4", "(3, 8)"), make([]float32, 24)))
		member(w, "depth_m.npy", method, npy(head("<f8", "(3,)"), []float64{1, 2, 3}))
		member(w, "devi_deg.npy", method, npy(head("<f8", "(3,)"), []float64{1, 1, 1}))
		member(w, "well.npy", method, npy(head("<U2", "()"), []rune{'a', 'b'}))
		if err := w.Close(); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var l *imagelog.Log
		var err error
		memtest.Check(t, 16*unpacked(data)+bufferBytes, func() { l, err = ReadLog(bytes.NewReader(data), int64(len(data)), &Depths{0, 1}, imagelog.Storage{}) })
		if err != nil {
			if !errors.Is(err, ErrFormat) && !errors.Is(err, ErrNoDepth) && !errors.Is(err, ErrNoImage) && !errors.Is(err, imagelog.ErrNoData) {
				t.Errorf("error of no kind: %v", err)
			}
			return
		}
		if err := l.Validate(); err != nil {
			t.Error(err)
		}
	})
}

// unpacked returns how many bytes the members of an archive can become: no more than deflate can pack into it.
func unpacked(data []byte) int64 {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return 0
	}
	const mostPacked = 1032
	total := uint64(len(data))
	for _, m := range archive.File {
		total += min(m.UncompressedSize64, mostPacked*uint64(len(data)))
	}
	return int64(total)
}
