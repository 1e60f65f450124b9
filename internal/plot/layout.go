package plot

import (
	"fmt"
	"math"
)

// Sizes in pixels. A panel is the depth scale, the image, and the tadpoles, from left to right.
const (
	marginPx     = 24
	titlePx      = 62 // headline and the line beneath it
	headerPx     = 40 // names and scales of the tracks
	footerPx     = 46 // legend
	depthPx      = 58
	imagePx      = 360
	trackGapPx   = 28
	tadpolePx    = 150
	panelPx      = depthPx + imagePx + trackGapPx + tadpolePx
	panelGapPx   = 30
	bodyPx       = 1600 // height of a panel's tracks beyond which another panel is begun
	minBodyPx    = 480
	maxPanels    = (MaxPixels - 2*marginPx + panelGapPx) / (panelPx + panelGapPx)
	maxBodyPx    = MaxPixels - titlePx - headerPx - footerPx - 2*marginPx
	maxPxPerM    = 400.0 // 2.5 mm a pixel: the step of a microresistivity imager
	maxPxPerRow  = 4.0   // coarse logs are not blown up beyond this
	pxPerTick    = 70.0  // least distance of labelled depths
	minorPerTick = 5
)

// layout is where things are: panels of equal height, each with its depth interval.
type layout struct {
	topM, baseM float64
	pxPerM      float64
	panels      int
	panelM      float64 // length of a panel's interval; the last may be shorter
	tickM       float64 // distance of labelled depths
	bodyPx      int     // height of the tracks
}

// newLayout divides [topM, baseM] of a log with the given row step into panels.
func newLayout(topM, baseM, stepM, wishPxPerM float64) layout {
	l := layout{topM: topM, baseM: baseM}
	lengthM := baseM - topM
	l.pxPerM = wishPxPerM
	if l.pxPerM == 0 {
		l.pxPerM = min(maxPxPerM, maxPxPerRow/stepM, maxPanels*bodyPx/lengthM)
		l.pxPerM = max(l.pxPerM, minBodyPx/lengthM)
	}
	l.pxPerM = min(l.pxPerM, maxPanels*maxBodyPx/lengthM)
	l.panels = min(max(int(math.Ceil(lengthM*l.pxPerM/bodyPx-1e-9)), 1), maxPanels)
	l.tickM = tickStep(pxPerTick / l.pxPerM)

	// Panels that begin at a whole minor tick are easier to read on from, if the picture has room for that.
	l.panelM = lengthM / float64(l.panels)
	if minorM := l.tickM / minorPerTick; l.panels > 1 {
		l.panelM = math.Ceil(l.panelM/minorM) * minorM
	}
	l.panels = max(int(math.Ceil(lengthM/l.panelM-1e-9)), 1)
	if l.panelM*l.pxPerM > maxBodyPx {
		l.pxPerM = maxBodyPx / l.panelM
	}
	l.bodyPx = max(int(math.Ceil(l.panelM*l.pxPerM-1e-6)), 1)
	return l
}

// tickStep returns the least step of the series 1, 2, 5, 10, .. that is at least atLeastM.
func tickStep(atLeastM float64) float64 {
	decade := math.Pow(10, math.Floor(math.Log10(atLeastM)))
	for _, m := range []float64{1, 2, 5} {
		if step := m * decade; step >= atLeastM*(1-1e-9) {
			return step
		}
	}
	return 10 * decade
}

// tickLabel prints a depth with the decimals that its tick step needs.
func (l layout) tickLabel(depthM float64) string {
	decimals := max(0, int(math.Ceil(-math.Log10(l.tickM)-1e-9)))
	return fmt.Sprintf("%.*f", decimals, depthM)
}

func (l layout) width() int {
	return 2*marginPx + l.panels*panelPx + (l.panels-1)*panelGapPx
}

func (l layout) height() int { return 2*marginPx + titlePx + headerPx + l.bodyPx + footerPx }

// panel is one column of the picture.
type panel struct {
	layout
	panelTopM, panelBaseM float64
	depthX, imageX, tadX  float64 // left edges of the tracks
	top, base             float64 // upper and lower edge of the tracks
}

func (l layout) panel(i int) panel {
	p := panel{layout: l}
	p.panelTopM = l.topM + float64(i)*l.panelM
	p.panelBaseM = min(p.panelTopM+l.panelM, l.baseM)
	p.depthX = float64(marginPx + i*(panelPx+panelGapPx))
	p.imageX = p.depthX + depthPx
	p.tadX = p.imageX + imagePx + trackGapPx
	p.top = marginPx + titlePx + headerPx
	p.base = p.top + math.Round((p.panelBaseM-p.panelTopM)*l.pxPerM)
	return p
}

// y is where a depth lies in the picture.
func (p panel) y(depthM float64) float64 { return p.top + (depthM-p.panelTopM)*p.pxPerM }

// ticks calls visit for the depths of the scale within the panel.
func (p panel) ticks(visit func(depthM float64, labelled bool)) {
	minorM := p.tickM / minorPerTick
	first := int(math.Ceil(p.panelTopM/minorM - 1e-6))
	last := int(math.Floor(p.panelBaseM/minorM + 1e-6))
	for k := first; k <= last; k++ {
		visit(float64(k)*minorM, k%minorPerTick == 0)
	}
}
