package plot

import (
	"math"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/picks"
)

const (
	roseBins     = 36 // of 10 degrees
	histogramDeg = 5.0
)

// roseOfClass tells whether the rose of a class shows strike, both ends of it, rather than azimuth of dip. Beds are read by where
// they dip to, fractures by where they run.
func roseShowsStrike(class dip.Class) bool { return class == dip.Fracture }

// roseCounts counts planes by direction in bins of 10 degrees, the first from 0 to 10: by azimuth of dip, or by strike, where each
// plane counts at both ends. Planes flatter than dip.LowDipDeg have no direction and are left away; used counts the others.
func roseCounts(planes []Attitude, strike bool) (counts [roseBins]int, used int) {
	bin := func(azimuthDeg float64) int {
		return min(int(dip.WrapAzimuth(azimuthDeg)*roseBins/360), roseBins-1)
	}
	for _, a := range planes {
		if a.DipDeg < dip.LowDipDeg {
			continue
		}
		used++
		if !strike {
			counts[bin(a.AzimuthDeg)]++
			continue
		}
		// The two ends must fall into opposite bins even where the strike is the border of two.
		k := bin(a.AzimuthDeg - 90)
		counts[k]++
		counts[(k+roseBins/2)%roseBins]++
	}
	return counts, used
}

// dipCounts counts planes by dip in bins of 5 degrees from 0; 90 belongs to the last.
func dipCounts(planes []Attitude) []int {
	counts := make([]int, int(90/histogramDeg))
	for _, a := range planes {
		counts[min(int(a.DipDeg/histogramDeg), len(counts)-1)]++
	}
	return counts
}

// density is the number of picks per metre (P10) in intervals of equal height.
type density struct {
	topM, stepM float64
	perM        [dip.NumClasses][]float64 // [intervals]
}

// maxDensityRows bounds the intervals of a density log; longer ones get taller intervals.
const maxDensityRows = 100_000

// newDensity counts the picks between topM and baseM in intervals of stepM; the last one may reach beyond baseM, and is divided by
// what of it does not.
func newDensity(table []picks.Pick, topM, baseM, stepM float64) density {
	stepM = max(stepM, (baseM-topM)/maxDensityRows)
	rows := max(int(math.Ceil((baseM-topM)/stepM-1e-9)), 1)
	d := density{topM: topM, stepM: stepM}
	for class := range d.perM {
		d.perM[class] = make([]float64, rows)
	}
	for i := range table {
		p := &table[i]
		if !p.Class.Valid() || !(p.DepthM >= topM && p.DepthM <= baseM) {
			continue
		}
		row := min(int((p.DepthM-topM)/stepM), rows-1)
		d.perM[p.Class][row] += 1 / min(stepM, baseM-topM-float64(row)*stepM)
	}
	return d
}

// most is the highest density of all classes together.
func (d density) most() float64 {
	most := 0.0
	for row := range d.perM[0] {
		most = max(most, d.total(row, dip.NumClasses))
	}
	return most
}

// total is the density of the first so many classes in an interval: the left end of the bar of the next one.
func (d density) total(row, classes int) float64 {
	sum := 0.0
	for class := range classes {
		sum += d.perM[class][row]
	}
	return sum
}
