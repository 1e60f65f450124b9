package infer

import (
	"math"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/model"
)

const (
	verifyPasses = 2    // looks at a curve: the second from where the first has moved it
	verifyBatch  = 32   // strips a forward pass
	hopeless     = 0.02 // probability of a sinusoid below which there is no second look
	largestMove  = 24   // rows that a look may move each of D, A and B
)

// verifier runs a model.Verifier over curves.
type verifier struct {
	net   *model.Verifier
	graph *model.VerifierGraph
	pool  *kernel.Pool
	x     [][]float32
}

func newVerifier(v *model.Verifier, pool *kernel.Pool) *verifier {
	out := &verifier{net: v, graph: v.Build(pool, verifyBatch, false), pool: pool}
	for range verifyBatch {
		out.x = append(out.x, make([]float32, v.Strip.Size()))
	}
	return out
}

// run looks at every curve, moves it onto its trace, and leaves its verdicts.
func (v *verifier) run(r Raster, rs []Refined) {
	cutter := NewStraightener(r, v.net.Strip)
	left := make([]*Refined, len(rs))
	for i := range rs {
		left[i] = &rs[i]
	}
	for range verifyPasses {
		var again []*Refined
		for first := 0; first < len(left); first += verifyBatch {
			batch := left[first:min(first+verifyBatch, len(left))]
			v.pool.Run(len(batch), func(_, i0, i1 int) {
				for i := i0; i < i1; i++ {
					cutter.Cut(v.x[i], batch[i].Curve)
					v.graph.SetInput(i, v.x[i])
				}
			})
			v.graph.Forward()
			for i, c := range batch {
				if v.judge(i, c) {
					again = append(again, c)
				}
			}
		}
		left = again
	}
	for i := range rs {
		rs[i].Coverage = r.Coverage(rs[i].Curve)
	}
}

// reach is how many rows above and below a curve a verifier may look at, at the most.
func (v *verifier) reach() int {
	return v.net.Strip.Rows*v.net.Strip.Coarse/2 + verifyPasses*3*largestMove + 2 // D, A and B together may move by less than three moves
}

// judge takes over what the network says of place i; false where it sees nothing.
func (v *verifier) judge(i int, c *Refined) bool {
	p := v.graph.Probabilities(i)
	c.Verdicts = c.Verdicts[:0]
	for _, q := range p[:dip.NumClasses] {
		q = max(1e-6, min(1-1e-6, q))
		c.Verdicts = append(c.Verdicts, math.Log(q/(1-q)))
	}
	if 1-p[model.Empty] < hopeless {
		return false
	}
	m := v.graph.Move.Row(i)
	limit := func(x float32) float64 { return max(-largestMove, min(largestMove, float64(x))) }
	c.D, c.A, c.B = c.D+limit(m[0]), c.A+limit(m[1]), c.B+limit(m[2])
	return true
}
