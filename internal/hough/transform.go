package hough

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/geobfdt/geobfdt/internal/kernel"
)

// Image is what is searched, both slices [Rows*Columns] row-major. The grey range does not matter. Column j of n is centred at azimuth
// (j + 0.5) * 360/n, row i spans [i, i+1).
type Image struct {
	Pixels        []float32
	Mask          []bool // of wall seen; the pixels under it are finite
	Rows, Columns int
	RowM          float64 // height of a row, metres
}

func (m *Image) validate() error {
	n := m.Rows * m.Columns
	if m.Rows < 1 || m.Columns < 1 || len(m.Pixels) != n || len(m.Mask) != n || !(m.RowM > 0) {
		return fmt.Errorf("matched filter: image of %d rows x %d columns of %g m has %d pixels and %d of mask",
			m.Rows, m.Columns, m.RowM, len(m.Pixels), len(m.Mask))
	}
	return nil
}

// Proposal is a maximum of the transform: a curve u(phi) = D + A cos(phi) + B sin(phi) in rows of the image, with its votes.
type Proposal struct {
	D, A, B float64
	Z       float64 // strength, sqrt(EdgeZ^2 + LineZ^2)
	EdgeZ   float64 // z of the step answers; positive: values rise with depth
	LineZ   float64 // z of the line answers; negative: darker than what surrounds it
	Rows    int     // rows of the image that one sample of its level averages; 1 on the finest
}

// Constants of the lattice, in samples of a level. With steps of two sigmas of the filter the worst sinusoid between four nodes is a sigma
// away from them (root mean square round the hole).
const (
	spacing    = 2 * sigma // between neighbouring A or B
	reach      = 64        // greatest amplitude on a level that is not the last
	lastReach  = 80        // on the last
	voteRows   = 64        // that are added up at a time, few enough for the cache
	coreRows   = 512       // rows of a block whose maxima are taken
	leastShare = 0.2       // share of the columns that must be seen
)

// level is one scale: factor rows of the image are a sample.
type level struct {
	factor int
	nodes  []node
	half   int   // the lattice spans -half to half in both directions
	index  []int // of a node by its place, with one more place on every side; -1 where there is none
}

// node is a place on the lattice of (A, B), in steps.
type node struct{ i, j int }

// levels that are searched in an image of rows of rowM metres.
func (o Options) levels(rowM float64) []level {
	rows := o.MaxAmplitudeM / rowM
	if o.OnlyRows > 0 {
		return []level{newLevel(o.OnlyRows, rows/float64(o.OnlyRows))}
	}
	return levels(rows)
}

// levels that reach an amplitude of maxRows rows of the image; two at least, so that wide contacts are found as well.
func levels(maxRows float64) []level {
	var out []level
	for factor := 1; ; factor *= 2 {
		samples := maxRows / float64(factor)
		last := samples <= lastReach
		if !last {
			samples = reach
		}
		out = append(out, newLevel(factor, samples))
		if last && len(out) > 1 {
			return out
		}
	}
}

func newLevel(factor int, reach float64) level {
	n := int(reach / spacing)
	l := level{factor: factor, half: n, index: make([]int, (2*n+3)*(2*n+3))}
	for k := range l.index {
		l.index[k] = -1
	}
	for i := -n; i <= n; i++ {
		for j := -n; j <= n; j++ {
			if i*i+j*j <= n*n {
				l.index[l.place(i, j)] = len(l.nodes)
				l.nodes = append(l.nodes, node{i, j})
			}
		}
	}
	return l
}

func (l *level) place(i, j int) int { return (i+l.half+1)*(2*l.half+3) + j + l.half + 1 }

// beside is the node next to another one, -1 at the rim of the lattice.
func (l *level) beside(v node, di, dj int) int { return l.index[l.place(v.i+di, v.j+dj)] }

// Proposals are the maxima of the transform of an image that reach opt.LeastZ, ordered by depth: some 200 to 300 a metre. Neighbouring
// maxima of one trace, and the same trace on several levels, are not merged. They are the same whatever the number of threads. A
// cancelled context stops it with the context's cause.
func Proposals(ctx context.Context, img Image, opt Options, pool *kernel.Pool) ([]Proposal, error) {
	if err := errors.Join(opt.Validate(), img.validate()); err != nil {
		return nil, err
	}
	type block struct{ level, from, rows int }
	all := opt.levels(img.RowM)
	var blocks []block
	plans := make([]plan, len(all))
	for k := range all {
		plans[k] = all[k].plan(img.Columns, coreRows+2*all[k].margin())
		n := (img.Rows + all[k].factor - 1) / all[k].factor
		for from := 0; from < n; from += coreRows {
			blocks = append(blocks, block{k, from, min(coreRows, n-from)})
		}
	}
	found, memory := make([][]Proposal, len(blocks)), make([]votes, pool.Threads())
	// In batches of a block for every worker, so that a cancelled run stops soon.
	for first := 0; first < len(blocks); first += pool.Threads() {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		batch := blocks[first:min(first+pool.Threads(), len(blocks))]
		pool.Run(len(batch), func(worker, i0, i1 int) {
			for i := i0; i < i1; i++ {
				b := batch[i]
				found[first+i] = all[b.level].search(&memory[worker], &img, plans[b.level], b.from, b.rows, opt.LeastZ)
			}
		})
	}
	out := slices.Concat(found...)
	slices.SortFunc(out, func(p, q Proposal) int {
		return cmp.Or(cmp.Compare(p.D, q.D), cmp.Compare(q.Z, p.Z), cmp.Compare(p.A, q.A), cmp.Compare(p.B, q.B))
	})
	return out, nil
}

