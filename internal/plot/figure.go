package plot

import (
	"fmt"
	"image/color"
	"io"
	"math"
	"slices"
	"strings"

	xfont "golang.org/x/image/font"
	gplot "gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// Kind of a statistical figure.
type Kind string

// Statistical figures. Each shows both classes.
const (
	Stereonet Kind = "stereonet" // lower-hemisphere equal-area nets of poles with their density and the mean plane
	Rose      Kind = "rose"      // azimuth of dip of beds, strike of fractures
	Histogram Kind = "histogram" // of dips
	Density   Kind = "density"   // picks per metre against depth
	Summary   Kind = "summary"   // all of these on one sheet
)

// Kinds lists the statistical figures.
func Kinds() []Kind { return []Kind{Stereonet, Rose, Histogram, Density, Summary} }

// Format of a picture.
type Format string

// Formats.
const (
	PNG Format = "png"
	SVG Format = "svg"
)

// FigureOptions of a statistical figure.
type FigureOptions struct {
	Well        string
	TopM, BaseM float64 // interval; 0: from the first pick, to the last
	Dip         DipKind
	Reference   imagelog.Reference // of apparent azimuths; true ones are from true north
	Palette     Palette
}

const (
	figureDPI = 192 // pixels of a PNG are half as large as those of a screen, for print and for fine screens
	cellPt    = 330 // side of the square that a net or a rose takes, points
)

// WriteFigure draws a statistical figure of the picks. It fails where the kind or the format does not exist, or where the interval is
// upside down. Picks whose dip of the kind asked for is not known are left away, and the figure says how many it shows.
func WriteFigure(w io.Writer, format Format, kind Kind, table []picks.Pick, opt FigureOptions) error {
	if !slices.Contains(Kinds(), kind) {
		return fmt.Errorf("draw figure: no figure %q: use one of %v", kind, Kinds())
	}
	f, err := newFigure(table, opt)
	if err != nil {
		return fmt.Errorf("draw %s: %w", kind, err)
	}
	width, height := f.size(kind)
	var c interface {
		vg.CanvasSizer
		io.WriterTo
	}
	switch format {
	case PNG:
		c = vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(figureDPI))}
	case SVG:
		c = vgsvg.New(width, height)
	default:
		return fmt.Errorf("draw %s: no format %q: use %s or %s", kind, format, PNG, SVG)
	}
	f.draw(kind, draw.New(c))
	if _, err := c.WriteTo(w); err != nil {
		return fmt.Errorf("draw %s: %w", kind, err)
	}
	return nil
}

// figure is picks within an interval, and how they are to be drawn.
type figure struct {
	opt    FigureOptions
	picks  []picks.Pick
	planes [dip.NumClasses][]Attitude
}

func newFigure(table []picks.Pick, opt FigureOptions) (*figure, error) {
	if opt.Dip != TrueDip && opt.Dip != ApparentDip {
		return nil, fmt.Errorf("no dip %q: use %s or %s", opt.Dip, TrueDip, ApparentDip)
	}
	f := &figure{opt: opt}
	first, last := math.Inf(1), math.Inf(-1)
	for i := range table {
		if d := table[i].DepthM; !math.IsNaN(d) && !math.IsInf(d, 0) {
			first, last = min(first, d), max(last, d)
		}
	}
	if first > last {
		first, last = 0, 1 // no picks: any interval will do
	}
	if opt.TopM == 0 {
		f.opt.TopM = first
	}
	if opt.BaseM == 0 {
		f.opt.BaseM = max(last, f.opt.TopM+1)
	}
	if !(f.opt.BaseM > f.opt.TopM) {
		return nil, fmt.Errorf("base %g m is not below top %g m", f.opt.BaseM, f.opt.TopM)
	}
	for i := range table {
		if d := table[i].DepthM; d >= f.opt.TopM && d <= f.opt.BaseM && table[i].Class.Valid() {
			f.picks = append(f.picks, table[i])
		}
	}
	for class := range f.planes {
		f.planes[class] = Attitudes(f.picks, dip.Class(class), opt.Dip)
	}
	return f, nil
}

// size is that of the sheet, points.
func (f *figure) size(kind Kind) (width, height vg.Length) {
	switch kind {
	case Stereonet, Rose:
		return 2 * cellPt, cellPt + bannerPt
	case Histogram:
		return 1.3 * cellPt, 0.8*cellPt + bannerPt
	case Density:
		return 0.8 * cellPt, 2*cellPt + bannerPt
	default:
		return 2.8 * cellPt, 2.5*cellPt + bannerPt
	}
}

const bannerPt = 44 // head of a sheet, points

