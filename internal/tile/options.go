package tile

import (
	"fmt"
	"math"
)

// Options say how a log becomes tiles. The zero value is not usable.
type Options struct {
	Rows         int     `mapstructure:"rows" json:"rows"`                   // rows of a tile
	Columns      int     `mapstructure:"columns" json:"columns"`             // azimuth columns
	RowM         float64 `mapstructure:"row_m" json:"row_m"`                 // height of a row, metres
	Overlap      float64 `mapstructure:"overlap" json:"overlap"`             // share of a tile that the next one repeats, [0, 0.9]
	Image        string  `mapstructure:"image" json:"image"`                 // normalisation of the image channel: tile | static | dynamic | both
	MaskChannel  bool    `mapstructure:"mask_channel" json:"mask_channel"`   // add the mask of wall seen as a channel
	DynamicM     float64 `mapstructure:"dynamic_m" json:"dynamic_m"`         // height of the window of dynamic normalisation, metres
	Split        string  `mapstructure:"split" json:"split"`                 // well (default, honest) | patch (leaks between overlapping tiles)
	TestFraction float64 `mapstructure:"test_fraction" json:"test_fraction"` // share of wells (or tiles) held out
	Seed         int64   `mapstructure:"seed" json:"seed"`                   // of the split
}

// Values of Options.Image.
const (
	ImageTile    = "tile"    // z-score over the tile's valid pixels
	ImageStatic  = "static"  // one normalisation for the whole log
	ImageDynamic = "dynamic" // normalised in a sliding window of DynamicM
	ImageBoth    = "both"    // two channels: static, then dynamic
)

// Values of Options.Split.
const (
	SplitWell  = "well"
	SplitPatch = "patch"
)

// maxTilePixels bounds rows x columns of a tile, so that a slip in a configuration cannot ask for all memory.
const maxTilePixels = 1 << 26

// static and dynamic tell which normalisations of the whole log Image asks for.
func (o Options) static() bool  { return o.Image == ImageStatic || o.Image == ImageBoth }
func (o Options) dynamic() bool { return o.Image == ImageDynamic || o.Image == ImageBoth }

// Channels counts the channels of a tile.
func (o Options) Channels() int {
	n := 1
	if o.Image == ImageBoth {
		n = 2
	}
	if o.MaskChannel {
		n++
	}
	return n
}

// Size is the number of float32 values of a tile.
func (o Options) Size() int { return o.Rows * o.Columns * o.Channels() }

// HeightM is the height of a tile, metres.
func (o Options) HeightM() float64 { return float64(o.Rows) * o.RowM }

// Validate reports the first option that no tile can be cut with.
func (o Options) Validate() error {
	switch {
	case o.Rows < 2 || o.Columns < 2:
		return fmt.Errorf("tile of %d rows x %d columns: both must be at least 2", o.Rows, o.Columns)
	case o.Rows > maxTilePixels/o.Columns:
		return fmt.Errorf("tile of %d rows x %d columns: more than %d pixels", o.Rows, o.Columns, maxTilePixels)
	case !(o.RowM > 0) || math.IsInf(o.RowM, 0):
		return fmt.Errorf("tile row_m %g: must be a positive height in metres", o.RowM)
	case !(o.Overlap >= 0 && o.Overlap <= 0.9):
		return fmt.Errorf("tile overlap %g: must lie in [0, 0.9]", o.Overlap)
	case o.Image != ImageTile && o.Image != ImageStatic && o.Image != ImageDynamic && o.Image != ImageBoth:
		return fmt.Errorf("tile image %q: must be tile, static, dynamic or both", o.Image)
	case (o.Image == ImageDynamic || o.Image == ImageBoth) && !(o.DynamicM > 0):
		return fmt.Errorf("tile dynamic_m %g: image %q needs a positive window height in metres", o.DynamicM, o.Image)
	}
	return nil
}

// Augment says which random changes a training tile goes through. Probabilities are per tile.
type Augment struct {
	Enabled    bool    `mapstructure:"enabled"`
	Roll       bool    `mapstructure:"roll"`        // exact symmetry: roll in azimuth
	Flip       float64 `mapstructure:"flip"`        // exact symmetry: turn upside down, azimuth + 180
	Mirror     float64 `mapstructure:"mirror"`      // exact symmetry: azimuth -> -azimuth
	Gain       float64 `mapstructure:"gain"`        // random gain and offset
	Noise      float64 `mapstructure:"noise"`       // added Gaussian noise
	PadDropout float64 `mapstructure:"pad_dropout"` // blank a range of columns
	Paste      float64 `mapstructure:"paste"`       // copy a labelled sinusoid of another tile into this one
}
