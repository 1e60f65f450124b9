package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// transpose emits dst[c*panel + r] = scale * src[r*stride + c] for 8 rows r and n blocks of 8 columns c; panel is 32 floats, stride is in
// bytes. Squares of 8 x 8 suit both instruction sets, so that there is one version.
func transpose() {
	t := avx2
	t.function("transpose8", "func(dst, src *float32, stride int, scale float32, n int)")
	r := arrays("dst", "src", "stride", "n")
	dst, src, stride, n := r[0], r[1], r[2], r[3]
	scale := t.param("scale")
	lower, three := GP64(), GP64() // rows 4 to 7; three strides
	LEAQ(Mem{Base: src, Index: stride, Scale: 4}, lower)
	LEAQ(Mem{Base: stride, Index: stride, Scale: 2}, three)
	row := func(base reg.Register, i int) Mem {
		switch i {
		case 0:
			return Mem{Base: base}
		case 3:
			return Mem{Base: base, Index: three, Scale: 1}
		}
		return Mem{Base: base, Index: stride, Scale: uint8(i)}
	}
	Label("block")
	// Lanes 0-3 of each vector from rows 0-3, lanes 4-7 from rows 4-7: then the rest happens within lanes of four.
	var v [8]reg.VecVirtual
	for i := range 4 {
		for half := range 2 {
			x := t.vec()
			m := row(src, i)
			m.Disp = 16 * half
			VMOVUPS(m, x.AsX())
			m = row(lower, i)
			m.Disp = 16 * half
			VINSERTF128(Imm(1), m, x, x)
			VMULPS(scale, x, x)
			v[4*half+i] = x
		}
	}
	for half := range 2 {
		q := v[4*half : 4*half+4]
		low01, high01, low23, high23 := t.vec(), t.vec(), t.vec(), t.vec()
		VUNPCKLPS(q[1], q[0], low01)
		VUNPCKHPS(q[1], q[0], high01)
		VUNPCKLPS(q[3], q[2], low23)
		VUNPCKHPS(q[3], q[2], high23)
		for c, pair := range [][2]reg.VecVirtual{{low01, low23}, {high01, high23}} {
			for k, pick := range []uint64{0x44, 0xee} {
				x := t.vec()
				VSHUFPS(Imm(pick), pair[1], pair[0], x)
				VMOVUPS(x, Mem{Base: dst, Disp: 128 * (4*half + 2*c + k)})
			}
		}
	}
	ADDQ(Imm(32), src)
	ADDQ(Imm(32), lower)
	ADDQ(U32(8*128), dst)
	DECQ(n)
	JNZ(LabelRef("block"))
	end()
}
