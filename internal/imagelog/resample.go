package imagelog

import (
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
// sampling is put right, and holes of more than two steps stay empty.
func (l *Log) Resample(rowM float64, columns int) (*Log, error) {
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
	rows := max(1, int(math.Round(height)))

	out := l.header()
	out.DepthM = make([]float64, rows)
	for i := range out.DepthM {
		out.DepthM[i] = topM + (float64(i)+0.5)*rowM
	}
	pixels := make([]float32, rows*columns)
	out.Image = dense(rows, columns, pixels)
	out.Mask = make([]bool, rows*columns)
	from, to := l.curves(), out.curves()
	for i := range from {
		*to[i].values = resampleCurve(l.DepthM, *from[i].values, out.DepthM, from[i])
	}

	taps := azimuthTaps(l.Columns(), columns)
	var rowTaps rowWeights = interpolatedRows{l.DepthM, stepM}
	if stepM <= rowM*(1+1e-9) {
		rowTaps = averagedRows{l.DepthM, stepM, rowM}
	}
	workers := min(runtime.GOMAXPROCS(0), rows)
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			l.resampleRows(out, rows*w/workers, rows*(w+1)/workers, taps, rowTaps)
		})
	}
	wait.Wait()
	if !slices.Contains(out.Mask, true) {
		return nil, fmt.Errorf("%w on a grid of %v m x %d columns: every pixel is less than half covered", ErrNoData, rowM, columns)
	}
	return out, nil
}

// resampleRows fills rows [lo, hi) of out.
func (l *Log) resampleRows(out *Log, lo, hi int, taps []tap, weights rowWeights) {
	columns := out.Columns()
	pixels := out.Pixels()
	sum, cover := make([]float32, columns), make([]float32, columns)
	cache := [2]azimuthRow{newAzimuthRow(columns), newAzimuthRow(columns)}
	for i := lo; i < hi; i++ {
		clear(sum)
		clear(cover)
		weights.visit(out.DepthM[i], func(row int, weight float32) {
			c := &cache[row&1]
			if c.row != row {
				l.azimuthResample(c, row, taps)
			}
			for j := range sum {
				sum[j] += weight * c.sum[j]
				cover[j] += weight * c.cover[j]
			}
		})
		for j, w := range cover {
			if w >= minCover-1e-5 {
				pixels[i*columns+j] = sum[j] / w
				out.Mask[i*columns+j] = true
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
	out.row = row
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
