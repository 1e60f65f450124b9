package plot

import (
	"fmt"
	"image/color"
	"math"

	"github.com/geobfdt/geobfdt/internal/imagelog"
)

const inchesPerM = 1 / 0.0254

// Colours of the curve track; both are told apart in grey too, by their widths.
var (
	caliperInk   = color.NRGBA{34, 34, 34, 255}
	deviationInk = color.NRGBA{204, 121, 167, 255}
)

// span is an interval of values; the zero value of min > max holds none.
type span struct{ lo, hi float64 }

func (s span) any() bool { return s.lo < s.hi }

// caliperSpan returns the whole inches that hold the hole diameters of a log, looked at in a thousand places.
func caliperSpan(log *imagelog.Log) span {
	lo, hi := math.Inf(1), math.Inf(-1)
	for row := 0; row < log.Rows(); row += 1 + log.Rows()/1000 {
		if d, source := log.DiameterM(row); source != imagelog.DiameterUnknown {
			lo, hi = min(lo, d*inchesPerM), max(hi, d*inchesPerM)
		}
	}
	if lo > hi {
		return span{}
	}
	return span{math.Floor(lo - 0.5), math.Ceil(hi + 0.5)}
}

// drawCurveHeader names the curves and their ends.
func (p *LogPicture) drawCurveHeader(c canvas, panel panel, nameY, scaleY float64) {
	x0, x1 := panel.curveX, panel.curveX+curvePx
	ends := func(y float64, col color.NRGBA, name string, lo, hi float64) {
		c.text(point{x0, y}, left, small, col, fmt.Sprintf("%g", lo))
		c.text(point{(x0 + x1) / 2, y}, centre, small, col, name)
		c.text(point{x1, y}, right, small, col, fmt.Sprintf("%g", hi))
	}
	if p.calipers.any() {
		ends(nameY, caliperInk, "cal, in", p.calipers.lo, p.calipers.hi)
	}
	if len(p.log.DeviDeg) > 0 {
		ends(scaleY, deviationInk, "dev, °", 0, 90)
	}
}

// drawCurves draws hole diameter and deviation.
func (p *LogPicture) drawCurves(c canvas, panel panel) {
	x0, x1 := panel.curveX, panel.curveX+curvePx
	rules(c, panel, x0, x1, []float64{(x0 + x1) / 2})
	curve := func(s span, width float64, col color.NRGBA, at func(depthM float64) float64) {
		var run []point
		flush := func() {
			if len(run) > 1 {
				c.line(run, width, col)
			}
			run = nil
		}
		const everyPx = 3.0
		for y := panel.top; y <= panel.base; y += everyPx {
			v := at(panel.panelTopM + (y-panel.top)/panel.pxPerM)
			if math.IsNaN(v) {
				flush()
				continue
			}
			share := min(max((v-s.lo)/(s.hi-s.lo), 0), 1)
			run = append(run, point{x0 + share*(x1-x0), y})
		}
		flush()
	}
	if p.calipers.any() {
		curve(p.calipers, 1.6, caliperInk, func(depthM float64) float64 {
			d, _ := p.log.DiameterAtDepth(depthM)
			return d * inchesPerM
		})
	}
	curve(span{0, 90}, 2.4, deviationInk, func(depthM float64) float64 {
		deviDeg, _, _ := p.log.OrientationAt(depthM)
		return deviDeg
	})
}
