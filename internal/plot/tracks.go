package plot

import (
	"image"
	"image/color"
	"math"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/picks"
)

const (
	sinusoidPx = 2.6
	casingPx   = 4.6
	headPx     = 4.5 // radius of a tadpole's head
	tailPx     = 13.0
	maxDipDeg  = 90.0
	// leastOpacity is that of a sinusoid at confidence 0.
	leastOpacity = 0.35
	// densityStepM is the height of the intervals of the density track.
	densityStepM = 1.0
)

// dipX is where a dip lies in the tadpole track.
func (p panel) dipX(dipDeg float64) float64 { return p.tadX + tadpolePx*dipDeg/maxDipDeg }

func (p *LogPicture) drawImage(c canvas, panel panel) error {
	x0, x1 := panel.imageX, panel.imageX+imagePx
	height := int(panel.base - panel.top)
	if height < 1 {
		return nil
	}
	baseM := panel.panelTopM + float64(height)/panel.pxPerM
	img, err := p.display.trackImage(panel.panelTopM, baseM, imagePx, height, p.colours)
	if err != nil {
		return err
	}
	c.picture(image.Pt(int(x0), int(panel.top)), img)

	if !p.opt.HideSinus {
		for i := range p.picks {
			p.drawSinusoid(c, panel, &p.picks[i])
		}
	}
	panel.ticks(func(depthM float64, labelled bool) {
		y, length := math.Round(panel.y(depthM)), 4.0
		if labelled {
			length = 9
			// Letters stay beside the track even where the tick is at its end.
			c.text(point{x0 - 12, min(max(y+4, panel.top+9), max(panel.base, panel.top+9))}, right, small, ink, panel.tickLabel(depthM))
		}
		c.box(point{x0 - length, y}, point{x0, y + 1}, frameGrey)
	})
	frame(c, x0, panel.top, x1, panel.base)
	return nil
}

// frame draws the edge of a track outside of its content.
func frame(c canvas, x0, y0, x1, y1 float64) {
	c.box(point{x0 - 1, y0 - 1}, point{x1 + 1, y0}, frameGrey)
	c.box(point{x0 - 1, y1}, point{x1 + 1, y1 + 1}, frameGrey)
	c.box(point{x0 - 1, y0}, point{x0, y1}, frameGrey)
	c.box(point{x1, y0}, point{x1 + 1, y1}, frameGrey)
}

// rules draws the grid of a track: a line at each x and at each labelled depth.
func rules(c canvas, panel panel, x0, x1 float64, xs []float64) {
	for _, x := range xs {
		c.box(point{math.Round(x), panel.top}, point{math.Round(x) + 1, panel.base}, gridGrey)
	}
	panel.ticks(func(depthM float64, labelled bool) {
		if y := math.Round(panel.y(depthM)); labelled && y > panel.top && y < panel.base {
			c.box(point{x0, y}, point{x1, y + 1}, gridGrey)
		}
	})
	frame(c, x0, panel.top, x1, panel.base)
}

// drawSinusoid draws a pick's trace as far as it is inside the panel.
func (p *LogPicture) drawSinusoid(c canvas, panel panel, pick *picks.Pick) {
	curve := pick.Trace()
	points := make([]point, imagePx+1)
	for i := range points {
		azimuthDeg := 360 * float64(i) / imagePx
		points[i] = point{panel.imageX + float64(i), panel.y(curve.DepthAt(azimuthDeg))}
	}
	col := withConfidence(p.colours.Class[pick.Class], pick.Confidence)
	edge := withConfidence(casing, pick.Confidence)
	width := sinusoidPx * panel.detail()
	runs := clipY(points, panel.top+casingPx/2, panel.base-casingPx/2)
	if panel.detail() > 0.6 {
		for _, run := range runs {
			c.line(run, casingPx*panel.detail(), edge)
		}
	}
	for _, run := range runs {
		c.line(run, width, col)
	}
}

// detail makes picks finer at small scales, where they crowd: 1 from some 1:40 on, 0.5 at least.
func (p panel) detail() float64 { return min(max(p.pxPerM/130, 0.5), 1) }

// withConfidence makes a colour the more transparent, the lower the confidence; not known is 1.
func withConfidence(c color.NRGBA, confidence float64) color.NRGBA {
	if math.IsNaN(confidence) {
		return c
	}
	share := leastOpacity + (1-leastOpacity)*min(max(confidence, 0), 1)
	c.A = uint8(math.Round(float64(c.A) * share))
	return c
}

func (p *LogPicture) drawTadpoles(c canvas, panel panel) {
	var xs []float64
	for dipDeg := 10.0; dipDeg < maxDipDeg; dipDeg += 10 {
		xs = append(xs, panel.dipX(dipDeg))
	}
	rules(c, panel, panel.tadX, panel.tadX+tadpolePx, xs)
	mixed := p.apparentPicks() < len(p.picks)
	for i := range p.picks {
		pick := &p.picks[i]
		if pick.DepthM < panel.panelTopM || pick.DepthM > panel.panelBaseM {
			continue
		}
		a, known := attitudeOf(pick, TrueDip)
		open := doubtful(pick)
		if !known {
			a, open = Attitude{pick.DipDeg, pick.AzimuthDeg}, open || mixed
		}
		at := point{panel.dipX(min(max(a.DipDeg, 0), maxDipDeg)), panel.y(pick.DepthM)}
		tadpole(c, at, a.AzimuthDeg, a.DipDeg >= dip.LowDipDeg && !math.IsNaN(a.AzimuthDeg), open, p.colours.Class[pick.Class], max(panel.detail(), 0.65))
	}
}

// doubtful tells whether a pick wants a look: quality C or D.
func doubtful(p *picks.Pick) bool { return p.Quality == "C" || p.Quality == "D" }

// tadpole draws a head and, if asked, a tail towards the azimuth, 0 being up, at a share of the full size.
func tadpole(c canvas, at point, azimuthDeg float64, tail, open bool, col color.NRGBA, size float64) {
	if tail {
		sin, cos := math.Sincos(azimuthDeg * math.Pi / 180)
		c.line([]point{at, {at.x + size*tailPx*sin, at.y - size*tailPx*cos}}, 1.8*size, col)
	}
	c.disc(at, size*headPx, col)
	if open {
		c.disc(at, size*(headPx-1.6), white)
	}
}

// densityMost is the right end of the density track.
func (p *LogPicture) densityMost() float64 { return tickStep(max(p.density.most(), 1)) }

// drawDensity draws picks per metre, class upon class.
func (p *LogPicture) drawDensity(c canvas, panel panel) {
	x0, x1 := panel.densityX, panel.densityX+densityPx
	rules(c, panel, x0, x1, []float64{(x0 + x1) / 2})
	d, scale := p.density, densityPx/p.densityMost()
	for class, perM := range d.perM {
		for i, v := range perM {
			top := d.topM + float64(i)*d.stepM
			y0, y1 := max(panel.y(top), panel.top), min(panel.y(top+0.94*d.stepM), panel.base)
			if x := x0 + scale*d.total(i, class); v > 0 && y1 > y0 {
				c.box(point{x, y0}, point{x + v*scale, y1}, p.colours.Class[class])
			}
		}
	}
}
