package ablate

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/infer"
	"github.com/geobfdt/geobfdt/internal/metrics"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// bedWells are two wells with beds at 1, 2 and 3 m, of which the picks have the first hits of each, and nothing else.
func bedWells(hits int) []metrics.Well {
	var wells []metrics.Well
	for _, name := range []string{"w1", "w2"} {
		var truth, found []picks.Pick
		for i := range 3 {
			truth = append(truth, picks.New(dip.Bedding, dip.Sinusoid{DepthM: float64(i + 1), DipDeg: 20, AzimuthDeg: 90}))
		}
		for i := range hits {
			p := truth[i]
			p.Confidence = 0.5 + 0.1*float64(i)
			found = append(found, p)
		}
		wells = append(wells, metrics.Well{Name: name, Truth: truth, Picks: found, BaseM: 4})
	}
	return wells
}

// scored is the result of a variant with so many hits.
func scored(t *testing.T, seed int64, hits int) scoredVariant {
	t.Helper()
	s, err := scoreWells(bedWells(hits), infer.Options{Threshold: 0.5, ThresholdFracture: 0.6})
	if err != nil {
		t.Fatal(err)
	}
	return scoredVariant{
		cell: &Result{
			Cell: "a", Seed: seed, TrainSeconds: 10, SamplesPerSecond: 3.25, OtherSeconds: 0.75, Loss: []LossPoint{{8, 4, 1, 1}, {16, 2, 1, 1}},
			Matched: []Matched{{"w1", 10, 2}, {"w2", 10, 4 - hits}},
		},
		result: &VariantResult{Name: "a", Threshold: 0.5, ThresholdFracture: 0.6, Blind: *s},
	}
}

