package matched

import "github.com/geobfdt/geobfdt/internal/hough"

// Name of the picker, as files and tables carry it.
const Name = "matched-filter"

// The grid that the constants and the rule are made for.
const (
	gridColumns = 96
	gridRowM    = 0.005
	gridTile    = 1 << 14 // rows of a tile, which nothing here is cut into
)

// Options of the classical picker.
type Options struct {
	MaxAmplitudeM float64 `mapstructure:"max_amplitude_m"` // half height of the tallest sinusoid looked for, metres
}

// leastZ is the strength from which on a maximum of the transform is looked at: in noise one curve in 10^8 reaches it.
const leastZ = 6

func (o Options) hough() hough.Options {
	return hough.Options{MaxAmplitudeM: o.MaxAmplitudeM, LeastZ: leastZ}
}
