package infer

import (
	"math"

	"github.com/geobfdt/geobfdt/internal/dip"
	"gonum.org/v1/gonum/mat"
)

// padFit is the least-squares problem of all curves of a stretch of log and the pads that saw them: how much deeper each pad shows the rock, and
// D, A and B of every curve. Its observations are the lags of the columns of the curves' stacks.
type padFit struct {
	cos, sin []float64
	scale    float64                   // rows of the bands in a row of the network's grid
	moveRows float64                   // how far an attitude may move
	prior    float64                   // weight of "the pads lie at one depth": one over its variance
	shift    []float64                 // [pads] rows
	noise    [dip.NumClasses]*redNoise // around curves of a class
	shapes   []contactShape            // of beds
	scatter  float64                   // variance of A and of B of laminae about those of the contact between them, square rows
	curves   []*aligned
}

// aligned is a curve that takes part, in rows of its band.
type aligned struct {
	*Refined
	start, now Curve
	band       *band
	sums       noiseSums // of its first stack
	seen       []bool    // [columns] of its first stack
	pad        []int     // [columns] that saw it; nil where no pads are known
	off        unconformity
	fit        *curveFit
}

// curveFit is what one curve says about its own D, A and B and about the pads: its blocks of the normal equations.
type curveFit struct {
	own       [3][3]float64
	right     [3]float64
	cross     [][3]float64 // [pads]
	pads      []float64    // [pads], diagonal
	padsRight []float64    // [pads]
}

func newPadFit(columns int, scale, gridRowM float64) *padFit {
	rowM := gridRowM / scale
	f := &padFit{scale: scale, moveRows: alignMoveM / rowM, prior: math.Pow(rowM/padShiftM, 2)}
	f.cos, f.sin = dip.ColumnAzimuths(columns)
	f.shapes = newContactShapes(stackWeights(nil, f.reach(dip.Bedding)), scale)
	return f
}

// reach of the stack of a curve of a class, rows.
func (f *padFit) reach(class dip.Class) float64 {
	if class == dip.Fracture {
		return stackFracture * f.scale
	}
	return stackBed * f.scale
}

// measure sums the noise around a curve as it came.
func (f *padFit) measure(s *stack, c *aligned) {
	c.sums = newNoiseSums(f.scale)
	if s.fill(c.band, f.reach(c.Class), f.shifts(c, c.now)) {
		s.addNoise(&c.sums, len(f.cos))
	}
}

// setNoise takes the noise of all curves of a class together, and of all curves where these are few; false where there is none.
func (f *padFit) setNoise() bool {
	all := newNoiseSums(f.scale)
	for class := range f.noise {
		own := newNoiseSums(f.scale)
		for _, c := range f.curves {
			if int(c.Class) == class {
				own.merge(c.sums)
			}
		}
		all.merge(own)
		if own.sectors >= alignCurves*sectors {
			f.noise[class] = own.noise(stackHeight(f.reach(dip.Class(class))))
		}
	}
	for class, n := range f.noise {
		if n == nil {
			f.noise[class] = all.noise(stackHeight(f.reach(dip.Class(class))))
		}
	}
	for _, c := range f.curves {
		c.sums = noiseSums{}
	}
	return all.products[0] > 0
}

// shifts of the columns of a curve that lies along k, against its band: by attitude, and by the pads that saw them.
func (f *padFit) shifts(c *aligned, k Curve) []float64 {
	out := make([]float64, len(f.cos))
	for j := range out {
		out[j] = (k.A-c.start.A)*f.cos[j] + (k.B-c.start.B)*f.sin[j]
		if c.pad != nil && c.pad[j] != noPad {
			out[j] += f.shift[c.pad[j]]
		}
	}
	return out
}

// observe fits the stack of a curve.
func (f *padFit) observe(s *stack, c *aligned) {
	c.fit = nil
	if !s.fill(c.band, f.reach(c.Class), f.shifts(c, c.now)) {
		return
	}
	of := template{slope: s.slope}
	if c.Class == dip.Bedding && f.scatter > 0 {
		// A difference in attitude lies in all columns at once: each would have to be off by so much more to hide it as well.
		_, of.apart = s.contact(f.shapes)
		of.variance = f.scatter / laminaeError * float64(len(s.columns)) / 2
	}
	lags, _ := s.lags(nil, of, f.noise[c.Class], stackOutlier*f.scale)
	n := len(f.shift)
	q := &curveFit{cross: make([][3]float64, n), pads: make([]float64, n), padsRight: make([]float64, n)}
	for _, l := range lags {
		c.seen[l.column] = true
		x, y := [3]float64{1, f.cos[l.column], f.sin[l.column]}, l.rows
		if c.pad != nil {
			pad := c.pad[l.column]
			if pad == noPad {
				continue
			}
			y += f.shift[pad]
			q.pads[pad] += l.weight
			q.padsRight[pad] += l.weight * y
			for i := range x {
				q.cross[pad][i] += l.weight * x[i]
			}
		}
		q.add(x, y, l.weight)
	}
	c.fit = q
}

