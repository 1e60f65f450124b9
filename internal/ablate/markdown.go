package ablate

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/geobfdt/geobfdt/internal/metrics"
)

// tableThresholds are the thresholds of the tables; the curves of the HTML report have all.
var tableThresholds = []float64{0.1, 0.3, 0.5, 0.7, 0.9}

// WriteMarkdown writes the verdicts factor by factor: the levels beside what is published, the differences, precision and recall over
// thresholds.
func (r *Report) WriteMarkdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d of %d cells done, design %s, seeds %s, scored on %s.\n\n", r.File, r.Done, r.Cells, r.Design,
		strings.Trim(fmt.Sprint(r.Seeds), "[]"), strings.Join(r.Wells, ", "))
	for i := range r.Factors {
		r.Factors[i].markdown(&b, r.Task)
	}
	if lines := r.remarks(); len(lines) > 0 {
		b.WriteString("- " + strings.Join(lines, "\n- ") + "\n\n")
	}
	b.WriteString(r.explanation() + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func (f *FactorReport) markdown(b *strings.Builder, task Task) {
	fmt.Fprintf(b, "### %s\n\n", f.Name)
	for _, line := range f.Sentences() {
		b.WriteString("- " + line + "\n")
	}
	own, rule := "class error", "---:"
	if task == Segmentation {
		own, rule = "mask IoU | mask F1", "---:|---:"
	}
	b.WriteString("\n| level | class | threshold | precision | recall | F1 | chance | difference of F1 (95 %) | best F1 | " + own + " | published | train s | samples/s |\n")
	b.WriteString("|---|---|---:|---:|---:|---:|---:|---|---:|" + rule + "|---|---:|---:|\n")
	for i := range f.Levels {
		l := &f.Levels[i]
		if l.Cells == 0 {
			fmt.Fprintf(b, "| %s | no cell is done |%s %s | | |\n", l.Name, strings.Repeat(" |", strings.Count(rule, "|")+8), l.Published)
			continue
		}
		for k, class := range decisive {
			row := l.Class(class)
			fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s | %s | %s | %s |", l.Name, class, decimal(row.Threshold, 2), decimal(row.Precision, 2),
				decimal(row.Recall, 2), decimal(row.F1, 2), decimal(row.ChanceF1, 2), f.Against(l.Name, class, "f1"), decimal(row.BestF1, 2))
			if task == Segmentation {
				fmt.Fprintf(b, " %s | %s |", decimal(row.MaskIoU, 2), decimal(row.MaskF1, 2))
			} else if k == 0 { // what is not of a class stands once
				fmt.Fprintf(b, " %s |", percent(row.ClassError))
			} else {
				b.WriteString(" |")
			}
			if k == 0 {
				fmt.Fprintf(b, " %s | %s | %s |\n", l.Published, decimal(row.TrainSeconds, 0), decimal(row.PerSecond, 0))
			} else {
				b.WriteString(" | | |\n")
			}
		}
	}
	b.WriteByte('\n')
	if f.Source != "" {
		b.WriteString("Published: " + f.Source + "\n\n")
	}
	f.markdownThresholds(b)
}

// markdownThresholds is the table over thresholds, precision / recall / F1.
func (f *FactorReport) markdownThresholds(b *strings.Builder) {
	b.WriteString("| precision / recall / F1 at threshold |")
	for _, t := range tableThresholds {
		fmt.Fprintf(b, " %.1f |", t)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(tableThresholds)) + "\n")
	for i := range f.Levels {
		for _, class := range decisive {
			c := f.Levels[i].curve(class)
			if c == nil {
				continue
			}
			fmt.Fprintf(b, "| %s, %s |", f.Levels[i].Name, class)
			for _, t := range tableThresholds {
				k := slices.IndexFunc(c.Points, func(p metrics.Operating) bool { return math.Abs(p.Threshold-t) < 1e-9 })
				if k < 0 {
					b.WriteString(" - |")
					continue
				}
				p := c.Points[k]
				fmt.Fprintf(b, " %s / %s / %s |", decimal(p.Precision, 2), decimal(p.Recall, 2), decimal(p.F1, 2))
			}
			b.WriteByte('\n')
		}
	}
	b.WriteByte('\n')
}

// Class is the mean of a class; nil of a level without cells.
func (l *LevelReport) Class(name string) *Row {
	k := slices.IndexFunc(l.Classes, func(r Row) bool { return r.Class == name })
	if k < 0 {
		return nil
	}
	return &l.Classes[k]
}

func (l *LevelReport) curve(class string) *ClassCurve {
	k := slices.IndexFunc(l.Curves, func(c ClassCurve) bool { return c.Class == class })
	if k < 0 {
		return nil
	}
	return &l.Curves[k]
}

// Against is the difference of a level from the baseline with its interval and verdict; empty for the baseline.
func (f *FactorReport) Against(level, class, measure string) string {
	e := f.effect(level, class, measure)
	if e == nil || e.Pairs == 0 {
		return ""
	}
	return fmt.Sprintf("%s (%s to %s) %s", signed(e.Diff), signed(e.Low), signed(e.High), e.Verdict)
}

// percent of a share.
func percent(v metrics.Value) string {
	if math.IsNaN(float64(v)) {
		return "-"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(v))
}
