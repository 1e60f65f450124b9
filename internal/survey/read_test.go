package survey

import (
	"bytes"
	"encoding/csv"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/memtest"
	"github.com/geobfdt/geobfdt/internal/shareddata"
)

// Real surveys: how many stations, the last one, and what the reader has to say of them.
func TestRealSurveys(t *testing.T) {
	const foot = 0.3048
	for _, c := range []struct {
		file     string
		stations int
		last     Station
		north    North
		warning  string
	}{
		{"survey/15_9-F-12_Survey_Data.csv", 126, Station{3438, 53.43, 104.32}, "", "--survey-unit"},
		{"survey/P11-A-02_SURV.csv", 91, Station{2691, 89.66, 319.61}, "", "--survey-unit"},
		{"survey/deviation.csv", 79, Station{2267, 35.43, 298.39}, "", ""},
		{"survey/well9.csv", 121, Station{7922 * foot, 90.25, 212.16}, NorthGrid, ""},
		{"survey/well10.csv", 121, Station{9478.9 * foot, 90, 60}, NorthGrid, ""},
		{"las/lasio/3.0/sample_3.0.las", 7, Station{600, 7.41, 204.39}, "", ""},
		{"las/lasio/3.0/sample_3.0_tab_dlm.las", 7, Station{600, 7.41, 204.39}, "", ""},
		{"las/lasio/3.0/0-d Array #2 (MS).las", 43, Station{9150 * foot, 32.2, 57.8}, "", ""},
	} {
		s, err := Open(shareddata.Path(t, c.file), Options{})
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		got := s.stations
		if len(got) != c.stations {
			t.Errorf("%s: %d stations, want %d", c.file, len(got), c.stations)
		}
		last := got[len(got)-1]
		near(t, c.file+": depth", last.DepthM, c.last.DepthM, 1e-9)
		near(t, c.file+": inclination", last.InclDeg, c.last.InclDeg, 1e-9)
		near(t, c.file+": azimuth", last.AzimDeg, c.last.AzimDeg, 1e-9)
		if s.North != c.north {
			t.Errorf("%s: north %q, want %q", c.file, s.North, c.north)
		}
		if all := strings.Join(s.Warnings, "; "); (all == "") != (c.warning == "") || !strings.Contains(all, c.warning) {
			t.Errorf("%s: warnings %q, want %q", c.file, all, c.warning)
		}
	}
}

