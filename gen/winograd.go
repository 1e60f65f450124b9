package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// winograd emits the transforms of F(4x4, 3x3) and of its gradient. Those of data work on blocks of one vector of channels: columns
// first into tmp, then rows.
// Results leave the registers as soon as they are known, so that the sixteen of AVX2 suffice.
func winograd(t target) {
	winogradWeights(t)
	winogradInput(t)
	winogradOutput(t, false)
	winogradOutput(t, true)
	winogradGrad(t)
	winogradWeightGrad(t)
}

// pass reads six vectors, transforms them and hands the results to put.
type pass func(get func(i int) Mem, put func(i int, v reg.VecVirtual))

// load6 reads the six operands of a pass.
func (t target) load6(get func(i int) Mem) (d [6]reg.VecVirtual) {
	for i := range d {
		d[i] = t.load(get(i))
	}
	return d
}

// winogradInput emits v[6i+j] = (B^T x B)[i][j] for 6 x 6 pixels x and n blocks of channels.
func winogradInput(t target) {
	spread(t, "winogradInput", 6, func() pass {
		c2, c4, c5 := t.constant(2), t.constant(4), t.constant(5)
		return func(get func(i int) Mem, put func(i int, v reg.VecVirtual)) {
			d := t.load6(get)
			a, b := t.vec(), t.vec()
			VFMADD213PS(d[4], c4, d[0]) // 4 d0 - 5 d2 + d4
			VFNMADD231PS(c5, d[2], d[0])
			put(0, d[0])
			VMOVAPS(d[5], a) // 4 d1 - 5 d3 + d5
			VFMADD231PS(c4, d[1], a)
			VFNMADD231PS(c5, d[3], a)
			put(5, a)
			VMOVAPS(d[4], a) // (d4 - 4 d2) +- (d3 - 4 d1)
			VFNMADD231PS(c4, d[2], a)
			VMOVAPS(d[3], b)
			VFNMADD231PS(c4, d[1], b)
			s := t.vec()
			VADDPS(b, a, s)
			put(1, s)
			VSUBPS(b, a, a)
			put(2, a)
			VSUBPS(d[2], d[4], d[4]) // (d4 - d2) +- 2 (d3 - d1)
			VSUBPS(d[1], d[3], d[3])
			VMOVAPS(d[4], s)
			VFMADD231PS(c2, d[3], s)
			put(3, s)
			VFNMADD231PS(c2, d[3], d[4])
			put(4, d[4])
		}
	})
}

// spread emits a transform of size x size pixels x to 6 x 6 points v, the same to columns and to rows, for n blocks of channels.
func spread(t target, name string, size int, transformer func() pass) {
	t.function(name, "func(v *float32, vStep int, x *float32, row, pixel int, tmp *float32, n int)")
	r := arrays("v", "vStep", "x", "row", "pixel", "tmp", "n")
	v, vStep, x, row, pixel, tmp, n := r[0], r[1], r[2], r[3], r[4], r[5], r[6]
	transform := transformer()

	p, q := GP64(), GP64()
	Label("block")
	MOVQ(x, p)
	for j := range size {
		MOVQ(p, q)
		transform(func(i int) Mem {
			if i > 0 {
				ADDQ(row, q)
			}
			return Mem{Base: q}
		}, func(i int, v reg.VecVirtual) { VMOVUPS(v, t.at(tmp, size*i+j)) })
		ADDQ(pixel, p)
	}
	three, five := GP64(), GP64()
	LEAQ(Mem{Base: vStep, Index: vStep, Scale: 2}, three)
	LEAQ(Mem{Base: vStep, Index: vStep, Scale: 4}, five)
	MOVQ(v, p)
	at := [6]Mem{{Base: p}, {Base: p, Index: vStep, Scale: 1}, {Base: p, Index: vStep, Scale: 2}, {Base: p, Index: three, Scale: 1},
		{Base: p, Index: vStep, Scale: 4}, {Base: p, Index: five, Scale: 1}}
	for i := range 6 { // the results of a transform come in any order
		transform(func(j int) Mem { return t.at(tmp, size*i+j) }, func(j int, v reg.VecVirtual) { VMOVUPS(v, at[j]) })
		LEAQ(Mem{Base: p, Index: three, Scale: 2}, p)
	}
	ADDQ(Imm(uint64(t.bytes())), x)
	ADDQ(Imm(uint64(t.bytes())), v)
	DECQ(n)
	JNZ(LabelRef("block"))
	end()
}

