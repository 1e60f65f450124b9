package infer

import (
	"math"
	"slices"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// A sinusoid z = d + a cos + b sin is additive: shift every column of a tile by an attitude (a, b), and what runs along it is flat. Beds of
// a high-angle well, taller than a tile and steeper than the network's receptive field can follow, become ordinary beds. The attitude is
// found without learning, by semblance: the share of the energy of the vertical derivative that is common to all columns once they are
// shifted (Neidell & Taner 1971).
const (
	scanSigma  = 3   // rows of smoothing before the derivative
	scanRows   = 2   // rows that are averaged
	scanCols   = 32  // columns that are left at most
	scanStep   = 6.0 // rows between candidates of a and b
	scanReach  = 156 // rows of amplitude of the steepest candidate
	scanClip   = 3.0 // deviations at which the derivative is clipped: single strong contacts must not decide alone
	scanMargin = 6   // further tiles on each side, for the smoothing over neighbours
	scanGroup  = 8   // tiles that are stacked at a time, few enough for the cache
	scanSmooth = 2.0 // tiles, standard deviation of the smoothing over neighbours

	flatReach    = 9.0  // amplitude up to which a tile is called flat: the network needs no help
	steepGain    = 1.2  // a steep attitude must explain this much more than the best flat one
	steepFloor   = 0.01 // and this much in any case
	otherRows    = 10.0 // the tile's own attitude is tried beside its neighbourhood's where they differ by this
	otherPerRow  = 0.15 // and by this share of the amplitude
	leastStacked = 0.3  // of all columns: a stack of fewer counts as one of so many
	leastSheared = 0.1  // share of a dewarped tile with wall seen below which it is not looked at
)

// attitude of a dewarped tile, rows.
type attitude struct{ a, b float64 }

func (t attitude) amplitude() float64 { return math.Hypot(t.a, t.b) }

// scanner finds the attitudes of the tiles of a grid.
type scanner struct {
	opt        tile.Options
	pool       *kernel.Pool
	candidates []attitude
	cols       int
	cos, sin   []float64
}

func newScanner(opt tile.Options, pool *kernel.Pool) *scanner {
	s := &scanner{opt: opt, pool: pool}
	n := opt.Columns
	per := max(1, (n+scanCols-1)/scanCols)
	s.cols = n / per
	s.cos, s.sin = dip.ColumnAzimuths(s.cols)
	for i := -scanReach / scanStep; i <= scanReach/scanStep; i++ {
		for j := -scanReach / scanStep; j <= scanReach/scanStep; j++ {
			if t := (attitude{i * scanStep, j * scanStep}); t.amplitude() <= scanReach {
				s.candidates = append(s.candidates, t)
			}
		}
	}
	return s
}

// attitudes returns the steep attitudes worth a look beside the flat one, mostly none, at most two, for tiles [first, last) of those that
// start at rows starts of a part of the grid. The others are their neighbours: scanMargin on each side where there are so many. The part
// must have scanReach rows around the tiles, as far as the grid goes.
func (s *scanner) attitudes(part *tile.Section, starts []int, first, last int) [][]attitude {
	e := s.derivative(part)
	tiles, h := len(starts), s.opt.Rows/scanRows
	num, den := make([]float32, len(s.candidates)*tiles), make([]float32, len(s.candidates)*tiles)
	least := leastStacked * float32(s.cols)
	s.pool.Run(len(s.candidates), func(_, c0, c1 int) {
		var common, count []float32
		at := make([]int, s.cols)
		for t0 := 0; t0 < tiles; t0 += scanGroup {
			t1 := min(tiles, t0+scanGroup)
			lo := starts[t0] / scanRows
			n := min(e.rows, starts[t1-1]/scanRows+h) - lo
			common, count = slices.Grow(common[:0], n)[:n], slices.Grow(count[:0], n)[:n]
			for c := c0; c < c1; c++ {
				e.stack(common, count, lo, at, s.candidates[c], s.cos, s.sin)
				for i, v := range common {
					common[i] = v * v / max(count[i], least)
				}
				for t := t0; t < t1; t++ {
					from := starts[t]/scanRows - lo
					to := min(n, from+h)
					energy := 0.0
					for _, k := range at {
						energy += e.energy[k+to] - e.energy[k+from]
					}
					num[t*len(s.candidates)+c], den[t*len(s.candidates)+c] = kernel.Sum(common[from:to]), float32(energy)
				}
			}
		}
	})
	out := make([][]attitude, last-first)
	s.pool.Run(last-first, func(_, i0, i1 int) {
		for i := i0; i < i1; i++ {
			near, okNear := s.best(num, den, first+i, tiles, scanSmooth)
			own, okOwn := s.best(num, den, first+i, tiles, 0)
			if okNear {
				out[i] = append(out[i], near)
			}
			if okOwn && (!okNear || math.Hypot(own.a-near.a, own.b-near.b) > otherRows+otherPerRow*own.amplitude()) {
				out[i] = append(out[i], own)
			}
		}
	})
	return out
}

// best is the steep attitude of greatest semblance of tile t, with its neighbours' weighted in by a Gaussian of sigma tiles; false where
// a flat one explains as much.
func (s *scanner) best(num, den []float32, t, tiles int, sigma float64) (best attitude, ok bool) {
	n := len(s.candidates)
	top, flat := 0.0, 0.0
	lo, hi := t, t
	if sigma > 0 {
		lo, hi = max(0, t-int(3*sigma)), min(tiles-1, t+int(3*sigma))
	}
	weights := make([]float64, hi+1-lo)
	for i := range weights {
		weights[i] = 1
		if k := lo + i - t; sigma > 0 {
			weights[i] = math.Exp(-float64(k*k) / (2 * sigma * sigma))
		}
	}
	var mean float64
	for _, v := range den[t*n : t*n+n] {
		mean += float64(v) / float64(n)
	}
	for c, att := range s.candidates {
		var a, b float64
		for i, w := range weights {
			a += w * float64(num[(lo+i)*n+c])
			b += w * float64(den[(lo+i)*n+c])
		}
		v := a / (b + 1e-3*mean + 1e-6)
		if att.amplitude() <= flatReach {
			flat = max(flat, v)
		} else if v > top {
			top, best = v, att
		}
	}
	return best, top > steepGain*flat+steepFloor
}

// edges is the clipped vertical derivative of a part of the grid, column by column, in rows of scanRows.
type edges struct {
	rows   int
	e, one kernel.Columns // value, and 1 where there is one
	energy []float64      // of each place of e, the sum of the squares of all values before it
}

// edgeRoom is as far as a candidate takes a column, in rows of scanRows.
const edgeRoom = scanReach / scanRows

// stack sums the columns from row lo on, each read where the attitude takes it, which it leaves in at.
func (e *edges) stack(sum, count []float32, lo int, at []int, t attitude, cos, sin []float64) {
	for j := range at {
		at[j] = e.e.Place(j, lo+int(math.Round((t.a*cos[j]+t.b*sin[j])/scanRows)))
	}
	shifts := kernel.NewShifts(at)
	shifts.Sum(sum, e.e.All)
	shifts.Sum(count, e.one.All)
}

// derivative of a part of the grid.
func (s *scanner) derivative(part *tile.Section) *edges {
	n, cols := part.Rows(), s.opt.Columns
	img, mask := part.Image(), part.Mask()
	rows := n / scanRows
	plane := func() kernel.Columns { return kernel.NewColumns(s.cols, rows, edgeRoom) }
	e := &edges{rows: rows, e: plane(), one: plane()}
	per := cols / s.cols
	s.pool.Run(s.cols, func(_, j0, j1 int) {
		filter := newColumnFilter(n)
		for j := j0; j < j1; j++ {
			value, one := e.e.Column(j), e.one.Column(j)
			for c := j * per; c < (j+1)*per; c++ {
				smooth := filter.column(img, mask, c, cols)
				for i := scanRows; i < n-scanRows; i++ {
					if k := i / scanRows; mask[i*cols+c] && k < e.rows {
						value[k] += smooth[i+2] - smooth[i-2]
						one[k]++
					}
				}
			}
			for k, m := range one {
				if m > 0 {
					value[k] /= m
					one[k] = 1
				}
			}
		}
	})
	e.clip()
	return e
}

// clip scales by the deviation, clips, and fills the energy.
func (e *edges) clip() {
	count, k := float64(kernel.Sum(e.one.All)), float32(0)
	if squares := kernel.SumSquares(e.e.All); squares > 0 {
		k = float32(1 / math.Sqrt(squares/count))
	}
	e.energy = make([]float64, len(e.e.All)+1)
	for i, v := range e.e.All {
		v = max(-scanClip, min(scanClip, v*k))
		e.e.All[i], e.energy[i+1] = v, e.energy[i]+float64(v)*float64(v)
	}
}

// columnFilter smooths columns of an image along depth by a Gaussian over the pixels of the mask.
type columnFilter struct {
	value, seen    []float32 // of a column, with scanRoom zeros above and below
	smooth, weight []float32
}

// scanRoom is as far as the Gaussian of columnFilter reaches.
const scanRoom = 3 * scanSigma

func newColumnFilter(rows int) *columnFilter {
	return &columnFilter{make([]float32, rows+2*scanRoom), make([]float32, rows+2*scanRoom), make([]float32, rows), make([]float32, rows)}
}

// column c of img, smoothed; it holds until the next.
func (s *columnFilter) column(img []float32, mask []bool, c, cols int) []float32 {
	value, seen := s.value[scanRoom:len(s.value)-scanRoom], s.seen[scanRoom:len(s.seen)-scanRoom]
	for i, k := 0, c; i < len(value); i, k = i+1, k+cols {
		value[i], seen[i] = 0, 0
		if mask[k] {
			value[i], seen[i] = img[k], 1
		}
	}
	kernel.Filter(s.smooth, s.value, scanTaps)
	kernel.Filter(s.weight, s.seen, scanTaps)
	for i, w := range s.weight {
		s.smooth[i] /= w + 1e-3
	}
	return s.smooth
}

// scanTaps is the Gaussian of columnFilter.
var scanTaps = kernel.GaussianTaps(scanSigma, scanRoom)
