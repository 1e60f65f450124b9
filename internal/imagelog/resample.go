package imagelog

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
)

const (
	// A step longer than this many median steps is a hole in the log: nothing is drawn across it.
	holeSteps = 2
	// A resampled pixel is valid when at least this share of its area saw the wall.
	minCover = 0.5
	// Largest resampled image, pixels (4 GiB): a depth axis with one absurd value must not ask for all memory.
	maxPixels = 1 << 30
)

// Resample returns the log on a regular grid of rows rowM metres high and the given number of azimuth columns, with its
// curves. The grid starts half a median step above the first row. Where the grid is coarser than the image a pixel is the mean
// over the area it covers, where finer it is interpolated linearly, round the cylinder in azimuth; only valid pixels take
// part, and a result is valid where at least half of its weight was. Rows are placed by their own depth, so irregular
// sampling is put right, and holes of more than two steps stay empty. The tone maps what comes out. The result is in memory.
func (l *Log) Resample(rowM float64, columns int, tone Tone) (*Log, error) {
	r, err := l.newResampler(rowM, columns, tone)
	if err != nil {
		return nil, err
	}
	out, err := r.all()
	if err != nil {
		return nil, err
	}
	from, to := l.curves(), out.curves()
	for i := range from {
		*to[i].values = resampleCurve(l.DepthM, *from[i].values, out.DepthM, from[i])
	}
	out.Warnings = slices.Clone(l.Warnings)
	return out, nil
}

// ResampleImage is Resample for logs of any length, without the curves: its result is kept as the Storage says that l was built with.
// It must be closed.
func (l *Log) ResampleImage(rowM float64, columns int, tone Tone) (*Log, error) {
	r, err := l.newResampler(rowM, columns, tone)
	if err != nil {
		return nil, err
	}
	if l.storage.keeps(int64(len(r.depthM)) * int64(columns)) {
		return r.all()
	}
	return r.spooled()
}

// resampler puts a log on a regular grid, part by part.
type resampler struct {
	log         *Log
	rowM, stepM float64
	columns     int
	tone        Tone
	depthM      []float64 // of the grid's rows
	taps        []tap
	weights     rowWeights
	section     *Log // of log, read last
}

func (l *Log) newResampler(rowM float64, columns int, tone Tone) (*resampler, error) {
	if !(rowM > 0) || columns < 1 {
		return nil, fmt.Errorf("grid of %d columns and rows of %v m: both must be positive", columns, rowM)
	}
	stepM := l.StepM()
	if math.IsNaN(stepM) {
		stepM = rowM
	}
	topM := l.DepthM[0] - stepM/2
	height := (l.DepthM[l.Rows()-1] + stepM/2 - topM) / rowM
	if !(height*float64(columns) <= maxPixels) {
		return nil, fmt.Errorf("image log from %.2f to %.2f m would be %.3g rows of %d columns: too large; check its depths, or take an interval",
			l.DepthM[0], l.DepthM[l.Rows()-1], height, columns)
	}
	r := &resampler{log: l, rowM: rowM, stepM: stepM, columns: columns, tone: tone, taps: azimuthTaps(l.Columns(), columns)}
	r.depthM = make([]float64, max(1, int(math.Round(height))))
	for i := range r.depthM {
		r.depthM[i] = topM + (float64(i)+0.5)*rowM
	}
	r.weights = interpolatedRows{l.DepthM, stepM}
	if stepM <= rowM*(1+1e-9) {
		r.weights = averagedRows{l.DepthM, stepM, rowM}
	}
	return r, nil
}

func (r *resampler) noData() error {
	return fmt.Errorf("%w on a grid of %v m x %d columns: every pixel is less than half covered", ErrNoData, r.rowM, r.columns)
}

// all computes the whole grid in memory.
func (r *resampler) all() (*Log, error) {
	columns := r.columns
	out := r.header()
	out.DepthM = r.depthM
	pixels := make([]float32, len(r.depthM)*columns)
	out.Image, out.Mask = dense(len(r.depthM), columns, pixels), make([]bool, len(pixels))
	err := r.each(func(lo, hi int) error {
		return r.fill(pixels[lo*columns:hi*columns], out.Mask[lo*columns:hi*columns], lo, hi)
	})
	if err != nil {
		return nil, err
	}
	if !slices.Contains(out.Mask, true) {
		return nil, r.noData()
	}
	return out, nil
}