func TestRowsAndMean(t *testing.T) {
	var rows []Row
	for seed, hits := range []int{3, 0} {
		row, err := newRow(scored(t, int64(seed), hits), "bedding", false)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	if r := rows[0]; r.F1 != 1 || r.Precision != 1 || r.BestF1 != 1 || r.BestThreshold != 0.05 || r.DipWithin3Deg != 1 || r.Truths != 6 || r.Threshold != 0.5 || r.ClassError != 0.15 {
		t.Errorf("all hit: %+v", r)
	}
	if r := rows[1]; r.F1 != 0 || !math.IsNaN(float64(r.Precision)) || r.Picks != 0 || r.ClassError != 0.3 {
		t.Errorf("none hit: %+v", r)
	}
	m := meanRow(rows)
	if m.F1 != 0.5 || m.Recall != 0.5 || m.Precision != 1 || m.Picks != 3 || m.Seed != nil || m.Seeds != 2 || m.Variant != "a" {
		t.Errorf("mean: %+v", m)
	}
	fracture, err := newRow(scored(t, 1, 1), "fracture", false)
	if err != nil || fracture.Threshold != 0.6 || !math.IsNaN(float64(fracture.F1)) {
		t.Errorf("fracture: %+v (%v)", fracture, err)
	}
	if _, err := newRow(scoredVariant{cell: &Result{}, result: &VariantResult{}}, "bedding", false); err == nil {
		t.Error("a result without scores makes a row")
	}
}

func TestSweepFindsBestThreshold(t *testing.T) {
	truth := []picks.Pick{picks.New(dip.Fracture, dip.Sinusoid{DepthM: 1, DipDeg: 60})}
	found := []picks.Pick{truth[0], truth[0]}
	found[0].Confidence = 0.8
	found[1].DepthM, found[1].Confidence = 2, 0.4 // false
	s, err := sweep([]metrics.Well{{Name: "w", Truth: truth, Picks: found, BaseM: 3}})
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range s {
		if one.Class != "fracture" {
			continue
		}
		if b := one.Best; b.F1 != 1 || math.Abs(b.Threshold-0.45) > 1e-9 || one.Points[0].Threshold != sweepFrom || one.Points[0].Precision != 0.5 {
			t.Errorf("sweep %+v", one)
		}
		if w := one.Wells[0]; w.Truths != 1 || len(w.Picks) != len(one.Points) || w.Picks[0] != 2 || w.Hits[len(w.Hits)-1] != 0 {
			t.Errorf("well %+v", w)
		}
	}
}

// What adds up over wells to the pooled score must be the pooled score.
func TestUnitsAddUp(t *testing.T) {
	d := scored(t, 1, 2)
	us, err := units(&d.result.Blind, "bedding", d.cell.Matched)
	if err != nil {
		t.Fatal(err)
	}
	u := pool(us, []int{0, 1})
	if u.truths != 6 || u.picks != 4 || u.hits != 4 || u.matched != 20 || u.matchedWrongs != 4 {
		t.Errorf("pooled %+v", u)
	}
	if got, want := measures[0].of(u), float64(d.result.Blind.Scores.Pooled.Class("bedding").Headline().F1); got != want {
		t.Errorf("F1 %g of units, %g of metrics", got, want)
	}
	if got, want := measures[3].of(u), float64(d.result.Blind.Sweep[0].Best.F1); got != want {
		t.Errorf("best F1 %g of units, %g of the sweep", got, want)
	}
	d.result.Blind.Sweep[0].Wells = nil
	if _, err := units(&d.result.Blind, "bedding", nil); err == nil {
		t.Error("a sweep without wells passes")
	}
}

// fake is an experiment of one factor in a folder with results that nobody trained: the level finds 1 of 3 beds where the baseline
// finds 3, with both seeds; the last cell is missing.
func fake(t *testing.T) *Experiment {
	t.Helper()
	e := plan(t, `
wells: {preset: vertical, train: 1, test: 2, length_m: 2}
factors:
  - name: loss
    source: a <paper>
    levels:
      - {name: focal, set: {loss.class: focal}, published: 2.6 %}
      - {name: ce, set: {loss.class: ce}}
      - {name: wce, set: {loss.class: weighted_ce}}
seeds: [1, 2]
`, t.TempDir())
	for i, c := range e.Cells {
		if c.Variants[0].Name == "loss-wce" {
			continue
		}
		hits := 3 - 2*(i%3)
		d := scored(t, c.Seed, hits)
		d.cell.Cell, d.cell.Hash, d.cell.Threads = c.Name, c.Hash, 2
		d.result.Name, d.result.Levels = c.Variants[0].Name, c.Variants[0].Levels
		d.cell.Variants = []VariantResult{*d.result}
		if err := os.MkdirAll(e.cellDir(c), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := e.writeResult(c, d.cell); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

func TestReport(t *testing.T) {
	e := fake(t)
	r, err := e.Report()
	if err != nil {
		t.Fatal(err)
	}
	if r.Done != 4 || r.Cells != 6 || len(r.Missing) != 2 || len(r.Factors) != 1 {
		t.Fatalf("report %+v", r)
	}
	f := &r.Factors[0]
	// 3 of 3 against 1 of 3 with no false pick: F1 1 against 0.5, in both wells of both seeds.
	want := "ce against focal: bedding worse (F1 0.50 against 1.00, difference -0.50, 95 % from -0.50 to -0.50)"
	lines := f.Sentences()
	if len(lines) != 2 || lines[0] != want || lines[1] != "wce against focal: no pair of cells is done" {
		t.Errorf("sentences %q, want %q", lines, want)
	}
	if c := f.effect("ce", "any", "class_error"); c == nil || c.Verdict != NoEvidence || math.Abs(float64(c.Diff)-0.1) > 1e-9 || c.Wells != 2 || c.Low != 0 { // one of the two wells is the same on both sides
		t.Errorf("class error %+v", c)
	}
	if err := e.Write(r); err != nil {
		t.Fatal(err)
	}
	read := func(name string) string {
		raw, err := os.ReadFile(filepath.Join(e.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	for _, c := range []struct{ name, want string }{
		{ReportMarkdown, "| focal | bedding | 0.50 | 1.00 | 1.00 | 1.00 |"},
		{ReportMarkdown, "-0.50 (-0.50 to -0.50) worse | 0.50 | 25.0 % |  | 10 | 3 |"},
		{ReportMarkdown, "| 2.6 % |"}, {ReportMarkdown, "Published: a <paper>"}, {ReportMarkdown, "| ce, bedding | 1.00 / 0.33 / 0.50 |"},
		{EffectsCSV, "loss,ce,focal,bedding,f1,1,0.5,-0.5,-0.5,-0.5,2,2,worse\n"},
		{TableCSV, "bedding,loss-ce,wells,mean of 2,0.5,6,2,1,0.333333,0.5,"},
		{ReportMarkdown, "\n- 10.0 s of training a cell, and 0.8 s of reading, tiling and scoring: 7.5 % of it (mean of 4 cells)\n"},
		{ReportHTML, "a &lt;paper&gt;"}, {ReportHTML, want}, {ReportHTML, "<svg"},
	} {
		if !strings.Contains(read(c.name), c.want) {
			t.Errorf("%s lacks %q:\n%.3000s", c.name, c.want, read(c.name))
		}
	}
	checkPage(t, read(ReportHTML))
	var back map[string]any
	raw, err := json.Marshal(r)
	if err != nil || json.Unmarshal(raw, &back) != nil {
		t.Errorf("JSON: %v", err)
	}
}

// checkPage checks that a page needs nothing from elsewhere and that its charts are well-formed.
func checkPage(t *testing.T, page string) {
	t.Helper()
	for _, bad := range []string{"<script", "<link", "@import", "url(", "src=", "NaN", "ZgotmplZ", "%!"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
	if n := strings.Count(strings.ReplaceAll(page, `xmlns="http://www.w3.org/2000/svg"`, ""), "http"); n > 0 {
		t.Errorf("the page names %d addresses", n)
	}
	charts := 0
	for rest := page; ; charts++ {
		i := strings.Index(rest, "<svg")
		if i < 0 {
			break
		}
		j := strings.Index(rest, "</svg>") + len("</svg>")
		d := xml.NewDecoder(strings.NewReader(rest[i:j]))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("chart: %v\n%s", err, rest[i:j])
			}
		}
		rest = rest[j:]
	}
	if charts < 4 {
		t.Errorf("%d charts", charts)
	}
}

func TestTables(t *testing.T) {
	var group []Row
	for seed, hits := range []int{2, 0} {
		row, err := newRow(scored(t, int64(seed+4), hits), "bedding", false)
		if err != nil {
			t.Fatal(err)
		}
		group = append(group, row)
	}
	r := Report{Rows: append(group, meanRow(group)), Missing: []string{"b-s1"}, Notes: []string{"a note"}}
	var b bytes.Buffer
	if err := r.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(lines) != 4 {
		t.Fatalf("%d lines (%v)", len(lines), err)
	}
	cell := func(line int, head string) string {
		for k, h := range lines[0] {
			if h == head {
				return lines[line][k]
			}
		}
		t.Fatalf("no column %s", head)
		return ""
	}
	for _, c := range []struct {
		line       int
		head, want string
	}{{1, "seed", "4"}, {1, "f1", "0.8"}, {1, "recall", "0.666667"}, {2, "precision", ""}, {3, "seed", "mean of 2"}, {3, "f1", "0.4"}, {3, "precision", "1"}, {3, "other_seconds", "0.75"}, {3, "scored_on", "wells"}} {
		if got := cell(c.line, c.head); got != c.want {
			t.Errorf("line %d, %s: %q, want %q", c.line, c.head, got, c.want)
		}
	}
	var text strings.Builder
	if err := r.WriteTable(&text); err != nil {
		t.Fatal(err)
	}
	if s := text.String(); !strings.Contains(s, "no result yet: b-s1\na note\n") || !strings.Contains(s, "mean of 2") || strings.Count(s, "bedding") != 1 {
		t.Errorf("table, of the mean only:\n%s", s)
	}
}

func TestThin(t *testing.T) {
	var ps []LossPoint
	for i := range 1000 {
		ps = append(ps, LossPoint{int64(i + 1), float64(i), 1, 2})
	}
	got := thin(ps)
	if len(got) != 250 || got[0] != (LossPoint{4, 1.5, 1, 2}) || got[249].Samples != 1000 {
		t.Errorf("%d points, first %+v", len(got), got[0])
	}
}
