package infer

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/tile"
)

const testRowM = 0.005

// scene renders curves analytically: fractures are dark Gaussian lines, beds are steps. Noise and pad gaps are optional.
type scene struct {
	rows, cols int
	curves     []Curve
	bright     bool    // lines are bright
	noise      float64 // standard deviation; steps and lines have height 1
	pads       int     // pads with gaps between them; 0: full cover
	rng        *rand.Rand
}

func (s scene) render() Raster {
	r := Raster{Image: make([]float32, s.rows*s.cols), Mask: make([]bool, s.rows*s.cols), Rows: s.rows, Columns: s.cols}
	cos, sin := dip.ColumnAzimuths(s.cols)
	for i := range s.rows {
		for j := range s.cols {
			v := 0.0
			for _, c := range s.curves {
				x := float64(i) + 0.5 - (c.D + c.A*cos[j] + c.B*sin[j])
				if c.Class == dip.Bedding {
					v += 1 / (1 + math.Exp(-x/0.8))
				} else if s.bright {
					v += math.Exp(-0.5 * x * x)
				} else {
					v -= math.Exp(-0.5 * x * x)
				}
			}
			if s.noise > 0 {
				v += s.noise * s.rng.NormFloat64()
			}
			p := i*s.cols + j
			r.Image[p] = float32(100 + 20*v)
			// Gaps take 40 % of the circumference, as with four pad and flap pairs.
			r.Mask[p] = s.pads == 0 || math.Mod(float64(j*s.pads)/float64(s.cols)+0.002*float64(i), 1) < 0.6
		}
	}
	return r
}

func newRefiner(t testing.TB, r Raster) *Refiner {
	t.Helper()
	ref, err := NewRefiner(r, testRowM, DefaultMoveM)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// fromDip is a curve of the reference hole radius, 0.108 m.
func fromDip(class dip.Class, d, dipDeg, azimuthDeg float64) Curve {
	a := 0.108 * math.Tan(dipDeg*math.Pi/180) / testRowM
	s, c := math.Sincos(azimuthDeg * math.Pi / 180)
	return Curve{Class: class, D: d, A: a * c, B: a * s, Score: 0.9}
}

func dipDeg(c Curve) float64 {
	return math.Atan(c.Amplitude()*testRowM/0.108) * 180 / math.Pi
}

// offset is about +-size.
func offset(rng *rand.Rand, size float64) float64 {
	return size * (0.8 + 0.4*rng.Float64()) * float64(1-2*rng.IntN(2))
}

func median(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}

// TestRefineThinBed: of a bed that gets a second look, refinement does not take the curve on the fainter contact of a thin bed to the stronger one;
// of one that gets none it does.
func TestRefineThinBed(t *testing.T) {
	faint, strong := Curve{D: 100.3, A: 30, B: 15}, Curve{D: 105.7, A: 30, B: 15}
	raster := bedded([]Curve{strong, faint})
	for k, v := range stepRaster(faint, 0.6, 1, 0).Image {
		raster.Image[k] += v
	}
	p := newPicker(t, tinyPick(), 1)
	log := logOf(t, raster, 0, testRowM)
	grid, err := tile.NewGrid(log, p.gridOptions(log))
	if err != nil {
		t.Fatal(err)
	}
	start := Curve{Class: dip.Bedding, D: faint.D, A: faint.A, B: faint.B, Score: 0.5}
	for _, tc := range []struct {
		look    *verifier
		reaches bool
	}{{nil, true}, {new(verifier), false}} {
		p.verifier = tc.look
		got, err := p.refine(t.Context(), grid, []Curve{start})
		if err != nil || len(got) != 1 {
			t.Fatalf("%d curves, error %v", len(got), err)
		}
		if (math.Abs(got[0].D-strong.D) < 1) != tc.reaches {
			t.Errorf("second look %t: refined from %.1f to %.1f; the stronger contact lies at %.1f", tc.look != nil, start.D, got[0].D, strong.D)
		}
	}
}

// TestRefineShrinksErrors starts 10 mm and 3 degrees off and asks for sub-row medians: 5 mm is a row.
func TestRefineShrinksErrors(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, tc := range []struct {
		name           string
		class          dip.Class
		minDip, maxDip float64
		pads           int
		noise          float64
		depthMM, dip   float64 // medians allowed
	}{
		{"bed, full cover", dip.Bedding, 2, 40, 0, 0.1, 0.5, 0.2},
		{"bed, pads, noise", dip.Bedding, 2, 40, 4, 0.4, 1.0, 0.4},
		{"fracture, full cover", dip.Fracture, 35, 65, 0, 0.1, 0.5, 0.15},
		{"fracture, pads, noise", dip.Fracture, 35, 65, 4, 0.4, 1.0, 0.3},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var depthMM, dips []float64
			for range 25 {
				truth := fromDip(tc.class, 128+rng.Float64(), tc.minDip+rng.Float64()*(tc.maxDip-tc.minDip), 360*rng.Float64())
				r := scene{rows: 256, cols: 96, curves: []Curve{truth}, pads: tc.pads, noise: tc.noise, rng: rng}.render()
				start := fromDip(tc.class, truth.D+offset(rng, 2), dipDeg(truth)+offset(rng, 3), 0)
				turn := math.Atan2(truth.B, truth.A)
				start.A, start.B = start.Amplitude()*math.Cos(turn), start.Amplitude()*math.Sin(turn)
				got := newRefiner(t, r).Refine(start)
				depthMM = append(depthMM, math.Abs(got.D-truth.D)*testRowM*1000)
				dips = append(dips, math.Abs(dipDeg(got.Curve)-dipDeg(truth)))
				if got.Significance < 4 {
					t.Errorf("significance %.1f of a clear trace", got.Significance)
				}
			}
			d, a := median(depthMM), median(dips)
			t.Logf("median errors after refinement: depth %.2f mm, dip %.2f deg", d, a)
			if d > tc.depthMM || a > tc.dip {
				t.Errorf("median errors %.2f mm, %.2f deg, want at most %.2f mm, %.2f deg", d, a, tc.depthMM, tc.dip)
			}
		})
	}
}