// spooled computes the whole grid into a temporary file.
func (r *resampler) spooled() (*Log, error) {
	b := NewBuilder(r.columns, r.log.storage)
	defer b.Close()
	if err := b.Grow(len(r.depthM)); err != nil {
		return nil, err
	}
	var pixels []float32
	var mask []bool
	err := r.each(func(lo, hi int) error {
		n := (hi - lo) * r.columns
		if cap(pixels) < n {
			pixels, mask = make([]float32, n), make([]bool, n)
		}
		pixels, mask = pixels[:n], mask[:n]
		if err := r.fill(pixels, mask, lo, hi); err != nil {
			return err
		}
		for i, ok := range mask {
			if !ok {
				pixels[i] = float32(math.NaN())
			}
		}
		return b.Append(pixels)
	})
	if err != nil {
		return nil, err
	}
	built, err := b.Log(r.depthM, nil)
	if errors.Is(err, ErrNoData) {
		return nil, r.noData()
	}
	if err != nil {
		return nil, err
	}
	out := r.header()
	out.DepthM, out.Image, out.Mask, out.rows = built.DepthM, built.Image, built.Mask, built.rows
	return out, nil
}

// header is that of the log, without its warnings.
func (r *resampler) header() *Log {
	out := r.log.header()
	out.Warnings = nil
	return out
}

// each calls fill for the grid's rows [lo, hi), from top to base: all of them where log and grid are in memory, else so many
// that neither they nor the log's rows beneath them are large.
func (r *resampler) each(fill func(lo, hi int) error) error {
	rows := len(r.depthM)
	step := rows
	if !r.log.InMemory() || !r.log.storage.keeps(int64(rows)*int64(r.columns)) {
		beneath := float64(r.log.Columns()) * max(1, r.rowM/r.stepM)
		step = max(1, int(sectionPixels/max(beneath, float64(r.columns))))
	}
	for lo := 0; lo < rows; lo += step {
		if err := fill(lo, min(lo+step, rows)); err != nil {
			return err
		}
	}
	return nil
}

// fill computes rows [lo, hi) of the grid.
func (r *resampler) fill(pixels []float32, mask []bool, lo, hi int) error {
	section, first := r.log, 0
	if !r.log.InMemory() {
		// No row reaches farther than half a hole beyond its own depth, nor is one interpolated across more.
		marginM := r.rowM + (holeSteps+1)*r.stepM
		top, _ := slices.BinarySearch(r.log.DepthM, r.depthM[lo]-marginM)
		base, _ := slices.BinarySearch(r.log.DepthM, r.depthM[hi-1]+marginM)
		if top >= base { // in a hole
			clear(pixels)
			clear(mask)
			return nil
		}
		var err error
		if r.section, err = r.log.Section(top, base, r.section); err != nil {
			return err
		}
		section, first = r.section, top
	}
	workers := min(runtime.GOMAXPROCS(0), hi-lo)
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			a, b := (hi-lo)*w/workers, (hi-lo)*(w+1)/workers
			r.fillRows(section, first, pixels[a*r.columns:b*r.columns], mask[a*r.columns:b*r.columns], lo+a)
		})
	}
	wait.Wait()
	return nil
}

// fillRows computes the rows of the grid from lo on that fill pixels and mask. section has the rows of the log from first on.
func (r *resampler) fillRows(section *Log, first int, pixels []float32, mask []bool, lo int) {
	columns, asIs := r.columns, r.tone == Tone{}
	sum, cover := make([]float32, columns), make([]float32, columns)
	cache := [2]azimuthRow{newAzimuthRow(columns), newAzimuthRow(columns)}
	for i := range len(pixels) / columns {
		clear(sum)
		clear(cover)
		r.weights.visit(r.depthM[lo+i], func(row int, weight float32) {
			c := &cache[row&1]
			if c.row != row {
				section.azimuthResample(c, row-first, r.taps)
				c.row = row
			}
			for j := range sum {
				sum[j] += weight * c.sum[j]
				cover[j] += weight * c.cover[j]
			}
		})
		for j, w := range cover {
			k := i*columns + j
			mask[k] = w >= minCover-1e-5
			pixels[k] = 0
			if mask[k] {
				if pixels[k] = sum[j] / w; !asIs {
					pixels[k] = r.tone.of(pixels[k])
				}
			}
		}
	}
}

// azimuthRow is one input row on the output's columns: weighted sums and the weight that was valid.
type azimuthRow struct {
	row        int
	sum, cover []float32
}

