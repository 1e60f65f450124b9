package main

import (
	"math"

	"github.com/geobfdt/geobfdt/gen/layout"
)

// expConstants are the operands of the exponential in registers.
type expConstants struct {
	min, max, log2e, ln2Hi, ln2Lo vec
	poly                          []vec
	bias                          vec // 127 as integers
}

func (f *function) expConstants() expConstants {
	c := expConstants{
		min: f.constant(layout.ExpMin), max: f.constant(layout.ExpMax),
		log2e: f.constant(layout.Log2e), ln2Hi: f.constant(layout.Ln2Hi), ln2Lo: f.constant(layout.Ln2Lo),
		bias: f.integer(127),
	}
	poly := layout.ExpPoly()
	for i, p := range poly {
		if i > 0 && p == poly[i-1] {
			c.poly = append(c.poly, c.poly[i-1])
			continue
		}
		c.poly = append(c.poly, f.constant(p))
	}
	return c
}

// exp replaces the lanes of x by their exponentials.
func (f *function) exp(c expConstants, x vec) {
	f.scope(func() {
		r := f.vec()
		f.fmax(x, x, c.min)
		f.fmin(x, x, c.max)
		f.fmul(r, x, c.log2e)
		f.frintn(r, r)
		f.fmls(x, r, c.ln2Hi)
		f.fmls(x, r, c.ln2Lo)
		y, next := f.copyOf(c.poly[0]), f.vec()
		for _, p := range c.poly[1:] {
			f.mov(next, p)
			f.fmla(next, y, x)
			y, next = next, y
		}
		// 2^r in two factors, so that results near overflow and denormal results come out right.
		half := f.vec()
		f.fcvtns(r, r)
		f.half(half, r)
		f.op("VSUB", half.floats(), r.floats(), r.floats())
		for _, e := range []vec{half, r} {
			f.op("VADD", c.bias.floats(), e.floats(), e.floats())
			f.op("VSHL", "$23", e.floats(), e.floats())
			f.fmul(y, y, e)
		}
		f.mov(x, y)
	})
}

func exponentials(w *writer) {
	w.function("exp", "func(x *float32, n int)", func(f *function) {
		r, c := f.arrays("x"), f.expConstants()
		f.floats("l", 2, r, func(i int) {
			v := f.load(at(r[0], i))
			f.exp(c, v)
			f.store(at(r[0], i), v)
		})
	})

	// expSub: x = exp(x - m); returns the sum.
	w.function("expSub", "func(x *float32, m float32, n int) float32", func(f *function) {
		r, c := f.arrays("x"), f.expConstants()
		m, acc := f.float("m"), f.zeros(2)
		f.floats("l", 2, r, func(i int) {
			v := f.load(at(r[0], i))
			f.fsub(v, v, m)
			f.exp(c, v)
			f.store(at(r[0], i), v)
			f.fadd(acc[i], acc[i], v)
		})
		f.ret("ret", f.sum(acc))
	})

	softmaxes(w)
}

// softmaxes emits whole rows of attention: the maximum, the exponentials with their sum, and the scaling by it.
func softmaxes(w *writer) {
	w.function("softmax", "func(x *float32, n int)", func(f *function) {
		f.softmax(nil, nil)
	})

	// columnSoftmax: the softmax of x - bend*dz^2 with dz = depth - z; returns the mean of dz under it.
	w.function("columnSoftmax", "func(x, depth *float32, z, bend float32, n int) float32", func(f *function) {
		z, bend := f.float("z"), f.float("bend")
		moment := f.zeros(2)
		dz := func(m mem) vec {
			d := f.load(m)
			f.fsub(d, d, z)
			return d
		}
		inverse := f.softmax(func(x vec, depth mem) {
			d := dz(depth)
			f.fmul(d, d, d)
			f.fmls(x, d, bend)
		}, func(i int, p vec, depth mem) {
			f.fmla(moment[i], p, dz(depth))
		})
		mean := f.sum(moment)
		f.fmul(mean, mean, inverse)
		f.ret("ret", mean)
	})
}

// softmax emits the three passes over x and returns the inverse of the sum of exponentials. Where bend is not nil there is an array
// depth beside x: bend changes the logits first, and sum sees the exponentials before they are scaled, i being 0 or 1.
func (f *function) softmax(bend func(x vec, depth mem), sum func(i int, p vec, depth mem)) vec {
	names := []string{"x", "depth"}
	if bend == nil {
		names = names[:1]
	}
	depth := func(arrays []gp, i int) mem { return at(arrays[len(arrays)-1], i) }

	top := []vec{f.constant(float32(math.Inf(-1))), f.constant(float32(math.Inf(-1)))}
	f.pass("max", names, func(arrays []gp, i int) {
		v := f.load(at(arrays[0], i))
		if bend != nil {
			bend(v, depth(arrays, i))
			f.store(at(arrays[0], i), v)
		}
		f.fmax(top[i], top[i], v)
	})
	f.largest(top)

	c, acc := f.expConstants(), f.zeros(2)
	f.pass("exp", names, func(arrays []gp, i int) {
		v := f.load(at(arrays[0], i))
		f.fsub(v, v, top[0])
		f.exp(c, v)
		f.store(at(arrays[0], i), v)
		f.fadd(acc[i], acc[i], v)
		if sum != nil {
			sum(i, v, depth(arrays, i))
		}
	})
	inverse := f.constant(1)
	f.fdiv(inverse, inverse, f.sum(acc))
	f.pass("scale", names[:1], func(arrays []gp, i int) {
		v := f.load(at(arrays[0], i))
		f.fmul(v, v, inverse)
		f.store(at(arrays[0], i), v)
	})
	return inverse
}

// pass emits a loop over the named arrays from their beginning.
func (f *function) pass(label string, names []string, body func(arrays []gp, copy int)) {
	arrays := f.arrays(names...)
	f.floats(label, 2, arrays, func(c int) { body(arrays, c) })
	for _, a := range arrays {
		f.usedGP[a] = false
	}
}
