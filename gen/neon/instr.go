package main

import (
	"fmt"
	"math"
)

// Instructions, destination first. Those that Go's assembler lacks are written as words of machine code; the numbers are from the Arm
// Architecture Reference Manual (DDI 0487, C7.2), and main_test.go holds them to what LLVM's assembler makes of the comment.

// word emits an instruction by its code.
func (f *function) word(code uint32, format string, operands ...any) {
	f.op(fmt.Sprintf("WORD $0x%08x // ", code) + fmt.Sprintf(format, operands...))
}

// three emits d = n op m, all vectors of floats.
func (f *function) three(name string, code uint32, d, n, m vec) {
	f.word(code|uint32(m)<<16|uint32(n)<<5|uint32(d), "%s V%d.4S, V%d.4S, V%d.4S", name, d, n, m)
}

// two emits d = op n.
func (f *function) two(name string, code uint32, d, n vec) {
	f.word(code|uint32(n)<<5|uint32(d), "%s V%d.4S, V%d.4S", name, d, n)
}

func (f *function) fadd(d, n, m vec)  { f.three("FADD", 0x4e20d400, d, n, m) }
func (f *function) fsub(d, n, m vec)  { f.three("FSUB", 0x4ea0d400, d, n, m) }
func (f *function) fmul(d, n, m vec)  { f.three("FMUL", 0x6e20dc00, d, n, m) }
func (f *function) fdiv(d, n, m vec)  { f.three("FDIV", 0x6e20fc00, d, n, m) }
func (f *function) fmax(d, n, m vec)  { f.three("FMAX", 0x4e20f400, d, n, m) }
func (f *function) fmin(d, n, m vec)  { f.three("FMIN", 0x4ea0f400, d, n, m) }
func (f *function) faddp(d, n, m vec) { f.three("FADDP", 0x6e20d400, d, n, m) }
func (f *function) fmaxp(d, n, m vec) { f.three("FMAXP", 0x6e20f400, d, n, m) }
func (f *function) fcmeq(d, n, m vec) { f.three("FCMEQ", 0x4e20e400, d, n, m) }
func (f *function) fsqrt(d, n vec)    { f.two("FSQRT", 0x6ea1f800, d, n) }

// frintn rounds to the nearest whole number, fcvtns to the nearest integer; ties go to the even one.
func (f *function) frintn(d, n vec) { f.two("FRINTN", 0x4e218800, d, n) }
func (f *function) fcvtns(d, n vec) { f.two("FCVTNS", 0x4e21a800, d, n) }

// positive sets the bits of the lanes where n > 0.
func (f *function) positive(d, n vec) {
	f.word(0x4ea0c800|uint32(n)<<5|uint32(d), "FCMGT V%d.4S, V%d.4S, #0.0", d, n)
}

// fmlaLane emits d += n * m[0].
func (f *function) fmlaLane(d, n, m vec) {
	f.word(0x4f801000|uint32(m)<<16|uint32(n)<<5|uint32(d), "FMLA V%d.4S, V%d.4S, V%d.S[0]", d, n, m)
}

// half emits the arithmetic shift right by one of four integers.
func (f *function) half(d, n vec) {
	f.word(0x4f3f0400|uint32(n)<<5|uint32(d), "SSHR V%d.4S, V%d.4S, #1", d, n)
}

// widen converts the lower or the upper two floats to float64.
func (f *function) widen(d, n vec, upper bool) {
	if upper {
		f.word(0x4e617800|uint32(n)<<5|uint32(d), "FCVTL2 V%d.2D, V%d.4S", d, n)
		return
	}
	f.word(0x0e617800|uint32(n)<<5|uint32(d), "FCVTL V%d.2D, V%d.2S", d, n)
}

// fadd64 emits d = n + m and faddp64 the sum of both lanes, in float64.
func (f *function) fadd64(d, n, m vec) {
	f.word(0x4e60d400|uint32(m)<<16|uint32(n)<<5|uint32(d), "FADD V%d.2D, V%d.2D, V%d.2D", d, n, m)
}

func (f *function) faddp64(d, n vec) {
	f.word(0x7e70d800|uint32(n)<<5|uint32(d), "FADDP D%d, V%d.2D", d, n)
}

// fmla emits d += n * m, fmls d -= n * m.
func (f *function) fmla(d, n, m vec) { f.op("VFMLA", m.floats(), n.floats(), d.floats()) }
func (f *function) fmls(d, n, m vec) { f.op("VFMLS", m.floats(), n.floats(), d.floats()) }

