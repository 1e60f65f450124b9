package infer

import (
	"cmp"
	"math"
	"slices"
)

// mergeAzimuths is how many azimuths the distance between two curves is averaged over.
const mergeAzimuths = 24

// Merge removes duplicates: of curves of the same class (of any class with anyClass) whose mean distance |du| round the hole is
// at most tolRows, the one with the highest score stays and counts the others in Merged. A curve that is not finite, or whose
// score is not, is dropped. The result is ordered by depth; equal scores are decided by depth, so that the order of cs does not
// matter.
func Merge(cs []Curve, tolRows float64, anyClass bool) []Curve {
	if !(tolRows >= 0) {
		tolRows = 0
	}
	order := make([]Curve, 0, len(cs))
	for _, c := range cs {
		if c.finite() && !math.IsNaN(c.Score) {
			order = append(order, c)
		}
	}
	slices.SortFunc(order, func(a, b Curve) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.D, b.D), cmp.Compare(a.Class, b.Class), cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B))
	})
	kept := make([]Curve, 0, len(order))
	// Cosine and sine average to nothing over evenly spaced azimuths, so the distance of two curves is never less than that of
	// their midlines: only neighbours in depth need a look.
	cell := max(tolRows, 1)
	cells := make(map[int64][]int, len(order))
	distance := newCurveDistance(mergeAzimuths)
next:
	for _, c := range order {
		at := int64(math.Floor(max(-1e15, min(1e15, c.D/cell))))
		for k := at - 1; k <= at+1; k++ {
			for _, i := range cells[k] {
				if (anyClass || kept[i].Class == c.Class) && distance.within(kept[i], c, tolRows) {
					kept[i].Merged += 1 + c.Merged
					continue next
				}
			}
		}
		cells[at] = append(cells[at], len(kept))
		kept = append(kept, c)
	}
	slices.SortStableFunc(kept, func(a, b Curve) int { return cmp.Compare(a.D, b.D) })
	return kept
}

// curveDistance is the mean absolute distance of two curves round the hole.
type curveDistance struct{ cos, sin []float64 }

func newCurveDistance(n int) curveDistance {
	cos, sin := azimuths(n)
	return curveDistance{cos, sin}
}

// within tells whether the curves are at most tol rows apart on average.
func (m curveDistance) within(p, q Curve, tol float64) bool {
	d, a, b := p.D-q.D, p.A-q.A, p.B-q.B
	if math.Abs(d) > tol {
		return false
	}
	sum, limit := 0.0, tol*float64(len(m.cos))
	for k, c := range m.cos {
		if sum += math.Abs(d + a*c + b*m.sin[k]); sum > limit {
			return false
		}
	}
	return true
}
