package main

import "fmt"

// sumBlock is how many sums are in registers at a time.
const sumBlock = 64

// reductions emits the sums over one array. Four accumulators hide the latency of the additions.
func reductions(w *writer) {
	w.function("dot", "func(a, b *float32, n int) float32", func(f *function) {
		r, acc := f.arrays("a", "b"), f.zeros(unrolled)
		f.floats("l", unrolled, r, func(c int) { f.fmla(acc[c], f.load(at(r[0], c)), f.load(at(r[1], c))) })
		f.ret("ret", f.sum(acc))
	})

	w.function("sum", "func(x *float32, n int) float32", func(f *function) {
		r, acc := f.arrays("x"), f.zeros(unrolled)
		f.floats("l", unrolled, r, func(c int) { f.fadd(acc[c], acc[c], f.load(at(r[0], c))) })
		f.ret("ret", f.sum(acc))
	})

	w.function("sumSqDev", "func(x *float32, mean float32, n int) float32", func(f *function) {
		r, mean, acc := f.arrays("x"), f.float("mean"), f.zeros(unrolled)
		f.floats("l", unrolled, r, func(c int) {
			v := f.load(at(r[0], c))
			f.fsub(v, v, mean)
			f.fmla(acc[c], v, v)
		})
		f.ret("ret", f.sum(acc))
	})

	w.function("maximum", "func(x *float32, n int) float32", func(f *function) {
		r, acc := f.arrays("x"), make([]vec, unrolled)
		for i := range acc {
			acc[i] = f.load(at(r[0], 0))
		}
		f.floats("l", unrolled, r, func(c int) { f.fmax(acc[c], acc[c], f.load(at(r[0], c))) })
		f.ret("ret", f.largest(acc))
	})

	// sumShifted: dst[i] = sum of src[at[k]+i] over k < count, in the order of k, a block of sums at a time.
	w.function("sumShifted", "func(dst, src *float32, at *int, count, n int)", func(f *function) {
		r := f.arrays("dst", "src", "at", "count", "n")
		f.sums(r, "column", func(acc []vec, from gp) func(next gp) {
			return func(next gp) {
				f.op("MOVD.P", fmt.Sprintf("8(%v)", next), from)
				f.op("ADD", fmt.Sprintf("%v<<2", from), r[1], from)
				for j, v := range acc {
					f.scope(func() { f.fadd(v, v, f.load(at(from, j))) })
				}
			}
		})
	})

	// filter: dst[i] = sum of taps[k]*src[k+i] over k < count, in the order of k, a block of sums at a time.
	w.function("filter", "func(dst, src, taps *float32, count, n int)", func(f *function) {
		r := f.arrays("dst", "src", "taps", "count", "n")
		f.sums(r, "tap", func(acc []vec, from gp) func(next gp) {
			weight := f.vec()
			f.move(from, r[1])
			return func(next gp) {
				f.op("FMOVS.P", fmt.Sprintf("4(%v)", next), weight.scalar())
				for j, v := range acc {
					f.scope(func() { f.fmlaLane(v, f.load(at(from, j)), weight) })
				}
				f.add(from, from, 4)
			}
		})
	})

	// sumSquares: in float64, two to a vector.
	w.function("sumSquares", "func(x *float32, n int) float64", func(f *function) {
		r, acc := f.arrays("x"), f.zeros(2*unrolled)
		f.floats("l", unrolled, r, func(c int) {
			v, d := f.load(at(r[0], c)), f.vec()
			for i, upper := range []bool{false, true} {
				f.widen(d, v, upper)
				f.fmla64(acc[2*c+i], d, d)
			}
		})
		for _, v := range acc[1:] {
			f.fadd64(acc[0], acc[0], v)
		}
		f.faddp64(acc[0], acc[0])
		f.op("FMOVD", acc[0].scalar(), f.param("ret"))
	})
}

// sums emits a function that sets n values from dst on to sums of count terms each, of values as far from src as they are from dst: parameters are dst,
// src, where what a term takes lies, count and n. begin is called where a block of sums begins, with a register to spare, and returns what adds a term to
// all of them and moves next on.
func (f *function) sums(parameters []gp, term string, begin func(acc []vec, from gp) func(next gp)) {
	dst, src, terms, count, n := parameters[0], parameters[1], parameters[2], parameters[3], parameters[4]
	next, left, from := f.gp(), f.gp(), f.gp()
	for _, vectors := range []int{sumBlock / 4, 1} {
		block, step, done := fmt.Sprintf("block%d", vectors), fmt.Sprintf("%s%d", term, vectors), fmt.Sprintf("done%d", vectors)
		f.label(block)
		f.op("CMP", fmt.Sprintf("$%d", 4*vectors), n)
		f.op("BLT", done)
		f.scope(func() {
			acc := f.zeros(vectors)
			f.move(next, terms)
			f.move(left, count)
			add := begin(acc, from)
			f.label(step)
			add(next)
			f.countdown(left, 1, step)
			for j, v := range acc {
				f.store(at(dst, j), v)
			}
		})
		f.add(dst, dst, vectors*vecBytes)
		f.add(src, src, vectors*vecBytes)
		f.op("SUB", fmt.Sprintf("$%d", 4*vectors), n)
		f.op("B", block)
		f.label(done)
	}
}
