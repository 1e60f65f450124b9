package synth

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// A knob that is off draws nothing, so that worlds without it keep their random numbers.
func TestChanceOffDrawsNothing(t *testing.T) {
	a, b := seeded(1), seeded(1)
	if v := (Chance{0, Range{1, 2}}).draw(a); v != 0 {
		t.Errorf("a knob that is off draws %g", v)
	}
	if a.Uint64() != b.Uint64() {
		t.Error("a knob that is off used a random number")
	}
	drawn, rng := 0, seeded(2)
	for range 4000 {
		if v := (Chance{0.3, Range{1, 2}}).draw(rng); v != 0 {
			drawn++
			if v < 1 || v > 2 {
				t.Fatalf("drew %g from [1, 2]", v)
			}
		}
	}
	if drawn < 1100 || drawn > 1300 { // 1200 +- 3.4 standard deviations
		t.Errorf("drawn %d times in 4000, want about 1200", drawn)
	}
}

func TestTroubleRefuses(t *testing.T) {
	for name, breakIt := range map[string]func(*Trouble){
		"probability":        func(x *Trouble) { x.Swell.Prob = 1.2 },
		"probability is NaN": func(x *Trouble) { x.JPEG.Prob = math.NaN() },
		"range":              func(x *Trouble) { x.Levels = Chance{0.5, Range{1, 8}} },
		"descending":         func(x *Trouble) { x.Patches = Chance{0.5, Range{2, 1}} },
		"crowd of cracks":    func(x *Trouble) { x.CracksPerM = Chance{1, Range{0, 1e9}} },
		"no columns":         func(x *Trouble) { x.CoarseCols = Range{} },
		"gradual, no width":  func(x *Trouble) { x.GradualWidthM = Range{} },
	} {
		p := train()
		breakIt(&p.Trouble)
		if p.Validate() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// What is drawn as no pick is never a pick, and makes no patch without an image.
func TestTroubleAloneIsNoTruth(t *testing.T) {
	p := train()
	p.EmptyProb, p.GapProb = 1, 1
	everything := &p.Trouble
	for _, c := range []*Chance{&everything.Streaks, &everything.Patches, &everything.CracksPerM, &everything.WashoutsPerM, &everything.Stripes,
		&everything.Spiral, &everything.InvertedM, &everything.JPEG, &everything.Levels} {
		c.Prob = 1
	}
	rng := seeded(3)
	for range 20 {
		// The tiles of the published system are the lowest in use.
		log, truth := Patch(rng, p, 100, 0.00254, 96)
		if log == nil {
			t.Fatal("no image: missing rows took all")
		}
		if len(truth) > 0 {
			t.Fatalf("an empty world has a truth: %+v", truth[0])
		}
	}
}

// In a hole that swells, the label's diameter is what an exact caliper reads at its depth, and the amplitude is that of the image.
func TestSwollenHole(t *testing.T) {
	p := plain()
	p.EmptyProb, p.SpeedErrorProb, p.DiameterIn = 0, 0, fixed(8.5)
	p.Trouble = Trouble{Swell: always(0.2, 0.2), Ovality: always(0.05, 0.05)}
	s := DrawScene(seeded(4), p, 20)
	log := render(t, s, 0, 2000, 0.01, 8)
	sizes := map[int]bool{}
	for _, x := range s.Truth(0.1, 19.9) {
		want, source := log.DiameterAtDepth(x.DepthM)
		if source != imagelog.DiameterCaliper || math.Abs(x.HoleDiameterM-want) > 0.001 {
			t.Errorf("label at %.3f m has a hole of %.4f m, the caliper reads %.4f m", x.DepthM, x.HoleDiameterM, want)
		}
		if x.HoleDiameterM < 0.2158 || x.HoleDiameterM > 0.2592 { // 8.5 in and 20 % more
			t.Errorf("hole of %.4f m", x.HoleDiameterM)
		}
		sizes[int(x.HoleDiameterM*200)] = true
	}
	if len(sizes) < 3 {
		t.Error("the hole does not vary")
	}
	if log.C1In[0]/log.C2In[0]-1.05/0.95 > 1e-9 {
		t.Errorf("axes %g and %g in", log.C1In[0], log.C2In[0])
	}
}

// The third harmonic of an oval hole is what is left of the exact trace after the best sinusoid, by direct summation.
func TestOvalWave(t *testing.T) {
	h := hole{ovality: 0.06, ovalPhase: 0.7}
	const a, b, n = 0.2, -0.1, 720
	var mean, cosine, sine float64
	trace := make([]float64, n)
	for i := range trace {
		phi := 2 * math.Pi * float64(i) / n
		trace[i] = (1 + h.ovality*math.Cos(2*phi-2*h.ovalPhase)) * (a*math.Cos(phi) + b*math.Sin(phi))
		mean += trace[i] / n
		cosine += trace[i] * math.Cos(phi) * 2 / n
		sine += trace[i] * math.Sin(phi) * 2 / n
	}
	w := wave{h.ovalWave(a, b)}
	for i := range trace {
		phi := 2 * math.Pi * float64(i) / n
		left := trace[i] - mean - cosine*math.Cos(phi) - sine*math.Sin(phi)
		if math.Abs(left-w.at(phi)) > 1e-12 {
			t.Fatalf("at %g: %g is left, the wave is %g", phi, left, w.at(phi))
		}
	}
}

// A fracture that saturation hides is no truth: by hand, a dark line in a bed that is black already.
func TestSaturationHides(t *testing.T) {
	g := greyScale{clip: 1}
	for _, x := range []struct{ a, b, want float64 }{{0, 0.5, 1}, {0, 2, 0.5}, {-1.2, -3, 0}, {-2, 2, 0.5}, {0.3, 0.3, 1}} {
		if got := g.kept(x.a, x.b); math.Abs(got-x.want) > 1e-12 {
			t.Errorf("kept(%g, %g) = %g, want %g", x.a, x.b, got, x.want)
		}
	}
	r := &rock{spacingM: 1, widthM: 0.001, contrast: fixed(3), laminaM: 0.01}
	c := newColumn(seeded(1), r, 0, 4, []float64{2})
	dark, light := 1.0, 3.0 // depths in the bed below and above the clip
	if c.level(0.9, 1.1) > c.level(2.9, 3.1) {
		dark, light = light, dark
	}
	f := fracture{contrast: -1, arcHalf: math.Pi, jagged: lattice{cellM: 1, turns: 1}}
	for depth, want := range map[float64]float64{dark: 0, light: 0.5} { // levels are -1.5 and 1.5
		f.depthM = depth
		if got := f.kept(c, &g, 1); math.Abs(got-want) > 0.02 {
			t.Errorf("in the bed at %g m a share of %.2f is kept, want %.2f", depth, got, want)
		}
	}
}

// A grey scale that is bent stays ascending, whichever way.
func TestBendAscends(t *testing.T) {
	for _, w := range []float64{-1, -0.3, 0, 0.3, 1} {
		q := response{warp: w}
		last := math.Inf(-1)
		for x := -6.0; x < 6; x += 0.01 {
			if v := q.bend(x); v <= last {
				t.Fatalf("warp %g: falls at %g", w, x)
			} else {
				last = v
			}
		}
	}
}

func TestPolarity(t *testing.T) {
	q := response{inverted: []Interval{{10, 11}, {20, 20.5}}}
	for z, want := range map[float64]float64{5: 1, 10.5: -1, 10: 0, 15: 1, 20.25: -1, 25: 1} {
		if got := q.polarity(z); math.Abs(got-want) > 0.01 {
			t.Errorf("polarity at %g m is %g, want %g", z, got, want)
		}
	}
}

// Pictures lose what they lose in files: few grey levels, an even histogram, errors that grow as the quality of the JPEG falls; gaps stay.
func TestFinish(t *testing.T) {
	w := preset(t, "pad-flap")
	image := func(f finish) *imagelog.Log {
		s := DrawScene(seeded(8), w.Params, 3)
		s.response.finish = f
		return render(t, s, 0, 300, 0.01, 96)
	}
	plainLog := image(finish{})
	levels := map[float32]bool{}
	few := image(finish{levels: 8})
	for i, v := range few.Pixels() {
		if few.Mask[i] {
			levels[v] = true
		}
	}
	if len(levels) != 8 {
		t.Errorf("%d grey levels, want 8", len(levels))
	}
	var quartiles [4]int
	for i, v := range image(finish{windowM: 10}).Pixels() {
		if plainLog.Mask[i] {
			quartiles[min(3, int(4*(v/float32(2*math.Sqrt(3))+0.5)))]++
		}
	}
	if lo, hi := slices.Min(quartiles[:]), slices.Max(quartiles[:]); float64(hi) > 1.1*float64(lo) {
		t.Errorf("quarters of an equalised image hold %v pixels", quartiles)
	}
	exact := image(finish{levels: 256})
	last := 0.0
	for _, quality := range []int{95, 50, 10} {
		log := image(finish{quality: quality})
		if !slices.Equal(log.Mask, plainLog.Mask) {
			t.Fatal("a JPEG changes the gaps")
		}
		sum := 0.0
		for i, v := range log.Pixels() {
			sum += square(float64(v - exact.Pixels()[i]))
		}
		if sum <= last {
			t.Errorf("quality %d: square error %g, not above that of a better one, %g", quality, sum, last)
		}
		last = sum
	}
}

// A record in the tool's own sampling becomes a tile of the grid with its sinusoids in place.
func TestCoarsePatch(t *testing.T) {
	p := plain()
	p.Tools, p.EmptyProb, p.FractureFreeProb, p.NoiseSD, p.TextureSD = []Tool{Televiewer}, 0, 1, fixed(0.05), fixed(0.03)
	p.LineShare, p.TrueDipDeg, p.VerticalProb, p.BedSpacingM = fixed(0), Range{0, 20}, 1, Range{0.2, 0.4}
	p.Trouble = Trouble{CoarseRowM: always(0.006, 0.01), CoarseCols: Range{60, 180}}
	const rows, rowM, columns = 256, 0.005, 96
	var onTruth, elsewhere []float64
	rng := seeded(10)
	for range 12 {
		log, truth := Patch(rng, p, rows, rowM, columns)
		if log.Rows() != rows || log.Columns() != columns || math.Abs(log.DepthM[0]-rowM/2) > 1e-9 {
			t.Fatalf("%d x %d from %g m", log.Rows(), log.Columns(), log.DepthM[0])
		}
		for _, x := range truth {
			if x.AmplitudeM+0.05 < x.DepthM && x.DepthM+x.AmplitudeM+0.05 < rows*rowM {
				onTruth = append(onTruth, scaled(log, x, rowM))
				x.DepthM += 0.04
				elsewhere = append(elsewhere, scaled(log, x, rowM))
			}
		}
	}
	if a, b := median(onTruth), median(elsewhere); len(onTruth) < 20 || a < 4*b {
		t.Errorf("median response on %d contacts %.3f, 4 cm below %.3f", len(onTruth), a, b)
	}
}

// Truth stays in the image under all the trouble of the training world: along most labels the response stands above that of the same
// curves at random depths.
func TestTroubledTruthIsInTheImage(t *testing.T) {
	p := train()
	p.Tools, p.EmptyProb, p.PartialShare = []Tool{Televiewer, LWD}, 0, 0
	p.WavinessM = Range{0, 0.002}
	const rows, rowM, columns = 256, 0.005, 96
	rng := seeded(12)
	above, n := [dip.NumClasses]int{}, [dip.NumClasses]int{}
	for range 100 {
		log, truth := Patch(rng, p, rows, rowM, columns)
		for _, x := range truth {
			if x.DepthM-x.AmplitudeM < 0.1 || x.DepthM+x.AmplitudeM > rows*rowM-0.1 {
				continue
			}
			on := scaled(log, x, rowM)
			var random []float64
			for range 20 {
				y := x
				y.DepthM = 0.1 + x.AmplitudeM + (rows*rowM-0.2-2*x.AmplitudeM)*rng.Float64()
				random = append(random, scaled(log, y, rowM))
			}
			n[x.Class]++
			if on > median(random) {
				above[x.Class]++
			}
		}
	}
	for class := range dip.NumClasses {
		if n[class] < 30 || float64(above[class]) < 0.75*float64(n[class]) {
			t.Errorf("%v: %d of %d labels respond above the median of random curves", dip.Class(class), above[class], n[class])
		}
	}
}

// scaled is the response along a curve over the deviation of the image.
func scaled(log *imagelog.Log, p picks.Pick, rowM float64) float64 {
	sum, squares, n := 0.0, 0.0, 0.0
	for _, v := range log.Pixels() {
		sum, squares, n = sum+float64(v), squares+square(float64(v)), n+1
	}
	return responseAlong(log, p, rowM) / math.Sqrt(squares/n-square(sum/n)+1e-12)
}

func median(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	return x[len(x)/2]
}

// Cracks, splays and pits are marks of the wall, not of the truth: splays leave their fracture where they begin.
func TestSplaysLeaveTheirFracture(t *testing.T) {
	s := &Scene{hole: newHole(0.216, 0, 0, false)}
	f := fracture{depthM: 5, a: 0.1, b: 0.05, arcHalf: math.Pi, contrast: -1, sigmaM: 0.003, jagged: lattice{cellM: 1, turns: 24}}
	s.addSplays(rand.New(rand.NewPCG(3, 3)), &f, 50)
	if len(s.clutter) < 30 {
		t.Fatalf("%d splays, want about 50", len(s.clutter))
	}
	for i := range s.clutter {
		g := &s.clutter[i]
		begin := g.arcCentre - g.arcHalf
		if d := math.Abs(g.at(begin) - f.at(begin)); !(d < 1e-9) {
			t.Fatalf("splay %d begins %g m off", i, d)
		}
		if g.arcHalf*2 > 80*rad || math.Abs(g.contrast) > 1 {
			t.Fatalf("splay %d: %g degrees of arc, contrast %g", i, 2*g.arcHalf/rad, g.contrast)
		}
	}
	if len(s.labels) > 0 {
		t.Error("a splay is labelled")
	}
}
