package plot

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"math/cmplx"
	"strings"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
)

var (
	white     = color.NRGBA{255, 255, 255, 255}
	ink       = color.NRGBA{34, 34, 34, 255}
	faintInk  = color.NRGBA{110, 110, 110, 255}
	frameGrey = color.NRGBA{90, 90, 90, 255}
	gridGrey  = color.NRGBA{222, 222, 222, 255}
	gapColour = color.RGBA{168, 170, 173, 255}
	casing    = color.NRGBA{255, 255, 255, 150} // light edge that lifts a sinusoid off the image
	classInk  = [dip.NumClasses]color.NRGBA{dip.Bedding: {0, 158, 115, 255}, dip.Fracture: {0, 114, 178, 255}}
)

const (
	sinusoidPx = 2.6
	casingPx   = 4.6
	headPx     = 4.5 // radius of a tadpole's head
	tailPx     = 13.0
	maxDipDeg  = 90.0
	// leastOpacity is that of a sinusoid at confidence 0.
	leastOpacity = 0.35
)

// LogPNG draws the log and its picks as a PNG of at most MaxPixels a side.
//
// It fails where the options are invalid, where the log is not usable (imagelog.Log.Validate), and with imagelog.ErrNoData
// where the interval holds no image. Picks outside the interval, and
// such as have no finite trace, are left away.
func LogPNG(w io.Writer, log *imagelog.Log, table []picks.Pick, opt Options) error {
	p, err := newPicture(log, table, opt)
	if err != nil {
		return fmt.Errorf("draw log: %w", err)
	}
	c := newRasterCanvas(p.width(), p.height(), p.faces)
	p.draw(c)
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(w, c.img); err != nil {
		return fmt.Errorf("draw log: %w", err)
	}
	return nil
}

// LogSVG draws what LogPNG draws as SVG, the image track being pixels and the rest vectors. It fails as LogPNG does.
func LogSVG(w io.Writer, log *imagelog.Log, table []picks.Pick, opt Options) error {
	p, err := newPicture(log, table, opt)
	if err != nil {
		return fmt.Errorf("draw log: %w", err)
	}
	c := newSVGCanvas(p.width(), p.height())
	p.draw(c)
	if err := c.writeTo(w); err != nil {
		return fmt.Errorf("draw log: %w", err)
	}
	return nil
}

// picture is a log and picks, cut to the interval and laid out.
type picture struct {
	layout
	opt        Options
	log        *imagelog.Log
	brightness []float32 // of log, see display
	picks      []picks.Pick
	faces      faces
}

func newPicture(log *imagelog.Log, table []picks.Pick, opt Options) (*picture, error) {
	if log == nil {
		return nil, errors.New("no log given")
	}
	if err := opt.Validate(); err != nil {
		return nil, err
	}
	if err := log.Validate(); err != nil {
		return nil, err
	}
	topM, baseM := interval(log, opt)
	cut, err := log.Slice(topM, baseM)
	if err != nil {
		return nil, err
	}
	fs, err := newFaces()
	if err != nil {
		return nil, err
	}
	p := &picture{opt: opt, log: cut, brightness: display(cut), faces: fs}
	stepM := log.StepM()
	if math.IsNaN(stepM) {
		stepM = baseM - topM
	}
	p.layout = newLayout(topM, baseM, stepM, opt.PixelsPerM)
	for _, pick := range table {
		drawable := pick.Class.Valid() && !cmplx.IsNaN(pick.Trace().Amplitude) && !cmplx.IsInf(pick.Trace().Amplitude)
		if drawable && pick.DepthM >= topM && pick.DepthM <= baseM {
			p.picks = append(p.picks, pick)
		}
	}
	return p, nil
}

// interval returns the depths to be shown: those asked for, as far as the log reaches. The rows at either end are whole.
func interval(log *imagelog.Log, opt Options) (topM, baseM float64) {
	halfM := log.StepM() / 2
	if math.IsNaN(halfM) {
		halfM = 0.5 // one row: any height will do
	}
	topM, baseM = log.DepthM[0]-halfM, log.DepthM[log.Rows()-1]+halfM
	if opt.TopM != 0 {
		topM = max(topM, opt.TopM)
	}
	if opt.BaseM != 0 {
		baseM = min(baseM, opt.BaseM)
	}
	return topM, baseM
}

