package imagelog

import "math"

const (
	spreadPixels = 1 << 18 // that spread visits, of a log that has so many
	spreadRows   = 16      // that it reads at a time
)

// spread visits sections of a few rows each, spread evenly over the log: a look at a long log that does not read all of it, as percentiles
// does. A section is valid until the next.
func (l *Log) spread(visit func(section *Log)) error {
	blocks := max(1, spreadPixels/max(1, spreadRows*l.Columns()))
	step := max(spreadRows, (l.Rows()+blocks-1)/blocks)
	var section *Log
	for lo := 0; lo < l.Rows(); lo += step {
		var err error
		if section, err = l.Section(lo, min(lo+spreadRows, l.Rows()), section); err != nil {
			return err
		}
		visit(section)
	}
	return nil
}

// eachValid visits the valid pixels of a section.
func eachValid(section *Log, visit func(i int, v float32)) {
	for i, v := range section.Pixels() {
		if section.Mask[i] && !math.IsNaN(float64(v)) && !math.IsInf(float64(v), 0) {
			visit(i, v)
		}
	}
}
