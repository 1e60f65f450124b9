package export

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/geobfdt/geobfdt/internal/checkpoint"
	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/las"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// example is a table out of order: a fracture of which all is known, and a bed of which little is.
func example() *picks.Table {
	fracture := picks.New(dip.Fracture, dip.Sinusoid{DepthM: 809.1844433, DipDeg: 72.0542, AzimuthDeg: 24})
	fracture.Confidence, fracture.Quality, fracture.Coverage = 0.875, "B", 0.64
	fracture.TrueDipDeg, fracture.TrueAzimuthDeg = 71.7439, 23.9305
	fracture.HoleDiameterM, fracture.AmplitudeM = 0.226898, 0.35
	fracture.Flags = []string{picks.FlagConductive, picks.FlagMerged}
	bed := picks.New(dip.Bedding, dip.Sinusoid{DepthM: 808.7044832, DipDeg: 25.8292, AzimuthDeg: 213.572})
	return &picks.Table{
		Header: picks.Header{Well: "A-1, side track", Datum: "KB", Reference: "north", ModelName: "refine", DeclinationDeg: 2.5},
		Picks:  []picks.Pick{fracture, bed},
	}
}

func export(t *testing.T, format string, table *picks.Table, opt Options) string {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, format, table, opt); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// closeTo compares numbers, of which both may be unknown.
func closeTo(a, b, tolerance float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= tolerance
}

func TestGolden(t *testing.T) {
	for format, want := range map[string]string{
		"wellcad": "Depth,Azimuth,Dip,Aperture,Visible Azimuth Ranges,Type,NOTES\r\n" +
			"m,deg,deg,mm,deg,,\r\n" +
			"808.7045,213.57,25.829,0,,Bedding,confidence 1.00\r\n" +
			"809.1844,24.00,72.054,0,,Fracture,confidence 0.88; quality B; conductive|merged\r\n",
		"geolog": "DEPTH,AWIDTH,AZIMUTH,AZIM_APP,AZI_END,AZI_START,CATEGORY,DEPTH_PLANE,DIA_HOLE,DIP,DIP_APP,HEIGHT,NOTES,QUALITY,TILT\r\n" +
			"METRES,DEGREES,DEGREES,DEGREES,DEGREES,DEGREES,,METRES,MM,DEGREES,DEGREES,METRES,,,DEGREES\r\n" +
			"808.7045,-999.25,-999.25,213.57,-999.25,-999.25,Bedding,-999.25,-999.25,-999.25,25.829,-999.25,confidence 1.00,-999.25,-999.25\r\n" +
			"809.1844,-999.25,23.93,24.00,-999.25,-999.25,Fracture,-999.25,226.9,71.744,72.054,0.70000," +
			"confidence 0.88; quality B; conductive|merged,-999.25,-999.25\r\n",
		"jsonl": `{"well":"A-1, side track","azimuth_reference":"north","class":"bedding","depth_m":808.7045,"apparent_dip_deg":25.829,` +
			`"apparent_azimuth_deg":213.57,"true_dip_deg":null,"true_azimuth_deg":null,"confidence":1.0000,"amplitude_m":null,` +
			`"hole_diameter_m":null,"coverage":null,"quality":"","flags":[]}` + "\n" +
			`{"well":"A-1, side track","azimuth_reference":"north","class":"fracture","depth_m":809.1844,"apparent_dip_deg":72.054,` +
			`"apparent_azimuth_deg":24.00,"true_dip_deg":71.744,"true_azimuth_deg":23.93,"confidence":0.8750,"amplitude_m":0.35000,` +
			`"hole_diameter_m":0.2269,"coverage":0.640,"quality":"B","flags":["conductive","merged"]}` + "\n",
		"techlog": "MD,TYPE,DIP_APP,AZIM_APP,DIP_TRU,AZIM_TRU,CONF,AMPL,DIAM,COVR,QUALITY,FLAGS\nm,,deg,deg,deg,deg,,m,m,,,\n" +
			"808.7045,Bedding,25.829,213.57,-9999,-9999,1.0000,-9999,-9999,-9999,,\n" +
			"809.1844,Fracture,72.054,24.00,71.744,23.93,0.8750,0.35000,0.2269,0.640,B,conductive|merged\n",
		"petrel": "# point well data: measured depth in m, apparent dips in degrees\n# datum: KB\n# azimuth_reference: north\n" +
			"Well\tMD (m)\tapparent dip (deg)\tapparent azimuth (deg)\tconfidence\ttype\tquality\n" +
			"A-1, side track\t808.7045\t25.829\t213.57\t1.0000\tBedding\t\n" +
			"A-1, side track\t809.1844\t72.054\t24.00\t0.8750\tFracture\tB\n",
	} {
		if got := export(t, format, example(), Options{}); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", format, got, want)
		}
	}
}

