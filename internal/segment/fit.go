package segment

import (
	"container/heap"
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/infer"
)

// Constants of the fit.
const (
	maxAmplitudeM = 1.5  // tallest sinusoid, half height
	leastColumns  = 3    // a component with fewer is no seed
	leastSupport  = 0.3  // share of the columns with wall seen under a curve that must carry a run of it
	leastSectors  = 4    // of 12, that carry a run: less is an arc, whose sinusoid is a guess
	sectors       = 12   // of the hole
	trials        = 240  // hypotheses for each seed
	reachRows     = 1.0  // how far a run may lie from the curve, beyond half of a trace's thickness,
	reachOfSweep  = 0.25 // and this share of what the curve sweeps in a column
	leastHeight   = 0.5  // share of what the curve sweeps that a run must be tall: flat marks do not carry a steep curve
	polishRounds  = 4    // of least squares with the inliers chosen anew
	fitSeed       = 1
)

// Fit finds the sinusoids of a class in a map: RANSAC (Fischler & Bolles 1981; scored as MSAC, Torr & Zisserman 2000) over the runs of marked
// pixels. Every connected component proposes its best curve, polished by weighted least squares; the best proposal of all is taken, its runs
// are taken away, and who had counted on them proposes anew. A sinusoid is linear in (D, A, B), so that three runs make a hypothesis.
// halfRows is half the thickness of a trace. The score of a curve is the mean probability of the runs on it, counted over all columns with
// wall seen under it. The same map gives the same curves.
func Fit(ctx context.Context, m *Map, class dip.Class, threshold, halfRows, rowM float64) ([]infer.Refined, error) {
	f := &fitter{m: m, runs: findRuns(m, class, threshold), class: class, halfRows: halfRows, tallest: maxAmplitudeM / rowM,
		rng: rand.New(rand.NewPCG(fitSeed, uint64(class)))}
	f.cos, f.sin = dip.ColumnAzimuths(m.Columns)
	var queue proposals
	propose := func(part []*pixelRun) {
		part = slices.DeleteFunc(slices.Clone(part), func(r *pixelRun) bool { return r.used })
		if s, v := f.propose(part); v > 0 {
			heap.Push(&queue, proposal{s, v, part})
		}
	}
	for _, part := range f.runs.parts {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		propose(part)
	}
	var out []infer.Refined
	for len(queue) > 0 {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		p := heap.Pop(&queue).(proposal)
		if f.value(p.curve) < p.value { // others have taken runs of it
			propose(p.part)
			continue
		}
		if c, ok := f.accept(p.curve); ok {
			out = append(out, c)
			propose(p.part)
		}
	}
	return out, nil
}

// proposal is the best curve of a component.
type proposal struct {
	curve sinusoid
	value float64
	part  []*pixelRun
}

// proposals is a heap, the best one first.
type proposals []proposal

func (q proposals) Len() int           { return len(q) }
func (q proposals) Less(i, j int) bool { return q[i].value > q[j].value }
func (q proposals) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *proposals) Push(x any)        { *q = append(*q, x.(proposal)) }
func (q *proposals) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// fitter is a Fit under way.
type fitter struct {
	m        *Map
	runs     *runs
	class    dip.Class
	halfRows float64
	tallest  float64 // rows
	rng      *rand.Rand
	cos, sin []float64

	on []*pixelRun // scratch: inliers
}

// sinusoid is u(phi) = d + a cos(phi) + b sin(phi), rows.
type sinusoid struct{ d, a, b float64 }

func (f *fitter) at(s sinusoid, j int) float64 { return s.d + s.a*f.cos[j] + s.b*f.sin[j] }

// sweep is half of what the curve rises or falls within column j.
func (f *fitter) sweep(s sinusoid, j int) float64 {
	return math.Abs(s.b*f.cos[j]-s.a*f.sin[j]) * math.Pi / float64(f.m.Columns)
}

// propose looks for the best curve through the runs of a component; its value is 0 where there is none.
func (f *fitter) propose(part []*pixelRun) (best sinusoid, top float64) {
	if columnsOf(part) < leastColumns {
		return best, 0
	}
	for range trials {
		s, ok := f.hypothesis(part)
		if !ok {
			continue
		}
		if v := f.value(s); v > top {
			best, top = s, v
		}
	}
	for k := 0; top > 0 && k < polishRounds; k++ {
		f.inliers(best)
		s, ok := leastSquares(f.on, f.cos, f.sin)
		if !ok || math.Hypot(s.a, s.b) > f.tallest {
			break
		}
		v := f.value(s)
		if v < top {
			break
		}
		best, top = s, v
	}
	return best, top
}

// accept judges a curve by what carries it.
func (f *fitter) accept(s sinusoid) (infer.Refined, bool) {
	f.inliers(s)
	seen := 0
	for j := range f.m.Columns {
		if f.sees(s, j) {
			seen++
		}
	}
	var sector [sectors]bool
	sum := 0.0
	for _, r := range f.on {
		sector[r.column*sectors/f.m.Columns] = true
		sum += r.mean
	}
	carried := 0
	for _, on := range sector {
		if on {
			carried++
		}
	}
	if seen == 0 || carried < leastSectors || float64(len(f.on)) < leastSupport*float64(seen) {
		return infer.Refined{}, false
	}
	for _, r := range f.on {
		r.used = true
	}
	c := infer.Curve{Class: f.class, D: s.d, A: s.a, B: s.b, Score: min(1, sum/float64(max(seen, len(f.on))))}
	out := infer.Refined{Curve: c, Coverage: float64(seen) / float64(f.m.Columns)}
	return out, true
}

