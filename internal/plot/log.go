package plot

import (
	"errors"
	"fmt"
	"image/color"
	"image/png"
	"io"
	"math"
	"math/cmplx"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
)

var (
	white     = color.NRGBA{255, 255, 255, 255}
	ink       = color.NRGBA{34, 34, 34, 255}
	faintInk  = color.NRGBA{110, 110, 110, 255}
	frameGrey = color.NRGBA{90, 90, 90, 255}
	gridGrey  = color.NRGBA{222, 222, 222, 255}
	casing    = color.NRGBA{255, 255, 255, 150} // light edge that lifts a sinusoid off the image
)

// LogPNG draws the log and its picks as one PNG of at most MaxPixels a side. It fails as NewLogPicture does, and where a page scale
// makes more than one page.
func LogPNG(w io.Writer, log *imagelog.Log, table []picks.Pick, opt Options) error {
	return drawOne(w, PNG, log, table, opt)
}

// LogSVG draws what LogPNG draws as SVG, the image track being pixels and the rest vectors. It fails as LogPNG does.
func LogSVG(w io.Writer, log *imagelog.Log, table []picks.Pick, opt Options) error {
	return drawOne(w, SVG, log, table, opt)
}

func drawOne(w io.Writer, format Format, log *imagelog.Log, table []picks.Pick, opt Options) error {
	p, err := NewLogPicture(log, table, opt)
	if err != nil {
		return err
	}
	if n := p.Pages(); n > 1 {
		return fmt.Errorf("draw log: at 1:%g the interval takes %d pages: draw them one by one", opt.Scale, n)
	}
	return p.Write(w, format, 0)
}

// LogPicture is a log and picks, cut to an interval and laid out.
type LogPicture struct {
	opt         Options
	topM, baseM float64 // interval shown
	log         *imagelog.Log
	display     display
	picks       []picks.Pick
	density     density
	calipers    span
	pages       []layout
	faces       faces
	colours     Palette
}

// NewLogPicture lays out a log with its picks: one picture, or pages at Options.Scale.
//
// It fails where the options are invalid, where the log is not usable (imagelog.Log.Validate), and with imagelog.ErrNoData
// where the interval holds no image. Picks outside the interval, and such as have no finite trace, are left away.
func NewLogPicture(log *imagelog.Log, table []picks.Pick, opt Options) (*LogPicture, error) {
	p, err := newLogPicture(log, table, opt)
	if err != nil {
		return nil, fmt.Errorf("draw log: %w", err)
	}
	return p, nil
}

func newLogPicture(log *imagelog.Log, table []picks.Pick, opt Options) (*LogPicture, error) {
	if log == nil {
		return nil, errors.New("no log given")
	}
	if err := opt.Validate(); err != nil {
		return nil, err
	}
	if err := log.Validate(); err != nil {
		return nil, err
	}
	p := &LogPicture{opt: opt}
	p.topM, p.baseM = interval(log, opt)
	var err error
	if p.log, err = log.Slice(p.topM, p.baseM); err != nil {
		return nil, err
	}
	if p.faces, err = newFaces(); err != nil {
		return nil, err
	}
	if opt.Palette != nil {
		p.colours = *opt.Palette
	} else if p.colours, err = DefaultPalette(); err != nil {
		return nil, err
	}
	if p.display, err = newDisplay(p.log, opt.Contrast); err != nil {
		return nil, err
	}
	for _, pick := range table {
		drawable := pick.Class.Valid() && !cmplx.IsNaN(pick.Trace().Amplitude) && !cmplx.IsInf(pick.Trace().Amplitude)
		if drawable && pick.DepthM >= p.topM && pick.DepthM <= p.baseM {
			p.picks = append(p.picks, pick)
		}
	}
	p.density = newDensity(p.picks, p.topM, p.baseM, densityStepM)
	p.calipers = caliperSpan(p.log)
	t := tracks{density: opt.Density, curves: opt.Curves && (p.calipers.any() || len(p.log.DeviDeg) > 0), fields: len(opt.Head) > 0}
	if opt.Scale != 0 {
		p.pages = pageLayouts(p.topM, p.baseM, opt.Scale, t)
		return p, nil
	}
	stepM := log.StepM()
	if math.IsNaN(stepM) {
		stepM = p.baseM - p.topM
	}
	p.pages = []layout{newLayout(p.topM, p.baseM, stepM, opt.PixelsPerM, t)}
	return p, nil
}

// Pages is how many pages the picture has; without a page scale it is one.
func (p *LogPicture) Pages() int { return len(p.pages) }

// Write draws a page, from 0. Pages at a scale carry their size: 420 x 297 mm, so that they print true to scale.
func (p *LogPicture) Write(w io.Writer, format Format, page int) error {
	if page < 0 || page >= len(p.pages) {
		return fmt.Errorf("draw log: no page %d of %d", page+1, len(p.pages))
	}
	l := p.pages[page]
	if err := p.write(w, format, l, page); err != nil {
		return fmt.Errorf("draw log: %w", err)
	}
	return nil
}

func (p *LogPicture) write(w io.Writer, format Format, l layout, page int) error {
	switch format {
	case PNG:
		c := newRasterCanvas(l.width(), l.height(), p.faces)
		if err := p.draw(c, l, page); err != nil {
			return err
		}
		if l.page {
			w = &scaledPNG{w: w}
		}
		encoder := png.Encoder{CompressionLevel: png.BestSpeed}
		return encoder.Encode(w, c.img)
	case SVG:
		c := newSVGCanvas(l.width(), l.height(), l.page)
		if err := p.draw(c, l, page); err != nil {
			return err
		}
		return c.writeTo(w)
	}
	return fmt.Errorf("no format %q: use %s or %s", format, PNG, SVG)
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

func (p *LogPicture) draw(c canvas, l layout, page int) error {
	p.drawHead(c, l, page)
	for i := range l.panels {
		panel := l.panel(i)
		p.drawHeader(c, panel)
		if err := p.drawImage(c, panel); err != nil {
			return err
		}
		p.drawTadpoles(c, panel)
		if l.density {
			p.drawDensity(c, panel)
		}
		if l.curves {
			p.drawCurves(c, panel)
		}
	}
	p.drawLegend(c, l)
	return nil
}
