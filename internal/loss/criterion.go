package loss

import (
	"fmt"
	"math"

	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/match"
)

// Output is what one decoder layer predicts for a batch, with room for its gradient. Rows are image by image, query by query.
type Output struct {
	Logits, Params   []float32 // [B*Q][Stride], 3 used
	DLogits, DParams []float32 // written (=), same layout; nil: values only
	Stride           int
}

// Result of a criterion over a batch. Class and Param are unweighted, of the last layer; Total sums every layer with the weights.
type Result struct {
	Total, Class, Param float64
	Truths              int
	WrongClass          int // of the matched queries of the last layer, those whose best real class is wrong: the published "class error"
}

// Criterion computes the loss of a set prediction. It is not safe for concurrent use.
type Criterion struct {
	opt              Options
	head             Head
	heightM, radiusM float64
	queries          int
	norm             norm
	class            classLoss
	byTruths         bool
	cos, sin         [curveAzimuths]float64

	pool    *kernel.Pool
	workers []worker
	images  []imageResult
}

type worker struct {
	solver match.Solver
	cost   []float64
	assign []int
	truth  []terms // of the parameter loss
	curve  []terms // of the matching, in match scales
	target []int   // truth of each query, -1 none
}

// imageResult holds one image's sums for a layer, so that the total does not depend on the number of workers.
type imageResult struct {
	class, weight, param float64
	wrong                int
}

// New makes a criterion for a head, tile height and hole radius in virtual metres, and a number of queries per image.
func New(o Options, h Head, heightM, radiusM float64, queries int, pool *kernel.Pool) (*Criterion, error) {
	c := &Criterion{opt: o, head: h, heightM: heightM, radiusM: radiusM, queries: queries, pool: pool}
	cl, ok := classLosses[o.Class]
	if !ok {
		return nil, fmt.Errorf("loss.class: %q is unknown; choose focal, weighted_ce or ce", o.Class)
	}
	if c.norm, ok = norms[o.Param]; !ok {
		return nil, fmt.Errorf("loss.param: %q is unknown; choose l1, l2, smooth_l1 or curve", o.Param)
	}
	if o.Form != "tolerance" && o.Form != "normalised" {
		return nil, fmt.Errorf("loss.form: %q is unknown; choose tolerance or normalised", o.Form)
	}
	if o.Match != "curve" && o.Match != "param" {
		return nil, fmt.Errorf("loss.match: %q is unknown; choose curve or param", o.Match)
	}
	if !(o.DepthTolM > 0 && o.DipTolDeg > 0 && o.MatchScaleM > 0) {
		return nil, fmt.Errorf("loss: depth_tol_m, dip_tol_deg and match_scale_m must be positive")
	}
	c.class, c.byTruths = cl.f, cl.byTruths
	for k := range c.cos {
		c.sin[k], c.cos[k] = math.Sincos(2 * math.Pi * float64(k) / curveAzimuths)
	}
	c.workers = make([]worker, pool.Threads())
	for i := range c.workers {
		c.workers[i].target = make([]int, queries)
	}
	return c, nil
}

// Compute evaluates every layer (or only the last without auxiliary losses), writes the gradients, and returns the sums. An image's
// truths beyond the number of queries take part in the matching and stay unmatched.
func (c *Criterion) Compute(layers []Output, truths [][]Truth) (Result, error) {
	if len(c.images) < len(truths) {
		c.images = make([]imageResult, len(truths))
	}
	res := Result{}
	for _, t := range truths {
		res.Truths += len(t)
	}
	norm := float64(max(1, res.Truths))
	for i, out := range layers {
		last := i == len(layers)-1
		if !last && !c.opt.Auxiliary {
			clear(out.DLogits)
			clear(out.DParams)
			continue
		}
		errs := make([]error, len(c.workers))
		c.pool.Run(len(truths), func(w, b0, b1 int) {
			for b := b0; b < b1 && errs[w] == nil; b++ {
				c.images[b], errs[w] = c.image(&c.workers[w], out, b, truths[b], norm)
			}
		})
		for _, err := range errs {
			if err != nil {
				return res, fmt.Errorf("decoder layer %d: %w", i, err)
			}
		}
		cl, weight, par, wrong := 0.0, 0.0, 0.0, 0
		for _, im := range c.images[:len(truths)] {
			cl, weight, par, wrong = cl+im.class, weight+im.weight, par+im.param, wrong+im.wrong
		}
		classNorm := norm
		if !c.byTruths {
			classNorm = math.Max(weight, 1e-12)
		}
		scale(out.DLogits, float32(c.opt.ClassWeight/classNorm))
		cl, par = cl/classNorm, par/norm
		res.Total += c.opt.ClassWeight*cl + c.opt.ParamWeight*par
		if last {
			res.Class, res.Param, res.WrongClass = cl, par, wrong
		}
	}
	return res, nil
}