// draw draws the sheet: a head with well and interval, and beneath it the figures.
func (f *figure) draw(kind Kind, c draw.Canvas) {
	c.SetColor(color.White)
	c.Fill(c.Path())
	f.drawBanner(c)
	body := draw.Crop(c, 0, 0, 0, -bannerPt)
	switch kind {
	case Stereonet:
		f.pair(body, f.stereonet)
	case Rose:
		f.pair(body, f.rose)
	case Histogram:
		f.histogram().Draw(draw.Crop(body, 12, -14, 10, -4))
	case Density:
		f.densityLog().Draw(draw.Crop(body, 12, -14, 10, -4))
	default:
		top := body.Max.Y
		row := func(heightPt vg.Length) draw.Canvas {
			r := body
			r.Max.X = body.Min.X + 2*cellPt
			r.Max.Y, r.Min.Y = top, top-heightPt
			top = r.Min.Y
			return r
		}
		f.pair(row(cellPt), f.stereonet)
		f.pair(row(cellPt), f.rose)
		f.histogram().Draw(draw.Crop(row(0.5*cellPt), 12, -14, 10, -6))
		log := body
		log.Min.X = body.Min.X + 2*cellPt
		f.densityLog().Draw(draw.Crop(log, 8, -14, 10, -4))
	}
}

// pair draws a figure of each class side by side.
func (f *figure) pair(c draw.Canvas, one func(draw.Canvas, dip.Class)) {
	for class := range dip.NumClasses {
		half := c
		width := c.Size().X / dip.NumClasses
		half.Min.X = c.Min.X + vg.Length(class)*width
		half.Max.X = half.Min.X + width
		one(half, dip.Class(class))
	}
}

func (f *figure) drawBanner(c draw.Canvas) {
	title := f.opt.Well
	if title == "" {
		title = "Picks"
	}
	x := c.Min.X + 14
	c.FillText(textStyle(13, true, ink), vg.Point{X: x, Y: c.Max.Y - 20}, title)
	what := []string{fmt.Sprintf("%.2f to %.2f m measured depth", f.opt.TopM, f.opt.BaseM), string(f.opt.Dip) + " dip"}
	if f.opt.Dip == TrueDip {
		what = append(what, "azimuth from true north")
	} else {
		what = append(what, referenceName(f.opt.Reference))
	}
	c.FillText(textStyle(8.5, false, faintInk), vg.Point{X: x, Y: c.Max.Y - 34}, strings.Join(what, "  ·  "))
}

// compass are the names of azimuths 0, 90, 180 and 270 on a net or a rose.
func (f *figure) compass() [5]string {
	if f.opt.Dip == TrueDip {
		return azimuthLabels(imagelog.RefNorth)
	}
	return azimuthLabels(f.opt.Reference)
}

// className names a class at the start of a title.
func className(class dip.Class) string {
	if class == dip.Bedding {
		return "Bedding"
	}
	return "Fractures"
}

// textStyle is a sans-serif text of a size in points, placed by the left end of its base line.
func textStyle(sizePt float64, bold bool, c color.Color) draw.TextStyle {
	f := font.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Points(sizePt)}
	if bold {
		f.Weight = xfont.WeightBold
	}
	return draw.TextStyle{Color: c, Font: f, Handler: gplot.DefaultTextHandler}
}

// centred is the style with its text placed by its middle.
func centred(s draw.TextStyle) draw.TextStyle {
	s.XAlign, s.YAlign = draw.XCenter, draw.YCenter
	return s
}

// newAxes is an empty plot in the style of the figures.
func newAxes(title, x, y string) *gplot.Plot {
	p := gplot.New()
	p.BackgroundColor = nil
	p.Title.Text, p.Title.Padding = title, vg.Points(8)
	p.Title.TextStyle = textStyle(9.5, true, ink)
	p.Title.TextStyle.XAlign, p.Title.TextStyle.YAlign = draw.XCenter, draw.YTop
	for _, axis := range []*gplot.Axis{&p.X, &p.Y} {
		// The library places labels by the alignment and the rotation that it has set.
		restyle(&axis.Label.TextStyle, textStyle(8.5, false, faintInk))
		axis.LineStyle = draw.LineStyle{Color: frameGrey, Width: vg.Points(0.6)}
		axis.Tick.LineStyle = axis.LineStyle
		axis.Tick.Length = vg.Points(3)
		restyle(&axis.Tick.Label, textStyle(8, false, ink))
		axis.Padding = 0
	}
	p.X.Label.Text, p.Y.Label.Text = x, y
	p.Legend.Top = true
	restyle(&p.Legend.TextStyle, textStyle(8, false, ink))
	p.Legend.ThumbnailWidth = vg.Points(14)
	p.Legend.Padding = vg.Points(3)
	return p
}

// restyle gives a text font and colour of another, and leaves where it stands.
func restyle(s *draw.TextStyle, from draw.TextStyle) { s.Font, s.Color = from.Font, from.Color }
