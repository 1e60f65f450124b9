package las

import (
	"bytes"
	"errors"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/shareddata"
)

func readFile(t testing.TB, path string) (*File, error) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return Read(f, Options{})
}

func mustRead(t testing.TB, name string) *File {
	t.Helper()
	f, err := readFile(t, shareddata.Path(t, name))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return f
}

func TestReadComposite(t *testing.T) {
	f := mustRead(t, "las/P11-A-02_Composite_MEM_Image_NF.las")
	if len(f.Curves) != 52 || f.Rows() != 7361 {
		t.Fatalf("%d curves, %d rows", len(f.Curves), f.Rows())
	}
	if date, _ := f.Item(Well, "DATE"); date.Unit != "DD/MM/YYYY" || date.Value != "21/05/2007" {
		t.Errorf("date %+v", date)
	}
	if well, _ := f.Item(Well, "WELL"); well.Value != "P11-A-02A" {
		t.Errorf("well %+v", well)
	}
	depth, err := f.DepthM()
	if err != nil || depth[0] != 1950 || depth[7360] != 2686 {
		t.Errorf("depth %v to %v: %v", depth[0], depth[7360], err)
	}
	c := f.Curve("abdc1m")
	if c == nil || c.Unit != "g/cc" || !math.IsNaN(c.Values[0]) || c.Values[103] != 2.3298 {
		t.Error("curve ABDC1M is missing, or its unit or values are wrong")
	}
	if len(f.Warnings) != 0 {
		t.Errorf("warnings %q", f.Warnings)
	}
}

// The files of lasio that have one sensible reading, and what it is: first value of the second curve, number of curves and rows.
func TestReadOddities(t *testing.T) {
	nan := math.NaN()
	cases := []struct {
		name         string
		curves, rows int
		curve, row   int
		want         float64
	}{
		{"sample.las", 8, 3, 1, 0, 123.45},
		{"1.2/sample_wrapped.las", 36, 5, 30, 4, 0.1537},
		{"2.0/sample_2.0_wrapped.las", 36, 2, 2, 1, 2712.646},
		{"2.0/sample_2.0_tab_dlm.las", 8, 3, 7, 2, 105.6},
		{"2.0/sample_2.0_universal_newline.las", 8, 3, 7, 2, 105.6},
		{"1.2/issue-264-dot-delimiter.las", 5, 3, 2, 0, 2550},
		{"mnemonic_leading_period.las", 8, 3, 6, 0, 110.2},
		{"mnemonic_missing.las", 8, 3, 4, 0, 123.45},
		{"encodings_utf16lebom.las", 8, 3, 1, 0, 123.45},
		{"encodings_utf16bebom.las", 8, 3, 1, 0, 123.45},
		{"encodings_utf16le.las", 8, 3, 1, 0, 123.45},
		{"encodings_utf16be.las", 8, 3, 1, 0, 123.45},
		{"encodings_utf8wbom.las", 8, 3, 1, 0, 123.45},
		{"barebones2.las", 8, 3, 7, 0, 105.6},
		{"blank_line.las", 1, 0, 0, 0, nan},
		{"excess_curves.las", 6, 2, 3, 0, 57.011},
		{"index_null.las", 4, 3, 0, 1, 999.25},
		{"index_null.las", 4, 3, 1, 0, nan},
		{"null_policy_runon.las", 7, 5, 5, 2, -19508.961},
		{"null_policy_runon.las", 7, 5, 4, 1, nan},
		{"null_policy_runon.las", 7, 5, 6, 1, 10.56},
		{"null_policy_(null).las", 8, 3, 2, 2, nan},
		{"comma_decimal_mark.las", 8, 3, 4, 1, 123.42},
		{"sample_lastcolblanked.las", 8, 3, 5, 1, 123.45},
		{"lasio_issue_271.las", 3, 5, 1, 3, 205},
		{"data_characters.las", 4, 2, 2, 1, 1500.3519},
		{"sample_bracketed_units.las", 8, 3, 1, 0, 123.45},
		{"skip_data_section_comments.las", 6, 4, 1, 0, 2355.765},
	}
	for _, c := range cases {
		f := mustRead(t, "las/lasio/"+c.name)
		if len(f.Curves) != c.curves || f.Rows() != c.rows {
			t.Errorf("%s: %d curves, %d rows; want %d, %d", c.name, len(f.Curves), f.Rows(), c.curves, c.rows)
			continue
		}
		if c.rows == 0 {
			continue
		}
		got := f.Curves[c.curve].Values[c.row]
		if got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%s: curve %d, row %d is %v, want %v", c.name, c.curve, c.row, got, c.want)
		}
	}
}

