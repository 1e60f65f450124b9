package survey

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
)

// ErrSurvey is wrapped by every error that says that a file is no usable deviation survey.
var ErrSurvey = errors.New("no usable deviation survey")

// Station is one measurement.
type Station struct {
	DepthM  float64 // measured depth
	InclDeg float64 // from vertical, [0, 180)
	AzimDeg float64 // of the hole, [0, 360), against the survey's north
}

// North is what the azimuths of a survey count from.
type North string

// Norths. A grid or magnetic azimuth becomes a true one by adding convergence or declination.
const (
	NorthUnknown  North = ""
	NorthTrue     North = "true"
	NorthGrid     North = "grid"
	NorthMagnetic North = "magnetic"
)

// Survey is the course of a hole. New makes one.
type Survey struct {
	North    North
	Warnings []string // doubtful but usable: what was assumed while reading

	stations []Station
	arcs     []arc // between stations i and i+1
}

// ReachM is how far above the first and below the last station a survey still speaks: the hole is taken to go straight on.
const ReachM = 50.0

// maxTurnDeg bounds the turn between two stations. Whoever surveys a hole that turns further between them measures nothing.
const maxTurnDeg = 120

// New is the survey through the given stations, of which at least one is needed. Depths must ascend, or descend throughout; a station
// that repeats the one before it is dropped. Azimuths from -360 to 360 are brought to [0, 360). Errors wrap ErrSurvey.
func New(stations []Station) (*Survey, error) {
	stations = slices.Clone(stations)
	if n := len(stations); n > 1 && stations[0].DepthM > stations[n-1].DepthM {
		slices.Reverse(stations)
	}
	s := &Survey{}
	for i, st := range stations {
		switch {
		case !(math.Abs(st.DepthM) <= 20000):
			return nil, fmt.Errorf("%w: station %d: measured depth %g m: check the depth unit", ErrSurvey, i+1, st.DepthM)
		case !(st.InclDeg >= 0 && st.InclDeg < 180):
			return nil, fmt.Errorf("%w: station at %.2f m: inclination %g is not in [0, 180) degrees from vertical", ErrSurvey, st.DepthM, st.InclDeg)
		case !(st.AzimDeg >= -360 && st.AzimDeg <= 360):
			return nil, fmt.Errorf("%w: station at %.2f m: azimuth %g is not in degrees", ErrSurvey, st.DepthM, st.AzimDeg)
		}
		st.AzimDeg = wrap(st.AzimDeg)
		if len(s.stations) > 0 {
			last := s.stations[len(s.stations)-1]
			if st == last {
				continue
			}
			if st.DepthM <= last.DepthM {
				return nil, fmt.Errorf("%w: measured depth %.2f m after %.2f m: give the stations of one hole, in order of depth", ErrSurvey, st.DepthM, last.DepthM)
			}
			a := newArc(last, st)
			if a.turn > maxTurnDeg*radPerDeg {
				return nil, fmt.Errorf("%w: the hole turns by %.0f degrees between %.2f and %.2f m: check inclination and azimuth", ErrSurvey, a.turn/radPerDeg, last.DepthM, st.DepthM)
			}
			s.arcs = append(s.arcs, a)
		}
		s.stations = append(s.stations, st)
	}
	if len(s.stations) == 0 {
		return nil, fmt.Errorf("%w: no station with depth, inclination and azimuth", ErrSurvey)
	}
	return s, nil
}

// At is the deviation from vertical and the azimuth of the hole at a measured depth, degrees: along the arc between stations, and that
// of the end station up to ReachM beyond the ends. Farther away ok is false and both are NaN.
func (s *Survey) At(depthM float64) (deviDeg, haziDeg float64, ok bool) {
	first, last := s.stations[0], s.stations[len(s.stations)-1]
	switch {
	case !(depthM >= first.DepthM-ReachM && depthM <= last.DepthM+ReachM):
		return math.NaN(), math.NaN(), false
	case depthM <= first.DepthM:
		return first.InclDeg, first.AzimDeg, true
	case depthM >= last.DepthM:
		return last.InclDeg, last.AzimDeg, true
	}
	i := s.arcAt(depthM)
	deviDeg, haziDeg = angles(s.arcs[i].tangent(s.share(i, depthM)))
	if deviDeg < levelDeg { // straight down there is no azimuth: the nearer station's
		haziDeg = s.stations[i].AzimDeg
		if s.share(i, depthM) > 0.5 {
			haziDeg = s.stations[i+1].AzimDeg
		}
	}
	return deviDeg, haziDeg, true
}

// levelDeg is the inclination below which the azimuth of a tangent is rounding.
const levelDeg = 1e-6

// Curves gives deviation and azimuth of the hole at measured depths: two slices of the same length, NaN where the survey does not reach.
func (s *Survey) Curves(depthM []float64) (deviDeg, haziDeg []float64) {
	deviDeg, haziDeg = make([]float64, len(depthM)), make([]float64, len(depthM))
	for i, d := range depthM {
		deviDeg[i], haziDeg[i], _ = s.At(d)
	}
	return deviDeg, haziDeg
}

// RotateNorth adds degrees to all azimuths: declination for a magnetic survey, convergence for one on a grid. The survey then counts
// from true north.
func (s *Survey) RotateNorth(deg float64) {
	for i := range s.stations {
		s.stations[i].AzimDeg = wrap(s.stations[i].AzimDeg + deg)
	}
	for i := range s.arcs {
		s.arcs[i] = newArc(s.stations[i], s.stations[i+1])
	}
	s.North = NorthTrue
}

// arcAt is the arc that holds a depth between the first and the last station.
func (s *Survey) arcAt(depthM float64) int {
	return sort.Search(len(s.arcs)-1, func(i int) bool { return s.stations[i+1].DepthM >= depthM })
}

// share is how far along arc i a depth lies, 0 to 1.
func (s *Survey) share(i int, depthM float64) float64 {
	return (depthM - s.stations[i].DepthM) / s.arcs[i].lengthM
}

func wrap(deg float64) float64 {
	deg = math.Mod(deg, 360)
	if deg < 0 {
		deg += 360
	}
	if deg >= 360 { // a tiny negative angle rounds to a full turn
		return 0
	}
	return deg
}
