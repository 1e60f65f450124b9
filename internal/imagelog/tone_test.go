package imagelog

import (
	"math"
	"math/rand/v2"
	"testing"
)

// toneLog is a log of independent values, some of its pixels gaps.
func toneLog(t *testing.T, rows int, value func(r *rand.Rand) float64) *Log {
	t.Helper()
	const columns = 40
	r := rand.New(rand.NewPCG(3, 4))
	depthM, pixels := make([]float64, rows), make([]float32, rows*columns)
	for i := range depthM {
		depthM[i] = 1000 + 0.005*float64(i)
	}
	for k := range pixels {
		pixels[k] = float32(value(r))
		if k%7 == 0 {
			pixels[k] = float32(math.NaN())
		}
	}
	l, err := New(depthM, pixels, columns)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestTone(t *testing.T) {
	wild := func(share, value float64, of func(r *rand.Rand) float64) func(r *rand.Rand) float64 {
		return func(r *rand.Rand) float64 {
			if r.Float64() < share {
				return value
			}
			return of(r)
		}
	}
	grey := func(r *rand.Rand) float64 { return 120 + 30*r.NormFloat64() }
	resistivity := func(r *rand.Rand) float64 { return 20 * math.Exp(1.2*r.NormFloat64()) }
	for name, tc := range map[string]struct {
		value  func(r *rand.Rand) float64
		log    bool
		lo, hi float64 // expected limits, with a tolerance of a tenth of their distance from the middle; NaN: whatever they are
		mid    float64
	}{
		"grey":                    {grey, false, -60, 300, 120},
		"wild values":             {wild(0.004, 1e6, grey), false, -60, 300, 120},
		"an undeclared null":      {wild(0.004, -999.25, grey), false, -60, 300, 120},
		"resistivity":             {resistivity, true, 20 * math.Exp(-7.2), 20 * math.Exp(7.2), 20},
		"resistivity and nulls":   {wild(0.004, -9999, resistivity), true, 20 * math.Exp(-7.2), 20 * math.Exp(7.2), 20},
		"logarithms":              {func(r *rand.Rand) float64 { return 3 + r.NormFloat64()/2 }, false, 0, 6, 3},
		"conductive, skewed down": {func(r *rand.Rand) float64 { return 500 - 20*math.Exp(0.5*r.NormFloat64()) }, false, 366, 521, 480},
		"two rocks":               {func(r *rand.Rand) float64 { return 10 + 990*float64(r.IntN(2)) + r.NormFloat64()/100 }, false, math.NaN(), math.NaN(), 0},
		"quiet but for contacts":  {wild(0.02, 50, func(r *rand.Rand) float64 { return 90 }), false, 90 - 6*17.2, 90 + 6*2.15, 90},
		"nothing":                 {func(*rand.Rand) float64 { return 7 }, false, math.NaN(), math.NaN(), 7},
	} {
		l := toneLog(t, 500, tc.value)
		got, err := l.Tone()
		if err != nil || got.Log != tc.log || name == "nothing" && got != (Tone{}) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		lo, mid, hi, wantLo, wantHi := got.Lo, tc.mid, got.Hi, tc.lo, tc.hi
		if tc.log {
			lo, mid, hi, wantLo, wantHi = math.Log(lo), math.Log(mid), math.Log(hi), math.Log(wantLo), math.Log(wantHi)
		}
		if math.Abs(lo-wantLo) > 0.1*(mid-wantLo) || math.Abs(hi-wantHi) > 0.1*(wantHi-mid) {
			t.Errorf("%s: limits %g and %g, want %g and %g", name, got.Lo, got.Hi, tc.lo, tc.hi)
		}
		out, err := l.Resample(0.005, 40, got)
		if err != nil {
			t.Fatal(err)
		}
		for k, ok := range l.Mask {
			if !ok {
				continue
			}
			want := float64(l.Pixels()[k])
			if got != (Tone{}) {
				want = max(got.Lo, min(got.Hi, want))
			}
			if tc.log {
				want = math.Log(want)
			}
			if v := float64(out.Pixels()[k]); math.Abs(v-want) > 1e-5*math.Abs(want) {
				t.Fatalf("%s: pixel %d is %g, want %g", name, k, v, want)
			}
		}
	}
}

// TestToneOfLittle: of a few pixels nothing is known.
func TestToneOfLittle(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	l := toneLog(t, 2, func(*rand.Rand) float64 { return math.Exp(2 * r.NormFloat64()) })
	if got, err := l.Tone(); err != nil || got != (Tone{}) {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestToneOfSpooledLog: whether the image is in memory makes no difference.
func TestToneOfSpooledLog(t *testing.T) {
	whole, spooled := build(t, Storage{}, 3000, 64), build(t, Storage{MemoryBytes: 1, Dir: t.TempDir()}, 3000, 64)
	defer spooled.Close()
	want, errA := whole.Tone()
	got, errB := spooled.Tone()
	if errA != nil || errB != nil || got != want || want == (Tone{}) {
		t.Errorf("%+v (%v), in memory %+v (%v)", got, errB, want, errA)
	}
}

// TestStaticOfResistivity: what is shown of resistivity is what is shown of its logarithm.
func TestStaticOfResistivity(t *testing.T) {
	random := func(r *rand.Rand) float64 { return 1.2 * r.NormFloat64() }
	raw := toneLog(t, 300, func(r *rand.Rand) float64 { return math.Exp(random(r)) }).Static()
	logs := toneLog(t, 300, random).Static()
	for k := range raw {
		if math.Abs(float64(raw[k]-logs[k])) > 1e-4 {
			t.Fatalf("pixel %d is %g, of logarithms %g", k, raw[k], logs[k])
		}
	}
}
