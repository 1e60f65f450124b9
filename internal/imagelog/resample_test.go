package imagelog

import (
	"errors"
	"math"
	"slices"
	"testing"
)

func TestResampleOwnGridIsIdentity(t *testing.T) {
	l := testLog(t, 50, 12, 0.005)
	l.Mask[30], l.Pixels()[30] = false, 0
	got, err := l.Resample(0.005, 12, Tone{})
	if err != nil {
		t.Fatal(err)
	}
	if got.Rows() != 50 || !slices.Equal(got.Mask, l.Mask) {
		t.Fatalf("%d rows, or another mask", got.Rows())
	}
	for i, v := range got.Pixels() {
		if math.Abs(float64(v-l.Pixels()[i])) > 1e-2 {
			t.Fatalf("pixel %d: %v, want %v", i, v, l.Pixels()[i])
		}
	}
	for i, d := range got.DepthM {
		if math.Abs(d-l.DepthM[i]) > 1e-9 {
			t.Fatalf("depth of row %d: %v, want %v", i, d, l.DepthM[i])
		}
	}
}

func TestAzimuthTaps(t *testing.T) {
	for _, c := range [][2]int{{360, 96}, {56, 96}, {192, 96}, {96, 96}, {16, 96}, {1, 8}, {97, 96}} {
		from, to := c[0], c[1]
		weight, input := make([]float64, to), make([]float64, from)
		for _, tap := range azimuthTaps(from, to) {
			weight[tap.to] += float64(tap.weight)
			input[tap.from] += float64(tap.weight)
		}
		for j, w := range weight {
			if math.Abs(w-1) > 1e-5 {
				t.Errorf("%d -> %d: weights of column %d add up to %v", from, to, j, w)
			}
		}
		if to <= from { // averaging must use every input alike
			for k, w := range input {
				if math.Abs(w-float64(to)/float64(from)) > 1e-5 {
					t.Errorf("%d -> %d: input %d has weight %v", from, to, k, w)
				}
			}
		}
	}
}

// A sinusoid keeps its phase and height whatever the two grids are: the columns' centres are in the right place.
func TestResampleKeepsAzimuth(t *testing.T) {
	for _, columns := range []int{56, 360, 192} {
		l := testLog(t, 40, columns, 0.01)
		for k := range l.Pixels() {
			l.Pixels()[k] = float32(math.Cos(2*math.Pi*(float64(k%columns)+0.5)/float64(columns) - 1))
		}
		got, err := l.Resample(0.02, 96, Tone{})
		if err != nil {
			t.Fatal(err)
		}
		for k, v := range got.Pixels() {
			want := math.Cos(2*math.Pi*(float64(k%96)+0.5)/96 - 1)
			if math.Abs(float64(v)-want) > 3e-3 {
				t.Fatalf("%d columns: pixel %d is %v, want %v", columns, k, v, want)
			}
		}
	}
}

