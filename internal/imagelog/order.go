package imagelog

import (
	"fmt"
	"math"
	"slices"
)

// Reverse turns the rows upside down in place: for files whose depth runs from bottom to top.
func (l *Log) Reverse() {
	slices.Reverse(l.DepthM)
	for _, c := range l.curves() {
		slices.Reverse(*c.values)
	}
	columns, pixels := l.Columns(), l.Pixels()
	for i, j := 0, l.Rows()-1; i < j; i, j = i+1, j-1 {
		a, b := i*columns, j*columns
		for k := range columns {
			pixels[a+k], pixels[b+k] = pixels[b+k], pixels[a+k]
			l.Mask[a+k], l.Mask[b+k] = l.Mask[b+k], l.Mask[a+k]
		}
	}
}

// FromRaw builds a log from rows as a file holds them: depth may descend, repeat, step back (stick and slip) or be missing.
// Files logged up are reversed; rows without a depth, and rows that do not go deeper than all before them, are dropped
// with a warning. curves, if not nil, sets the optional curves ([rows], file order) before rows are moved.
// The slices are kept. It fails as New does.
func FromRaw(depthM []float64, pixels []float32, columns int, curves func(*Log)) (*Log, error) {
	rows := len(depthM)
	if rows == 0 {
		return nil, fmt.Errorf("%w: no rows", ErrNoData)
	}
	if columns < 1 || len(pixels)/columns != rows || len(pixels)%columns != 0 {
		return nil, fmt.Errorf("image of %d pixels is not %d rows of %d columns", len(pixels), rows, columns)
	}
	l := &Log{DepthM: depthM, Image: dense(rows, columns, pixels), Mask: maskGaps(pixels), Reference: RefUnknown}
	if curves != nil {
		curves(l)
	}
	for _, c := range l.curves() {
		if len(*c.values) != 0 && len(*c.values) != rows {
			return nil, fmt.Errorf("curve %s has %d values for %d rows", c.name, len(*c.values), rows)
		}
	}
	if descends(depthM) {
		l.Reverse()
	}
	l.spreadRoundedDepths()
	l.dropUnordered()
	if l.Rows() == 0 {
		return nil, fmt.Errorf("%w: no row has a depth", ErrNoData)
	}
	if err := l.Validate(); err != nil {
		return nil, err
	}
	return l, nil
}

// descends tells whether most steps of the depth axis go up the hole.
func descends(depthM []float64) bool {
	down, up, last := 0, 0, math.NaN()
	for _, d := range depthM {
		if math.IsNaN(d) {
			continue
		}
		if d > last {
			down++
		} else if d < last {
			up++
		}
		last = d
	}
	return up > down
}

// A run of more equal depths than this is a tool that stands still, not a depth written with too few decimals.
const maxRoundedRun = 20

// spreadRoundedDepths spaces rows evenly where a file writes depth with too few decimals for its sampling, so that several
// rows in turn carry the same depth. It acts only when a good share of the rows does, and leaves long runs alone.
func (l *Log) spreadRoundedDepths() {
	repeats := 0
	for i := 1; i < len(l.DepthM); i++ {
		if l.DepthM[i] == l.DepthM[i-1] {
			repeats++
		}
	}
	if repeats*5 < len(l.DepthM) {
		return
	}
	spread := 0
	for i := 0; i < len(l.DepthM); {
		end := i + 1
		for end < len(l.DepthM) && l.DepthM[end] == l.DepthM[i] {
			end++
		}
		if n := end - i; n > 1 && n <= maxRoundedRun && end < len(l.DepthM) && l.DepthM[end] > l.DepthM[i] {
			step := (l.DepthM[end] - l.DepthM[i]) / float64(n)
			for k := 1; k < n; k++ {
				l.DepthM[i+k] = l.DepthM[i] + step*float64(k)
			}
			spread += n - 1
		}
		i = end
	}
	if spread > 0 {
		l.Warn("depth is written with too few decimals: %d rows that repeat a depth were spaced evenly", spread)
	}
}

// dropUnordered removes the rows that break the order of depth.
func (l *Log) dropUnordered() {
	columns, pixels, curves := l.Columns(), l.Pixels(), l.curves()
	kept, deepest := 0, math.Inf(-1)
	for i, d := range l.DepthM {
		if !(d > deepest) || math.IsInf(d, 1) {
			continue
		}
		deepest = d
		if kept != i {
			l.DepthM[kept] = d
			copy(pixels[kept*columns:(kept+1)*columns], pixels[i*columns:(i+1)*columns])
			copy(l.Mask[kept*columns:(kept+1)*columns], l.Mask[i*columns:(i+1)*columns])
			for _, c := range curves {
				if len(*c.values) != 0 {
					(*c.values)[kept] = (*c.values)[i]
				}
			}
		}
		kept++
	}
	rows := l.Rows()
	if kept == rows {
		return
	}
	l.Warn("%d of %d rows dropped: their depth is missing, or not below that of the rows before", rows-kept, rows)
	l.DepthM = l.DepthM[:kept]
	for _, c := range curves {
		if len(*c.values) != 0 {
			*c.values = (*c.values)[:kept]
		}
	}
	if kept > 0 {
		l.Image = dense(kept, columns, pixels[:kept*columns])
	}
	l.Mask = l.Mask[:kept*columns]
}
