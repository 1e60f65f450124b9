// Package match solves the linear assignment problem: pair rows with columns, each used at most once, at the least total cost.
//
// Two solvers share one contract. Solver takes a dense cost matrix and serves the small problems
// of training: queries against truths. AssignSparse takes a list of allowed pairs and serves scoring: ten thousand picks of a
// well, each near a handful of others.
//
// Contract. The number of pairs is maximised first, their total cost is minimised second. Without forbidden pairs a dense
// problem therefore has exactly min(rows, columns) pairs; a forbidden pair (cost +Inf, or absent from the sparse list) is never
// returned, and its row stays unmatched (-1) where no other column is to be had. NaN and -Inf are errors. Among several
// optima which one is returned is unspecified but deterministic.
//
// Both are successive shortest augmenting paths with dual variables: Jonker and Volgenant (1987), doi 10.1007/BF02278710, in
// the form of Crouse (2016), doi 10.1109/TAES.2016.140952, which is also the method of scipy's linear_sum_assignment. A
// forbidden pair is priced at (min(rows, columns) + 1) times the spread of the allowed costs, more than any set of allowed
// pairs can save.
package match

import (
	"errors"
	"fmt"
	"math"
)

// Unmatched marks a row without a column.
const Unmatched = -1

// ErrCost is wrapped by the errors about cost values: NaN, -Inf, or a spread too wide for float64 sums.
var ErrCost = errors.New("unusable assignment cost")

// ErrShape is wrapped by the errors about sizes and indices that contradict each other.
var ErrShape = errors.New("assignment sizes do not agree")

// spread collects the least and greatest allowed cost.
type spread struct {
	min, max float64
	any      bool
}

func (s *spread) add(cost float64) {
	if !s.any {
		s.min, s.max, s.any = cost, cost, true
		return
	}
	s.min = min(s.min, cost)
	s.max = max(s.max, cost)
}

// forbidden returns the price of leaving one row unmatched when at most n pairs exist, on a scale where the cheapest pair
// costs 0.
func (s *spread) forbidden(n int) (float64, error) {
	width := s.max - s.min
	price := float64(n+1) * width
	// Path lengths and dual variables stay below n+1 prices.
	if math.IsInf(float64(n+1)*price, 0) {
		return 0, fmt.Errorf("%w: costs from %g to %g overflow float64 when summed over %d pairs: scale them down", ErrCost, s.min, s.max, n)
	}
	if price == 0 {
		return 1, nil
	}
	return price, nil
}
