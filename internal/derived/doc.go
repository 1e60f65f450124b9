// Package derived makes logs of picks: how many planes cut the hole, and how they lie together.
//
//	P10      number of planes along the hole: in windows of 10 cm (per 10 cm) and of 1 m (per metre). Nomenclature: Dershowitz and
//	         Herda (1992), P10 is lineal intensity
//	Terzaghi a plane that cuts the hole at a small angle is met seldom: it counts 1/sin(alpha), alpha being the angle between the
//	         plane and the hole, which is 90 less the apparent dip. Source: Terzaghi (1965), Geotechnique 15, 287-304. Towards the
//	         blind zone the weight grows without bound; planes within it, alpha below Options.BlindZoneDeg, get the weight of
//	         its edge, and what lies there is still underestimated
//	mean     the resultant of the unit normals of the planes in a window, and its length divided by their number, R: 1 where all
//	         are parallel, near 0 where they point everywhere. Source: Mardia and Jupp, Directional Statistics (2000), 9.2.1
//
// A sample stands for its window: it is centred on the sample's depth, cut off at the ends of the interval, and the counts are for
// the part that is left. Depths are metres, angles degrees.
package derived

import (
	"errors"
	"fmt"
	"math"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// Windows of the densities and the distance of samples, metres.
const (
	StepM  = 0.1
	ShortM = 0.1 // densities per 10 cm
	LongM  = 1.0 // densities per metre
)

// grainM keeps rounding from putting a plane at a full decimetre, where windows meet, into two of them or none.
const grainM = 1e-9

// maxIntervalM bounds the memory that one misplaced pick can claim.
const maxIntervalM = 20_000

// ErrNoTrueDip: mean dips are asked for in true dips, and a pick has none.
var ErrNoTrueDip = errors.New("no true dip")

// ErrNoApparentDip: a pick has no apparent dip, which the Terzaghi correction needs.
var ErrNoApparentDip = errors.New("no apparent dip")

// Options of derived logs.
type Options struct {
	TopM, BaseM  float64 // interval that was picked; both 0: from the first pick to the last, to full steps
	MeanWindowM  float64 // of the mean dip
	BlindZoneDeg float64 // angle between plane and hole up to which the Terzaghi weight stays at its bound, (0, 90)
	TrueDip      bool    // mean of true dips; else of apparent ones
}

// DefaultOptions are a mean over 5 m of true dips, and a blind zone of 15 degrees, a weight of at most 3.86.
func DefaultOptions() Options { return Options{MeanWindowM: 5, BlindZoneDeg: 15, TrueDip: true} }

// Validate says what is wrong with the options.
func (o Options) Validate() error {
	switch {
	case !(o.MeanWindowM > 0) || math.IsInf(o.MeanWindowM, 0):
		return fmt.Errorf("window of the mean dip %g m: must be above 0", o.MeanWindowM)
	case !(o.BlindZoneDeg > 0 && o.BlindZoneDeg < 90):
		return fmt.Errorf("blind zone %g degrees: must be between 0 and 90", o.BlindZoneDeg)
	case (o.TopM != 0 || o.BaseM != 0) && !(o.BaseM > o.TopM):
		return fmt.Errorf("interval %g to %g m: the base must be deeper than the top", o.TopM, o.BaseM)
	}
	return nil
}

// ClassLogs are the logs of one class, [samples] each.
type ClassLogs struct {
	Short, Long                   []float64 // P10: per 10 cm, per metre
	ShortTerzaghi, LongTerzaghi   []float64 // likewise, corrected
	MeanDipDeg, MeanAzimuthDeg, R []float64 // NaN where no plane is in the window
	Count                         []float64 // planes in the window of the mean
	Planes, Blind                 int       // in the interval; of them within the blind zone
}

// Logs are the derived logs of a table.
type Logs struct {
	DepthM  []float64 // of the samples, ascending, StepM apart
	Options Options   // with the interval that was taken
	Classes [dip.NumClasses]ClassLogs
}

// Compute makes the logs. Picks outside the interval are left out. The error wraps picks.ErrInvalid, ErrNoApparentDip or
// ErrNoTrueDip, or says what is wrong with the options.
func Compute(t *picks.Table, opt Options) (*Logs, error) {
	if err := opt.Validate(); err != nil {
		return nil, fmt.Errorf("derived logs: %w", err)
	}
	sorted := append([]picks.Pick(nil), t.Picks...)
	picks.Sort(sorted)
	for i := range sorted {
		if math.IsNaN(sorted[i].DipDeg) {
			return nil, fmt.Errorf("derived logs: %w: pick at %.3f m: compute it from the true dip and the deviation of the hole", ErrNoApparentDip, sorted[i].DepthM)
		}
		if err := sorted[i].Validate(); err != nil {
			return nil, fmt.Errorf("derived logs: %w", err)
		}
	}
	if opt.TopM == 0 && opt.BaseM == 0 {
		if len(sorted) == 0 {
			return nil, fmt.Errorf("derived logs: no picks, and no interval: give the interval that was picked")
		}
		opt.TopM = math.Floor((sorted[0].DepthM+grainM)/StepM) * StepM
		opt.BaseM = (math.Floor((sorted[len(sorted)-1].DepthM+grainM)/StepM) + 1) * StepM
	}
	if opt.BaseM-opt.TopM > maxIntervalM {
		return nil, fmt.Errorf("derived logs: the interval %g to %g m is longer than %d m: give the one that was picked", opt.TopM, opt.BaseM, maxIntervalM)
	}
	logs := &Logs{Options: opt}
	n := max(1, int(math.Ceil((opt.BaseM-opt.TopM)/StepM-1e-6)))
	for i := range n {
		logs.DepthM = append(logs.DepthM, opt.TopM+(float64(i)+0.5)*StepM)
	}
	for class := range logs.Classes {
		planes, err := opt.planes(sorted, dip.Class(class))
		if err != nil {
			return nil, fmt.Errorf("derived logs: %w", err)
		}
		logs.Classes[class] = logs.class(planes)
	}
	return logs, nil
}