// Surveys whose files carry positions that other programs reckoned by minimum curvature. Coordinates of two of them are on a map grid
// whose scale at the wells is 0.99975273. tolM is what the rounding of the columns leaves: two decimals in deviation.csv.
func TestMinimumCurvatureOfRealSurveys(t *testing.T) {
	const foot = 0.3048
	for _, c := range []struct {
		file             string
		tvd, north, east int // columns
		tvdUnitM, scale  float64
		tolM             float64
	}{
		{"survey/deviation.csv", 3, 4, 5, 1, 1, 0.05},
		{"survey/well9.csv", 3, 5, 6, foot, 0.9997527301, 1e-6},
		{"survey/well10.csv", 3, 5, 6, foot, 0.9997527301, 1e-6},
	} {
		path := shareddata.Path(t, c.file)
		s, err := Open(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(f).ReadAll()
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		positions := s.Positions()
		if len(positions) != len(rows)-1 {
			t.Fatalf("%s: %d positions for %d rows", c.file, len(positions), len(rows)-1)
		}
		at := func(row, column int) float64 {
			v, err := strconv.ParseFloat(rows[row][column], 64)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		worst := 0.0
		for i, p := range positions {
			worst = max(worst,
				math.Abs(p.TVDM-positions[0].TVDM-(at(i+1, c.tvd)-at(1, c.tvd))*c.tvdUnitM),
				math.Abs(p.NorthM*c.scale-(at(i+1, c.north)-at(1, c.north))),
				math.Abs(p.EastM*c.scale-(at(i+1, c.east)-at(1, c.east))))
		}
		t.Logf("%s: %d stations, greatest difference of a coordinate %.2g m", c.file, len(positions), worst)
		if !(worst <= c.tolM) {
			t.Errorf("%s: coordinates differ by %.4f m, want %g", c.file, worst, c.tolM)
		}
	}
}

func TestTables(t *testing.T) {
	want := []Station{{100, 1.5, 20}, {200, 2.5, 350}}
	for name, text := range map[string]string{
		"commas":                   "md_m,inc_deg,azi_deg\n100,1.5,20\n200,2.5,350\n",
		"byte order mark":          "\ufeffMD [m],INCL,AZIM\r\n100,1.5,20\r\n200,2.5,350\r\n",
		"semicolons":               "Well;F-1;;\nMD;Azimuth;Inclination\nm;deg;deg\n100;20;1,5\n200;350;2,5\n",
		"tabs, other columns":      "TVD (m)\tMD (m RKB)\tInclination (deg)\tAzimuth TN (deg)\n99\t100\t1.5\t20\n199\t200\t2.5\t350\n",
		"blanks, comments":         "# by hand\n MD(m)  INC AZI\n\n 100 1.5 20\n# half way\n 200 2.5 350\n",
		"feet in a line of units":  "MD,INC,AZI\nft,deg,deg\n328.0839895013123,1.5,20\n656.1679790026247,2.5,350\n",
		"radians":                  "MD[m],Inc[rad],Azi[rad]\n100,0.02617993877991494,0.3490658503988659\n200,0.04363323129985824,6.1086523819801535\n",
		"quoted, incomplete, null": "\"MD (m)\",\"Dev\",\"Hole Azimuth\"\n100,1.5,20\n150,,30\n160,-999.25,3\n170\n200,2.5,350\n",
		"LAS curves":               "~V\nVERS. 2.0 :\nWRAP. NO :\n~C\nDEPT.m :\nDEVI.deg :\nHAZI.deg :\n~A\n100 1.5 20\n100.1 1.6 21\n100.2 1.6 21\n100.3 80 21\n200 2.5 350\n",
	} {
		s, err := Read(strings.NewReader(text), Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := s.stations
		if len(got) != 2 {
			t.Errorf("%s: %v", name, got)
			continue
		}
		for i := range want {
			near(t, name, got[i].DepthM, want[i].DepthM, 1e-9)
			near(t, name, got[i].InclDeg, want[i].InclDeg, 1e-9)
			near(t, name, got[i].AzimDeg, want[i].AzimDeg, 1e-9)
		}
		if left := slices.ContainsFunc(s.Warnings, func(w string) bool { return strings.Contains(w, "3 stations") }); left != strings.Contains(name, "null") || len(s.Warnings) > 1 {
			t.Errorf("%s: warnings %q", name, s.Warnings)
		}
	}
}

func TestUnitOption(t *testing.T) {
	for _, text := range []string{
		"MD,INC,AZI\n1000,1,2\n",
		"~V\nVERS. 3.0 :\nDLM. COMMA :\n~Inclinometry_Definition\nMD. : d\nDEVI.deg : i\nAZIM.deg : a\n~Inclinometry_Data | Inclinometry_Definition\n1000,1,2\n",
	} {
		s, err := Read(strings.NewReader(text), Options{DepthUnit: "ft"})
		if err != nil || len(s.Warnings) > 0 || math.Abs(s.stations[0].DepthM-304.8) > 1e-9 {
			t.Errorf("feet: %+v, %v", s, err)
		}
		s, err = Read(strings.NewReader(text), Options{})
		if err != nil || len(s.Warnings) != 1 || s.stations[0].DepthM != 1000 {
			t.Errorf("no unit: %+v, %v", s, err)
		}
		if _, err := Read(strings.NewReader(text), Options{DepthUnit: "fathom"}); !errors.Is(err, ErrSurvey) {
			t.Errorf("fathoms: %v", err)
		}
	}
	// What the file says wins.
	s, err := Read(strings.NewReader("MD[m],INC,AZI\n1000,1,2\n"), Options{DepthUnit: "ft"})
	if err != nil || s.stations[0].DepthM != 1000 {
		t.Errorf("metres in the file: %+v, %v", s, err)
	}
}

func TestRefused(t *testing.T) {
	for want, text := range map[string]string{
		"empty":                  " \n",
		"md_m,inc_deg,azi_deg":   "100,1,2\n200,2,3\n",
		"line 3: column 2":       "md,inc,azi\n1,2,3\n2,steep,3\n",
		"no station with depth":  "md,inc,azi\n,,\n",
		"depth in \"s\"":         "MD[s],INC,AZI\n1,2,3\n",
		"no section holds":       "~V\nVERS. 2.0 :\nWRAP. NO :\n~C\nDEPT.m :\nGR.gapi :\n~A\n100 1.5\n",
		"turns by 140 degrees b": "md[m],inc,azi\n0,70,0\n10,70,180\n",
	} {
		if _, err := Read(strings.NewReader(text), Options{}); !errors.Is(err, ErrSurvey) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none.csv"), Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("md_m,inc_deg,azi_deg\n100,1.5,20\n200,2.5,350\n"))
	f.Add([]byte("MD;Azimuth;Inclination\nm;deg;deg\n100;20;1,5\n"))
	f.Add([]byte("~V\nVERS. 2.0 :\nWRAP. NO :\n~C\nDEPT.m :\nDEVI.deg :\nHAZI.deg :\n~A\n100 1.5 20\n"))
	for _, data := range shareddata.Small(f, "survey", ".csv", 1<<14) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var s *Survey
		var err error
		memtest.Check(t, int64(4*len(data)+1<<20), func() { s, err = Read(bytes.NewReader(data), Options{}) })
		if err != nil {
			return
		}
		for _, p := range s.Positions() {
			if math.IsNaN(p.TVDM + p.NorthM + p.EastM) {
				t.Fatalf("position %+v of %v", p, s.stations)
			}
			if _, _, ok := s.At(p.DepthM); !ok {
				t.Fatalf("no direction at the station %g", p.DepthM)
			}
		}
	})
}
