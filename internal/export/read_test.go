package export

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/picks"
)

type reader func(r io.Reader, name string, opt ReadOptions) (*picks.Table, []string, error)

// openDips opens one of the real tables, or skips.
func openDips(t *testing.T, name string) io.Reader {
	t.Helper()
	folder := os.Getenv("GEOBFDT_SHARED_DATA")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "data")
	}
	data, err := os.ReadFile(filepath.Join(folder, "dips", name))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("shared data not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(data)
}

func mustRead(t *testing.T, read reader, in io.Reader, opt ReadOptions) *picks.Table {
	t.Helper()
	table, warnings, err := read(in, "test", opt)
	if err != nil {
		t.Fatal(err)
	}
	if len(warnings) > 0 {
		t.Errorf("warnings %v", warnings)
	}
	return table
}

func samePicks(t *testing.T, got, want []picks.Pick, value func(p *picks.Pick) []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d picks, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i].Class != want[i].Class {
			t.Errorf("pick %d is a %v, want a %v", i, got[i].Class, want[i].Class)
		}
		g, w := value(&got[i]), value(&want[i])
		for k := range w {
			if !closeTo(g[k], w[k], tolerance) {
				t.Errorf("pick %d: value %d is %v, want %v", i, k, g[k], w[k])
			}
		}
	}
}

func TestRoundTrip(t *testing.T) {
	want := example().Picks
	picks.Sort(want)
	apparent := func(p *picks.Pick) []float64 { return []float64{p.DepthM, p.DipDeg, p.AzimuthDeg} }
	trueOnes := func(p *picks.Pick) []float64 { return []float64{p.DepthM, p.TrueDipDeg, p.TrueAzimuthDeg} }
	all := func(p *picks.Pick) []float64 {
		return []float64{p.DepthM, p.DipDeg, p.AzimuthDeg, p.TrueDipDeg, p.TrueAzimuthDeg, p.HoleDiameterM, p.AmplitudeM}
	}
	const tolerance = 0.0051 // azimuths carry two decimals
	for unit := range metresPer {
		opt := Options{DepthUnit: unit}
		text := export(t, "geolog", &picks.Table{Picks: want}, opt)
		samePicks(t, mustRead(t, ReadGeolog, strings.NewReader(text), ReadOptions{}).Picks, want, all, tolerance)

		text = export(t, "wellcad", &picks.Table{Picks: want}, opt)
		samePicks(t, mustRead(t, ReadWellCAD, strings.NewReader(text), ReadOptions{}).Picks, want, apparent, tolerance)

		opt.Dip = True
		text = export(t, "wellcad", &picks.Table{Picks: want[1:]}, opt)
		got := mustRead(t, ReadWellCAD, strings.NewReader(text), ReadOptions{Dip: True}).Picks
		samePicks(t, got, want[1:], trueOnes, tolerance)
		if !math.IsNaN(got[0].DipDeg) {
			t.Error("a true dip was read as an apparent one")
		}
	}
}

