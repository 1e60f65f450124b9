package lis

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/geobfdt/geobfdt/internal/damage"
	"github.com/geobfdt/geobfdt/internal/memtest"
	"github.com/geobfdt/geobfdt/internal/shareddata"
)

// walk reads all there is of a file.
func walk(t testing.TB, b []byte) {
	f, err := Open(bytes.NewReader(b), int64(len(b)), lenient())
	if err != nil {
		if !errors.Is(err, ErrFormat) && !errors.Is(err, ErrDamaged) {
			t.Errorf("error of no kind: %v", err)
		}
		return
	}
	for _, l := range f.LogicalFiles {
		l.Tables()
		for _, r := range l.Records {
			if content, err := f.Read(r); err == nil && len(content) > len(b) {
				t.Errorf("a record of %d bytes in a file of %d", len(content), len(b))
			}
		}
		for _, format := range l.Formats {
			r, err := format.NewReader()
			if err != nil {
				continue
			}
			frames := int64(0)
			for r.Next() {
				frames++
				r.Index()
				for i, c := range format.Channels {
					if n := len(r.Values(i)); n != c.Values() {
						t.Fatalf("%d values of %d", n, c.Values())
					}
					r.Text(i, 0)
					if c.Samples > 0 {
						r.SampleIndex(i, 0)
					}
				}
			}
			if r.Err() == nil && frames != format.Frames {
				t.Errorf("%d frames of %d", frames, format.Frames)
			}
		}
	}
}

// sharedFiles returns the real and the peer's LIS files up to a size.
func sharedFiles(t testing.TB, limit int64) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for _, root := range []string{shareddata.Path(t, "lis"), shareddata.Path(t, peer)} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !bytes.Contains(bytes.ToLower([]byte(entry.Name())), []byte(".lis")) {
				return err
			}
			info, err := entry.Info()
			if err != nil || info.Size() > limit || filepath.Ext(path) == ".las" {
				return err
			}
			out[entry.Name()], err = os.ReadFile(path)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestDamage(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for name, b := range sharedFiles(t, 1<<17) {
		tries := 50
		if len(b) > 1<<16 {
			tries = 10 // the fuzz target goes on
		}
		for range tries {
			walk(t, b[:random.IntN(len(b))])
			broken := bytes.Clone(b)
			for range 50 {
				broken[random.IntN(len(b))] = byte(random.IntN(256))
			}
			walk(t, broken)
			// Few changes reach deeper.
			one := bytes.Clone(b)
			one[random.IntN(len(b))] ^= byte(1 + random.IntN(255))
			walk(t, one)
		}
		for _, data := range [][]byte{b, b[:random.IntN(len(b))]} {
			memtest.Check(t, int64(4*len(data)+bufferBytes), func() { walk(t, data) })
		}
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

// Frames before a damage are read: what dlisio's users miss.
func TestReadsUpToTheDamage(t *testing.T) {
	b := joined(t, "lis/DILLSON-1_WELL_LOGS_FILE-049.LIS")
	b = b[:8790+4+2+4+3*118+7] // in the fourth frame of the second data record
	format := open(t, b, lenient()).LogicalFiles[0].Formats[1]
	index, _ := read(t, format)
	if len(index) != 11 || index[10] != 633695-10*32 {
		t.Errorf("%d frames: %v", len(index), index)
	}
}

// What a file takes at any time, garbage included, is bounded by its size, whatever its headers say.
func TestMemory(t *testing.T) {
	physical := func(kind byte, body []byte) []byte {
		b := binary.BigEndian.AppendUint16(nil, uint16(6+len(body)))
		return append(append(b, 0, 0, kind, 0), body...)
	}
	block := make([]byte, specBlockBytes)
	copy(block, "RHDT")
	block[29], block[33], block[34] = 90, 1, byte(DipHDT)
	dipmeter := physical(64, append([]byte{0, 1, 66, 0}, bytes.Repeat(block, 1000)...))
	wide := bytes.Clone(block)
	wide[28], wide[29], wide[34] = 0x7f, 0xff, byte(U8)
	header := physical(128, nil)
	for name, b := range map[string][]byte{
		"file headers": bytes.Repeat(header, 1<<18),
		"formats":      append(bytes.Clone(header), bytes.Repeat(physical(64, []byte{0, 1, 66, 0}), 1<<17)...),
		"comments":     append(bytes.Clone(header), bytes.Repeat(physical(232, nil), 1<<18)...),
		"dipmeters":    append(bytes.Clone(header), bytes.Repeat(dipmeter, 40)...),
		"wide frames":  append(append(bytes.Clone(header), physical(64, append([]byte{0, 1, 66, 0}, bytes.Repeat(wide, 1000)...))...), bytes.Repeat(physical(0, block), 40000)...),
		"bad lengths":  append(bytes.Clone(header), bytes.Repeat([]byte{0, 6, 0, 2}, 1<<18)...),
	} {
		memtest.Check(t, int64(4*len(b)+bufferBytes), func() {
			f := open(t, b, lenient())
			for _, l := range f.LogicalFiles {
				for _, format := range l.Formats {
					if r, err := format.NewReader(); err == nil {
						for r.Next() {
							r.Values(0)
						}
					}
				}
			}
		})
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

// Tape marks in the other byte order, as some copies have them.
func TestBigEndianTIF(t *testing.T) {
	b := joined(t, peer+"layouts/layout_tif_00.lis")
	for at := 0; at+tapeMarkBytes <= len(b); {
		next := int(binary.LittleEndian.Uint32(b[at+8:]))
		for i := range 3 {
			v := binary.LittleEndian.Uint32(b[at+4*i:])
			binary.BigEndian.PutUint32(b[at+4*i:], v)
		}
		at = next
	}
	if f := open(t, b, lenient()); !f.TIF || shape(f) != "2RTtr" || f.worst() > damage.Minor {
		t.Errorf("%s: %v", shape(f), f.Issues)
	}
}

// bufferBytes is what reading takes whatever the size of the file.
const bufferBytes = 1 << 20

func FuzzOpen(f *testing.F) {
	if shareddata.Has("lis") {
		for _, b := range sharedFiles(f, 1<<15) {
			f.Add(b)
		}
	}
	f.Add([]byte("\x00\x40\x00\x00\x80\x00" + "TEST  .001  SERVICVERSION 26/01/01  1024  LO            "))
	f.Fuzz(func(t *testing.T, b []byte) {
		memtest.Check(t, int64(4*len(b)+bufferBytes), func() { walk(t, b) })
	})
}

func BenchmarkFrames(b *testing.B) {
	data := joined(b, peer+"MUD_LOG_1.LIS")
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		f, err := Open(bytes.NewReader(data), int64(len(data)), lenient())
		if err != nil {
			b.Fatal(err)
		}
		r, err := f.LogicalFiles[0].Formats[1].NewReader()
		if err != nil {
			b.Fatal(err)
		}
		for r.Next() {
			r.Values(1)
		}
	}
}
