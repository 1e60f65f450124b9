package ablate

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/geobfdt/geobfdt/internal/atomicfile"
	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/metrics"
)

// Files of a report in the folder of an ablation.
const (
	TableCSV       = "table.csv"
	EffectsCSV     = "effects.csv"
	ReportMarkdown = "report.md"
	ReportHTML     = "report.html"
)

// Report is what an ablation came to.
type Report struct {
	File    string         `json:"file"` // ablation file
	Task    Task           `json:"task"`
	Design  Design         `json:"design"`
	Seeds   []int64        `json:"seeds"`
	Wells   []string       `json:"wells"` // scored on
	Cells   int            `json:"cells"` // of the plan
	Done    int            `json:"done"`  // of them
	Factors []FactorReport `json:"factors"`
	Rows    []Row          `json:"rows"`    // class by class, in each the variants in the order of the plan, their seeds and their mean
	Missing []string       `json:"missing"` // cells without a result, with the reason if they failed
	Notes   []string       `json:"notes"`   // what makes rows hard to compare
	Cost    Spent          `json:"cost"`
}

// FactorReport is one question with its answer.
type FactorReport struct {
	Name    string        `json:"name"`
	Source  string        `json:"source,omitempty"`
	Levels  []LevelReport `json:"levels"`
	Effects []Effect      `json:"effects"`
	Leaks   []Leak        `json:"leaks,omitempty"`
}

// LevelReport sums the variants of a level up: in a one-at-a-time design the one with everything else as in the baseline.
type LevelReport struct {
	Name      string       `json:"name"`
	Published string       `json:"published,omitempty"`
	Cells     int          `json:"cells"`   // behind it
	Classes   []Row        `json:"classes"` // bedding, fracture, any: means
	Curves    []ClassCurve `json:"curves"`  // of them
	Loss      []LossPoint  `json:"loss"`    // mean over the cells

	// Of a Segmentation: means over the cells.
	EpochSamples int64       `json:"epoch_samples,omitempty"`
	HeldMasks    []MaskPoint `json:"held_masks,omitempty"`
}

// ClassCurve is precision and recall over thresholds, all wells and seeds pooled.
type ClassCurve struct {
	Class  string              `json:"class"`
	Points []metrics.Operating `json:"points"`
}

// Leak is how much better the models of a split by patch look on held-out tiles of their own wells than they are on wells that they have
// not seen.
type Leak struct {
	Level string        `json:"level"`
	Class string        `json:"class"`
	Held  metrics.Value `json:"held"`  // F1 on held-out tiles
	Blind metrics.Value `json:"blind"` // F1 of the same models on unseen wells
	Diff  metrics.Value `json:"diff"`
	Low   metrics.Value `json:"low"`
	High  metrics.Value `json:"high"`
	Seeds int           `json:"seeds"`
}

// classes are the groups of rows.
var classes = []string{dip.Bedding.String(), dip.Fracture.String(), metrics.Any}

// scoredVariant is a variant of a cell that is done.
type scoredVariant struct {
	cell   *Result
	result *VariantResult
	choice choice
}

// Report collects the results of all cells that are done.
func (e *Experiment) Report() (*Report, error) {
	rep := &Report{
		File: filepath.Base(e.File.path), Task: e.File.Task, Design: e.File.Design, Seeds: e.File.Seeds, Wells: e.TestWells(), Cells: len(e.Cells),
		Rows: []Row{}, Missing: []string{}, Notes: []string{},
	}
	done, err := e.collect(rep)
	if err != nil {
		return nil, err
	}
	if rep.Rows, err = rows(done); err != nil {
		return nil, err
	}
	for i := range e.File.Factors {
		f, err := e.factor(i, done)
		if err != nil {
			return nil, err
		}
		rep.Factors = append(rep.Factors, *f)
	}
	return rep, nil
}