func TestWriteLeavesTheTable(t *testing.T) {
	table := example()
	for _, format := range Formats() {
		export(t, format, table, Options{})
		if table.Picks[0].DepthM < table.Picks[1].DepthM {
			t.Fatalf("%s sorted the caller's table", format)
		}
	}
}

func TestLAS(t *testing.T) {
	table := example()
	table.Picks = append(table.Picks, table.Picks[0]) // two picks of one depth
	for unit, metres := range metresPer {
		f, err := las.Read(strings.NewReader(export(t, "las", table, Options{DepthUnit: unit})), las.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Warnings) > 0 {
			t.Errorf("the file needs repair: %v", f.Warnings)
		}
		index := f.Curve("DEPT")
		if index != &f.Curves[0] || index.Unit != string(unit) || f.Rows() != 3 {
			t.Fatalf("index %+v of %d rows", index, f.Rows())
		}
		for k := 1; k < 3; k++ {
			if index.Values[k] <= index.Values[k-1] {
				t.Errorf("index %v does not ascend", index.Values)
			}
		}
		fracture := &table.Picks[0]
		for mnemonic, want := range map[string][2]float64{ // bed, fracture
			"DEPT":     {808.7044832 / metres, fracture.DepthM / metres},
			"DIP_APP":  {25.8292, fracture.DipDeg},
			"AZIM_APP": {213.572, fracture.AzimuthDeg},
			"DIP":      {math.NaN(), fracture.TrueDipDeg},
			"AZIM":     {math.NaN(), fracture.TrueAzimuthDeg},
			"TYPE":     {0, 1},
			"CONF":     {1, fracture.Confidence},
			"AMPL":     {math.NaN(), fracture.AmplitudeM},
			"DIAM":     {math.NaN(), fracture.HoleDiameterM},
			"COVR":     {math.NaN(), fracture.Coverage},
			"QUAL":     {math.NaN(), 2},
		} {
			c := f.Curve(mnemonic)
			if c == nil {
				t.Errorf("no curve %s", mnemonic)
				continue
			}
			for k, w := range want {
				if !closeTo(c.Values[k], w, 0.0051) {
					t.Errorf("%s of pick %d is %v, want %v", mnemonic, k, c.Values[k], w)
				}
			}
		}
		for mnemonic, want := range map[string]string{"TYPE_0": "bedding", "TYPE_1": "fracture", "QUAL_1": "A", "QUAL_4": "D",
			"AZREF": "north", "MDEC": "2.5", "PDAT": "KB"} {
			if item, _ := f.Item(las.Parameter, mnemonic); item.Value != want {
				t.Errorf("parameter %s is %q, want %q", mnemonic, item.Value, want)
			}
		}
		if well, _ := f.Item(las.Well, "WELL"); well.Value != table.Well {
			t.Errorf("well %q", well.Value)
		}
	}
}

