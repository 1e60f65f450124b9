package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/export"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/labels"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/survey"
)

// parsePlane reads DIP/AZIMUTH; nil where nothing is given.
func parsePlane(text string) (*dip.Plane, error) {
	if text == "" {
		return nil, nil
	}
	dipText, azimuthText, ok := strings.Cut(text, "/")
	dipDeg, err1 := strconv.ParseFloat(strings.TrimSpace(dipText), 64)
	azimuthDeg, err2 := strconv.ParseFloat(strings.TrimSpace(azimuthText), 64)
	if !ok || err1 != nil || err2 != nil || !(dipDeg >= 0 && dipDeg <= 90) || !(azimuthDeg >= 0 && azimuthDeg <= 360) {
		return nil, cliio.Usagef("--structural-dip is %q, must be DIP/AZIMUTH in degrees, such as 12/140", text)
	}
	return &dip.Plane{DipDeg: dipDeg, AzimuthDeg: dip.WrapAzimuth(azimuthDeg)}, nil
}

// adjust refers a table to what the flags ask for.
func (a *app) adjust(path string, table *picks.Table, opt exportPicksOptions, structural *dip.Plane) (*picks.Table, error) {
	change := export.Adjustment{Reference: imagelog.Reference(opt.reference), Structural: structural}
	if opt.declinationGiven {
		if !(math.Abs(opt.declination) <= 180) {
			return nil, cliio.Usagef("--declination is %g, must be degrees from -180 to 180", opt.declination)
		}
		change.DeclinationDeg = &opt.declination
	}
	var err error
	if change.DiameterAt, err = a.diameter(opt); err != nil {
		return nil, err
	}
	if change.OrientationAt, err = a.orientation(opt); err != nil {
		return nil, err
	}
	if change.OrientationAt != nil && slices.ContainsFunc(table.Picks, func(p picks.Pick) bool { return math.IsNaN(p.DipDeg) }) {
		if table.Reference == "" {
			table.Reference = string(imagelog.RefNorth) // of azimuths that there are none of yet
		}
		warnings, err := labels.Complete(table, labels.Hole{
			OrientationAt: change.OrientationAt, Reference: imagelog.Reference(table.Reference), DeclinationDeg: table.DeclinationDeg,
		})
		if err != nil {
			return nil, &cliio.InputError{Path: path, Err: err}
		}
		a.warn(warnings)
	}
	adjusted, warnings, err := export.Adjust(table, change)
	if err != nil {
		return nil, &cliio.InputError{Path: path, Err: err}
	}
	a.warn(warnings)
	return adjusted, nil
}

func (a *app) warn(warnings []string) {
	for _, w := range warnings {
		a.console.Log.Warn().Msg(w)
	}
}

// diameter is the hole size that the flags give, nil where they give none.
func (a *app) diameter(opt exportPicksOptions) (func(depthM float64) float64, error) {
	const minMM, maxMM = 50, 1500
	switch {
	case opt.caliper != "" && opt.diameterMM != 0:
		return nil, cliio.Usagef("give --caliper or --hole-diameter-mm, not both")
	case opt.diameterMM != 0 && !(opt.diameterMM >= minMM && opt.diameterMM <= maxMM):
		return nil, cliio.Usagef("--hole-diameter-mm is %g, must be %d to %d", opt.diameterMM, minMM, maxMM)
	case opt.diameterMM != 0:
		return func(float64) float64 { return opt.diameterMM / 1000 }, nil
	case opt.caliper == "":
		return nil, nil
	}
	f, err := os.Open(opt.caliper)
	if err != nil {
		return nil, inputError(opt.caliper, err)
	}
	defer f.Close()
	caliper, err := export.ReadCaliper(f, opt.caliper)
	if err != nil {
		return nil, &cliio.InputError{Err: err}
	}
	a.console.Log.Info().Str("file", opt.caliper).Strs("curves", caliper.Curves).Msg("calipers")
	return caliper.At, nil
}

// orientation is how the hole lies by the flags, against true north; nil where they do not say.
func (a *app) orientation(opt exportPicksOptions) (func(depthM float64) (devi, hazi float64, ok bool), error) {
	switch {
	case opt.survey != "" && opt.assumeVertical:
		return nil, cliio.Usagef("give --survey or --assume-vertical, not both")
	case opt.assumeVertical:
		return func(float64) (float64, float64, bool) { return 0, 0, true }, nil
	case opt.survey == "":
		return nil, nil
	}
	if !(math.Abs(opt.correction) <= 180) {
		return nil, cliio.Usagef("--hole-azimuth-correction is %g, must be from -180 to 180 degrees", opt.correction)
	}
	s, err := survey.Open(opt.survey, survey.Options{DepthUnit: opt.surveyUnit})
	if err != nil {
		return nil, inputError(opt.survey, err)
	}
	a.warn(s.Warnings)
	switch {
	case opt.correctionGiven:
		s.RotateNorth(opt.correction)
	case s.North == survey.NorthGrid || s.North == survey.NorthMagnetic:
		a.warn([]string{fmt.Sprintf("%s: azimuths count from %s north and were taken as true: give the difference as --hole-azimuth-correction (0: there is none)", opt.survey, s.North)})
	}
	return s.At, nil
}

// inputError names the file once.
func inputError(path string, err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return &cliio.InputError{Path: path, Err: pathError.Err}
	}
	return &cliio.InputError{Err: err}
}
