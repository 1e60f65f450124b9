package picks

import (
	"bytes"
	"errors"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
)

var nan = math.NaN()

func example() *Table {
	return &Table{
		Header: Header{
			Well: "A-1; 12/3", Datum: "KB", Reference: "magnetic", DeclinationDeg: -2.25,
			ModelName: "base", ModelHash: "0123abcd", Command: `geobfdt pick "a b.npz" -o x.csv`,
		},
		QC: []string{"info: caliper: mean caliper 8.50 in", "warn: wall_seen: 20 % of the wall was seen"},
		Picks: []Pick{
			{
				Sinusoid: dip.Sinusoid{DepthM: 1000.1234, DipDeg: 12.345, AzimuthDeg: 271.25}, Class: dip.Bedding,
				Confidence: 0.8765, TrueDipDeg: 14.5, TrueAzimuthDeg: 3.75, AmplitudeM: 0.02363, HoleDiameterM: 0.2159, Coverage: 0.625,
				Quality: "A", Flags: []string{FlagMerged, FlagConductive},
			},
			{
				Sinusoid: dip.Sinusoid{DepthM: 1000.5, DipDeg: 1, AzimuthDeg: 0}, Class: dip.Fracture,
				Confidence: 1, TrueDipDeg: nan, TrueAzimuthDeg: nan, AmplitudeM: nan, HoleDiameterM: nan, Coverage: nan,
			},
		},
	}
}

const exampleCSV = `# well: A-1; 12/3
# datum: KB
# azimuth_reference: magnetic
# declination_deg: -2.25
# model: base
# model_hash: 0123abcd
# command: geobfdt pick "a b.npz" -o x.csv
# qc: info: caliper: mean caliper 8.50 in
# qc: warn: wall_seen: 20 % of the wall was seen
depth_m,class,confidence,apparent_dip_deg,apparent_azimuth_deg,true_dip_deg,true_azimuth_deg,amplitude_m,hole_diameter_m,coverage,quality,flags
1000.1234,bedding,0.8765,12.345,271.25,14.500,3.75,0.02363,0.2159,0.625,A,merged|conductive
1000.5000,fracture,1.0000,1.000,0.00,,,,,,,
`

// equal compares tables with NaN equal to NaN, numbers within tol.
func equal(t *testing.T, got, want *Table, tol float64) {
	t.Helper()
	if got.Header != want.Header {
		t.Errorf("header %+v, want %+v", got.Header, want.Header)
	}
	if !slices.Equal(got.QC, want.QC) {
		t.Errorf("quality control %q, want %q", got.QC, want.QC)
	}
	if len(got.Picks) != len(want.Picks) {
		t.Fatalf("%d picks, want %d", len(got.Picks), len(want.Picks))
	}
	for i := range got.Picks {
		g, w := got.Picks[i], want.Picks[i]
		for _, f := range fields {
			a, b := *f.value(&g), *f.value(&w)
			if !(math.Abs(a-b) <= tol || (math.IsNaN(a) && math.IsNaN(b))) {
				t.Errorf("pick %d %s: %v, want %v", i, f.name, a, b)
			}
		}
		if g.Class != w.Class || g.Quality != w.Quality || !reflect.DeepEqual(g.Flags, w.Flags) {
			t.Errorf("pick %d: %v %q %q, want %v %q %q", i, g.Class, g.Quality, g.Flags, w.Class, w.Quality, w.Flags)
		}
	}
}

