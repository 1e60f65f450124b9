package plot

import (
	"math"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/picks"
)

func TestRoseCounts(t *testing.T) {
	planes := []Attitude{{30, 0}, {30, 9.9}, {30, 355}, {30, 90}, {1, 200}}
	counts, used := roseCounts(planes, false)
	if used != 4 || counts[0] != 2 || counts[35] != 1 || counts[9] != 1 || counts[20] != 0 {
		t.Errorf("%d used, counts %v", used, counts)
	}
	// Strikes of 270 and 90, 279.9 and 99.9, 265 and 85, 0 and 180.
	counts, used = roseCounts(planes, true)
	sum := 0
	for k, n := range counts {
		sum += n
		if n != counts[(k+18)%36] {
			t.Errorf("bins %d and its opposite hold %d and %d", k, n, counts[(k+18)%36])
		}
	}
	if used != 4 || sum != 8 || counts[27] != 2 || counts[26] != 1 || counts[0] != 1 {
		t.Errorf("%d used, strikes %v", used, counts)
	}
}

func TestDipCounts(t *testing.T) {
	got := dipCounts([]Attitude{{0, 0}, {4.99, 0}, {5, 0}, {89, 0}, {90, 0}})
	if len(got) != 18 || got[0] != 2 || got[1] != 1 || got[17] != 2 {
		t.Errorf("counts %v", got)
	}
}

func TestDensityLog(t *testing.T) {
	var table []picks.Pick
	add := func(class dip.Class, depths ...float64) {
		for _, d := range depths {
			table = append(table, picks.New(class, dip.Sinusoid{DepthM: d}))
		}
	}
	add(dip.Bedding, 10, 10.5, 11.9, 99, math.NaN())
	add(dip.Fracture, 10.2, 12.2)
	// 10 to 12.5 m: the last interval is half a metre, so that one pick there is two per metre.
	d := newDensity(table, 10, 12.5, 1)
	for class, want := range [][]float64{{2, 1, 0}, {1, 0, 2}} {
		for i, v := range want {
			if got := d.perM[class][i]; math.Abs(got-v) > 1e-12 {
				t.Errorf("%v, interval %d: %g per metre, want %g", dip.Class(class), i, got, v)
			}
		}
	}
	if d.most() != 3 || d.total(0, 1) != 2 {
		t.Errorf("most %g, bedding of the first interval %g", d.most(), d.total(0, 1))
	}
	if long := newDensity(nil, 0, 1e9, 1); len(long.perM[0]) > maxDensityRows {
		t.Errorf("%d intervals", len(long.perM[0]))
	}
}
