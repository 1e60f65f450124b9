package pads

import (
	"fmt"
	"math"
	"slices"
)

// Recording is what a tool recorded, row by row in the order of the file, which for a wireline tool is that of time.
type Recording struct {
	DepthM []float64   // [rows] cable depth of the measure point; may ascend or descend, NaN where missing
	Pads   [][]float32 // by Tool.Pads: [rows*buttons], NaN where there is no reading; nil for a pad that is not there

	// Orientation, each nil or [rows], NaN where missing. P1NO is the azimuth of pad 1 in the plane across the hole, P1AZ that of its
	// projection on the horizontal plane.
	P1NODeg, P1AZDeg, RBDeg, HaziDeg, DeviDeg []float64

	CaliperIn [][]float64 // by Tool.Calipers, hole diameter: nil or [rows]
	BSIn      []float64   // bit size, nil or [rows]

	// For the correction of speed, each nil or [rows]: time and the speed of the cable (one of them is enough), and what the axial
	// accelerometer reads, gravity included.
	TimeS, SpeedMPerS, AccelMPerS2 []float64
}

// check reports slices of wrong lengths.
func (r *Recording) check(t *Tool) error {
	rows := len(r.DepthM)
	if rows == 0 {
		return fmt.Errorf("the recording has no rows")
	}
	if len(r.Pads) != t.Pads() {
		return fmt.Errorf("the recording has %d pads, %s has %d", len(r.Pads), t.Name, t.Pads())
	}
	for i, values := range r.Pads {
		if p, _ := t.plate(i); values != nil && len(values) != rows*p.Buttons {
			return fmt.Errorf("pad %d has %d readings for %d rows of %d buttons", i+1, len(values), rows, p.Buttons)
		}
	}
	if len(r.CaliperIn) > len(t.Calipers) {
		return fmt.Errorf("the recording has %d calipers, %s has %d", len(r.CaliperIn), t.Name, len(t.Calipers))
	}
	for _, c := range append(r.CaliperIn[:len(r.CaliperIn):len(r.CaliperIn)], r.P1NODeg, r.P1AZDeg, r.RBDeg, r.HaziDeg, r.DeviDeg, r.BSIn,
		r.TimeS, r.SpeedMPerS, r.AccelMPerS2) {
		if c != nil && len(c) != rows {
			return fmt.Errorf("a curve has %d values for %d rows", len(c), rows)
		}
	}
	return nil
}

// ascending returns the rows in the order of increasing depth, without those that have no depth and those that do not go on in the
// direction of the log (a tool that yo-yos).
func ascending(depthM []float64) []int {
	down, up, last := 0, 0, math.NaN()
	for _, d := range depthM {
		if d-d != 0 {
			continue
		}
		if d > last {
			down++
		} else if d < last {
			up++
		}
		last = d
	}
	sign := 1.0
	if up > down {
		sign = -1
	}
	kept := make([]int, 0, len(depthM))
	furthest := math.Inf(-1)
	for i, d := range depthM {
		if d-d == 0 && sign*d > furthest {
			furthest = sign * d
			kept = append(kept, i)
		}
	}
	if sign < 0 {
		slices.Reverse(kept)
	}
	return kept
}

// pick returns the values of some rows; nil for nil.
func pick(values []float64, rows []int) []float64 {
	if values == nil {
		return nil
	}
	out := make([]float64, len(rows))
	for k, i := range rows {
		out[k] = values[i]
	}
	return out
}

// median returns the median of values that are sorted in place, NaN for none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

// medianStep returns the median distance of ascending depths, 0 for fewer than two.
func medianStep(depthM []float64) float64 {
	if len(depthM) < 2 {
		return 0
	}
	steps := make([]float64, len(depthM)-1)
	for i := range steps {
		steps[i] = depthM[i+1] - depthM[i]
	}
	return median(steps)
}
