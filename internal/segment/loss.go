package segment

import (
	"math"
	"slices"
)

// The losses of Options.Loss.
const (
	Dice    = "dice"
	Tversky = "tversky"
	Lovasz  = "lovasz"
	Focal   = "focal"
	CE      = "ce"
)

// Losses lists them.
func Losses() []string { return []string{Dice, Tversky, Lovasz, Focal, CE} }

// lossFunc is the loss of one class over the pixels of a batch and its gradient: z are the logits, t the truth (0 or 1), g takes dL/dz.
// All have one value a pixel. Without a pixel the loss is 0.
type lossFunc func(z, t, g []float32) float64

// lossOf makes the loss that the options name, which must be a known one.
func lossOf(o Options) lossFunc {
	switch o.Loss {
	case Dice:
		return func(z, t, g []float32) float64 { return tversky(z, t, g, 0.5, 0.5) }
	case Tversky:
		return func(z, t, g []float32) float64 { return tversky(z, t, g, o.FalsePositive, o.FalseNegative) }
	case Lovasz:
		return new(lovasz).loss
	case Focal:
		return func(z, t, g []float32) float64 { return focal(z, t, g, o.Gamma, o.Alpha) }
	}
	return crossEntropy
}

// crossEntropy is the mean of -log p of the truth; p is the sigmoid of the logit.
func crossEntropy(z, t, g []float32) float64 {
	sum, k := 0.0, 1/float64(max(1, len(z)))
	for i, v := range z {
		x, y := float64(v), float64(t[i])
		sum += softplus(x) - x*y
		g[i] = float32(k * (sigmoid(x) - y))
	}
	return k * sum
}

// focal is the mean of -a (1-p)^gamma log p, where p is the probability of the truth and a is alpha on a trace, 1 - alpha beside it (Lin et
// al. 2017, arXiv 1708.02002, equation 5).
func focal(z, t, g []float32, gamma, alpha float64) float64 {
	sum, k := 0.0, 1/float64(max(1, len(z)))
	for i, v := range z {
		x, a, sign := float64(v), alpha, 1.0
		if t[i] < 0.5 {
			x, a, sign = -x, 1-alpha, -1
		}
		p, logP, miss := sigmoid(x), -softplus(-x), sigmoid(-x)
		w := a * math.Pow(miss, gamma)
		sum -= w * logP
		// d/dx of -w log p, with dp/dx = p (1-p).
		g[i] = float32(k * sign * w * (gamma*p*logP - miss))
	}
	return k * sum
}

// smooth keeps a class without a pixel from dividing by 0, and makes two empty masks equal.
const smooth = 1

// tversky is 1 - TP / (TP + a FP + b FN) with the soft counts TP = sum p t, FP = sum p (1-t), FN = sum (1-p) t over the whole batch
// (Salehi et al. 2017, arXiv 1706.05721, equation 4). With a = b = 1/2 it is the Dice loss, 1 - 2 sum p t / (sum p + sum t); the term that
// smooths is 1 there, so it is 1/2 here above and below (Sudre et al. 2017, arXiv 1707.03237, for two equal classes).
func tversky(z, t, g []float32, a, b float64) float64 {
	var tp, fp, fn float64
	for i, v := range z {
		p, y := sigmoid(float64(v)), float64(t[i])
		g[i] = float32(p)
		tp, fp, fn = tp+p*y, fp+p*(1-y), fn+(1-p)*y
	}
	if len(z) == 0 {
		return 0
	}
	above := tp + smooth/2.0
	below := above + a*fp + b*fn
	for i := range g {
		p, y := float64(g[i]), float64(t[i])
		dAbove := y
		dBelow := y + a*(1-y) - b*y
		g[i] = float32(-(dAbove*below - above*dBelow) / (below * below) * p * (1 - p))
	}
	return 1 - above/below
}

// lovasz is the Lovasz hinge: the convex extension of 1 - IoU to the hinge errors of the pixels, largest first (Berman et al. 2018, arXiv
// 1705.08790, algorithm 1), over the whole batch. It keeps memory to sort in.
type lovasz struct {
	errs  []float64
	order []int32
}

func (l *lovasz) loss(z, t, g []float32) float64 {
	clear(g)
	l.errs, l.order = l.errs[:0], l.order[:0]
	positives := 0
	for i, v := range z {
		e := 1 + float64(v)
		if t[i] > 0.5 {
			e = 1 - float64(v)
			positives++
		}
		l.errs = append(l.errs, e)
		if e > 0 { // the others come last and weigh nothing
			l.order = append(l.order, int32(i))
		}
	}
	slices.SortStableFunc(l.order, func(a, b int32) int {
		switch d := l.errs[b] - l.errs[a]; {
		case d < 0:
			return -1
		case d > 0:
			return 1
		}
		return 0
	})
	sum, before := 0.0, 0.0
	hits, union := positives, positives // intersection and union when the pixels so far are wrong
	for _, i := range l.order {
		sign := float32(1)
		if t[i] > 0.5 {
			hits--
			sign = -1
		} else {
			union++
		}
		now := 1 - float64(hits)/float64(union)
		w := now - before
		before = now
		sum += w * l.errs[i]
		g[i] = sign * float32(w)
	}
	return sum
}

func sigmoid(x float64) float64 {
	if x < 0 {
		e := math.Exp(x)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-x))
}

// softplus is log(1 + e^x).
func softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }
