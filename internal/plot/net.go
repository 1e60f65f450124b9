package plot

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/geobfdt/geobfdt/internal/dip"
)

// wheel is a circle with compass names around it and a title above: the ground of a net and of a rose.
type wheel struct {
	draw.Canvas
	centre vg.Point
	radius vg.Length
}

func (f *figure) newWheel(c draw.Canvas, title, note string) wheel {
	size := c.Size()
	w := wheel{Canvas: c, centre: vg.Point{X: c.Center().X, Y: c.Center().Y - 6}, radius: min(size.X, size.Y)/2 - 44}
	c.FillText(centred(textStyle(9.5, true, ink)), vg.Point{X: w.centre.X, Y: c.Max.Y - 8}, title)
	c.FillText(centred(textStyle(8, false, faintInk)), vg.Point{X: w.centre.X, Y: c.Min.Y + 12}, note)
	return w
}

// at is the place of a point of the wheel of radius 1, x to azimuth 90, y to azimuth 0.
func (w wheel) at(x, y float64) vg.Point {
	return vg.Point{X: w.centre.X + w.radius*vg.Length(x), Y: w.centre.Y + w.radius*vg.Length(y)}
}

func (w wheel) circle(radius float64, width vg.Length, col color.Color) {
	w.SetLineStyle(draw.LineStyle{Color: col, Width: width})
	var p vg.Path
	p.Move(w.at(radius, 0))
	p.Arc(w.centre, w.radius*vg.Length(radius), 0, 2*math.Pi)
	p.Close()
	w.Stroke(p)
}

func (w wheel) dot(at vg.Point, radius vg.Length, col color.Color) {
	w.SetColor(col)
	var p vg.Path
	p.Move(vg.Point{X: at.X + radius, Y: at.Y})
	p.Arc(at, radius, 0, 2*math.Pi)
	p.Close()
	w.Fill(p)
}

func (w wheel) polyline(points [][2]float64, width vg.Length, col color.Color) {
	line := make([]vg.Point, len(points))
	for i, p := range points {
		line[i] = w.at(p[0], p[1])
	}
	w.StrokeLines(draw.LineStyle{Color: col, Width: width}, line)
}

// rim draws the edge with a tick every 10 degrees and the compass names.
func (w wheel) rim(names [5]string) {
	w.circle(1, vg.Points(1), frameGrey)
	for azimuthDeg := 0; azimuthDeg < 360; azimuthDeg += 10 {
		sin, cos := math.Sincos(float64(azimuthDeg) * math.Pi / 180)
		length := 1.02
		if azimuthDeg%30 == 0 {
			length = 1.035
		}
		a, b := w.at(sin, cos), w.at(sin*length, cos*length)
		w.StrokeLine2(draw.LineStyle{Color: frameGrey, Width: vg.Points(0.6)}, a.X, a.Y, b.X, b.Y)
	}
	for i, name := range names[:4] {
		sin, cos := math.Sincos(float64(i) * math.Pi / 2)
		w.FillText(centred(textStyle(9.5, true, ink)), w.at(sin*1.1, cos*1.1), name)
	}
}

// stereonet draws the poles of a class, their density and the mean plane.
func (f *figure) stereonet(c draw.Canvas, class dip.Class) {
	planes := f.planes[class]
	note := "no planes"
	mean, share, ok := MeanPlane(planes)
	preferred := ok && share >= PreferredShare
	switch {
	case ok && !preferred:
		note = "no preferred plane  ·  density in σ: " + levelNames()
	case preferred:
		note = fmt.Sprintf("mean plane %.0f° to %03.0f°, share of its axis %.2f  ·  density in σ: %s", mean.DipDeg, math.Mod(math.Round(mean.AzimuthDeg), 360), share, levelNames())
	}
	w := f.newWheel(c, fmt.Sprintf("%s: poles, lower hemisphere, equal area, n = %d", className(class), len(planes)), note)
	ink := f.opt.Palette.Class[class]
	if len(planes) > 0 {
		lo, hi := w.at(-1, -1), w.at(1, 1)
		w.DrawImage(vg.Rectangle{Min: lo, Max: hi}, densityImage(newDensityGrid(planes), ink))
	}
	for _, dipDeg := range []float64{30, 60} {
		w.circle(math.Sqrt2*math.Sin(dipDeg*math.Pi/360), vg.Points(0.4), gridGrey)
	}
	for _, line := range [][][2]float64{{{-1, 0}, {1, 0}}, {{0, -1}, {0, 1}}} {
		w.polyline(line, vg.Points(0.4), gridGrey)
	}
	if preferred {
		w.polyline(mean.greatCircle(), vg.Points(1.4), ink)
	}
	w.rim(f.compass()) // beneath the poles: those of vertical planes stand on it
	radius := poleRadius(len(planes))
	for _, a := range planes {
		at := w.at(a.PoleXY())
		w.dot(at, radius+0.5, white)
		w.dot(at, radius, ink)
	}
}

