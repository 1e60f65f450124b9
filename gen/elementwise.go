package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// unrolled is the number of vectors in one turn of the loops that have registers to spare.
const unrolled = 4

func elementwise(t target) {
	t.function("add", "func(dst, a, b *float32, n int)")
	r := arrays("dst", "a", "b")
	t.vectors("l", unrolled, func(_ int, at func(reg.Register) Mem) {
		v := t.load(at(r[1]))
		VADDPS(at(r[2]), v, v)
		VMOVUPS(v, at(r[0]))
	})
	end()

	// addReLU: dst = max(0, a + b).
	t.function("addReLU", "func(dst, a, b *float32, n int)")
	r = arrays("dst", "a", "b")
	none := t.zero()
	t.vectors("l", unrolled, func(_ int, at func(reg.Register) Mem) {
		v := t.load(at(r[1]))
		VADDPS(at(r[2]), v, v)
		VMAXPS(v, none, v)
		VMOVUPS(v, at(r[0]))
	})
	end()

	t.function("axpy", "func(dst *float32, alpha float32, src *float32, n int)")
	r = arrays("dst", "src")
	alpha := t.param("alpha")
	t.vectors("l", unrolled, func(_ int, at func(reg.Register) Mem) {
		v := t.load(at(r[0]))
		VFMADD231PS(at(r[1]), alpha, v)
		VMOVUPS(v, at(r[0]))
	})
	end()

	t.function("scale", "func(dst *float32, alpha float32, n int)")
	r = arrays("dst")
	alpha = t.param("alpha")
	t.vectors("l", unrolled, func(_ int, at func(reg.Register) Mem) {
		v := t.vec()
		VMULPS(at(r[0]), alpha, v)
		VMOVUPS(v, at(r[0]))
	})
	end()

	t.function("reluGrad", "func(dst, dy, y *float32, n int)")
	r = arrays("dst", "dy", "y")
	zero := t.zero()
	t.vectors("l", unrolled, func(_ int, at func(reg.Register) Mem) {
		VMOVUPS(t.wherePositive(at(r[1]), at(r[2]), zero), at(r[0]))
	})
	end()

	// mulSub: dst = p * (dp - s).
	t.function("mulSub", "func(dst, p, dp *float32, s float32, n int)")
	r = arrays("dst", "p", "dp")
	s := t.param("s")
	t.vectors("l", unrolled, func(_ int, at func(reg.Register) Mem) {
		v := t.load(at(r[2]))
		VSUBPS(s, v, v)
		VMULPS(at(r[1]), v, v)
		VMOVUPS(v, at(r[0]))
	})
	end()
}

// wherePositive returns v where y > 0 and zero elsewhere; a NaN in y counts as not positive.
func (t target) wherePositive(v, y Mem, zero reg.VecVirtual) reg.VecVirtual {
	const lessOrderedQuiet = 17
	d := t.vec()
	if t.wide() {
		k := K()
		VCMPPS(Imm(lessOrderedQuiet), y, zero, k)
		VMOVUPS_Z(v, k, d)
	} else {
		VCMPPS(Imm(lessOrderedQuiet), y, zero, d)
		VANDPS(v, d, d)
	}
	return d
}

// adamW emits one step of AdamW; co holds beta1, 1-beta1, beta2, 1-beta2, step size, 1/sqrt(bias2), eps, decay.
func adamW(t target) {
	t.function("adamW", "func(w, grad, m, v, co *float32, n int)")
	r := arrays("w", "grad", "m", "v", "co")
	var co [8]reg.VecVirtual
	for i := range co {
		co[i] = t.vec()
		VBROADCASTSS(Mem{Base: r[4], Disp: 4 * i}, co[i])
	}
	t.vectors("l", 1, func(_ int, at func(reg.Register) Mem) {
		grad, m, v, w, d := t.load(at(r[1])), t.vec(), t.vec(), t.vec(), t.vec()
		VMULPS(at(r[2]), co[0], m)
		VFMADD231PS(co[1], grad, m)
		VMOVUPS(m, at(r[2]))
		VMULPS(grad, grad, grad)
		VMULPS(at(r[3]), co[2], v)
		VFMADD231PS(co[3], grad, v)
		VMOVUPS(v, at(r[3]))
		VSQRTPS(v, d)
		VFMADD213PS(co[6], co[5], d)
		VDIVPS(d, m, m)
		VMULPS(at(r[0]), co[7], w)
		VFNMADD231PS(co[4], m, w)
		VMOVUPS(w, at(r[0]))
	})
	end()
}
