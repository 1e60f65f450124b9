package export

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/geobfdt/geobfdt/internal/las"
)

// caliperNames are the curves that are hole diameters, of several arms or of one.
var caliperNames = []string{"C1", "C2", "C3", "CALI", "CAL", "CALX", "CALY", "HCAL", "HD1", "HD2", "HDAR", "DIAM"}

// Bounds of a reading that is a hole size, and how far it speaks for its surroundings, metres.
const (
	minDiameterM  = 0.05
	maxDiameterM  = 1.5
	caliperReachM = 1.0
)

// Caliper is a log of the hole's diameter.
type Caliper struct {
	Curves    []string // that it is the mean of
	depthM    []float64
	diameterM []float64
}

// ReadCaliper reads the calipers of a LAS file: the mean of the curves C1, C2, C3, CALI, CAL, CALX, CALY, HCAL, HD1, HD2, HDAR or
// DIAM that it holds, in the units that it names. name stands for the file in errors.
func ReadCaliper(r io.Reader, name string) (*Caliper, error) {
	f, err := las.Read(r, las.Options{})
	if err != nil {
		return nil, fmt.Errorf("caliper %s: %w", name, err)
	}
	depthM, err := f.DepthM()
	if err != nil {
		return nil, fmt.Errorf("caliper %s: %w", name, err)
	}
	type sample struct{ depthM, sum, n float64 }
	samples := make([]sample, len(depthM))
	for i, d := range depthM {
		samples[i].depthM = d
	}
	c := &Caliper{}
	for _, curve := range f.Curves[1:] {
		if !slices.Contains(caliperNames, strings.ToUpper(curve.Mnemonic)) {
			continue
		}
		metres, ok := las.MetresPer(curve.Unit)
		if !ok {
			return nil, fmt.Errorf("caliper %s: curve %s is in %q, which is no unit of length: write its unit (in, mm, cm, m) into the file", name, curve.Mnemonic, curve.Unit)
		}
		c.Curves = append(c.Curves, curve.Mnemonic)
		for i, v := range curve.Values {
			if d := v * metres; d >= minDiameterM && d <= maxDiameterM {
				samples[i].sum, samples[i].n = samples[i].sum+d, samples[i].n+1
			}
		}
	}
	if len(c.Curves) == 0 {
		return nil, fmt.Errorf("caliper %s: none of the curves %s is there", name, strings.Join(caliperNames, ", "))
	}
	samples = slices.DeleteFunc(samples, func(s sample) bool { return s.n == 0 || math.IsNaN(s.depthM) })
	if len(samples) == 0 {
		return nil, fmt.Errorf("caliper %s: no reading of %s is between %g and %g m", name, strings.Join(c.Curves, ", "), minDiameterM, maxDiameterM)
	}
	slices.SortStableFunc(samples, func(a, b sample) int { return cmp.Compare(a.depthM, b.depthM) })
	for _, s := range samples {
		c.depthM, c.diameterM = append(c.depthM, s.depthM), append(c.diameterM, s.sum/s.n)
	}
	return c, nil
}

// At is the diameter in metres at a measured depth, interpolated between readings within 1 m; NaN where there is none.
func (c *Caliper) At(depthM float64) float64 {
	below, _ := slices.BinarySearch(c.depthM, depthM) // first reading at the depth or deeper
	above := below - 1
	hasAbove := above >= 0 && depthM-c.depthM[above] <= caliperReachM
	hasBelow := below < len(c.depthM) && c.depthM[below]-depthM <= caliperReachM
	switch {
	case hasAbove && hasBelow && c.depthM[below] > c.depthM[above]:
		t := (depthM - c.depthM[above]) / (c.depthM[below] - c.depthM[above])
		return c.diameterM[above] + t*(c.diameterM[below]-c.diameterM[above])
	case hasBelow:
		return c.diameterM[below]
	case hasAbove:
		return c.diameterM[above]
	}
	return math.NaN()
}
