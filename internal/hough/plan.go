package hough

import (
	"math"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/kernel"
)

// plan is how the curves of a level run through the columns of an image. Two neighbouring columns lie at few offsets from each other, whatever
// the curve: at each of them they are added up once, and a curve is half as many sums of pairs as there are columns.
type plan struct {
	rows   int // of the sums of a pair
	pairs  []pair
	curves []kernel.Shifts // into the sums, of every node, for a midline at sample top
	top    int
}

// pair is a column and the next one, so many samples deeper. The last of an odd number of columns is alone.
type pair struct{ column, offset int }

// plan for blocks of so many samples at the most, margins included.
func (l *level) plan(columns, rows int) plan {
	cos, sin := dip.ColumnAzimuths(columns)
	p := plan{rows: rows, top: l.margin() - 1}
	known := map[pair]int{}
	for _, node := range l.nodes {
		a, b := float64(node.i)*spacing, float64(node.j)*spacing
		sample := func(j int) int { return int(math.Round(a*cos[j] + b*sin[j])) }
		at := make([]int, 0, (columns+1)/2)
		for j := 0; j < columns; j += 2 {
			here, q := sample(j), pair{column: j}
			if j+1 < columns {
				q.offset = sample(j+1) - here
			}
			k, ok := known[q]
			if !ok {
				k = len(p.pairs)
				known[q], p.pairs = k, append(p.pairs, q)
			}
			at = append(at, k*rows+p.top+here)
		}
		p.curves = append(p.curves, kernel.NewShifts(at))
	}
	return p
}

// sums of the pairs of the columns of x, each of so many samples, into the memory of out: each pair where its first column lies, and anything
// where the second leaves x.
func (p plan) sums(out, x kernel.Columns, columns, rows int) kernel.Columns {
	out = out.Resized(len(p.pairs), p.rows)
	for k, q := range p.pairs {
		to := out.Column(k)[:rows]
		if q.column+1 == columns {
			copy(to, x.Column(q.column))
			continue
		}
		lo, hi := max(0, -q.offset), rows-max(0, q.offset)
		kernel.NewShifts([]int{x.Place(q.column, lo), x.Place(q.column+1, lo+q.offset)}).Sum(to[lo:hi], x.All)
	}
	return out
}
