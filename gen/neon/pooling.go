package main

// pooling emits the 3 x 3 maximum with stride 2 of one row of n pixels and its backward pass, on four channels. x is the first pixel
// of the upper row of the first window; strides are in bytes.
func pooling(w *writer) {
	w.function("maxPool", "func(y, x *float32, row, pixel, n int)", func(f *function) {
		r := f.arrays("y", "x", "row", "pixel", "n")
		y, x0, row, pixel, n := r[0], r[1], r[2], r[3], r[4]
		rows := []gp{x0, f.gp(), f.gp()}
		f.add(rows[1], x0, row)
		f.add(rows[2], rows[1], row)
		// column returns the maximum of the next column; the right one of a window is the left one of the next.
		column := func() vec {
			v := f.loadStep(rows[0], pixel)
			for _, p := range rows[1:] {
				f.fmax(v, v, f.loadStep(p, pixel))
			}
			return v
		}
		left := column()
		f.label("pixel")
		f.scope(func() {
			v := column()
			f.fmax(v, v, left)
			f.mov(left, column())
			f.fmax(v, v, left)
			f.storeStep(y, pixel, v)
		})
		f.countdown(n, 1, "pixel")
	})

	// maxPoolGrad: dx += dy wherever x equals its window's maximum y. Both have the same strides.
	w.function("maxPoolGrad", "func(dx, x, dy, y *float32, row, pixel, n int)", func(f *function) {
		r := f.arrays("dx", "x", "dy", "y", "row", "pixel", "n")
		p, q := f.gp(), f.gp()
		dx, x, dy, y, row, pixel, n := r[0], r[1], r[2], r[3], r[4], r[5], r[6]
		f.label("pixel")
		top, grad := f.loadStep(y, pixel), f.loadStep(dy, pixel)
		for i := range 3 {
			f.move(p, x)
			f.move(q, dx)
			for range 3 {
				f.scope(func() {
					mask := f.loadStep(p, row)
					f.fcmeq(mask, mask, top)
					f.and(mask, mask, grad)
					f.fadd(mask, mask, f.load(at(q, 0)))
					f.storeStep(q, row, mask)
				})
			}
			if i < 2 {
				f.add(x, x, pixel)
				f.add(dx, dx, pixel)
			}
		}
		f.countdown(n, 1, "pixel")
	})
}