func TestJSONLinesAreJSON(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(export(t, "jsonl", example(), Options{DepthUnit: picks.Feet})), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines", len(lines))
	}
	var got struct {
		DepthFt *float64 `json:"depth_ft"`
		TrueDip *float64 `json:"true_dip_deg"`
		Class   dip.Class
		Flags   []string
	}
	if err := json.Unmarshal([]byte(lines[1]), &got); err != nil {
		t.Fatal(err)
	}
	if got.DepthFt == nil || !closeTo(*got.DepthFt, 809.1844433/0.3048, 1e-4) || got.TrueDip == nil || got.Class != dip.Fracture || len(got.Flags) != 2 {
		t.Errorf("read back %+v", got)
	}
}

// Values near the end of their range must not be rounded out of it.
func TestRoundingKeepsRanges(t *testing.T) {
	p := picks.New(dip.Fracture, dip.Sinusoid{DepthM: 1, DipDeg: 89.99999, AzimuthDeg: 359.9999})
	table := &picks.Table{Picks: []picks.Pick{p}}
	if got, want := export(t, "wellcad", table, Options{}), "1.0000,0.00,89.999,"; !strings.Contains(got, want) {
		t.Errorf("wrote %q, want %q", got, want)
	}
	f, err := las.Read(strings.NewReader(export(t, "las", table, Options{})), las.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if d, a := f.Curve("DIP_APP").Values[0], f.Curve("AZIM_APP").Values[0]; d >= 90 || a != 0 {
		t.Errorf("dip %v, azimuth %v in LAS", d, a)
	}
}

func TestWriteRefuses(t *testing.T) {
	invalid := &picks.Table{Picks: []picks.Pick{picks.New(dip.Bedding, dip.Sinusoid{DepthM: 1, DipDeg: 95})}}
	for name, c := range map[string]struct {
		format string
		table  *picks.Table
		opt    Options
		want   error // nil: any
	}{
		"format":       {"xls", example(), Options{}, nil},
		"dip":          {"las", example(), Options{Dip: "both"}, nil},
		"unit":         {"las", example(), Options{DepthUnit: "km"}, nil},
		"no table":     {"las", nil, Options{}, nil},
		"invalid pick": {"jsonl", invalid, Options{}, picks.ErrInvalid},
		"no true dip":  {"wellcad", example(), Options{Dip: True}, ErrNoTrueDip},
		"petrel, too":  {"petrel", example(), Options{Dip: True}, ErrNoTrueDip},
		"no apparent":  {"wellcad", trueOnly(), Options{}, ErrNoApparentDip},
		"csv needs it": {"csv", trueOnly(), Options{Dip: True}, ErrNoApparentDip},
		"structural":   {"petrel", trueOnly(), Options{Structural: &dip.Plane{DipDeg: 3}}, nil},
		"form":         {"las", example(), Options{Form: "quadrant"}, nil},
		"fixed form":   {"geolog", example(), Options{Form: Pole}, nil},
		"no picks":     {"las", &picks.Table{}, Options{}, ErrNoPicks},
	} {
		var out bytes.Buffer
		err := Write(&out, c.format, c.table, c.opt)
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", name, err, c.want)
		}
		if out.Len() > 0 {
			t.Errorf("%s: %d bytes written before the refusal", name, out.Len())
		}
	}
}

// trueOnly is a pick as a table of true dips gives it.
func trueOnly() *picks.Table {
	p := picks.New(dip.Fracture, dip.Sinusoid{DepthM: 1, DipDeg: math.NaN(), AzimuthDeg: math.NaN()})
	p.TrueDipDeg, p.TrueAzimuthDeg = 60, 300
	return &picks.Table{Picks: []picks.Pick{p}}
}

