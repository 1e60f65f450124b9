package las

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/shareddata"
)

// What reading a file may take besides four times its size: the buffers of two passes, with lines as long as they may be; and what
// headers may take that their text does not pay for.
const (
	bufferBytes = 1 << 19
	spareMemory = spareBytes + bufferBytes
)

// allocated returns all bytes that reading allocates, garbage included: no measure of its peak can be larger.
func allocated(r io.Reader) (int64, error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Read(r, Options{})
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc), err
}

func checkMemory(t *testing.T, name string, b []byte, spare int64) {
	t.Helper()
	if got, err := allocated(bytes.NewReader(b)); got > 4*int64(len(b))+spare {
		t.Errorf("%s: %d bytes for a file of %d: %.2f times (%v)", name, got, len(b), float64(got)/float64(len(b)), err)
	}
}

// What takes most memory for its size in the file: dense numbers and words, and what the text does not pay for.
func TestMemory(t *testing.T) {
	curves := "~C\n" + strings.Repeat("A.:\n", 20000)
	for name, text := range map[string]string{
		"one column":          "~C\nA.:\n~A\n" + strings.Repeat("1\n", 1<<20),
		"ten columns":         "~A\n" + strings.Repeat("1 2 3 4 5 6 7 8 9 0\n", 1<<17),
		"many columns":        "~A\n" + strings.Repeat(strings.Repeat("1 ", 3999)+"1\n", 260),
		"wrapped":             "~V\nWRAP. YES:\n~C\nA.:\nB.:\nC.:\n~A\n" + strings.Repeat("1\n2 3\n", 1<<18),
		"wrapped in one line": "~V\nWRAP. YES:\n~C\nA.:\nB.:\n~A\n" + strings.Repeat("1 ", 1<<17-8),
		"short words":         "~C\nA.:\nB.:\n~A\n" + strings.Repeat("1 x\n", 1<<18),
		"words":               "~C\nA.:\nB.:\n~A\n" + strings.Repeat("1 sandstone\n", 1<<17),
		"words of one letter": "~C\nA.:\n~A\n" + strings.Repeat("x\n", 1<<20),
		"Cyrillic words":      "~C\nA.:\n~A\n" + strings.Repeat("\xef\xe5\xf1\xee\xea\n", 1<<17),
		"dates":               "~C\nA.:\nB.:\n~A\n" + strings.Repeat("2007-05-21 21/05/2007\n", 1<<16),
		"exponents":           "~C\nA.:\nB.:\n~A\n" + strings.Repeat("1e3 2D4\n", 1<<17),
		"UTF-16":              "\xff\xfe" + strings.Join(strings.Split("~A\n"+strings.Repeat("1 2\n", 1<<17), ""), "\x00") + "\x00",
		"curves without data": "~C\n" + strings.Repeat("A.:\n", 1<<20),
		"few curves":          "~C\n" + strings.Repeat("A.:\n", 4000),
		"data without rows":   curves + strings.Repeat("~A\n", 1<<18),
		"data of one row":     strings.Repeat("~A\n1\n", 1<<17),
		"no data":             strings.Repeat("~A\n", 1<<18),
		"sections":            strings.Repeat("~P\n", 1<<20),
		"items":               "~P\n" + strings.Repeat("A.:\n", 1<<20),
		"lines":               "~O\n" + strings.Repeat("a\n", 1<<20),
		"few items":           "~P\n" + strings.Repeat("A.:\n", 1<<13),
		"rows of one value":   curves + "~A\n" + strings.Repeat("1\n", 1<<18),
		"half the values":     "~C\nA.:\nB.:\nC.:\nD.:\n~A\n" + strings.Repeat("1 2\n", 1<<18),
		"no values":           "~V\nDLM.COMMA:\n~C\n" + strings.Repeat("A.:\n", 40) + "~A\n" + strings.Repeat(strings.Repeat(",", 39)+"\n", 1<<15),
		"one row of many":     "~A\n" + strings.Repeat("1 ", 1<<17-8),
		"one long line":       "~A\n" + strings.Repeat("1 ", 1<<22),
		"a title of words":    "~A" + strings.Repeat(" a", 1<<16) + "\n1 2\n",
		"run on":              "~C\nA.:\nB.:\n~A\n" + strings.Repeat("1-2\n1.2.3\n", 1<<17),
	} {
		checkMemory(t, name, []byte(text), spareMemory)
	}
}

// The shared files, whole, cut, and with changed bytes.
func TestMemoryOfRealFiles(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	files := 0
	err := filepath.WalkDir(shareddata.Path(t, "."), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || strings.ToLower(filepath.Ext(path)) != ".las" {
			return err
		}
		files++
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		checkMemory(t, path, b, bufferBytes)
		checkMemory(t, path+", cut", b[:random.IntN(len(b)+1)], bufferBytes)
		for _, changes := range []int{1, 50, len(b) / 50} {
			broken := bytes.Clone(b)
			for range min(changes, len(b)) {
				broken[random.IntN(len(b))] = byte(random.IntN(256))
			}
			checkMemory(t, fmt.Sprintf("%s, %d bytes changed", path, changes), broken, bufferBytes)
		}
		return nil
	})
	if err != nil || files < 135 {
		t.Errorf("%d files: %v", files, err)
	}
}

// A stream that cannot go back is read to the same values.
func TestStream(t *testing.T) {
	text := "~V\nWRAP. NO:\n~C\nDEPT.m:\nA.:\nB.:\n~A\n1 2 x\n3 4 sandstone\n5 6 -999.25\n"
	pipe := struct{ io.Reader }{strings.NewReader("discarded" + text)}
	file := strings.NewReader("discarded" + text)
	for _, r := range []io.Reader{pipe, file} {
		if _, err := io.CopyN(io.Discard, r, int64(len("discarded"))); err != nil {
			t.Fatal(err)
		}
		f, err := Read(r, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if f.Rows() != 3 || f.Curves[1].Values[2] != 6 || f.Curves[2].Text(0) != "x" || f.Curves[2].Text(1) != "sandstone" || f.Curves[2].Text(2) != "" {
			t.Errorf("%+v", f.Curves)
		}
	}
}
