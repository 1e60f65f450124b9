// Package chart draws the charts of a report as inline SVG: lines over two axes, and intervals beside each other. Colours and line
// styles are those of Style, which the page carries once; colours come from the palette of Okabe and Ito (2008), which people with
// any common colour vision can tell apart, and every series has a dash pattern of its own besides.
package chart

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"
)

// Style is the style sheet of the charts. It follows the light or dark preference of the reader.
const Style template.CSS = `
.chart{--c0:#0072b2;--c1:#d55e00;--c2:#009e73;--c3:#b0568c;--c4:#a87600;--c5:#3a8fc4;--ink:#222;--faint:#bbb}
@media(prefers-color-scheme:dark){.chart{--c0:#56b4e9;--c1:#ff9248;--c2:#2bcb9b;--c3:#e5a5cc;--c4:#f0c542;--c5:#a5c8ff;--ink:#ddd;--faint:#555}}
.chart text{fill:var(--ink);font:12px system-ui,sans-serif}.chart .small{font-size:11px}.chart .title{font-weight:bold}.chart .axis{stroke:var(--faint);stroke-width:1;fill:none}
.chart .zero{stroke:var(--ink);stroke-width:1;stroke-dasharray:2 3}.chart .line{fill:none;stroke-width:2}
.chart .s0{stroke:var(--c0)}.chart .s1{stroke:var(--c1);stroke-dasharray:7 3}.chart .s2{stroke:var(--c2);stroke-dasharray:2 3}
.chart .s3{stroke:var(--c3);stroke-dasharray:9 3 2 3}.chart .s4{stroke:var(--c4);stroke-dasharray:12 4}.chart .s5{stroke:var(--c5);stroke-dasharray:4 2 1 2}
.chart .d0{fill:var(--c0)}.chart .d1{fill:var(--c1)}.chart .d2{fill:var(--c2)}.chart .d3{fill:var(--c3)}.chart .d4{fill:var(--c4)}.chart .d5{fill:var(--c5)}
`

// styles is the number of series that Style tells apart; further ones repeat.
const styles = 6

// Series is a line. Points that are not finite are left out.
type Series struct {
	Name string
	X, Y []float64
	Mark int // index of a point to mark, -1: none
}

// Lines is a chart of lines. Equal bounds mean that they follow the data.
type Lines struct {
	Title, XLabel, YLabel  string
	Series                 []Series
	XMin, XMax, YMin, YMax float64
}

// Size of a chart, and the room round its frame; px.
const (
	width, height          = 380, 270
	left, right, top, base = 46, 12, 26, 40
	legendLine             = 16
)

// SVG draws the chart.
func (l *Lines) SVG() template.HTML {
	xMin, xMax := bounds(l.XMin, l.XMax, l.Series, func(s *Series) []float64 { return s.X })
	yMin, yMax := bounds(l.YMin, l.YMax, l.Series, func(s *Series) []float64 { return s.Y })
	px := func(x float64) float64 { return left + (width-left-right)*(x-xMin)/(xMax-xMin) }
	py := func(y float64) float64 { return height - base - (height-top-base)*(y-yMin)/(yMax-yMin) }
	full := height + legendLine*len(l.Series)
	var b strings.Builder
	open(&b, width, full, l.Title+": "+l.YLabel+" over "+l.XLabel)
	fmt.Fprintf(&b, `<text class="title" x="%d" y="16">%s</text>`, left, html.EscapeString(l.Title))
	for _, t := range ticks(xMin, xMax) {
		fmt.Fprintf(&b, `<path class="axis" d="M%.1f %d v4"/><text class="small" x="%.1f" y="%d" text-anchor="middle">%s</text>`, px(t), height-base, px(t), height-base+16, number(t))
	}
	for _, t := range ticks(yMin, yMax) {
		fmt.Fprintf(&b, `<path class="axis" d="M%d %.1f H%d"/><text class="small" x="%d" y="%.1f" text-anchor="end">%s</text>`, left, py(t), width-right, left-5, py(t)+4, number(t))
	}
	fmt.Fprintf(&b, `<path class="axis" d="M%d %d V%d H%d"/>`, left, top, height-base, width-right)
	fmt.Fprintf(&b, `<text class="small" x="%d" y="%d" text-anchor="middle">%s</text>`, (left+width-right)/2, height-base+32, html.EscapeString(l.XLabel))
	fmt.Fprintf(&b, `<text class="small" transform="translate(11 %d) rotate(-90)" text-anchor="middle">%s</text>`, (top+height-base)/2, html.EscapeString(l.YLabel))
	for i := range l.Series {
		s := &l.Series[i]
		style := i % styles
		if d := path(s, px, py); d != "" {
			fmt.Fprintf(&b, `<path class="line s%d" d="%s"/>`, style, d)
		}
		if k := s.Mark; k >= 0 && k < len(s.X) && finite(s.X[k]) && finite(s.Y[k]) {
			fmt.Fprintf(&b, `<circle class="d%d" cx="%.1f" cy="%.1f" r="5"/>`, style, px(s.X[k]), py(s.Y[k]))
		}
		y := height + legendLine*i + 6
		fmt.Fprintf(&b, `<path class="line s%d" d="M%d %d h36"/><text x="%d" y="%d">%s</text>`, style, left, y, left+44, y+4, html.EscapeString(s.Name))
	}
	b.WriteString("</svg>")
	return template.HTML(b.String())
}

