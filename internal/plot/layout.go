package plot

import (
	"fmt"
	"math"
)

// Sizes in pixels. A panel is the depth scale, the image, the tadpoles, and what else is asked for, from left to right.
const (
	marginPx     = 24
	titlePx      = 62 // headline and the line beneath it
	fieldsPx     = 36 // entries of the head, where there are any
	headerPx     = 40 // names and scales of the tracks
	footerPx     = 46 // legend
	depthPx      = 58
	imagePx      = 360
	trackGapPx   = 22
	tadpolePx    = 150
	densityPx    = 74
	curvePx      = 84
	panelGapPx   = 28
	bodyPx       = 1600 // height of a panel's tracks beyond which another panel is begun
	minBodyPx    = 480
	maxPxPerM    = 400.0 // 2.5 mm a pixel: the step of a microresistivity imager
	maxPxPerRow  = 4.0   // coarse logs are not blown up beyond this
	pxPerTick    = 70.0  // least distance of labelled depths
	minorPerTick = 5
)

// A page is A3 landscape, 420 x 297 mm, at pagePxPerM pixels per metre of paper (150 dots per inch).
const (
	pagePxPerM   = 150 / 0.0254
	pageWidthPx  = 2480
	pageHeightPx = 1754
)

// tracks says what stands in a panel.
type tracks struct{ density, curves, fields bool }

// panelPx is the width of a panel.
func (t tracks) panelPx() int {
	width := depthPx + imagePx + trackGapPx + tadpolePx
	if t.density {
		width += trackGapPx + densityPx
	}
	if t.curves {
		width += trackGapPx + curvePx
	}
	return width
}

// headPx is the height of what stands above the tracks' headers.
func (t tracks) headPx() int {
	if t.fields {
		return titlePx + fieldsPx
	}
	return titlePx
}

// chromePx is the height of a picture less its tracks.
func (t tracks) chromePx() int { return 2*marginPx + t.headPx() + headerPx + footerPx }

// panelsIn is how many panels a width holds.
func (t tracks) panelsIn(widthPx int) int {
	return max((widthPx-2*marginPx+panelGapPx)/(t.panelPx()+panelGapPx), 1)
}

// layout is where things are: panels of equal height, each with its depth interval.
type layout struct {
	tracks
	topM, baseM float64
	pxPerM      float64
	panels      int
	panelM      float64 // length of a panel's interval; the last may be shorter
	tickM       float64 // distance of labelled depths
	bodyPx      int     // height of the tracks
	page        bool    // of the size of a page, however little stands on it
}

// newLayout divides [topM, baseM] of a log with the given row step into panels.
func newLayout(topM, baseM, stepM, wishPxPerM float64, t tracks) layout {
	l := layout{tracks: t, topM: topM, baseM: baseM}
	maxPanels, maxBodyPx := t.panelsIn(MaxPixels), float64(MaxPixels-t.chromePx())
	lengthM := baseM - topM
	l.pxPerM = wishPxPerM
	if l.pxPerM == 0 {
		l.pxPerM = min(maxPxPerM, maxPxPerRow/stepM, float64(maxPanels)*bodyPx/lengthM)
		l.pxPerM = max(l.pxPerM, minBodyPx/lengthM)
	}
	l.pxPerM = min(l.pxPerM, float64(maxPanels)*maxBodyPx/lengthM)
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

// pageLayouts cuts [topM, baseM] into pages at 1:scale.
func pageLayouts(topM, baseM, scale float64, t tracks) []layout {
	l := layout{tracks: t, page: true, pxPerM: pagePxPerM / scale, bodyPx: pageHeightPx - t.chromePx()}
	l.tickM = tickStep(pxPerTick / l.pxPerM)
	minorM := l.tickM / minorPerTick
	// The first panel may begin between ticks; the others begin at a minor one.
	l.panelM = math.Floor(float64(l.bodyPx)/l.pxPerM/minorM) * minorM
	pageM := l.panelM * float64(t.panelsIn(pageWidthPx))
	var pages []layout
	for top := topM; top < baseM-1e-9; top += pageM {
		page := l
		page.topM, page.baseM = top, min(top+pageM, baseM)
		page.panels = max(int(math.Ceil((page.baseM-top)/l.panelM-1e-9)), 1)
		pages = append(pages, page)
	}
	return pages
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
	if l.page {
		return pageWidthPx
	}
	return 2*marginPx + l.panels*l.panelPx() + (l.panels-1)*panelGapPx
}

func (l layout) height() int {
	if l.page {
		return pageHeightPx
	}
	return l.chromePx() + l.bodyPx
}

// panel is one column of the picture.
type panel struct {
	layout
	panelTopM, panelBaseM float64
	depthX, imageX, tadX  float64 // left edges of the tracks
	densityX, curveX      float64 // likewise; 0 where they are not drawn
	top, base             float64 // upper and lower edge of the tracks
}

func (l layout) panel(i int) panel {
	p := panel{layout: l}
	p.panelTopM = l.topM + float64(i)*l.panelM
	p.panelBaseM = min(p.panelTopM+l.panelM, l.baseM)
	p.depthX = float64(marginPx + i*(l.panelPx()+panelGapPx))
	p.imageX = p.depthX + depthPx
	p.tadX = p.imageX + imagePx + trackGapPx
	x := p.tadX + tadpolePx + trackGapPx
	if l.density {
		p.densityX = x
		x += densityPx + trackGapPx
	}
	if l.curves {
		p.curveX = x
	}
	p.top = float64(marginPx + l.headPx() + headerPx)
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
