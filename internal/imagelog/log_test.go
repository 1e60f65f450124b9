package imagelog

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

var nan = math.NaN()
var nan32 = float32(math.NaN())

// testLog returns rows x columns pixels with value row*100 + column, depth from 1000 m in steps of stepM.
func testLog(t testing.TB, rows, columns int, stepM float64) *Log {
	t.Helper()
	depth := make([]float64, rows)
	pixels := make([]float32, rows*columns)
	for i := range rows {
		depth[i] = 1000 + float64(i)*stepM
		for j := range columns {
			pixels[i*columns+j] = float32(i*100 + j)
		}
	}
	l, err := New(depth, pixels, columns)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestNewMasksNaN(t *testing.T) {
	l, err := New([]float64{1, 2}, []float32{1, nan32, float32(math.Inf(1)), 4}, 2)
	if err != nil {
		t.Fatal(err)
	}
	if want := []bool{true, false, false, true}; !slices.Equal(l.Mask, want) {
		t.Errorf("mask %v, want %v", l.Mask, want)
	}
	if want := []float32{1, 0, 0, 4}; !slices.Equal(l.Pixels(), want) {
		t.Errorf("pixels %v, want %v", l.Pixels(), want)
	}
	if l.Reference != RefUnknown || l.Rows() != 2 || l.Columns() != 2 || l.StepM() != 1 {
		t.Errorf("reference %q, rows %d, columns %d, step %v", l.Reference, l.Rows(), l.Columns(), l.StepM())
	}
}

func TestNewRefuses(t *testing.T) {
	cases := []struct {
		name    string
		depth   []float64
		pixels  []float32
		columns int
		want    string
		noData  bool
	}{
		{"no rows", nil, nil, 2, "no rows", true},
		{"lengths", []float64{1, 2}, []float32{1, 2, 3}, 2, "not 2 rows", false},
		{"no columns", []float64{1}, []float32{1}, 0, "not 1 rows", false},
		{"descending", []float64{2, 1}, []float32{1, 2}, 1, "row 1", false},
		{"repeated", []float64{1, 1}, []float32{1, 2}, 1, "row 1", false},
		{"NaN depth", []float64{1, nan}, []float32{1, 2}, 1, "row 1", false},
		{"only NaN", []float64{1, 2}, []float32{nan32, nan32}, 1, "none of the 2 x 1", true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := New(c.depth, c.pixels, c.columns)
			if err == nil || !strings.Contains(err.Error(), c.want) || errors.Is(err, ErrNoData) != c.noData {
				t.Errorf("error %v, want %q and ErrNoData %v", err, c.want, c.noData)
			}
		})
	}
}

func TestValidateChecksCurvesAndPixels(t *testing.T) {
	l := testLog(t, 4, 3, 1)
	l.DeviDeg = []float64{1}
	if err := l.Validate(); err == nil || !strings.Contains(err.Error(), "devi_deg") {
		t.Errorf("short curve: %v", err)
	}
	l = testLog(t, 4, 3, 1)
	l.Pixels()[5] = nan32
	if err := l.Validate(); err == nil || !strings.Contains(err.Error(), "row 1, column 2") {
		t.Errorf("NaN marked valid: %v", err)
	}
	l = testLog(t, 4, 3, 1)
	l.Mask = l.Mask[:5]
	if l.Validate() == nil {
		t.Error("short mask passed")
	}
}

func TestSlice(t *testing.T) {
	l := testLog(t, 10, 3, 0.5)
	l.Well, l.BSIn = "A-1", make([]float64, 10)
	for i := range l.BSIn {
		l.BSIn[i] = float64(i)
	}
	s, err := l.Slice(1001, 1002)
	if err != nil {
		t.Fatal(err)
	}
	if s.Rows() != 3 || s.DepthM[0] != 1001 || s.Pixels()[0] != 200 || s.BSIn[0] != 2 || s.Well != "A-1" {
		t.Errorf("rows %d, top %v, first pixel %v, curve %v, well %q", s.Rows(), s.DepthM[0], s.Pixels()[0], s.BSIn, s.Well)
	}
	if err := s.Validate(); err != nil {
		t.Error(err)
	}
	if _, err := l.Slice(2000, 3000); !errors.Is(err, ErrNoData) {
		t.Errorf("interval below the log: %v", err)
	}
}

func TestFromRawReversesAndDrops(t *testing.T) {
	depth := []float64{5, 4, nan, 3, 3.5, 2}
	pixels := []float32{5, 5, 4, 4, 9, 9, 3, 3, 8, 8, 2, nan32}
	l, err := FromRaw(depth, pixels, 2, func(l *Log) { l.C1In = []float64{50, 40, 90, 30, 35, 20} })
	if err != nil {
		t.Fatal(err)
	}
	// Upwards from 5 m; the row without depth goes, and after reversal 2, 3.5, 3, 4, 5 loses the 3.
	if want := []float64{2, 3.5, 4, 5}; !slices.Equal(l.DepthM, want) {
		t.Errorf("depth %v, want %v", l.DepthM, want)
	}
	if want := []float32{2, 0, 8, 8, 4, 4, 5, 5}; !slices.Equal(l.Pixels(), want) {
		t.Errorf("pixels %v, want %v", l.Pixels(), want)
	}
	if want := []float64{20, 35, 40, 50}; !slices.Equal(l.C1In, want) {
		t.Errorf("caliper %v, want %v", l.C1In, want)
	}
	if l.Mask[1] || !l.Mask[0] || len(l.Mask) != 8 {
		t.Errorf("mask %v", l.Mask)
	}
	if len(l.Warnings) != 1 || !strings.Contains(l.Warnings[0], "2 of 6 rows") {
		t.Errorf("warnings %q", l.Warnings)
	}
}

func TestFromRawSpreadsRoundedDepth(t *testing.T) {
	// 2.5 mm sampling written with two decimals.
	depth := []float64{1, 1, 1, 1, 1.01, 1.01, 1.01, 1.01, 1.02}
	l, err := FromRaw(depth, make([]float32, 9), 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	if l.Rows() != 9 || math.Abs(l.StepM()-0.0025) > 1e-9 || len(l.Warnings) != 1 {
		t.Errorf("rows %d, step %v, warnings %q", l.Rows(), l.StepM(), l.Warnings)
	}
}

func TestReverseTwiceIsIdentity(t *testing.T) {
	l := testLog(t, 5, 3, 1)
	l.RBDeg = []float64{1, 2, 3, 4, 5}
	l.Mask[4] = false
	pixels, mask := slices.Clone(l.Pixels()), slices.Clone(l.Mask)
	l.Reverse()
	if l.Pixels()[0] != 400 || l.RBDeg[0] != 5 || l.DepthM[0] != 1004 || l.Mask[10] {
		t.Errorf("not reversed: %v %v %v", l.Pixels()[:3], l.RBDeg, l.DepthM)
	}
	l.Reverse()
	if !slices.Equal(pixels, l.Pixels()) || !slices.Equal(mask, l.Mask) {
		t.Error("reversing twice changed the log")
	}
}
