package main

import "fmt"

// unrolled is the number of vectors in one turn of the loops that have registers to spare.
const unrolled = 4

func elementwise(w *writer) {
	// over emits a function over n floats; result returns what goes to the first of the arrays. constants, if not nil, is emitted before.
	over := func(name, sig string, names []string, constants func(f *function), result func(f *function, at func(i int) mem) vec) {
		w.function(name, sig, func(f *function) {
			arrays := f.arrays(names...)
			if constants != nil {
				constants(f)
			}
			f.floats("l", unrolled, arrays, func(c int) {
				f.store(at(arrays[0], c), result(f, func(i int) mem { return at(arrays[i], c) }))
			})
		})
	}
	var co vec // what every turn needs
	float := func(name string) func(f *function) { return func(f *function) { co = f.float(name) } }

	over("add", "func(dst, a, b *float32, n int)", []string{"dst", "a", "b"}, nil, func(f *function, at func(int) mem) vec {
		v := f.load(at(1))
		f.fadd(v, v, f.load(at(2)))
		return v
	})

	// addReLU: dst = max(0, a + b).
	over("addReLU", "func(dst, a, b *float32, n int)", []string{"dst", "a", "b"}, func(f *function) { co = f.zero() },
		func(f *function, at func(int) mem) vec {
			v := f.load(at(1))
			f.fadd(v, v, f.load(at(2)))
			f.fmax(v, v, co)
			return v
		})

	over("axpy", "func(dst *float32, alpha float32, src *float32, n int)", []string{"dst", "src"}, float("alpha"),
		func(f *function, at func(int) mem) vec {
			v := f.load(at(0))
			f.fmla(v, f.load(at(1)), co)
			return v
		})

	over("scale", "func(dst *float32, alpha float32, n int)", []string{"dst"}, float("alpha"),
		func(f *function, at func(int) mem) vec {
			v := f.load(at(0))
			f.fmul(v, v, co)
			return v
		})

	over("reluGrad", "func(dst, dy, y *float32, n int)", []string{"dst", "dy", "y"}, nil, func(f *function, at func(int) mem) vec {
		return f.wherePositive(at(1), at(2))
	})

	// mulSub: dst = p * (dp - s).
	over("mulSub", "func(dst, p, dp *float32, s float32, n int)", []string{"dst", "p", "dp"}, float("s"),
		func(f *function, at func(int) mem) vec {
			v := f.load(at(2))
			f.fsub(v, v, co)
			f.fmul(v, v, f.load(at(1)))
			return v
		})
}

// wherePositive returns v where y > 0 and zero elsewhere; a NaN in y counts as not positive.
func (f *function) wherePositive(v, y mem) vec {
	d, mask := f.load(v), f.load(y)
	f.positive(mask, mask)
	f.and(d, d, mask)
	return d
}

// adamW emits one step of AdamW; co holds beta1, 1-beta1, beta2, 1-beta2, step size, 1/sqrt(bias2), eps, decay.
func adamW(w *writer) {
	w.function("adamW", "func(w, grad, m, v, co *float32, n int)", func(f *function) {
		r := f.arrays("w", "grad", "m", "v", "co")
		var co [8]vec
		for i := range co {
			co[i] = f.vec()
			f.op("FMOVS", fmt.Sprintf("%v", mem{r[4], 4 * i}), co[i].scalar())
			f.spread(co[i])
		}
		f.floats("l", 1, r[:4], func(c int) {
			grad, m, v := f.load(at(r[1], c)), f.load(at(r[2], c)), f.load(at(r[3], c))
			f.fmul(m, m, co[0])
			f.fmla(m, grad, co[1])
			f.store(at(r[2], c), m)
			f.fmul(grad, grad, grad)
			f.fmul(v, v, co[2])
			f.fmla(v, grad, co[3])
			f.store(at(r[3], c), v)
			f.fsqrt(v, v)
			d := f.copyOf(co[6])
			f.fmla(d, v, co[5])
			f.fdiv(m, m, d)
			v = f.load(at(r[0], c))
			f.fmul(v, v, co[7])
			f.fmls(v, m, co[4])
			f.store(at(r[0], c), v)
		})
	})
}
