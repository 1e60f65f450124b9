package metrics

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/match"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// ErrCrowded means that far more picks lie on top of each other than sinusoids can.
var ErrCrowded = errors.New("too many picks within tolerance of each other")

// maxNeighbours bounds the memory of a scoring, at 400 picks within 18 cm of each of 10,000 truths.
const maxNeighbours = 1 << 22

// item is a pick or a truth made ready for matching.
type item struct {
	curve dip.Curve
	pick  *picks.Pick
}

// items are ready and sorted by depth; those outside the interval are left out.
func items(ps []picks.Pick, topM, baseM float64) []item {
	var out []item
	for i := range ps {
		if p := &ps[i]; p.DepthM >= topM && p.DepthM <= baseM {
			out = append(out, item{p.Trace(), p})
		}
	}
	sortByDepth(out)
	return out
}

func sortByDepth(xs []item) {
	slices.SortStableFunc(xs, func(a, b item) int { return cmp.Compare(a.curve.DepthM, b.curve.DepthM) })
}

// ofClass returns the items of a class, in their order.
func ofClass(xs []item, class dip.Class) []item {
	var out []item
	for _, x := range xs {
		if x.pick.Class == class {
			out = append(out, x)
		}
	}
	return out
}

// neighbour is a truth and a pick whose midlines are within the widest tolerance.
type neighbour struct {
	truth, pick    int
	depthM, curveM float64 // the two distances
}

// neighbours finds them by one pass over both depth-sorted lists. The curve distance is never below the depth distance, so
// these are all the pairs that either score can match. A well of 10,000 picks has some ten thousands of them, where the matrix
// of all pairs would have 10^8.
func neighbours(truth, found []item) ([]neighbour, error) {
	widestM := limitM(tolerancesCM[len(tolerancesCM)-1])
	var out []neighbour
	first := 0
	for t := range truth {
		atM := truth[t].curve.DepthM
		for first < len(found) && found[first].curve.DepthM < atM-widestM {
			first++
		}
		for p := first; p < len(found) && found[p].curve.DepthM <= atM+widestM; p++ {
			if len(out) == maxNeighbours {
				return nil, fmt.Errorf("%w near %.2f m: merge duplicates before scoring", ErrCrowded, atM)
			}
			out = append(out, neighbour{t, p, math.Abs(found[p].curve.DepthM - atM), dip.CurveDistanceM(found[p].curve, truth[t].curve)})
		}
	}
	return out, nil
}

// limitM is a tolerance in metres. The nanometre lets decimal depths that are exactly the tolerance apart be within it.
func limitM(toleranceCM float64) float64 { return toleranceCM/100 + 1e-9 }

// cost of a pair, and whether it may be matched at all.
type cost func(n *neighbour) (c float64, allowed bool)

func depthWithin(toleranceCM float64) cost {
	limit := limitM(toleranceCM)
	return func(n *neighbour) (float64, bool) { return n.depthM, n.depthM <= limit }
}

func curveWithin(toleranceCM float64) cost {
	limit := limitM(toleranceCM)
	return func(n *neighbour) (float64, bool) { return n.curveM, n.curveM <= limit }
}

// scene is truths and picks that may be matched with each other.
type scene struct {
	truth, found []item
	near         []neighbour
	pairs        []match.Pair // reused
}

func newScene(truth, found []item) (*scene, error) {
	near, err := neighbours(truth, found)
	if err != nil {
		return nil, err
	}
	return &scene{truth: truth, found: found, near: near}, nil
}

// match returns for each truth the pick matched to it or match.Unmatched, and the number of hits.
func (s *scene) match(c cost) (truthToPick []int, hits int, err error) {
	s.pairs = s.pairs[:0]
	for i := range s.near {
		n := &s.near[i]
		if v, allowed := c(n); allowed {
			s.pairs = append(s.pairs, match.Pair{Row: n.truth, Col: n.pick, Cost: v})
		}
	}
	truthToPick, err = match.AssignSparse(len(s.truth), len(s.found), s.pairs)
	if err != nil {
		return nil, 0, err
	}
	for _, p := range truthToPick {
		if p != match.Unmatched {
			hits++
		}
	}
	return truthToPick, hits, nil
}
