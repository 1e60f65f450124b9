package pads

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Buttons of two pads see the same rock with their own gain and offset: equalised they read the same, and what they read still
// has the level and contrast of the typical button.
func TestEqualise(t *testing.T) {
	tool := &Tool{Name: "two", Arms: 2, Plates: []Plate{{Buttons: 5, RowsIn: []float64{0}}}}
	const rows, dead, faint = 2000, 3, 4
	rng := rand.New(rand.NewPCG(1, 2))
	depthM := make([]float64, rows)
	pads := [][]float32{make([]float32, rows*5), make([]float32, rows*5)}
	rock := make([]float64, rows)
	for i := range rock {
		depthM[i], rock[i] = float64(i)*0.0025, 50+20*rng.NormFloat64()
		for b := range 5 {
			gain, offset := 1+0.1*float64(b-2), 10*float64(b-2)
			pads[0][i*5+b] = float32(offset + gain*rock[i])
			pads[1][i*5+b] = float32(100 + 3*(offset+gain*rock[i]))
		}
		pads[0][i*5+dead] = 7
		pads[1][i*5+faint] = float32(math.NaN())
	}
	if got := equalise(tool, pads, depthM, 1); got != 1 {
		t.Errorf("%d dead buttons, want 1", got)
	}
	// The pads' contrasts are 18 to 20 and 60: their median is half way, as is the level of about 50 and 250.
	for i := 100; i < rows; i += 37 {
		line := append(append([]float32{}, pads[0][i*5:i*5+5]...), pads[1][i*5:i*5+5]...)
		for k, v := range line {
			if k == dead || k == 5+faint {
				if v == v {
					t.Fatalf("row %d: button %d reads %v", i, k, v)
				}
				continue
			}
			if math.Abs(float64(v-line[0])) > 0.05 {
				t.Fatalf("row %d: button %d reads %v, button 0 %v", i, k, v, line[0])
			}
			if want := 150 + 2*(rock[i]-50); math.Abs(float64(v)-want) > 25 {
				t.Fatalf("row %d: button %d reads %v, the rock is about %v", i, k, v, want)
			}
		}
	}
}

// A pad that sees no change keeps its gaps.
func TestEqualiseFlat(t *testing.T) {
	tool := &Tool{Name: "one", Arms: 1, Plates: []Plate{{Buttons: 2, RowsIn: []float64{0}}}}
	depthM, flat := make([]float64, 20), make([]float32, 40)
	for i := range depthM {
		depthM[i], flat[2*i], flat[2*i+1] = float64(i), 4, 6
	}
	flat[10] = float32(math.NaN())
	equalise(tool, [][]float32{flat}, depthM, 100)
	for i, v := range flat {
		if gap := v != v; gap != (i == 10) || !gap && v != 5 {
			t.Errorf("reading %d is %v", i, v)
		}
	}
}

// The window follows depth, not rows.
func TestWindows(t *testing.T) {
	from, to := windows([]float64{0, 1, 2, 10, 11, 11.5}, 4)
	for i, want := range [][2]int{{0, 3}, {0, 3}, {0, 3}, {3, 6}, {3, 6}, {3, 6}} {
		if from[i] != want[0] || to[i] != want[1] {
			t.Errorf("row %d: [%d, %d), want %v", i, from[i], to[i], want)
		}
	}
}