// votes are the sums of one block: for every node and every sample of the core and of one more on either side. Their memory is used again for
// the next block.
type votes struct {
	edge, line kernel.Columns // z, a node a column
	power      kernel.Columns // square of the strength
	sums       kernel.Columns // of pairs of columns
}

// margin is how many samples above and below a block the search of it reads.
func (l *level) margin() int { return int(math.Ceil(float64(l.half)*spacing)) + 2 }

// search returns the maxima of samples [from, from+rows).
func (l *level) search(v *votes, img *Image, p plan, from, rows int, leastZ float64) []Proposal {
	margin := l.margin()
	r := newResponses(img, l.factor, from-margin, rows+2*margin)
	l.vote(v, r, p, margin-1, rows+2)
	var out []Proposal
	least := float32(leastZ * leastZ)
	var around []([]float32) // of the neighbouring nodes
	for n, node := range l.nodes {
		around = around[:0]
		for di := -1; di <= 1; di++ {
			for dj := -1; dj <= 1; dj++ {
				if m := l.beside(node, di, dj); m >= 0 && m != n {
					around = append(around, v.power.Column(m))
				}
			}
		}
		here := v.power.Column(n)
		for i := 1; i <= rows; i++ {
			if here[i] >= least && isMaximum(here, around, i) {
				out = append(out, l.proposal(v, n, i, from))
			}
		}
	}
	return out
}

// isMaximum tells whether sample i of a node is the greatest of its neighbourhood in depth and on the lattice; of two equals in depth the
// upper one is.
func isMaximum(p []float32, around [][]float32, i int) bool {
	x := p[i]
	if p[i-1] >= x || p[i+1] > x {
		return false
	}
	for _, q := range around {
		if q[i] > x || q[i-1] > x || q[i+1] > x {
			return false
		}
	}
	return true
}

// vote adds up the answers along every curve of the lattice whose midline is sample first, first+1, ... of the block.
func (l *level) vote(v *votes, r *responses, p plan, first, rows int) {
	for _, c := range []*kernel.Columns{&v.edge, &v.line, &v.power} {
		*c = c.Resized(len(l.nodes), rows)
	}
	count := v.power // until it is known
	for _, s := range []struct{ to, from kernel.Columns }{{v.edge, r.edge}, {v.line, r.line}, {count, r.mask}} {
		v.sums = p.sums(v.sums, s.from, r.columns, r.rows)
		for lo := 0; lo < rows; lo += voteRows {
			hi := min(rows, lo+voteRows)
			for n := range p.curves {
				p.curves[n].Sum(s.to.Column(n)[lo:hi], v.sums.All[first-p.top+lo:])
			}
		}
	}
	scale := make([]float32, r.columns+1) // by the number of columns seen
	for n := range scale {
		if n > 0 && float64(n) >= leastShare*float64(r.columns) {
			scale[n] = 1 / float32(math.Sqrt(float64(n)))
		}
	}
	for n := range l.nodes {
		edge, line, power := v.edge.Column(n), v.line.Column(n), v.power.Column(n)
		for i := range power {
			k := scale[int(power[i])]
			e, l := k*edge[i], k*line[i]
			edge[i], line[i], power[i] = e, l, e*e+l*l
		}
	}
}

// proposal is the maximum at sample i of node n, moved to the top of a parabola along depth and each side of the lattice.
func (l *level) proposal(v *votes, n, i, from int) Proposal {
	node, here := l.nodes[n], v.power.Column(n)[i]
	beside := func(di, dj int) float32 {
		if m := l.beside(node, di, dj); m >= 0 {
			return v.power.Column(m)[i]
		}
		return here
	}
	f := float64(l.factor)
	return Proposal{
		D:     (float64(from+i-1) + 0.5 + top(v.power.Column(n)[i-1], here, v.power.Column(n)[i+1])) * f,
		A:     (float64(node.i) + top(beside(-1, 0), here, beside(1, 0))) * spacing * f,
		B:     (float64(node.j) + top(beside(0, -1), here, beside(0, 1))) * spacing * f,
		Z:     math.Sqrt(float64(here)),
		EdgeZ: float64(v.edge.Column(n)[i]),
		LineZ: float64(v.line.Column(n)[i]),
		Rows:  l.factor,
	}
}

// top is where the parabola through three values at -1, 0, 1 has its maximum, for a greatest middle one, within half a step.
func top(below, here, above float32) float64 {
	curvature := float64(below - 2*here + above)
	if curvature >= 0 {
		return 0
	}
	return max(-0.5, min(0.5, 0.5*float64(below-above)/curvature))
}