// collect reads the results and notes what is missing.
func (e *Experiment) collect(rep *Report) (done []scoredVariant, err error) {
	versions, threads, warned := map[string]bool{}, map[int]bool{}, map[string]bool{}
	for _, c := range e.Cells {
		r, err := e.Result(c)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if err != nil || r.Hash != c.Hash || len(r.Variants) != len(c.Variants) {
			rep.Missing = append(rep.Missing, c.Name+e.failure(c))
			continue
		}
		rep.Done++
		rep.Cost.add(r)
		versions[r.Version], threads[r.Threads] = true, true
		for _, w := range r.Warnings {
			warned[w] = true
		}
		for i := range c.Variants {
			done = append(done, scoredVariant{r, &r.Variants[i], c.Variants[i].choice})
		}
	}
	if len(versions) > 1 {
		rep.Notes = append(rep.Notes, "cells come from different versions of geobfdt: compare with care")
	}
	if len(threads) > 1 {
		rep.Notes = append(rep.Notes, "cells were trained with different numbers of threads: their times do not compare")
	}
	for w := range warned {
		rep.Notes = append(rep.Notes, w)
	}
	slices.Sort(rep.Notes)
	return done, nil
}

// failure is why a cell failed the last time, empty if it did not.
func (e *Experiment) failure(c Cell) string {
	raw, err := os.ReadFile(filepath.Join(e.cellDir(c), errorName))
	if err != nil {
		return ""
	}
	return " (failed: " + strings.TrimPrefix(strings.TrimSpace(string(raw)), "cell "+c.Name+": ") + ")"
}

// rows of all variants.
func rows(done []scoredVariant) ([]Row, error) {
	out := []Row{}
	var names []string
	by := map[string][]scoredVariant{}
	for _, d := range done {
		if by[d.result.Name] == nil {
			names = append(names, d.result.Name)
		}
		by[d.result.Name] = append(by[d.result.Name], d)
	}
	for _, class := range classes {
		for _, name := range names {
			for _, held := range []bool{false, true} {
				var group []Row
				for _, d := range by[name] {
					if held && d.result.Held == nil {
						continue
					}
					row, err := newRow(d, class, held)
					if err != nil {
						return nil, err
					}
					group = append(group, row)
				}
				out = append(out, group...)
				if len(group) > 1 {
					out = append(out, meanRow(group))
				}
			}
		}
	}
	return out, nil
}

// factor compares the levels of factor i.
func (e *Experiment) factor(i int, done []scoredVariant) (*FactorReport, error) {
	f := &e.File.Factors[i]
	rep := &FactorReport{Name: f.Name, Source: f.Source, Effects: []Effect{}}
	of := make([][]scoredVariant, len(f.Levels))
	for k, l := range f.Levels {
		for _, d := range done {
			if d.choice[i] == k && (e.File.Design == Grid || isBase(d.choice, i)) {
				of[k] = append(of[k], d)
			}
		}
		level, err := newLevel(l, of[k])
		if err != nil {
			return nil, err
		}
		rep.Levels = append(rep.Levels, *level)
		if k > 0 {
			effects, err := contrast(e.File.Task, f, k, of[0], of[k])
			if err != nil {
				return nil, err
			}
			rep.Effects = append(rep.Effects, effects...)
		}
		leaks, err := leak(l.Name, of[k])
		if err != nil {
			return nil, err
		}
		if e.File.Design == Grid || k > 0 || i == 0 { // the baseline is a level of every factor: once is enough
			rep.Leaks = append(rep.Leaks, leaks...)
		}
	}
	return rep, nil
}

// isBase tells whether a combination is the baseline in all factors but i.
func isBase(c choice, i int) bool {
	for j, k := range c {
		if j != i && k != 0 {
			return false
		}
	}
	return true
}

