package csvmat

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/memtest"
	"github.com/geobfdt/geobfdt/internal/shareddata"
)

func TestReadVariants(t *testing.T) {
	for name, text := range map[string]string{
		"plain":            "depth_m,0,1,2\n100,1,2,3\n100.5,4,5,6\n",
		"no newline":       "depth_m,0,1,2\n100,1,2,3\n100.5,4,5,6",
		"BOM and CRLF":     "\xef\xbb\xbfdepth_m,0,1,2\r\n100,1,2,3\r\n\r\n100.5,4,5,6\r\n",
		"semicolons":       "Depth [m];0;1;2\n100;1;2;3\n100,5;4;5;6,0\n",
		"tabs":             "MD (m)\t0\t1\t2\n100\t1\t2\t3\n100,5\t4\t5\t6\n",
		"blanks":           "depth_m a b c\n 100.0  1 2 3\n100.5 4 5 6 \n",
		"trailing comma":   "depth_m,0,1,2,\n100,1,2,3,\n100.5,4,5,6,\n",
		"quoted":           "\"depth_m\",\"0\",\"1\",\"2\"\n\"100\",\"1\",\"2\",\"3\"\n100.5,4,5,6\n",
		"units below":      "DEPT,A,B,C\nM,OHMM,OHMM,OHMM\n100,1,2,3\n100.5,4,5,6\n",
		"upwards":          "depth_m,0,1,2\n100.5,4,5,6\n100,1,2,3\n",
		"feet":             "DEPT(ft),0,1,2\n328.0839895013123,1,2,3\n329.7244094488189,4,5,6\n",
		"feet, underscore": "depth_ft,0,1,2\n328.0839895013123,1,2,3\n329.7244094488189,4,5,6\n",
	} {
		l, err := Read(strings.NewReader(text), Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !slices.Equal(l.Pixels(), []float32{1, 2, 3, 4, 5, 6}) || l.Columns() != 3 ||
			math.Abs(l.DepthM[0]-100) > 1e-9 || math.Abs(l.DepthM[1]-100.5) > 1e-9 {
			t.Errorf("%s: depth %v, pixels %v", name, l.DepthM, l.Pixels())
		}
		if len(l.Warnings) != 0 {
			t.Errorf("%s: warnings %q", name, l.Warnings)
		}
	}
}

func TestReadGapsCurvesAndComments(t *testing.T) {
	text := "# well: A-1: side track\n# Azimuth_Reference: North\ndepth_m,devi_deg,0,1,2,3,bs_in\n1,10,,NaN,-999.25,7,8.5\n2,-9999,1,2,3,nan,8.5\n"
	l, err := Read(strings.NewReader(text), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if want := []bool{false, false, false, true, true, true, true, false}; !slices.Equal(l.Mask, want) {
		t.Errorf("mask %v", l.Mask)
	}
	if l.DeviDeg[0] != 10 || !math.IsNaN(l.DeviDeg[1]) || !slices.Equal(l.BSIn, []float64{8.5, 8.5}) || l.HaziDeg != nil {
		t.Errorf("curves %v %v", l.DeviDeg, l.BSIn)
	}
	if l.Well != "A-1: side track" || l.Reference != imagelog.RefNorth {
		t.Errorf("well %q, reference %q", l.Well, l.Reference)
	}
	l, err = Read(strings.NewReader("depth_m,0\n1,0\n2,-999.25\n3,5"), Options{NullValues: []float64{0}})
	if err != nil || !slices.Equal(l.Mask, []bool{false, true, true}) {
		t.Errorf("null value 0: %v", err)
	}
}

func TestReadWarnsOfMissingUnit(t *testing.T) {
	for _, text := range []string{"depth,0,1\n5,1,2\n", "5,1,2\n6,1,2\n"} {
		l, err := Read(strings.NewReader(text), Options{})
		if err != nil || len(l.Warnings) != 1 || l.DepthM[0] != 5 {
			t.Errorf("%q: %v, %+v", text, err, l)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	cases := []struct {
		name, text, want string
		is               error
	}{
		{"empty", "", "no rows", imagelog.ErrNoData},
		{"header only", "depth_m,0,1\n", "no rows", imagelog.ErrNoData},
		{"all empty", "depth_m,0,1\n1,,\n", "valid", imagelog.ErrNoData},
		{"short row", "depth_m,0,1\n1,2,3\n2,3\n", "line 3", ErrFormat},
		{"long row", "depth_m,0,1\n1,2,3,4\n", "line 2", ErrFormat},
		{"text", "depth_m,0,1\n1,2,wall\n", "line 2, column 3", ErrFormat},
		{"one column", "depth_m\n1\n", "line 1", ErrFormat},
		{"binary", "\x00\x01\x02,\xff\n", "line 1", ErrFormat},
		{"long line", "depth_m,0\n" + strings.Repeat("1", maxLineBytes+1), "longer", ErrFormat},
	}
	for _, c := range cases {
		_, err := Read(strings.NewReader(c.text), Options{})
		if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("depth_m,0,1\n1,2,3\n2,,nan\n")
	f.Add("\xef\xbb\xbf# well: x\r\nDEPT [ft];devi_deg;1\r\n1,5;2;-999,25\r\n")
	f.Add("MD\tA\nM\tOHMM\n3\t1\n2\t1\n")
	f.Add("1 2 3\n2 3 4")
	for _, data := range shareddata.Small(f, "survey", ".csv", 1<<14) { // tables of numbers
		f.Add(string(data))
	}
	f.Fuzz(func(t *testing.T, text string) {
		var l *imagelog.Log
		var err error
		memtest.Check(t, int64(4*len(text)+1<<20), func() { l, err = Read(strings.NewReader(text), Options{}) })
		if err != nil {
			return
		}
		if err := l.Validate(); err != nil {
			t.Error(err)
		}
	})
}
