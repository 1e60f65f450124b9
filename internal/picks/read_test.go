package picks

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/memtest"
	"github.com/geobfdt/geobfdt/internal/shareddata"
)

func TestReadVariants(t *testing.T) {
	for name, text := range map[string]string{
		"labels, as few columns as may be": "depth_m,class,apparent_dip_deg,apparent_azimuth_deg\n100.25,fracture,30.5,10\n",
		"byte order mark, CRLF":            "\ufeffdepth_m,class,apparent_dip_deg,apparent_azimuth_deg\r\n100.25,fracture,30.5,10\r\n",
		"mark before a comment":            "\ufeff# by hand\n\ndepth_m,class,apparent_dip_deg,apparent_azimuth_deg\n100.25,fracture,30.5,10",
		"semicolons and decimal commas":    "depth_m;class;apparent_dip_deg;apparent_azimuth_deg\n100,25;fracture;30,5;10\n",
		"tabs":                             "depth_m\tclass\tapparent_dip_deg\tapparent_azimuth_deg\n100.25\tfracture\t30.5\t10\n",
		"another order, more columns":      "who,class,remark,apparent_azimuth_deg,depth_m,apparent_dip_deg\nme,fracture,\"a, b\",10,100.25,30.5\n",
		"capitals and spaces":              " Depth_M , CLASS , Apparent_Dip_Deg, apparent_azimuth_deg \n 100.25 , Fracture , 30.5 , 10 \n",
		"azimuth wraps":                    "depth_m,class,apparent_dip_deg,apparent_azimuth_deg\n100.25,fracture,30.5,-350\n",
		"feet":                             "depth_ft,class,apparent_dip_deg,apparent_azimuth_deg\n328.9041994750656,fracture,30.5,10\n",
		"nulls":                            "depth_m,class,apparent_dip_deg,apparent_azimuth_deg,confidence,true_dip_deg,coverage\n100.25,fracture,30.5,10,,-999.25,NaN\n",
		"trailing and empty cells":         "depth_m,class,apparent_dip_deg,apparent_azimuth_deg,,\n100.25,fracture,30.5,10,,,,\n,,,,,\n",
		"comment between rows":             "depth_m,class,apparent_dip_deg,apparent_azimuth_deg\n# one only\n100.25,fracture,30.5,10\n",
	} {
		t.Run(name, func(t *testing.T) {
			want := New(dip.Fracture, dip.Sinusoid{DepthM: 100.25, DipDeg: 30.5, AzimuthDeg: 10})
			got := read(t, text)
			equal(t, got, &Table{Header: Header{DepthUnit: got.DepthUnit}, Picks: []Pick{want}}, 1e-9)
			if feet := name == "feet"; feet != (got.DepthUnit == Feet) {
				t.Errorf("depth unit %q", got.DepthUnit)
			}
		})
	}
}

func TestReadSorts(t *testing.T) {
	table := read(t, "depth_m,class,apparent_dip_deg,apparent_azimuth_deg\n3,bedding,1,1\n1,bedding,1,1\n2,bedding,1,1\n")
	if err := table.Validate(); err != nil || table.Picks[0].DepthM != 1 {
		t.Errorf("%v, %v", err, table.Picks)
	}
}

