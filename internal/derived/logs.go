package derived

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/spatial/r3"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// plane is what the logs need of a pick.
type plane struct {
	depthM float64
	weight float64 // Terzaghi's
	blind  bool    // within the blind zone
	normal r3.Vec  // upward unit normal
}

// planes returns those of a class in the interval [top, base), ascending in depth as the picks are.
func (o Options) planes(sorted []picks.Pick, class dip.Class) ([]plane, error) {
	var out []plane
	for i := range sorted {
		p := &sorted[i]
		if p.Class != class || p.DepthM < o.TopM-grainM || p.DepthM >= o.BaseM-grainM {
			continue
		}
		q := plane{depthM: p.DepthM, normal: dip.Normal(p.DipDeg, p.AzimuthDeg)}
		q.weight, q.blind = TerzaghiWeight(p.DipDeg, o.BlindZoneDeg)
		if o.TrueDip {
			if math.IsNaN(p.TrueDipDeg) || math.IsNaN(p.TrueAzimuthDeg) {
				return nil, fmt.Errorf("mean dip: %w: pick at %.3f m: take the mean of apparent dips, or pick again with the deviation of the hole",
					ErrNoTrueDip, p.DepthM)
			}
			q.normal = dip.Normal(p.TrueDipDeg, p.TrueAzimuthDeg)
		}
		out = append(out, q)
	}
	return out, nil
}

// TerzaghiWeight is 1/sin(alpha), alpha = 90 - apparent dip, bounded by its value at the edge of the blind zone; blind tells whether
// the plane lies within it.
func TerzaghiWeight(apparentDipDeg, blindZoneDeg float64) (weight float64, blind bool) {
	alphaDeg := 90 - apparentDipDeg
	blind = alphaDeg < blindZoneDeg
	return 1 / math.Sin(max(alphaDeg, blindZoneDeg)*math.Pi/180), blind
}

// class makes the logs of the planes of one class.
func (l *Logs) class(planes []plane) ClassLogs {
	n := len(l.DepthM)
	log := func() []float64 { return make([]float64, n) }
	c := ClassLogs{
		Short: log(), Long: log(), ShortTerzaghi: log(), LongTerzaghi: log(),
		MeanDipDeg: log(), MeanAzimuthDeg: log(), R: log(), Count: log(), Planes: len(planes),
	}
	for _, p := range planes {
		if p.blind {
			c.Blind++
		}
	}
	for i, depthM := range l.DepthM {
		c.Short[i], c.ShortTerzaghi[i] = l.density(planes, depthM, ShortM)
		c.Long[i], c.LongTerzaghi[i] = l.density(planes, depthM, LongM)
		in, _ := l.window(planes, depthM, l.Options.MeanWindowM)
		c.Count[i] = float64(len(in))
		c.MeanDipDeg[i], c.MeanAzimuthDeg[i], c.R[i] = mean(in)
	}
	return c
}

// window returns the planes within a window centred on a depth, [top, base), and the length of it that lies in the interval.
func (l *Logs) window(planes []plane, depthM, windowM float64) (in []plane, lengthM float64) {
	topM, baseM := depthM-windowM/2-grainM, depthM+windowM/2-grainM
	at := func(m float64) int {
		i, _ := slices.BinarySearchFunc(planes, m, func(p plane, m float64) int {
			if p.depthM < m {
				return -1
			}
			return 1
		})
		return i
	}
	return planes[at(topM):at(baseM)], min(baseM, l.Options.BaseM) - max(topM, l.Options.TopM)
}

// density is the number of planes per window length, and that of weighted planes.
func (l *Logs) density(planes []plane, depthM, windowM float64) (count, weighted float64) {
	in, lengthM := l.window(planes, depthM, windowM)
	if len(in) == 0 {
		return 0, 0
	}
	for _, p := range in {
		weighted += p.weight
	}
	scale := windowM / lengthM
	// A whole window holds a whole number; 3.0000000001 of them look wrong in a log.
	if math.Abs(scale-1) < 1e-6 {
		scale = 1
	}
	return float64(len(in)) * scale, weighted * scale
}

// mean is the attitude of the resultant of the normals and its length by their number, NaN of none and of normals that cancel.
func mean(planes []plane) (dipDeg, azimuthDeg, r float64) {
	if len(planes) == 0 {
		return math.NaN(), math.NaN(), math.NaN()
	}
	var sum r3.Vec
	for _, p := range planes {
		sum = r3.Add(sum, p.normal)
	}
	r = r3.Norm(sum) / float64(len(planes))
	if r < 1e-9 {
		return math.NaN(), math.NaN(), 0
	}
	dipDeg, azimuthDeg = dip.FromNormal(sum)
	return dipDeg, azimuthDeg, r
}
