package main

import (
	"fmt"
	"math"

	"github.com/geobfdt/geobfdt/gen/layout"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// expConstants are the operands of the exponential: registers with AVX-512, memory with AVX2, which has too few.
type expConstants struct {
	min, max            reg.VecVirtual
	log2e, ln2Hi, ln2Lo Op
	poly                []Op
	bias                Op // 127 as integers; AVX2 only
}

func (t target) expConstants(table *dataTable) expConstants {
	c := expConstants{min: t.constant(layout.ExpMin), max: t.constant(layout.ExpMax)}
	get := func(x float32) Op { return t.constant(x) }
	if !t.wide() {
		get = table.vector
		c.bias = table.vector(math.Float32frombits(127))
	}
	c.log2e, c.ln2Hi, c.ln2Lo = get(layout.Log2e), get(layout.Ln2Hi), get(layout.Ln2Lo)
	for _, p := range layout.ExpPoly() {
		c.poly = append(c.poly, get(p))
	}
	return c
}

// dataTable is read-only data of float32 vectors, each value stored once.
type dataTable struct {
	lanes int
	at    map[uint32]Mem
	name  string
}

func (d *dataTable) vector(x float32) Op {
	bits := math.Float32bits(x)
	if m, ok := d.at[bits]; ok {
		return m
	}
	m := GLOBL(fmt.Sprintf("%s%d", d.name, len(d.at)), RODATA|NOPTR)
	for i := range d.lanes {
		DATA(4*i, U32(bits))
	}
	d.at[bits] = m
	return m
}

// exp replaces the lanes of x by their exponentials.
func (t target) exp(c expConstants, x reg.VecVirtual) {
	r, y := t.vec(), t.vec()
	VMAXPS(x, c.min, x)
	VMINPS(x, c.max, x)
	VMULPS(c.log2e, x, r)
	if t.wide() {
		VRNDSCALEPS(Imm(0), r, r)
	} else {
		VROUNDPS(Imm(0), r, r)
	}
	VFNMADD231PS(c.ln2Hi, r, x)
	VFNMADD231PS(c.ln2Lo, r, x)
	VMOVUPS(c.poly[0], y)
	for _, p := range c.poly[1:] {
		VFMADD213PS(p, x, y)
	}
	if t.wide() {
		VSCALEFPS(r, y, x)
		return
	}
	// 2^r in two factors, so that results near overflow and denormal results come out right.
	half := t.vec()
	VCVTPS2DQ(r, r)
	VPSRAD(Imm(1), r, half)
	VPSUBD(half, r, r)
	for _, e := range []reg.VecVirtual{half, r} {
		VPADDD(c.bias, e, e)
		VPSLLD(Imm(23), e, e)
		VMULPS(e, y, y)
	}
	VMOVAPS(y, x)
}

func exponentials(t target) {
	table := &dataTable{lanes: t.lanes, at: map[uint32]Mem{}, name: "exp" + t.name}

	t.function("exp", "func(x *float32, n int)")
	p := arrays("x")[0]
	c := t.expConstants(table)
	t.vectors("l", 2, func(_ int, at func(reg.Register) Mem) {
		v := t.load(at(p))
		t.exp(c, v)
		VMOVUPS(v, at(p))
	})
	end()

	// expSub: x = exp(x - m); returns the sum.
	t.function("expSub", "func(x *float32, m float32, n int) float32")
	p = arrays("x")[0]
	c = t.expConstants(table)
	m := t.param("m")
	acc := t.zeros(2)
	t.vectors("l", 2, func(i int, at func(reg.Register) Mem) {
		v := t.load(at(p))
		VSUBPS(m, v, v)
		t.exp(c, v)
		VMOVUPS(v, at(p))
		VADDPS(v, acc[i], acc[i])
	})
	t.ret(0, t.sum(acc))
	end()
}

// softmaxes emits whole rows of attention: the maximum, the exponentials with their sum, and the scaling by it.
func softmaxes(t target) {
	table := &dataTable{lanes: t.lanes, at: map[uint32]Mem{}, name: "softmax" + t.name}

	t.function("softmax", "func(x *float32, n int)")
	x := arrays("x")[0]
	top := t.maximumOf(func(_ int, at func(reg.Register) Mem) reg.VecVirtual { return t.load(at(x)) })
	c := t.expConstants(table)
	sum := t.zeros(2)
	t.vectors("exp", 2, func(i int, at func(reg.Register) Mem) {
		v := t.load(at(x))
		VSUBPS(top, v, v)
		t.exp(c, v)
		VMOVUPS(v, at(x))
		VADDPS(v, sum[i], sum[i])
	})
	t.scaleBy(x, t.inverse(t.sum(sum)))
	end()

	// columnSoftmax: the softmax of x - bend*dz^2 with dz = depth - z; returns the mean of dz under it.
	t.function("columnSoftmax", "func(x, depth *float32, z, bend float32, n int) float32")
	r := arrays("x", "depth")
	x = r[0]
	z, bend := t.param("z"), t.param("bend")
	top = t.maximumOf(func(_ int, at func(reg.Register) Mem) reg.VecVirtual {
		dz, v := t.load(at(r[1])), t.load(at(x))
		VSUBPS(z, dz, dz)
		VMULPS(dz, dz, dz)
		VFNMADD231PS(bend, dz, v)
		VMOVUPS(v, at(x))
		return v
	})
	c = t.expConstants(table)
	sum, moment := t.zeros(2), t.zeros(2)
	t.vectors("exp", 2, func(i int, at func(reg.Register) Mem) {
		v := t.load(at(x))
		VSUBPS(top, v, v)
		t.exp(c, v)
		VMOVUPS(v, at(x))
		VADDPS(v, sum[i], sum[i])
		dz := t.load(at(r[1]))
		VSUBPS(z, dz, dz)
		VFMADD231PS(dz, v, moment[i])
	})
	inverse := t.inverse(t.sum(sum))
	t.scaleBy(x, inverse)
	mean := t.sum(moment)
	VMULPS(inverse, mean, mean)
	t.ret(0, mean)
	end()
}

// maximumOf emits a loop over the parameter n floats and returns the maximum of what value returned, in every lane.
func (t target) maximumOf(value func(copy int, at func(reg.Register) Mem) reg.VecVirtual) reg.VecVirtual {
	acc := []reg.VecVirtual{t.constant(float32(math.Inf(-1))), t.constant(float32(math.Inf(-1)))}
	t.vectors("max", 2, func(i int, at func(reg.Register) Mem) {
		VMAXPS(value(i, at), acc[i], acc[i])
	})
	VMAXPS(acc[1], acc[0], acc[0])
	t.fold(acc[0], func(x, y, z Op) { VMAXPS(x, y, z) })
	return acc[0]
}

// inverse returns 1/v.
func (t target) inverse(v reg.VecVirtual) reg.VecVirtual {
	one := t.constant(1)
	VDIVPS(v, one, one)
	return one
}

// scaleBy emits x *= factor over the parameter n floats.
func (t target) scaleBy(x reg.Register, factor reg.VecVirtual) {
	t.vectors("scale", 2, func(_ int, at func(reg.Register) Mem) {
		v := t.vec()
		VMULPS(at(x), factor, v)
		VMOVUPS(v, at(x))
	})
}