// sees tells whether the tool saw the wall under the curve in column j.
func (f *fitter) sees(s sinusoid, j int) bool {
	u := math.Floor(f.at(s, j))
	return u >= 0 && u < float64(f.m.Rows) && f.m.Seen[int(u)*f.m.Columns+j]
}

// nearRun is the run that carries the curve in column j, nil where none does, and what it is worth: 1 in the middle, 0 at the limit.
func (f *fitter) nearRun(s sinusoid, j int) (*pixelRun, float64) {
	u, sweep := f.at(s, j), f.sweep(s, j)
	r := f.runs.at(j, u)
	if r == nil {
		return nil, 0
	}
	limit := f.halfRows + reachRows + reachOfSweep*sweep
	off := math.Abs(r.centre-u) / limit
	if off >= 1 || r.half()+reachRows < leastHeight*sweep {
		return nil, 0
	}
	return r, 1 - off*off
}

// value of a hypothesis: the columns that carry it, less a half of those that see wall and do not.
func (f *fitter) value(s sinusoid) float64 {
	sum := 0.0
	for j := range f.m.Columns {
		if r, v := f.nearRun(s, j); r != nil {
			sum += v
		} else if f.sees(s, j) {
			sum -= 0.5
		}
	}
	return sum
}

// inliers fills f.on.
func (f *fitter) inliers(s sinusoid) {
	f.on = f.on[:0]
	for j := range f.m.Columns {
		if r, _ := f.nearRun(s, j); r != nil {
			f.on = append(f.on, r)
		}
	}
}

// hypothesis draws a curve through three runs: one of the component, and two a sixth to a half of a turn to either side of it, of the
// component where it reaches so far (every other time), else of whatever lies within a height drawn anew each time.
func (f *fitter) hypothesis(part []*pixelRun) (sinusoid, bool) {
	p := part[f.rng.IntN(len(part))]
	n := f.m.Columns
	within := math.Exp(f.rng.Float64()*math.Log(f.tallest)) * 2
	own := f.rng.IntN(2) == 0
	three := [3]*pixelRun{p}
	for k, side := range []int{1, -1} {
		for range 4 {
			var q *pixelRun
			if own {
				if q = part[f.rng.IntN(len(part))]; !apart(side*(q.column-p.column), n) {
					continue
				}
			} else {
				j := p.column + side*(n/6+f.rng.IntN(max(1, n/3)))
				if q = f.near(((j%n)+n)%n, p.centre, within); q == nil {
					continue
				}
			}
			three[k+1] = q
			break
		}
		if three[k+1] == nil {
			return sinusoid{}, false
		}
	}
	s, ok := leastSquares(three[:], f.cos, f.sin)
	return s, ok && math.Hypot(s.a, s.b) <= f.tallest
}

// apart tells whether a step in columns is a sixth to a half of a turn onwards.
func apart(step, n int) bool {
	step = ((step % n) + n) % n
	return 6*step >= n && 2*step <= n
}

// near draws an unused run of column j whose centre is within rows of u.
func (f *fitter) near(j int, u, rows float64) *pixelRun {
	c := f.runs.columns[j]
	lo, _ := slices.BinarySearchFunc(c, u-rows, func(r *pixelRun, v float64) int { return compareFloat(r.centre, v) })
	hi, _ := slices.BinarySearchFunc(c, u+rows, func(r *pixelRun, v float64) int { return compareFloat(r.centre, v) })
	if lo == hi {
		return nil
	}
	if r := c[lo+f.rng.IntN(hi-lo)]; !r.used {
		return r
	}
	return nil
}

// columnsOf counts the columns that runs, ordered by column, lie in.
func columnsOf(part []*pixelRun) int {
	n, last := 0, -1
	for _, r := range part {
		if r.column != last {
			n, last = n+1, r.column
		}
	}
	return n
}

// leastSquares is the sinusoid nearest to the centres of runs, weighted with their probabilities; false where they do not determine one.
func leastSquares(on []*pixelRun, cos, sin []float64) (sinusoid, bool) {
	var m [3][4]float64 // normal equations
	for _, r := range on {
		x := [3]float64{1, cos[r.column], sin[r.column]}
		for i := range 3 {
			for k := range 3 {
				m[i][k] += r.mean * x[i] * x[k]
			}
			m[i][3] += r.mean * x[i] * r.centre
		}
	}
	for i := range 3 { // Gauss-Jordan with pivots
		p := i
		for k := i + 1; k < 3; k++ {
			if math.Abs(m[k][i]) > math.Abs(m[p][i]) {
				p = k
			}
		}
		m[i], m[p] = m[p], m[i]
		if math.Abs(m[i][i]) < 1e-6 {
			return sinusoid{}, false
		}
		for k := range 3 {
			if k == i {
				continue
			}
			q := m[k][i] / m[i][i]
			for c := i; c < 4; c++ {
				m[k][c] -= q * m[i][c]
			}
		}
	}
	return sinusoid{m[0][3] / m[0][0], m[1][3] / m[1][1], m[2][3] / m[2][2]}, true
}
