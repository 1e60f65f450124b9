package matched

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/calibrate"
	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/infer"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/match"
	"github.com/geobfdt/geobfdt/internal/metrics"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/synth"
	"github.com/geobfdt/geobfdt/internal/tile"
)

var tune = flag.Bool("tune", false, "fit rule.json anew on synthetic wells (10 minutes); make matched-filter")

// Wells that the rule is fitted on: of every kind, more of the training worlds. The suite's seeds begin at 1001.
const (
	tuneSeed   = 2001
	tuneWells  = 6
	tuneWorlds = 36
	checkSeed  = 2101 // of the wells that show what the fit is worth
	checkWells = 2
	toleranceM = 0.05
)

// judged is a piece of log with its candidates; klass is the class of the truth that each hits, or -1.
type judged struct {
	name  string
	rowM  float64
	topM  float64
	cs    []Candidate
	klass []int
	truth []picks.Pick
}

// judgeWell measures a well and matches its candidates with its truth.
func judgeWell(p synth.Preset, seed uint64, pool *kernel.Pool) (*judged, error) {
	log, truth, err := p.Well(seed)
	if err != nil {
		return nil, err
	}
	grid, err := tile.NewGrid(log, gridOptions(log, infer.Options{}))
	if err != nil {
		return nil, err
	}
	w := &judged{name: p.Name, rowM: grid.Options().RowM, topM: grid.TopM(), truth: truth}
	if w.cs, err = measure(context.Background(), infer.GridRaster(grid), w.rowM, Options{MaxAmplitudeM: 1.5}, pool); err != nil {
		return nil, err
	}
	var pairs []match.Pair
	for i := range w.cs {
		for k := range truth {
			if d := dip.CurveDistanceM(w.curve(i), truth[k].Trace()); d <= toleranceM {
				pairs = append(pairs, match.Pair{Row: i, Col: k, Cost: d})
			}
		}
	}
	assigned, err := match.AssignSparse(len(w.cs), len(truth), pairs)
	if err != nil {
		return nil, err
	}
	for _, k := range assigned {
		if k == match.Unmatched {
			w.klass = append(w.klass, -1)
		} else {
			w.klass = append(w.klass, int(truth[k].Class))
		}
	}
	return w, nil
}

func (w *judged) curve(i int) dip.Curve {
	return dip.CurveFromRows(w.cs[i].D, w.cs[i].A, w.cs[i].B, w.topM, w.rowM)
}

// fitLook fits a look on rows of features.
func fitLook(x [][]float64, right []bool) look {
	n := len(x[0])
	l := look{Mean: make([]float64, n), Scale: make([]float64, n)}
	for _, row := range x {
		for i, v := range row {
			l.Mean[i] += v / float64(len(x))
		}
	}
	for _, row := range x {
		for i, v := range row {
			l.Scale[i] += (v - l.Mean[i]) * (v - l.Mean[i]) / float64(len(x))
		}
	}
	for i, v := range l.Scale {
		l.Scale[i] = round(math.Sqrt(v) + 1e-6)
		l.Mean[i] = round(l.Mean[i])
	}
	var samples []calibrate.Sample
	for k, row := range x {
		samples = append(samples, calibrate.Sample{Features: l.terms(row), Right: right[k]})
	}
	f, err := calibrate.Fit(samples, 0)
	if err != nil {
		panic(err)
	}
	l.Bias = f.Bias
	for i, w := range f.Weights {
		l.Bias -= w * f.Mean[i] / f.Scale[i]
		l.Weights = append(l.Weights, round(w/f.Scale[i]))
	}
	l.Bias = round(l.Bias)
	return l
}

// round keeps six digits: a file of weights need not show noise.
func round(v float64) float64 {
	if v == 0 {
		return 0
	}
	k := math.Pow(10, 5-math.Floor(math.Log10(math.Abs(v))))
	return math.Round(v*k) / k
}

// fitRule fits the three looks one after the other, as judging applies them.
func fitRule(wells []*judged, what string) *rule {
	r := &rule{Features: featureNames, Wells: what}
	var own, all, traces [][]float64
	var right, fracture []bool
	for _, w := range wells {
		for i := range w.cs {
			own = append(own, w.cs[i].ownFeatures())
			right = append(right, w.klass[i] >= 0)
		}
	}
	r.First = fitLook(own, right)
	for _, w := range wells {
		for i := range w.cs {
			w.cs[i].first = r.First.probability(w.cs[i].ownFeatures())
		}
		addSurroundings(w.cs, w.rowM)
		for i := range w.cs {
			x := w.cs[i].features()
			all = append(all, x)
			if w.klass[i] >= 0 {
				traces = append(traces, x)
				fracture = append(fracture, w.klass[i] == int(dip.Fracture))
			}
		}
	}
	r.Second, r.Fracture = fitLook(all, right), fitLook(traces, fracture)
	return r
}

// TestTune writes rule.json, fitted on wells whose seeds the suite does not use, and prints what it is worth on others.
func TestTune(t *testing.T) {
	if !*tune {
		t.Skip("only with -tune")
	}
	pool := kernel.NewPool(0)
	defer pool.Close()
	var wells []*judged
	for _, p := range synth.Presets() {
		n := tuneWells
		if p.World() {
			n = tuneWorlds
		}
		for k := range n {
			w, err := judgeWell(p, tuneSeed+uint64(k), pool)
			if err != nil {
				t.Fatal(err)
			}
			wells = append(wells, w)
		}
	}
	r := fitRule(wells, fmt.Sprintf("synthetic wells from seed %d: %d of every kind, %d of every training world", tuneSeed, tuneWells, tuneWorlds))
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("rule.json", append(data, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, p := range synth.Presets() {
		if p.World() {
			continue
		}
		var scored []metrics.Well
		for k := range uint64(checkWells) {
			w, err := judgeWell(p, checkSeed+k, pool)
			if err != nil {
				t.Fatal(err)
			}
			r.judge(w.cs, w.rowM)
			var found []picks.Pick
			for i := range w.cs {
				if w.cs[i].Score >= 0.5 {
					pick := picks.New(w.cs[i].Class, w.curve(i).Sinusoid(dip.DefaultDiameterM))
					pick.Confidence, pick.AmplitudeM = w.cs[i].Score, w.cs[i].Amplitude()*w.rowM
					found = append(found, pick)
				}
			}
			scored = append(scored, metrics.Well{Name: fmt.Sprint(p.Name, k), Truth: w.truth, Picks: found})
		}
		s, err := metrics.ScoreWells(scored, metrics.Options{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		var f1 []string
		for _, class := range []string{"bedding", "fracture", metrics.Any} {
			f1 = append(f1, fmt.Sprintf("%s %.3f", class, s.Pooled.Class(class).Headline().F1))
		}
		t.Logf("%-11s curve@5cm F1 %s, expected calibration error %.3f", p.Name, strings.Join(f1, ", "), s.Pooled.Class(metrics.Any).Calibration.ECE)
	}
}
