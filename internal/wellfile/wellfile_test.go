package wellfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/npz"
	"github.com/geobfdt/geobfdt/internal/shareddata"
)

func write(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// lasText returns a LAS file of 3 rows with the curves named, whose values are 10*row + position.
func lasText(curves ...string) string {
	var b strings.Builder
	b.WriteString("~V\nVERS. 2.0 : v\nWRAP. NO : w\n~W\nNULL. -999.25 : n\nWELL. Forge 16A : w\n~P\nBS.mm 215.9 : bit size\n~C\nDEPT.ft : d\n")
	for _, c := range curves {
		fmt.Fprintf(&b, "%s : c\n", c)
	}
	b.WriteString("~A\n")
	for row := range 3 {
		fmt.Fprint(&b, 1000+row)
		for i := range curves {
			fmt.Fprintf(&b, " %d", 10*row+i)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func numberedCurves(pattern string, first, n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf(pattern, first+i)
	}
	return names
}

func TestOpenComposite(t *testing.T) {
	path := shareddata.Path(t, "las/P11-A-02_Composite_MEM_Image_NF.las")
	l, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if l.Columns() != 16 || l.Rows() != 7361 || l.Well != "P11-A-02A" || l.Source != path {
		t.Fatalf("%d x %d, well %q", l.Rows(), l.Columns(), l.Well)
	}
	// ABDC1M is the first column, ABDC10M the tenth: ordered by number, not by name. Values at 2000.0 m from the file.
	row := 500
	if math.Abs(l.DepthM[row]-2000) > 1e-9 {
		t.Fatalf("depth of row %d is %v", row, l.DepthM[row])
	}
	if got := l.Pixels()[103*16]; got != 2.3298 {
		t.Errorf("first column at %v m: %v", l.DepthM[103], got)
	}
	if devi, _, _ := l.OrientationAt(2600); !(devi > 60 && devi < 100) {
		t.Errorf("deviation at 2600 m: %v", devi)
	}
	text := strings.Join(l.Warnings, "\n")
	if l.Reference != imagelog.RefUnknown || !strings.Contains(text, "azimuth 0") || !strings.Contains(text, "ABDC*M (16 curves)") {
		t.Errorf("reference %q, warnings %q", l.Reference, l.Warnings)
	}
	gamma, err := Open(path, Options{ImageChannel: "gras", Reference: imagelog.RefHighSide})
	if err != nil || gamma.Columns() != 8 || gamma.Reference != imagelog.RefHighSide {
		t.Errorf("gamma ray image: %v", err)
	}
	_, err = Open(path, Options{ImageChannel: "FMI"})
	if !errors.Is(err, ErrNoImage) || !strings.Contains(err.Error(), "GRAS*M (8 curves)") {
		t.Errorf("unknown channel: %v", err)
	}
}

func TestOpenTeleviewer(t *testing.T) {
	top, base := 33.0, 36.0
	l, err := Open(shareddata.Path(t, "televiewer/obi_nm.npz"), Options{})
	if err != nil || l.Columns() != 360 || l.Well != "obi_nm" {
		t.Errorf("npz: %v", err)
	}
	path := shareddata.Path(t, "televiewer/obi_nm.png")
	if _, err := Open(path, Options{}); !errors.Is(err, ErrNoDepth) {
		t.Errorf("png without depths: %v", err)
	}
	p, err := Open(path, Options{TopM: &top, BaseM: &base, Reference: imagelog.RefNorth})
	if err != nil || p.Rows() != l.Rows() || p.Reference != imagelog.RefNorth || len(p.Warnings) != 0 {
		t.Fatalf("png: %v", err)
	}
	// The same picture, but for the scale of its greys.
	for i, v := range l.Pixels() {
		if math.Abs(float64(v*257-p.Pixels()[i])) > 1 {
			t.Fatalf("pixel %d: %v in npz, %v in png", i, v, p.Pixels()[i]/257)
		}
	}
}

func TestOpenLASFamilies(t *testing.T) {
	cases := []struct {
		name    string
		curves  []string
		channel string
		columns int
		first   float32 // pixel of row 0, column 0
		want    error
	}{
		{"brackets", numberedCurves("IMG[%d].ohmm", 0, 12), "", 12, 0, nil},
		{"inside", numberedCurves("ABDC%dM.", 1, 9), "", 9, 0, nil},
		{"widest wins", append(numberedCurves("A%d.", 1, 8), numberedCurves("B%d.", 1, 9)...), "", 9, 8, nil},
		{"named", append(numberedCurves("A%d.", 1, 8), numberedCurves("B%d.", 1, 9)...), "a", 8, 0, nil},
		{"equal", append(numberedCurves("A%d.", 1, 8), numberedCurves("B%d.", 1, 8)...), "", 0, 0, ErrAmbiguous},
		{"too few", numberedCurves("A%d.", 1, 7), "", 0, 0, ErrNoImage},
		{"none", []string{"GR.API", "RHOB."}, "", 0, 0, ErrNoImage},
		{"hole in the numbers", slices.Delete(numberedCurves("A%d.", 1, 12), 4, 5), "", 12, 0, nil},
		{"scattered numbers", []string{"A1.", "A5.", "A9.", "A20.", "A30.", "A40.", "A50.", "A60."}, "", 0, 0, ErrNoImage},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			l, err := Read("x.las", strings.NewReader(lasText(c.curves...)), Options{ImageChannel: c.channel})
			if c.want != nil {
				if !errors.Is(err, c.want) {
					t.Errorf("error %v, want %v", err, c.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if l.Columns() != c.columns || l.Pixels()[0] != c.first {
				t.Errorf("%d columns, first pixel %v", l.Columns(), l.Pixels()[0])
			}
			if math.Abs(l.DepthM[0]-304.8) > 1e-9 || l.Well != "Forge 16A" {
				t.Errorf("depth %v, well %q", l.DepthM[0], l.Well)
			}
			if d, source := l.DiameterM(0); math.Abs(d-0.2159) > 1e-9 || source != imagelog.DiameterBitSize {
				t.Errorf("diameter %v from %v", d, source)
			}
		})
	}
}

func TestLASOrderIsByNumber(t *testing.T) {
	names := numberedCurves("A%d.", 1, 10)
	slices.Reverse(names)
	l, err := Read("x", strings.NewReader(lasText(names...)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if want := []float32{9, 8, 7, 6, 5, 4, 3, 2, 1, 0}; !slices.Equal(l.Pixels()[:10], want) {
		t.Errorf("got %v", l.Pixels()[:10])
	}
}

func TestLASCurveUnits(t *testing.T) {
	names := append(numberedCurves("A%d.", 1, 8), "INNM.deg", "HAZI.rad", "CALI.mm", "C2.furlong")
	l, err := Read("x", strings.NewReader(lasText(names...)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	// Row 1 holds 10 + position: 18, 19, 20, 21.
	if l.DeviDeg[1] != 18 || math.Abs(l.HaziDeg[1]-19*180/math.Pi) > 1e-9 || math.Abs(l.C1In[1]-20/25.4) > 1e-9 || l.C2In[1] != 21 {
		t.Errorf("curves %v %v %v %v", l.DeviDeg[1], l.HaziDeg[1], l.C1In[1], l.C2In[1])
	}
	if !strings.Contains(strings.Join(l.Warnings, "\n"), "furlong") {
		t.Errorf("warnings %q", l.Warnings)
	}
}

// utf16LE encodes text without a byte order mark.
func utf16LE(text string) []byte {
	var b bytes.Buffer
	if err := binary.Write(&b, binary.LittleEndian, utf16.Encode([]rune(text))); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func TestSniff(t *testing.T) {
	label := "0001V1.00RECORD08192Default Storage Set"
	tif := "\x00\x00\x00\x00\x00\x00\x00\x00\x5c\x00\x00\x00"
	lis := "\x00\x44\x96\x00\x80\x00HDT   .001"
	for _, c := range []struct {
		name, start string
		want        format
	}{
		{"a.csv", "PK\x03\x04", formatNPZ},
		{"a.las", "\x93NUMPY\x01\x00", formatNPY},
		{"a.las", "\x89PNG\r\n\x1a\n", formatPicture},
		{"a", "II*\x00", formatPicture},
		{"a.csv", "# made by\n\n ~Version\n", formatLAS},
		{"a", string(utf16LE("~VERSION\r\n VERS. 2.0")), formatLAS},
		{"a", "\xef\xbb\xbf~V\n", formatLAS},
		{"a.las", "nothing", formatLAS},
		{"a.csv", "~tilde,first\n1,2", formatTable},
		{"a", "depth_m,0,1\n1,2,3", formatTable},
		{"a.txt", "depth", formatTable},
		{"a", label, formatDLIS},
		{"a", tif + label, formatDLIS},
		{"a", "garbage" + label + strings.Repeat(" ", 41) + "\x00\x34\xff\x01\x00\x30\x80\x00\xf0", formatDLIS},
		{"a", "\x00\x34\xff\x01\x00\x30\x80\x00\xf0", formatDLIS},
		{"a", "\x01\x00\x00\x00\x00\x00\x00\x00\x0c\x00\x00\x00" + "\x00\x00\x00\x00\x00\x00\x00\x00\x68\x00\x00\x00" + label, formatDLIS},
		{"a", lis, formatLIS},
		{"a", tif + lis, formatLIS},
		{"a", "\x1f\x8b\x08", formatGzip},
		{"a.csv", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", formatUnknown},
		{"a", "hello", formatUnknown},
	} {
		if got := sniff([]byte(c.start), c.name); got != c.want {
			t.Errorf("%s, %q: %q, want %q", c.name, c.start, got.name(), c.want.name())
		}
	}
}

func TestErrors(t *testing.T) {
	nan := math.NaN()
	var blank bytes.Buffer
	l := &imagelog.Log{DepthM: []float64{1, 2}, DeviDeg: []float64{nan, nan}}
	good, err := imagelog.New([]float64{1, 2}, make([]float32, 20), 10)
	if err != nil {
		t.Fatal(err)
	}
	l.Image, l.Mask = good.Image, make([]bool, 20)
	if err := npz.WriteLog(&blank, l); err != nil {
		t.Fatal(err)
	}
	array := append([]byte(npz.Magic+"\x01\x00\x40\x00"), fmt.Sprintf("%-64s", "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 8), }")...)
	array = append(array, "0123456789abcdef"...)
	cases := []struct {
		name string
		data []byte
		want error
	}{
		{"empty.las", nil, ErrEmptyFile},
		{"blank.npz", blank.Bytes(), imagelog.ErrNoData},
		{"cut.npz", blank.Bytes()[:200], ErrDamaged},
		{"array.npy", array, ErrNoDepth},
		{"cut.npy", array[:80], ErrDamaged},
		{"word.doc", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), ErrUnknownFormat},
		{"table.csv", []byte("depth_m,0,1\n1,2,x\n"), ErrDamaged},
		{"narrow.csv", []byte("depth_m,0,1\n1,2,3\n"), ErrNoImage},
		{"header.las", []byte("~V\nVERS. 2.0 : v\n~C\nDEPT.m : d\n"), imagelog.ErrNoData},
	}
	for _, c := range cases {
		path := write(t, c.name, c.data)
		_, err := Open(path, Options{})
		var typed *Error
		if !errors.Is(err, c.want) || !errors.As(err, &typed) || !strings.HasPrefix(err.Error(), path+": ") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	for _, path := range []string{filepath.Join(t.TempDir(), "missing.las"), t.TempDir()} {
		var typed *Error
		if _, err := Open(path, Options{}); !errors.As(err, &typed) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), "missing"), Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
}

func TestOptions(t *testing.T) {
	text := "# azimuth_reference: magnetic\ndepth_m,0,1,2,3,4,5,6,7\n1,0,1,2,3,4,5,6,7\n2,7,6,5,4,3,2,1,0\n"
	declination := 4.0
	l, err := Read("dir/A-7.csv", strings.NewReader(text), Options{NullValues: []float64{0}, DeclinationDeg: &declination})
	if err != nil {
		t.Fatal(err)
	}
	if l.Mask[0] || !l.Mask[1] || l.Mask[15] || l.Reference != imagelog.RefMagnetic || l.DeclinationDeg != 4 || l.Well != "A-7" {
		t.Errorf("mask %v, reference %v, declination %v, well %q", l.Mask, l.Reference, l.DeclinationDeg, l.Well)
	}
	// NPZ marks gaps by NaN, but a null value that the user names is one too.
	log, err := imagelog.New([]float64{1, 2}, slices.Repeat([]float32{5, 0}, 8), 8)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := npz.WriteLog(&b, log); err != nil {
		t.Fatal(err)
	}
	l, err = Read("a.npz", &b, Options{NullValues: []float64{5}})
	if err != nil || l.Mask[0] || !l.Mask[1] {
		t.Errorf("npz with a null value: %v", err)
	}
}

// TestGroundOfAPicture: a picture of pads on white shows the ground where no wall was seen; a null value that the user names is the only one.
func TestGroundOfAPicture(t *testing.T) {
	const rows, columns = 300, 60
	picture := image.NewGray(image.Rect(0, 0, columns, rows))
	for k := range picture.Pix {
		picture.Pix[k] = 255
		if i, j := k/columns, k%columns; (j+i/30)%15 < 11 {
			picture.Pix[k] = uint8(90 + k*37%79)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		t.Fatal(err)
	}
	top, base := 1000.0, 1003.0
	for name, tc := range map[string]struct {
		nulls []float64
		seen  float64
	}{"no null named": {nil, 11. / 15}, "another null named": {[]float64{0}, 1}} {
		l, err := Read("w.png", bytes.NewReader(b.Bytes()), Options{TopM: &top, BaseM: &base, NullValues: tc.nulls})
		if err != nil {
			t.Fatal(err)
		}
		seen, err := l.Seen()
		if err != nil || math.Abs(seen-tc.seen) > 1e-9 {
			t.Errorf("%s: %g of the wall seen, want %g (%v)", name, seen, tc.seen, err)
		}
		warned := slices.ContainsFunc(l.Warnings, func(w string) bool { return strings.Contains(w, "taken for a gap") })
		if warned != (tc.nulls == nil) {
			t.Errorf("%s: warnings %q", name, l.Warnings)
		}
	}
}
