package dlis

import (
	"bytes"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/damage"
	"github.com/geobfdt/geobfdt/internal/las"
	"github.com/geobfdt/geobfdt/internal/memtest"
	"github.com/geobfdt/geobfdt/internal/shareddata"
)

func open(t testing.TB, data []byte, opt Options) *File {
	t.Helper()
	f, err := Open(bytes.NewReader(data), int64(len(data)), opt)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// twoFrames writes a logical file with an image frame of rows rows of 40 columns, and one of half as many rows of orientation,
// their records mixed. Pixel j of row i is i + j/64.
func twoFrames(t testing.TB, rows int, tif bool) []byte {
	t.Helper()
	depth := &Channel{Name: ObName{1, 0, "TDEP"}, Units: "0.1 in", Code: FSINGL, Dimension: []int{1}}
	image := &Channel{Name: ObName{1, 0, "FMI"}, LongName: "image", Code: FSINGL, Dimension: []int{40}}
	time := &Channel{Name: ObName{1, 0, "ETIM"}, Units: "s", Code: ULONG, Dimension: []int{1}}
	devi := &Channel{Name: ObName{1, 0, "DEVI"}, Units: "deg", Code: FDOUBL, Dimension: []int{1}}
	a := &Frame{Name: ObName{1, 0, "60B"}, Description: "image", IndexType: "BOREHOLE-DEPTH", Direction: "DECREASING", Spacing: -1,
		SpacingUnit: "0.1 in", Channels: []*Channel{depth, image, time}}
	b := &Frame{Name: ObName{1, 0, "30B"}, IndexType: "BOREHOLE-DEPTH", Channels: []*Channel{
		{Name: ObName{1, 1, "TDEP"}, Units: "0.1 in", Code: SLONG, Dimension: []int{1}}, devi}}
	var out bytes.Buffer
	w := NewWriter(&out, "test", tif)
	w.FileHeader("two frames", 1)
	w.Set("ORIGIN", []string{"FILE-ID", "WELL-NAME", "CREATION-TIME"}, ObjectSpec{ObName{1, 0, "O"}, []Attr{
		TextAttr("two frames"), TextAttr("A-1"), {Code: DTIME, Values: []any{DateTime{2026, Greenwich, 11, 23, 1, 2, 3, 4}}}}})
	w.Frames(a, b)
	w.Set("440-PRIVATE", []string{"X", "Y"}, ObjectSpec{ObName{1, 0, "P"}, []Attr{{}, NumberAttr(8.75, "in")}})
	pixels := make([]float64, 40)
	for i := range rows {
		for j := range pixels {
			pixels[j] = float64(i) + float64(j)/64
		}
		w.Row(a, i+1, []float64{float64(90000 - i)}, pixels, []float64{float64(i)})
		if i%2 == 0 {
			w.Row(b, i/2+1, []float64{float64(90000 - i)}, []float64{30 + float64(i)/1000})
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestWriterRoundTrip(t *testing.T) {
	for _, tif := range []bool{false, true} {
		f := open(t, twoFrames(t, 301, tif), Options{})
		if len(f.LogicalFiles) != 1 || len(f.Issues()) != 0 || f.TIF != tif || f.Label.Set != "test" {
			t.Fatalf("%d logical files, issues %v", len(f.LogicalFiles), f.Issues())
		}
		l := f.LogicalFiles[0]
		if o, err := l.Origin(); err != nil || o.Well != "A-1" || o.Created != (DateTime{2026, Greenwich, 11, 23, 1, 2, 3, 4}) {
			t.Errorf("origin %+v, %v", o, err)
		}
		private, err := l.Objects("440-PRIVATE")
		if err != nil || len(private) != 1 {
			t.Fatal(err)
		}
		if a, ok := private[0].Attribute("Y"); !ok || a.Units != "in" {
			t.Errorf("attribute %+v", a)
		}
		if _, ok := private[0].Attribute("X"); ok {
			t.Error("an absent attribute is there")
		}
		frames, err := l.Frames()
		if err != nil || len(frames) != 2 {
			t.Fatal(err)
		}
		a := frames[0]
		if a.Direction != "DECREASING" || a.Spacing != -1 || a.SpacingUnit != "0.1 in" || a.Index().Units != "0.1 in" || a.MaxRows() < 301 || a.MaxRows() > 310 {
			t.Errorf("frame %+v", a)
		}
		rows, err := a.Rows(1, 0)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for ; rows.Next(); n++ {
			pixels := rows.Float32s(nil, 0)
			if rows.Number() != n+1 || rows.Float64(1) != float64(90000-n) || len(pixels) != 40 || pixels[32] != float32(n)+0.5 {
				t.Fatalf("row %d: number %d, depth %v, pixels %v", n, rows.Number(), rows.Float64(1), pixels)
			}
		}
		if rows.Err() != nil || n != 301 {
			t.Errorf("%d rows, %v", n, rows.Err())
		}
		if err := readAll(f); err != nil {
			t.Error(err)
		}
	}
}

func TestWriterRefuses(t *testing.T) {
	frame := &Frame{Name: ObName{1, 0, "F"}, Channels: []*Channel{{Name: ObName{1, 0, "C"}, Code: ASCII, Dimension: []int{1}}}}
	for _, write := range []func(*Writer){
		func(w *Writer) { w.Row(frame, 1) },
		func(w *Writer) { w.Row(frame, 1, []float64{1, 2}) },
		func(w *Writer) { w.Row(frame, 1, []float64{1}) },
		func(w *Writer) { w.Set("X", []string{strings.Repeat("x", 256)}) },
		func(w *Writer) {
			w.Set("X", []string{"Y"}, ObjectSpec{Attrs: []Attr{{Code: OBNAME, Values: []any{"text"}}}})
		},
	} {
		w := NewWriter(io.Discard, "", false)
		write(w)
		if w.Close() == nil {
			t.Error("no error")
		}
	}
}

// A visible record in the middle is overwritten: all rows but those that touch it are read.
func TestReadAroundDamage(t *testing.T) {
	good := twoFrames(t, 2000, false)
	var starts []int
	for at := 80; at < len(good); at += int(good[at])<<8 | int(good[at+1]) {
		starts = append(starts, at)
	}
	middle := starts[len(starts)/2]
	for name, harm := range map[string]func(b []byte) []byte{
		"zeros":     func(b []byte) []byte { clear(b[middle : middle+8192]); return b },
		"half":      func(b []byte) []byte { clear(b[middle+4000 : middle+8192]); return b },
		"header":    func(b []byte) []byte { clear(b[middle : middle+4]); return b },
		"noise":     func(b []byte) []byte { copy(b[middle:], bytes.Repeat([]byte("noise "), 1000)); return b },
		"inserted":  func(b []byte) []byte { return slices.Insert(b, middle, make([]byte, 5000)...) },
		"taken out": func(b []byte) []byte { return slices.Delete(b, middle+100, middle+600) },
		"length":    func(b []byte) []byte { b[middle+1] ^= 0x40; return b },
	} {
		data := harm(bytes.Clone(good))
		if f, err := Open(bytes.NewReader(data), int64(len(data)), Options{}); err == nil && readAll(f) == nil {
			t.Errorf("%s: not noticed", name)
		} else if err != nil && !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
		f := open(t, data, Options{Actions: damage.Lenient()})
		numbers, _, err := table(f, "60B")
		// Rows of 172 bytes and, for every other one, 24 more: some 45 in a visible record.
		if err != nil || len(numbers) < 2000-110 || len(numbers) > 2000 || numbers[len(numbers)-1] != 2000 || !slices.IsSorted(numbers) {
			t.Errorf("%s: %d rows, %v, issues %v", name, len(numbers), err, f.Issues())
		}
	}
}

func TestTruncatedUpToTheDamage(t *testing.T) {
	good := twoFrames(t, 500, false)
	cut := good[:len(good)/2]
	if _, err := Open(bytes.NewReader(cut), int64(len(cut)), Options{}); !errors.Is(err, ErrDamaged) {
		t.Errorf("error %v", err)
	}
	f := open(t, cut, Options{Actions: damage.Lenient()})
	numbers, _, err := table(f, "60B")
	if err != nil || len(numbers) < 230 || len(numbers) > 250 {
		t.Errorf("%d rows, %v", len(numbers), err)
	}
}

func TestOptions(t *testing.T) {
	data := twoFrames(t, 1, false)
	if _, err := Open(bytes.NewReader(data), int64(len(data)), Options{Encodings: []string{"klingon"}}); err == nil {
		t.Error("unknown encoding: no error")
	}
	if _, err := Open(bytes.NewReader(data), int64(len(data)), Options{Actions: map[damage.Severity]damage.Action{7: damage.Keep}}); err == nil {
		t.Error("unknown severity: no error")
	}
	garbage := append([]byte("garbage"), data...)
	if _, err := Open(bytes.NewReader(garbage), int64(len(garbage)), Options{Actions: map[damage.Severity]damage.Action{damage.Minor: damage.Fail}}); !errors.Is(err, ErrDamaged) {
		t.Errorf("minor as an error: %v", err)
	}
	if f := open(t, garbage, Options{Actions: map[damage.Severity]damage.Action{damage.Minor: damage.Ignore}}); len(f.Issues()) != 0 {
		t.Errorf("issues %v", f.Issues())
	}
}

// TestRealFiles compares with the conversions of the same files to LAS by another program.
func TestRealFiles(t *testing.T) {
	for _, c := range []struct {
		file, las, frame string
		scale            float64 // of the first channel
	}{
		{"dlis/dlisio/206_05a-_3_DWL_DWL_WIRE_258276498.DLIS", "dlis/totaldepth/206_05a-_3_DWL_DWL_WIRE_258276498_0_2000T.las", "2000T", 1},
		{"dlis/totaldepth/BASIC_FILE.dlis", "dlis/totaldepth/BASIC_FILE_0_50.las", "50", 1},
	} {
		f := open(t, shareddata.Bytes(t, c.file), Options{})
		want, err := las.Read(bytes.NewReader(shareddata.Bytes(t, c.las)), las.Options{NullValues: []float64{math.Inf(1)}})
		if err != nil {
			t.Fatal(err)
		}
		if o, err := f.LogicalFiles[0].Origin(); err != nil || o.Company == "" {
			t.Errorf("origin %+v, %v", o, err)
		} else if company, _ := want.Item(las.Well, "COMP"); company.Value != o.Company {
			t.Errorf("company %q, want %q", o.Company, company.Value)
		}
		frames, err := f.LogicalFiles[0].Frames()
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(frames, func(f *Frame) bool { return f.Name.ID == c.frame })
		rows, err := frames[i].Rows()
		if err != nil {
			t.Fatal(err)
		}
		if len(want.Curves) != len(frames[i].Channels) {
			t.Fatalf("%s: %d channels, want %d", c.file, len(frames[i].Channels), len(want.Curves))
		}
		n, compared := 0, 0
		for ; rows.Next(); n++ {
			for k := range want.Curves {
				if frames[i].Channels[k].Elements() > 1 { // the conversion holds means of arrays
					continue
				}
				got, expected := rows.Float64(k), want.Curves[k].Values[n]
				if math.Abs(got-expected) > 0.00051 {
					t.Fatalf("%s: row %d, %s is %v, want %v", c.file, n, frames[i].Channels[k].Name, got, expected)
				}
				compared++
			}
		}
		if rows.Err() != nil || n != want.Rows() {
			t.Errorf("%s: %d rows, want %d, %v", c.file, n, want.Rows(), rows.Err())
		}
		t.Logf("%s: %d values agree", c.file, compared)
	}
	f := open(t, shareddata.Bytes(t, "dlis/eb1.dlis"), Options{})
	frames, err := f.LogicalFiles[0].Frames()
	if err != nil || len(frames) != 1 || frames[0].Name.ID != "DTI01" || len(frames[0].Channels) != 22 || frames[0].Spacing != -0.05 || frames[0].Records < 2001 {
		t.Errorf("eb1: %+v, %v", frames, err)
	}
}

// corpus returns files of all kinds: those of the peer that are whole, the real ones, and written ones.
func corpus(t testing.TB) map[string][]byte {
	files := map[string][]byte{"two frames": twoFrames(t, 60, false), "tape": twoFrames(t, 60, true)}
	if !shareddata.Has("dlis") {
		return files // the written ones have to do
	}
	err := filepath.WalkDir(shareddata.Path(t, "dlis"), func(path string, entry os.DirEntry, err error) error {
		if err != nil || !strings.EqualFold(filepath.Ext(path), ".dlis") {
			return err
		}
		data, err := os.ReadFile(path)
		files[filepath.Base(filepath.Dir(path))+"/"+filepath.Base(path)] = data
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// use reads all of what may be a DLIS file. Errors are fine, panics are not.
func use(data []byte, strict bool) {
	opt := Options{}
	if !strict {
		opt.Actions = damage.Lenient()
	}
	f, err := Open(bytes.NewReader(data), int64(len(data)), opt)
	if err != nil {
		return
	}
	_ = readAll(f)
	for _, l := range f.LogicalFiles {
		for name := range l.noFormat {
			_, _ = l.NoFormat(name, len(data))
		}
	}
}

// Every file cut at 50 places, and 50 times with a few random bytes: no panic, and what is held is bounded by the file's size.
func TestDamagedFiles(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for name, good := range corpus(t) {
		if len(good) == 0 {
			continue
		}
		for range 50 {
			use(good[:rng.IntN(len(good))], rng.IntN(2) == 0)
			bad := bytes.Clone(good)
			for range 1 + rng.IntN(50) {
				bad[rng.IntN(len(bad))] = byte(rng.Uint32())
			}
			use(bad, rng.IntN(2) == 0)
		}
		if len(good) < 4096 { // the buffers are all there is to see
			continue
		}
		bad := bytes.Clone(good)
		bad[rng.IntN(len(bad))] ^= 0x55
		for _, data := range [][]byte{good, good[:len(good)*3/4], bad} {
			// What a file takes at any time: at most its size four times over, and a few buffers.
			memtest.Check(t, int64(4*len(data)+bufferBytes), func() { use(data, false) })
			if t.Failed() {
				t.Fatalf("%s, %d bytes", name, len(data))
			}
		}
	}
}

// bufferBytes is what reading takes whatever the size of the file.
const bufferBytes = 1 << 20

func FuzzOpen(f *testing.F) {
	for _, data := range corpus(f) {
		if len(data) < 1<<15 {
			f.Add(data, true)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, strict bool) {
		memtest.Check(t, int64(4*len(data)+bufferBytes), func() { use(data, strict) })
	})
}

func BenchmarkRows(b *testing.B) {
	data := twoFrames(b, 20000, false)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		f := open(b, data, Options{})
		frames, err := f.LogicalFiles[0].Frames()
		if err != nil {
			b.Fatal(err)
		}
		rows, err := frames[0].Rows(0, 1)
		if err != nil {
			b.Fatal(err)
		}
		var pixels []float32
		for rows.Next() {
			pixels = rows.Float32s(pixels[:0], 1)
		}
		if rows.Err() != nil {
			b.Fatal(rows.Err())
		}
	}
}
