package infer

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// Constants of the background. Lengths are in rows of the network's grid.
const (
	backgroundBlock = 256   // rows that are straightened as one
	backgroundReach = 16    // blocks on either side whose answers a curve is compared with: 20 m of the model's rows
	backgroundNear  = 200.0 // beds farther away than this count for little in the attitude of a block
	backgroundPart  = 32    // blocks that are read at a time
	backgroundSeen  = 0.5   // share of the columns that the best row of a block shows which a row must show

	leastDensity = 0.01 // beds in 100 rows: fewer are none

	answerBins  = 128  // of a histogram of answers
	answerStep  = 0.1  // width of a bin in logarithms
	leastAnswer = 1e-4 // lower end of the first bin, over the deviation of the image
)

// outlyingNames are those of Refined.Outlying, in their order.
var outlyingNames = []string{
	"log_edge_fine_median", "log_line_fine_median", "log_edge_mid_median", "log_line_mid_median",
	"log_edge_coarse_median", "log_line_coarse_median", "log_edge_broad_median", "log_line_broad_median",
	"log_edge_fine_tail", "log_line_fine_tail", "log_edge_mid_tail", "log_line_mid_tail",
	"log_edge_coarse_tail", "log_line_coarse_tail", "log_edge_broad_tail", "log_line_broad_tail",
	"log_beds_near", "log_beds_around",
}

// backgroundShares are the quantiles of the answers to the rows of a log that a curve's own are compared with.
var backgroundShares = [...]float64{0.5, 0.9}

// addBackground compares every curve with the log around it, 20 m up and down. Whether a step is a contact or the change from one lamina to
// the next can be seen only beside the others: what stands out in one log is a lamina in the next. So the wall is straightened along the
// beds everywhere, and the same filters that have answered to the profile across a curve (profiler) answer to every row. Outlying are the
// logarithms of a curve's answers over quantiles of these, the median and the tail (0 where no wall was seen), and of how many beds there are
// likely to be nearby and in all.
func addBackground(ctx context.Context, image rasters, deviation float64, rs []Refined, pool *kernel.Pool) error {
	beds := likelyBeds(rs)
	blocks, err := backgroundOf(ctx, image, deviation, beds, pool)
	if err != nil {
		return err
	}
	around := surroundings(blocks)
	for i := range rs {
		r := &rs[i]
		r.Outlying = make([]float64, 0, len(outlyingNames))
		q := &around[max(0, min(len(around)-1, int(r.D)/backgroundBlock))]
		for s := range backgroundShares {
			for k, v := range r.answers {
				outlying := math.Log(max(v/max(deviation, 1e-12), leastAnswer)) - q[k][s]
				if math.IsNaN(outlying) { // no wall was seen
					outlying = 0
				}
				r.Outlying = append(r.Outlying, outlying)
			}
		}
		r.Outlying = append(r.Outlying, beds.density(r.D, backgroundNear, image.Rows()), beds.density(r.D, backgroundReach*backgroundBlock, image.Rows()))
	}
	return nil
}

// answerCount is how many filters there are, counted as a step and as a line.
const answerCount = 2 * len(profileSigmas)

// answerQuantiles are the logarithms of answers over the deviation of the image, by filter and backgroundShares.
type answerQuantiles [answerCount][len(backgroundShares)]float64

// surroundings are the quantiles of the answers within backgroundReach of every block.
func surroundings(blocks []answerHistogram[uint16]) []answerQuantiles {
	out := make([]answerQuantiles, len(blocks))
	var window answerHistogram[int32]
	for i := -backgroundReach; i < len(blocks); i++ {
		if in := i + backgroundReach; in < len(blocks) {
			window.add(&blocks[in], 1)
		}
		if past := i - backgroundReach - 1; past >= 0 {
			window.add(&blocks[past], -1)
		}
		if i < 0 {
			continue
		}
		for k := range out[i] {
			for s, share := range backgroundShares {
				out[i][k][s] = window.quantile(k, share)
			}
		}
	}
	return out
}

// answerHistogram counts how filters answer to rows: logarithms over the deviation of the image, as a step and as a line by filter. That of a
// block needs few bits: a long log has thousands.
type answerHistogram[T uint16 | int32] [answerCount][answerBins]T

// add adds a block's counts, times 1 or -1.
func (h *answerHistogram[T]) add(block *answerHistogram[uint16], times T) {
	for k := range h {
		for i, n := range &block[k] {
			h[k][i] += times * T(n)
		}
	}
}

// count adds an answer of filter k over the deviation of the image.
func (h *answerHistogram[T]) count(k int, answer float64) {
	bin := int(math.Log(max(answer, leastAnswer)/leastAnswer) / answerStep)
	h[k][min(bin, answerBins-1)]++
}

