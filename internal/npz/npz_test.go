package npz

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/shareddata"
)

// npy returns an .npy file with the given data after the header.
func npy(header string, data any) []byte {
	var b bytes.Buffer
	b.WriteString(Magic)
	b.Write([]byte{1, 0, byte(len(header)), byte(len(header) >> 8)})
	b.WriteString(header)
	if err := binary.Write(&b, binary.LittleEndian, data); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func head(descr, shape string) string {
	return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }\n"
}

func TestReadArrayTypes(t *testing.T) {
	cases := []struct {
		name string
		file []byte
		want []float64
	}{
		{"f4", npy(head("<f4", "(2, 1)"), []float32{1.5, -2}), []float64{1.5, -2}},
		{"f8", npy(head("<f8", "(2,)"), []float64{1.5, -2}), []float64{1.5, -2}},
		{"big-endian f8", npy(head(">f8", "(1,)"), []byte{0x3f, 0xf8, 0, 0, 0, 0, 0, 0}), []float64{1.5}},
		{"f2", npy(head("<f2", "(4,)"), []uint16{0x3c00, 0xc000, 0x0001, 0x7bff}), []float64{1, -2, math.Ldexp(1, -24), 65504}},
		{"i2", npy(head("<i2", "(2,)"), []int16{-5, 300}), []float64{-5, 300}},
		{"i1", npy(head("|i1", "(2,)"), []int8{-5, 3}), []float64{-5, 3}},
		{"i8", npy(head("<i8", "(1,)"), []int64{-1 << 40}), []float64{-1 << 40}},
		{"u8", npy(head("<u8", "(1,)"), []uint64{1 << 40}), []float64{1 << 40}},
		{"u1", npy(head("|u1", "(2,)"), []uint8{0, 255}), []float64{0, 255}},
		{"bool", npy(head("|b1", "(2,)"), []uint8{1, 0}), []float64{1, 0}},
		{"scalar", npy(head("<f8", "()"), []float64{7}), []float64{7}},
		{"python 2 long, double quotes", npy(`{"descr": "<f8", "fortran_order": False, "shape": (1L,)}`, []float64{7}), []float64{7}},
		{"fortran", npy("{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3), }", []float64{1, 4, 2, 5, 3, 6}), []float64{1, 2, 3, 4, 5, 6}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a, err := readArray(bytes.NewReader(c.file), chunkElements)
			if err != nil {
				t.Fatal(err)
			}
			if got, ok := a.Float64(); !ok || !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestReadArrayStrings(t *testing.T) {
	for name, file := range map[string][]byte{
		"U": npy(head("<U6", "()"), []rune{'F', 'o', 'r', 'g', 'é', 0}),
		"S": npy(head("|S7", "()"), []byte("Forg\xc3\xa9\x00")),
	} {
		a, err := readArray(bytes.NewReader(file), chunkElements)
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Strings) != 1 || a.Strings[0] != "Forgé" {
			t.Errorf("%s: %q", name, a.Strings)
		}
	}
}

func TestReadArrayRefuses(t *testing.T) {
	for name, file := range map[string][]byte{
		"empty":        nil,
		"other magic":  []byte("PK\x03\x04 and more bytes"),
		"cut header":   npy(head("<f8", "(2,)"), []float64{1, 2})[:30],
		"cut data":     npy(head("<f8", "(2,)"), []float64{1}),
		"huge promise": npy(head("<f8", "(100000000, 10)"), []float64{1}),
		"overflow":     npy(head("<f8", "(4294967296, 4294967296)"), []float64{1}),
		"negative":     npy(head("<f8", "(-1,)"), []float64{1}),
		"objects":      npy(head("|O8", "(1,)"), []float64{1}),
		"structured":   npy("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }", []float64{1}),
		"complex":      npy(head("<c16", "(1,)"), []float64{1, 2}),
		"no header":    npy("", []float64{1}),
	} {
		if a, err := readArray(bytes.NewReader(file), chunkElements); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v, %v", name, a, err)
		}
	}
}

func roundTrip(t *testing.T, l *imagelog.Log) *imagelog.Log {
	t.Helper()
	var b bytes.Buffer
	if err := WriteLog(&b, l); err != nil {
		t.Fatal(err)
	}
	got, err := ReadLog(bytes.NewReader(b.Bytes()), int64(b.Len()), nil, imagelog.Storage{})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestLogRoundTrip(t *testing.T) {
	nan := float32(math.NaN())
	l, err := imagelog.New([]float64{10, 10.5, 11}, []float32{1, nan, 3, 4, 5, nan}, 2)
	if err != nil {
		t.Fatal(err)
	}
	l.Well, l.Reference, l.DeclinationDeg = "Søre 7/11", imagelog.RefMagnetic, -3.5
	l.DeviDeg, l.BSIn = []float64{1, 2, 3}, []float64{8.5, 8.5, 8.5}
	got := roundTrip(t, l)
	if got.Well != l.Well || got.Reference != l.Reference || got.DeclinationDeg != l.DeclinationDeg {
		t.Errorf("got %q, %q, %v", got.Well, got.Reference, got.DeclinationDeg)
	}
	if !slices.Equal(got.DepthM, l.DepthM) || !slices.Equal(got.Pixels(), l.Pixels()) || !slices.Equal(got.Mask, l.Mask) {
		t.Errorf("depth %v, pixels %v, mask %v", got.DepthM, got.Pixels(), got.Mask)
	}
	if !slices.Equal(got.DeviDeg, l.DeviDeg) || !slices.Equal(got.BSIn, l.BSIn) || got.HaziDeg != nil {
		t.Errorf("curves %v %v %v", got.DeviDeg, got.BSIn, got.HaziDeg)
	}
	l.Well = ""
	if got := roundTrip(t, l); got.Well != "" {
		t.Errorf("empty well name became %q", got.Well)
	}
}

func TestReadArrayLog(t *testing.T) {
	read := func(descr, shape string, depths *Depths, data any) (*imagelog.Log, error) {
		file := npy(head(descr, shape), data)
		return ReadArrayLog(bytes.NewReader(file), int64(len(file)), depths, imagelog.Storage{})
	}
	colours := []uint8{255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255, 0}
	if _, err := read("|u1", "(2, 2, 3)", nil, colours); !errors.Is(err, ErrNoDepth) {
		t.Errorf("without depths: %v", err)
	}
	l, err := read("|u1", "(2, 2, 3)", &Depths{100, 102}, colours)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float32{255, 0, 0.299 * 255, 0.587 * 255} {
		if math.Abs(float64(l.Pixels()[i]-want)) > 1e-3 {
			t.Errorf("luminance %v", l.Pixels())
		}
	}
	if l.DepthM[0] != 100.5 || l.DepthM[1] != 101.5 {
		t.Errorf("depth %v", l.DepthM)
	}
	for _, c := range []struct {
		name, header string
		data         any
	}{
		{"f4", head("<f4", "(2, 3)"), []float32{1, 0, 3, 4, 5, 6}},
		{"i2", head("<i2", "(2, 3)"), []int16{1, 0, 3, 4, 5, 6}},
		{"f8", head("<f8", "(2, 3, 1)"), []float64{1, 0, 3, 4, 5, 6}},
		{"big-endian f4", head(">f4", "(2, 3)"), []uint32{0x803f, 0, 0x4040, 0x8040, 0xa040, 0xc040}},
		{"fortran", "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", []float32{1, 4, 0, 5, 3, 6}},
	} {
		file := npy(c.header, c.data)
		l, err := ReadArrayLog(bytes.NewReader(file), int64(len(file)), &Depths{0, 1}, imagelog.Storage{})
		if err != nil || !slices.Equal(l.Pixels(), []float32{1, 0, 3, 4, 5, 6}) {
			t.Errorf("%s: %v, %v", c.name, l, err)
		}
	}
	if l, err := read("|b1", "(1, 3)", &Depths{0, 1}, []uint8{1, 0, 1}); err != nil || !slices.Equal(l.Pixels(), []float32{1, 0, 1}) {
		t.Errorf("booleans: %v, %v", l, err)
	}
	if _, err := read("|u1", "(4,)", &Depths{1, 2}, make([]uint8, 4)); !errors.Is(err, ErrFormat) {
		t.Errorf("1-D array: %v", err)
	}
	if _, err := read("<f4", "(100000, 192)", &Depths{1, 2}, make([]float32, 192*300)); !errors.Is(err, ErrFormat) {
		t.Errorf("an array cut short: %v", err)
	}
}

func TestTeleviewer(t *testing.T) {
	f, err := os.Open(shareddata.Path(t, "televiewer/obi_nm.npz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	l, err := ReadLog(f, info.Size(), nil, imagelog.Storage{})
	if err != nil {
		t.Fatal(err)
	}
	if l.Rows() != 1428 || l.Columns() != 360 || math.Abs(l.StepM()-0.0021) > 1e-5 {
		t.Errorf("%d x %d, step %v", l.Rows(), l.Columns(), l.StepM())
	}
	if base := l.DepthM[1427]; math.Abs(base-36) > 0.01 {
		t.Errorf("from %v to %v m", l.DepthM[0], base)
	}
}

func TestLogErrorsNameKeys(t *testing.T) {
	l, err := imagelog.New([]float64{10, 11}, []float32{1, 2, 3, 4}, 2)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := WriteLog(&b, l); err != nil {
		t.Fatal(err)
	}
	noImage := bytes.ReplaceAll(b.Bytes(), []byte("image.npy"), []byte("imago.npy"))
	_, err = ReadLog(bytes.NewReader(noImage), int64(len(noImage)), nil, imagelog.Storage{})
	if !errors.Is(err, ErrNoImage) || !strings.Contains(err.Error(), "imago") {
		t.Errorf("no image: %v", err)
	}
	noDepth := bytes.ReplaceAll(b.Bytes(), []byte("depth_m.npy"), []byte("depth_x.npy"))
	if _, err = ReadLog(bytes.NewReader(noDepth), int64(len(noDepth)), nil, imagelog.Storage{}); !errors.Is(err, ErrNoDepth) {
		t.Errorf("no depth: %v", err)
	}
	if l, err := ReadLog(bytes.NewReader(noDepth), int64(len(noDepth)), &Depths{5, 7}, imagelog.Storage{}); err != nil || l.DepthM[0] != 5.5 {
		t.Errorf("depths given: %v", err)
	}
	if _, err = ReadLog(bytes.NewReader(b.Bytes()[:100]), 100, nil, imagelog.Storage{}); !errors.Is(err, ErrFormat) {
		t.Errorf("cut archive: %v", err)
	}
}