// newLevel averages over the cells of a level.
func newLevel(l Level, of []scoredVariant) (*LevelReport, error) {
	rep := &LevelReport{Name: l.Name, Published: l.Published, Cells: len(of), Classes: []Row{}, Curves: []ClassCurve{}, Loss: meanLoss(of), HeldMasks: meanMasks(of)}
	if len(of) == 0 {
		return rep, nil
	}
	rep.EpochSamples = of[0].cell.EpochSamples
	for _, class := range classes {
		var group []Row
		total := new(unit)
		var thresholds []metrics.Operating
		for _, d := range of {
			row, err := newRow(d, class, false)
			if err != nil {
				return nil, err
			}
			group = append(group, row)
			us, err := units(&d.result.Blind, class, nil)
			if err != nil {
				return nil, err
			}
			for i := range us {
				total.add(&us[i])
			}
			for _, s := range d.result.Blind.Sweep {
				if s.Class == class {
					thresholds = s.Points
				}
			}
		}
		m := meanRow(group)
		rep.Classes = append(rep.Classes, m)
		curve := ClassCurve{Class: class}
		for i, p := range thresholds {
			picks, hits := total.sweepPicks[i], total.sweepHits[i]
			curve.Points = append(curve.Points, metrics.Operating{
				Threshold: p.Threshold, Picks: picks, Hits: hits,
				Precision: metrics.Value(quotient(hits, picks)), Recall: metrics.Value(quotient(hits, total.truths)),
				F1: metrics.Value(quotient(2*hits, picks+total.truths)),
			})
		}
		rep.Curves = append(rep.Curves, curve)
	}
	return rep, nil
}

// meanLoss averages the curves of cells as far as all of them go.
func meanLoss(of []scoredVariant) []LossPoint {
	out := []LossPoint{}
	for i := 0; len(of) > 0; i++ {
		var m LossPoint
		for _, d := range of {
			if i >= len(d.cell.Loss) {
				return out
			}
			p, n := d.cell.Loss[i], float64(len(of))
			m.Samples = p.Samples
			m.Total, m.Class, m.Param = m.Total+p.Total/n, m.Class+p.Class/n, m.Param+p.Param/n
		}
		out = append(out, m)
	}
	return out
}

// contrast compares level k of a factor with its baseline, cell by cell with everything else equal.
func contrast(task Task, f *Factor, k int, base, level []scoredVariant) ([]Effect, error) {
	var out []Effect
	for _, class := range classes {
		var pairs []twins
		for _, l := range level {
			for _, b := range base {
				if b.cell.Seed != l.cell.Seed || !sameButOne(b.choice, l.choice) {
					continue
				}
				bu, err := b.units(class)
				if err != nil {
					return nil, err
				}
				lu, err := l.units(class)
				if err != nil {
					return nil, err
				}
				pairs = append(pairs, twins{bu, lu})
			}
		}
		for i := range measures {
			m := &measures[i]
			if m.anyOnly && class != metrics.Any || m.task != "" && m.task != task {
				continue
			}
			effect := compare(pairs, m, true)
			effect.Factor, effect.Level, effect.Against, effect.Class = f.Name, f.Levels[k].Name, f.Levels[0].Name, class
			out = append(out, effect)
		}
	}
	return out, nil
}

// sameButOne tells whether two combinations differ in one factor.
func sameButOne(a, b choice) bool {
	n := 0
	for i := range a {
		if a[i] != b[i] {
			n++
		}
	}
	return n == 1
}

// leak compares held-out tiles with unseen wells, for a level that splits by patch.
func leak(level string, of []scoredVariant) ([]Leak, error) {
	var out []Leak
	for _, class := range classes {
		var pairs []twins
		for _, d := range of {
			if d.result.Held == nil {
				continue
			}
			blind, err := units(&d.result.Blind, class, nil)
			if err != nil {
				return nil, err
			}
			held, err := units(d.result.Held, class, nil)
			if err != nil {
				return nil, err
			}
			pairs = append(pairs, twins{blind, held})
		}
		if len(pairs) == 0 {
			return nil, nil
		}
		e := compare(pairs, &measures[0], false)
		out = append(out, Leak{level, class, e.Value, e.Base, e.Diff, e.Low, e.High, e.Pairs})
	}
	return out, nil
}

// Write writes the report into the ablation's folder: TableCSV, EffectsCSV, ReportMarkdown and ReportHTML.
func (e *Experiment) Write(r *Report) error {
	for name, write := range map[string]func(io.Writer) error{
		TableCSV: r.WriteCSV, EffectsCSV: r.WriteEffects, ReportMarkdown: r.WriteMarkdown, ReportHTML: r.WriteHTML,
	} {
		if err := atomicfile.Write(filepath.Join(e.Dir, name), write); err != nil {
			return fmt.Errorf("report: %w", err)
		}
	}
	return nil
}
