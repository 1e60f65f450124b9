// Package plot draws image logs, their picks, and the statistics of picks, as a petrophysicist reads them.
//
// A log picture is one or more panels side by side, read like columns of text: each shows the next interval of the log.
//
//   - Image track: azimuth to the right, depth down, in the heated colours of the trade; dark is a low value (conductive on
//     a microresistivity image), grey is wall not seen. Contrast is local unless asked otherwise: see Contrast.
//   - Sinusoids: over the image in the colour of their class; the less confident, the more transparent.
//   - Tadpole track: the head stands at the dip, the tail points down dip with azimuth 0 upward. True dip where a pick has
//     one; the track's name says what is shown. Filled heads are of quality A or B or not graded,
//     open heads of C or D, or apparent dips among true ones. Nearly flat planes have no tail, since their azimuth means nothing.
//   - Density track: picks per metre of each class. Curve track: caliper and deviation.
//
// At a page scale (1:20 and so on) the log is cut into pages of A3 landscape with a head each.
//
// Statistical figures (WriteFigure) are drawn with gonum/plot: stereonet, rose, dip histogram, density against depth. The log is
// drawn by this package itself, since that library places images wrongly on an axis that runs down.
//
// The default colours (configs/palette/default.yaml) are from the palette of Okabe and Ito, which colour-blind readers can tell
// apart (Wong, B., "Points of view: color blindness", Nature Methods 8, 441, 2011, doi 10.1038/nmeth.1618).
package plot

import (
	"fmt"
	"math"
	"slices"
)

// Contrast of the image track.
type Contrast string

// Contrasts.
const (
	Blend   Contrast = "blend"   // dynamic, with a share of the static: detail everywhere, and conductive intervals stay darker
	Dynamic Contrast = "dynamic" // histogram-equalised in a window of 2 m
	Static  Contrast = "static"  // one normalisation for the interval
)

// Options of a picture.
type Options struct {
	TopM, BaseM float64  // interval shown, metres; 0: from the log's top, to the log's base
	PixelsPerM  float64  // vertical scale; 0: chosen for the log. It is lowered where the picture would grow beyond MaxPixels
	Scale       float64  // page scale 1:Scale on A3 pages, in place of PixelsPerM; 0: one picture
	Title       string   // headline; empty: the well
	Head        []Field  // further entries of the head
	HideSinus   bool     // leave the sinusoids away, to see the image beneath
	Contrast    Contrast // empty: Blend
	Density     bool     // with the density track
	Curves      bool     // with caliper and deviation, where the log has them
	Palette     *Palette // nil: DefaultPalette
}

// Field is an entry of the head.
type Field struct{ Name, Value string }

// MaxPixels bounds the width and the height of a picture.
const MaxPixels = 4000

// Bounds of the page scale.
const (
	minScale = 1
	maxScale = 10_000
)

// Validate reports an interval or a scale that cannot be drawn.
func (o Options) Validate() error {
	for _, v := range []struct {
		name  string
		value float64
	}{{"top", o.TopM}, {"base", o.BaseM}, {"pixels per metre", o.PixelsPerM}, {"scale", o.Scale}} {
		if math.IsNaN(v.value) || math.IsInf(v.value, 0) {
			return fmt.Errorf("%s is %v; give a number", v.name, v.value)
		}
	}
	if o.BaseM != 0 && o.BaseM <= o.TopM {
		return fmt.Errorf("base %g m is not below top %g m; swap them", o.BaseM, o.TopM)
	}
	if o.PixelsPerM < 0 {
		return fmt.Errorf("%g pixels per metre: give a positive scale, or 0 to have it chosen", o.PixelsPerM)
	}
	if o.Scale != 0 && !(o.Scale >= minScale && o.Scale <= maxScale) {
		return fmt.Errorf("scale 1:%g: must be 1:%d to 1:%d", o.Scale, minScale, maxScale)
	}
	if !slices.Contains([]Contrast{"", Blend, Dynamic, Static}, o.Contrast) {
		return fmt.Errorf("contrast is %q, must be %s | %s | %s", o.Contrast, Blend, Dynamic, Static)
	}
	return nil
}
