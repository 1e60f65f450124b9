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

func seeded(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

func preset(t *testing.T, name string) Preset {
	t.Helper()
	w, err := PresetByName(name)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func render(t *testing.T, s *Scene, topM float64, rows int, rowM float64, columns int) *imagelog.Log {
	t.Helper()
	log, err := s.Render(topM, rows, rowM, columns)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func TestPresetsAreValid(t *testing.T) {
	seen := map[string]bool{}
	for _, w := range Presets() {
		if err := w.Params.Validate(); err != nil {
			t.Errorf("preset %s: %v", w.Name, err)
		}
		if seen[w.Name] || w.Description == "" || !(w.LengthM > 0 && w.RowM > 0) || w.Columns < 4 {
			t.Errorf("preset %s: name, description or size", w.Name)
		}
		seen[w.Name] = true
	}
	if _, err := PresetByName("nowhere"); err == nil {
		t.Error("an unknown preset was found")
	}
}

// TestResampled: a world is recorded with the rows and columns of the tools in use, the same by the same seed, and images of few sectors keep few.
func TestResampled(t *testing.T) {
	columns := map[string]map[int]bool{}
	for _, name := range []string{"train-blurred", "train-sectors"} {
		preset, err := PresetByName(name)
		if err != nil || !preset.World() {
			t.Fatalf("%s: a world: %t, %v", name, preset.World(), err)
		}
		columns[name] = map[int]bool{}
		for seed := range uint64(60) {
			p := preset.Resampled(seed)
			if again := preset.Resampled(seed); p.RowM != again.RowM || p.Columns != again.Columns {
				t.Errorf("%s: seed %d gives %g m x %d and %g m x %d", name, seed, p.RowM, p.Columns, again.RowM, again.Columns)
			}
			if p.RowM < 0.0025 || p.RowM > 0.01 {
				t.Errorf("%s: rows of %g m", name, p.RowM)
			}
			columns[name][p.Columns] = true
		}
	}
	for _, few := range []int{8, 16, 32} {
		if !columns["train-sectors"][few] || columns["train-blurred"][few] {
			t.Errorf("columns %v", columns)
		}
	}
	if vertical, _ := PresetByName("vertical"); vertical.World() {
		t.Error("vertical is a kind of well to be judged on")
	}
}

// TestMassiveRock: it has no bed, its joints lie flat too, and those of a set nearly as one another where the set is narrow; elsewhere a fracture
// that lies as the beds do is drawn again.
func TestMassiveRock(t *testing.T) {
	p := plain()
	p.EmptyProb, p.FractureFreeProb, p.VerticalProb, p.TrueDipDeg = 0, 0, 1, fixed(0)
	p.FractureSets, p.FractureDipDeg, p.FracturesPerM = 1, fixed(8), fixed(4)
	count := func(p Params, seed uint64) (beds, flat int) {
		s := DrawScene(seeded(seed), p, 20)
		for _, x := range s.Truth(s.TopM, s.BaseM) {
			if x.Class == dip.Bedding {
				beds++
			} else if x.DipDeg < 12 {
				flat++
			}
		}
		return beds, flat
	}
	massive := p
	massive.Trouble.Massive = always(0.01, 0.05)
	for seed := range uint64(5) {
		if beds, flat := count(massive, seed); beds != 0 || flat < 20 {
			t.Errorf("seed %d: %d beds and %d flat joints in massive rock", seed, beds, flat)
		}
		if beds, flat := count(p, seed); beds == 0 || flat != 0 {
			t.Errorf("seed %d: %d beds and %d flat fractures in flat bedding", seed, beds, flat)
		}
	}

	spread := func(scatter float64) float64 {
		p := massive
		p.FractureDipDeg, p.Trouble.SetScatter = Range{30, 60}, always(scatter, scatter)
		var dips []float64
		for range 400 {
			rng := seeded(uint64(len(dips)))
			set := drawSets(rng, &p)
			f := DrawScene(rng, p, 1).drawFracture(rng, &p, set, 0.5)
			dips = append(dips, math.Abs(f.dipDeg-set[0].dipDeg))
		}
		slices.Sort(dips)
		return dips[len(dips)/2]
	}
	if narrow, wide := spread(0.1), spread(1); !(narrow < 1.2 && wide > 3 && wide < 9) {
		t.Errorf("half of a set's fractures lie within %.1f and %.1f degrees of its dip with a scatter of 0.1 and 1", narrow, wide)
	}
}

func TestValidateRefuses(t *testing.T) {
	for name, breakIt := range map[string]func(*Params){
		"descending range":  func(p *Params) { p.NoiseSD = Range{2, 1} },
		"not a number":      func(p *Params) { p.BedSpacingM.Min = math.NaN() },
		"endless beds":      func(p *Params) { p.BedSpacingM = Range{0, 1} },
		"probability":       func(p *Params) { p.EmptyProb = 1.5 },
		"no tool":           func(p *Params) { p.Tools = nil },
		"unknown tool":      func(p *Params) { p.Tools = []Tool{99} },
		"unknown grey":      func(p *Params) { p.Greys = []Grey{-1} },
		"no grey":           func(p *Params) { p.Greys = nil },
		"unknown reference": func(p *Params) { p.Reference = imagelog.RefUnknown },
		"zone upside down":  func(p *Params) { p.Counts = &Counts{Beds: 1, Zones: []Interval{{2, 1}}} },
		"negative count":    func(p *Params) { p.Counts = &Counts{Beds: -1} },
	} {
		p := train()
		breakIt(&p)
		if p.Validate() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestRenderRefuses(t *testing.T) {
	s := DrawScene(seeded(1), train(), 1)
	for _, x := range []struct {
		top     float64
		rows    int
		rowM    float64
		columns int
	}{{0, 0, 0.005, 96}, {0, 10, 0, 96}, {0, 10, 0.005, 1}, {0, 1 << 40, 0.005, 96}, {math.NaN(), 10, 0.005, 96}, {0, 10, math.NaN(), 96}} {
		if _, err := s.Render(x.top, x.rows, x.rowM, x.columns); err == nil {
			t.Errorf("%+v: rendered", x)
		}
	}
	for _, length := range []float64{math.NaN(), -1, 0} {
		if s := DrawScene(seeded(1), train(), length); len(s.Truth(-1e9, 1e9)) != 0 {
			t.Errorf("a scene of length %g holds sinusoids", length)
		}
	}
}

func TestSameSeedSameBits(t *testing.T) {
	for _, name := range []string{"train", "train-steep"} {
		w := preset(t, name)
		for seed := range uint64(8) {
			a, ta := Patch(seeded(seed), w.Params, 128, 0.005, 48)
			b, tb := Patch(seeded(seed), w.Params, 128, 0.005, 48)
			if !slices.Equal(a.Pixels(), b.Pixels()) || !slices.Equal(a.Mask, b.Mask) {
				t.Fatalf("%s seed %d: images differ", name, seed)
			}
			if !slices.EqualFunc(ta, tb, func(x, y picks.Pick) bool { return x.Sinusoid == y.Sinusoid && x.Class == y.Class }) {
				t.Fatalf("%s seed %d: truths differ", name, seed)
			}
			c, _ := Patch(seeded(seed+100), w.Params, 128, 0.005, 48)
			if slices.Equal(a.Pixels(), c.Pixels()) {
				t.Fatalf("%s seed %d: another seed gives the same image", name, seed)
			}
		}
	}
}

// A well rendered window by window is the well rendered whole, also across rendering blocks.
func TestWindowsAgreeWithWhole(t *testing.T) {
	for _, name := range []string{"noisy", "lwd", "messy"} {
		w := preset(t, name)
		if name == "messy" { // all troubles but the finish, which looks at the whole image
			x := &w.Params.Trouble
			x.EqualiseM, w.Params.Counts, w.Params.GapProb = Chance{}, nil, 1
			x.Spiral, x.HatchSD, x.InvertedM, x.Warp, x.CrossBedDeg = always(0.2, 0.2), always(0.2, 0.2), always(1, 1), always(0.2, 0.2), always(20, 20)
		}
		w.Params.TopM = 1234.5
		s := DrawScene(seeded(3), w.Params, 6)
		const columns, rowM = 64, 0.005
		whole := render(t, s, 1234.5, 1200, rowM, columns)
		for _, from := range []int{0, 77, 500, 900} {
			part := render(t, s, 1234.5+float64(from)*rowM, 300, rowM, columns)
			if !slices.Equal(part.Pixels(), whole.Pixels()[from*columns:(from+300)*columns]) {
				t.Errorf("%s: rows from %d differ", name, from)
			}
			if part.DepthM[0] != whole.DepthM[from] {
				t.Errorf("%s: depth of row %d is %v alone, %v in the whole", name, from, part.DepthM[0], whole.DepthM[from])
			}
		}
	}
}

func TestFirstWellCounts(t *testing.T) {
	w := preset(t, "first-well")
	const topM = 1500
	w.Params.TopM = topM
	for seed := range uint64(5) {
		truth := DrawScene(seeded(seed), w.Params, w.LengthM).Truth(topM, topM+w.LengthM)
		tiles := map[int]bool{}
		var byClass [dip.NumClasses]int
		for _, p := range truth {
			tiles[int((p.DepthM-topM)/0.254)] = true
			byClass[p.Class]++
		}
		if len(truth) != 32 || byClass[dip.Bedding] != 21 {
			t.Errorf("seed %d: %d sinusoids, %d of them beds; want 32 and 21", seed, len(truth), byClass[dip.Bedding])
		}
		if len(tiles) < 17 || len(tiles) > 19 {
			t.Errorf("seed %d: %d tiles hold a midline, want about 19", seed, len(tiles))
		}
	}
	if tiles := int(w.LengthM/w.RowM) / 100; tiles != 236 {
		t.Errorf("%d tiles of 100 rows, want 236", tiles)
	}
}

func TestCountedPresets(t *testing.T) {
	for name, want := range map[string][dip.NumClasses]int{"dense": {90, 6}, "crossing": {10, 40}, "empty": {}, "messy": {6, 40}, "field": {36, 16}} {
		w := preset(t, name)
		for seed := range uint64(3) {
			var got [dip.NumClasses]int
			for _, p := range DrawScene(seeded(seed), w.Params, w.LengthM).Truth(0, w.LengthM) {
				got[p.Class]++
			}
			if got != want {
				t.Errorf("%s seed %d: %v beds and fractures, want %v", name, seed, got, want)
			}
		}
	}
}

// Every label is complete, in range, ascending, and its true attitude agrees with its apparent one.
func TestTruth(t *testing.T) {
	for _, w := range Presets() {
		s := DrawScene(seeded(9), w.Params, 10)
		truth := s.Truth(s.TopM, s.BaseM)
		if w.Name != "empty" && w.Params.EmptyProb == 0 && len(truth) == 0 {
			t.Errorf("%s: no sinusoid in 10 m", w.Name)
		}
		last := s.TopM
		for _, p := range truth {
			if p.DepthM < last || p.DepthM >= s.BaseM || p.DipDeg < 0 || p.DipDeg >= 90 || p.AzimuthDeg < 0 || p.AzimuthDeg >= 360 ||
				p.Coverage < minCoverage || p.Coverage > 1 || p.Confidence != 1 {
				t.Fatalf("%s: label out of range or order: %+v", w.Name, p)
			}
			last = p.DepthM
			if d := math.Abs(p.AmplitudeM - p.HoleDiameterM/2*math.Tan(p.DipDeg*rad)); d > 1e-9 {
				t.Fatalf("%s: amplitude is off by %g m", w.Name, d)
			}
			dipDeg, azimuthDeg := s.hole.apparent(p.TrueDipDeg, p.TrueAzimuthDeg)
			if math.Abs(dipDeg-p.DipDeg) > 1e-6 || p.DipDeg > 1 && dip.AzimuthDifference(azimuthDeg, p.AzimuthDeg) > 1e-6 {
				t.Fatalf("%s: true %g/%g gives apparent %g/%g, label has %g/%g", w.Name, p.TrueDipDeg, p.TrueAzimuthDeg, dipDeg, azimuthDeg, p.DipDeg, p.AzimuthDeg)
			}
			if s.hole.deviDeg == 0 && math.Abs(p.TrueDipDeg-p.DipDeg) > 1e-6 {
				t.Fatalf("%s: vertical hole, true dip %g, apparent %g", w.Name, p.TrueDipDeg, p.DipDeg)
			}
		}
	}
}

// The image shows what the truth says: on a clean full-cover well the response along labelled curves (edges for bedding, lines
// for fractures) stands far above that along curves of the same shape elsewhere.
func TestTruthIsInTheImage(t *testing.T) {
	w := preset(t, "televiewer")
	w.Params.PartialShare = 0
	const rowM, columns = 0.0025, 96
	s := DrawScene(seeded(5), w.Params, 12)
	log := render(t, s, 0, 4800, rowM, columns)
	rng := seeded(6)
	var onTruth, elsewhere [dip.NumClasses][]float64
	for _, p := range s.Truth(1, 11) {
		onTruth[p.Class] = append(onTruth[p.Class], responseAlong(log, p, rowM))
		for range 8 {
			q := p
			q.DepthM = 1 + 10*rng.Float64()
			elsewhere[p.Class] = append(elsewhere[p.Class], responseAlong(log, q, rowM))
		}
	}
	for class := range dip.NumClasses {
		if len(onTruth[class]) < 5 {
			t.Fatalf("only %d of %v", len(onTruth[class]), dip.Class(class))
		}
		slices.Sort(elsewhere[class])
		p90 := elsewhere[class][len(elsewhere[class])*9/10]
		above := 0
		for _, r := range onTruth[class] {
			if r > p90 {
				above++
			}
		}
		if above*10 < len(onTruth[class])*8 {
			t.Errorf("%v: %d of %d labelled curves respond above the 90th percentile of random ones", dip.Class(class), above, len(onTruth[class]))
		}
	}
}

// responseAlong is the larger of edge and line response along a curve, 1 cm to either side.
func responseAlong(log *imagelog.Log, p picks.Pick, rowM float64) float64 {
	columns, pixels := log.Columns(), log.Pixels()
	edge, line, n := 0.0, 0.0, 0.0
	mean := func(j int, z float64) float64 { // over 1 cm centred at z
		sum := 0.0
		for k := -2; k < 2; k++ {
			sum += float64(pixels[max(0, min(log.Rows()-1, int(z/rowM)+k))*columns+j])
		}
		return sum / 4
	}
	for j := range columns {
		z := p.Sinusoid.DepthAt(360*(float64(j)+0.5)/float64(columns), p.HoleDiameterM)
		up, mid, down := mean(j, z-0.012), mean(j, z), mean(j, z+0.012)
		edge += down - up
		line += 2*mid - up - down
		n++
	}
	return max(math.Abs(edge), math.Abs(line)) / n
}

func TestPatch(t *testing.T) {
	for _, name := range []string{"train", "train-steep"} {
		w := preset(t, name)
		rng := seeded(11)
		const tiles = 120
		empty, fractures := 0, 0
		for range tiles {
			log, truth := Patch(rng, w.Params, 256, 0.005, 48)
			if log.Rows() != 256 || log.Columns() != 48 {
				t.Fatalf("%s: %d x %d", name, log.Rows(), log.Columns())
			}
			if err := log.Validate(); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if len(truth) == 0 {
				empty++
			}
			for _, p := range truth {
				if p.DepthM < 0 || p.DepthM >= 1.28 {
					t.Fatalf("%s: midline at %g m is outside of the tile", name, p.DepthM)
				}
				if p.Class == dip.Fracture {
					fractures++
				}
			}
		}
		if empty < tiles/10 || empty > tiles*2/5 {
			t.Errorf("%s: %d of %d tiles are empty, want about 20 %%", name, empty, tiles)
		}
		if fractures < tiles/2 {
			t.Errorf("%s: %d fractures in %d tiles", name, fractures, tiles)
		}
	}
	if log, truth := Patch(seeded(1), train(), 0, 0.005, 96); log != nil || truth != nil {
		t.Error("a tile without rows was rendered")
	}
}