// winogradGrad emits v[6i+j] = (A x A^T)[i][j] for 4 x 4 pixels x, the gradient of the output, and n blocks of channels.
func winogradGrad(t target) {
	spread(t, "winogradGrad", 4, func() pass {
		c2, c4, c8 := t.constant(2), t.constant(4), t.constant(8)
		return func(get func(i int) Mem, put func(i int, v reg.VecVirtual)) {
			var d [4]reg.VecVirtual
			for i := range d {
				d[i] = t.load(get(i))
			}
			put(0, d[0])
			put(5, d[3])
			a, b, s := t.vec(), t.vec(), t.vec()
			VADDPS(d[2], d[0], a) // (d0 + d2) +- (d1 + d3)
			VADDPS(d[3], d[1], b)
			VADDPS(b, a, s)
			put(1, s)
			VSUBPS(b, a, a)
			put(2, a)
			VFMADD231PS(c4, d[2], d[0]) // (d0 + 4 d2) +- (2 d1 + 8 d3)
			VMULPS(c2, d[1], d[1])
			VFMADD231PS(c8, d[3], d[1])
			VADDPS(d[1], d[0], s)
			put(3, s)
			VSUBPS(d[1], d[0], d[0])
			put(4, d[0])
		}
	})
}

// winogradWeightGrad emits dw[3a+b] += (G^T u G)[a][b] for n floats of each of the 36 arrays u[6i+j].
func winogradWeightGrad(t target) {
	t.function("winogradWeightGrad", "func(dw *float32, wStep int, u *float32, uStep int, tmp *float32, n int)")
	r := arrays("dw", "wStep", "u", "uStep", "tmp", "n")
	dw, wStep, u, uStep, tmp, n := r[0], r[1], r[2], r[3], r[4], r[5]
	quarter, sixth, twelfth, twentyFourth := t.constant(1./4), t.constant(1./6), t.constant(1./12), t.constant(1./24)

	var transform pass = func(get func(i int) Mem, put func(i int, v reg.VecVirtual)) {
		d := t.load6(get)
		a, b := t.vec(), t.vec()
		VADDPS(d[2], d[1], a) // a, b = u2 +- u1
		VSUBPS(d[1], d[2], b)
		VADDPS(d[4], d[3], d[1]) // u3 +- u4
		VSUBPS(d[4], d[3], d[2])
		VMULPS(quarter, d[0], d[0]) // u0/4 - (u1 + u2)/6 + (u3 + u4)/24
		VFNMADD231PS(sixth, a, d[0])
		VFMADD231PS(twentyFourth, d[1], d[0])
		put(0, d[0])
		VMULPS(sixth, b, b) // (u2 - u1)/6 + (u3 - u4)/12
		VFMADD231PS(twelfth, d[2], b)
		put(1, b)
		VSUBPS(a, d[1], d[1]) // (u3 + u4 - u1 - u2)/6 + u5
		VFMADD231PS(sixth, d[1], d[5])
		put(2, d[5])
	}

	p, q, six := GP64(), GP64(), GP64()
	LEAQ(Mem{Base: uStep, Index: uStep, Scale: 2}, six)
	SHLQ(Imm(1), six)
	Label("vector")
	MOVQ(u, p)
	for j := range 6 {
		MOVQ(p, q)
		transform(func(i int) Mem {
			if i > 0 {
				ADDQ(six, q)
			}
			return Mem{Base: q}
		}, func(a int, v reg.VecVirtual) { VMOVUPS(v, t.at(tmp, 6*a+j)) })
		ADDQ(uStep, p)
	}
	MOVQ(dw, p)
	for a := range 3 {
		transform(func(j int) Mem { return t.at(tmp, 6*a+j) }, func(_ int, v reg.VecVirtual) {
			VADDPS(Mem{Base: p}, v, v)
			VMOVUPS(v, Mem{Base: p})
			ADDQ(wStep, p)
		})
	}
	ADDQ(Imm(uint64(t.bytes())), u)
	ADDQ(Imm(uint64(t.bytes())), dw)
	SUBQ(Imm(uint64(t.lanes)), n)
	JNZ(LabelRef("vector"))
	end()
}

