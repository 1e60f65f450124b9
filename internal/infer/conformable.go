package infer

import (
	"cmp"
	"math"
	"slices"

	"github.com/geobfdt/geobfdt/internal/dip"
)

// Constants of the search for conformable beds. Heights are in rows of the network's grid.
const (
	conformSeen     = 0.95 // least share of the wall seen: between pads, as much that is no bed is found as beds,
	tileSeen        = 0.4  // but for where they lie steeply
	conformGap      = 200  // two beds farther apart say nothing about what lies between them,
	conformReach    = 60   // and one alone nothing about what lies so far from it
	conformTurn     = 6.0  // how much the attitudes of two beds may differ for what lies between to lie between theirs as well,
	conformRelative = 0.1  // or this share of their half height
	conformMargin   = 6    // of a profile, on either side
	conformStrength = 1.0  // over the median one, from which on a change of the profile may be a bed
	conformRounds   = 3    // how often, at the most: beds that were found lead to others
	conformNear     = 4.0  // root mean square distance from a curve that is known already
	conformScore    = 0.08 // what such a proposal is taken for, less than any of the network's
)

// conformable proposes beds that the network has overlooked between those that the verifier has seen, for beds lie as their neighbours do. Beside
// beds that are not fresh it has been looked before. It is for images without gaps, LWD above all, whose thin, steep beds are many to a tile; of others
// it proposes none.
func conformable(part Raster, found []Refined, fresh bedAttitudes) []Curve {
	intervals := betweenBeds(believedBeds(found), float64(part.First), float64(part.First+part.Rows))
	intervals = slices.DeleteFunc(intervals, func(b beside) bool { return !fresh.has(b.above) && !fresh.has(b.below) })
	return part.bedsAlong(intervals, found, conformSeen)
}