// TestRefineSteep moves a curve of several hundred rows of amplitude; its limits grow with the amplitude.
func TestRefineSteep(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	truth := Curve{Class: dip.Bedding, D: 1200.3, A: 240, B: -180}
	r := scene{rows: 2400, cols: 192, curves: []Curve{truth}, noise: 0.2, rng: rng}.render()
	start := truth
	start.D, start.A, start.B = truth.D+3, truth.A-6, truth.B+6
	got := newRefiner(t, r).Refine(start)
	if e := math.Abs(got.D - truth.D); e > 1 {
		t.Errorf("midline is %.2f rows off", e)
	}
	if e := math.Hypot(got.A-truth.A, got.B-truth.B); e > 1.5 {
		t.Errorf("amplitude is %.2f rows off, started %.2f off", e, math.Hypot(6, 6))
	}
}

func TestRefineNeverLowersTheScore(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	var curves []Curve
	for range 12 {
		curves = append(curves, fromDip(dip.Class(rng.IntN(2)), 400*rng.Float64(), 70*rng.Float64(), 360*rng.Float64()))
	}
	ref := newRefiner(t, scene{rows: 400, cols: 96, curves: curves, pads: 4, noise: 0.5, rng: rng}.render())
	for range 100 {
		c := fromDip(dip.Fracture, 400*rng.Float64(), 75*rng.Float64(), 360*rng.Float64())
		got := ref.Refine(c)
		if got.Coverage == 0 {
			continue
		}
		// The refined curve's own search measures it at move zero.
		s := new(strip)
		before := ref.newSearch(s, c)
		was := math.Abs(before.score(before.judge, line, move{}))
		is := math.Abs(before.score(before.judge, line, move{got.D - c.D, got.A - c.A, got.B - c.B}))
		if is < was-1e-9 {
			t.Fatalf("score fell from %g to %g for %+v", was, is, c)
		}
		flat := c.Amplitude() * testRowM
		if d := math.Abs(got.D - c.D); d > DefaultMoveM/testRowM+1e-9 {
			t.Errorf("midline moved %g rows", d)
		}
		if m := math.Hypot(got.A-c.A, got.B-c.B); m > DefaultMoveM/testRowM*min(moveGrowthMax, 1+moveByHeight*flat)+1e-9 {
			t.Errorf("amplitude moved %g rows", m)
		}
	}
}

func TestPolarity(t *testing.T) {
	c := fromDip(dip.Fracture, 100, 50, 70)
	for _, tc := range []struct {
		s    scene
		want Polarity
	}{
		{scene{rows: 200, cols: 96, curves: []Curve{c}}, Conductive},
		{scene{rows: 200, cols: 96, curves: []Curve{c}, bright: true}, Resistive},
	} {
		if got := newRefiner(t, tc.s.render()).Refine(c); got.Polarity() != tc.want {
			t.Errorf("polarity %d with response %.2f, want %d", got.Polarity(), got.Response, tc.want)
		}
	}
	bed := fromDip(dip.Bedding, 100, 10, 70)
	if got := newRefiner(t, scene{rows: 200, cols: 96, curves: []Curve{bed}}.render()).Refine(bed); got.Polarity() != NoPolarity || got.Line {
		t.Errorf("step between layers: %+v, want no polarity", got)
	}
}

