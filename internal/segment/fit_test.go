package segment

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/infer"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// mapOf draws labels as a map that is sure of them; padded leaves an eighth of every pad of 8 columns unseen.
func mapOf(labels []tile.Label, rows, cols int, padded bool) *Map {
	m := &Map{Rows: rows, Columns: cols, P: make([]float32, rows*cols*Classes), Seen: make([]bool, rows*cols)}
	Draw(m.P, labels, rows, cols, 1.5)
	for i := range m.Seen {
		m.Seen[i] = !padded || i%cols%8 >= 2
	}
	return m
}

func fit(t *testing.T, m *Map, class dip.Class) []infer.Refined {
	t.Helper()
	out, err := Fit(context.Background(), m, class, 0.5, 1.5, 0.01)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// recovered checks that every label of a class has a curve within tolRows RMS round the hole, and that there are no others.
func recovered(t *testing.T, what string, labels []tile.Label, class dip.Class, found []infer.Refined, tolRows float64) {
	t.Helper()
	n := 0
	for _, l := range labels {
		if l.Class != class {
			continue
		}
		n++
		best := math.Inf(1)
		for _, c := range found {
			best = math.Min(best, math.Sqrt((c.D-l.D)*(c.D-l.D)+((c.A-l.A)*(c.A-l.A)+(c.B-l.B)*(c.B-l.B))/2))
		}
		if best > tolRows {
			t.Errorf("%s: %+v: the nearest curve is %.2f rows off", what, l, best)
		}
	}
	if len(found) != n {
		t.Errorf("%s: %d curves of %s, want %d: %+v", what, len(found), class, n, found)
	}
}

// Drawn sinusoids come back: flat, dipping, steep, crossing each other, cut by pads, reaching out of the map.
func TestFitFindsWhatWasDrawn(t *testing.T) {
	labels := []tile.Label{
		{Class: dip.Bedding, D: 30.2, A: 1, B: 0.5}, {Class: dip.Bedding, D: 50.7, A: 3, B: -2}, {Class: dip.Bedding, D: 71, A: 4, B: 3},
		{Class: dip.Bedding, D: 260, A: -8, B: 6},
		{Class: dip.Fracture, D: 130, A: 60, B: 20}, {Class: dip.Fracture, D: 150, A: -40, B: 30}, {Class: dip.Fracture, D: 290, A: 25, B: -15},
	}
	for _, padded := range []bool{false, true} {
		m := mapOf(labels, 300, 64, padded)
		what := "full cover"
		if padded {
			what = "pads"
		}
		for _, class := range []dip.Class{dip.Bedding, dip.Fracture} {
			found := fit(t, m, class)
			recovered(t, what, labels, class, found, 0.8)
			for _, c := range found {
				if !(c.Score > 0.6 && c.Score <= 1) || !(c.Coverage > 0.4) {
					t.Errorf("%s: curve %+v: want a score near 1", what, c)
				}
			}
		}
	}
}

// A mask of specks holds no sinusoid, and a noisy one holds what was drawn.
func TestFitInNoise(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 0))
	labels := []tile.Label{{Class: dip.Bedding, D: 60, A: 5, B: 2}, {Class: dip.Bedding, D: 110, A: -12, B: 9}}
	noisy, specks := mapOf(labels, 160, 64, true), mapOf(nil, 160, 64, true)
	for i := 0; i < len(noisy.P); i += Classes {
		if noisy.P[i] > 0 && rng.Float64() < 0.3 {
			noisy.P[i] = 0.1
		}
		if rng.Float64() < 0.01 {
			noisy.P[i], specks.P[i] = 0.8, 0.8
		}
	}
	recovered(t, "noisy", labels, dip.Bedding, fit(t, noisy, dip.Bedding), 1)
	if found := fit(t, specks, dip.Bedding); len(found) > 0 {
		t.Errorf("%d curves in specks: %+v", len(found), found)
	}
}

func TestFitOfNothing(t *testing.T) {
	if found := fit(t, mapOf(nil, 40, 32, false), dip.Fracture); len(found) > 0 {
		t.Errorf("curves %v of an empty mask", found)
	}
	// A quarter of a turn is no sinusoid, but a guess.
	arc := mapOf([]tile.Label{{Class: dip.Fracture, D: 60, A: 40}}, 120, 64, false)
	for i := range arc.P {
		if i/Classes%64 >= 16 {
			arc.P[i] = 0
		}
	}
	if found := fit(t, arc, dip.Fracture); len(found) > 0 {
		t.Errorf("curves %v of a quarter of a trace", found)
	}
	stopped := errors.New("stopped")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(stopped)
	if _, err := Fit(ctx, mapOf([]tile.Label{{D: 20}}, 40, 32, false), dip.Bedding, 0.5, 1.5, 0.01); !errors.Is(err, stopped) {
		t.Errorf("error %v, want %v", err, stopped)
	}
}

// Components close round the hole and touch at corners.
func TestComponents(t *testing.T) {
	m := &Map{Rows: 10, Columns: 8, P: make([]float32, 10*8*Classes), Seen: make([]bool, 80)}
	set := func(i, j int) { m.P[(i*8+j)*Classes] = 1 }
	for i := range m.Seen {
		m.Seen[i] = true
	}
	set(2, 7) // with 3,0 across the seam, by a corner
	set(3, 0)
	set(3, 1)
	set(8, 4)
	set(9, 4)
	m.Seen[3*8+1] = false
	r := findRuns(m, dip.Bedding, 0.5)
	if len(r.parts) != 2 || len(r.parts[0]) != 2 || len(r.parts[1]) != 1 {
		t.Fatalf("components %v", r.parts)
	}
	if one := r.parts[1][0]; one.column != 4 || one.lo != 8 || one.hi != 10 || one.centre != 9 || one.mean != 1 {
		t.Errorf("run %+v", one)
	}
}

// Points of a sinusoid, unevenly weighted, give it back; three in one column give nothing.
func TestLeastSquares(t *testing.T) {
	cos, sin := dip.ColumnAzimuths(36)
	var on []*pixelRun
	for _, j := range []int{0, 3, 8, 17, 25, 31} {
		on = append(on, &pixelRun{column: j, centre: 12.5 + 4*cos[j] - 7*sin[j], mean: 0.2 + 0.02*float64(j)})
	}
	s, ok := leastSquares(on, cos, sin)
	if !ok || math.Abs(s.d-12.5)+math.Abs(s.a-4)+math.Abs(s.b+7) > 1e-9 {
		t.Errorf("sinusoid %+v", s)
	}
	if _, ok := leastSquares([]*pixelRun{on[0], on[0], on[0]}, cos, sin); ok {
		t.Error("one point gives a sinusoid")
	}
}
