package las

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

// The standard's own example of LAS 3.0, and the same with tabs.
func TestLAS3(t *testing.T) {
	for _, name := range []string{"sample_3.0.las", "sample_3.0_tab_dlm.las", "las-30a-revised-2010.las"} {
		f := mustRead(t, "las/lasio/3.0/"+name)
		if f.Version != "3.0" || f.Sets[f.Main].Name != "Log" || &f.Curves[0] != &f.Sets[f.Main].Curves[0] {
			t.Fatalf("%s: version %s, main %s", name, f.Version, f.Sets[f.Main].Name)
		}
		c := f.Curve("YME")
		if c.Format != "E0.00E+00" || c.Description != "YOUNGS MODULES" || c.Values[2] != 2.85e12 || c.Code != "123 456 789" {
			t.Errorf("%s: %+v", name, c)
		}
		if c = f.Curve("CDES"); c.Format != "S" || !c.HasText() || c.Text(0) != "DOLOMITE WI/VUGS" || !math.IsNaN(c.Values[0]) {
			t.Errorf("%s: %+v, %q", name, c, c.Text(0))
		}
		if c = f.Curve("NMR[5]"); c.Format != "AF;20ms" || !slices.Equal(c.Values, []float64{13, 25, 17}) {
			t.Errorf("%s: %+v", name, c)
		}
		depth, err := f.DepthM()
		if err != nil || depth[1] != 1669.875 {
			t.Errorf("%s: depth %v: %v", name, depth, err)
		}
		if core := f.Set("core[2]"); core == nil || core.Curves[2].Text(1) != "Long broken hunk of rock" || core.Curves[0].Values[2] != 675 {
			t.Errorf("%s: cores %+v", name, core)
		}
		if matrix, _ := f.Item(Parameter, "MATR"); matrix.Value != "SAND" || matrix.Association != "NMAT_Depth[1]" || matrix.Description != "Neutron Porosity Matrix" {
			t.Errorf("%s: %+v", name, matrix)
		}
		if date, _ := f.Item(Well, "DATE"); date.Value != "13/12/1986" || date.Format != "DD/MM/YYYY" {
			t.Errorf("%s: %+v", name, date)
		}
		if f.Set("none") != nil {
			t.Errorf("%s: a set that is not there", name)
		}
	}
}

func TestInclinometry(t *testing.T) {
	s, err := mustRead(t, "las/lasio/3.0/sample_3.0.las").Inclinometry()
	if err != nil || !slices.Equal(s.DepthM, []float64{0, 100, 200, 300, 400, 500, 600}) || s.DeviDeg[6] != 7.41 || s.AzimDeg[6] != 204.39 {
		t.Errorf("%+v: %v", s, err)
	}
	// A survey in a section of another name, in feet.
	s, err = mustRead(t, "las/lasio/3.0/0-d Array #2 (MS).las").Inclinometry()
	if err != nil || len(s.DepthM) != 44 || s.DepthM[0] != 268*0.3048 || s.DeviDeg[1] != 0.37 || s.AzimDeg[1] != 257 {
		t.Errorf("%+v: %v", s, err)
	}
	if _, err := mustRead(t, "las/lasio/sample.las").Inclinometry(); !errors.Is(err, ErrNoSet) {
		t.Errorf("no survey: %v", err)
	}
	text := "~V\nVERS. 3.0 :\nDLM. COMMA :\n~Inclinometry_Definition\nMD.s : d\nDEVI.rad : i\nAZIM.deg : a\n~Inclinometry_Data | Inclinometry_Definition\n1,0.5,2\n"
	if _, err := readText(t, text).Inclinometry(); !errors.Is(err, ErrNoDepth) {
		t.Errorf("depth in seconds: %v", err)
	}
	f := readText(t, strings.Replace(text, "MD.s", "MD.", 1))
	if s, err := f.Inclinometry(); err != nil || math.Abs(s.DeviDeg[0]-0.5*180/math.Pi) > 1e-12 || len(f.Warnings) != 1 {
		t.Errorf("radians: %+v, %v, %q", s, err, f.Warnings)
	}
}

func readText(t *testing.T, text string) *File {
	t.Helper()
	f, err := Read(strings.NewReader(text), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestRoles(t *testing.T) {
	for title, want := range map[string]sectionRole{
		"A  DEPTH  GR":                   {Data, "", ""},
		"Ascii":                          {Data, "", ""},
		"Ascii | Curve":                  {Data, "", "CURVE"},
		"Log_Data | Log_Definition":      {Data, "Log", "LOG_DEFINITION"},
		"Core_Data[1] | Core_Definition": {Data, "Core[1]", "CORE_DEFINITION"},
		"TOPS_DATA":                      {Data, "TOPS", "TOPS_DEFINITION"},
		"Log_Definition":                 {Curves, "Log_Definition", "LOG_DEFINITION"},
		"Core_Definition ":               {Definition, "Core_Definition", "CORE_DEFINITION"},
		"Phase_data_RMDATA | Phase_Definition_RMDATA": {Data, "Phase_RMDATA", "PHASE_DEFINITION_RMDATA"},
		"Log_Parameter":         {Parameter, "Log_Parameter", ""},
		"PARAMETER INFORMATION": {Parameter, "PARAMETER", ""},
		"Drilling notes":        {'D', "Drilling", ""},
		"":                      {'?', "", ""},
	} {
		if got := roleOf(title); got != want {
			t.Errorf("%q: %+v, want %+v", title, got, want)
		}
	}
}

// Data sections share definitions, but not values.
func TestSetsOfOneDefinition(t *testing.T) {
	f := readText(t, "~V\nVERS. 3 :\nDLM. COMMA :\n~X_Definition\nA. : {F}\nB. : {S}\n~X_Data[1] | X_Definition\n1,\"a, b\"\n2,c\n~X_Data[2] | X_Definition\n3,4\n")
	if len(f.Sets) != 2 || f.Sets[0].Rows() != 2 || f.Sets[1].Rows() != 1 || f.Sets[0].Curves[1].Text(0) != "a, b" || f.Sets[0].Curves[1].Text(1) != "c" ||
		f.Sets[1].Curves[1].Text(0) != "4" || f.Sets[1].Curves[1].HasText() {
		t.Errorf("%+v", f.Sets)
	}
	if f.Main != 0 || len(f.Warnings) != 1 {
		t.Errorf("main %d, warnings %q", f.Main, f.Warnings)
	}
}
