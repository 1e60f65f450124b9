package matched

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/hough"
	"github.com/geobfdt/geobfdt/internal/infer"
	"github.com/geobfdt/geobfdt/internal/kernel"
)

// Claims: what a trace must keep for itself, and how near a stronger one explains what is seen.
const (
	leastOwnZ     = 5.0 // strength left
	leastFree     = 0.3 // share of the columns left
	claimRows     = 6.0 // width of a claim, rows; of a proposal of a coarser level more
	mergeRows     = 6.0 // refined traces closer than this, and the share below of their amplitude, are one
	mergeRelative = 0.03
)

// measure finds the traces of an image and what the image says of each, ordered by depth; not yet what their neighbours say.
func measure(ctx context.Context, raster infer.Raster, rowM float64, opt Options, pool *kernel.Pool) ([]Candidate, error) {
	img := hough.Image{Pixels: raster.Image, Mask: raster.Mask, Rows: raster.Rows, Columns: raster.Columns, RowM: rowM}
	proposals, err := hough.Proposals(ctx, img, opt.hough(), pool)
	if err != nil {
		return nil, err
	}
	refiner, err := infer.NewRefiner(raster, rowM, infer.DefaultMoveM)
	if err != nil {
		return nil, fmt.Errorf("matched filter: %w", err)
	}
	probers := make([]*prober, pool.Threads())
	for i := range probers {
		probers[i] = newProber(raster)
	}
	kept := withoutGhosts(proposals, raster.Columns, probers, pool)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	refined := make([]infer.Refined, len(kept))
	pool.Run(len(kept), func(_, i0, i1 int) {
		for i := i0; i < i1; i++ {
			refined[i] = refiner.Refine(kept[i])
		}
	})
	refined = infer.MergeRefined(refined, infer.Tolerance{Rows: mergeRows, Relative: mergeRelative})
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	cs, answers := make([]Candidate, len(refined)), make([][]float32, len(refined))
	pool.Run(len(refined), func(w, i0, i1 int) {
		for i := i0; i < i1; i++ {
			t := probers[w].probe(refined[i].Curve)
			c := Candidate{Refined: refined[i], Z: t.z}
			c.contrast, c.scales, c.level, c.coherence = t.contrast, t.scales, t.level, coherence(t.answers)
			if t.z > 0 {
				c.linePart = t.lineZ * t.lineZ / (t.z * t.z)
			}
			cs[i], answers[i] = c, t.answers
		}
	})
	divide(cs, answers, raster.Columns)
	return cs, nil
}

// claimWidth is the width of the claim of a proposal whose level averages so many rows.
func claimWidth(levelRows int) float64 { return claimRows * math.Sqrt(float64(levelRows)) }

// withoutGhosts keeps, strongest first, the proposals that have enough votes of their own.
func withoutGhosts(proposals []hough.Proposal, columns int, probers []*prober, pool *kernel.Pool) []infer.Curve {
	order := slices.Clone(proposals)
	slices.SortStableFunc(order, func(p, q hough.Proposal) int { return cmp.Compare(q.Z, p.Z) })
	answers := make([][]float32, len(order))
	pool.Run(len(order), func(w, i0, i1 int) {
		for i := i0; i < i1; i++ {
			answers[i] = probers[w].glance(proposed(order[i]), order[i].Rows)
		}
	})
	explained := infer.NewClaims(columns)
	free := make([]bool, columns)
	var out []infer.Curve
	for i, q := range order {
		c := proposed(q)
		explained.Mark(free, c)
		own, left := ownShare(answers[i], free)
		if own*q.Z >= leastOwnZ && left >= leastFree {
			explained.Add(c, claimWidth(q.Rows))
			out = append(out, c)
		}
	}
	return out
}

// proposed is a proposal as a curve. Refinement tries steps and lines on bedding, lines alone on fractures.
func proposed(q hough.Proposal) infer.Curve {
	return infer.Curve{Class: dip.Bedding, D: q.D, A: q.A, B: q.B, Score: q.Z}
}

// divide fills what is a candidate's own, strongest first.
func divide(cs []Candidate, answers [][]float32, columns int) {
	order := make([]int, len(cs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(cs[j].Z, cs[i].Z) })
	explained := infer.NewClaims(columns)
	free := make([]bool, columns)
	for _, i := range order {
		c := &cs[i]
		explained.Mark(free, c.Curve)
		c.apart = explained.Nearest(c.Curve)
		c.own, c.free = ownShare(answers[i], free)
		if c.own*c.Z >= leastOwnZ && c.free >= leastFree {
			explained.Add(c.Curve, claimRows)
		}
	}
}

// ownShare is the share of the answers, and of the columns that answer, which are free.
func ownShare(answers []float32, free []bool) (own, left float64) {
	var all, seen float64
	for j, v := range answers {
		if v == 0 {
			continue
		}
		all += float64(v)
		seen++
		if free[j] {
			own += float64(v)
			left++
		}
	}
	if all <= 0 || seen == 0 {
		return 0, 0
	}
	return own / all, left / seen
}

// coherence is the share of the columns seen whose answer has the sign of the mean.
func coherence(answers []float32) float64 {
	var agree, seen float64
	for _, v := range answers {
		if v != 0 {
			seen++
		}
		if v > 0 {
			agree++
		}
	}
	return agree / max(1, seen)
}