func (p *picture) draw(c canvas) {
	p.drawTitle(c)
	for i := range p.panels {
		panel := p.panel(i)
		p.drawHeader(c, panel)
		p.drawImage(c, panel)
		p.drawTadpoles(c, panel)
	}
	p.drawLegend(c)
}

func (p *picture) drawTitle(c canvas) {
	title := p.opt.Title
	if title == "" {
		title = p.log.Well
	}
	if title == "" {
		title = "Image log"
	}
	x, room := float64(marginPx), float64(p.width()-2*marginPx)
	c.text(point{x, marginPx + 18}, left, headline, ink, p.shorten(headline, title, room))

	counts := make([]int, dip.NumClasses)
	for _, pick := range p.picks {
		counts[pick.Class]++
	}
	parts := []string{fmt.Sprintf("%.2f to %.2f m measured depth", p.topM, p.baseM), referenceName(p.log)}
	if len(p.picks) > 0 {
		parts = append(parts, fmt.Sprintf("%d %s, %d %s", counts[dip.Bedding], dip.Bedding, counts[dip.Fracture], dip.Fracture))
	} else {
		parts = append(parts, "no picks")
	}
	c.text(point{x, marginPx + 42}, left, regular, faintInk, p.shorten(regular, strings.Join(parts, "  ·  "), room))
}

// shorten cuts a text so that it fits.
func (p *picture) shorten(f typeface, s string, room float64) string {
	if p.faces.widthOf(f, s) <= room {
		return s
	}
	letters := []rune(s)
	for len(letters) > 0 && p.faces.widthOf(f, string(letters)+"…") > room {
		letters = letters[:len(letters)-1]
	}
	return string(letters) + "…"
}

