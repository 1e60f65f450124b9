package main

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/gotypes"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// target is an instruction set to emit for.
type target struct {
	name  string // suffix of the function names
	lanes int    // floats in a vector
}

var (
	avx2   = target{name: "AVX2", lanes: 8}
	avx512 = target{name: "AVX512", lanes: 16}
)

func (t target) wide() bool { return t.lanes == 16 }
func (t target) bytes() int { return 4 * t.lanes }

// registers is the number of vector registers: 16 of 8 lanes, 32 of 16.
func (t target) registers() int { return 2 * t.lanes }

// gemmTiles are the shapes of the sums of one product, vectors of columns and the most rows, that leave a register for a vector of B and one
// for a broadcast: a panel of 32 columns, then half of one.
func (t target) gemmTiles() [2]tile {
	if t.wide() {
		return [2]tile{{rows: 14, vectors: 2}, {rows: 14, vectors: 1}}
	}
	return [2]tile{{rows: 3, vectors: 4}, {rows: 6, vectors: 2}}
}

type tile struct{ rows, vectors int }

// channelBlocks are the channel counts of the channel kernels: four vectors, and the 16 that every count divides into.
func (t target) channelBlocks() []int { return []int{4 * t.lanes, 16} }

// function starts the function name<target>; sig is its Go signature.
func (t target) function(name, sig string) {
	TEXT(name+t.name, NOSPLIT, sig)
	Pragma("noescape")
}

func (t target) vec() reg.VecVirtual {
	if t.wide() {
		return ZMM()
	}
	return YMM()
}

// zero returns a register of zeros.
func (t target) zero() reg.VecVirtual {
	v := t.vec()
	if t.wide() {
		VPXORD(v, v, v)
	} else {
		VXORPS(v, v, v)
	}
	return v
}

func (t target) zeros(n int) []reg.VecVirtual {
	v := make([]reg.VecVirtual, n)
	for i := range v {
		v[i] = t.zero()
	}
	return v
}

// at is the j-th vector from base on.
func (t target) at(base reg.Register, j int) Mem { return Mem{Base: base, Disp: j * t.bytes()} }

// row are the first n vectors from base on.
func (t target) row(base reg.Register, n int) []Mem {
	ms := make([]Mem, n)
	for j := range ms {
		ms[j] = t.at(base, j)
	}
	return ms
}

// load returns a register filled from memory.
func (t target) load(m Mem) reg.VecVirtual {
	v := t.vec()
	VMOVUPS(m, v)
	return v
}

// param returns a register with the float32 parameter in every lane.
func (t target) param(name string) reg.VecVirtual {
	v := t.vec()
	VBROADCASTSS(address(Param(name).Resolve()), v)
	return v
}

// constant returns a register with x in every lane.
func (t target) constant(x float32) reg.VecVirtual {
	r, v := GP32(), t.vec()
	MOVL(U32(math.Float32bits(x)), r)
	if t.wide() {
		VPBROADCASTD(r, v)
	} else {
		low := XMM()
		VMOVD(r, low)
		VPBROADCASTD(low, v)
	}
	return v
}

// fold leaves the combination of all lanes of v in every lane of v. op(x, y, z) is z = x op y on vectors.
func (t target) fold(v reg.VecVirtual, op func(x, y, z Op)) {
	for _, halves := range []uint64{0x4e, 0xb1} { // swap halves, then neighbours, of four elements
		if t.wide() {
			other := t.vec()
			VSHUFF32X4(Imm(halves), v, v, other)
			op(other, v, v)
		} else if halves == 0x4e {
			other := t.vec()
			VPERM2F128(Imm(1), v, v, other)
			op(other, v, v)
		}
	}
	for _, halves := range []uint64{0x4e, 0xb1} {
		other := t.vec()
		VPERMILPS(Imm(halves), v, other)
		op(other, v, v)
	}
}

// sum adds the registers up into the first and folds that.
func (t target) sum(v []reg.VecVirtual) reg.VecVirtual {
	for _, w := range v[1:] {
		VADDPS(w, v[0], v[0])
	}
	t.fold(v[0], func(x, y, z Op) { VADDPS(x, y, z) })
	return v[0]
}

// ret stores the low lane of v in the i-th float32 result.
func (t target) ret(i int, v reg.VecVirtual) { VMOVSS(v.AsX(), address(ReturnIndex(i).Resolve())) }

// end closes a function. The upper halves are cleared so that SSE code after it does not stall.
func end() {
	VZEROUPPER()
	RET()
}

func address(b *gotypes.Basic, err error) Mem {
	if err != nil {
		panic(err) // a parameter name that the signature lacks: a bug of the generator
	}
	return b.Addr
}

// arrays loads the named pointer parameters.
func arrays(names ...string) []reg.Register {
	r := make([]reg.Register, len(names))
	for i, name := range names {
		r[i] = Load(Param(name), GP64())
	}
	return r
}

// vectors emits a loop over the parameter n floats: body is emitted unroll times in the main loop and once in the loop
// that does the rest. It gets the number of its copy, to choose an accumulator by, and the place of its vector in an
// array.
func (t target) vectors(label string, unroll int, body func(copy int, at func(base reg.Register) Mem)) {
	n := Load(Param("n"), GP64())
	i, last := GP64(), GP64()
	XORQ(i, i)
	MOVQ(n, last)
	SUBQ(Imm(uint64(unroll*t.lanes)), last)
	at := func(copy int) func(reg.Register) Mem {
		return func(base reg.Register) Mem {
			return Mem{Base: base, Index: i, Scale: 4, Disp: copy * t.bytes()}
		}
	}
	wide, rest, done := label+"Wide", label+"Rest", label+"Done"
	Label(wide)
	CMPQ(i, last)
	JG(LabelRef(rest))
	for c := range unroll {
		body(c, at(c))
	}
	ADDQ(Imm(uint64(unroll*t.lanes)), i)
	JMP(LabelRef(wide))
	Label(rest)
	CMPQ(i, n)
	JGE(LabelRef(done))
	body(0, at(0))
	ADDQ(Imm(uint64(t.lanes)), i)
	JMP(LabelRef(rest))
	Label(done)
}

// signature joins float32 pointers and further parameters to a Go signature.
func signature(pointers []string, more string) string {
	s := "func("
	for i, p := range pointers {
		if i > 0 {
			s += ", "
		}
		s += p
	}
	return fmt.Sprintf("%s *float32, %s", s, more)
}
