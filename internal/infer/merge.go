package infer

import (
	"cmp"
	"math"
	"slices"

	"github.com/geobfdt/geobfdt/internal/dip"
)

// mergeAzimuths is how many azimuths the distance between two curves is averaged over.
const mergeAzimuths = 24

// Tolerance is how far two curves may lie apart, on average round the hole, to be one: Rows, and more for tall curves, whose
// amplitudes are known less well: Relative times the smaller amplitude. Their depths may differ by Rows at the most, however tall they
// are: thin steep beds are parallel, and only their depth tells them apart.
type Tolerance struct{ Rows, Relative float64 }

// Merge removes duplicates: of curves of the same class (of any class with anyClass) whose mean distance |du| round the hole is
// within tolerance, the one with the highest score stays and counts the others in Merged. A curve that is not finite, or whose
// score is not, is dropped. The result is ordered by depth; equal scores are decided by depth, so that the order of cs does not
// matter.
func Merge(cs []Curve, tol Tolerance, anyClass bool) []Curve {
	return merge(cs, func(c *Curve) *Curve { return c }, tol, anyClass)
}

// MergeRefined is Merge for refined curves, of any class: after refinement, a bed and a fracture that lie on each other are one
// trace, and the surer class is kept.
func MergeRefined(rs []Refined, tol Tolerance) []Refined {
	return merge(rs, func(r *Refined) *Curve { return &r.Curve }, tol, true)
}

// merge is Merge for whatever carries a curve.
func merge[T any](items []T, curve func(*T) *Curve, tol Tolerance, anyClass bool) []T {
	tol = Tolerance{max(0, tol.Rows), max(0, tol.Relative)}
	order := make([]T, 0, len(items))
	for i := range items {
		if c := curve(&items[i]); c.finite() && !math.IsNaN(c.Score) {
			order = append(order, items[i])
		}
	}
	slices.SortFunc(order, func(p, q T) int {
		a, b := curve(&p), curve(&q)
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.D, b.D), cmp.Compare(a.Class, b.Class), cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B))
	})
	kept := make([]T, 0, len(order))
	cell := max(tol.Rows, 1) // only neighbours in depth need a look
	cells := make(map[int64][]int, len(order))
	distance := newCurveDistance(mergeAzimuths)
next:
	for _, item := range order {
		c := curve(&item)
		at := int64(math.Floor(max(-1e15, min(1e15, c.D/cell))))
		for n := at - 1; n <= at+1; n++ {
			for _, i := range cells[n] {
				k := curve(&kept[i])
				if (anyClass || k.Class == c.Class) && distance.within(*k, *c, tol) {
					k.Merged += 1 + c.Merged
					continue next
				}
			}
		}
		cells[at] = append(cells[at], len(kept))
		kept = append(kept, item)
	}
	slices.SortStableFunc(kept, func(p, q T) int { return cmp.Compare(curve(&p).D, curve(&q).D) })
	return kept
}

// curveDistance is the mean absolute distance of two curves round the hole.
type curveDistance struct{ cos, sin []float64 }

func newCurveDistance(n int) curveDistance {
	cos, sin := dip.ColumnAzimuths(n)
	return curveDistance{cos, sin}
}

// within tells whether the curves are one by a tolerance.
func (m curveDistance) within(p, q Curve, tol Tolerance) bool {
	d, a, b := p.D-q.D, p.A-q.A, p.B-q.B
	if math.Abs(d) > tol.Rows {
		return false
	}
	sum, limit := 0.0, (tol.Rows+tol.Relative*min(p.Amplitude(), q.Amplitude()))*float64(len(m.cos))
	for k, c := range m.cos {
		if sum += math.Abs(d + a*c + b*m.sin[k]); sum > limit {
			return false
		}
	}
	return true
}