// The same three sinusoids as Geolog exported them and as WellCAD imports them: what we make of the one is the other.
func TestRealPair(t *testing.T) {
	geologTable := mustRead(t, ReadGeolog, openDips(t, "test_sinusoids.csv"), ReadOptions{})
	values := func(p *picks.Pick) []float64 { return []float64{p.DepthM, p.TrueDipDeg, p.TrueAzimuthDeg} }

	imported := mustRead(t, ReadWellCAD, openDips(t, "GLOG_to_WCL__sinusoids_result.csv"), ReadOptions{Dip: True})
	samePicks(t, geologTable.Picks, imported.Picks, values, 1e-9)
	written := export(t, "wellcad", geologTable, Options{Dip: True})
	samePicks(t, mustRead(t, ReadWellCAD, strings.NewReader(written), ReadOptions{Dip: True}).Picks, imported.Picks, values, 0.0051)
	want, err := io.ReadAll(openDips(t, "GLOG_to_WCL__sinusoids_result.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.SplitN(string(want), "\r\n", 3)[:2] { // names and units
		if got := strings.SplitN(written, "\r\n", 3)[i]; got != line {
			t.Errorf("line %d is %q, want %q", i+1, got, line)
		}
	}

	// WellCAD's own export is rounded to 1 mm and 0.01 degrees.
	exported := mustRead(t, ReadWellCAD, openDips(t, "WCL_export.csv"), ReadOptions{Dip: True})
	samePicks(t, exported.Picks, imported.Picks, values, 0.0051)

	// Peak-to-trough height is D tan(dip), so the whole sinusoids and the partial one tell the same hole, 226.9 mm.
	for i, p := range geologTable.Picks {
		diameterM := 2 * p.AmplitudeM / math.Tan(p.DipDeg*math.Pi/180)
		if math.Abs(diameterM-0.2269) > 2e-4 {
			t.Errorf("pick %d was picked in a hole of %g m, want 0.2269", i, diameterM)
		}
	}
	if got, want := geologTable.Picks[2].DepthM, 809.1844433; got != want {
		t.Errorf("the partial sinusoid lies at %v, want its plane's %v", got, want)
	}
}

func TestRealGeologHeader(t *testing.T) {
	real, err := io.ReadAll(openDips(t, "test_sinusoids.csv"))
	if err != nil {
		t.Fatal(err)
	}
	want := strings.SplitN(strings.TrimPrefix(string(real), "\ufeff"), "\r\n", 3)
	got := strings.SplitN(export(t, "geolog", example(), Options{}), "\r\n", 3)
	if got[0] != want[0] || got[1] != want[1] {
		t.Errorf("header\n%s\n%s\nwant\n%s\n%s", got[0], got[1], want[0], want[1])
	}
}

func TestReadFeet(t *testing.T) {
	text := "DEPTH,DEPTH_PLANE,AZIMUTH,DIP,CATEGORY\nft,ft,deg,deg,\n1000,-999.25,16.97,66.96,Fracture\n1003,1002,20,10,BEDDING\n"
	table := mustRead(t, ReadGeolog, strings.NewReader(text), ReadOptions{})
	if a, b := table.Picks[0].DepthM, table.Picks[1].DepthM; !closeTo(a, 304.8, 1e-9) || !closeTo(b, 305.4096, 1e-9) {
		t.Errorf("depths %v and %v m", a, b)
	}
}

func TestUnknownTypes(t *testing.T) {
	text := "Depth,Azimuth,Dip,Type\nm,deg,deg,\n2,10,20,Vein\n1,30,40,Breakout\n3,50,60,Breakout\n"
	table, warnings, err := ReadWellCAD(strings.NewReader(text), "b.csv", ReadOptions{Types: map[string]dip.Class{"vein": dip.Fracture}})
	if err != nil {
		t.Fatal(err)
	}
	if len(table.Picks) != 1 || table.Picks[0].Class != dip.Fracture || table.Picks[0].AzimuthDeg != 10 {
		t.Errorf("picks %+v, want the vein", table.Picks)
	}
	if len(warnings) != 1 || !strings.Contains(warnings[0], `2 rows of type "Breakout"`) {
		t.Errorf("warnings %q", warnings)
	}
}

func TestReadRefuses(t *testing.T) {
	const names, units = "Depth,Azimuth,Dip,Type\n", "m,deg,deg,\n"
	for name, c := range map[string]struct {
		text   string
		line   int
		column string
	}{
		"empty":          {"", 1, ""},
		"no dip column":  {"Depth,Azimuth,Type\nm,deg,\n", 1, "Dip"},
		"no units":       {names, 2, ""},
		"numbers first":  {names + "1,2,3,Bedding\n", 2, "Depth"},
		"radians":        {names + "m,rad,rad,\n", 2, "Azimuth"},
		"no number":      {names + units + "1,2,3,Bedding\n1,2,x,Bedding\n", 4, "Dip"},
		"infinite":       {names + units + "1,2,Inf,Bedding\n", 3, "Dip"},
		"no depth":       {names + units + ",2,3,Bedding\n", 3, "Depth"},
		"null dip":       {names + units + "1,2,-999.25,Bedding\n", 3, "Dip"},
		"steep":          {names + units + "1,2,91,Bedding\n", 3, "Dip"},
		"along the hole": {names + units + "1,2,90,Bedding\n", 3, "Dip"},
		"azimuth":        {names + units + "1,500,9,Bedding\n", 3, "Azimuth"},
		"quotes":         {names + units + "1,2,\"3,Bedding\n", 3, ""},
	} {
		_, _, err := ReadWellCAD(strings.NewReader(c.text), "w.csv", ReadOptions{})
		var format *picks.FormatError
		if !errors.As(err, &format) {
			t.Errorf("%s: error %v, want a *picks.FormatError", name, err)
			continue
		}
		if format.File != "w.csv" || format.Line != c.line || format.Column != c.column || format.Remedy == "" {
			t.Errorf("%s: error %q, want one at line %d, column %q", name, err, c.line, c.column)
		}
	}
	if _, _, err := ReadWellCAD(strings.NewReader(""), "w.csv", ReadOptions{Dip: "both"}); err == nil {
		t.Error("unknown dip accepted")
	}
	failing := io.MultiReader(strings.NewReader(names), failingReader{})
	if _, _, err := ReadWellCAD(failing, "w.csv", ReadOptions{}); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("failing reader: error %v", err)
	}
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// Whatever the readers accept is in range.
func FuzzRead(f *testing.F) {
	f.Add("Depth,Azimuth,Dip,Type\nm,deg,deg,\n1,2,3,Bedding\n")
	f.Add("\ufeffDEPTH,AZIMUTH,DIP,CATEGORY,DIP_APP,AZIM_APP,DIA_HOLE,HEIGHT,DEPTH_PLANE\r\nMETRES,DEGREES,DEGREES,,DEGREES,DEGREES,MM,METRES,FEET\r\n" +
		"1,-999.25,-999.25,Fracture,10,20,200,0.1,-999.25\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, read := range []reader{ReadWellCAD, ReadGeolog} {
			table, _, err := read(strings.NewReader(text), "fuzz", ReadOptions{})
			if err != nil {
				continue
			}
			for _, p := range table.Picks {
				if math.IsNaN(p.DepthM) || math.IsInf(p.DepthM, 0) || p.DipDeg < 0 || p.DipDeg >= 90 || p.AzimuthDeg < 0 || p.AzimuthDeg >= 360 ||
					p.HoleDiameterM <= 0 || p.AmplitudeM < 0 {
					t.Fatalf("read %+v", p)
				}
			}
		}
	})
}
