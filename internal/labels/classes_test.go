package labels

import (
	"errors"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
)

func TestDefaultRules(t *testing.T) {
	rules := DefaultRules()
	for name, want := range map[string]string{
		"Bedding": "bedding", " bed boundary": "bedding", "BED_BOUNDARY": "bedding", "Cross-bed set": "bedding", "Lamination": "bedding",
		"Fracture": "fracture", "Open fracture": "fracture", "frac - partial": "fracture", "Microfault": "fracture", "Vein": "fracture", "Fault (minor)": "fracture",
		"Drilling induced fracture": "ignore", "DITF_Axial": "ignore", "DITF_En_Echelon": "ignore", "Breakout": "ignore", "Vug": "ignore",
		"": "", "Contact": "", "embed": "",
	} {
		got := ""
		if r, ok := rules.find(name); ok && r.Ignore {
			got = "ignore"
		} else if ok {
			got = r.Class.String()
		}
		if got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

func TestFits(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"*", "", true}, {"", "", true}, {"", "a", false}, {"a*", "a", true}, {"a*c", "abbc", true}, {"a*c", "abcb", false},
		{"*ab*b", "aabab", true}, {"a?c", "abc", true}, {"a?c", "ac", false}, {"**a**", "bab", true},
	} {
		if fits(c.pattern, c.name) != c.want {
			t.Errorf("%q on %q: not %v", c.pattern, c.name, c.want)
		}
	}
	if fits(strings.Repeat("*a", 40)+"b", strings.Repeat("a", 5000)) { // must not take for ever either
		t.Error("b where there is none")
	}
}

// The rules of a user come before the table.
func TestParseRules(t *testing.T) {
	rules, err := ParseRules("Open fracture = bedding, S=0*=fracture ,Vug=FRACTURE,bed*=ignore,")
	if err != nil {
		t.Fatal(err)
	}
	got, warnings := read(t, "Depth (m),Azimuth,App Dip,Type\n1,0,1,open fracture\n2,0,1,s=01\n3,0,1,vug\n4,0,1,Bed\n5,0,1,Fault\n", Options{Classes: rules})
	check(t, got, []want{{dip.Bedding, 1, 1, 0, nan, nan}, {dip.Fracture, 2, 1, 0, nan, nan}, {dip.Fracture, 3, 1, 0, nan, nan}, {dip.Fracture, 5, 1, 0, nan, nan}}, 0)
	if !strings.Contains(warnings, `1 rows of type "Bed" left out`) {
		t.Errorf("warnings %q", warnings)
	}
	for _, bad := range []string{"bed", "bed=", "bed=fault", "=x"} {
		if _, err := ParseRules(bad); err == nil {
			t.Errorf("rule %q accepted", bad)
		}
	}
}

func TestUnknownClasses(t *testing.T) {
	_, _, err := Read(strings.NewReader("Depth (m),Azimuth,App Dip,Type\n1,0,1,Q2\n2,0,1,Bed\n3,0,1,Q2\n4,0,1,\n"), "b.csv", Options{})
	var unknown *UnknownClassError
	if !errors.As(err, &unknown) || !errors.Is(err, ErrUnknownClass) || unknown.Rows["Q2"] != 2 || unknown.Rows[""] != 1 {
		t.Fatalf("error %v", err)
	}
	for _, part := range []string{"b.csv", `"Q2" (2 rows)`, "--labels-class"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %s", err, part)
		}
	}
}
