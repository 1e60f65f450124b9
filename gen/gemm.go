package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Byte offsets of the fields of kernel.Args; a test there holds them.
const (
	argA, argB, argC       = 0, 8, 16
	argARow, argAK, argBK  = 24, 32, 40
	argKIn, argKOut        = 48, 56
	argAOut, argBOut       = 64, 72
	argCRow                = 80
	argRes, argBias, argRL = 88, 96, 104
)

// gemm emits the microkernel of kernel.Args for a number of rows and one or two vectors of columns. All sums stay in
// registers; per step of K it loads these vectors of B and broadcasts one float of A per row. Rows are addressed in
// groups of three from one pointer, with index scales 0, 1 and 2.
func gemm(t target, rows, vectors int) {
	t.function(fmt.Sprintf("gemm%dx%d", rows, vectors*t.lanes), "func(args *byte)")
	args := Load(Param("args"), GP64())
	field := func(offset int) Mem { return Mem{Base: args, Disp: offset} }
	get := func(offset int) reg.GPVirtual {
		r := GP64()
		MOVQ(field(offset), r)
		return r
	}
	a, b := get(argA), get(argB)
	aRow, aK, bK := get(argARow), get(argAK), get(argBK)

	bias := get(argBias)
	acc := make([][]reg.VecVirtual, rows)
	for i := range acc {
		acc[i] = make([]reg.VecVirtual, vectors)
		for j := range acc[i] {
			acc[i][j] = t.vec()
			if i == 0 {
				VMOVUPS(Mem{Base: bias, Disp: j * t.bytes()}, acc[i][j])
			} else {
				VMOVAPS(acc[0][j], acc[i][j])
			}
		}
	}

	group := make([]reg.GPVirtual, (rows+2)/3)
	for i := range group {
		group[i] = GP64()
	}
	bs, x := make([]reg.VecVirtual, vectors), t.vec()
	bCur, k := GP64(), GP64()
	kOut := get(argKOut)

	Label("outer")
	MOVQ(a, group[0])
	for i := 1; i < len(group); i++ {
		LEAQ(Mem{Base: group[i-1], Index: aRow, Scale: 2}, group[i])
		ADDQ(aRow, group[i])
	}
	MOVQ(b, bCur)
	MOVQ(field(argKIn), k)

	Label("inner")
	for j := range bs {
		bs[j] = t.load(Mem{Base: bCur, Disp: j * t.bytes()})
	}
	for i := range acc {
		m := Mem{Base: group[i/3]}
		if i%3 > 0 {
			m.Index, m.Scale = aRow, uint8(i%3)
		}
		VBROADCASTSS(m, x)
		for j, b := range bs {
			VFMADD231PS(b, x, acc[i][j])
		}
	}
	for i := range group {
		ADDQ(aK, group[i])
	}
	ADDQ(bK, bCur)
	DECQ(k)
	JNZ(LabelRef("inner"))
	ADDQ(field(argAOut), a)
	ADDQ(field(argBOut), b)
	DECQ(kOut)
	JNZ(LabelRef("outer"))

	c, cRow, res := get(argC), get(argCRow), get(argRes)
	TESTQ(res, res)
	JZ(LabelRef("noRes"))
	for i := range acc {
		for j, sum := range acc[i] {
			VADDPS(Mem{Base: res, Disp: j * t.bytes()}, sum, sum)
		}
		ADDQ(cRow, res)
	}
	Label("noRes")
	CMPQ(field(argRL), Imm(0))
	JE(LabelRef("write"))
	zero := t.zero()
	for i := range acc {
		for _, sum := range acc[i] {
			VMAXPS(sum, zero, sum)
		}
	}
	Label("write")
	for i := range acc {
		for j, sum := range acc[i] {
			VMOVUPS(sum, Mem{Base: c, Disp: j * t.bytes()})
		}
		ADDQ(cRow, c)
	}
	end()
}

// peakFMAs is the number of independent multiply-adds in one turn of fmaPeak; the benchmark of the product counts on it.
const peakFMAs = 12

// fmaPeak emits a loop of nothing but multiply-adds on registers: what the processor can do at most, for the benchmark
// to compare with.
func fmaPeak(t target) {
	t.function("fmaPeak", "func(n int)")
	n := Load(Param("n"), GP64())
	acc := t.zeros(peakFMAs)
	x := t.zero()
	Label("turn")
	for i := range acc {
		VFMADD231PS(x, x, acc[i])
	}
	DECQ(n)
	JNZ(LabelRef("turn"))
	end()
}
