package plot

import (
	"fmt"
	"image/color"
	"math"

	gplot "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/geobfdt/geobfdt/internal/dip"
)

// bars fills rectangles in the coordinates of the axes: {x0, y0, x1, y1} each.
type bars struct {
	rects [][4]float64
	fill  color.NRGBA
}

// Plot implements the library's Plotter.
func (b bars) Plot(c draw.Canvas, p *gplot.Plot) {
	x, y := p.Transforms(&c)
	for _, r := range b.rects {
		c.FillPolygon(b.fill, []vg.Point{{X: x(r[0]), Y: y(r[1])}, {X: x(r[2]), Y: y(r[1])}, {X: x(r[2]), Y: y(r[3])}, {X: x(r[0]), Y: y(r[3])}})
	}
}

// Thumbnail is the class colour in the legend.
func (b bars) Thumbnail(c *draw.Canvas) {
	c.FillPolygon(b.fill, []vg.Point{{X: c.Min.X, Y: c.Min.Y}, {X: c.Max.X, Y: c.Min.Y}, {X: c.Max.X, Y: c.Max.Y}, {X: c.Min.X, Y: c.Max.Y}})
}

// newGrid is the faint grid behind the data.
func newGrid() *plotter.Grid {
	g := plotter.NewGrid()
	for _, s := range []*draw.LineStyle{&g.Vertical, &g.Horizontal} {
		*s = draw.LineStyle{Color: gridGrey, Width: vg.Points(0.4)}
	}
	return g
}

// histogram is the number of planes by dip, the classes side by side in each bin.
func (f *figure) histogram() *gplot.Plot {
	p := newAxes("Dips, bins of 5°", fmt.Sprintf("%s dip, degrees", f.opt.Dip), "planes")
	p.Add(newGrid())
	most := 1
	for class, planes := range f.planes {
		b := bars{fill: f.opt.Palette.Class[class]}
		for i, n := range dipCounts(planes) {
			most = max(most, n)
			const gap = 0.35
			width := (histogramDeg - 2*gap) / dip.NumClasses
			x := float64(i)*histogramDeg + gap + float64(class)*width
			if n > 0 {
				b.rects = append(b.rects, [4]float64{x, 0, x + width, float64(n)})
			}
		}
		p.Add(b)
		p.Legend.Add(fmt.Sprintf("%s, n = %d", dip.Class(class), len(planes)), b)
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 90, 0, headroom(float64(most))
	p.X.Tick.Marker = ticker{stepOf: 10}
	p.Y.Tick.Marker = ticker{stepOf: max(tickStep(p.Y.Max/6), 1)}
	return p
}

// densityLog is the number of picks per metre against depth, which runs down, class upon class. The library draws inverted axes wrongly in places,
// so the axis runs up and is minus the depth.
func (f *figure) densityLog() *gplot.Plot {
	lengthM := f.opt.BaseM - f.opt.TopM
	stepM := max(1, tickStep(lengthM/200)) // bars thinner than that are not to be seen
	d := newDensity(f.picks, f.opt.TopM, f.opt.BaseM, stepM)
	p := newAxes(fmt.Sprintf("Picks per metre, in intervals of %g m", stepM), "picks per metre", "measured depth, m")
	p.Add(newGrid())
	for class, perM := range d.perM {
		b := bars{fill: f.opt.Palette.Class[class]}
		for i, v := range perM {
			if v == 0 {
				continue
			}
			top := d.topM + float64(i)*d.stepM
			x := d.total(i, class)
			b.rects = append(b.rects, [4]float64{x, -top, x + v, -min(top+0.94*d.stepM, f.opt.BaseM)})
		}
		p.Add(b)
		p.Legend.Add(dip.Class(class).String(), b)
	}
	p.X.Min, p.X.Max = 0, headroom(max(d.most(), 1))
	p.Y.Min, p.Y.Max = -f.opt.BaseM, -f.opt.TopM
	p.X.Tick.Marker = ticker{stepOf: tickStep(p.X.Max / 5)}
	p.Y.Tick.Marker = ticker{stepOf: tickStep(lengthM / 18), inverted: true}
	return p
}

// headroom leaves place for the legend above the highest bar.
func headroom(most float64) float64 { return 1.25 * most }

// ticker labels the multiples of a step, on an inverted axis by minus their value.
type ticker struct {
	stepOf   float64
	inverted bool
}

// Ticks implements the library's Ticker.
func (t ticker) Ticks(low, high float64) []gplot.Tick {
	var out []gplot.Tick
	l := layout{tickM: t.stepOf}
	for k := int(math.Ceil(low/t.stepOf - 1e-9)); float64(k)*t.stepOf <= high*(1+1e-12)+1e-9; k++ {
		v := float64(k) * t.stepOf
		label := v
		if t.inverted && v != 0 {
			label = -v
		}
		out = append(out, gplot.Tick{Value: v, Label: l.tickLabel(label)})
	}
	return out
}
