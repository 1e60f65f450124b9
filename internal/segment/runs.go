package segment

import (
	"slices"

	"github.com/geobfdt/geobfdt/internal/dip"
)

// pixelRun is a maximal stretch of marked pixels in one column: a point that a trace may go through.
type pixelRun struct {
	column int
	lo, hi int     // rows [lo, hi)
	centre float64 // row coordinate, weighted with the probabilities
	mean   float64 // of the probabilities
	part   int     // connected component
	used   bool    // a curve has it
}

// half is half its height, rows.
func (r *pixelRun) half() float64 { return float64(r.hi-r.lo) / 2 }

// runs are the marked stretches of a class: columns[j] are those of column j from the top, parts the connected components.
type runs struct {
	columns [][]*pixelRun
	parts   [][]*pixelRun // largest first
}

// findRuns marks the seen pixels whose probability reaches the threshold.
func findRuns(m *Map, class dip.Class, threshold float64) *runs {
	least := float32(threshold)
	r := &runs{columns: make([][]*pixelRun, m.Columns)}
	for j := range m.Columns {
		var open *pixelRun
		var sum, moment float64
		for i := 0; i <= m.Rows; i++ {
			at := i*m.Columns + j
			marked := i < m.Rows && m.Seen[at] && m.P[at*Classes+int(class)] >= least
			switch {
			case marked && open == nil:
				open, sum, moment = &pixelRun{column: j, lo: i}, 0, 0
			case !marked && open != nil:
				open.hi, open.centre, open.mean = i, moment/sum, sum/float64(i-open.lo)
				r.columns[j] = append(r.columns[j], open)
				open = nil
			}
			if marked {
				p := float64(m.P[at*Classes+int(class)])
				sum, moment = sum+p, moment+p*(float64(i)+0.5)
			}
		}
	}
	r.connect()
	return r
}

// connect joins runs of neighbouring columns, round the hole, that touch (8-connectivity) into components.
func (r *runs) connect() {
	var all []*pixelRun
	for _, c := range r.columns {
		for _, one := range c {
			one.part = len(all)
			all = append(all, one)
		}
	}
	parent := make([]int, len(all))
	for i := range parent {
		parent[i] = i
	}
	find := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	for j, c := range r.columns {
		next := r.columns[(j+1)%len(r.columns)]
		k := 0
		for _, one := range c {
			for k < len(next) && next[k].hi < one.lo {
				k++
			}
			for n := k; n < len(next) && next[n].lo <= one.hi; n++ {
				parent[find(one.part)] = find(next[n].part)
			}
		}
	}
	byRoot := map[int]int{}
	for i, one := range all {
		root := find(i)
		k, ok := byRoot[root]
		if !ok {
			k = len(r.parts)
			byRoot[root] = k
			r.parts = append(r.parts, nil)
		}
		r.parts[k] = append(r.parts[k], one)
	}
	slices.SortStableFunc(r.parts, func(a, b []*pixelRun) int { return len(b) - len(a) })
	for k, part := range r.parts {
		for _, one := range part {
			one.part = k
		}
	}
}

// at is the unused run of column j whose centre is nearest to row u; nil where there is none.
func (r *runs) at(j int, u float64) *pixelRun {
	c := r.columns[j]
	k, _ := slices.BinarySearchFunc(c, u, func(one *pixelRun, u float64) int { return compareFloat(one.centre, u) })
	var best *pixelRun
	for n := k; n < len(c); n++ {
		if !c[n].used {
			best = c[n]
			break
		}
	}
	for n := k - 1; n >= 0; n-- {
		if !c[n].used {
			if best == nil || u-c[n].centre < best.centre-u {
				best = c[n]
			}
			break
		}
	}
	return best
}
