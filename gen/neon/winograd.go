package main

// winograd emits the transforms of F(4x4, 3x3) and of its gradient. Those of data work on blocks of four channels: columns first into
// tmp, then rows. A transform of one column or row takes its operands' registers for its results as far as it can.
func winograd(w *writer) {
	winogradWeights(w)
	winogradInput(w)
	winogradOutput(w, false)
	winogradOutput(w, true)
	winogradGrad(w)
	winogradWeightGrad(w)
}

// loadSteps returns n registers filled from p, which moves on by step after each.
func (f *function) loadSteps(n int, p, step gp) []vec {
	vs := make([]vec, n)
	for i := range vs {
		vs[i] = f.loadStep(p, step)
	}
	return vs
}

// block emits the end of a loop over blocks of channels: the arrays move on.
func (f *function) block(n gp, by int, arrays ...gp) {
	for _, a := range arrays {
		f.add(a, a, vecBytes)
	}
	f.countdown(n, by, "block")
}

// winogradInput emits v[6i+j] = (B^T x B)[i][j] for 6 x 6 pixels x and n blocks of channels.
func winogradInput(w *writer) {
	spread(w, "winogradInput", 6, func(f *function) func(d []vec) []vec {
		c2, c4, c5 := f.constant(2), f.constant(4), f.constant(5)
		return func(d []vec) []vec {
			first := f.copyOf(d[4]) // 4 d0 - 5 d2 + d4
			f.fmla(first, d[0], c4)
			f.fmls(first, d[2], c5)
			f.fmla(d[5], d[1], c4) // 4 d1 - 5 d3 + d5
			f.fmls(d[5], d[3], c5)
			a, b, sum := f.copyOf(d[4]), f.copyOf(d[3]), f.vec() // (d4 - 4 d2) +- (d3 - 4 d1)
			f.fmls(a, d[2], c4)
			f.fmls(b, d[1], c4)
			f.fadd(sum, a, b)
			f.fsub(a, a, b)
			f.fsub(d[4], d[4], d[2]) // (d4 - d2) +- 2 (d3 - d1)
			f.fsub(d[3], d[3], d[1])
			f.mov(d[2], d[4])
			f.fmla(d[2], d[3], c2)
			f.fmls(d[4], d[3], c2)
			return []vec{first, sum, a, d[2], d[4], d[5]}
		}
	})
}

// winogradGrad emits v[6i+j] = (A x A^T)[i][j] for 4 x 4 pixels x, the gradient of the output, and n blocks of channels.
func winogradGrad(w *writer) {
	spread(w, "winogradGrad", 4, func(f *function) func(d []vec) []vec {
		c2, c4, c8 := f.constant(2), f.constant(4), f.constant(8)
		return func(d []vec) []vec {
			a, b, sum := f.vec(), f.vec(), f.vec()
			f.fadd(a, d[0], d[2]) // (d0 + d2) +- (d1 + d3)
			f.fadd(b, d[1], d[3])
			f.fadd(sum, a, b)
			f.fsub(a, a, b)
			e, sum2 := f.copyOf(d[0]), f.vec() // (d0 + 4 d2) +- (2 d1 + 8 d3)
			f.fmla(e, d[2], c4)
			f.fmul(b, d[1], c2)
			f.fmla(b, d[3], c8)
			f.fadd(sum2, e, b)
			f.fsub(e, e, b)
			return []vec{d[0], sum, a, sum2, e, d[3]}
		}
	})
}

// spread emits a transform of size x size pixels x to 6 x 6 points v, the same to columns and to rows, for n blocks of channels.
func spread(w *writer, name string, size int, transformer func(f *function) func(d []vec) []vec) {
	const sig = "func(v *float32, vStep int, x *float32, row, pixel int, tmp *float32, n int)"
	w.function(name, sig, func(f *function) {
		r := f.arrays("v", "vStep", "x", "row", "pixel", "tmp", "n")
		v, vStep, x, row, pixel, tmp, n := r[0], r[1], r[2], r[3], r[4], r[5], r[6]
		transform := transformer(f)
		p, q := f.gp(), f.gp()
		f.label("block")
		f.move(p, x)
		for j := range size {
			f.scope(func() {
				f.move(q, p)
				for i, s := range transform(f.loadSteps(size, q, row)) {
					f.store(at(tmp, size*i+j), s)
				}
				f.add(p, p, pixel)
			})
		}
		f.move(q, v)
		for i := range 6 {
			f.scope(func() {
				for _, s := range transform(f.loadRow(at(tmp, size*i), size)) {
					f.storeStep(q, vStep, s)
				}
			})
		}
		f.block(n, 1, x, v)
	})
}

