package plot

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
)

// drawHead draws the title, what the picture shows, and the entries of the head.
func (p *LogPicture) drawHead(c canvas, l layout, page int) {
	title := p.opt.Title
	if title == "" {
		title = p.log.Well
	}
	if title == "" {
		title = "Image log"
	}
	x, room := float64(marginPx), float64(l.width()-2*marginPx)
	c.text(point{x, marginPx + 18}, left, headline, ink, p.shorten(headline, title, room))

	counts := make([]int, dip.NumClasses)
	for _, pick := range p.picks {
		if pick.DepthM >= l.topM && pick.DepthM <= l.baseM {
			counts[pick.Class]++
		}
	}
	parts := []string{fmt.Sprintf("%.2f to %.2f m measured depth", l.topM, l.baseM), referenceName(p.log.Reference)}
	if len(p.picks) > 0 {
		parts = append(parts, fmt.Sprintf("%d %s, %d %s", counts[dip.Bedding], dip.Bedding, counts[dip.Fracture], dip.Fracture))
	} else {
		parts = append(parts, "no picks")
	}
	if l.page {
		parts = append(parts, fmt.Sprintf("1:%g", p.opt.Scale), fmt.Sprintf("page %d of %d", page+1, len(p.pages)))
	}
	c.text(point{x, marginPx + 42}, left, regular, faintInk, p.shorten(regular, strings.Join(parts, "  ·  "), room))
	if l.fields {
		p.drawFields(c, x, marginPx+titlePx, room)
	}
}

// drawFields draws the entries of the head side by side, each below its name.
func (p *LogPicture) drawFields(c canvas, x, y, room float64) {
	end := x + room
	for _, f := range p.opt.Head {
		const least = 40 // a few letters
		if end-x < least {
			return
		}
		width := min(max(p.faces.widthOf(small, f.Name), p.faces.widthOf(regular, f.Value)), end-x)
		c.text(point{x, y + 4}, left, small, faintInk, p.shorten(small, f.Name, width))
		c.text(point{x, y + 21}, left, regular, ink, p.shorten(regular, f.Value, width))
		x += width + 30
	}
}

// shorten cuts a text so that it fits.
func (p *LogPicture) shorten(f typeface, s string, room float64) string {
	if p.faces.widthOf(f, s) <= room {
		return s
	}
	letters := []rune(s)
	for len(letters) > 0 && p.faces.widthOf(f, string(letters)+"…") > room {
		letters = letters[:len(letters)-1]
	}
	return string(letters) + "…"
}

func referenceName(r imagelog.Reference) string {
	switch r {
	case imagelog.RefNorth:
		return "azimuth from true north"
	case imagelog.RefMagnetic:
		return "azimuth from magnetic north"
	case imagelog.RefHighSide:
		return "azimuth from high side"
	default:
		return "azimuth reference unknown"
	}
}

// azimuthLabels are the names of azimuths 0, 90, 180, 270 and 360. HS, R, LS, L: high side, right, low side, left.
func azimuthLabels(r imagelog.Reference) [5]string {
	switch r {
	case imagelog.RefNorth, imagelog.RefMagnetic:
		return [5]string{"N", "E", "S", "W", "N"}
	case imagelog.RefHighSide:
		return [5]string{"HS", "R", "LS", "L", "HS"}
	default:
		return [5]string{"0", "90", "180", "270", "360"}
	}
}

// drawHeader draws the names and the scales above the tracks.
func (p *LogPicture) drawHeader(c canvas, panel panel) {
	nameY, scaleY := panel.top-24, panel.top-8
	name := func(x, width float64, s string) { c.text(point{x + width/2, nameY}, centre, small, faintInk, s) }
	mark := func(x float64, s string) {
		c.text(point{x, scaleY}, centre, small, ink, s)
		c.box(point{math.Round(x), panel.top - 5}, point{math.Round(x) + 1, panel.top}, frameGrey)
	}
	c.text(point{panel.imageX - 12, nameY}, right, small, faintInk, "depth, m")
	name(panel.imageX, imagePx, "image and sinusoids")
	for i, label := range azimuthLabels(p.log.Reference) {
		mark(panel.imageX+imagePx*float64(i)/4, label)
	}
	name(panel.tadX, tadpolePx, p.dipTrackName())
	for dipDeg := 0; dipDeg <= maxDipDeg; dipDeg += 30 {
		mark(panel.dipX(float64(dipDeg)), fmt.Sprintf("%d°", dipDeg))
	}
	if panel.density {
		name(panel.densityX, densityPx, "picks per m")
		most := p.densityMost()
		mark(panel.densityX, "0")
		mark(panel.densityX+densityPx, fmt.Sprintf("%g", most))
	}
	if panel.curves {
		p.drawCurveHeader(c, panel, nameY, scaleY)
	}
}

// dipTrackName says which dip the tadpoles show.
func (p *LogPicture) dipTrackName() string {
	switch apparent := p.apparentPicks(); {
	case apparent == 0 && len(p.picks) > 0:
		return "true dip"
	case apparent == len(p.picks):
		return "apparent dip"
	default:
		return "true dip (open: apparent)"
	}
}

// apparentPicks counts the picks whose true dip is not known.
func (p *LogPicture) apparentPicks() int {
	n := 0
	for i := range p.picks {
		if math.IsNaN(p.picks[i].TrueDipDeg) {
			n++
		}
	}
	return n
}

// The legend in full takes legendPx; a narrower picture has one with less air.
const legendPx = 720

func (p *LogPicture) drawLegend(c canvas, l layout) {
	x, y := float64(marginPx), float64(l.height()-marginPx-6)
	gap, steps := 18.0, 64
	if l.width() < legendPx {
		gap, steps = 8, 24
	}
	word := func(s string) {
		c.text(point{x, y}, left, small, ink, s)
		x += p.faces.widthOf(small, s) + gap
	}
	for class, col := range p.colours.Class {
		c.line([]point{{x, y - 4}, {x + 22, y - 4}}, sinusoidPx, col)
		tadpole(c, point{x + 36, y - 4}, 90, true, false, col, 1)
		x += 56
		word(dip.Class(class).String())
	}
	word("pale: low confidence")
	tadpole(c, point{x + 5, y - 4}, 90, true, true, faintInk, 1)
	x += 24
	word("quality C, D")

	c.text(point{x, y}, left, small, ink, "low")
	x += p.faces.widthOf(small, "low") + 6
	for i := range steps {
		h := p.colours.image((float32(i) + 0.5) / float32(steps))
		c.box(point{x, y - 10}, point{x + 1, y + 2}, color.NRGBA(h))
		x++
	}
	x += 6
	word("high")
	c.box(point{x, y - 10}, point{x + 14, y + 2}, p.colours.Gap)
	x += 20
	word("not seen")
}
