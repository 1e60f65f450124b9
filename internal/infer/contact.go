package infer

import (
	"math"

	"github.com/geobfdt/geobfdt/internal/dip"
)

// contactSigmas and contactOffsets are the widths and places that a contact is looked for among, rows of the network's grid.
var (
	contactSigmas  = [...]float64{0.4, 0.8, 1.6, 2.4, 3.6, 5.4}
	contactOffsets = [...]float64{-2, -1, 0, 1, 2}
)

// laminaeError is the variance by which laminae of conformable beds lie off their contacts, of that which redNoise expects; it takes the
// noise of a sector as wholly its own. Measured on seven synthetic wells (vertical, noisy, dense): 0.1 to 0.8, the median 0.22.
const laminaeError = 0.25

// contactShape is a level, a smooth step and a line as wide and where a contact may be, made orthonormal under the weights of a stack's
// rows, and their slopes.
type contactShape struct{ value, slope [3][]float64 }

// newContactShapes are all that are tried on a stack of rows with these weights, scale of them in a row of the network's grid.
func newContactShapes(weight []float64, scale float64) []contactShape {
	var out []contactShape
	h := len(weight)
	for _, sigma := range contactSigmas {
		for _, offset := range contactOffsets {
			var c contactShape
			for k := range c.value {
				c.value[k], c.slope[k] = make([]float64, h), make([]float64, h)
			}
			for i := range h {
				x := (float64(i-h/2) - offset*scale) / (sigma * scale)
				g := math.Exp(-0.5 * x * x)
				c.value[0][i], c.value[1][i], c.value[2][i] = 1, 0.5*math.Erf(x/math.Sqrt2), g
				c.slope[1][i], c.slope[2][i] = g/math.Sqrt(2*math.Pi)/(sigma*scale), -g*x/(sigma*scale)
			}
			c.orthonormalise(weight)
			out = append(out, c)
		}
	}
	return out
}

// orthonormalise is that of Gram and Schmidt. What it does to the values it does to their slopes.
func (c *contactShape) orthonormalise(weight []float64) {
	for k := range c.value {
		for l := range k {
			by := inner(weight, c.value[k], c.value[l])
			for i := range weight {
				c.value[k][i] -= by * c.value[l][i]
				c.slope[k][i] -= by * c.slope[l][i]
			}
		}
		by := 1 / math.Sqrt(inner(weight, c.value[k], c.value[k])+tiny)
		for i := range weight {
			c.value[k][i] *= by
			c.slope[k][i] *= by
		}
	}
}

// inner is the product of two vectors under weights.
func inner(weight, x, y []float64) float64 {
	sum := 0.0
	for i, w := range weight {
		sum += w * x[i] * y[i]
	}
	return sum
}

// contact splits the slope of a profile in two: that of the contact itself, by the shape that is most like the profile, and that of the
// laminae beside it.
func (s *stack) contact(shapes []contactShape) (contact, laminae []float64) {
	most, best, share := -1.0, 0, [3]float64{}
	for i := range shapes {
		var by [3]float64
		explained := 0.0
		for k := range by {
			by[k] = inner(s.weight, shapes[i].value[k], s.profile)
			explained += by[k] * by[k]
		}
		if explained > most {
			most, best, share = explained, i, by
		}
	}
	contact, laminae = make([]float64, s.height), make([]float64, s.height)
	for i := range contact {
		for k, by := range share {
			contact[i] += by * shapes[best].slope[k][i]
		}
		laminae[i] = s.slope[i] - contact[i]
	}
	return contact, laminae
}

// unconformity is how far the laminae beside a contact lie off it: the square of the difference in A and B, and the variance of each of them
// that noise explains. It is 0, 0 where one of the two cannot be told.
type unconformity struct{ square, variance float64 }

// measureLaminae fits contact and laminae each for itself.
func (f *padFit) measureLaminae(s *stack, c *aligned) {
	if c.Class != dip.Bedding || !s.fill(c.band, f.reach(c.Class), f.shifts(c, c.now)) {
		return
	}
	contact, laminae := s.contact(f.shapes)
	attitude := func(of template) (x [3]float64, variance float64, ok bool) {
		lags, _ := s.lags(nil, of, f.noise[c.Class], stackOutlier*f.scale)
		var q curveFit
		for _, l := range lags {
			if c.pad == nil || c.pad[l.column] != noPad {
				q.add([3]float64{1, f.cos[l.column], f.sin[l.column]}, l.rows, l.weight)
			}
		}
		x, ok = q.solve(q.right)
		return x, 2 / (q.own[1][1] + q.own[2][2] + tiny), ok
	}
	x, vx, okx := attitude(template{contact, laminae, math.Inf(1)})
	y, vy, oky := attitude(template{laminae, contact, math.Inf(1)})
	if okx && oky {
		c.off = unconformity{math.Pow(x[1]-y[1], 2) + math.Pow(x[2]-y[2], 2), laminaeError * (vx + vy)}
	}
}

// setScatter finds how far laminae lie off their contacts in this rock: the variance of A and of B under which what was measured is
// likeliest, the differences taken to follow Student's distribution with four degrees of freedom, since some were measured on noise. It is
// 0 where there are too few beds to say.
func (f *padFit) setScatter() {
	beds := 0
	for _, c := range f.curves {
		if c.off.variance > 0 {
			beds++
		}
	}
	if beds < alignCurves {
		return
	}
	likeliest := math.Inf(-1)
	for sd := 0.02 * f.scale; sd < 4*f.scale; sd *= 1.25 {
		likelihood := 0.0
		for _, c := range f.curves {
			if c.off.variance > 0 {
				v := sd*sd + c.off.variance
				likelihood -= math.Log(v) + 3*math.Log1p(c.off.square/v/4)
			}
		}
		if likelihood > likeliest {
			likeliest, f.scatter = likelihood, sd*sd
		}
	}
}