// add one observation of D, A and B.
func (q *curveFit) add(x [3]float64, y, weight float64) {
	for i := range x {
		q.right[i] += weight * x[i] * y
		for k := range x {
			q.own[i][k] += weight * x[i] * x[k]
		}
	}
}

// factor factorises own, regularised: a curve that is seen on a few columns only hardly has an attitude of its own. It is nil where there
// is none.
func (q *curveFit) factor() *mat.Cholesky {
	ridge := 1e-6 * (q.own[0][0] + q.own[1][1] + q.own[2][2])
	m := mat.NewSymDense(3, nil)
	for i := range 3 {
		for k := i; k < 3; k++ {
			m.SetSym(i, k, q.own[i][k])
		}
		m.SetSym(i, i, q.own[i][i]+ridge)
	}
	c := new(mat.Cholesky)
	if !c.Factorize(m) {
		return nil
	}
	return c
}

// solve returns own^-1 v.
func (q *curveFit) solve(v [3]float64) (x [3]float64, ok bool) {
	c := q.factor()
	if c == nil {
		return x, false
	}
	err := c.SolveVecTo(mat.NewVecDense(3, x[:]), mat.NewVecDense(3, v[:]))
	return x, err == nil
}

// solvePads solves for the pads, the curves eliminated (the Schur complement of bundle adjustment), each as far as it is trusted.
func (f *padFit) solvePads() {
	n := len(f.shift)
	if n == 0 {
		return
	}
	m, v := mat.NewSymDense(n, nil), mat.NewVecDense(n, nil)
	for i := range n {
		m.SetSym(i, i, f.prior)
	}
	for _, c := range f.curves {
		q := c.fit
		if q == nil {
			continue
		}
		own := q.factor()
		if own == nil {
			continue
		}
		// W own^-1 [right | W^T], W the cross block: what the curve takes away from the pads.
		right := mat.NewDense(3, n+1, nil)
		for i := range 3 {
			right.Set(i, n, q.right[i])
			for k := range n {
				right.Set(i, k, q.cross[k][i])
			}
		}
		var solved, taken mat.Dense
		if own.SolveTo(&solved, right) != nil {
			continue
		}
		taken.Mul(right.Slice(0, 3, 0, n).T(), &solved)
		for i := range n {
			v.SetVec(i, v.AtVec(i)+c.Score*(q.padsRight[i]-taken.At(i, n)))
			m.SetSym(i, i, m.At(i, i)+c.Score*q.pads[i])
			for k := i; k < n; k++ {
				m.SetSym(i, k, m.At(i, k)-c.Score*taken.At(k, i))
			}
		}
	}
	var c mat.Cholesky
	if out := mat.NewVecDense(n, nil); c.Factorize(m) && c.SolveVecTo(out, v) == nil {
		copy(f.shift, out.RawVector().Data)
	}
}

// move takes a curve to the attitude that its stack asks for, the pads given, unless that is too far from where it came from.
func (f *padFit) move(c *aligned) {
	if c.fit == nil {
		return
	}
	right := c.fit.right
	for pad, shift := range f.shift {
		for i := range right {
			right[i] -= shift * c.fit.cross[pad][i]
		}
	}
	by, ok := c.fit.solve(right)
	if !ok {
		return
	}
	if a, b := c.now.A+by[1], c.now.B+by[2]; math.Hypot(a-c.start.A, b-c.start.B) <= f.moveRows {
		c.now.A, c.now.B = a, b
	}
}

// noWorse tells whether the wall is about as much alike along the curve as it lies now as it was along the curve as it came, or more, and plane
// enough for that to mean something. It need not be less noisy: what lies halfway between two rows is their mean, and so has half of the noise.
func (f *padFit) noWorse(s *stack, c *aligned) bool {
	if !s.fill(c.band, f.reach(c.Class), f.shifts(c, c.now)) {
		return false
	}
	lags, now := s.lags(nil, template{slope: s.slope}, nil, stackOutlier*f.scale)
	if f.waviness(lags) > stackWavy*f.scale {
		return false
	}
	if !s.fill(c.band, f.reach(c.Class), f.shifts(c, c.start)) {
		return true
	}
	_, before := s.lags(lags[:0], template{slope: s.slope}, nil, stackOutlier*f.scale)
	return now <= alignWorse*before
}

// waviness is how far the sectors of the hole lie off the curve, root mean square of their mean lags, rows: noise is averaged away.
func (f *padFit) waviness(lags []lag) float64 {
	var sum, weight [sectors]float64
	for _, l := range lags {
		k := sectorOf(l.column, len(f.cos))
		sum[k], weight[k] = sum[k]+l.weight*l.rows, weight[k]+l.weight
	}
	var square, total float64
	for k, w := range weight {
		if w > 0 {
			square, total = square+sum[k]*sum[k]/w, total+w
		}
	}
	return math.Sqrt(square / (total + tiny))
}
