package ablate

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/metrics"
)

// Names of the tables in the folder of an ablation.
const (
	TableCSV      = "table.csv"
	TableMarkdown = "table.md"
)

// Report is the table of an ablation.
type Report struct {
	Rows    []Row    `json:"rows"`    // class by class, in each the arms in the order of the file, their seeds and their mean
	Missing []string `json:"missing"` // cells without a result
	Notes   []string `json:"notes"`   // what makes rows hard to compare
}

// Row is the score of a cell on one class, or the mean of an arm's cells. Scores pool all test wells; those that do not exist are
// NaN. Hits are within 5 cm: of the curve distance unless a field says depth.
type Row struct {
	Class         string        `json:"class"` // bedding | fracture | any
	Arm           string        `json:"arm"`
	Seed          *int64        `json:"seed"`  // nil in a mean
	Seeds         int           `json:"seeds"` // behind the row
	Threshold     metrics.Value `json:"threshold"`
	Truths        metrics.Value `json:"truths"`
	Picks         metrics.Value `json:"picks"`
	Precision     metrics.Value `json:"precision"`
	Recall        metrics.Value `json:"recall"`
	F1            metrics.Value `json:"f1"`
	F1Low         metrics.Value `json:"f1_low"` // bootstrap over test wells, 95 %; NaN in a mean
	F1High        metrics.Value `json:"f1_high"`
	ChanceF1      metrics.Value `json:"chance_f1"`
	BestF1        metrics.Value `json:"best_f1"` // over thresholds, chosen on the test wells
	BestThreshold metrics.Value `json:"best_threshold"`
	DepthF1       metrics.Value `json:"depth_f1"`
	DepthChanceF1 metrics.Value `json:"depth_chance_f1"`
	DipWithin3Deg metrics.Value `json:"dip_within_3deg"` // share of the depth hits
	ClassError    metrics.Value `json:"class_error"`     // of the depth hits with classes ignored: the published measure, blind to false alarms
	TrainSeconds  metrics.Value `json:"train_seconds"`
	PerSecond     metrics.Value `json:"samples_per_second"`
}

// classes are the groups of rows.
var classes = []string{dip.Bedding.String(), dip.Fracture.String(), metrics.Any}

// Report collects the results of all cells that are done.
func (e *Experiment) Report() (*Report, error) {
	rep := &Report{Rows: []Row{}, Missing: []string{}, Notes: []string{}}
	byArm := map[string][]*Result{}
	versions, warned := map[string]bool{}, map[string]bool{}
	for _, c := range e.Cells {
		r, err := e.Result(c)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if err != nil || r.Hash != c.Hash {
			rep.Missing = append(rep.Missing, c.Name())
			continue
		}
		byArm[c.Arm] = append(byArm[c.Arm], r)
		versions[r.Version] = true
		for _, w := range r.Warnings {
			warned[w] = true
		}
	}
	for _, class := range classes {
		for _, arm := range e.arms {
			var rows []Row
			for _, r := range byArm[arm] {
				row, err := newRow(r, class)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", filepath.Join(e.Dir, "cells", fmt.Sprintf("%s-s%d", r.Arm, r.Seed)), err)
				}
				rows = append(rows, row)
			}
			rep.Rows = append(rep.Rows, rows...)
			if len(rows) > 1 {
				rep.Rows = append(rep.Rows, mean(rows))
			}
		}
	}
	if len(versions) > 1 {
		rep.Notes = append(rep.Notes, "cells come from different versions of geobfdt: compare with care")
	}
	for w := range warned {
		rep.Notes = append(rep.Notes, w)
	}
	slices.Sort(rep.Notes)
	return rep, nil
}

// newRow is the part of a result that is about one class.
func newRow(r *Result, class string) (Row, error) {
	c := r.Scores.Pooled.Class(class)
	k := slices.IndexFunc(r.Sweep, func(s Sweep) bool { return s.Class == class })
	if c == nil || k < 0 {
		return Row{}, fmt.Errorf("%s has no scores of %s: remove it, and the cell is scored again", resultName, class)
	}
	curve, depth := at(c.Curve, metrics.HeadlineCM), at(c.Depth, metrics.HeadlineCM)
	if curve == nil || depth == nil || depth.Errors == nil {
		return Row{}, fmt.Errorf("%s has no scores of %s at %g cm: remove it, and the cell is scored again", resultName, class, metrics.HeadlineCM)
	}
	nan := metrics.Value(math.NaN())
	row := Row{
		Class: class, Arm: r.Arm, Seed: &r.Seed, Seeds: 1,
		Threshold: metrics.Value(r.Threshold), Truths: metrics.Value(c.Truths), Picks: metrics.Value(c.Picks),
		Precision: curve.Precision, Recall: curve.Recall, F1: curve.F1, F1Low: nan, F1High: nan, ChanceF1: curve.ChanceF1,
		BestF1: r.Sweep[k].Best.F1, BestThreshold: metrics.Value(r.Sweep[k].Best.Threshold),
		DepthF1: depth.F1, DepthChanceF1: depth.ChanceF1, DipWithin3Deg: depth.Errors.DipWithin3Deg,
		ClassError: r.Scores.Pooled.ClassError, TrainSeconds: metrics.Value(r.TrainSeconds), PerSecond: metrics.Value(r.SamplesPerSecond),
	}
	if class == dip.Fracture.String() {
		row.Threshold = metrics.Value(r.ThresholdFracture)
	}
	if curve.F1Interval != nil {
		row.F1Low, row.F1High = curve.F1Interval.Low, curve.F1Interval.High
	}
	return row, nil
}

// at finds the hits within a tolerance; nil if there are none.
func at(hits []metrics.Hits, toleranceCM float64) *metrics.Hits {
	for i := range hits {
		if hits[i].ToleranceCM == toleranceCM {
			return &hits[i]
		}
	}
	return nil
}

// mean averages the rows of an arm. A score that some seeds do not have, such as the precision of no picks, is averaged over the
// others.
func mean(rows []Row) Row {
	m := Row{Class: rows[0].Class, Arm: rows[0].Arm, Seeds: len(rows)}
	for _, c := range columns {
		sum, n := 0.0, 0
		for i := range rows {
			if v := float64(*c.value(&rows[i])); !math.IsNaN(v) {
				sum, n = sum+v, n+1
			}
		}
		*c.value(&m) = metrics.Value(sum / float64(n)) // NaN where no seed has it
	}
	// An interval between wells does not average over seeds.
	m.F1Low, m.F1High = metrics.Value(math.NaN()), metrics.Value(math.NaN())
	return m
}

// WriteTables writes the report as table.csv and table.md into the ablation's folder.
func (e *Experiment) WriteTables(r *Report) error {
	err := writeFile(filepath.Join(e.Dir, TableCSV), r.WriteCSV)
	return errors.Join(err, writeFile(filepath.Join(e.Dir, TableMarkdown), func(w io.Writer) error {
		if _, err := io.WriteString(w, "# Ablation\n\n"); err != nil {
			return err
		}
		if err := r.WriteMarkdown(w); err != nil {
			return err
		}
		_, err := fmt.Fprintf(w, "\nTest wells: %s. %s\n", strings.Join(e.TestWells(), ", "), explanation)
		return err
	}))
}

// TestWells names the wells that cells are scored on.
func (e *Experiment) TestWells() (names []string) {
	for _, w := range ofSplit(e.wells, SplitTest) {
		names = append(names, w.name)
	}
	return names
}
