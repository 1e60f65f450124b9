package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// layerNorm emits the three passes over a row that are more than a plain sum.
func layerNorm(t target) {
	var mean, invStd reg.VecVirtual
	// hat returns (x - mean) * invStd.
	hat := func(x Mem) reg.VecVirtual {
		v := t.load(x)
		VSUBPS(mean, v, v)
		VMULPS(invStd, v, v)
		return v
	}

	t.function("norm", "func(y, x, gamma, beta *float32, mean, invStd float32, n int)")
	r := arrays("y", "x", "gamma", "beta")
	mean, invStd = t.param("mean"), t.param("invStd")
	t.vectors("l", 2, func(_ int, at func(reg.Register) Mem) {
		v := hat(at(r[1]))
		VFMADD213PS(at(r[3]), t.load(at(r[2])), v)
		VMOVUPS(v, at(r[0]))
	})
	end()

	// normGradSums: dgamma += dy*xh, dbeta += dy; returns the sums of d = dy*gamma and of d*xh.
	t.function("normGradSums",
		"func(dy, x, gamma, dgamma, dbeta *float32, mean, invStd float32, n int) (sumD, sumDX float32)")
	r = arrays("dy", "x", "gamma", "dgamma", "dbeta")
	mean, invStd = t.param("mean"), t.param("invStd")
	sumD, sumDX := t.zeros(2), t.zeros(2)
	t.vectors("l", 2, func(c int, at func(reg.Register) Mem) {
		dy, xh := t.load(at(r[0])), hat(at(r[1]))
		d, dgamma, dbeta := t.vec(), t.load(at(r[3])), t.vec()
		VMULPS(at(r[2]), dy, d)
		VADDPS(d, sumD[c], sumD[c])
		VFMADD231PS(d, xh, sumDX[c])
		VFMADD231PS(dy, xh, dgamma)
		VMOVUPS(dgamma, at(r[3]))
		VADDPS(at(r[4]), dy, dbeta)
		VMOVUPS(dbeta, at(r[4]))
	})
	t.ret(0, t.sum(sumD))
	t.ret(1, t.sum(sumDX))
	end()

	// normGradApply: dx += invStd * (dy*gamma - avgD - xh*avgDX).
	t.function("normGradApply",
		"func(dx, dy, x, gamma *float32, mean, invStd, avgD, avgDX float32, n int)")
	r = arrays("dx", "dy", "x", "gamma")
	mean, invStd = t.param("mean"), t.param("invStd")
	avgD, avgDX := t.param("avgD"), t.param("avgDX")
	t.vectors("l", 2, func(_ int, at func(reg.Register) Mem) {
		xh, d := hat(at(r[2])), t.load(at(r[1]))
		VFMSUB132PS(at(r[3]), avgD, d)
		VFNMADD231PS(avgDX, xh, d)
		VFMADD213PS(at(r[0]), invStd, d)
		VMOVUPS(d, at(r[0]))
	})
	end()
}