func TestDepthUnits(t *testing.T) {
	cases := []struct {
		name string
		want float64 // depth of row 1, metres
	}{
		{"autodepthindex_F.las", 0.3048},
		{"autodepthindex_FT.las", 0.3048},
		{"autodepthindex_FEET.las", 0.3048},
		{"autodepthindex_M.las", 1},
		{"autodepthindex_M_lower.las", 1},
		{"autodepthindex_point_one_inch.las", 986892 * 0.00254},
		{"sample_cyrillic_depth_unit.las", 1669.875},
		{"sample_bracketed_units.las", 1669.875},
		{"data_characters.las", 1500.3519}, // the index is time
	}
	for _, c := range cases {
		depth, err := mustRead(t, "las/lasio/"+c.name).DepthM()
		if err != nil || math.Abs(depth[1]-c.want) > 1e-9 {
			t.Errorf("%s: %v, %v; want %v", c.name, depth, err, c.want)
		}
	}
	mixed := mustRead(t, "las/lasio/autodepthindex_M_FT.las")
	if _, err := mixed.DepthM(); err != nil || len(mixed.Warnings) != 1 || !strings.Contains(mixed.Warnings[0], "STOP in F") {
		t.Errorf("mixed units: %q, %v", mixed.Warnings, err)
	}
	if _, err := mustRead(t, "las/lasio/2.0/sample_2.0_based.las").DepthM(); !errors.Is(err, ErrNoDepth) {
		t.Errorf("time log: %v", err)
	}
}

func TestEncodings(t *testing.T) {
	text := []byte("~W\nWELL. \xd1\xea\xe2-1 : x\n~C\nDEPT.\xec : d\nL. :\n~A\n1 \xe3\xeb\n")
	for _, c := range []struct {
		encodings             []string
		well, unit, lithology string
	}{
		{[]string{"windows-1251"}, "Скв-1", "м", "гл"},
		{nil, "Ñêâ-1", "ì", "ãë"},
	} {
		f, err := Read(bytes.NewReader(text), Options{Encodings: c.encodings})
		if err != nil {
			t.Fatal(err)
		}
		if well, _ := f.Item(Well, "WELL"); well.Value != c.well || f.Curves[0].Unit != c.unit || f.Curves[1].Text(0) != c.lithology {
			t.Errorf("%v: %q, %q, %q", c.encodings, well.Value, f.Curves[0].Unit, f.Curves[1].Text(0))
		}
	}
	if _, err := Read(bytes.NewReader(text), Options{Encodings: []string{"klingon"}}); err == nil {
		t.Error("unknown encoding accepted")
	}
	for _, name := range []string{"utf8", "utf8wbom", "utf16le", "utf16be", "utf16lebom", "utf16bebom"} {
		if f := mustRead(t, "las/lasio/encodings_"+name+".las"); f.Curves[2].Mnemonic != "ºᶟᵌᴬń" {
			t.Errorf("%s: %q", name, f.Curves[2].Mnemonic)
		}
	}
}

