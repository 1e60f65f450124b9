package ablate

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/geobfdt/geobfdt/internal/ablate/chart"
	"github.com/geobfdt/geobfdt/internal/metrics"
)

//go:embed report.html.tmpl
var reportTemplate string

// WriteHTML writes the report as one page that needs nothing else: no network, no script.
func (r *Report) WriteHTML(w io.Writer) error {
	t, err := template.New("report").Funcs(template.FuncMap{
		"score": func(v metrics.Value) string { return decimal(v, 2) }, "whole": func(v metrics.Value) string { return decimal(v, 0) },
		"percent": percent, "join": strings.Join, "seeds": func(s []int64) string { return strings.Trim(fmt.Sprint(s), "[]") },
		"cells": func(row Row) []string { return row.cells(r.columns()) }, "decisive": func() []string { return decisive },
	}).Parse(reportTemplate)
	if err != nil {
		return fmt.Errorf("template of the report: %w", err)
	}
	return t.Execute(w, struct {
		*Report
		Style       template.CSS
		Explanation string
		Overview    template.HTML
		Heads       []string
		Remarks     []string
		Masks       bool
	}{r, chart.Style, r.explanation(), r.overview(), heads(r.columns()), r.remarks(), r.Task == Segmentation})
}

func heads(columns []column) (out []string) {
	for _, c := range columns {
		out = append(out, c.head)
	}
	return out
}

// cells are the numbers of a row of the large table.
func (r *Row) cells(columns []column) (out []string) {
	out = append(out, r.seed())
	for _, c := range columns {
		out = append(out, decimal(*c.value(r), c.decimals))
	}
	return out
}

// overview is every effect on F1 in one chart.
func (r *Report) overview() template.HTML {
	f := chart.Forest{Title: "Difference of F1 from the baseline, with 95 % intervals (leak: held-out tiles against unseen wells)", XLabel: "worse  |  better"}
	for i := range r.Factors {
		f.Rows = append(f.Rows, r.Factors[i].intervals()...)
	}
	if len(f.Rows) == 0 {
		return ""
	}
	return f.SVG()
}

// intervals are the effects on F1 of the decisive classes, and what a split by patch hides.
func (f *FactorReport) intervals() (rows []chart.Interval) {
	for _, l := range f.Levels[1:] {
		for k, class := range decisive {
			if e := f.effect(l.Name, class, "f1"); e != nil && e.Pairs > 0 {
				rows = append(rows, chart.Interval{
					Label: fmt.Sprintf("%s: %s, %s", f.Name, l.Name, class), Value: float64(e.Diff), Low: float64(e.Low), High: float64(e.High),
					Style: k, Note: fmt.Sprintf("%s %s", signed(e.Diff), e.Verdict),
				})
			}
		}
		if e := f.effect(l.Name, metrics.Any, "mask_f1"); e != nil && e.Pairs > 0 {
			rows = append(rows, chart.Interval{
				Label: fmt.Sprintf("%s: %s, masks", f.Name, l.Name), Value: float64(e.Diff), Low: float64(e.Low), High: float64(e.High), Style: 2,
				Note: fmt.Sprintf("%s %s", signed(e.Diff), e.Verdict),
			})
		}
	}
	for _, l := range f.Leaks {
		if l.Class != metrics.Any {
			rows = append(rows, chart.Interval{
				Label: fmt.Sprintf("leak of %s, %s", l.Level, l.Class), Value: float64(l.Diff), Low: float64(l.Low), High: float64(l.High), Style: 2,
				Note: signed(l.Diff),
			})
		}
	}
	return rows
}

// Charts are precision over recall and F1 over thresholds for each class, and the curves of the training.
func (f *FactorReport) Charts() (out []template.HTML) {
	for _, class := range decisive {
		pr := chart.Lines{Title: class + ", curve@5cm", XLabel: "recall", YLabel: "precision", XMax: 1, YMax: 1}
		byThreshold := chart.Lines{Title: class + ", curve@5cm", XLabel: "threshold", YLabel: "F1", XMax: 1, YMax: 1}
		for i := range f.Levels {
			l := &f.Levels[i]
			c := l.curve(class)
			if c == nil {
				continue
			}
			mark := l.mark(class, c)
			a, b := chart.Series{Name: l.Name, Mark: mark}, chart.Series{Name: l.Name, Mark: mark}
			for _, p := range c.Points {
				a.X, a.Y = append(a.X, float64(p.Recall)), append(a.Y, float64(p.Precision))
				b.X, b.Y = append(b.X, p.Threshold), append(b.Y, float64(p.F1))
			}
			pr.Series, byThreshold.Series = append(pr.Series, a), append(byThreshold.Series, b)
		}
		if len(pr.Series) > 0 {
			out = append(out, pr.SVG(), byThreshold.SVG())
		}
	}
	if f.masks() {
		return append(out, f.maskCharts()...)
	}
	losses := chart.Lines{Title: "training loss, weighted total", XLabel: "samples", YLabel: "loss", YMin: 0, YMax: f.lossTop()}
	for i := range f.Levels {
		l := &f.Levels[i]
		s := chart.Series{Name: l.Name, Mark: -1}
		for _, p := range l.Loss {
			s.X, s.Y = append(s.X, float64(p.Samples)), append(s.Y, math.Min(p.Total, losses.YMax))
		}
		if len(s.X) > 0 {
			losses.Series = append(losses.Series, s)
		}
	}
	if len(losses.Series) > 0 {
		out = append(out, losses.SVG())
	}
	return out
}

// mark is the point of a curve at the threshold of the level; -1 where it has none of its own.
func (l *LevelReport) mark(class string, c *ClassCurve) int {
	threshold := float64(l.Class(class).Threshold)
	return slices.IndexFunc(c.Points, func(p metrics.Operating) bool { return math.Abs(p.Threshold-threshold) < 1e-9 })
}

// lossTop leaves the first spike of a training out of the picture, which would flatten the rest.
func (f *FactorReport) lossTop() float64 {
	top := 0.0
	for i := range f.Levels {
		var totals []float64
		for _, p := range f.Levels[i].Loss {
			totals = append(totals, p.Total)
		}
		slices.Sort(totals)
		if n := len(totals); n > 0 {
			top = math.Max(top, totals[n*9/10])
		}
	}
	return top
}
