package plot

import (
	"image"
	"image/color"
	"math"
)

// point in pixels, x to the right, y down.
type point struct{ x, y float64 }

// typeface of a text.
type typeface int

const (
	small typeface = iota
	regular
	headline
	typefaces
)

// sizes in pixels of the typefaces; the headline is bold.
var sizes = [typefaces]float64{small: 12, regular: 14, headline: 21}

// align says which point of a text its position is; vertically it is the base line.
type align int

const (
	left align = iota
	centre
	right
)

// canvas is what a picture is drawn on, pixels or SVG. Later drawing covers earlier. Colours are not premultiplied.
type canvas interface {
	box(topLeft, baseRight point, c color.NRGBA)                 // filled rectangle
	line(points []point, width float64, c color.NRGBA)           // polyline with round joins
	disc(centre point, radius float64, c color.NRGBA)            // filled circle
	picture(topLeft image.Point, img *image.RGBA)                // opaque pixels, one to one
	text(at point, a align, f typeface, c color.NRGBA, s string) // one line
}

// clipY cuts a polyline to top <= y <= base and returns the runs that are left, in order.
func clipY(points []point, top, base float64) [][]point {
	var runs [][]point
	var run []point
	flush := func() {
		if len(run) > 1 {
			runs = append(runs, run)
		}
		run = nil
	}
	for i := 1; i < len(points); i++ {
		p, q := points[i-1], points[i]
		t0, t1 := 0.0, 1.0 // part of the segment p + t (q - p) that is inside
		if dy := q.y - p.y; dy != 0 {
			a, b := (top-p.y)/dy, (base-p.y)/dy
			t0, t1 = max(t0, min(a, b)), min(t1, max(a, b))
		} else if p.y < top || p.y > base {
			t1 = -1
		}
		if t0 > t1 {
			flush()
			continue
		}
		at := func(t float64) point { return point{p.x + t*(q.x-p.x), p.y + t*(q.y-p.y)} }
		if len(run) == 0 || t0 > 0 {
			flush()
			run = append(run, at(t0))
		}
		run = append(run, at(t1))
		if t1 < 1 {
			flush()
		}
	}
	flush()
	return runs
}

// ribbon returns the outline of a polyline of the given width: down its left side and back up its right. Joins are mitred
// along the mean direction, which is round enough for curves sampled finely.
func ribbon(points []point, width float64) []point {
	n := len(points)
	outline := make([]point, 2*n)
	for i, p := range points {
		before, after := points[max(i-1, 0)], points[min(i+1, n-1)]
		dx, dy := after.x-before.x, after.y-before.y
		length := math.Hypot(dx, dy)
		if length == 0 {
			dx, dy, length = 1, 0, 1
		}
		nx, ny := -dy/length*width/2, dx/length*width/2
		outline[i] = point{p.x + nx, p.y + ny}
		outline[2*n-1-i] = point{p.x - nx, p.y - ny}
	}
	return outline
}

// circle returns the outline of a circle, fine enough for the radii of tadpoles.
func circle(c point, radius float64) []point {
	const corners = 32
	outline := make([]point, corners)
	for i := range outline {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / corners)
		outline[i] = point{c.x + radius*cos, c.y + radius*sin}
	}
	return outline
}