// quantile is the answer of filter k, its logarithm, that a share of the rows does not reach; NaN where no row answers.
func (h *answerHistogram[T]) quantile(k int, share float64) float64 {
	rows := 0.0
	for _, n := range &h[k] {
		rows += float64(n)
	}
	left := share * rows
	for i, n := range &h[k] {
		if n > 0 && float64(n) >= left {
			return math.Log(leastAnswer) + answerStep*(float64(i)+left/float64(n))
		}
		left -= float64(n)
	}
	return math.NaN()
}

// backgroundOf counts the answers of every block of an image, straightened along the beds.
func backgroundOf(ctx context.Context, image rasters, deviation float64, beds likelyBedding, pool *kernel.Pool) ([]answerHistogram[uint16], error) {
	rows := image.Rows()
	blocks := make([]answerHistogram[uint16], (rows+backgroundBlock-1)/backgroundBlock)
	attitudes := make([]attitude, len(blocks))
	for i := range attitudes {
		attitudes[i] = beds.at((float64(i) + 0.5) * backgroundBlock)
	}
	for first := 0; first < len(blocks); first += backgroundPart {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		last := min(first+backgroundPart, len(blocks))
		reach := 0.0
		for _, t := range attitudes[first:last] {
			reach = max(reach, t.amplitude())
		}
		margin := int(reach) + profileRoom()
		part, err := image.raster(tile.Span{Lo: max(0, first*backgroundBlock-margin), Hi: min(rows, last*backgroundBlock+margin)})
		if err != nil {
			return nil, err
		}
		pool.Run(last-first, func(_, i0, i1 int) {
			profiler := newProfiler(part, backgroundBlock/2)
			for i := first + i0; i < first+i1; i++ {
				middle, base := i*backgroundBlock+backgroundBlock/2, min(rows, (i+1)*backgroundBlock)
				profiler.stack(Curve{D: float64(middle) + 0.5, A: attitudes[i].a, B: attitudes[i].b})
				profiler.countAnswers(&blocks[i], base-middle, max(deviation, 1e-12))
			}
		})
	}
	return blocks, nil
}

// countAnswers adds the answers to the rows of a profile to a histogram, over the deviation of the image, from backgroundBlock/2 above its middle to so many below it.
func (p *profiler) countAnswers(h *answerHistogram[uint16], below int, deviation float64) {
	half := len(p.sum) / 2
	least := max(1, backgroundSeen*slices.Max(p.count))
	for k, l := range p.levels {
		p.smoothen(l)
		for i := half - backgroundBlock/2; i < half+below; i++ {
			if p.count[i] < least {
				continue
			}
			edge, line := p.at(l, i)
			h.count(2*k, edge/deviation)
			h.count(2*k+1, line/deviation)
		}
	}
}

// likelyBed is a curve with the probability that it is a bed.
type likelyBed struct{ d, a, b, weight float64 }

type likelyBedding []likelyBed

// likelyBeds are all curves that may be beds, ascending in depth. Even what is hardly one tells how the laminae lie.
func likelyBeds(rs []Refined) likelyBedding {
	var out likelyBedding
	for i := range rs {
		r := &rs[i]
		out = append(out, likelyBed{r.D, r.A, r.B, 1 / (1 + math.Exp(-r.Verdicts[dip.Bedding]))})
	}
	slices.SortStableFunc(out, func(p, q likelyBed) int { return cmp.Compare(p.d, q.d) })
	return out
}

// near are the curves within so many rows of a row.
func (l likelyBedding) near(d, reach float64) likelyBedding {
	byDepth := func(p likelyBed, d float64) int { return cmp.Compare(p.d, d) }
	from, _ := slices.BinarySearchFunc(l, d-reach, byDepth)
	to, _ := slices.BinarySearchFunc(l, d+reach, byDepth)
	return l[from:max(from, to)]
}

// density is the logarithm of how many beds there are likely to be in 100 rows, within reach of a row of an image of so many rows.
func (l likelyBedding) density(d, reach float64, rows int) float64 {
	sum := 0.0
	for _, p := range l.near(d, reach) {
		sum += p.weight
	}
	length := min(d+reach, float64(rows)) - max(d-reach, 0)
	return math.Log(leastDensity + 100*sum/max(length, 1))
}

// at is the attitude of bedding at a row: the mean of the curves within 20 m by their probability and nearness; flat where there are none.
func (l likelyBedding) at(d float64) attitude {
	var sum attitude
	weight := 1e-9
	for _, p := range l.near(d, backgroundReach*backgroundBlock) {
		x := (p.d - d) / backgroundNear
		w := p.weight / (1 + x*x)
		sum.a, sum.b, weight = sum.a+w*p.a, sum.b+w*p.b, weight+w
	}
	return attitude{sum.a / weight, sum.b / weight}
}