// winogradOutput emits y = max(floor, A^T m A + bias + res) for 4 x 4 pixels y and n blocks of channels.
func winogradOutput(t target, withRes bool) {
	name, sig := "winogradOutput", "func(y *float32, row, pixel int, m *float32, mStep int, bias, tmp *float32, floor float32, n int)"
	if withRes {
		name, sig = "winogradOutputRes", "func(y, res *float32, row, pixel int, m *float32, mStep int, bias, tmp *float32, floor float32, n int)"
	}
	t.function(name, sig)
	r := arrays("y", "row", "pixel", "m", "mStep", "bias", "tmp", "n")
	y, row, pixel, m, mStep, bias, tmp, n := r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7]
	var toRes reg.Register // from a pixel of y to that of res
	if withRes {
		toRes = arrays("res")[0]
		SUBQ(y, toRes)
	}
	floor, c2, c4, c8 := t.param("floor"), t.constant(2), t.constant(4), t.constant(8)

	var transform pass = func(get func(i int) Mem, put func(i int, v reg.VecVirtual)) {
		d := t.load6(get)
		a, b := t.vec(), t.vec()
		VADDPS(d[2], d[1], a) // a, b = m1 +- m2
		VSUBPS(d[2], d[1], b)
		VADDPS(d[4], d[3], d[1]) // m3 +- m4
		VSUBPS(d[4], d[3], d[2])
		VADDPS(d[0], a, d[0])
		VADDPS(d[1], d[0], d[0])
		put(0, d[0])
		VADDPS(d[5], b, d[5])
		VFMADD231PS(c8, d[2], d[5])
		VFMADD231PS(c2, d[2], b)
		put(1, b)
		VFMADD231PS(c4, d[1], a)
		put(2, a)
		put(3, d[5])
	}

	p, q, beta := GP64(), GP64(), t.vec()
	Label("block")
	VMOVUPS(Mem{Base: bias}, beta)
	MOVQ(m, p)
	for i := range 6 {
		transform(func(j int) Mem {
			if i+j > 0 {
				ADDQ(mStep, p)
			}
			return Mem{Base: p}
		}, func(j int, v reg.VecVirtual) { VMOVUPS(v, t.at(tmp, 4*i+j)) })
	}
	MOVQ(y, p)
	for j := range 4 {
		MOVQ(p, q)
		transform(func(i int) Mem { return t.at(tmp, 4*i+j) }, func(i int, v reg.VecVirtual) {
			VADDPS(beta, v, v)
			if withRes {
				VADDPS(Mem{Base: q, Index: toRes, Scale: 1}, v, v)
			}
			VMAXPS(v, floor, v)
			VMOVUPS(v, Mem{Base: q})
			ADDQ(row, q)
		})
		ADDQ(pixel, p)
	}
	for _, a := range []reg.Register{y, m, bias} {
		ADDQ(Imm(uint64(t.bytes())), a)
	}
	DECQ(n)
	JNZ(LabelRef("block"))
	end()
}

// winogradWeights emits u[6i+j] = (G g G^T)[i][j] for n floats of each of the nine arrays g[3a+b].
func winogradWeights(t target) {
	t.function("winogradWeights", "func(u *float32, uStep int, g9 *float32, gStep, n int)")
	r := arrays("u", "uStep", "g9", "gStep", "n")
	u, uStep, g, gStep, n := r[0], r[1], r[2], r[3], r[4]
	quarter, sixth, minusSixth, twelfth, twentyFourth := t.constant(1./4), t.constant(1./6), t.constant(-1./6), t.constant(1./12), t.constant(1./24)
	three := GP64()
	LEAQ(Mem{Base: gStep, Index: gStep, Scale: 2}, three)

	// transform hands the six sums of a, b and c, or only one of them, to put.
	transform := func(a, b, c reg.VecVirtual, only int, put func(j int, v reg.VecVirtual)) {
		want := func(j int) bool { return only < 0 || only == j }
		v := t.vec()
		if want(0) {
			VMULPS(a, quarter, v)
			put(0, v)
		}
		for j, minus := range []bool{false, true} { // -(a + c)/6 -+ b/6
			if want(1 + j) {
				VADDPS(a, c, v)
				if minus {
					VSUBPS(b, v, v)
				} else {
					VADDPS(b, v, v)
				}
				VMULPS(minusSixth, v, v)
				put(1+j, v)
			}
		}
		for j, minus := range []bool{false, true} { // a/24 +- b/12 + c/6
			if want(3 + j) {
				VMULPS(a, twentyFourth, v)
				VFMADD231PS(c, sixth, v)
				if minus {
					VFNMADD231PS(b, twelfth, v)
				} else {
					VFMADD231PS(b, twelfth, v)
				}
				put(3+j, v)
			}
		}
		if want(5) {
			put(5, c)
		}
	}

	p, q := GP64(), GP64()
	Label("vector")
	MOVQ(u, q)
	for i := range 6 {
		var row [3]reg.VecVirtual
		MOVQ(g, p)
		for b := range row {
			a0, a1, a2 := t.load(Mem{Base: p}), t.load(Mem{Base: p, Index: three, Scale: 1}), t.load(Mem{Base: p, Index: three, Scale: 2})
			transform(a0, a1, a2, i, func(_ int, v reg.VecVirtual) {
				row[b] = t.vec()
				VMOVAPS(v, row[b])
			})
			ADDQ(gStep, p)
		}
		transform(row[0], row[1], row[2], -1, func(_ int, v reg.VecVirtual) {
			VMOVUPS(v, Mem{Base: q})
			ADDQ(uStep, q)
		})
	}
	ADDQ(Imm(uint64(t.bytes())), u)
	ADDQ(Imm(uint64(t.bytes())), g)
	SUBQ(Imm(uint64(t.lanes)), n)
	JNZ(LabelRef("vector"))
	end()
}
