package match

import (
	"fmt"
	"math"
)

// Pair is a pair that may be matched, and its cost.
type Pair struct {
	Row, Col int
	Cost     float64
}

// AssignSparse is Assign for a matrix of rows x cols in which only the listed pairs are allowed. Of a pair listed twice the
// cheaper one counts; +Inf forbids the pair as its absence does. Time grows with the pairs that a chain of reassignments
// touches, memory with the number of pairs.
func AssignSparse(rows, cols int, pairs []Pair) (rowToCol []int, err error) {
	if rows < 0 || cols < 0 {
		return nil, fmt.Errorf("%w: %d x %d", ErrShape, rows, cols)
	}
	var sp spread
	for i, p := range pairs {
		if p.Row < 0 || p.Row >= rows || p.Col < 0 || p.Col >= cols {
			return nil, fmt.Errorf("%w: pair %d is (%d, %d) in a problem of %d x %d", ErrShape, i, p.Row, p.Col, rows, cols)
		}
		if math.IsNaN(p.Cost) || math.IsInf(p.Cost, -1) {
			return nil, fmt.Errorf("%w: %g for row %d, column %d", ErrCost, p.Cost, p.Row, p.Col)
		}
		if !math.IsInf(p.Cost, 1) {
			sp.add(p.Cost)
		}
	}
	price, err := sp.forbidden(min(rows, cols))
	if err != nil {
		return nil, err
	}
	s := newSparse(rows, cols, pairs, sp.min, price)
	for r := range rows {
		s.augment(r)
	}
	return s.colOf, nil
}

// sparse is the state of AssignSparse. Every row also has a private column that stands for "unmatched" at the price unmatched;
// nobody else can reach it, so it needs neither storage nor a dual variable.
type sparse struct {
	first     []int // rows+1: where the edges of each row begin
	edgeCol   []int
	edgeCost  []float64 // non-negative
	unmatched float64

	rowDual, colDual []float64
	colOf, rowOf     []int
	pathCost         []float64 // per column: +Inf where the current search has not been
	pathFrom         []int
	touched          []int // columns with a finite pathCost
	scanned          []int
	done             []bool // per column: in scanned
	queue            queue
}

func newSparse(rows, cols int, pairs []Pair, shift, price float64) *sparse {
	s := &sparse{
		first:     make([]int, rows+1),
		edgeCol:   make([]int, len(pairs)),
		edgeCost:  make([]float64, len(pairs)),
		unmatched: price,
		rowDual:   make([]float64, rows),
		colDual:   make([]float64, cols),
		colOf:     make([]int, rows),
		rowOf:     make([]int, cols),
		pathCost:  make([]float64, cols),
		pathFrom:  make([]int, cols),
		done:      make([]bool, cols),
	}
	for _, p := range pairs {
		s.first[p.Row+1]++
	}
	for r := range rows {
		s.first[r+1] += s.first[r]
		s.colOf[r] = Unmatched
	}
	next := append([]int(nil), s.first[:rows]...)
	for _, p := range pairs {
		e := next[p.Row]
		next[p.Row]++
		s.edgeCol[e], s.edgeCost[e] = p.Col, p.Cost-shift
	}
	for c := range cols {
		s.rowOf[c] = Unmatched
		s.pathCost[c] = math.Inf(1)
	}
	return s
}

// augment matches row along the cheapest path of reassignments, which may end by leaving some row on it unmatched.
func (s *sparse) augment(row int) {
	s.touched, s.scanned, s.queue = s.touched[:0], s.scanned[:0], s.queue[:0]
	length := 0.0
	dropCost, drop := math.Inf(1), row
	sink := Unmatched
search:
	for r := row; ; {
		if cost := length + s.unmatched - s.rowDual[r]; cost < dropCost {
			dropCost, drop = cost, r
		}
		for e := s.first[r]; e < s.first[r+1]; e++ {
			c := s.edgeCol[e]
			if s.done[c] {
				continue // rounding must not make a settled path look improvable
			}
			through := length + s.edgeCost[e] - s.rowDual[r] - s.colDual[c]
			if through < s.pathCost[c] {
				if math.IsInf(s.pathCost[c], 1) {
					s.touched = append(s.touched, c)
				}
				s.pathCost[c], s.pathFrom[c] = through, r
				s.queue.push(node{through, c})
			}
		}
		for {
			if len(s.queue) == 0 || s.queue[0].cost >= dropCost {
				length = dropCost
				break search
			}
			n := s.queue.pop()
			if s.done[n.col] || n.cost > s.pathCost[n.col] {
				continue // a shorter path to this column was queued later
			}
			length = n.cost
			if s.rowOf[n.col] == Unmatched {
				sink = n.col
				break search
			}
			s.scanned = append(s.scanned, n.col)
			s.done[n.col] = true
			r = s.rowOf[n.col]
			break
		}
	}
	s.rowDual[row] += length
	for _, c := range s.scanned {
		s.done[c] = false
		slack := length - s.pathCost[c]
		s.rowDual[s.rowOf[c]] += slack
		s.colDual[c] -= slack
	}
	if sink == Unmatched && drop != row {
		sink, s.colOf[drop] = s.colOf[drop], Unmatched
	}
	for c := sink; c != Unmatched; {
		r := s.pathFrom[c]
		s.rowOf[c] = r
		c, s.colOf[r] = s.colOf[r], c
		if r == row {
			break
		}
	}
	for _, c := range s.touched {
		s.pathCost[c] = math.Inf(1)
	}
}

// node is a column at the end of a path.
type node struct {
	cost float64
	col  int
}

// queue is a binary min-heap by cost.
type queue []node

func (q *queue) push(n node) {
	h := append(*q, n)
	i := len(h) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if h[parent].cost <= n.cost {
			break
		}
		h[i] = h[parent]
		i = parent
	}
	h[i] = n
	*q = h
}

func (q *queue) pop() node {
	h := *q
	top, last := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	for i := 0; len(h) > 0; {
		child := 2*i + 1
		if child >= len(h) {
			h[i] = last
			break
		}
		if child+1 < len(h) && h[child+1].cost < h[child].cost {
			child++
		}
		if h[child].cost >= last.cost {
			h[i] = last
			break
		}
		h[i] = h[child]
		i = child
	}
	*q = h
	return top
}
