package wellfile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/npz"
)

// longLog is an image with gaps and all curves.
func longLog(t testing.TB, rows, columns int) *imagelog.Log {
	t.Helper()
	depthM, pixels := make([]float64, rows), make([]float32, rows*columns)
	for i := range depthM {
		depthM[i] = 1200 + 0.0025*float64(i)
	}
	for k := range pixels {
		if pixels[k] = float32(k % 1009); k%columns < 20 || k/columns%50 == 7 {
			pixels[k] = float32(math.NaN())
		}
	}
	l, err := imagelog.New(depthM, pixels, columns)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []*[]float64{&l.DeviDeg, &l.HaziDeg, &l.C1In} {
		for i := range rows {
			*c = append(*c, 8+float64(i)/float64(rows))
		}
	}
	l.Reference = imagelog.RefNorth
	return l
}

// npyFile is the image as a single array of 16-bit integers with -999 in the gaps.
func npyFile(l *imagelog.Log) []byte {
	header := fmt.Sprintf("{'descr': '<i2', 'fortran_order': False, 'shape': (%d, %d), }\n", l.Rows(), l.Columns())
	b := append([]byte(npz.Magic), 1, 0, byte(len(header)), byte(len(header)>>8))
	b = append(b, header...)
	for k, v := range l.Pixels() {
		if !l.Mask[k] {
			v = -999
		}
		b = binary.LittleEndian.AppendUint16(b, uint16(int16(v)))
	}
	return b
}

// tableFile is the image as a table.
func tableFile(l *imagelog.Log) []byte {
	var b bytes.Buffer
	b.WriteString("depth_m,devi_deg")
	for j := range l.Columns() {
		fmt.Fprintf(&b, ",%d", j)
	}
	for i, d := range l.DepthM {
		fmt.Fprintf(&b, "\n%.4f,%.3f", d, l.DeviDeg[i])
		for k := i * l.Columns(); k < (i+1)*l.Columns(); k++ {
			b.WriteByte(',')
			if l.Mask[k] {
				fmt.Fprint(&b, l.Pixels()[k])
			}
		}
	}
	return b.Bytes()
}

// allFormats are files of every format, most of the same log, with what they need to be read.
func allFormats(t testing.TB, l *imagelog.Log) map[string]struct {
	data []byte
	opt  Options
} {
	t.Helper()
	top, base := 1200.0, 1300.0
	depths := Options{TopM: &top, BaseM: &base, NullValues: []float64{-999, 77}}
	type file = struct {
		data []byte
		opt  Options
	}
	buffer := func(write func(b *bytes.Buffer) error) []byte {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	picture := image.NewGray(image.Rect(0, 0, l.Columns(), l.Rows()))
	for k := range l.Pixels() {
		picture.Set(k%l.Columns(), k/l.Columns(), color.Gray{uint8(k % 251)})
	}
	return map[string]file{
		"a.npz":     {buffer(func(b *bytes.Buffer) error { return npz.WriteLog(b, l) }), Options{}},
		"a.npy":     {npyFile(l), depths},
		"a.csv":     {tableFile(l), Options{}},
		"a.las":     {buffer(func(b *bytes.Buffer) error { return WriteLAS(b, l, WriteOptions{}) }), Options{}},
		"down.dlis": {writeLog(t, l, "ft", 0.3048, false), Options{}},
		"up.dlis":   {writeLog(t, l, "m", 1, true), Options{NullValues: []float64{5, 6}}},
		"a.lis":     {lisFile(l.Rows(), 1, lisChannel{"IMG", "", 1, l.Columns()}, lisChannel{"DEVI", "DEG", 1, 1}), Options{NullValues: []float64{300}}},
		"a.png":     {buffer(func(b *bytes.Buffer) error { return png.Encode(b, picture) }), depths},
	}
}

// TestStorage: a log is the same whether its image is in memory or in a temporary file, whatever it was read from, and no file stays.
func TestStorage(t *testing.T) {
	dir := t.TempDir()
	for name, file := range allFormats(t, longLog(t, 1200, 60)) {
		t.Run(name, func(t *testing.T) {
			want, err := Read(name, bytes.NewReader(file.data), file.opt)
			if err != nil {
				t.Fatal(err)
			}
			file.opt.Storage = imagelog.Storage{MemoryBytes: 1000, Dir: dir}
			got, err := Read(name, bytes.NewReader(file.data), file.opt)
			if err != nil {
				t.Fatal(err)
			}
			if !want.InMemory() || got.InMemory() {
				t.Error("the image is not where it should be")
			}
			all, err := got.Section(0, got.Rows(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(all.Pixels(), want.Pixels()) || !slices.Equal(all.Mask, want.Mask) {
				t.Error("the images differ")
			}
			if !slices.Contains(want.Mask, true) || name != "a.png" && !slices.Contains(want.Mask, false) {
				t.Error("nothing to compare")
			}
			for i, field := range [][2]any{{got.DepthM, want.DepthM}, {got.DeviDeg, want.DeviDeg}, {got.HaziDeg, want.HaziDeg}, {got.C1In, want.C1In}} {
				if !reflect.DeepEqual(field[0], field[1]) {
					t.Errorf("curve %d differs", i)
				}
			}
			if got.Well != want.Well || got.Reference != want.Reference || !slices.Equal(got.Warnings, want.Warnings) {
				t.Errorf("%s, %s, %q; want %s, %s, %q", got.Well, got.Reference, got.Warnings, want.Well, want.Reference, want.Warnings)
			}
			if err := got.Close(); err != nil {
				t.Error(err)
			}
			if left, _ := os.ReadDir(dir); len(left) > 0 {
				t.Errorf("%v left", left)
			}
		})
	}
}

// TestStorageFails: a folder that is missing is an error of the file that says what to do.
func TestStorageFails(t *testing.T) {
	for name, file := range allFormats(t, longLog(t, 100, 60)) {
		file.opt.Storage = imagelog.Storage{MemoryBytes: 1000, Dir: t.TempDir() + "/missing"}
		_, err := Read(name, bytes.NewReader(file.data), file.opt)
		if err == nil || !strings.Contains(err.Error(), "temporary file") || strings.Contains(err.Error(), "export it again") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLongFilesTakeLittleMemory: what is allocated in all while a file is read, and so what it takes at any time, does not
// grow with its image, but for the picture, which is decoded as a whole.
func TestLongFilesTakeLittleMemory(t *testing.T) {
	const rows, columns = 7000, 480
	const most = 8<<20 + 100*rows // buffers, and some curves; the image has 13 MB
	for name, file := range allFormats(t, longLog(t, rows, columns)) {
		if name == "a.png" {
			continue
		}
		path := write(t, name, file.data)
		file.opt.Storage = imagelog.Storage{MemoryBytes: 1 << 20, Dir: t.TempDir()}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		l, err := Open(path, file.opt)
		runtime.ReadMemStats(&after)
		if err != nil {
			t.Fatal(err)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > most {
			t.Errorf("%s: %d kB allocated, at most %d kB should be", name, took>>10, most>>10)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}
