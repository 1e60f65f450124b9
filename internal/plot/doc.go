// Package plot draws an image log with its picks, as a petrophysicist reads them: depth scale, image with sinusoids, tadpoles.
//
// A picture is one or more panels side by side, read like columns of text: each shows the next interval of the log.
//
//   - Image track: azimuth to the right, depth down, in the heated colours of the trade; dark is a low value (conductive on
//     a microresistivity image), grey is wall not seen. Contrast is local: see display.
//   - Sinusoids: over the image in the colour of their class; the less confident, the more transparent.
//   - Tadpole track: the head stands at the dip, the tail points down dip with azimuth 0 upward. True dip where a pick has
//     one; open heads are apparent dips. Nearly flat planes have no tail, since their azimuth means nothing.
//
// Class colours are from the palette of Okabe and Ito, which colour-blind readers can tell apart (Wong, B., "Points of view:
// color blindness", Nature Methods 8, 441, 2011, doi 10.1038/nmeth.1618).
package plot

import (
	"fmt"
	"math"
)

// Options of a picture.
type Options struct {
	TopM, BaseM float64 // interval shown, metres; 0: from the log's top, to the log's base
	PixelsPerM  float64 // vertical scale; 0: chosen for the log. It is lowered where the picture would grow beyond MaxPixels
	Title       string  // headline; empty: the well
	HideSinus   bool    // leave the sinusoids away, to see the image beneath
}

// MaxPixels bounds the width and the height of a picture.
const MaxPixels = 4000

// Validate reports an interval or a scale that cannot be drawn.
func (o Options) Validate() error {
	for _, v := range []struct {
		name  string
		value float64
	}{{"top", o.TopM}, {"base", o.BaseM}, {"pixels per metre", o.PixelsPerM}} {
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
	return nil
}
