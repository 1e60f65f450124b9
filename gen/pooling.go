package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// pooling emits the 3 x 3 maximum with stride 2 of one row of n pixels and its backward pass, on one vector of channels. x is the
// first pixel of the upper row of the first window; strides are in bytes.
func pooling(t target) {
	t.function("maxPool", "func(y, x *float32, row, pixel, n int)")
	r := arrays("y", "x", "row", "pixel", "n")
	y, x0, row, pixel, n := r[0], r[1], r[2], r[3], r[4]
	x1, x2 := GP64(), GP64()
	rows := []reg.Register{x0, x1, x2}
	LEAQ(Mem{Base: x0, Index: row, Scale: 1}, x1)
	LEAQ(Mem{Base: x0, Index: row, Scale: 2}, x2)
	// The right column of a window is the left one of the next.
	left, v := t.vec(), t.vec()
	column := func(i int, into reg.VecVirtual) {
		for k, base := range rows {
			m := Mem{Base: base}
			if i > 0 {
				m.Index, m.Scale = pixel, uint8(i)
			}
			if k == 0 {
				VMOVUPS(m, into)
			} else {
				VMAXPS(m, into, into)
			}
		}
	}
	column(0, left)
	Label("pixel")
	column(1, v)
	VMAXPS(left, v, v)
	column(2, left)
	VMAXPS(left, v, v)
	VMOVUPS(v, Mem{Base: y})
	ADDQ(pixel, y)
	for _, base := range rows {
		LEAQ(Mem{Base: base, Index: pixel, Scale: 2}, base)
	}
	DECQ(n)
	JNZ(LabelRef("pixel"))
	end()

	// maxPoolGrad: dx += dy wherever x equals its window's maximum y. Both have the same strides.
	t.function("maxPoolGrad", "func(dx, x, dy, y *float32, row, pixel, n int)")
	r = arrays("dx", "x", "dy", "y", "row", "pixel", "n")
	dx, x0, dy, y, row, pixel, n := r[0], r[1], r[2], r[3], r[4], r[5], r[6]
	at, into := []reg.Register{x0, GP64(), GP64()}, []reg.Register{dx, GP64(), GP64()}
	for _, base := range [][]reg.Register{at, into} {
		LEAQ(Mem{Base: base[0], Index: row, Scale: 1}, base[1])
		LEAQ(Mem{Base: base[0], Index: row, Scale: 2}, base[2])
	}
	Label("pixel")
	top, grad := t.load(Mem{Base: y}), t.load(Mem{Base: dy})
	for k := range 3 {
		for i := range 3 {
			m, d := Mem{Base: at[k]}, Mem{Base: into[k]}
			if i > 0 {
				m.Index, m.Scale = pixel, uint8(i)
				d.Index, d.Scale = pixel, uint8(i)
			}
			t.addWhereEqual(d, m, top, grad)
		}
	}
	ADDQ(pixel, y)
	ADDQ(pixel, dy)
	for k := range 3 {
		LEAQ(Mem{Base: at[k], Index: pixel, Scale: 2}, at[k])
		LEAQ(Mem{Base: into[k], Index: pixel, Scale: 2}, into[k])
	}
	DECQ(n)
	JNZ(LabelRef("pixel"))
	end()
}

// addWhereEqual adds v to d where x equals y.
func (t target) addWhereEqual(d, x Mem, y, v reg.VecVirtual) {
	const equalOrderedQuiet = 0
	sum := t.vec()
	if t.wide() {
		k := K()
		VCMPPS(Imm(equalOrderedQuiet), x, y, k)
		VMOVUPS_Z(v, k, sum)
	} else {
		VCMPPS(Imm(equalOrderedQuiet), x, y, sum)
		VANDPS(v, sum, sum)
	}
	VADDPS(d, sum, sum)
	VMOVUPS(sum, d)
}
