package imagelog

import (
	"math"
	"slices"
)

// spooledRows are the rows of a log whose image is in a temporary file.
type spooledRows struct {
	spool *spool
	order []int32   // [rows] the row of the file that each row of the log is: files may be logged up, and rows may be left out
	nulls []float32 // values that mean "no wall seen", besides what is not finite
}

// read fills pixels and mask with rows [lo, hi).
func (r *spooledRows) read(pixels []float32, mask []bool, lo, hi int) error {
	columns := r.spool.columns
	for i := lo; i < hi; {
		// As many rows as follow each other in the file, downwards or upwards.
		end, step := i+1, int32(1)
		if end < hi && r.order[end] < r.order[i] {
			step = -1
		}
		for end < hi && r.order[end]-r.order[end-1] == step {
			end++
		}
		run := pixels[(i-lo)*columns : (end-lo)*columns]
		if err := r.spool.read(run, int(min(r.order[i], r.order[end-1]))); err != nil {
			return err
		}
		if step < 0 {
			reverseRows(run, columns)
		}
		i = end
	}
	eachNull(pixels, r.nulls, func(i int) { pixels[i] = float32(math.NaN()) })
	fillMask(mask, pixels)
	return nil
}

// reverseRows turns rows upside down.
func reverseRows[T any](rows []T, columns int) {
	for i, j := 0, len(rows)-columns; i < j; i, j = i+columns, j-columns {
		a, b := rows[i:i+columns], rows[j:j+columns]
		for k := range a {
			a[k], b[k] = b[k], a[k]
		}
	}
}

// InMemory tells whether the log holds its image. One that does not was built with a Storage that put it into a temporary file: its
// Image and Mask are nil, Section gives parts of it, and Close must be called.
func (l *Log) InMemory() bool { return l.rows == nil }

// Close removes the temporary file of a log that has one; the log, and what Slice made of it, has no image any more.
func (l *Log) Close() error {
	if l.rows == nil {
		return nil
	}
	return l.rows.spool.close()
}

// Section returns rows [lo, hi) as a log in memory, with their curves. It shares memory with l where l is in memory. Unlike Slice it
// does not mind rows without a valid pixel. reuse, if not nil, is an earlier section of l that is not needed any more, whose memory
// may be used again. The error is that of the temporary file.
func (l *Log) Section(lo, hi int, reuse *Log) (*Log, error) {
	out := l.header()
	l.cutCurves(out, lo, hi)
	columns := l.Columns()
	if l.InMemory() {
		out.Image = dense(hi-lo, columns, l.Pixels()[lo*columns:hi*columns:hi*columns])
		out.Mask = l.Mask[lo*columns : hi*columns : hi*columns]
		return out, nil
	}
	n := (hi - lo) * columns
	var pixels []float32
	if reuse != nil && cap(reuse.Mask) >= n && cap(reuse.Pixels()) >= n {
		pixels, out.Mask = reuse.Pixels()[:n], reuse.Mask[:n]
	} else {
		pixels, out.Mask = make([]float32, n), make([]bool, n)
	}
	out.Image = dense(hi-lo, columns, pixels)
	return out, l.rows.read(pixels, out.Mask, lo, hi)
}

// sectionPixels is how many pixels of a log in a temporary file are looked at together.
const sectionPixels = 1 << 18

// Sections calls visit for the whole log from top to base, part by part: first is the row of the log that the section starts with. A
// log in memory is one section. A section is valid until visit returns. It ends at the first error.
func (l *Log) Sections(visit func(section *Log, first int) error) error {
	rows, step := len(l.DepthM), max(1, sectionPixels/l.Columns())
	if l.InMemory() {
		return visit(l, 0)
	}
	var section *Log
	for lo := 0; lo < rows; lo += step {
		var err error
		if section, err = l.Section(lo, min(lo+step, rows), section); err != nil {
			return err
		}
		if err := visit(section, lo); err != nil {
			return err
		}
	}
	return nil
}

// Seen returns the share of the pixels that are valid.
func (l *Log) Seen() (float64, error) {
	valid := 0
	err := l.Sections(func(section *Log, _ int) error {
		valid += section.validPixels()
		return nil
	})
	return float64(valid) / float64(l.Rows()*l.Columns()), err
}

// Thinned returns a log in memory, to be drawn: l itself where it is in memory, else one resampled to rows so high that it has about so
// many pixels.
func (l *Log) Thinned(pixels int) (*Log, error) {
	if l.InMemory() {
		return l, nil
	}
	lengthM := l.DepthM[l.Rows()-1] - l.DepthM[0]
	return l.Resample(max(l.StepM(), lengthM*float64(l.Columns())/float64(pixels)), l.Columns(), Tone{})
}

// MaskValues makes gaps of all pixels that have one of the values, rounded to float32.
func (l *Log) MaskValues(values []float64) {
	var nulls []float32
	for _, v := range values {
		if !math.IsNaN(v) {
			nulls = append(nulls, float32(v))
		}
	}
	if !l.InMemory() {
		l.rows.nulls = append(slices.Clip(l.rows.nulls), nulls...)
		return
	}
	pixels := l.Pixels()
	eachNull(pixels, nulls, func(i int) {
		if l.Mask[i] {
			pixels[i], l.Mask[i] = 0, false
		}
	})
}

// eachNull visits the pixels that have one of the values.
func eachNull(pixels, nulls []float32, visit func(i int)) {
	if len(nulls) == 0 {
		return
	}
	low, high := slices.Min(nulls), slices.Max(nulls)
	for i, v := range pixels {
		if v >= low && v <= high && slices.Contains(nulls, v) { // most pixels are far from all of them
			visit(i)
		}
	}
}