// winogradOutput emits y = max(floor, A^T m A + bias + res) for 4 x 4 pixels y and n blocks of channels.
func winogradOutput(w *writer, withRes bool) {
	name, sig := "winogradOutput", "func(y *float32, row, pixel int, m *float32, mStep int, bias, tmp *float32, floor float32, n int)"
	if withRes {
		name, sig = "winogradOutputRes", "func(y, res *float32, row, pixel int, m *float32, mStep int, bias, tmp *float32, floor float32, n int)"
	}
	w.function(name, sig, func(f *function) {
		r := f.arrays("y", "row", "pixel", "m", "mStep", "bias", "tmp", "n")
		y, row, pixel, m, mStep, bias, tmp, n := r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7]
		pixels := []gp{y}
		if withRes {
			pixels = append(pixels, f.arrays("res")[0])
		}
		floor, c2, c4, c8 := f.float("floor"), f.constant(2), f.constant(4), f.constant(8)

		transform := func(d []vec) []vec {
			a, b := f.vec(), f.vec()
			f.fadd(a, d[1], d[2]) // a, b = m1 +- m2
			f.fsub(b, d[1], d[2])
			f.fadd(d[1], d[3], d[4]) // m3 +- m4
			f.fsub(d[2], d[3], d[4])
			f.fadd(d[0], d[0], a) // m0 + a + (m3 + m4)
			f.fadd(d[0], d[0], d[1])
			f.fadd(d[5], d[5], b) // m5 + b + 8 (m3 - m4)
			f.fmla(d[5], d[2], c8)
			f.fmla(b, d[2], c2)
			f.fmla(a, d[1], c4)
			return []vec{d[0], b, a, d[5]}
		}

		p, beta := f.gp(), f.vec()
		column, pixelAt := make([]gp, len(pixels)), make([]gp, len(pixels)) // of y, and of res
		for i := range pixels {
			column[i], pixelAt[i] = f.gp(), f.gp()
		}
		f.label("block")
		f.op("FMOVQ", at(bias, 0), beta.scalar())
		f.move(p, m)
		for i := range 6 {
			f.scope(func() { f.stores(at(tmp, 4*i), transform(f.loadSteps(6, p, mStep))) })
		}
		for i, base := range pixels {
			f.move(column[i], base)
		}
		for j := range 4 {
			f.scope(func() {
				d := make([]vec, 6)
				for i := range d {
					d[i] = f.load(at(tmp, 4*i+j))
				}
				for i, base := range column {
					f.move(pixelAt[i], base)
					f.add(base, base, pixel)
				}
				for _, s := range transform(d) {
					f.fadd(s, s, beta)
					if withRes {
						f.scope(func() { f.fadd(s, s, f.loadStep(pixelAt[1], row)) })
					}
					f.fmax(s, s, floor)
					f.storeStep(pixelAt[0], row, s)
				}
			})
		}
		f.block(n, 1, append(pixels, m, bias)...)
	})
}