// bedsAlong proposes beds in intervals of known attitude, but for those that are known, which must ascend in depth: where the wall is straightened
// along the attitude, a bed is a change of the mean of its rows. Where less of the wall is seen than a least share it proposes none.
func (r Raster) bedsAlong(intervals []beside, known []Refined, leastSeen float64) []Curve {
	if r.seen() < leastSeen {
		return nil
	}
	cos, sin := dip.ColumnAzimuths(r.Columns)
	type proposal struct {
		Curve
		strength float64
	}
	var proposals []proposal
	var all []float64 // strengths everywhere
	for _, b := range intervals {
		change := changes(b.profile(r, cos, sin))
		all = append(all, change...)
		for i := 2; i+2 < len(change); i++ {
			if v := change[i]; v >= change[i-1] && v > change[i+1] && v >= change[i-2] && v > change[i+2] {
				d := b.from + float64(i)
				at := b.at(d)
				proposals = append(proposals, proposal{Curve{Class: dip.Bedding, D: d, A: real(at), B: imag(at), Score: conformScore, Merged: 1}, v})
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	slices.Sort(all)
	least := conformStrength * all[len(all)/2]
	var out []Curve
	for _, p := range proposals {
		if p.strength >= least && !p.isNear(known) {
			out = append(out, p.Curve)
		}
	}
	return out
}

// isNear tells whether a curve is one of those that are known, which ascend in depth.
func (c Curve) isNear(known []Refined) bool {
	first, _ := slices.BinarySearchFunc(known, c.D-conformNear, func(r Refined, d float64) int { return cmp.Compare(r.D, d) })
	for _, r := range known[first:] {
		dd, da, db := r.D-c.D, r.A-c.A, r.B-c.B
		if dd > conformNear {
			break
		}
		if dd*dd+(da*da+db*db)/2 < conformNear*conformNear {
			return true
		}
	}
	return false
}

// seen is the share of the raster that shows wall.
func (r Raster) seen() float64 {
	n := 0
	for _, m := range r.Mask {
		if m {
			n++
		}
	}
	return float64(n) / float64(max(1, len(r.Mask)))
}

// alongTile is the stretch that a dewarped tile answers for: beds lie as what was found to be its attitude, whether the network sees them or not.
func alongTile(t place) beside {
	c := Curve{D: (t.lo + t.hi) / 2, A: t.a, B: t.b}
	return beside{above: c, below: c, from: t.lo, to: t.hi}
}

// beside is an interval along which beds lie as one or two known ones do.
type beside struct {
	above, below Curve // the same, where only one is known
	from, to     float64
}

// betweenBeds are the intervals between beds, ascending, and around those whose neighbours lie otherwise or far away.
func betweenBeds(beds []Curve, top, base float64) []beside {
	var out []beside
	for i, c := range beds {
		up, down := max(top, c.D-conformReach), min(base, c.D+conformReach)
		if i > 0 {
			if p := beds[i-1]; p.conforms(c) {
				up = c.D
				out = append(out, beside{p, c, p.D, c.D})
			} else {
				up = max(up, (p.D+c.D)/2)
			}
		}
		if i+1 < len(beds) {
			if p := beds[i+1]; c.conforms(p) {
				down = c.D
			} else {
				down = min(down, (p.D+c.D)/2)
			}
		}
		out = append(out, beside{c, c, up, c.D}, beside{c, c, c.D, down})
	}
	return out
}

// conforms tells whether what lies between two beds may be expected to lie as they do.
func (c Curve) conforms(below Curve) bool {
	turn := max(conformTurn, conformRelative*max(c.Amplitude(), below.Amplitude()))
	return below.D-c.D <= conformGap && math.Hypot(c.A-below.A, c.B-below.B) < turn
}

// at is the attitude at row d, A + iB.
func (b beside) at(d float64) complex128 {
	above, below := complex(b.above.A, b.above.B), complex(b.below.A, b.below.B)
	if b.below.D <= b.above.D {
		return above
	}
	share := max(0, min(1, (d-b.above.D)/(b.below.D-b.above.D)))
	return above + complex(share, 0)*(below-above)
}

// profile is the mean of the rows of the straightened wall, from conformMargin above the interval to as much below it; every column counts
// from its own mean. It is nil where the interval is too short.
func (b beside) profile(part Raster, cos, sin []float64) []float64 {
	n := int(b.to - b.from)
	if n < 3 {
		return nil
	}
	sum, seen := make([]float64, n+2*conformMargin), make([]float64, n+2*conformMargin)
	column, at := make([]float64, len(sum)), make([]complex128, len(sum))
	for i := range at {
		at[i] = b.at(b.from + float64(i-conformMargin))
	}
	for j := range part.Columns {
		mean, rows := 0.0, 0.0
		for i, a := range at {
			z := b.from + float64(i-conformMargin) + real(a)*cos[j] + imag(a)*sin[j] - 0.5 - float64(part.First)
			k := int(math.Floor(z))
			column[i] = math.NaN()
			if p := k*part.Columns + j; k >= 0 && k+1 < part.Rows && part.Mask[p] && part.Mask[p+part.Columns] {
				f := z - math.Floor(z)
				column[i] = (1-f)*float64(part.Image[p]) + f*float64(part.Image[p+part.Columns])
				mean, rows = mean+column[i], rows+1
			}
		}
		if rows < 0.5*float64(len(column)) {
			continue
		}
		for i, v := range column {
			if v == v {
				sum[i] += v - mean/rows
				seen[i]++
			}
		}
	}
	for i := range sum {
		sum[i] /= max(1, seen[i])
	}
	return sum
}

// changes are how much of a step or of a line a profile has at each row, its margins taken off.
func changes(profile []float64) []float64 {
	if profile == nil {
		return nil
	}
	out := make([]float64, len(profile)-2*conformMargin)
	for i := range out {
		p := profile[i+conformMargin-3:]
		step := math.Abs(p[5]+p[4]-p[2]-p[1]) / 2
		line := math.Abs(p[4]+p[3]+p[2]-1.5*p[6]-1.5*p[0]) / 3
		out[i] = max(step, line)
	}
	return out
}
