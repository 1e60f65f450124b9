package qc

import (
	"fmt"
	"math"
	"math/cmplx"

	"github.com/geobfdt/geobfdt/internal/dip"
)

// turning follows the tool as it turns on its way up the hole, and compares the curves that say how it is oriented.
type turning struct {
	padOne, relative unrolled
	// Sums of unit vectors of P1 azimuth less what relative bearing, deviation and hole azimuth make of it: by the plain sum and by
	// the exact formula. Their direction is the mean disagreement.
	plain, exact complex128
	compared     int
}

// unrolled is an azimuth along the hole without jumps from 360 to 0, and the most that it changes over turnWindowM.
type unrolled struct {
	lastDeg, turnDeg float64   // last reading; sum of all changes
	depthM, atDeg    []float64 // of the window, at least turnStepM apart
	readings         int
	firstM, lastM    float64
	worstDeg         float64 // most that it changed over a window, degrees
	worstM           float64 // depth where that window ends
}

const (
	turnWindowM = 9.0 // one turn over 9 m is the field's limit: the cable twists, and pads lift off
	turnStepM   = 0.1
	// A window shorter than this says nothing of a turn over 9 m.
	leastTurnM = 3.0
)

func newTurning() turning { return turning{} }

func (t *turning) add(depthM, padOneDeg, bearingDeg, deviDeg, haziDeg float64) {
	t.padOne.add(depthM, padOneDeg)
	if deviDeg >= dip.HighSideDeg { // there is no high side to turn about in a vertical hole
		t.relative.add(depthM, bearingDeg)
		plain := padOneDeg - haziDeg - bearingDeg
		exact := padOneDeg - dip.PadOneAzimuth(bearingDeg, deviDeg, haziDeg)
		if math.Abs(padOneDeg) <= 720 && math.Abs(haziDeg) <= 720 && math.Abs(bearingDeg) <= 720 {
			t.plain += cmplx.Rect(1, plain*math.Pi/180)
			t.exact += cmplx.Rect(1, exact*math.Pi/180)
			t.compared++
		}
	}
}

func (u *unrolled) add(depthM, deg float64) {
	if math.IsNaN(deg) || math.Abs(deg) > 720 {
		return
	}
	if u.readings == 0 {
		u.firstM = depthM
	} else {
		u.turnDeg += math.Remainder(deg-u.lastDeg, 360)
	}
	u.lastDeg, u.lastM = deg, depthM
	u.readings++
	if n := len(u.depthM); n > 0 && depthM-u.depthM[n-1] < turnStepM {
		return
	}
	drop := 0
	for drop < len(u.depthM) && depthM-u.depthM[drop] > turnWindowM {
		drop++
	}
	u.depthM, u.atDeg = append(u.depthM[drop:], depthM), append(u.atDeg[drop:], u.turnDeg)
	for _, before := range u.atDeg {
		if turn := math.Abs(u.turnDeg - before); turn > u.worstDeg {
			u.worstDeg, u.worstM = turn, depthM
		}
	}
}

func (t *turning) rotation(lengthM float64) Finding {
	u, of := &t.padOne, "pad 1 azimuth"
	if u.readings < 2 {
		u, of = &t.relative, "relative bearing"
	}
	f := Finding{Check: CheckRotation, Severity: Info}
	if u.readings < 2 || u.lastM-u.firstM < min(leastTurnM, lengthM) || !(u.lastM > u.firstM) {
		f.Text = "the log has no pad azimuth to see the tool turn by"
		return f
	}
	per10 := math.Abs(u.turnDeg) / 360 / (u.lastM - u.firstM) * 10
	worst := u.worstDeg / 360
	f.Values = values("turns_per_10m", per10, "worst_turns_per_9m", worst, "worst_at_m", u.worstM)
	f.Text = fmt.Sprintf("the tool turned %.2f times per 10 m by its %s, at most %.2f times over 9 m (above %.1f m)", per10, of, worst, u.worstM)
	if worst > 1 {
		f.Severity = Warn
		f.Text += ": more than one turn over 9 m; distrust azimuths there, and check the orientation curve for noise"
	}
	return f
}

// A mean disagreement of the orientation curves above declinationDeg is no noise: most often it is the declination.
const (
	declinationDeg  = 2.0
	mostDeclination = 60.0 // nobody drills closer to the magnetic poles
	leastCompared   = 20
	leastConsistent = 0.9 // length of the mean unit vector; below, the curves do not belong together
)

func (t *turning) bearing() Finding {
	f := Finding{Check: CheckBearing, Severity: Info}
	if t.compared < leastCompared {
		f.Text = fmt.Sprintf("pad azimuth, hole azimuth and relative bearing are not all there where the hole deviates by %.0f degrees: nothing to compare", dip.HighSideDeg)
		return f
	}
	// P1NO is defined by the plain sum, P1AZ by the exact formula; the better of the two is meant.
	sum, formula := t.plain, "P1NO = HAZI + RB"
	if cmplx.Abs(t.exact) > cmplx.Abs(t.plain) {
		sum, formula = t.exact, "tan(P1AZ - HAZI) = tan(RB) / cos(DEVI)"
	}
	mean, length := cmplx.Phase(sum)*180/math.Pi, cmplx.Abs(sum)/float64(t.compared)
	f.Values = values("mean_difference_deg", mean, "consistency", length)
	switch {
	case length < leastConsistent || math.Abs(mean) > mostDeclination:
		f.Severity = Warn
		f.Text = "pad azimuth, hole azimuth and relative bearing do not belong together: check which curves were read; azimuths may be wrong"
	case math.Abs(mean) > declinationDeg:
		f.Severity = Warn
		f.Text = fmt.Sprintf("pad azimuth differs by %.1f degrees from hole azimuth and relative bearing (%s): if that is the declination, one of them counts from magnetic north; give --reference magnetic with --declination, or --hole-azimuth-correction", mean, formula)
	default:
		f.Text = fmt.Sprintf("pad azimuth, hole azimuth and relative bearing agree within %.1f degrees (%s)", math.Abs(mean), formula)
	}
	return f
}
