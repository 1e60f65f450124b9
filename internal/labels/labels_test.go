package labels

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
	"github.com/geobfdt/geobfdt/internal/memtest"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/shareddata"
)

// read reads a table that must fit; warnings are joined.
func read(t *testing.T, text string, opt Options) ([]picks.Pick, string) {
	t.Helper()
	table, warnings, err := Read(strings.NewReader(text), "t", opt)
	if err != nil {
		t.Fatal(err)
	}
	return table.Picks, strings.Join(warnings, "\n")
}

func near(a, b, tolerance float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= tolerance
}

var nan = math.NaN()

// want is what a test expects of a pick.
type want struct {
	class                            dip.Class
	depthM, dip, az, trueDip, trueAz float64
}

func check(t *testing.T, got []picks.Pick, wanted []want, tolerance float64) {
	t.Helper()
	if len(got) != len(wanted) {
		t.Fatalf("%d picks, want %d", len(got), len(wanted))
	}
	for i, w := range wanted {
		p := got[i]
		if p.Class != w.class || !near(p.DepthM, w.depthM, tolerance) || !near(p.DipDeg, w.dip, tolerance) || !near(p.AzimuthDeg, w.az, tolerance) ||
			!near(p.TrueDipDeg, w.trueDip, tolerance) || !near(p.TrueAzimuthDeg, w.trueAz, tolerance) {
			t.Errorf("pick %d is %v %.4f m, apparent %.4f/%.4f, true %.4f/%.4f; want %+v", i, p.Class, p.DepthM, p.DipDeg, p.AzimuthDeg, p.TrueDipDeg,
				p.TrueAzimuthDeg, w)
		}
	}
}