// poleRadius lets many poles stay apart, points.
func poleRadius(n int) vg.Length {
	return vg.Length(min(max(3.2-0.45*math.Log10(float64(n)+1), 1.2), 2.6))
}

func levelNames() string {
	s := ""
	for i, level := range densityLevels {
		if i > 0 {
			s += " "
		}
		s += fmt.Sprintf("%g", level)
	}
	return s
}

// densityImage draws the bands of the density within the rim, the denser the stronger, each with a darker edge.
func densityImage(g *densityGrid, col color.NRGBA) *image.NRGBA {
	const side = 480
	img := image.NewNRGBA(image.Rect(0, 0, side, side))
	band := func(px, py int) int {
		x, y := 2*(float64(px)+0.5)/side-1, 1-2*(float64(py)+0.5)/side
		if x*x+y*y > 1 {
			return -1
		}
		return densityBand(g.at(x, y))
	}
	for py := range side {
		for px := range side {
			b := band(px, py)
			if b < 0 {
				continue
			}
			opacity := 0.11 * float64(b)
			if right, below := band(px+1, py), band(px, py+1); right >= 0 && right != b || below >= 0 && below != b {
				opacity = 0.11*float64(max(b, right, below)) + 0.22
			}
			c := col
			c.A = uint8(opacity * 255)
			img.SetNRGBA(px, py, c)
		}
	}
	return img
}

// rose draws a class by direction; the area of a petal is proportional to its count.
func (f *figure) rose(c draw.Canvas, class dip.Class) {
	strike := roseShowsStrike(class)
	counts, used := roseCounts(f.planes[class], strike)
	what := "azimuth of dip"
	if strike {
		what = "strike, both ends"
	}
	most := 0
	for _, n := range counts {
		most = max(most, n)
	}
	note := fmt.Sprintf("dips below %g° left away", dip.LowDipDeg)
	if most > 0 {
		note = fmt.Sprintf("rim = %d of %d, areas are counts  ·  %s", most, used, note)
	}
	w := f.newWheel(c, fmt.Sprintf("%s: %s, n = %d", className(class), what, used), note)
	for _, share := range []float64{0.25, 0.5, 0.75} {
		w.circle(math.Sqrt(share), vg.Points(0.4), gridGrey)
	}
	for azimuthDeg := 0.0; azimuthDeg < 180; azimuthDeg += 30 {
		sin, cos := math.Sincos(azimuthDeg * math.Pi / 180)
		w.polyline([][2]float64{{-sin, -cos}, {sin, cos}}, vg.Points(0.4), gridGrey)
	}
	edge := f.opt.Palette.Class[class]
	fill := edge
	fill.A = 150
	for k, n := range counts {
		if n == 0 {
			continue
		}
		r := w.radius * vg.Length(math.Sqrt(float64(n)/float64(most)))
		// The library's angles run counter-clockwise from east.
		start := math.Pi/2 - 2*math.Pi*float64(k)/roseBins
		var p vg.Path
		p.Move(w.centre)
		p.Line(vg.Point{X: w.centre.X + r*vg.Length(math.Cos(start)), Y: w.centre.Y + r*vg.Length(math.Sin(start))})
		p.Arc(w.centre, r, start, -2*math.Pi/roseBins)
		p.Close()
		w.SetColor(fill)
		w.Fill(p)
		w.SetLineStyle(draw.LineStyle{Color: edge, Width: vg.Points(0.8)})
		w.Stroke(p)
	}
	w.rim(f.compass())
}