func scale(x []float32, k float32) {
	for i := range x {
		x[i] *= k
	}
}

// image matches and scores one image of one layer. Its class gradients still lack their common factor.
func (c *Criterion) image(w *worker, out Output, b int, truths []Truth, norm float64) (r imageResult, err error) {
	if err := c.match(w, out, b, truths); err != nil {
		return r, err
	}
	for q := range c.queries {
		o := (b*c.queries + q) * out.Stride
		lp := logSoftmax(out.Logits[o:])
		target, t := empty, w.target[q]
		if t >= 0 {
			target = truths[t].Class
			if lp[target] < lp[1-target] {
				r.wrong++
			}
		}
		v, grad, weight := c.class(&c.opt, lp, target)
		r.class += v
		r.weight += weight
		if out.DLogits != nil {
			for i, g := range grad {
				out.DLogits[o+i] = float32(g)
			}
		}
		var pg [3]float64
		if t >= 0 {
			v, pg = c.paramLoss(params(out, o), &w.truth[t])
			r.param += v
		}
		if out.DParams != nil {
			for i, g := range pg {
				out.DParams[o+i] = float32(g * c.opt.ParamWeight / norm)
			}
		}
	}
	return r, nil
}

func params(out Output, o int) [3]float64 {
	return [3]float64{float64(out.Params[o]), float64(out.Params[o+1]), float64(out.Params[o+2])}
}

// maxMatchCost bounds the geometric cost, so that a far query's class still counts.
const maxMatchCost = 50

// match assigns queries to truths at least total cost: -MatchClass p(class) + the distance in match scales or the parameter loss.
// The result is in w.target.
func (c *Criterion) match(w *worker, out Output, b int, truths []Truth) error {
	for q := range w.target {
		w.target[q] = -1
	}
	n := len(truths)
	if n == 0 {
		return nil
	}
	w.truth, w.curve = grow(w.truth, n), grow(w.curve, n)
	for i, t := range truths {
		p := t.params(c.head)
		c.paramTerms(&w.truth[i], p)
		if c.opt.Match == "curve" {
			c.curveTerms(&w.curve[i], p, 1/c.opt.MatchScaleM/curveAzimuths)
		}
	}
	w.cost, w.assign = grow(w.cost, c.queries*n), grow(w.assign, c.queries)
	var e terms
	for q := range c.queries {
		o := (b*c.queries + q) * out.Stride
		lp, p := logSoftmax(out.Logits[o:]), params(out, o)
		if c.opt.Match == "curve" {
			c.curveTerms(&e, p, 1/c.opt.MatchScaleM/curveAzimuths)
		}
		for i, t := range truths {
			d := 0.0
			if c.opt.Match == "curve" {
				for k := range curveAzimuths {
					d += math.Abs(e.e[k] - w.curve[i].e[k])
				}
			} else {
				d, _ = c.paramLoss(p, &w.truth[i])
			}
			w.cost[q*n+i] = -c.opt.MatchClass*math.Exp(lp[t.Class]) + math.Min(d, maxMatchCost)
		}
	}
	if err := w.solver.Assign(w.cost, c.queries, n, w.assign); err != nil {
		return fmt.Errorf("match image %d of the batch: %w", b, err)
	}
	copy(w.target, w.assign)
	return nil
}

func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
