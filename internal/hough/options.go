package hough

import (
	"fmt"
	"math"
)

// Options of the transform.
type Options struct {
	MaxAmplitudeM float64 // half height of the tallest sinusoid looked for, metres
	LeastZ        float64 // least z of a proposal
	OnlyRows      int     // search the one level whose samples average so many rows; 0: as many levels as it takes
}

// Validate refuses what cannot be searched.
func (o Options) Validate() error {
	if !(o.MaxAmplitudeM >= 0 && o.MaxAmplitudeM <= 10) {
		return fmt.Errorf("matched filter: max_amplitude_m %g: must lie in [0, 10]", o.MaxAmplitudeM)
	}
	if !(o.LeastZ >= 1) || math.IsInf(o.LeastZ, 0) {
		return fmt.Errorf("matched filter: least_z %g: must be at least 1, or noise alone makes proposals everywhere", o.LeastZ)
	}
	if o.OnlyRows < 0 {
		return fmt.Errorf("matched filter: %d rows a sample: must not be negative", o.OnlyRows)
	}
	return nil
}
