package qc

import (
	"fmt"
	"math"

	"github.com/geobfdt/geobfdt/internal/imagelog"
)

// Rows are consecutive rows of a log, depths ascending. Curves are nil or one value a row, NaN where there is none.
type Rows struct {
	DepthM []float64
	Pixels []float32 // [rows*columns], row-major
	Mask   []bool    // [rows*columns], true where the tool saw the wall

	DeviDeg, HaziDeg, P1NODeg, RBDeg []float64
	C1In, C2In, C3In, BSIn           []float64
}

// Accumulator takes the rows of one log. It is not safe for concurrent use.
type Accumulator struct {
	columns int
	rows    int
	topM    float64
	lastM   float64

	picture  picture
	buttons  buttons
	sampling sampling
	hole     hole
	tool     turning
}

// New is an accumulator for a log with the given number of azimuth columns.
func New(columns int) *Accumulator {
	return &Accumulator{
		columns: columns, picture: newPicture(columns), buttons: newButtons(columns), sampling: newSampling(), hole: newHole(), tool: newTurning(),
	}
}

// Add takes the rows that follow those before. It fails where lengths disagree.
func (a *Accumulator) Add(r Rows) error {
	n := len(r.DepthM)
	if len(r.Pixels) != n*a.columns || len(r.Mask) != n*a.columns {
		return fmt.Errorf("%d pixels and a mask of %d for %d rows of %d columns", len(r.Pixels), len(r.Mask), n, a.columns)
	}
	for _, c := range [][]float64{r.DeviDeg, r.HaziDeg, r.P1NODeg, r.RBDeg, r.C1In, r.C2In, r.C3In, r.BSIn} {
		if len(c) != 0 && len(c) != n {
			return fmt.Errorf("a curve of %d values for %d rows", len(c), n)
		}
	}
	for i, d := range r.DepthM {
		if a.rows == 0 {
			a.topM = d
		}
		lo, hi := i*a.columns, (i+1)*a.columns
		pixels, mask := r.Pixels[lo:hi], r.Mask[lo:hi]
		padOne := at(r.P1NODeg, i)
		step := a.sampling.add(d)
		a.picture.add(d, pixels, mask, step)
		a.buttons.add(d, pixels, mask, padOne)
		a.hole.add(d, at(r.DeviDeg, i), at(r.HaziDeg, i), at(r.BSIn, i), at(r.C1In, i), at(r.C2In, i), at(r.C3In, i))
		a.tool.add(d, padOne, at(r.RBDeg, i), at(r.DeviDeg, i), at(r.HaziDeg, i))
		a.rows++
		a.lastM = d
	}
	return nil
}

// Report is what the rows so far say. An accumulator without rows has nothing to report.
func (a *Accumulator) Report() Report {
	if a.rows == 0 {
		return nil
	}
	lengthM := a.lastM - a.topM
	var r Report
	r = append(r, a.picture.wall(a.rows), a.picture.grey())
	r = append(r, a.picture.polarity(), a.buttons.finding())
	r = append(r, a.sampling.finding(), a.picture.stick())
	r = append(r, a.hole.orientation(a.topM, a.lastM), a.tool.bearing(), a.tool.rotation(lengthM), a.hole.caliper())
	return r
}

// Check is the report on a whole log. The error is that of a log whose image lies in a temporary file.
func Check(log *imagelog.Log) (Report, error) {
	a := New(log.Columns())
	err := log.Sections(func(s *imagelog.Log, _ int) error {
		return a.Add(Rows{
			DepthM: s.DepthM, Pixels: s.Pixels(), Mask: s.Mask, DeviDeg: s.DeviDeg, HaziDeg: s.HaziDeg,
			P1NODeg: s.P1NODeg, RBDeg: s.RBDeg, C1In: s.C1In, C2In: s.C2In, C3In: s.C3In, BSIn: s.BSIn,
		})
	})
	if err != nil {
		return nil, fmt.Errorf("quality control: %w", err)
	}
	return a.Report(), nil
}

// at is a value of a curve that may not be there.
func at(curve []float64, row int) float64 {
	if len(curve) == 0 {
		return math.NaN()
	}
	return curve[row]
}
