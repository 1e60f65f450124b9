package hough

import (
	"math"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/kernel"
)

// plan is how the curves of a level run through the columns of an image. Two neighbouring columns lie at few offsets from each other, whatever
// the curve: at each of them they are added up once, and a curve is half as many sums of pairs as there are columns.
type plan struct {
	pairs  []pair
	curves [][]stop // of every node
}

// pair is a column and the next one, so many samples deeper. The last of an odd number of columns is alone.
type pair struct{ column, offset int }

// stop is the sample of a pair's first column, relative to the midline, that a curve takes.
type stop struct{ pair, sample int }

func (l *level) plan(columns int) plan {
	cos, sin := dip.ColumnAzimuths(columns)
	p := plan{curves: make([][]stop, len(l.nodes))}
	known := map[pair]int{}
	for n, node := range l.nodes {
		a, b := float64(node.i)*spacing, float64(node.j)*spacing
		at := func(j int) int { return int(math.Round(a*cos[j] + b*sin[j])) }
		for j := 0; j < columns; j += 2 {
			here, q := at(j), pair{column: j}
			if j+1 < columns {
				q.offset = at(j+1) - here
			}
			k, ok := known[q]
			if !ok {
				k = len(p.pairs)
				known[q], p.pairs = k, append(p.pairs, q)
			}
			p.curves[n] = append(p.curves[n], stop{k, here})
		}
	}
	return p
}

// sums of the pairs of an image's columns into the memory of out, each where its first column lies; anything where the second leaves the image.
func (p plan) sums(out, x kernel.Columns, columns, rows int) kernel.Columns {
	out = out.Resized(len(p.pairs), rows)
	for k, q := range p.pairs {
		to := out.Column(k)
		if q.column+1 == columns {
			copy(to, x.Column(q.column))
			continue
		}
		lo, hi := max(0, -q.offset), rows-max(0, q.offset)
		kernel.NewShifts([]int{x.Place(q.column, lo), x.Place(q.column+1, lo+q.offset)}).Sum(to[lo:hi], x.All)
	}
	return out
}

// shifts of the curves into sums of pairs, for a midline at sample first.
func (p plan) shifts(sums kernel.Columns, first int) []kernel.Shifts {
	out := make([]kernel.Shifts, len(p.curves))
	for n, stops := range p.curves {
		at := make([]int, len(stops))
		for k, s := range stops {
			at[k] = sums.Place(s.pair, first+s.sample)
		}
		out[n] = kernel.NewShifts(at)
	}
	return out
}