func TestResampleDepth(t *testing.T) {
	// Value = depth in metres above 1000: any correct resampling away from the ends gives the depth of the row.
	irregular := func(i int) float64 { return 1000 + 0.01*float64(i) + 0.003*math.Sin(float64(i)) }
	for _, rowM := range []float64{0.0025, 0.01, 0.04} {
		depth := make([]float64, 300)
		pixels := make([]float32, 300*4)
		for i := range depth {
			depth[i] = irregular(i)
			for j := range 4 {
				pixels[i*4+j] = float32(depth[i] - 1000)
			}
		}
		l, err := New(depth, pixels, 4)
		if err != nil {
			t.Fatal(err)
		}
		got, err := l.Resample(rowM, 4, Tone{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range got.Rows() {
			if d := got.DepthM[i]; d < 1000.05 || d > 1002.9 {
				continue
			}
			if !got.Mask[i*4] || math.Abs(float64(got.Pixels()[i*4])-(got.DepthM[i]-1000)) > 0.004 {
				t.Fatalf("rows of %v m: row %d at %v is %v, valid %v", rowM, i, got.DepthM[i], got.Pixels()[i*4], got.Mask[i*4])
			}
		}
	}
}

func TestResampleLeavesHolesEmpty(t *testing.T) {
	for _, rowM := range []float64{0.005, 0.02} {
		l := testLog(t, 200, 4, 0.01)
		for i := 100; i < 200; i++ {
			l.DepthM[i] += 0.5 // a hole of half a metre
		}
		got, err := l.Resample(rowM, 4, Tone{})
		if err != nil {
			t.Fatal(err)
		}
		for i, d := range got.DepthM {
			inHole := d > 1000.995+rowM/2 && d < 1001.495-rowM/2
			inLog := d < 1000.99-rowM/2 || d > 1001.51+rowM/2
			if inHole && got.Mask[i*4] || inLog && !got.Mask[i*4] {
				t.Errorf("rows of %v m: row at %.4f m valid %v", rowM, d, got.Mask[i*4])
			}
		}
	}
}

func TestResampleMaskAware(t *testing.T) {
	l := testLog(t, 4, 8, 0.01)
	for k := range l.Pixels() {
		l.Pixels()[k] = 5
		if k%8 < 3 { // columns 0, 1, 2 missing: of the four output columns the first is gone, the second half seen
			l.Mask[k], l.Pixels()[k] = false, 1e6
		}
	}
	got, err := l.Resample(0.02, 4, Tone{})
	if err != nil {
		t.Fatal(err)
	}
	if want := []bool{false, true, true, true}; !slices.Equal(got.Mask[:4], want) {
		t.Errorf("mask %v, want %v", got.Mask[:4], want)
	}
	if got.Pixels()[1] != 5 {
		t.Errorf("half-seen pixel is %v, want 5", got.Pixels()[1])
	}
}

func TestResampleCurves(t *testing.T) {
	l := testLog(t, 11, 4, 0.1)
	l.HaziDeg = []float64{355, nan, nan, nan, nan, nan, nan, nan, nan, nan, 5}
	l.C1In = []float64{8, 8, 8, nan, nan, nan, nan, nan, 9, 9, 9}
	l.Reference, l.DeclinationDeg = RefMagnetic, 3
	got, err := l.Resample(0.05, 4, Tone{})
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range got.DepthM {
		_, hazi, _ := l.OrientationAt(d)
		if math.Abs(hazi-got.HaziDeg[i]) > 1e-9 {
			t.Errorf("azimuth at %v: %v, want %v", d, got.HaziDeg[i], hazi)
		}
		diameter, _ := l.DiameterAtDepth(d)
		if resampled, _ := got.DiameterM(i); math.Abs(diameter-resampled) > 1e-9 {
			t.Errorf("diameter at %v: %v, want %v", d, resampled, diameter)
		}
	}
	if got.Reference != RefMagnetic || got.DeclinationDeg != 3 {
		t.Errorf("reference %v, declination %v", got.Reference, got.DeclinationDeg)
	}
}

func TestResampleRefuses(t *testing.T) {
	l := testLog(t, 2, 4, 0.01)
	if _, err := l.Resample(0, 4, Tone{}); err == nil {
		t.Error("rows of 0 m passed")
	}
	if _, err := l.Resample(math.NaN(), 4, Tone{}); err == nil {
		t.Error("rows of NaN m passed")
	}
	l.DepthM[1] = 1e12
	if _, err := l.Resample(0.005, 96, Tone{}); err == nil {
		t.Error("a log to 1e12 m passed")
	}
	l = testLog(t, 4, 4, 0.01)
	for k := range l.Mask {
		l.Mask[k] = k == 0
	}
	if _, err := l.Resample(0.04, 1, Tone{}); !errors.Is(err, ErrNoData) {
		t.Errorf("one pixel of 16: %v", err)
	}
}
