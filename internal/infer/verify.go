package infer

import (
	"math"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/model"
)

const (
	verifyBatch = 16   // strips a forward pass
	hopeless    = 0.02 // probability of a sinusoid below which there is no second look
	largestMove = 24   // rows that a look may move each of D, A and B
)

// looks at a curve: the first as it is; those that it has found something in again, from where it has moved them, in two of the
// symmetries of the hole, whose mean is surer.
var looks = [][]Turn{{{}}, {{}, {Mirror: true, Flip: true}}}

// verifier runs a model.Verifier over curves.
type verifier struct {
	net     *model.Verifier
	pool    *kernel.Pool
	workers []lookout
}

// lookout is what a worker needs to look at curves without waiting for the others.
type lookout struct {
	graph *model.VerifierGraph
	views [][]float32
}

func newVerifier(net *model.Verifier, pool *kernel.Pool) *verifier {
	v := &verifier{net: net, pool: pool}
	for range pool.Threads() {
		w := lookout{graph: net.Build(kernel.NewPool(1), verifyBatch, false)}
		for range verifyBatch {
			w.views = append(w.views, make([]float32, net.Strip.Size()))
		}
		v.workers = append(v.workers, w)
	}
	return v
}

// run looks at every curve, moves it onto its trace, and leaves its verdicts.
func (v *verifier) run(r Raster, rs []Refined) {
	cutter := NewStraightener(r, v.net.Strip)
	left := make([]*Refined, len(rs))
	for i := range rs {
		left[i] = &rs[i]
	}
	for _, turns := range looks {
		promising := make([]bool, len(left))
		v.pool.Each(len(left), verifyBatch/len(turns), func(worker, i0, i1 int) {
			v.look(&v.workers[worker], cutter, turns, left[i0:i1], promising[i0:i1])
		})
		var again []*Refined
		for i, c := range left {
			if promising[i] {
				again = append(again, c)
			}
		}
		left = again
	}
	for i := range rs {
		rs[i].Coverage = r.Coverage(rs[i].Curve)
	}
}

// look looks at curves, turns of each at a time and verifyBatch of them in all at the most, and tells which are promising.
func (v *verifier) look(w *lookout, cutter *Straightener, turns []Turn, curves []*Refined, promising []bool) {
	n := len(turns)
	for i, c := range curves {
		views := w.views[i*n:][:n]
		cutter.Cut(views[0], c.Curve)
		for k, t := range turns {
			if k > 0 {
				t.Strip(views[k], views[0], v.net.Strip)
			}
			w.graph.SetInput(i*n+k, views[k])
		}
	}
	w.graph.Forward()
	for i, c := range curves {
		promising[i] = v.judge(w.graph, i*n, turns, c)
	}
}

// reach is how many rows above and below a curve a verifier, and the profiler after it, may look at, at the most.
func (v *verifier) reach() int {
	return max(v.net.Strip.Rows*v.net.Strip.Coarse/2, profileRoom()) + len(looks)*3*largestMove + 2 // D, A and B together may move by less than three moves
}

// judge takes over what the network says of the turns of a curve, from place i of its batch on; false where it sees nothing.
func (v *verifier) judge(graph *model.VerifierGraph, i int, turns []Turn, c *Refined) bool {
	var p [model.Classes]float64
	var move [3]float64
	n := float64(len(turns))
	for k, t := range turns {
		for class, q := range graph.Probabilities(i + k) {
			p[class] += q / n
		}
		m := graph.Move.Row(i + k)
		d, a, b := t.Back(float64(m[0]), float64(m[1]), float64(m[2]), v.net.Strip.Columns)
		move[0], move[1], move[2] = move[0]+d/n, move[1]+a/n, move[2]+b/n
	}
	c.Verdicts = c.Verdicts[:0]
	for _, q := range p[:dip.NumClasses] {
		q = max(1e-6, min(1-1e-6, q))
		c.Verdicts = append(c.Verdicts, math.Log(q/(1-q)))
	}
	if 1-p[model.Empty] < hopeless {
		return false
	}
	limit := func(x float64) float64 { return max(-largestMove, min(largestMove, x)) }
	c.D, c.A, c.B = c.D+limit(move[0]), c.A+limit(move[1]), c.B+limit(move[2])
	return true
}
