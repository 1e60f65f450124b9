package wellfile

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/las"
)

// kind of a quantity, for its units.
type quantity int

const (
	angle quantity = iota
	length
)

// orientation is a curve of a log that a file may hold.
type orientation struct {
	values    *[]float64
	quantity  quantity
	circular  bool    // an azimuth: interpolated the short way round
	reachM    float64 // a reading says nothing about the hole farther than this from its own depth
	mnemonics []string
}

// orientations lists the curves of a log with the mnemonics in common use, preferred ones first.
func orientations(l *imagelog.Log) []orientation {
	const survey, local = 50, 1
	return []orientation{
		{&l.DeviDeg, angle, false, survey, []string{"DEVI", "DEVIM", "SDEV", "DEV", "INCL", "INC", "INNM", "DEVIATION"}},
		{&l.HaziDeg, angle, true, survey, []string{"HAZI", "HAZIM", "HAZ", "AZIM", "AZI", "DAZI"}},
		{&l.P1NODeg, angle, true, local, []string{"P1NO", "P1AZ"}},
		{&l.RBDeg, angle, true, local, []string{"RB", "RELB"}},
		{&l.C1In, length, false, local, []string{"C1", "C13", "C14", "CALX", "CALI", "CAL", "HCAL", "CALIPER"}},
		{&l.C2In, length, false, local, []string{"C2", "C24", "C25", "CALY"}},
		{&l.C3In, length, false, local, []string{"C36"}},
		{&l.BSIn, length, false, survey, []string{"BS", "BIT", "BITSIZE"}},
	}
}

// find returns the position of the first name that is one of the mnemonics, in any case, earlier mnemonics first; failing that of
// one that is a mnemonic and something behind an underscore or a dot (P1NO_FBST_S, CALIPER.PD); else -1.
func find(names, mnemonics []string) int {
	base := func(name string) string {
		if i := strings.IndexAny(name, "_."); i > 0 {
			return name[:i]
		}
		return name
	}
	for _, reduce := range []func(string) string{func(s string) string { return s }, base} {
		for _, mnemonic := range mnemonics {
			if i := slices.IndexFunc(names, func(name string) bool { return strings.EqualFold(reduce(name), mnemonic) }); i >= 0 {
				return i
			}
		}
	}
	return -1
}

// unitFactor returns what takes a unit to degrees or inches, and whether the unit is known.
func unitFactor(q quantity, unit string) (factor float64, known bool) {
	if q == length {
		metres, ok := las.MetresPer(unit)
		if !ok {
			return 1, false
		}
		return metres / 0.0254, true
	}
	switch strings.ToLower(strings.Trim(unit, "[]() ")) {
	case "deg", "dega", "degree", "degrees", "°", "dd":
		return 1, true
	case "rad", "radian", "radians":
		return 180 / math.Pi, true
	}
	return 1, false
}

func scaled(values []float64, factor float64) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = v * factor
	}
	return out
}

// factorOrWarn returns the factor of a unit, and a warning where the unit is not known.
func factorOrWarn(q quantity, curve, unit string) (factor float64, warnings []string) {
	factor, known := unitFactor(q, unit)
	if !known {
		warnings = append(warnings, fmt.Sprintf("curve %s is in %q: taken as %s", curve, unit, [...]string{"degrees", "inches"}[q]))
	}
	return factor, warnings
}
