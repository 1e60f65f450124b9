package main

import (
	"fmt"
	"math"
	"slices"

	"github.com/spf13/pflag"

	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/survey"
)

// holeFlags say how the hole lies and how wide it is where the log does not, or says it wrongly.
type holeFlags struct {
	set              *pflag.FlagSet
	path, unit       string
	correction, bsIn float64
}

func newHoleFlags(set *pflag.FlagSet) *holeFlags {
	f := &holeFlags{set: set}
	set.StringVar(&f.path, "survey", "", "deviation survey `file` (CSV, LAS), used instead of the log's own deviation and hole azimuth")
	set.StringVar(&f.unit, "survey-unit", "", "m | ft, of the survey's depth where the file does not say; default: m")
	set.Float64Var(&f.correction, "hole-azimuth-correction", 0, "`degrees` added to the hole azimuth of survey or log, to count from true north: declination, or convergence of a grid")
	set.Float64Var(&f.bsIn, "bit-size", 0, "bit size in `inches`, instead of what the log says; used where there is no caliper")
	return f
}

// check finds what no log can make right.
func (f *holeFlags) check() error {
	switch {
	case f.unit != "" && f.unit != "m" && f.unit != "ft":
		return cliio.Usagef("--survey-unit is %q, must be m | ft", f.unit)
	case f.set.Changed("bit-size") && !(f.bsIn >= 2 && f.bsIn <= 40):
		return cliio.Usagef("--bit-size is %g, must be from 2 to 40 inches", f.bsIn)
	case !(math.Abs(f.correction) <= 180):
		return cliio.Usagef("--hole-azimuth-correction is %g, must be from -180 to 180 degrees", f.correction)
	}
	return nil
}

// apply puts survey, correction and bit size into a log. What had to be assumed becomes a warning of the log.
func (f *holeFlags) apply(log *imagelog.Log) error {
	if f.set.Changed("bit-size") {
		log.BSIn = slices.Repeat([]float64{f.bsIn}, log.Rows())
	}
	if log.Reference == imagelog.RefMagnetic && log.DeclinationDeg == 0 && !f.set.Changed("declination") {
		log.Warn("the image counts from magnetic north, and nothing says how that differs from true north: a declination of 0 was taken; give --declination")
	}
	corrected := f.set.Changed("hole-azimuth-correction")
	if f.path != "" {
		return f.applySurvey(log, corrected)
	}
	switch {
	case corrected:
		log.HaziDeg = slices.Clone(log.HaziDeg)
		for i, v := range log.HaziDeg {
			log.HaziDeg[i] = dip.WrapAzimuth(v + f.correction)
		}
	case log.Reference == imagelog.RefMagnetic && log.HaziDeg != nil:
		log.Warn("the image counts from magnetic north, its hole azimuth is taken to count from true north: if it is magnetic too, give the declination as --hole-azimuth-correction")
	}
	return nil
}

// disagreementDeg between survey and log is more than the two tools' accuracy: another well, another depth reference.
const disagreementDeg = 2.0

func (f *holeFlags) applySurvey(log *imagelog.Log, corrected bool) error {
	s, err := survey.Open(f.path, survey.Options{DepthUnit: f.unit})
	if err != nil {
		return &cliio.InputError{Err: err}
	}
	for _, w := range s.Warnings {
		log.Warn("%s: %s", f.path, w)
	}
	switch {
	case corrected:
		s.RotateNorth(f.correction)
	case s.North == survey.NorthGrid || s.North == survey.NorthMagnetic:
		log.Warn("%s: azimuths count from %s north and were taken as true: give the difference as --hole-azimuth-correction (0: there is none)", f.path, s.North)
	}
	deviDeg, haziDeg := s.Curves(log.DepthM)
	positions := s.Positions()
	first, last := positions[0], positions[len(positions)-1]
	if !slices.ContainsFunc(deviDeg, func(v float64) bool { return !math.IsNaN(v) }) {
		return &cliio.InputError{Path: f.path, Err: fmt.Errorf("the survey covers %.1f to %.1f m, the image %.1f to %.1f m: check --survey-unit and the depth reference",
			first.DepthM, last.DepthM, log.DepthM[0], log.DepthM[log.Rows()-1])}
	}
	if deg, n := s.Disagreement(log.DepthM, log.DeviDeg, log.HaziDeg); n > 0 && deg > disagreementDeg {
		log.Warn("%s: differs by %.1f degrees (median) from the log's own deviation and hole azimuth: check that it is of this hole, its depth unit and its north", f.path, deg)
	}
	log.DeviDeg, log.HaziDeg = deviDeg, haziDeg
	log.Warn("deviation and hole azimuth taken from the survey %s: %d stations from %.1f to %.1f m, %.1f m deep, greatest dogleg %.1f degrees per 30 m",
		f.path, len(positions), first.DepthM, last.DepthM, last.TVDM, s.MaxDogleg())
	return nil
}
