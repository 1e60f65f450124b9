package wellfile

import (
	"math"
	"strings"
	"testing"
)

// An image in one logical file, its orientation at half the sampling in the next: frame i of each lies 10, or 20, tenths of an inch above
// the one before, from 40000 in up; values are 100 i + position.
func TestLISOrientationFromAnotherFile(t *testing.T) {
	image := lisFile(5, 10, lisChannel{"FMI", "OHMM", 1, 16}, lisChannel{"C1", "IN", 1, 1})
	hole := lisFile(3, 20, lisChannel{"GR", "GAPI", 1, 1}, lisChannel{"DEVI", "DEG", 1, 1}, lisChannel{"C1", "IN", 1, 1}, lisChannel{"P1AZ", "DEG", 1, 1})
	l, err := readLIS("a.lis", append(image, hole...), Options{})
	if err != nil {
		t.Fatal(err)
	}
	// Top first: rows 0, 2 and 4 lie at frames 2, 1 and 0 of the other file, whose azimuths 203, 103, 3 are interpolated.
	for i, want := range []float64{201, 151, 101, 51, 1} {
		if math.Abs(l.DeviDeg[i]-want) > 1e-9 || math.Abs(l.P1NODeg[i]-want-2) > 1e-9 {
			t.Errorf("row %d: deviation %g, pad 1 azimuth %g, want %g and %g", i, l.DeviDeg[i], l.P1NODeg[i], want, want+2)
		}
	}
	if l.C1In[4] != 16 {
		t.Errorf("the image's own caliper %v was replaced", l.C1In)
	}
	if all := strings.Join(l.Warnings, "; "); !strings.Contains(all, "DEVI, P1AZ interpolated from pass 1 of logical file 2") {
		t.Errorf("warnings %q", all)
	}

	// The same of another well, and of other depths, is not taken.
	other := []byte(strings.Replace(string(hole), "FORGE 16A", "FORGE 16B", 1))
	if l, err = readLIS("a.lis", append(image, other...), Options{}); err != nil || l.DeviDeg != nil {
		t.Errorf("another well: deviation %v, %v", l.DeviDeg, err)
	}
}

// The mean of the three diameters of a six-arm caliper is the hole's, whatever way it is oval.
func TestSixArmCaliper(t *testing.T) {
	var b strings.Builder
	b.WriteString("~V\nVERS. 2.0 :\nWRAP. NO :\n~C\nDEPT.m :\nC14.in :\nC25.in :\nC36.in :\n")
	for _, name := range []string{"1", "2", "3", "4", "5", "6", "7", "8"} {
		b.WriteString("IMG" + name + ". :\n")
	}
	b.WriteString("~A\n1.0 8 9.5 11 1 2 3 4 5 6 7 8\n1.1 8 9.5 11 1 2 3 4 5 6 7 8\n")
	l, err := Read("a.las", strings.NewReader(b.String()), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if d, source := l.DiameterM(0); math.Abs(d-9.5*0.0254) > 1e-12 || source != "caliper" {
		t.Errorf("diameter %g from %s", d, source)
	}
}
