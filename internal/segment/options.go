package segment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// Options of the network, its loss and its masks.
type Options struct {
	Loss          string  `mapstructure:"loss" json:"loss"`                     // one of Losses
	Gamma         float64 `mapstructure:"gamma" json:"gamma"`                   // focal: exponent
	Alpha         float64 `mapstructure:"alpha" json:"alpha"`                   // focal: weight of pixels on a trace; the others have 1 - alpha
	FalsePositive float64 `mapstructure:"false_positive" json:"false_positive"` // tversky: weight of false pixels (its alpha)
	FalseNegative float64 `mapstructure:"false_negative" json:"false_negative"` // tversky: weight of missed pixels (its beta)
	Widths        []int   `mapstructure:"widths" json:"widths"`                 // channels of the levels, multiples of 32; each level halves rows and columns
	LineM         float64 `mapstructure:"line_m" json:"line_m"`                 // thickness of a trace in the mask, along depth, metres
	Threshold     float64 `mapstructure:"threshold" json:"threshold"`           // least probability of a pixel on a trace
}

// DefaultOptions: focal as published (Lin et al. 2017), Tversky likewise (Salehi et al. 2017).
func DefaultOptions() Options {
	return Options{
		Loss: CE, Gamma: 2, Alpha: 0.25, FalsePositive: 0.3, FalseNegative: 0.7,
		Widths: []int{32, 32, 64, 64}, LineM: 0.03, Threshold: 0.5,
	}
}

// Bounds of Options.
const (
	maxLevels = 7
	maxWidth  = 512
	// maxFloats bounds the values of the widest level of one tile: 512 MiB.
	maxFloats = 1 << 27
)

// Validate reports the first option that no network for such tiles can be made with.
func (o Options) Validate(t tile.Options) error {
	if err := t.Validate(); err != nil {
		return err
	}
	if !slices.Contains(Losses(), o.Loss) {
		return fmt.Errorf("segment.loss %q: must be one of %s", o.Loss, strings.Join(Losses(), ", "))
	}
	for _, one := range []struct {
		key       string
		v         float64
		low, high float64
	}{
		{"gamma", o.Gamma, 0, 10}, {"alpha", o.Alpha, 0.001, 0.999}, {"false_positive", o.FalsePositive, 0.001, 100},
		{"false_negative", o.FalseNegative, 0.001, 100}, {"line_m", o.LineM, 0.001, 1}, {"threshold", o.Threshold, 0.001, 0.999},
	} {
		if !(one.v >= one.low && one.v <= one.high) {
			return fmt.Errorf("segment.%s %g: must lie in [%g, %g]", one.key, one.v, one.low, one.high)
		}
	}
	if n := len(o.Widths); n < 2 || n > maxLevels {
		return fmt.Errorf("segment.widths: %d levels, give from 2 to %d", n, maxLevels)
	}
	for _, w := range o.Widths {
		if w < kernel.Panel || w > maxWidth || w%kernel.Panel != 0 {
			return fmt.Errorf("segment.widths: %d is no multiple of %d up to %d", w, kernel.Panel, maxWidth)
		}
	}
	step := 1 << (len(o.Widths) - 1)
	switch {
	case t.Columns%step != 0:
		return fmt.Errorf("tile.columns %d: %d levels of segment.widths need a multiple of %d, to be halved and still be closed round the hole",
			t.Columns, len(o.Widths), step)
	case t.Columns/step < 3 || t.Rows/step < 1:
		return fmt.Errorf("tile of %d rows x %d columns: too small for %d levels of segment.widths", t.Rows, t.Columns, len(o.Widths))
	case t.Rows*t.Columns > maxFloats/o.Widths[0]:
		return fmt.Errorf("tile of %d rows x %d columns: more than a network of width %d may take, make it smaller",
			t.Rows, t.Columns, o.Widths[0])
	}
	return nil
}

// Training is o without what does not decide the weights.
func (o Options) Training() Options {
	o.Threshold = 0
	return o
}

// halfRows is half the thickness of a trace in rows; a trace is never thinner than a row, so that it has no holes.
func (o Options) halfRows(rowM float64) float64 { return max(0.5, o.LineM/rowM/2) }