func TestParseItem(t *testing.T) {
	cases := []struct {
		line string
		want Item
	}{
		{" STRT.m           1950.0000      :Start Depth", Item{Mnemonic: "STRT", Unit: "m", Value: "1950.0000", Description: "Start Depth"}},
		{"DATE.DD/MM/YYYY21/05/2007                           :Date", Item{Mnemonic: "DATE", Unit: "DD/MM/YYYY", Value: "21/05/2007", Description: "Date"}},
		{"DEPT  ..1IN  : depth", Item{Mnemonic: "DEPT", Unit: ".1IN", Value: "", Description: "depth"}},
		{"DEPT.0.1 in  : depth", Item{Mnemonic: "DEPT", Unit: "0.1 in", Value: "", Description: "depth"}},
		{"Cond..MS/M                     : Cond.", Item{Mnemonic: "Cond.", Unit: "MS/M", Value: "", Description: "Cond."}},
		{"I. Res..OHM-M                  : I. Res.", Item{Mnemonic: "I. Res.", Unit: "OHM-M", Value: "", Description: "I. Res."}},
		{".ILM .OHMM    : 7", Item{Mnemonic: "ILM", Unit: "OHMM", Value: "", Description: "7"}},
		{".OHMM    :  5  RXO", Item{Mnemonic: "UNKNOWN", Unit: "OHMM", Value: "", Description: "5  RXO"}},
		{"TIML.hh:mm 23:15 23-JAN-2001:   Time Logger: At Bottom", Item{Mnemonic: "TIML", Unit: "hh:mm", Value: "23:15 23-JAN-2001", Description: "Time Logger: At Bottom"}},
		{"VERS.            1.20:CWLS", Item{Mnemonic: "VERS", Unit: "", Value: "1.20", Description: "CWLS"}},
		{"HOLE NUMBER :hole", Item{Mnemonic: "HOLE NUMBER", Unit: "", Value: "", Description: "hole"}},
		{"DT  .[US/M]  60 520  : DT", Item{Mnemonic: "DT", Unit: "US/M", Value: "60 520", Description: "DT"}},
		{"IMG[12] .  : image", Item{Mnemonic: "IMG[12]", Unit: "", Value: "", Description: "image"}},
	}
	for _, c := range cases {
		if got, ok := parseItem(c.line); !ok || got != c.want {
			t.Errorf("%q: %+v, want %+v", c.line, got, c.want)
		}
	}
	if item, ok := parseItem("  DEPTH     DT       RHOB"); ok {
		t.Errorf("column titles read as %+v", item)
	}
}

