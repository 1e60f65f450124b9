package ablate

import (
	"bytes"
	"encoding/csv"
	"math"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/metrics"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// scored is the result of a well with beds at 1, 2 and 3 m, of which the picks have the first hits, and nothing else.
func scored(t *testing.T, seed int64, hits int) *Result {
	t.Helper()
	var truth, found []picks.Pick
	for i := range 3 {
		truth = append(truth, picks.New(dip.Bedding, dip.Sinusoid{DepthM: float64(i + 1), DipDeg: 20, AzimuthDeg: 90}))
	}
	for i := range hits {
		p := truth[i]
		p.Confidence = 0.5 + 0.1*float64(i)
		found = append(found, p)
	}
	wells := []metrics.Well{{Name: "w", Truth: truth, Picks: found, BaseM: 4}}
	r := &Result{Arm: "a", Seed: seed, Threshold: 0.5, ThresholdFracture: 0.6, TrainSeconds: 10, SamplesPerSecond: 3.25}
	var err error
	if r.Scores, err = metrics.ScoreWells(wells, metrics.Options{ChanceDraws: 10}); err != nil {
		t.Fatal(err)
	}
	if r.Sweep, err = sweep(wells); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRowsAndMean(t *testing.T) {
	var rows []Row
	for seed, hits := range []int{3, 0} {
		row, err := newRow(scored(t, int64(seed), hits), "bedding")
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	if r := rows[0]; r.F1 != 1 || r.Precision != 1 || r.BestF1 != 1 || r.BestThreshold != 0.05 || r.DipWithin3Deg != 1 || r.Truths != 3 || r.Threshold != 0.5 {
		t.Errorf("all hit: %+v", r)
	}
	if r := rows[1]; r.F1 != 0 || !math.IsNaN(float64(r.Precision)) || r.Picks != 0 {
		t.Errorf("none hit: %+v", r)
	}
	m := mean(rows)
	if m.F1 != 0.5 || m.Recall != 0.5 || m.Precision != 1 || m.Picks != 1.5 || m.Seed != nil || m.Seeds != 2 || m.Arm != "a" {
		t.Errorf("mean: %+v", m)
	}
	fracture, err := newRow(scored(t, 1, 1), "fracture")
	if err != nil || fracture.Threshold != 0.6 || !math.IsNaN(float64(fracture.F1)) {
		t.Errorf("fracture: %+v (%v)", fracture, err)
	}
	if _, err := newRow(&Result{}, "bedding"); err == nil {
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
	}
}

func TestTables(t *testing.T) {
	row, err := newRow(scored(t, 4, 2), "bedding")
	if err != nil {
		t.Fatal(err)
	}
	empty, err := newRow(scored(t, 5, 0), "bedding")
	if err != nil {
		t.Fatal(err)
	}
	r := Report{Rows: []Row{row, empty, mean([]Row{row, empty})}, Missing: []string{"b-s1"}, Notes: []string{"a note"}}
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
	}{{1, "seed", "4"}, {1, "f1", "0.8"}, {1, "recall", "0.666667"}, {2, "precision", ""}, {3, "seed", "mean of 2"}, {3, "f1", "0.4"}, {3, "precision", "1"}} {
		if got := cell(c.line, c.head); got != c.want {
			t.Errorf("line %d, %s: %q, want %q", c.line, c.head, got, c.want)
		}
	}
	var md, text strings.Builder
	if err := r.WriteMarkdown(&md); err != nil {
		t.Fatal(err)
	}
	if err := r.WriteTable(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| bedding | a | 4 | 0.50 | 3 | 2 | 1.000 | 0.667 | 0.800 |", "- no result yet: b-s1", "- a note"} {
		if !strings.Contains(md.String(), want) {
			t.Errorf("markdown lacks %q:\n%s", want, md.String())
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(md.String()), "\n")[:5] {
		if got, want := strings.Count(line, "|"), len(columns)+4; got != want {
			t.Errorf("markdown line has %d bars, want %d: %s", got, want, line)
		}
	}
	if !strings.Contains(text.String(), "no result yet: b-s1") || !strings.Contains(text.String(), "mean of 2") {
		t.Errorf("table:\n%s", text.String())
	}
}
