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
	if !l.InMemory() {
		slices.Reverse(l.rows.order)
		return
	}
	reverseRows(l.Pixels(), l.Columns())
	reverseRows(l.Mask, l.Columns())
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
	if err := l.arrange(curves); err != nil {
		return nil, err
	}
	return l, nil
}

// arrange sets the curves of a log that has its rows as the file holds them, puts the rows in order, and validates.
func (l *Log) arrange(curves func(*Log)) error {
	if curves != nil {
		curves(l)
	}
	for _, c := range l.curves() {
		if len(*c.values) != 0 && len(*c.values) != l.Rows() {
			return fmt.Errorf("curve %s has %d values for %d rows", c.name, len(*c.values), l.Rows())
		}
	}
	if descends(l.DepthM) {
		l.Reverse()
	}
	l.spreadRoundedDepths()
	l.dropUnordered()
	if l.Rows() == 0 {
		return fmt.Errorf("%w: no row has a depth", ErrNoData)
	}
	return l.Validate()
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
	rows, deepest := l.Rows(), math.Inf(-1)
	inOrder := func(d float64) bool {
		ok := d > deepest && !math.IsInf(d, 1)
		if ok {
			deepest = d
		}
		return ok
	}
	if !slices.ContainsFunc(l.DepthM, func(d float64) bool { return !inOrder(d) }) {
		return
	}
	var kept []int
	deepest = math.Inf(-1)
	for i, d := range l.DepthM {
		if inOrder(d) {
			kept = append(kept, i)
		}
	}
	l.Warn("%d of %d rows dropped: their depth is missing, or not below that of the rows before", rows-len(kept), rows)
	l.DepthM = keepRows(l.DepthM, kept, 1)
	for _, c := range l.curves() {
		if len(*c.values) != 0 {
			*c.values = keepRows(*c.values, kept, 1)
		}
	}
	if !l.InMemory() {
		l.rows.order = keepRows(l.rows.order, kept, 1)
		return
	}
	columns := l.Columns()
	pixels := keepRows(l.Pixels(), kept, columns)
	l.Mask = keepRows(l.Mask, kept, columns)
	if len(kept) > 0 {
		l.Image = dense(len(kept), columns, pixels)
	}
}

// keepRows moves the rows that are kept, ascending, to the front of x, and returns them.
func keepRows[T any](x []T, kept []int, columns int) []T {
	for to, from := range kept {
		if to != from {
			copy(x[to*columns:(to+1)*columns], x[from*columns:(from+1)*columns])
		}
	}
	return x[:len(kept)*columns]
}