func newAzimuthRow(columns int) azimuthRow {
	return azimuthRow{row: -1, sum: make([]float32, columns), cover: make([]float32, columns)}
}

// azimuthResample puts one row of l on the output's columns.
func (l *Log) azimuthResample(out *azimuthRow, row int, taps []tap) {
	n := l.Columns()
	pixels, mask := l.Pixels()[row*n:(row+1)*n], l.Mask[row*n:(row+1)*n]
	clear(out.sum)
	clear(out.cover)
	for _, t := range taps {
		if mask[t.from] {
			out.sum[t.to] += t.weight * pixels[t.from]
			out.cover[t.to] += t.weight
		}
	}
}

// tap says that output column `to` takes a share `weight` from input column `from`; the weights of one `to` add up to 1.
type tap struct {
	to, from int32
	weight   float32
}

// azimuthTaps returns the weights that take a ring of `from` columns to one of `to` columns: by overlap when it shrinks, by
// linear interpolation between column centres when it grows.
func azimuthTaps(from, to int) []tap {
	var taps []tap
	ratio := float64(from) / float64(to)
	for j := range to {
		if to <= from {
			lo, hi := float64(j)*ratio, float64(j+1)*ratio
			for k := int(lo); k < from && float64(k) < hi-1e-9; k++ {
				if overlap := min(hi, float64(k+1)) - max(lo, float64(k)); overlap > 1e-9 {
					taps = append(taps, tap{int32(j), int32(k), float32(overlap / ratio)})
				}
			}
			continue
		}
		at := (float64(j)+0.5)*ratio - 0.5
		k := math.Floor(at)
		t := float32(at - k)
		left := (int(k) + from) % from
		taps = append(taps, tap{int32(j), int32(left), 1 - t}, tap{int32(j), int32((left + 1) % from), t})
	}
	return taps
}

// rowWeights says which input rows, in ascending order, make up the output row centred at a depth, and with what weight.
// The weights add up to 1 where the log has no hole.
type rowWeights interface {
	visit(centreM float64, use func(row int, weight float32))
}

// averagedRows weighs input rows by their overlap with an output row of height rowM.
type averagedRows struct {
	depthM      []float64
	stepM, rowM float64
}

func (a averagedRows) visit(centreM float64, use func(int, float32)) {
	top, base := centreM-a.rowM/2, centreM+a.rowM/2
	// A row reaches at most holeSteps/2 steps up or down.
	row, _ := slices.BinarySearch(a.depthM, top-a.stepM*holeSteps/2)
	for ; row < len(a.depthM) && a.depthM[row]-a.stepM*holeSteps/2 < base; row++ {
		lo, hi := a.extent(row)
		if overlap := min(hi, base) - max(lo, top); overlap > 1e-9*a.rowM {
			use(row, float32(overlap/a.rowM))
		}
	}
}

// extent returns the interval that an input row stands for: half way to its neighbours, and half a step at the side of a hole.
func (a averagedRows) extent(row int) (loM, hiM float64) {
	d := a.depthM[row]
	loM, hiM = d-a.stepM/2, d+a.stepM/2
	if row > 0 && d-a.depthM[row-1] <= holeSteps*a.stepM {
		loM = (d + a.depthM[row-1]) / 2
	}
	if row+1 < len(a.depthM) && a.depthM[row+1]-d <= holeSteps*a.stepM {
		hiM = (d + a.depthM[row+1]) / 2
	}
	return loM, hiM
}

// interpolatedRows interpolates linearly between the input rows above and below, and holds a row for half a step at the edge
// of a hole and at the ends of the log.
type interpolatedRows struct {
	depthM []float64
	stepM  float64
}

func (p interpolatedRows) visit(centreM float64, use func(int, float32)) {
	below, _ := slices.BinarySearch(p.depthM, centreM)
	above := below - 1
	if above >= 0 && below < len(p.depthM) && p.depthM[below]-p.depthM[above] <= holeSteps*p.stepM {
		t := (centreM - p.depthM[above]) / (p.depthM[below] - p.depthM[above])
		if t < 1 {
			use(above, float32(1-t))
		}
		if t > 0 {
			use(below, float32(t))
		}
		return
	}
	if above >= 0 && centreM-p.depthM[above] <= p.stepM/2*(1+1e-9) {
		use(above, 1)
	} else if below < len(p.depthM) && p.depthM[below]-centreM <= p.stepM/2*(1+1e-9) {
		use(below, 1)
	}
}
