package loss

import "math"

// norm is a penalty on one term's difference, with its derivative.
type norm func(x float64) (value, slope float64)

func l1(x float64) (float64, float64) {
	switch {
	case x > 0:
		return x, 1
	case x < 0:
		return -x, -1
	}
	return 0, 0
}

func l2(x float64) (float64, float64) { return x * x, 2 * x }

func smoothL1(x float64) (float64, float64) {
	if math.Abs(x) < 1 {
		return x * x / 2, x
	}
	v, s := l1(x)
	return v - 0.5, s
}

// norms is the table of parameter losses; "curve" is L1 on the curve's depths.
var norms = map[string]norm{"l1": l1, "l2": l2, "smooth_l1": smoothL1, "curve": l1}

// paramTerms fills what the configured parameter loss compares. wrap is the index of a term of period 2, or -1.
func (c *Criterion) paramTerms(t *terms, p [3]float64) (wrap int) {
	switch {
	case c.opt.Param == "curve":
		c.curveTerms(t, p, 2/c.opt.DepthTolM/curveAzimuths)
	case c.opt.Form == "normalised":
		c.normalisedTerms(t, p)
		return 2
	default:
		c.toleranceTerms(t, p)
	}
	return -1
}

// paramLoss of a prediction against a truth's terms, and its gradient by the three parameters.
func (c *Criterion) paramLoss(p [3]float64, truth *terms) (value float64, grad [3]float64) {
	var t terms
	wrap := c.paramTerms(&t, p)
	for i := range t.n {
		d := t.e[i] - truth.e[i]
		if i == wrap {
			d = math.Remainder(d, 2)
		}
		v, s := c.norm(d)
		value += v
		for j := range grad {
			grad[j] += s * t.jac[i][j]
		}
	}
	return value, grad
}