// The real tables: what they hold was read with the eye.
func TestRealTables(t *testing.T) {
	trueOnly := []want{
		{dip.Fracture, 807.4174854, nan, nan, 66.955, 16.9672},
		{dip.Bedding, 808.7044832, nan, nan, 26.1621, 213.936},
		{dip.Fracture, 809.1844433, nan, nan, 71.7439, 23.9305},
	}
	both := []want{
		{dip.Fracture, 807.4174854, 67.2349, 17.0714, 66.955, 16.9672},
		{dip.Bedding, 808.7044832, 25.8292, 213.572, 26.1621, 213.936},
		{dip.Fracture, 809.1844433, 72.0542, 24, 71.7439, 23.9305},
	}
	for _, c := range []struct {
		file      string
		opt       Options
		want      []want
		tolerance float64
	}{
		{"test_sinusoids.csv", Options{}, both, 1e-9},
		{"GLOG_to_WCL__sinusoids_result.csv", Options{Dip: True}, trueOnly, 1e-9},
		{"WCL_export.csv", Options{Dip: True}, trueOnly, 0.0051}, // rounded by that program
		// Converted by hand, the depth still in metres though its unit says feet.
		{"WCL_to_GLOG__sinusoids__result.csv", Options{Format: Geolog, DepthUnit: picks.Metres}, trueOnly, 0.0051},
	} {
		table, warnings, err := Read(bytes.NewReader(shareddata.Bytes(t, "dips/"+c.file)), c.file, c.opt)
		if err != nil {
			t.Error(err)
			continue
		}
		check(t, table.Picks, c.want, c.tolerance)
		if wantWarning := c.opt.DepthUnit != ""; wantWarning != (len(warnings) == 1) {
			t.Errorf("%s: warnings %q", c.file, warnings)
		}
	}
	// Peak-to-trough height is D tan(dip), so the whole sinusoids and the partial one tell the same hole, 226.9 mm.
	table, _, err := Read(bytes.NewReader(shareddata.Bytes(t, "dips/test_sinusoids.csv")), "", Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range table.Picks {
		if d := 2 * p.AmplitudeM / math.Tan(p.DipDeg*math.Pi/180); math.Abs(d-0.2269) > 2e-4 {
			t.Errorf("pick %d was picked in a hole of %g m, want 0.2269", i, d)
		}
	}
	// Induced fractures and breakouts are no sinusoids.
	table, warnings, err := Read(bytes.NewReader(shareddata.Bytes(t, "dips/test_sticks.csv")), "", Options{})
	if err != nil || len(table.Picks) != 0 || len(warnings) != 3 {
		t.Errorf("sticks: %d picks, warnings %q, error %v", len(table.Picks), warnings, err)
	}
}

// One pick, said in many ways: 1000 ft, apparent 60/120, true 50/30, a bed.
func TestDialects(t *testing.T) {
	full := []want{{dip.Bedding, 304.8, 60, 120, 50, 30}}
	for name, c := range map[string]struct {
		text string
		opt  Options
		want []want
	}{
		"techlog":                    {"Well,MD,Dip_APP,Azimuth_APP,Dip_TRU,Azimuth_TRU,Type\n,ft,dega,dega,dd.dd,dd.dd,\nA,1000,60,120,50,30,Bed boundary\nA,1000,60,120,50,30,Bed boundary\n", Options{}, full},
		"semicolons, decimal commas": {"Depth (ft);True dip;True dip azimuth;Apparent dip;Apparent dip azimuth;Structure type\n1000,0;50,0;30;60;120;Bedding\n", Options{}, full},
		"petrel":                     {"# point well data\nWell\tMD (ft)\tTrue dip (deg)\tTrue azimuth (deg)\tApparent dip (deg)\tApparent azimuth (deg)\tType\nA 1\t1000\t50\t30\t60\t120\tbedding\n", Options{}, full},
		"blanks":                     {"MD[ft]  DIP_TRUE AZIM_TRUE DIP_APP AZIM_APP TYPE\n 1000 50 30 60 120  Lamination\n", Options{}, full},
		"geolog":                     {"DEPTH,DIP,AZIMUTH,DIP_APP,AZIM_APP,CATEGORY\nFEET,DEGREES,DEGREES,DEGREES,DEGREES,\n1000,50,30,60,120,Cross bedding\n", Options{}, full},
		"units say true":             {"DEPTH,DIP,AZIMUTH,TYPE\nft,deg true,deg true,\n1000,50,30,Beds\n", Options{}, []want{{dip.Bedding, 304.8, nan, nan, 50, 30}}},
		"option apparent":            {"depth_ft,dip,azimuth,type\n1000,60,120,bed\n", Options{Dip: Apparent, Format: Techlog}, []want{{dip.Bedding, 304.8, 60, 120, nan, nan}}},
		"option true":                {"depth_ft,dip,azimuth,type\n1000,50,30,bed\n", Options{Dip: True, Format: Techlog}, []want{{dip.Bedding, 304.8, nan, nan, 50, 30}}},
		"option unit":                {"depth,true dip,azimuth,type\n1000,50,30,bed\n", Options{DepthUnit: picks.Feet}, []want{{dip.Bedding, 304.8, nan, nan, 50, 30}}},
		"azimuth -150":               {"depth (m),app dip,azimuth,type\n304.8,60,-240,bed\n", Options{}, []want{{dip.Bedding, 304.8, 60, 120, nan, nan}}},
		"one class":                  {"depth (m),app dip,azimuth\n304.8,60,120\n", Options{Classes: mustRules("*=bedding")}, []want{{dip.Bedding, 304.8, 60, 120, nan, nan}}},
		"partial sinusoid":           {"DEPTH,DEPTH_PLANE,DIP_APP,AZIM_APP,CATEGORY\nm,ft,deg,deg,\n300,1000,60,120,Bed\n", Options{}, []want{{dip.Bedding, 304.8, 60, 120, nan, nan}}},
		"our CSV":                    {"# well: X\ndepth_ft,class,apparent_dip_deg,apparent_azimuth_deg,true_dip_deg,true_azimuth_deg\n1000,bedding,60,120,50,30\n", Options{}, full},
		"our CSV, classes": {"# well: X\ndepth_ft,class,apparent_dip_deg,apparent_azimuth_deg,true_dip_deg,true_azimuth_deg\n1000,S0,60,120,50,30\n",
			Options{Classes: mustRules("S0=bedding")}, full},
		"LAS": {"~V\nVERS. 2.0 :\nWRAP. NO :\n~W\nWELL. X :\nNULL. -999.25 :\n~C\nDEPT.ft :\nDIP_APP.deg :\nAZIM_APP.deg :\nDIP.deg :\nAZIM.deg :\nTYPE. :\n" +
			"~P\nTYPE_7. bedding :\n~A\n1000 60 120 50 30 7\n", Options{}, full},
		"LAS, text": {"~V\nVERS. 2.0 :\nWRAP. NO :\n~W\nSTRT.FT 1000 :\n~C\nDEPT. :\nTDIP.deg :\nAZIM.deg :\nTYPE. :\n~A\n1000 50 30 bed\n", Options{},
			[]want{{dip.Bedding, 304.8, nan, nan, 50, 30}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, warnings := read(t, c.text, c.opt)
			check(t, got, c.want, 1e-9)
			if wanted := name == "techlog"; wanted != strings.Contains(warnings, "1 repeated rows") || !wanted && name != "LAS, text" && warnings != "" {
				t.Errorf("warnings %q", warnings)
			}
		})
	}
}

func mustRules(text string) Rules {
	r, err := ParseRules(text)
	if err != nil {
		panic(err)
	}
	return r
}

func TestSizes(t *testing.T) {
	got, warnings := read(t, "depth (m),app dip,azimuth,type,hole diameter (mm),height (m),conf,cali\n2,45,0,bed,200,-999.25,0.7,8.5\n1,45,0,bed,,0.5,,8.5\n", Options{})
	if got[0].AmplitudeM != 0.25 || !math.IsNaN(got[0].HoleDiameterM) || got[0].Confidence != 1 {
		t.Errorf("from height: %+v", got[0])
	}
	if !near(got[1].AmplitudeM, 0.1, 1e-12) || got[1].HoleDiameterM != 0.2 || got[1].Confidence != 0.7 {
		t.Errorf("from diameter: %+v", got[1])
	}
	if !strings.Contains(warnings, `"hole diameter (mm)" is taken, not "cali"`) {
		t.Errorf("warnings %q", warnings)
	}
}

func TestComments(t *testing.T) {
	table, _, err := Read(strings.NewReader("# well: B-2\n# azimuth_reference: magnetic\n# declination_deg: 3\nMD (m),app dip,azimuth,type\n1,45,0,bed\n"), "t", Options{})
	if err != nil || table.Well != "B-2" || table.Reference != "magnetic" || table.DeclinationDeg != 3 {
		t.Errorf("header %+v, error %v", table.Header, err)
	}
}

// What a table leaves open is never guessed, and the error names the option.
func TestAmbiguous(t *testing.T) {
	for name, c := range map[string]struct{ text, option string }{
		"dip":            {"Depth,Azimuth,Dip,Type\nm,deg,deg,\n1,2,3,Bedding\n", "--labels-dip"},
		"dip, WellCAD":   {"Depth,Azimuth,Dip,Visible Azimuth Ranges,Type\nm,deg,deg,deg,\n1,2,3,,Bedding\n", "--labels-dip"},
		"dip, category":  {"DEPTH,AZIMUTH,DIP,CATEGORY\nMETRES,,,\n1,2,3,Bedding\n", "--labels-dip"},
		"unit":           {"Depth,Azimuth,App dip,Type\n1,2,3,Bedding\n", "--labels-depth-unit m"},
		"strange unit":   {"Depth,Azimuth,App dip,Type\nfathom,deg,deg,\n1,2,3,Bedding\n", "--labels-depth-unit m"},
		"no class":       {"Depth (m),Azimuth,App dip\n1,2,3\n", `--labels-class "*=bedding"`},
		"azimuth of two": {"Depth (m),Azimuth,App dip,true dip,type\n1,2,3,4,bed\n", "true azimuth"},
		"LAS":            {"~V\nVERS. 2.0 :\nWRAP. NO :\n~C\nDEPT.M :\nDIP.deg :\nAZIM.deg :\n~A\n1 2 3\n", "--labels-dip"},
	} {
		_, _, err := Read(strings.NewReader(c.text), "t", Options{})
		var format *picks.FormatError
		if !errors.Is(err, ErrAmbiguous) || !errors.As(err, &format) || !strings.Contains(format.Remedy, c.option) {
			t.Errorf("%s: error %v, want one that says %s", name, err, c.option)
		}
	}
	_, _, err := Read(strings.NewReader("Depth (m),Azimuth,Dip,App dip,App azimuth,Type\n1,2,3,4,5,Bedding\n"), "t", Options{Dip: Apparent})
	if !errors.Is(err, ErrAmbiguous) {
		t.Errorf("two apparent dips: error %v", err)
	}
}

func TestRefuses(t *testing.T) {
	const names, units = "Depth,Azimuth,App Dip,Type\n", "m,deg,deg,\n"
	for name, c := range map[string]struct {
		text   string
		line   int
		column string
	}{
		"empty":          {"", 0, ""},
		"comments only":  {"# x\n", 0, ""},
		"no depth":       {"Dip,Azimuth,Type\n1,2,bed\n", 2, "depth"},
		"no dip column":  {"Depth,Azimuth,Type\nm,deg,\n", 2, "dip"},
		"strike":         {"Depth (m),Strike,App dip,Type\n1,2,3,bed\n", 2, "azimuth"},
		"radians":        {names + "m,rad,rad,\n", 2, "App Dip"},
		"no number":      {names + units + "1,2,3,Bedding\n1,2,x,Bedding\n", 4, "App Dip"},
		"infinite":       {names + units + "1,2,Inf,Bedding\n", 3, "App Dip"},
		"no depth value": {names + units + ",2,3,Bedding\n", 3, "Depth"},
		"far depth":      {names + units + "1e9,2,3,Bedding\n", 3, "Depth"},
		"null dip":       {names + units + "1,2,-999.25,Bedding\n", 3, "App Dip"},
		"steep":          {names + units + "1,2,91,Bedding\n", 3, "App Dip"},
		"along the hole": {names + units + "1,2,90,Bedding\n", 3, "App Dip"},
		"azimuth":        {names + units + "1,500,9,Bedding\n", 3, "Azimuth"},
		"quotes":         {names + units + "1,2,\"3,Bedding\n", 3, ""},
		"too many":       {names + units + "1,2,3,Bedding,5\n", 3, ""},
		"two wells":      {"well,depth (m),azimuth,app dip,type\nA,1,2,3,bed\nB,1,2,3,bed\n", 3, "well"},
		"no LAS":         {"~nonsense\n", 0, "depth"},
	} {
		_, _, err := Read(strings.NewReader(c.text), "w.csv", Options{})
		var format *picks.FormatError
		if !errors.As(err, &format) {
			t.Errorf("%s: error %v, want a *picks.FormatError", name, err)
			continue
		}
		if format.File != "w.csv" || format.Line != c.line || format.Column != c.column || format.Remedy == "" {
			t.Errorf("%s: error %q, want one at line %d, column %q", name, err, c.line, c.column)
		}
	}
	for name, opt := range map[string]Options{"dip": {Dip: "both"}, "format": {Format: "xls"}, "unit": {DepthUnit: "km"}} {
		if _, _, err := Read(strings.NewReader(""), "w.csv", opt); err == nil {
			t.Errorf("unknown %s accepted", name)
		}
	}
	for _, head := range []string{"", names} {
		if _, _, err := Read(io.MultiReader(strings.NewReader(head), failingReader{}), "w.csv", Options{Format: WellCAD}); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("failing reader: error %v", err)
		}
	}
	if _, _, err := ReadFile(filepath.Join(t.TempDir(), "none"), Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: error %v", err)
	}
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// Whatever the reader accepts is in range.
func FuzzRead(f *testing.F) {
	f.Add("Depth,Azimuth,App Dip,Type\nm,deg,deg,\n1,2,3,Bedding\n", "")
	f.Add("\ufeffDEPTH,AZIMUTH,DIP,CATEGORY,DIP_APP,AZIM_APP,DIA_HOLE,HEIGHT,DEPTH_PLANE\r\nMETRES,DEGREES,DEGREES,,DEGREES,DEGREES,MM,METRES,FEET\r\n"+
		"1,-999.25,-999.25,Fracture,10,20,200,0.1,-999.25\r\n", "true")
	f.Add("~V\nVERS. 2.0 :\nWRAP. NO :\n~C\nDEPT.M :\nDIP.deg :\nAZIM.deg :\nTYPE. :\n~A\n1 2 3 bed\n", "apparent")
	for _, data := range shareddata.Small(f, "dips", ".csv", 1<<14) {
		f.Add(string(data), "true")
	}
	f.Fuzz(func(t *testing.T, text, kind string) {
		var table *picks.Table
		var err error
		memtest.Check(t, int64(4*len(text)+1<<20), func() { table, _, err = Read(strings.NewReader(text), "fuzz", Options{Dip: Dip(kind)}) })
		if err != nil {
			return
		}
		for _, p := range table.Picks {
			if math.IsNaN(p.DepthM) || math.IsInf(p.DepthM, 0) || p.DipDeg < 0 || p.DipDeg >= 90 || p.AzimuthDeg < 0 || p.AzimuthDeg >= 360 ||
				p.TrueDipDeg > 90 || p.TrueAzimuthDeg >= 360 || p.HoleDiameterM <= 0 || p.AmplitudeM < 0 || !p.Class.Valid() {
				t.Fatalf("read %+v", p)
			}
		}
	})
}