// fmla64 is fmla on two float64.
func (f *function) fmla64(d, n, m vec) {
	f.op("VFMLA", fmt.Sprintf("V%d.D2", m), fmt.Sprintf("V%d.D2", n), fmt.Sprintf("V%d.D2", d))
}

func (f *function) and(d, n, m vec) { f.op("VAND", m.bits(), n.bits(), d.bits()) }

// mov copies n to d, copyOf to a register of its own.
func (f *function) mov(d, n vec) { f.op("VMOV", n.bits(), d.bits()) }

func (f *function) copyOf(n vec) vec {
	d := f.vec()
	f.mov(d, n)
	return d
}

// zero returns a register of zeros.
func (f *function) zero() vec {
	v := f.vec()
	f.op("VEOR", v.bits(), v.bits(), v.bits())
	return v
}

func (f *function) zeros(n int) []vec {
	vs := make([]vec, n)
	for i := range vs {
		vs[i] = f.zero()
	}
	return vs
}

// spread copies the lowest lane of v to all.
func (f *function) spread(v vec) { f.op("VDUP", fmt.Sprintf("V%d.S[0]", v), v.floats()) }

// float returns a register with the float32 parameter in every lane.
func (f *function) float(name string) vec {
	v := f.vec()
	f.op("FMOVS", f.param(name), v.scalar())
	f.spread(v)
	return v
}

// constant returns a register with x in every lane, integer one with an integer.
func (f *function) constant(x float32) vec { return f.integer(math.Float32bits(x)) }

func (f *function) integer(x uint32) vec {
	r, v := f.gp(), f.vec()
	f.op("MOVD", fmt.Sprintf("$0x%x", x), r)
	f.op("VDUP", r, v.floats())
	f.usedGP[r] = false
	return v
}

// ret stores the lowest lane of v in a float32 result.
func (f *function) ret(name string, v vec) { f.op("FMOVS", v.scalar(), f.param(name)) }

// load returns a register filled from memory.
func (f *function) load(m mem) vec {
	v := f.vec()
	f.op("FMOVQ", m, v.scalar())
	return v
}

func (f *function) store(m mem, v vec) { f.op("FMOVQ", v.scalar(), m) }

// loads fills registers from adjacent vectors, stores writes them there.
func (f *function) loads(vs []vec, m mem) {
	for ; len(vs) > 1; vs = vs[2:] {
		f.op("FLDPQ", m, fmt.Sprintf("(%s, %s)", vs[0].scalar(), vs[1].scalar()))
		m.offset += 2 * vecBytes
	}
	if len(vs) == 1 {
		f.op("FMOVQ", m, vs[0].scalar())
	}
}

func (f *function) stores(m mem, vs []vec) {
	for ; len(vs) > 1; vs = vs[2:] {
		f.op("FSTPQ", fmt.Sprintf("(%s, %s)", vs[0].scalar(), vs[1].scalar()), m)
		m.offset += 2 * vecBytes
	}
	if len(vs) == 1 {
		f.store(m, vs[0])
	}
}

// loadRow returns n registers filled from adjacent vectors.
func (f *function) loadRow(m mem, n int) []vec {
	vs := f.vecs(n)
	f.loads(vs, m)
	return vs
}

// loadStep returns a register filled from p, which moves on by step; storeStep writes v there.
func (f *function) loadStep(p, step gp) vec {
	v := f.vec()
	f.op("VLD1.P", fmt.Sprintf("(%v)(%v)", p, step), fmt.Sprintf("[%s]", v.floats()))
	return v
}

func (f *function) storeStep(p, step gp, v vec) {
	f.op("VST1.P", fmt.Sprintf("[%s]", v.floats()), fmt.Sprintf("(%v)(%v)", p, step))
}

// add emits d = n + m, where m is a register or a number.
func (f *function) add(d, n gp, m any) {
	if i, ok := m.(int); ok {
		m = fmt.Sprintf("$%d", i)
	}
	f.op("ADD", m, n, d)
}

func (f *function) move(d, n gp) { f.op("MOVD", n, d) }

// sum adds the registers up into every lane of the first, largest leaves the largest of all lanes there.
func (f *function) sum(vs []vec) vec     { return fold(vs, f.fadd, f.faddp) }
func (f *function) largest(vs []vec) vec { return fold(vs, f.fmax, f.fmaxp) }

// fold combines registers by op, and lanes by pairs, which combines neighbours of both sources.
func fold(vs []vec, op, pairs func(d, n, m vec)) vec {
	v := vs[0]
	for _, w := range vs[1:] {
		op(v, v, w)
	}
	pairs(v, v, v)
	pairs(v, v, v)
	return v
}
