package survey

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/geobfdt/geobfdt/internal/las"
)

// Options say what a file cannot say of itself.
type Options struct {
	// DepthUnit of a file that does not name it: "m" or "ft"; "" takes metres, with a warning.
	DepthUnit string
}

// maxBytes bounds the memory that a file which is no survey can claim; the longest surveys have some thousand stations.
const maxBytes = 16 << 20

// Open reads a survey; see Read. Errors name the file.
func Open(path string, opt Options) (*Survey, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err // names the path
	}
	defer f.Close()
	s, err := Read(f, opt)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// Read reads a survey from a table with a header line or from a LAS file; the content decides. Errors of content wrap ErrSurvey.
func Read(r io.Reader, opt Options) (*Survey, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) > maxBytes:
		return nil, fmt.Errorf("%w: larger than %d MiB: give a table of stations", ErrSurvey, maxBytes>>20)
	case len(bytes.TrimSpace(data)) == 0:
		return nil, fmt.Errorf("%w: the file is empty", ErrSurvey)
	}
	if isLAS(data) {
		return readLAS(data, opt)
	}
	return readTable(data, opt)
}

// isLAS tells whether the first line that is no comment opens a section.
func isLAS(data []byte) bool {
	for line := range bytes.Lines(bytes.TrimPrefix(data, []byte("\ufeff"))) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			return line[0] == '~'
		}
	}
	return false
}

// readLAS takes the ~Inclinometry section, or the first section with depth, deviation and azimuth.
func readLAS(data []byte, opt Options) (*Survey, error) {
	file, err := las.Read(bytes.NewReader(data), las.Options{})
	if err != nil {
		return nil, err
	}
	before := len(file.Warnings)
	in, err := file.Inclinometry()
	switch {
	case errors.Is(err, las.ErrNoSet), errors.Is(err, las.ErrNoDepth):
		return nil, fmt.Errorf("%w: %w", ErrSurvey, err)
	case err != nil:
		return nil, err
	}
	// The reader's only warning here is that the unit of depth is missing, and that metres were taken.
	noUnit := len(file.Warnings) > before
	metres := 1.0
	if noUnit && opt.DepthUnit != "" {
		if metres, err = metresPer(opt.DepthUnit); err != nil {
			return nil, err
		}
	}
	stations := make([]Station, len(in.DepthM))
	for i := range stations {
		stations[i] = Station{in.DepthM[i] * metres, in.DeviDeg[i], in.AzimDeg[i]}
	}
	s, err := New(thin(stations))
	if err != nil {
		return nil, err
	}
	if noUnit && opt.DepthUnit == "" {
		s.Warnings = append(s.Warnings, noUnitWarning)
	}
	return s, nil
}

const noUnitWarning = "the survey does not name its depth unit: metres taken; give --survey-unit m or ft"

// thinM is the least distance between stations that thin leaves in a continuous log.
const thinM = 1.0

// thin leaves a list of stations alone, and of a log's readings, most of them less than thinM apart, those at least thinM apart and the
// last: the turn between two readings 0.1 in apart is noise.
func thin(stations []Station) []Station {
	apart := func(a, b Station) float64 { return math.Abs(b.DepthM - a.DepthM) }
	dense := 0
	for i := 1; i < len(stations); i++ {
		if apart(stations[i-1], stations[i]) < thinM {
			dense++
		}
	}
	if 2*dense < len(stations) || len(stations) < 3 {
		return stations
	}
	out := stations[:1:1]
	for i, s := range stations[1:] {
		if apart(out[len(out)-1], s) >= thinM || i == len(stations)-2 {
			out = append(out, s)
		}
	}
	return out
}

// metresPer is the length of a unit of depth; an unknown one is an error.
func metresPer(unit string) (float64, error) {
	if metres, ok := las.MetresPer(unit); ok {
		return metres, nil
	}
	return 0, fmt.Errorf("%w: depth in %q: use m or ft", ErrSurvey, unit)
}