// TestSignificanceOfNoise measures what refinement makes of pure noise with gaps, to set the grade bounds: about 1 % of it may
// look as significant as grade A asks, 10 % as B, half as C.
func TestSignificanceOfNoise(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	ref := newRefiner(t, scene{rows: 1000, cols: 96, noise: 1, pads: 4, rng: rng}.render())
	const n = 500
	var sig []float64
	for range n {
		c := fromDip(dip.Class(rng.IntN(2)), 50+900*rng.Float64(), 60*rng.Float64(), 360*rng.Float64())
		sig = append(sig, ref.Refine(c).Significance)
	}
	slices.Sort(sig)
	t.Logf("significance of noise: median %.1f, 90 %% %.1f, 99 %% %.1f, greatest %.1f", sig[n/2], sig[n*9/10], sig[n*99/100], sig[n-1])
	for i, most := range []float64{0.03, 0.15, 0.6} {
		from, _ := slices.BinarySearch(sig, grades[i].significance)
		if share := float64(n-from) / n; share > most {
			t.Errorf("%.0f %% of noise reaches the significance of grade %s, want at most %.0f %%", 100*share, grades[i].name, 100*most)
		}
	}
}

// TestSignificanceOfBeds: beds 6 cm apart, each other's background, still stand out.
func TestSignificanceOfBeds(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	var curves []Curve
	for d := 20.0; d < 400; d += 12 {
		curves = append(curves, fromDip(dip.Bedding, d+rng.Float64(), 12, 200))
	}
	ref := newRefiner(t, scene{rows: 420, cols: 96, curves: curves, noise: 0.3, pads: 4, rng: rng}.render())
	var sig []float64
	for _, c := range curves {
		sig = append(sig, ref.Refine(c).Significance)
	}
	if m := median(sig); m < grades[0].significance {
		t.Errorf("median significance %.1f of dense beds, want that of grade A", m)
	}
}

// TestRefineOddInput: nothing that a network may say breaks refinement.
func TestRefineOddInput(t *testing.T) {
	r := scene{rows: 60, cols: 24}.render()
	ref := newRefiner(t, r)
	for _, c := range []Curve{
		{D: math.NaN()}, {D: math.Inf(1)}, {D: 1e300, A: 1e300}, {D: -500}, {D: 5000}, {D: 30, A: 1e9}, {D: 30, A: math.NaN()}, {D: 30, A: 1e18, B: 1e18},
	} {
		got := ref.Refine(c)
		if got.Coverage == 0 && got.D != c.D && !math.IsNaN(c.D) {
			t.Errorf("%+v without data under it moved to %+v", c, got.Curve)
		}
		if got.Response != got.Response || got.Significance != got.Significance {
			t.Errorf("%+v: response %g, significance %g", c, got.Response, got.Significance)
		}
	}
	if got := ref.Refine(Curve{D: 30}); got.Significance != 0 || got.D != 30 {
		t.Errorf("flat image: %+v, want the curve as it was", got)
	}
	for _, bad := range []Raster{{}, {Rows: 2, Columns: 2, Image: make([]float32, 3), Mask: make([]bool, 4)}} {
		if _, err := NewRefiner(bad, testRowM, DefaultMoveM); err == nil {
			t.Errorf("raster %+v: no error", bad)
		}
	}
	if _, err := NewRefiner(r, 0, DefaultMoveM); err == nil {
		t.Error("rows of 0 m: no error")
	}
	r.Image[5] = float32(math.NaN())
	if _, err := NewRefiner(r, testRowM, DefaultMoveM); err == nil {
		t.Error("NaN under the mask: no error")
	}
}

func BenchmarkRefine(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, tc := range []struct {
		name  string
		curve Curve
	}{
		{"bed", fromDip(dip.Bedding, 500, 15, 80)},
		{"fracture", fromDip(dip.Fracture, 500, 65, 80)},
	} {
		b.Run(tc.name, func(b *testing.B) {
			ref := newRefiner(b, scene{rows: 1000, cols: 96, curves: []Curve{tc.curve}, pads: 4, noise: 0.3, rng: rng}.render())
			start := tc.curve
			start.D += 2
			start.A += 2
			for b.Loop() {
				ref.Refine(start)
			}
		})
	}
}