// winogradWeightGrad emits dw[3a+b] += (G^T u G)[a][b] for n floats of each of the 36 arrays u[6i+j].
func winogradWeightGrad(w *writer) {
	const sig = "func(dw *float32, wStep int, u *float32, uStep int, tmp *float32, n int)"
	w.function("winogradWeightGrad", sig, func(f *function) {
		r := f.arrays("dw", "wStep", "u", "uStep", "tmp", "n")
		dw, wStep, u, uStep, tmp, n := r[0], r[1], r[2], r[3], r[4], r[5]
		quarter, sixth, twelfth, twentyFourth := f.constant(1./4), f.constant(1./6), f.constant(1./12), f.constant(1./24)

		transform := func(d []vec) []vec {
			a, b := f.vec(), f.vec()
			f.fadd(a, d[2], d[1]) // a, b = u2 +- u1
			f.fsub(b, d[2], d[1])
			f.fadd(d[1], d[3], d[4]) // u3 +- u4
			f.fsub(d[2], d[3], d[4])
			f.fmul(d[0], d[0], quarter) // u0/4 - (u1 + u2)/6 + (u3 + u4)/24
			f.fmls(d[0], a, sixth)
			f.fmla(d[0], d[1], twentyFourth)
			f.fmul(b, b, sixth) // (u2 - u1)/6 + (u3 - u4)/12
			f.fmla(b, d[2], twelfth)
			f.fsub(d[1], d[1], a) // (u3 + u4 - u1 - u2)/6 + u5
			f.fmla(d[5], d[1], sixth)
			return []vec{d[0], b, d[5]}
		}

		p, column, three := f.gp(), f.gp(), f.gp()
		f.add(three, wStep, wStep)
		f.add(three, three, wStep)
		f.label("block")
		f.move(p, u)
		for i := range 6 { // rows first: they lie one behind the other
			f.scope(func() {
				for b, s := range transform(f.loadSteps(6, p, uStep)) {
					f.store(at(tmp, 6*b+i), s)
				}
			})
		}
		f.move(column, dw)
		for b := range 3 {
			f.scope(func() {
				f.move(p, column)
				for _, s := range transform(f.loadRow(at(tmp, 6*b), 6)) {
					f.scope(func() { f.fadd(s, s, f.load(at(p, 0))) })
					f.storeStep(p, three, s)
				}
				f.add(column, column, wStep)
			})
		}
		f.block(n, 4, u, dw)
	})
}

// winogradWeights emits u[6i+j] = (G g G^T)[i][j] for n floats of each of the nine arrays g[3a+b]. All of it stays in registers.
func winogradWeights(w *writer) {
	w.function("winogradWeights", "func(u *float32, uStep int, g9 *float32, gStep, n int)", func(f *function) {
		r := f.arrays("u", "uStep", "g9", "gStep", "n")
		u, uStep, g, gStep, n := r[0], r[1], r[2], r[3], r[4]
		quarter, sixth, minusSixth, twelfth, twentyFourth := f.constant(1./4), f.constant(1./6), f.constant(-1./6), f.constant(1./12), f.constant(1./24)

		// transform keeps b and c, and c is its last result.
		transform := func(a, b, c vec) [6]vec {
			s, d, e, t := f.vec(), f.vec(), f.vec(), f.vec()
			f.fadd(s, a, c) // -(a + c)/6 -+ b/6
			f.fsub(d, s, b)
			f.fadd(s, s, b)
			f.fmul(s, s, minusSixth)
			f.fmul(d, d, minusSixth)
			f.fmul(e, a, twentyFourth) // a/24 +- b/12 + c/6
			f.fmla(e, c, sixth)
			f.mov(t, e)
			f.fmla(t, b, twelfth)
			f.fmls(e, b, twelfth)
			f.fmul(a, a, quarter)
			return [6]vec{a, s, d, t, e, c}
		}

		p, column, three := f.gp(), f.gp(), f.gp()
		f.add(three, gStep, gStep)
		f.add(three, three, gStep)
		f.label("block")
		f.move(column, g)
		f.scope(func() {
			var columns [3][6]vec
			for b := range columns {
				f.move(p, column)
				f.add(column, column, gStep)
				taken := f.usedVec
				d := f.loadSteps(3, p, three)
				columns[b] = transform(d[0], d[1], d[2])
				for _, v := range columns[b] {
					taken[v] = true
				}
				f.usedVec = taken
			}
			f.move(p, u)
			for i := range 6 {
				f.scope(func() {
					for _, s := range transform(columns[0][i], columns[1][i], columns[2][i]) {
						f.storeStep(p, uStep, s)
					}
				})
			}
		})
		f.block(n, 4, u, g)
	})
}
