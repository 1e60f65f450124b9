package main

import (
	"fmt"

	"github.com/geobfdt/geobfdt/gen/layout"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// gemm emits the microkernel of kernel.Args for a number of rows and one, two or four vectors of columns. All sums stay in
// registers; per step of K it broadcasts one float of A per row and multiplies it by these vectors of B. Rows are addressed in groups
// of three from one pointer, with index scales 0, 1 and 2.
//
// The last two steps are done row by row, and a row is written as soon as it is done. Written all together at the end, the rows kept the
// multiply-adds of the next block waiting: for 65 cycles a block of 14 x 32 with AVX-512 on Zen 4, which stores 32 bytes a cycle. Spread
// over the multiply-adds of two steps, there is time for them. Hence KIn must be 2 or more.
func gemm(t target, rows, vectors int) {
	t.function(fmt.Sprintf("gemm%dx%d", rows, vectors*t.lanes), "func(args *byte)")
	k := gemmKernel{t: t, args: Load(Param("args"), GP64()), acc: make([][]reg.VecVirtual, rows), x: t.vec()}
	a, b := k.get(layout.ArgA), k.get(layout.ArgB)
	k.aRow, k.aK, k.bK = k.get(layout.ArgARow), k.get(layout.ArgAK), k.get(layout.ArgBK)

	bias := k.get(layout.ArgBias)
	for i := range k.acc {
		k.acc[i] = make([]reg.VecVirtual, vectors)
		for j := range k.acc[i] {
			k.acc[i][j] = t.vec()
			if i == 0 {
				VMOVUPS(t.at(bias, j), k.acc[i][j])
			} else {
				VMOVAPS(k.acc[0][j], k.acc[i][j])
			}
		}
	}

	k.group = make([]reg.GPVirtual, (rows+2)/3)
	for i := range k.group {
		k.group[i] = GP64()
	}
	k.b = GP64()
	n, kOut := GP64(), k.get(layout.ArgKOut)

	Label("outer")
	MOVQ(a, k.group[0])
	for i := 1; i < len(k.group); i++ {
		LEAQ(Mem{Base: k.group[i-1], Index: k.aRow, Scale: 2}, k.group[i])
		ADDQ(k.aRow, k.group[i])
	}
	MOVQ(b, k.b)
	MOVQ(k.field(layout.ArgKIn), n)
	CMPQ(kOut, Imm(1))
	JNE(LabelRef("inner"))
	SUBQ(Imm(2), n)
	JZ(LabelRef("last"))

	Label("inner")
	bs := k.operands(t.registers()-rows*vectors-1, t.row(k.b, vectors))
	for i := range k.acc {
		k.multiply(i, k.group[i/3], bs)
	}
	for i := range k.group {
		ADDQ(k.aK, k.group[i])
	}
	ADDQ(k.bK, k.b)
	DECQ(n)
	JNZ(LabelRef("inner"))
	ADDQ(k.field(layout.ArgAOut), a)
	ADDQ(k.field(layout.ArgBOut), b)
	DECQ(kOut)
	JNZ(LabelRef("outer"))

	Label("last")
	k.c, k.cRow, k.res = k.get(layout.ArgC), k.get(layout.ArgCRow), k.get(layout.ArgRes)
	k.bNext = GP64()
	LEAQ(Mem{Base: k.b, Index: k.bK, Scale: 1}, k.bNext)
	TESTQ(k.res, k.res)
	JNZ(LabelRef("res"))
	CMPQ(k.field(layout.ArgRL), Imm(0))
	JNE(LabelRef("relu"))
	k.finish(false, false)
	Label("relu")
	k.finish(false, true)
	Label("res")
	CMPQ(k.field(layout.ArgRL), Imm(0))
	JNE(LabelRef("resRelu"))
	k.finish(true, false)
	Label("resRelu")
	k.finish(true, true)
}

// gemmKernel is what the parts of a microkernel share.
type gemmKernel struct {
	t            target
	args         reg.Register
	acc          [][]reg.VecVirtual // sums, [rows][vectors]
	x            reg.VecVirtual     // a float of A in every lane
	group        []reg.GPVirtual    // every third row of A at this step of K
	b, bNext     reg.GPVirtual      // B at this step and at the next
	aRow, aK, bK reg.GPVirtual
	c, cRow, res reg.GPVirtual
}

func (k *gemmKernel) field(offset int) Mem { return Mem{Base: k.args, Disp: offset} }

func (k *gemmKernel) get(offset int) reg.GPVirtual {
	r := GP64()
	MOVQ(k.field(offset), r)
	return r
}

// operands loads as many of the vectors of B as there are registers free; the rest stay in memory, for the multiply-adds to read.
func (k *gemmKernel) operands(free int, ms []Mem) []Op {
	ops := make([]Op, len(ms))
	for j, m := range ms {
		ops[j] = m
		if j < free {
			ops[j] = k.t.load(m)
		}
	}
	return ops
}

// multiply adds one step of K to the sums of row i, whose group of three begins at base.
func (k *gemmKernel) multiply(i int, base reg.Register, bs []Op) {
	m := Mem{Base: base}
	if i%3 > 0 {
		m.Index, m.Scale = k.aRow, uint8(i%3)
	}
	VBROADCASTSS(m, k.x)
	for j, b := range bs {
		VFMADD231PS(b, k.x, k.acc[i][j])
	}
}

// finish emits the last two steps of K and the end of every row, and returns from the function.
func (k *gemmKernel) finish(withRes, relu bool) {
	t, vectors := k.t, len(k.acc[0])
	free := t.registers() - len(k.acc)*vectors - 1
	var zero reg.VecVirtual
	if relu {
		zero = t.zero()
		free--
	}
	bs := k.operands(free, append(t.row(k.b, vectors), t.row(k.bNext, vectors)...))
	next := GP64()
	for i, sums := range k.acc {
		if i%3 == 0 {
			LEAQ(Mem{Base: k.group[i/3], Index: k.aK, Scale: 1}, next)
		}
		k.multiply(i, k.group[i/3], bs[:vectors])
		k.multiply(i, next, bs[vectors:])
		for j, sum := range sums {
			if withRes {
				VADDPS(t.at(k.res, j), sum, sum)
			}
			if relu {
				VMAXPS(sum, zero, sum)
			}
			VMOVUPS(sum, t.at(k.c, j))
		}
		if i < len(k.acc)-1 {
			if withRes {
				ADDQ(k.cRow, k.res)
			}
			ADDQ(k.cRow, k.c)
		}
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