func write(t *testing.T, table *Table, unit Unit) string {
	t.Helper()
	var b strings.Builder
	if err := WriteCSV(&b, table, unit); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func read(t *testing.T, text string) *Table {
	t.Helper()
	table, err := ReadCSV(strings.NewReader(text), "test.csv")
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestWriteIsTheContract(t *testing.T) {
	if got := write(t, example(), Metres); got != exampleCSV {
		t.Errorf("got\n%s\nwant\n%s", got, exampleCSV)
	}
}

func TestRoundTrip(t *testing.T) {
	want := example()
	want.DepthUnit = Metres
	equal(t, read(t, exampleCSV), want, 1e-9)

	inFeet := write(t, example(), Feet)
	if !strings.Contains(inFeet, "\ndepth_ft,class,") || !strings.Contains(inFeet, "\n3281.2448,bedding") {
		t.Errorf("in feet:\n%s", inFeet)
	}
	want.DepthUnit = Feet
	equal(t, read(t, inFeet), want, 2e-5)
}

func TestWriteSortsWithoutChangingTheTable(t *testing.T) {
	table := example()
	table.Picks[0], table.Picks[1] = table.Picks[1], table.Picks[0]
	if got := write(t, table, Metres); got != exampleCSV {
		t.Errorf("got\n%s", got)
	}
	if table.Picks[0].DepthM != 1000.5 {
		t.Error("the caller's picks were sorted")
	}
}

// Rounding must not carry a legal value out of its range.
func TestWriteRoundsInsideRanges(t *testing.T) {
	p := New(dip.Bedding, dip.Sinusoid{DepthM: 1, DipDeg: 89.99999, AzimuthDeg: 359.999})
	p.TrueDipDeg, p.TrueAzimuthDeg, p.Coverage = 90, 359.9951, 0.99999
	got := read(t, write(t, &Table{Picks: []Pick{p}}, Metres)).Picks[0]
	if got.DipDeg != 89.999 || got.AzimuthDeg != 0 || got.TrueDipDeg != 90 || got.TrueAzimuthDeg != 0 || got.Coverage != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestWriteCannotBreakTheHeader(t *testing.T) {
	table := &Table{Header: Header{Well: "a\nb\r\ndepth_m,class"}}
	got := read(t, write(t, table, Metres))
	if got.Well != "a b  depth_m,class" || len(got.Picks) != 0 {
		t.Errorf("well %q, %d picks", got.Well, len(got.Picks))
	}
}

func TestWriteErrors(t *testing.T) {
	var b bytes.Buffer
	if err := WriteCSV(&b, example(), "furlong"); err == nil {
		t.Error("unit furlong accepted")
	}
	bad := example()
	bad.Picks[1].DipDeg = 90
	if err := WriteCSV(&b, bad, Metres); !errors.Is(err, ErrInvalid) {
		t.Errorf("got %v", err)
	}
	if b.Len() != 0 {
		t.Errorf("wrote %q before failing", b.String())
	}
	r, w := io.Pipe()
	r.CloseWithError(errors.New("disk full"))
	if err := WriteCSV(w, example(), Metres); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("got %v", err)
	}
}

func TestValidate(t *testing.T) {
	if err := example().Validate(); err != nil {
		t.Errorf("the example: %v", err)
	}
	for name, spoil := range map[string]func(t *Table){
		"order":      func(t *Table) { t.Picks[0].DepthM = 2000 },
		"depth":      func(t *Table) { t.Picks[0].DepthM = nan },
		"dip":        func(t *Table) { t.Picks[0].DipDeg = -0.1 },
		"azimuth":    func(t *Table) { t.Picks[0].AzimuthDeg = 360 },
		"true dip":   func(t *Table) { t.Picks[0].TrueDipDeg = 91 },
		"true az":    func(t *Table) { t.Picks[0].TrueAzimuthDeg = -1 },
		"confidence": func(t *Table) { t.Picks[0].Confidence = 1.01 },
		"coverage":   func(t *Table) { t.Picks[0].Coverage = math.Inf(1) },
		"amplitude":  func(t *Table) { t.Picks[0].AmplitudeM = -1 },
		"diameter":   func(t *Table) { t.Picks[0].HoleDiameterM = 0 },
		"class":      func(t *Table) { t.Picks[0].Class = 2 },
		"quality":    func(t *Table) { t.Picks[0].Quality = "E" },
		"flag":       func(t *Table) { t.Picks[0].Flags = []string{"a|b"} },
	} {
		table := example()
		spoil(table)
		if err := table.Validate(); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "of 2") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestTrace(t *testing.T) {
	s := dip.Sinusoid{DepthM: 10, DipDeg: 45, AzimuthDeg: 0}
	p := New(dip.Bedding, s)
	if got := p.Trace(); math.Abs(real(got.Amplitude)-dip.DefaultDiameterM/2) > 1e-12 {
		t.Errorf("unknown hole: %v", got)
	}
	p.HoleDiameterM = 0.3
	if got := p.Trace(); math.Abs(real(got.Amplitude)-0.15) > 1e-12 {
		t.Errorf("known hole: %v", got)
	}
	p.AmplitudeM = 0.2
	if got := p.Trace(); math.Abs(real(got.Amplitude)-0.2) > 1e-12 {
		t.Errorf("known amplitude: %v", got)
	}
	if p.HasFlag(FlagEdge) {
		t.Error("flag out of nowhere")
	}
}