func referenceName(log *imagelog.Log) string {
	switch log.Reference {
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
func (p *picture) drawHeader(c canvas, panel panel) {
	nameY, scaleY := panel.top-24, panel.top-8
	c.text(point{panel.imageX - 12, nameY}, right, small, faintInk, "depth, m")
	c.text(point{panel.imageX + imagePx/2, nameY}, centre, small, faintInk, "image and sinusoids")
	for i, name := range azimuthLabels(p.log.Reference) {
		x := panel.imageX + imagePx*float64(i)/4
		c.text(point{x, scaleY}, centre, small, ink, name)
		c.box(point{math.Round(x), panel.top - 5}, point{math.Round(x) + 1, panel.top}, frameGrey)
	}
	c.text(point{panel.tadX + tadpolePx/2, nameY}, centre, small, faintInk, p.dipTrackName())
	for dipDeg := 0; dipDeg <= maxDipDeg; dipDeg += 30 {
		x := panel.dipX(float64(dipDeg))
		c.text(point{x, scaleY}, centre, small, ink, fmt.Sprintf("%d°", dipDeg))
		c.box(point{math.Round(x), panel.top - 5}, point{math.Round(x) + 1, panel.top}, frameGrey)
	}
}

// dipTrackName says which dip the tadpoles show.
func (p *picture) dipTrackName() string {
	apparent := 0
	for i := range p.picks {
		if math.IsNaN(p.picks[i].TrueDipDeg) {
			apparent++
		}
	}
	switch {
	case apparent == 0:
		return "true dip"
	case apparent == len(p.picks):
		return "apparent dip"
	default:
		return "true dip (open: apparent)"
	}
}

// dipX is where a dip lies in the tadpole track.
func (p panel) dipX(dipDeg float64) float64 { return p.tadX + tadpolePx*dipDeg/maxDipDeg }

func (p *picture) drawImage(c canvas, panel panel) {
	x0, x1 := panel.imageX, panel.imageX+imagePx
	height := int(panel.base - panel.top)
	if height < 1 {
		return
	}
	img := trackImage(p.log, p.brightness, panel.panelTopM, panel.panelTopM+float64(height)/panel.pxPerM, imagePx, height)
	c.picture(image.Pt(int(x0), int(panel.top)), img)

	if !p.opt.HideSinus {
		for i := range p.picks {
			drawSinusoid(c, panel, &p.picks[i])
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
}

// frame draws the edge of a track outside of its content.
func frame(c canvas, x0, y0, x1, y1 float64) {
	c.box(point{x0 - 1, y0 - 1}, point{x1 + 1, y0}, frameGrey)
	c.box(point{x0 - 1, y1}, point{x1 + 1, y1 + 1}, frameGrey)
	c.box(point{x0 - 1, y0}, point{x0, y1}, frameGrey)
	c.box(point{x1, y0}, point{x1 + 1, y1}, frameGrey)
}

// drawSinusoid draws a pick's trace as far as it is inside the panel.
func drawSinusoid(c canvas, panel panel, pick *picks.Pick) {
	curve := pick.Trace()
	points := make([]point, imagePx+1)
	for i := range points {
		azimuthDeg := 360 * float64(i) / imagePx
		points[i] = point{panel.imageX + float64(i), panel.y(curve.DepthAt(azimuthDeg))}
	}
	col := withConfidence(classInk[pick.Class], pick.Confidence)
	edge := withConfidence(casing, pick.Confidence)
	runs := clipY(points, panel.top+casingPx/2, panel.base-casingPx/2)
	for _, run := range runs {
		c.line(run, casingPx, edge)
	}
	for _, run := range runs {
		c.line(run, sinusoidPx, col)
	}
}

// withConfidence makes a colour the more transparent, the lower the confidence; not known is 1.
func withConfidence(c color.NRGBA, confidence float64) color.NRGBA {
	if math.IsNaN(confidence) {
		return c
	}
	share := leastOpacity + (1-leastOpacity)*min(max(confidence, 0), 1)
	c.A = uint8(math.Round(float64(c.A) * share))
	return c
}

func (p *picture) drawTadpoles(c canvas, panel panel) {
	x0, x1 := panel.tadX, panel.tadX+tadpolePx
	for dipDeg := 10.0; dipDeg < maxDipDeg; dipDeg += 10 {
		x := math.Round(panel.dipX(dipDeg))
		c.box(point{x, panel.top}, point{x + 1, panel.base}, gridGrey)
	}
	panel.ticks(func(depthM float64, labelled bool) {
		if y := math.Round(panel.y(depthM)); labelled && y > panel.top && y < panel.base {
			c.box(point{x0, y}, point{x1, y + 1}, gridGrey)
		}
	})
	frame(c, x0, panel.top, x1, panel.base)
	for i := range p.picks {
		pick := &p.picks[i]
		if pick.DepthM < panel.panelTopM || pick.DepthM > panel.panelBaseM {
			continue
		}
		dipDeg, azimuthDeg, open := pick.TrueDipDeg, pick.TrueAzimuthDeg, false
		if math.IsNaN(dipDeg) {
			dipDeg, azimuthDeg, open = pick.DipDeg, pick.AzimuthDeg, true
		}
		at := point{panel.dipX(min(max(dipDeg, 0), maxDipDeg)), panel.y(pick.DepthM)}
		tadpole(c, at, azimuthDeg, dipDeg >= dip.LowDipDeg && !math.IsNaN(azimuthDeg), open, classInk[pick.Class])
	}
}

// tadpole draws a head and, if asked, a tail towards the azimuth, 0 being up.
func tadpole(c canvas, at point, azimuthDeg float64, tail, open bool, col color.NRGBA) {
	if tail {
		sin, cos := math.Sincos(azimuthDeg * math.Pi / 180)
		c.line([]point{at, {at.x + tailPx*sin, at.y - tailPx*cos}}, 1.8, col)
	}
	c.disc(at, headPx, col)
	if open {
		c.disc(at, headPx-1.6, white)
	}
}

func (p *picture) drawLegend(c canvas) {
	x, y := float64(marginPx), float64(p.height()-marginPx-6)
	word := func(s string) {
		c.text(point{x, y}, left, small, ink, s)
		x += p.faces.widthOf(small, s) + 18
	}
	for class, col := range classInk {
		c.line([]point{{x, y - 4}, {x + 22, y - 4}}, sinusoidPx, col)
		tadpole(c, point{x + 36, y - 4}, 90, true, false, col)
		x += 56
		word(dip.Class(class).String())
	}
	word("pale: low confidence")

	c.text(point{x, y}, left, small, ink, "low")
	x += p.faces.widthOf(small, "low") + 6
	const steps = 64
	for i := range steps {
		h := heat((float32(i) + 0.5) / steps)
		c.box(point{x, y - 10}, point{x + 1, y + 2}, color.NRGBA(h))
		x++
	}
	x += 6
	word("high")
	c.box(point{x, y - 10}, point{x + 14, y + 2}, color.NRGBA(gapColour))
	x += 20
	word("not seen")
}
