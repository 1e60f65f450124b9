package tile

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/geobfdt/geobfdt/internal/imagelog"
)

// TestDeviationAt: neither a drift nor a formation of another grey counts in the deviation nearby, which is that of the rock within a metre.
func TestDeviationAt(t *testing.T) {
	const columns, rowM = 16, 0.005
	opt := Options{RowM: rowM, Columns: columns, Rows: 256, Image: ImageTile}
	rng := rand.New(rand.NewPCG(1, 2))
	var depthM []float64
	var pixels []float32
	for i := range 100 * 200 { // 100 m
		depthM = append(depthM, 1000+rowM*float64(i))
		rock, drift := 2*rng.NormFloat64(), 30*math.Sin(2*math.Pi*float64(i)/8000)
		if i >= 60*200 { // another formation: brighter, and of a fourth of the contrast
			rock, drift = rock/4, drift+100
		}
		for range columns {
			pixels = append(pixels, float32(rock+drift))
		}
	}
	log, err := imagelog.New(depthM, pixels, columns)
	if err != nil {
		t.Fatal(err)
	}
	grid, err := NewGrid(log, opt)
	if err != nil {
		t.Fatal(err)
	}
	_, whole := grid.Moments()
	if whole < 40 {
		t.Fatalf("the whole image deviates by %.3g only", whole)
	}
	// Within a metre the drift rises by 30 2pi/8000 a row at the most, which adds 200 rows/sqrt(12) of that where it is steepest.
	if got := grid.DeviationAt(30 * 200); got < 2 || got > 2.5 {
		t.Errorf("deviation in the upper formation is %.3g, want that of its rock, 2, and little more", got)
	}
	if got, want := grid.DeviationAt(95*200), localFloor*whole; math.Abs(got-want) > 1e-9 {
		t.Errorf("deviation in the quiet formation is %.3g, want the least, %.3g", got, want)
	}
	for _, beyond := range []float64{-1e4, 1e9} {
		if got := grid.DeviationAt(beyond); !(got > 0) {
			t.Errorf("deviation at row %g is %v", beyond, got)
		}
	}
}
