package kernel

import "math"

// AdamParams are the constants of one AdamW step, the same for every weight of a group.
type AdamParams struct {
	Beta1, Beta2 float32 // decay of the first and second moment
	StepSize     float32 // lr / (1 - Beta1^t)
	InvSqrtBias2 float32 // 1 / sqrt(1 - Beta2^t)
	Eps          float32
	Decay        float32 // 1 - lr * weight decay
}

// vector is the constants in the order of the assembly.
func (p *AdamParams) vector() [8]float32 {
	return [8]float32{p.Beta1, 1 - p.Beta1, p.Beta2, 1 - p.Beta2, p.StepSize, p.InvSqrtBias2, p.Eps, p.Decay}
}

// AdamW takes one step of torch.optim.AdamW (I. Loshchilov and F. Hutter, Decoupled weight decay regularization, 2019)
// on the weights w with gradient g and moments m and v, all as long as w:
//
//	m = Beta1*m + (1-Beta1)*g
//	v = Beta2*v + (1-Beta2)*g^2
//	w = Decay*w - StepSize * m / (sqrt(v)*InvSqrtBias2 + Eps)
//
// 1-Beta is taken in float32, so that the weights of a moment sum to one exactly; PyTorch takes it in float64, and its
// steps differ from these by some 1e-5 of a step.
func AdamW(w, g, m, v []float32, p AdamParams) {
	g, m, v = g[:len(w)], m[:len(w)], v[:len(w)]
	for i := adamWVec(w, g, m, v, &p); i < len(w); i++ {
		gi := g[i]
		mi := p.Beta1*m[i] + (1-p.Beta1)*gi
		vi := p.Beta2*v[i] + (1-p.Beta2)*gi*gi
		m[i], v[i] = mi, vi
		w[i] = p.Decay*w[i] - p.StepSize*mi/(sqrt32(vi)*p.InvSqrtBias2+p.Eps)
	}
}

func sqrt32(x float32) float32 { return float32(math.Sqrt(float64(x))) }
