package imagelog

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// noisyLog returns Gaussian noise around mean(row), one pixel in ten missing.
func noisyLog(t testing.TB, rows, columns int, mean, sd func(row int) float64) *Log {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	l := testLog(t, rows, columns, 0.01)
	for k := range l.Pixels() {
		l.Pixels()[k] = float32(mean(k/columns) + sd(k/columns)*random.NormFloat64())
		l.Mask[k] = random.IntN(10) > 0
	}
	return l
}

func constant(v float64) func(int) float64 { return func(int) float64 { return v } }

func moments(values []float32, mask []bool) (mean, sd float64) {
	var s, q, n float64
	for i, ok := range mask {
		if ok {
			v := float64(values[i])
			s, q, n = s+v, q+v*v, n+1
		}
	}
	mean = s / n
	return mean, math.Sqrt(q/n - mean*mean)
}

func checkGapsZero(t *testing.T, values []float32, mask []bool) {
	t.Helper()
	for i, ok := range mask {
		if !ok && values[i] != 0 || values[i]-values[i] != 0 {
			t.Fatalf("pixel %d: %v, valid %v", i, values[i], ok)
		}
	}
}

func TestStatic(t *testing.T) {
	l := noisyLog(t, 200, 20, constant(3e4), constant(50))
	l.Pixels()[7], l.Mask[7] = 1e30, true // a saturated button must not set the scale
	got := l.Static()
	mean, sd := moments(got, l.Mask)
	if math.Abs(mean) > 1e-3 || math.Abs(sd-1) > 1e-3 {
		t.Errorf("mean %v, sd %v; want 0, 1", mean, sd)
	}
	if got[7] > 4 {
		t.Errorf("outlier is %v", got[7])
	}
	checkGapsZero(t, got, l.Mask)
}

func TestStaticOfConstantIsZero(t *testing.T) {
	l := noisyLog(t, 10, 4, constant(0.1), constant(0))
	for _, v := range l.Static() {
		if v != 0 {
			t.Fatalf("got %v", v)
		}
	}
}

func TestDynamicRemovesTrendAndGain(t *testing.T) {
	// Mean drifts, contrast grows fourfold: the dynamic image has neither.
	l := noisyLog(t, 1000, 24, func(i int) float64 { return float64(i) / 50 }, func(i int) float64 { return 5 + float64(i)/66 })
	for name, got := range map[string][]float32{"dynamic": l.Dynamic(1.5), "equalise": l.Equalise(1.5)} {
		checkGapsZero(t, got, l.Mask)
		for _, top := range []int{100, 450, 800} {
			mean, sd := moments(got[top*24:(top+100)*24], l.Mask[top*24:(top+100)*24])
			if math.Abs(mean) > 0.15 || math.Abs(sd-1) > 0.15 {
				t.Errorf("%s, rows from %d: mean %v, sd %v; want 0, 1", name, top, mean, sd)
			}
		}
	}
}

func TestDynamicAgreesWithNaiveWindow(t *testing.T) {
	l := noisyLog(t, 60, 7, func(i int) float64 { return math.Sin(float64(i)) }, constant(1))
	static, got := l.Static(), l.Dynamic(0.205) // no row falls on the window's edge
	for i := range l.Rows() {
		var s, q, n float64
		for r := range l.Rows() {
			if math.Abs(l.DepthM[r]-l.DepthM[i]) > 0.1025 {
				continue
			}
			for k := r * 7; k < r*7+7; k++ {
				if l.Mask[k] {
					v := float64(static[k])
					s, q, n = s+v, q+v*v, n+1
				}
			}
		}
		mean := s / n
		sd := math.Sqrt(q/n - mean*mean)
		for k := i * 7; k < i*7+7; k++ {
			if want := (float64(static[k]) - mean) / sd; l.Mask[k] && math.Abs(float64(got[k])-want) > 1e-4 {
				t.Fatalf("row %d: %v, want %v", i, got[k], want)
			}
		}
	}
}

func TestPercentilesAgreeWithSorting(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	values := make([]float32, 1001)
	mask := make([]bool, len(values))
	for i := range values {
		values[i] = float32(random.NormFloat64() * math.Pow(10, float64(random.IntN(8)-4)))
		mask[i] = true
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	l := &Log{DepthM: make([]float64, len(values)), Image: dense(len(values), 1, values), Mask: mask}
	lo, hi, err := l.percentiles(0.05)
	if err != nil || lo != sorted[50] || hi != sorted[950] {
		t.Errorf("got %v, %v; want %v, %v", lo, hi, sorted[50], sorted[950])
	}
}

func BenchmarkDynamic(b *testing.B) {
	l := noisyLog(b, 20000, 192, constant(0), constant(1))
	b.SetBytes(int64(len(l.Pixels()) * 4))
	for b.Loop() {
		l.Dynamic(1.5)
	}
}

func BenchmarkResample(b *testing.B) {
	l := noisyLog(b, 20000, 192, constant(0), constant(1))
	b.SetBytes(int64(len(l.Pixels()) * 4))
	for b.Loop() {
		if _, err := l.Resample(0.02, 96, Tone{}); err != nil {
			b.Fatal(err)
		}
	}
}