func TestParseFloat(t *testing.T) {
	for text, want := range map[string]float64{
		"0": 0, "-999.2500": -999.25, "+1.5": 1.5, ".5": 0.5, "5.": 5, "1e3": 1000, "1.5D+03": 1500, "12,5": 12.5,
		"9007199254740993": 9007199254740992, "0.1234567890123456789": 0.1234567890123456789, "1.7976931348623157e308": math.MaxFloat64,
	} {
		if got, ok := ParseFloat([]byte(text)); !ok || got != want {
			t.Errorf("%q: %v, %v; want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "-", ".", "1.2.3", "12:30", "0x10", "1_000", "abc", "--5"} {
		if got, ok := ParseFloat([]byte(text)); ok {
			t.Errorf("%q: %v, want text", text, got)
		}
	}
}

func TestWriteRoundTrip(t *testing.T) {
	f := &File{
		Sections: []Section{
			{Kind: Well, Items: []Item{{Mnemonic: "WELL", Value: "A-1: side\ntrack", Description: "WELL"}, {Mnemonic: "NULL", Value: "0", Description: "ignored"}}},
			{Kind: Parameter, Items: []Item{{Mnemonic: "BS", Unit: "in", Value: "8.5", Description: "bit size"}}},
			{Kind: Other, Lines: []string{"~A is not a section here"}},
		},
		Curves: []Curve{
			{Mnemonic: "DEPT", Unit: "m", Values: []float64{100, 100.00254, 100.00508}},
			{Mnemonic: "DIP", Unit: "deg", Description: "apparent dip", Values: []float64{0.1, math.NaN(), -3e-7}},
		},
	}
	var b bytes.Buffer
	if err := Write(&b, f); err != nil {
		t.Fatal(err)
	}
	got, err := Read(&b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if v := got.Curves[1].Values; float32(v[0]) != 0.1 || !math.IsNaN(v[1]) || float32(v[2]) != -3e-7 {
		t.Errorf("values %v", v)
	}
	if d := got.Curves[0].Values; d[1] != 100.00254 || got.Curves[1].Unit != "deg" || got.Curves[1].Description != "apparent dip" {
		t.Errorf("curves %+v", got.Curves)
	}
	if step, _ := got.Item(Well, "STEP"); step.Value != "0.00254" || step.Unit != "m" {
		t.Errorf("step %+v", step)
	}
	if bs, _ := got.Item(Parameter, "bs"); bs.Value != "8.5" {
		t.Errorf("parameter %+v", bs)
	}
	if got.Version != "2.0" || len(got.Warnings) != 0 {
		t.Errorf("version %q, warnings %q", got.Version, got.Warnings)
	}
}

func TestWriteRefuses(t *testing.T) {
	for name, curves := range map[string][]Curve{
		"no rows":    {{Mnemonic: "DEPT"}},
		"descending": {{Mnemonic: "DEPT", Values: []float64{2, 1}}},
		"NaN index":  {{Mnemonic: "DEPT", Values: []float64{math.NaN()}}},
		"lengths":    {{Mnemonic: "DEPT", Values: []float64{1}}, {Mnemonic: "X"}},
		"mnemonic":   {{Mnemonic: "DE PT", Values: []float64{1}}},
	} {
		if err := Write(&bytes.Buffer{}, &File{Curves: curves}); err == nil {
			t.Errorf("%s: written", name)
		}
	}
}

// Many declared curves with almost no data must not fill memory with missing values.
func TestShortRowsAreBounded(t *testing.T) {
	text := "~C\n" + strings.Repeat("A.m : x\n", 2000) + "~A\n" + strings.Repeat("1\n", 100000)
	if _, err := Read(strings.NewReader(text), Options{}); !errors.Is(err, ErrFormat) {
		t.Errorf("got %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("~V\nVERS. 2.0 : x\nWRAP. NO : x\n~W\nNULL. -999.25 : x\n~C\nDEPT.m : d\nA. : a\n~A\n1 2\n3 -999.25\n"))
	f.Add([]byte("~V\nVERS. 1.2 : x\nWRAP. YES : x\n~W\nSTRT.FT 1: x\n~C\nDEPT. : d\nA[0]. : a\nB. :\n~A\n1\n2 3\n4\n5"))
	f.Add([]byte("~A DEPTH GR\n1,2;3\n4,'5 6'\n7.1.2-3"))
	f.Add([]byte("\xff\xfe~\x00A\x00\n\x001\x00"))
	f.Add([]byte("~V\nVERS. 3.0 : x\nDLM. COMMA : x\n~Log_Definition\nDEPT.m : d {F}\nT. : t {S}\n~Log_Data | Log_Definition\n1,\"a,b\"\n2,c\n~Inclinometry_Definition\nMD. M : d\nDEVI. :\nAZIM. :\n~Inclinometry_Data[1] | Inclinometry_Definition\n1,2,3\n"))
	for _, data := range shareddata.Small(f, "las", ".las", 1<<14) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		checkConsistent(t, data)
		checkMemory(t, "this", data, spareMemory)
	})
}

func BenchmarkRead(b *testing.B) {
	data := shareddata.Bytes(b, "las/P11-A-02_Composite_MEM_Image_NF.las")
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := Read(bytes.NewReader(data), Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
