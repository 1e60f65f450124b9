package imagelog

// View is a log on a regular grid that is computed only where it is looked at; see Log.ResampleImage for its pixels. It is not safe for
// concurrent use.
type View struct{ r *resampler }

// View returns the log on a grid of rows rowM metres high and the given number of azimuth columns, its values as tone maps them.
func (l *Log) View(rowM float64, columns int, tone Tone) (*View, error) {
	r, err := l.newResampler(rowM, columns, tone)
	if err != nil {
		return nil, err
	}
	return &View{r}, nil
}

// Rows of the whole grid.
func (v *View) Rows() int { return len(v.r.depthM) }

// Columns of the grid.
func (v *View) Columns() int { return v.r.columns }

// Read computes rows [lo, hi), which must lie in the grid: pixels and mask, both [(hi-lo)*columns]. Pixels that are not valid are 0.
// The error is that of the log's temporary file.
func (v *View) Read(pixels []float32, mask []bool, lo, hi int) error {
	return v.r.fill(pixels, mask, lo, hi)
}
