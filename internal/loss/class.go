package loss

import "math"

const (
	classes = 3
	empty   = 2
)

// logSoftmax of three logits.
func logSoftmax(x []float32) (lp [classes]float64) {
	m := math.Max(float64(x[0]), math.Max(float64(x[1]), float64(x[2])))
	s := 0.0
	for i := range lp {
		lp[i] = float64(x[i]) - m
		s += math.Exp(lp[i])
	}
	s = math.Log(s)
	for i := range lp {
		lp[i] -= s
	}
	return lp
}

// classLoss is a class loss of one query: its value and gradient by the logits, and the weight that counts for it where the loss is a
// weighted mean.
type classLoss func(o *Options, lp [classes]float64, target int) (value float64, grad [classes]float64, weight float64)

// classLosses is the table of class losses. Focal (Lin et al. 2017) is a sum divided by the number of truths; the cross-entropies are
// weighted means over queries.
var classLosses = map[string]struct {
	f        classLoss
	byTruths bool
}{
	"focal":       {focal, true},
	"weighted_ce": {weightedCE, false},
	"ce":          {plainCE, false},
}

// focal is -alpha (1-p)^gamma log p, with 1-alpha for no-sinusoid.
func focal(o *Options, lp [classes]float64, target int) (float64, [classes]float64, float64) {
	alpha := o.Alpha
	if target == empty {
		alpha = 1 - o.Alpha
	}
	p := math.Exp(lp[target])
	q := 1 - p
	w := math.Pow(q, o.Gamma)
	value := -alpha * w * lp[target]
	// d/dlp = -alpha (w - gamma q^(gamma-1) p lp), and dlp/dlogit = onehot - softmax
	s := -alpha * w
	if o.Gamma > 0 && q > 0 {
		s += alpha * o.Gamma * math.Pow(q, o.Gamma-1) * p * lp[target]
	}
	return value, scaledLogGrad(lp, target, s), 1
}

func weightedCE(o *Options, lp [classes]float64, target int) (float64, [classes]float64, float64) {
	w := 1.0
	if target == empty {
		w = o.EmptyWeight
	}
	return -w * lp[target], scaledLogGrad(lp, target, -w), w
}

func plainCE(_ *Options, lp [classes]float64, target int) (float64, [classes]float64, float64) {
	return -lp[target], scaledLogGrad(lp, target, -1), 1
}

// scaledLogGrad is s times the gradient of lp[target] by the logits.
func scaledLogGrad(lp [classes]float64, target int, s float64) (g [classes]float64) {
	for i := range g {
		g[i] = -s * math.Exp(lp[i])
	}
	g[target] += s
	return g
}