func open(b *strings.Builder, w, h int, label string) {
	fmt.Fprintf(b, `<svg class="chart" role="img" aria-label="%s" width="%d" height="%d" viewBox="0 0 %d %d" xmlns="http://www.w3.org/2000/svg">`, html.EscapeString(label), w, h, w, h)
}

func path(s *Series, px, py func(float64) float64) string {
	var b strings.Builder
	command := "M"
	for i := range min(len(s.X), len(s.Y)) {
		if !finite(s.X[i]) || !finite(s.Y[i]) {
			continue
		}
		fmt.Fprintf(&b, "%s%.1f %.1f", command, px(s.X[i]), py(s.Y[i]))
		command = "L"
	}
	return b.String()
}

// Interval is a value with its interval.
type Interval struct {
	Label            string
	Value, Low, High float64 // NaN: not drawn
	Style            int     // of its group
	Note             string  // right of it
}

// Forest is a chart of intervals below each other, about a line at 0.
type Forest struct {
	Title, XLabel string
	Rows          []Interval
}

// Size of a forest chart, px.
const (
	forestWidth  = 860
	forestLeft   = 230
	forestRight  = 190
	forestRow    = 22
	forestTop    = 28
	forestBottom = 40
)

// SVG draws the chart.
func (f *Forest) SVG() template.HTML {
	limit := 0.0
	for _, r := range f.Rows {
		for _, v := range []float64{r.Value, r.Low, r.High} {
			if finite(v) {
				limit = math.Max(limit, math.Abs(v))
			}
		}
	}
	limit = math.Max(0.05, 1.05*limit)
	h := forestTop + forestRow*len(f.Rows) + forestBottom
	bottom := h - forestBottom
	px := func(x float64) float64 {
		return forestLeft + (forestWidth-forestLeft-forestRight)*(x+limit)/(2*limit)
	}
	var b strings.Builder
	open(&b, forestWidth, h, f.Title)
	fmt.Fprintf(&b, `<text class="title" x="0" y="16">%s</text>`, html.EscapeString(f.Title))
	for _, t := range ticks(-limit, limit) {
		fmt.Fprintf(&b, `<path class="axis" d="M%.1f %d V%d"/><text class="small" x="%.1f" y="%d" text-anchor="middle">%s</text>`, px(t), forestTop, bottom, px(t), bottom+16, number(t))
	}
	fmt.Fprintf(&b, `<path class="zero" d="M%.1f %d V%d"/>`, px(0), forestTop, bottom)
	fmt.Fprintf(&b, `<text class="small" x="%.1f" y="%d" text-anchor="middle">%s</text>`, px(0), bottom+33, html.EscapeString(f.XLabel))
	for i, r := range f.Rows {
		y := forestTop + forestRow*i + forestRow/2
		style := r.Style % styles
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text>`, forestLeft-10, y+4, html.EscapeString(r.Label))
		if finite(r.Low) && finite(r.High) {
			fmt.Fprintf(&b, `<path class="line s%d" style="stroke-dasharray:none" d="M%.1f %d H%.1f M%.1f %d v8 M%.1f %d v8"/>`, style, px(r.Low), y, px(r.High), px(r.Low), y-4, px(r.High), y-4)
		}
		if finite(r.Value) {
			if style == 0 {
				fmt.Fprintf(&b, `<circle class="d0" cx="%.1f" cy="%d" r="5"/>`, px(r.Value), y)
			} else { // groups differ in shape too
				fmt.Fprintf(&b, `<path class="d%d" d="M%.1f %d l6 6 -6 6 -6 -6z"/>`, style, px(r.Value), y-6)
			}
		}
		fmt.Fprintf(&b, `<text class="small" x="%d" y="%d">%s</text>`, forestWidth-forestRight+14, y+4, html.EscapeString(r.Note))
	}
	b.WriteString("</svg>")
	return template.HTML(b.String())
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// bounds are lo and hi, or, where they are equal, the range of the data.
func bounds(lo, hi float64, series []Series, of func(s *Series) []float64) (float64, float64) {
	if lo != hi {
		return lo, hi
	}
	lo, hi = math.Inf(1), math.Inf(-1)
	for i := range series {
		for _, v := range of(&series[i]) {
			if finite(v) {
				lo, hi = math.Min(lo, v), math.Max(hi, v)
			}
		}
	}
	switch {
	case lo > hi:
		return 0, 1
	case lo == hi:
		return lo - 0.5, hi + 0.5
	}
	return lo, hi
}

// ticks are round numbers from lo to hi, about five.
func ticks(lo, hi float64) (out []float64) {
	step := math.Pow(10, math.Floor(math.Log10((hi-lo)/4)))
	for _, k := range []float64{1, 2, 5, 10} {
		if (hi-lo)/(k*step) <= 6 {
			step *= k
			break
		}
	}
	for i := math.Ceil(lo/step - 1e-9); i*step <= hi+1e-9*step; i++ {
		out = append(out, i*step)
	}
	return out
}

// number is a tick's label: at most 6 digits, thousands as k.
func number(v float64) string {
	if math.Abs(v) < 1e-12 {
		return "0"
	}
	if math.Abs(v) >= 1000 {
		return strconv.FormatFloat(v/1000, 'g', 4, 64) + "k"
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}
