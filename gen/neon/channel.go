package main

import (
	"fmt"
	"strings"
)

// sumsOffset is the offset in bytes of the second array of kernel.chanSums; a test there holds it.
const sumsOffset = 256

// channelKernels emits the kernels over n > 0 pixels of a block of channels; stride is from pixel to pixel in bytes.
func channelKernels(w *writer, channels int) {
	vectors := channels / 4
	each := func(body func(i int)) func(f *function) {
		return func(f *function) {
			for i := range vectors {
				f.scope(func() { body(i) })
			}
		}
	}
	start := func(name string, pointers []string, more string, body func(f *function, r []gp)) {
		sig := fmt.Sprintf("func(%s *float32, %sn, stride int)", strings.Join(pointers, ", "), more)
		w.function(fmt.Sprintf("%s%d", name, channels), sig, func(f *function) { body(f, f.arrays(pointers...)) })
	}
	writeSums := func(f *function, sums gp, first, second []vec) {
		f.stores(mem{sums, 0}, first)
		f.stores(mem{sums, sumsOffset}, second)
	}

	start("chanStats", []string{"x", "sums"}, "", func(f *function, r []gp) {
		first, second := f.zeros(vectors), f.zeros(vectors)
		f.pixels(r[:1], each(func(i int) {
			v := f.load(at(r[0], i))
			f.fadd(first[i], first[i], v)
			f.fmla(second[i], v, v)
		}))
		writeSums(f, r[1], first, second)
	})

	for _, withRes := range []bool{false, true} {
		name, pointers := "chanScaleShift", []string{"scale", "shift", "y", "x"}
		if withRes {
			name, pointers = "chanScaleShiftRes", append(pointers, "res")
		}
		start(name, pointers, "floor float32, ", func(f *function, r []gp) {
			scale, shift, floor := f.loadRow(at(r[0], 0), vectors), f.loadRow(at(r[1], 0), vectors), f.float("floor")
			moving := r[2:]
			f.pixels(moving, each(func(i int) {
				v := f.copyOf(shift[i])
				f.fmla(v, f.load(at(moving[1], i)), scale[i])
				if withRes {
					f.fadd(v, v, f.load(at(moving[2], i)))
				}
				f.fmax(v, v, floor)
				f.store(at(moving[0], i), v)
			}))
		})
	}

	for _, masked := range []bool{false, true} {
		name, pointers := "chanGradStats", []string{"sums", "dy", "x"}
		if masked {
			name, pointers = "chanGradStatsReLU", append(pointers, "y")
		}
		start(name, pointers, "", func(f *function, r []gp) {
			first, second := f.zeros(vectors), f.zeros(vectors)
			moving := r[1:]
			f.pixels(moving, each(func(i int) {
				var d vec
				if masked {
					d = f.wherePositive(at(moving[0], i), at(moving[2], i))
					f.store(at(moving[0], i), d)
				} else {
					d = f.load(at(moving[0], i))
				}
				f.fadd(first[i], first[i], d)
				f.fmla(second[i], d, f.load(at(moving[1], i)))
			}))
			writeSums(f, r[0], first, second)
		})
	}

	start("chanGradApply", []string{"a", "b", "k", "dx", "dy", "x"}, "", func(f *function, r []gp) {
		a, b, k := f.loadRow(at(r[0], 0), vectors), f.loadRow(at(r[1], 0), vectors), f.loadRow(at(r[2], 0), vectors)
		moving := r[3:]
		f.pixels(moving, each(func(i int) {
			v := f.copyOf(k[i])
			f.fmla(v, f.load(at(moving[1], i)), a[i])
			f.fmla(v, f.load(at(moving[2], i)), b[i])
			f.store(at(moving[0], i), v)
		}))
	})
}

// pixels emits body for each of n pixels; the pointers move on by stride after it.
func (f *function) pixels(pointers []gp, body func(f *function)) {
	r := f.arrays("n", "stride")
	f.label("pixel")
	body(f)
	for _, p := range pointers {
		f.add(p, p, r[1])
	}
	f.countdown(r[0], 1, "pixel")
}
