package infer

import (
	"cmp"
	"math"
	"slices"
)

// Constants of crowding.
const (
	leastClaim    = 0.3 // probability of a sinusoid from which on a curve explains what is seen
	crowdingReach = 6.0 // rows beside it that it explains
)

// addCrowding fills what surer curves leave of each: in the order of the second look, a curve claims its stretch of wall. A copy of a pick,
// or a curve that leans on several, has hardly any of its own.
func addCrowding(rs []Refined, columns int) {
	type judged struct {
		*Refined
		sinusoid float64
	}
	order := make([]judged, len(rs))
	for i := range rs {
		order[i] = judged{&rs[i], rs[i].sinusoid()}
	}
	slices.SortStableFunc(order, func(p, q judged) int { return cmp.Compare(q.sinusoid, p.sinusoid) })
	claims := NewClaims(columns)
	free := make([]bool, columns)
	for _, r := range order {
		r.Free, r.Apart = claims.Free(free, r.Curve), claims.Nearest(r.Curve)
		if r.sinusoid >= leastClaim {
			claims.Add(r.Curve, crowdingReach)
		}
	}
}

// sinusoid is the probability that there is one, of whatever class, by the second look.
func (r *Refined) sinusoid() float64 {
	sum := 0.0
	for _, v := range r.Verdicts {
		sum += 1 / (1 + math.Exp(-v))
	}
	return sum
}
