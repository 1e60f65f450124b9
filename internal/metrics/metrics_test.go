package metrics

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/picks"
)

func pick(class dip.Class, depthM, dipDeg, azimuthDeg float64) picks.Pick {
	return picks.New(class, dip.Sinusoid{DepthM: depthM, DipDeg: dipDeg, AzimuthDeg: azimuthDeg})
}

func bed(depthM, dipDeg, azimuthDeg float64) picks.Pick {
	return pick(dip.Bedding, depthM, dipDeg, azimuthDeg)
}

func fast() Options { return Options{Seed: 1} }

func score(t *testing.T, truth, found []picks.Pick, opt Options) *Report {
	t.Helper()
	r, err := ScoreWell(Well{Truth: truth, Picks: found}, opt)
	if err != nil {
		t.Fatal(err)
	}
	return &r
}

func near(t *testing.T, what string, got Value, want, tol float64) {
	t.Helper()
	if math.IsNaN(want) != math.IsNaN(float64(got)) || math.Abs(float64(got)-want) > tol {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// hitCounts returns the hits at each tolerance.
func hitCounts(hs []Hits) []int {
	var n []int
	for _, h := range hs {
		n = append(n, h.Hits)
	}
	return n
}

func TestTolerances(t *testing.T) {
	truth := []picks.Pick{bed(10, 0, 0), bed(20, 0, 0), bed(30, 0, 0), bed(40, 0, 0)}
	found := []picks.Pick{bed(10.02, 0, 0), bed(19.96, 0, 0), bed(30.085, 0, 0), bed(40.2, 0, 0), bed(50, 0, 0)}
	c := score(t, truth, found, fast()).Class("bedding")
	for name, got := range map[string][]Hits{"depth": c.Depth, "curve": c.Curve} {
		if n := hitCounts(got); !slices.Equal(n, []int{1, 1, 2, 2, 2, 3}) {
			t.Errorf("%s hits %v", name, n)
		}
	}
	h := c.Headline()
	if h.ToleranceCM != HeadlineCM || h.Hits != 2 || h.False != 3 || h.Missed != 2 {
		t.Errorf("headline %+v", h)
	}
	near(t, "precision", h.Precision, 2.0/5, 1e-12)
	near(t, "recall", h.Recall, 2.0/4, 1e-12)
	near(t, "F1", h.F1, 4.0/9, 1e-12)
	near(t, "false per 10 m", c.FalsePer10M, 10*3/40.0, 1e-12)
	near(t, "chance left out", h.ChanceF1, math.NaN(), 0)
}

// Matching the first truth with the nearest pick would cost the second its only one.
func TestMatchingIsNotGreedy(t *testing.T) {
	truth := []picks.Pick{bed(10, 0, 0), bed(10.06, 0, 0)}
	found := []picks.Pick{bed(9.96, 0, 0), bed(10.02, 0, 0)}
	c := score(t, truth, found, fast()).Class("bedding")
	if c.Depth[2].Hits != 2 {
		t.Errorf("%d hits at 4 cm, want 2", c.Depth[2].Hits)
	}
	// A pick may not serve two truths.
	c = score(t, truth, found[1:], fast()).Class("bedding")
	if c.Depth[5].Hits != 1 || c.Depth[5].Missed != 1 {
		t.Errorf("one pick, two truths: %+v", c.Depth[5])
	}
	near(t, "the nearer truth", c.Depth[5].Errors.MedianDepthCM, 2, 1e-9)
}

func TestCurveSeesDipAndAzimuth(t *testing.T) {
	truth := []picks.Pick{bed(10, 40, 90), bed(20, 40, 90)}
	found := []picks.Pick{bed(10, 60, 90), bed(20, 40, 270)}
	c := score(t, truth, found, fast()).Class("bedding")
	if n := hitCounts(c.Depth); n[0] != 2 {
		t.Errorf("depth hits %v", n)
	}
	// |dA| = R (tan 60 - tan 40) = 9.6 cm and 2 R tan 40 = 18.1 cm: 6.8 and 12.8 cm RMS.
	if n := hitCounts(c.Curve); !slices.Equal(n, []int{0, 0, 0, 0, 0, 1}) {
		t.Errorf("curve hits %v", n)
	}
	// The amplitude decides, not the dip: the same wall traces in another hole.
	wide := bed(10, math.Atan(math.Tan(40*math.Pi/180)/2)*180/math.Pi, 90)
	wide.HoleDiameterM = 2 * dip.DefaultDiameterM
	c = score(t, truth[:1], []picks.Pick{wide}, fast()).Class("bedding")
	if c.Curve[0].Hits != 1 {
		t.Errorf("equal traces: %+v", c.Curve[0])
	}
}

func TestErrorsOfHits(t *testing.T) {
	truth := []picks.Pick{bed(10, 20, 355), bed(20, 20, 100), bed(30, 20, 100), bed(40, 3, 100), bed(50, 1, 0)}
	found := []picks.Pick{bed(10.01, 21, 5), bed(20.02, 23, 115), bed(30, 25, 120), bed(40.03, 3, 280), bed(50.04, 9, 180)}
	e := score(t, truth, found, fast()).Class("bedding").Depth[headline].Errors
	near(t, "dip within 1", e.DipWithin1Deg, 2.0/5, 1e-12)
	near(t, "dip within 3", e.DipWithin3Deg, 3.0/5, 1e-12)
	near(t, "dip within 5", e.DipWithin5Deg, 4.0/5, 1e-12)
	// The two flat ones are opposite in azimuth and do not count; 355 and 5 are 10 apart.
	near(t, "azimuth within 15", e.AzimuthWithin15Deg, 2.0/3, 1e-12)
	near(t, "median depth", e.MedianDepthCM, 2, 1e-9)
	near(t, "median dip", e.MedianDipDeg, 3, 1e-9)
	near(t, "median azimuth", e.MedianAzimuthDeg, 15, 1e-9)
	if e.AzimuthJudged != 3 {
		t.Errorf("%d azimuths judged", e.AzimuthJudged)
	}
}

func TestClassesAreScoredApart(t *testing.T) {
	truth := []picks.Pick{bed(10, 10, 0), bed(20, 10, 0), pick(dip.Fracture, 30, 60, 0), pick(dip.Fracture, 40, 60, 0)}
	found := []picks.Pick{bed(10, 10, 0), pick(dip.Fracture, 20, 10, 0), pick(dip.Fracture, 30, 60, 0), bed(90, 10, 0)}
	r := score(t, truth, found, fast())
	for class, want := range map[string]int{"bedding": 1, "fracture": 1, Any: 3} {
		if c := r.Class(class); c.Headline().Hits != want {
			t.Errorf("%s: %+v", class, c.Headline())
		}
	}
	near(t, "class error", r.ClassError, 1.0/3, 1e-12)
	if r.Confusion != [2][2]int{{1, 1}, {0, 1}} {
		t.Errorf("confusion %v", r.Confusion)
	}
	if r.Class("breakout") != nil {
		t.Error("a class that does not exist")
	}
}

func TestEmpty(t *testing.T) {
	none := score(t, nil, nil, DefaultOptions()).Class(Any)
	near(t, "F1 of nothing", none.Headline().F1, math.NaN(), 0)
	near(t, "ECE of nothing", none.Calibration.ECE, math.NaN(), 0)
	missed := score(t, []picks.Pick{bed(1, 0, 0)}, nil, DefaultOptions()).Class(Any).Headline()
	near(t, "recall", missed.Recall, 0, 0)
	near(t, "precision", missed.Precision, math.NaN(), 0)
	near(t, "F1", missed.F1, 0, 0)
	r, err := ScoreWell(Well{Picks: []picks.Pick{bed(1, 0, 0), bed(2, 0, 0)}, TopM: 0, BaseM: 20}, DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	near(t, "false picks in a barren well", r.Class(Any).FalsePer10M, 1, 1e-12)
}

func TestInterval(t *testing.T) {
	w := Well{Truth: []picks.Pick{bed(5, 0, 0), bed(15, 0, 0)}, Picks: []picks.Pick{bed(15, 0, 0), bed(16, 0, 0), bed(25, 0, 0)}, TopM: 10, BaseM: 20}
	r, err := ScoreWell(w, fast())
	if err != nil {
		t.Fatal(err)
	}
	if h := r.Class(Any).Headline(); h.Hits != 1 || h.False != 1 || h.Missed != 0 || r.Outside != 2 || r.LengthM != 10 {
		t.Errorf("%+v, outside %d, length %g", h, r.Outside, r.LengthM)
	}
}

// One truth in the middle of 1 m and one pick: random picks are within 5 cm one time in ten. For the curve score, a pick whose
// shape is off by 3 cm RMS must be within sqrt(5^2 - 3^2) = 4 cm: 0.08.
func TestChanceIsTheProbability(t *testing.T) {
	truth := bed(10.5, 0, 0)
	found := bed(10.9, 0, 0)
	found.AmplitudeM = 0.03 * math.Sqrt2
	r, err := ScoreWell(Well{Truth: []picks.Pick{truth}, Picks: []picks.Pick{found}, TopM: 10, BaseM: 11}, Options{ChanceDraws: 20000, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	c := r.Class("bedding")
	near(t, "depth@5cm", c.Depth[headline].ChanceF1, 0.10, 0.008) // 4 standard errors
	near(t, "curve@5cm", c.Curve[headline].ChanceF1, 0.08, 0.008)
	near(t, "depth@2cm", c.Depth[0].ChanceF1, 0.04, 0.006)
	near(t, "curve@2cm", c.Curve[0].ChanceF1, 0, 0)
}

func TestChanceRepeats(t *testing.T) {
	truth, found := beds(40, 1), beds(40, 2)
	a, b := score(t, truth, found, DefaultOptions()), score(t, truth, found, DefaultOptions())
	slices.Reverse(truth)
	slices.Reverse(found)
	c := score(t, truth, found, DefaultOptions())
	for _, other := range []*Report{b, c} {
		want, got := a.Class(Any), other.Class(Any)
		if !slices.Equal(want.Curve, got.Curve) || want.Depth[headline].ChanceF1 != got.Depth[headline].ChanceF1 {
			t.Errorf("the same picks score %+v and %+v", want.Curve, got.Curve)
		}
	}
}

// beds is n beds some 10 cm apart.
func beds(n int, seed uint64) []picks.Pick {
	rng := rand.New(rand.NewPCG(seed, 7))
	var out []picks.Pick
	for i := range n {
		p := bed(1000+0.1*(float64(i)+rng.Float64()), 20*rng.Float64(), 360*rng.Float64())
		p.Class = dip.Class(rng.IntN(2))
		p.Confidence = rng.Float64()
		out = append(out, p)
	}
	return out
}

func TestInvariants(t *testing.T) {
	truth, found := beds(200, 3), beds(250, 4)
	r := score(t, truth, found, Options{ChanceDraws: 5, Seed: 1})
	for _, c := range r.Classes {
		for k := range tolerancesCM {
			if c.Curve[k].Hits > c.Depth[k].Hits {
				t.Errorf("%s: curve@t has more hits than depth@t", c.Class)
			}
			if k > 0 && (c.Depth[k].Hits < c.Depth[k-1].Hits || c.Curve[k].Hits < c.Curve[k-1].Hits) {
				t.Errorf("%s: fewer hits at a wider tolerance", c.Class)
			}
		}
		first := c.Sweep[0]
		if first.Picks != c.Picks || first.Hits != c.Headline().Hits {
			t.Errorf("%s: sweep starts at %+v", c.Class, first)
		}
		for k := 1; k < len(c.Sweep); k++ {
			if c.Sweep[k].Hits > c.Sweep[k-1].Hits || c.Sweep[k].Picks > c.Sweep[k-1].Picks {
				t.Errorf("%s: sweep rises at %g", c.Class, c.Sweep[k].Threshold)
			}
		}
	}
	perfect := score(t, truth, truth, Options{ChanceDraws: 5, Seed: 1})
	for _, c := range perfect.Classes {
		if c.Curve[0].F1 != 1 || !(c.Curve[0].ChanceF1 < 0.5) {
			t.Errorf("truth against itself: %+v", c.Curve[0])
		}
	}
	if perfect.ClassError != 0 {
		t.Errorf("class error %v of the truth itself", perfect.ClassError)
	}
}

func TestCalibration(t *testing.T) {
	c := calibrate([]judgement{{0.95, true}, {0.85, true}, {0.85, false}, {0.05, false}, {1, true}})
	// Bins: .05 off by .05 (1 pick); .85 twice, share .5, off .35 (2); .95 and 1, mean .975, off .025 (2).
	near(t, "ECE", c.ECE, (0.05+2*0.35+2*0.025)/5, 1e-12)
	if c.Bins[9].Picks != 2 || c.Bins[8].Picks != 2 || c.Bins[0].Picks != 1 || len(c.Bins) != 10 {
		t.Errorf("bins %+v", c.Bins)
	}
	near(t, "an empty bin", c.Bins[3].HitShare, math.NaN(), 0)
}

func TestPooledWells(t *testing.T) {
	good := Well{Name: "good", Truth: beds(30, 5), Picks: beds(30, 5)}
	bad := Well{Name: "bad", Truth: beds(30, 6), Picks: []picks.Pick{bed(1500, 10, 10)}}
	s, err := ScoreWells([]Well{good, bad}, DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	p := s.Pooled.Class(Any)
	near(t, "pooled F1", p.Headline().F1, 2*30/91.0, 1e-12)
	near(t, "pooled recall", p.Headline().Recall, 0.5, 1e-12)
	var chance float64
	for _, w := range s.Wells {
		c := w.Class(Any)
		chance += float64(c.Headline().ChanceF1) * float64(c.Truths+c.Picks) / 91
	}
	near(t, "pooled chance", p.Headline().ChanceF1, chance, 1e-12)
	// Two wells: a resample is all good (F1 1), all bad (0) or both.
	if i := p.Headline().F1Interval; i == nil || i.Low != 0 || i.High != 1 {
		t.Errorf("interval %+v", i)
	}
	if i := s.Wells[0].Class(Any).Headline().F1Interval; i != nil {
		t.Errorf("interval %+v of a single well", i)
	}
	if s.Pooled.Wells != 2 || len(s.Wells) != 2 {
		t.Errorf("%d wells pooled", s.Pooled.Wells)
	}
	var text strings.Builder
	if err := s.WriteTable(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"good", "bad", "chance F1", "0.000 to 1.000", "class error", "azimuth <= 15 deg"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q is not in\n%s", want, text.String())
		}
	}
}

func TestJSONRoundTrip(t *testing.T) {
	s, err := ScoreWells([]Well{{Name: "a", Truth: beds(9, 1)}, {Name: "b", Truth: beds(9, 1), Picks: beds(9, 1)}}, DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back Summary
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(back)
	if err != nil || string(again) != string(raw) {
		t.Errorf("%v\n%s\n%s", err, raw, again)
	}
	near(t, "precision of no picks", back.Wells[0].Class(Any).Headline().Precision, math.NaN(), 0)
}

func TestErrors(t *testing.T) {
	ok := []picks.Pick{bed(1, 10, 10)}
	bad := func(spoil func(p *picks.Pick)) []picks.Pick {
		p := bed(1, 10, 10)
		spoil(&p)
		return []picks.Pick{p}
	}
	for name, w := range map[string]Well{
		"class":      {Truth: ok, Picks: bad(func(p *picks.Pick) { p.Class = 2 })},
		"depth":      {Truth: bad(func(p *picks.Pick) { p.DepthM = math.NaN() }), Picks: ok},
		"dip":        {Truth: ok, Picks: bad(func(p *picks.Pick) { p.DipDeg = 90 })},
		"azimuth":    {Truth: ok, Picks: bad(func(p *picks.Pick) { p.AzimuthDeg = math.Inf(1) })},
		"confidence": {Truth: ok, Picks: bad(func(p *picks.Pick) { p.Confidence = math.NaN() })},
		"interval":   {Truth: ok, Picks: ok, TopM: 10, BaseM: 5},
	} {
		w.Name = "W-7"
		if _, err := ScoreWell(w, fast()); err == nil || !strings.Contains(err.Error(), "W-7") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if _, err := ScoreWell(Well{Truth: ok, Picks: ok}, Options{ChanceDraws: -1}); err == nil {
		t.Error("negative draws accepted")
	}
	crowd := make([]picks.Pick, 2100)
	for i := range crowd {
		crowd[i] = bed(1, 10, 10)
	}
	if _, err := ScoreWell(Well{Truth: crowd, Picks: crowd}, fast()); !errors.Is(err, ErrCrowded) {
		t.Errorf("4.4 million pairs: error %v", err)
	}
}

func TestWriteTable(t *testing.T) {
	truth := []picks.Pick{bed(1000, 12, 40), bed(1001, 12, 40), pick(dip.Fracture, 1005, 65, 200)}
	found := []picks.Pick{bed(1000.01, 11.5, 45), bed(1002, 12, 40), pick(dip.Fracture, 1005.03, 64.5, 201)}
	r, err := ScoreWell(Well{Name: "A-1", Truth: truth, Picks: found, TopM: 1000, BaseM: 1010}, DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	if err := r.WriteTable(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"A-1: 1 well(s), 10.00 m scored from 1000.00 to 1010.00 m\n\nbedding: 2 truths, 2 picks\n",
		"      score  hits  false  missed  precision  recall     F1  chance F1  95 % of F1\n",
		"  curve@2cm     1      1       1      0.500   0.500  0.500      0.000           -\n",
		"    depth@5cm         1.000  1.000  1.000              1.000       1             1.00     0.50         5.00\n",
		"at curve@5cm: 1.00 false picks in 10 m; expected calibration error 0.500\n",
		"class error of depth@5cm hits, classes ignored: 0.000 (bedding called fracture 0, fracture called bedding 0)\n",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q is not in\n%s", want, text.String())
		}
	}
	if got := share(Value(math.NaN())); got != "-" {
		t.Errorf("a score that does not exist prints as %q", got)
	}
}

func BenchmarkScore(b *testing.B) {
	for _, n := range []int{300, 10000} {
		truth, found := beds(n, 1), beds(n, 2)
		b.Run(fmt.Sprintf("%d picks", n), func(b *testing.B) {
			for b.Loop() {
				if _, err := ScoreWell(Well{Truth: truth, Picks: found}, Options{ChanceDraws: 5, Seed: 1}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
