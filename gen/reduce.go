package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// reductions emits the sums over one array. Four accumulators hide the latency of the additions.
func reductions(t target) {
	t.function("dot", "func(a, b *float32, n int) float32")
	r := arrays("a", "b")
	acc := t.zeros(unrolled)
	t.vectors("l", unrolled, func(c int, at func(reg.Register) Mem) {
		VFMADD231PS(at(r[1]), t.load(at(r[0])), acc[c])
	})
	t.ret(0, t.sum(acc))
	end()

	t.function("sum", "func(x *float32, n int) float32")
	r = arrays("x")
	acc = t.zeros(unrolled)
	t.vectors("l", unrolled, func(c int, at func(reg.Register) Mem) {
		VADDPS(at(r[0]), acc[c], acc[c])
	})
	t.ret(0, t.sum(acc))
	end()

	t.function("sumSqDev", "func(x *float32, mean float32, n int) float32")
	r = arrays("x")
	mean := t.param("mean")
	acc = t.zeros(unrolled)
	t.vectors("l", unrolled, func(c int, at func(reg.Register) Mem) {
		v := t.load(at(r[0]))
		VSUBPS(mean, v, v)
		VFMADD231PS(v, v, acc[c])
	})
	t.ret(0, t.sum(acc))
	end()

	t.function("maximum", "func(x *float32, n int) float32")
	r = arrays("x")
	acc = make([]reg.VecVirtual, unrolled)
	for i := range acc {
		acc[i] = t.load(Mem{Base: r[0]})
	}
	t.vectors("l", unrolled, func(c int, at func(reg.Register) Mem) {
		VMAXPS(at(r[0]), acc[c], acc[c])
	})
	for _, v := range acc[1:] {
		VMAXPS(v, acc[0], acc[0])
	}
	t.fold(acc[0], func(x, y, z Op) { VMAXPS(x, y, z) })
	t.ret(0, acc[0])
	end()

	sumShifted(t)
	filter(t)
	sumSquares(t)
}

// sumBlock is how many sums are in registers at a time.
const sumBlock = 64

// sumShifted emits dst[i] = sum of src[at[k]+i] over k < count, in the order of k, a block of sums at a time.
func sumShifted(t target) {
	t.function("sumShifted", "func(dst, src *float32, at *int, count, n int)")
	r := arrays("dst", "src", "at", "count", "n")
	t.sums(r, "column", func(acc []reg.VecVirtual) func(next reg.Register) {
		from := GP64()
		return func(next reg.Register) {
			MOVQ(Mem{Base: next}, from)
			LEAQ(Mem{Base: r[1], Index: from, Scale: 4}, from)
			for j, v := range acc {
				VADDPS(t.at(from, j), v, v)
			}
			ADDQ(Imm(8), next)
		}
	})
}

// filter emits dst[i] = sum of taps[k]*src[k+i] over k < count, in the order of k, a block of sums at a time.
func filter(t target) {
	t.function("filter", "func(dst, src, taps *float32, count, n int)")
	r := arrays("dst", "src", "taps", "count", "n")
	t.sums(r, "tap", func(acc []reg.VecVirtual) func(next reg.Register) {
		from, tap := GP64(), t.vec()
		MOVQ(r[1], from)
		return func(next reg.Register) {
			VBROADCASTSS(Mem{Base: next}, tap)
			for j, v := range acc {
				VFMADD231PS(t.at(from, j), tap, v)
			}
			ADDQ(Imm(4), next)
			ADDQ(Imm(4), from)
		}
	})
}

// sums emits a function that sets n values from dst on to sums of count terms each, of values as far from src as they are from dst: parameters are dst,
// src, where what a term takes lies, count and n. begin is called where a block of sums begins, and returns what adds a term to all of them and moves next on.
func (t target) sums(parameters []reg.Register, term string, begin func(acc []reg.VecVirtual) func(next reg.Register)) {
	dst, src, terms, count, n := parameters[0], parameters[1], parameters[2], parameters[3], parameters[4]
	for _, vectors := range []int{sumBlock / t.lanes, 1} {
		block, step, done := fmt.Sprintf("block%d", vectors), fmt.Sprintf("%s%d", term, vectors), fmt.Sprintf("done%d", vectors)
		Label(block)
		CMPQ(n, U32(vectors*t.lanes))
		JLT(LabelRef(done))
		acc := t.zeros(vectors)
		next, left := GP64(), GP64()
		MOVQ(terms, next)
		MOVQ(count, left)
		add := begin(acc)
		Label(step)
		add(next)
		DECQ(left)
		JNZ(LabelRef(step))
		for j, v := range acc {
			VMOVUPS(v, t.at(dst, j))
		}
		ADDQ(U32(vectors*t.bytes()), dst)
		ADDQ(U32(vectors*t.bytes()), src)
		SUBQ(U32(vectors*t.lanes), n)
		JMP(LabelRef(block))
		Label(done)
	}
	end()
}

// sumSquares emits a sum in float64, two half vectors for each vector of floats.
func sumSquares(t target) {
	t.function("sumSquares", "func(x *float32, n int) float64")
	x := arrays("x")[0]
	acc := t.zeros(unrolled)
	t.vectors("l", unrolled/2, func(c int, at func(reg.Register) Mem) {
		for half := range 2 {
			m, v := at(x), t.vec()
			m.Disp += half * t.bytes() / 2
			VCVTPS2PD(m, v)
			VFMADD231PD(v, v, acc[2*c+half])
		}
	})
	for _, v := range acc[1:] {
		VADDPD(v, acc[0], acc[0])
	}
	other := t.vec()
	if t.wide() {
		for _, halves := range []uint64{0x4e, 0xb1} {
			VSHUFF64X2(Imm(halves), acc[0], acc[0], other)
			VADDPD(other, acc[0], acc[0])
		}
		VPERMILPD(Imm(0x55), acc[0], other)
	} else {
		VPERM2F128(Imm(1), acc[0], acc[0], other)
		VADDPD(other, acc[0], acc[0])
		VPERMILPD(Imm(0x5), acc[0], other)
	}
	VADDPD(other, acc[0], acc[0])
	VMOVSD(acc[0].AsX(), address(ReturnIndex(0).Resolve()))
	end()
}