func TestReadErrors(t *testing.T) {
	const header = "# x\ndepth_m,class,apparent_dip_deg,apparent_azimuth_deg,quality\n"
	for name, c := range map[string]struct {
		text, column string
		line         int
	}{
		"empty file":      {"", "", 0},
		"comments only":   {"# a\n# b: c\n", "", 0},
		"no depth":        {"depth,class,apparent_dip_deg,apparent_azimuth_deg\n", "depth_m", 1},
		"no class":        {"depth_m,apparent_dip_deg,apparent_azimuth_deg\n", "class", 1},
		"no dip":          {"depth_m,class,apparent_azimuth_deg\n", "apparent_dip_deg", 1},
		"no azimuth":      {"depth_m;class;apparent_dip_deg\n", "apparent_azimuth_deg", 1},
		"both units":      {"depth_m,depth_ft,class,apparent_dip_deg,apparent_azimuth_deg\n", "depth_ft", 1},
		"column twice":    {"depth_m,class,class,apparent_dip_deg,apparent_azimuth_deg\n", "class", 1},
		"open quote":      {"\"depth_m,class\n", "", 1},
		"class":           {header + "1,bedding,1,1,A\n2,breakout,1,1,A\n", "class", 4},
		"dip of 90":       {header + "1,bedding,90,1,A\n", "apparent_dip_deg", 3},
		"negative dip":    {header + "1,bedding,-0.5,1,A\n", "apparent_dip_deg", 3},
		"infinite depth":  {header + "Inf,bedding,5,1,A\n", "depth_m", 3},
		"NaN depth":       {header + "nan,bedding,5,1,A\n", "depth_m", 3},
		"null depth":      {header + "-999.25,bedding,5,1,A\n", "depth_m", 3},
		"empty dip":       {header + "1,bedding,,1,A\n", "apparent_dip_deg", 3},
		"word for number": {header + "1,bedding,flat,1,A\n", "apparent_dip_deg", 3},
		"azimuth of 400":  {header + "1,bedding,5,400,A\n", "apparent_azimuth_deg", 3},
		"quality":         {header + "1,bedding,5,40,good\n", "quality", 3},
		"too many values": {header + "1,bedding,5,40,A,x\n", "", 3},
		"quote in a row":  {header + "1,\"bedding,5,40,A\n", "", 3},
		"declination":     {"# declination_deg: two\n", "", 1},
		"no lines at all": {strings.Repeat("x", maxLine+1), "", 1},
	} {
		_, err := ReadCSV(strings.NewReader(c.text), "labels.csv")
		var f *FormatError
		if !errors.As(err, &f) {
			t.Errorf("%s: error %v", name, err)
			continue
		}
		if f.File != "labels.csv" || f.Line != c.line || f.Column != c.column || f.Cause == "" || f.Remedy == "" {
			t.Errorf("%s: %+v, want line %d, column %q", name, f, c.line, c.column)
		}
	}
}

func TestErrorText(t *testing.T) {
	_, err := ReadCSV(strings.NewReader("depth_ft,class,apparent_dip_deg,apparent_azimuth_deg\n10,bedding,95,0\n"), "a.csv")
	const want = "picks file a.csv, line 2, column apparent_dip_deg: 95 is not in [0, 90): correct the value or delete the row"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestReadFile(t *testing.T) {
	if _, err := ReadFile(t.TempDir() + "/none.csv"); err == nil {
		t.Error("no error for a file that is not there")
	}
}

// Whatever is read must be valid, and must come back the same from what is written of it.
func FuzzReadCSV(f *testing.F) {
	f.Add(exampleCSV)
	f.Add("depth_ft;class;apparent_dip_deg;apparent_azimuth_deg\n100,25;fracture;30,5;360\n")
	f.Add("\ufeff#a\r\ndepth_m\tclass\tapparent_dip_deg\tapparent_azimuth_deg\tflags\r\n1\tbedding\t1e-9\t-0\t\"a\"\"b| c|\"\r\n")
	for _, data := range shareddata.Small(f, "dips", ".csv", 1<<14) { // of other programs: read by package labels, refused here
		f.Add(string(data))
	}
	f.Fuzz(func(t *testing.T, text string) {
		var table *Table
		var err error
		memtest.Check(t, int64(4*len(text)+1<<20), func() { table, err = ReadCSV(strings.NewReader(text), "fuzz") })
		if err != nil {
			return
		}
		if err := table.Validate(); err != nil {
			t.Fatalf("read an invalid table: %v", err)
		}
		var b strings.Builder
		if err := WriteCSV(&b, table, Metres); err != nil {
			t.Fatalf("write what was read: %v", err)
		}
		again, err := ReadCSV(strings.NewReader(b.String()), "again")
		if err != nil {
			t.Fatalf("read what was written: %v\n%s", err, b.String())
		}
		if len(again.Picks) != len(table.Picks) {
			t.Fatalf("%d picks became %d", len(table.Picks), len(again.Picks))
		}
		for i := range table.Picks {
			p, q := &table.Picks[i], &again.Picks[i]
			if math.Abs(p.DepthM-q.DepthM) > 1e-4 || p.Class != q.Class || p.Quality != q.Quality ||
				strings.Join(p.Flags, flagSeparator) != strings.Join(q.Flags, flagSeparator) {
				t.Fatalf("pick %d became %+v, was %+v", i, q, p)
			}
		}
	})
}
