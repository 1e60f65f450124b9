package segment

import "github.com/geobfdt/geobfdt/internal/kernel"

// Criterion is the loss of a batch: the mean over the classes of the loss of each, over the seen pixels of all images together. It is not
// safe for concurrent use.
type Criterion struct {
	pool    *kernel.Pool
	classes [Classes]classLoss
	index   []int32 // seen pixels
}

// classLoss is the loss of one class with the memory that it works in.
type classLoss struct {
	loss    lossFunc
	z, t, g []float32
	value   float64
}

// NewCriterion makes the criterion that the options name; pool shares the classes between its workers.
func NewCriterion(o Options, pool *kernel.Pool) *Criterion {
	c := &Criterion{pool: pool}
	for k := range c.classes {
		c.classes[k].loss = lossOf(o)
	}
	return c
}

// Compute returns the loss of logits, [pixels] rows of stride values of which the first are those of the classes, against truth, [pixels,
// Classes], where seen. It adds the gradient to grad, laid out as logits; nil: the value only.
func (c *Criterion) Compute(logits, grad []float32, stride int, truth []float32, seen []bool) float64 {
	c.index = c.index[:0]
	for i, s := range seen {
		if s {
			c.index = append(c.index, int32(i))
		}
	}
	c.pool.Run(Classes, func(_, k0, k1 int) {
		for k := k0; k < k1; k++ {
			one := &c.classes[k]
			one.z, one.t = one.z[:0], one.t[:0]
			for _, i := range c.index {
				one.z, one.t = append(one.z, logits[int(i)*stride+k]), append(one.t, truth[int(i)*Classes+k])
			}
			if len(one.g) < len(one.z) {
				one.g = make([]float32, len(seen))
			}
			g := one.g[:len(one.z)]
			one.value = one.loss(one.z, one.t, g)
			if grad == nil {
				continue
			}
			for n, i := range c.index {
				grad[int(i)*stride+k] += g[n] / float32(Classes)
			}
		}
	})
	sum := 0.0
	for k := range c.classes {
		sum += c.classes[k].value
	}
	return sum / float64(Classes)
}