// A plane that dips 60 towards 300 strikes 210 by the right-hand rule; its pole plunges 30 towards 120. One that dips 10 towards 45
// strikes 315, and its pole plunges 80 towards 225.
func TestForms(t *testing.T) {
	table := trueOnly()
	table.Picks[0].DipDeg, table.Picks[0].AzimuthDeg = 10, 45
	for form, want := range map[Form][]string{
		DipAzimuth: {`"apparent_dip_deg":10.000,"apparent_azimuth_deg":45.00,"true_dip_deg":60.000,"true_azimuth_deg":300.00`,
			"true dip (deg)\ttrue azimuth (deg)\tconfidence", "\t60.000\t300.00\t", "DIP_APP,AZIM_APP,DIP_TRU,AZIM_TRU", "10.000,45.00,60.000,300.00"},
		StrikeRHR: {`"apparent_dip_deg":10.000,"apparent_strike_rhr_deg":315.00,"true_dip_deg":60.000,"true_strike_rhr_deg":210.00`,
			"true dip (deg)\ttrue strike RHR (deg)\tconfidence", "\t60.000\t210.00\t", "DIP_APP,STRK_APP,DIP_TRU,STRK_TRU", "10.000,315.00,60.000,210.00"},
		Pole: {`"apparent_pole_plunge_deg":80.000,"apparent_pole_trend_deg":225.00,"true_pole_plunge_deg":30.000,"true_pole_trend_deg":120.00`,
			"true pole plunge (deg)\ttrue pole trend (deg)\tconfidence", "\t30.000\t120.00\t", "PLNG_APP,TRND_APP,PLNG_TRU,TRND_TRU", "80.000,225.00,30.000,120.00"},
	} {
		opt := Options{Dip: True, Form: form}
		text := export(t, "jsonl", table, opt) + export(t, "petrel", table, opt) + export(t, "techlog", table, opt)
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q in\n%s", form, w, text)
			}
		}
		f, err := las.Read(strings.NewReader(export(t, "las", table, opt)), las.Options{})
		if err != nil {
			t.Fatal(err)
		}
		names := map[Form][2]string{DipAzimuth: {"DIP", "AZIM"}, StrikeRHR: {"DIP", "STRK"}, Pole: {"PLNG", "TRND"}}[form]
		values := map[Form][2]float64{DipAzimuth: {60, 300}, StrikeRHR: {60, 210}, Pole: {30, 120}}[form]
		for i, name := range names {
			if c := f.Curve(name); c == nil || c.Values[0] != values[i] {
				t.Errorf("%s: curve %s is %v, want %g", form, name, c, values[i])
			}
		}
	}
}

// Formats with a head say that the true dips are not those of today.
func TestStructuralIsSaid(t *testing.T) {
	opt := Options{Dip: True, Structural: &dip.Plane{DipDeg: 12, AzimuthDeg: 140}}
	if text := export(t, "petrel", trueOnly(), opt); !strings.Contains(text, "# structural dip removed: 12/140\n") {
		t.Errorf("petrel: %s", text)
	}
	f, err := las.Read(strings.NewReader(export(t, "las", trueOnly(), opt)), las.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"SDIP": "12", "SAZI": "140"} {
		if item, _ := f.Item(las.Parameter, name); item.Value != want {
			t.Errorf("%s is %q, want %s", name, item.Value, want)
		}
	}
}

func TestEmptyTable(t *testing.T) {
	for _, format := range []string{"csv", "wellcad", "geolog", "techlog", "petrel", "jsonl"} {
		got := export(t, format, &picks.Table{}, Options{})
		want := map[string]int{"csv": 1, "jsonl": 0}
		lines, listed := want[format]
		if !listed {
			lines = 2
		}
		if strings.Count(got, "\n") != lines {
			t.Errorf("%s: %q", format, got)
		}
	}
}

func TestWriteModel(t *testing.T) {
	model := &checkpoint.File{
		Tensors:  map[string]*tensor.Dense{"w": tensor.New(tensor.WithShape(2), tensor.WithBacking([]float32{1, 2}))},
		Metadata: map[string]string{"config": "x"},
	}
	var out bytes.Buffer
	if err := WriteModel(&out, model); err != nil {
		t.Fatal(err)
	}
	got, err := checkpoint.Decode(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if got.Metadata["config"] != "x" || got.Tensors["w"].Float32s()[1] != 2 {
		t.Errorf("read back %+v", got)
	}
	if err := WriteModel(&out, nil); err == nil {
		t.Error("nil model written")
	}
}
