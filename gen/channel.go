package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// sumsOffset is the offset in bytes of the second array of kernel.chanSums; a test there holds it.
const sumsOffset = 256

// channelKernels emits the kernels over n > 0 pixels of a block of channels; stride is from pixel to pixel in bytes.
func channelKernels(t target, channels int) {
	blocks := channels / t.lanes
	start := func(name, sig string) { t.function(fmt.Sprintf("%s%d", name, channels), sig) }
	block := func(base reg.Register, i int) Mem { return Mem{Base: base, Disp: i * t.bytes()} }
	loadAll := func(base reg.Register) []reg.VecVirtual {
		v := make([]reg.VecVirtual, blocks)
		for i := range v {
			v[i] = t.load(block(base, i))
		}
		return v
	}
	writeSums := func(first, second []reg.VecVirtual) {
		sums := arrays("sums")[0]
		for i := range first {
			VMOVUPS(first[i], block(sums, i))
			m := block(sums, i)
			m.Disp += sumsOffset
			VMOVUPS(second[i], m)
		}
	}

	start("chanStats", "func(x, sums *float32, n, stride int)")
	r := arrays("x")
	first, second := t.zeros(blocks), t.zeros(blocks)
	pixels(r, func() {
		for i := range blocks {
			v := t.load(block(r[0], i))
			VADDPS(v, first[i], first[i])
			VFMADD231PS(v, v, second[i])
		}
	})
	writeSums(first, second)
	end()

	for _, withRes := range []bool{false, true} {
		name, pointers := "chanScaleShift", []string{"y", "x"}
		if withRes {
			name, pointers = "chanScaleShiftRes", []string{"y", "x", "res"}
		}
		start(name, signature(append(pointers, "scale", "shift"), "floor float32, n, stride int)"))
		r := arrays(pointers...)
		co := arrays("scale", "shift")
		scale, shift, floor := loadAll(co[0]), loadAll(co[1]), t.param("floor")
		pixels(r, func() {
			for i := range blocks {
				v := t.load(block(r[1], i))
				VFMADD213PS(shift[i], scale[i], v)
				if withRes {
					VADDPS(block(r[2], i), v, v)
				}
				VMAXPS(v, floor, v)
				VMOVUPS(v, block(r[0], i))
			}
		})
		end()
	}

	for _, masked := range []bool{false, true} {
		name, pointers := "chanGradStats", []string{"dy", "x"}
		if masked {
			name, pointers = "chanGradStatsReLU", []string{"dy", "x", "y"}
		}
		start(name, signature(append(pointers, "sums"), "n, stride int)"))
		r := arrays(pointers...)
		first, second := t.zeros(blocks), t.zeros(blocks)
		var zero reg.VecVirtual
		if masked {
			zero = t.zero()
		}
		pixels(r, func() {
			for i := range blocks {
				var d reg.VecVirtual
				if masked {
					d = t.wherePositive(block(r[0], i), block(r[2], i), zero)
					VMOVUPS(d, block(r[0], i))
				} else {
					d = t.load(block(r[0], i))
				}
				VADDPS(d, first[i], first[i])
				VFMADD231PS(block(r[1], i), d, second[i])
			}
		})
		writeSums(first, second)
		end()
	}

	start("chanGradApply", "func(dx, dy, x, a, b, k *float32, n, stride int)")
	r = arrays("dx", "dy", "x")
	co := arrays("a", "b", "k")
	a, b, k := loadAll(co[0]), loadAll(co[1]), loadAll(co[2])
	pixels(r, func() {
		for i := range blocks {
			v := t.load(block(r[1], i))
			VFMADD213PS(k[i], a[i], v)
			VFMADD231PS(block(r[2], i), b[i], v)
			VMOVUPS(v, block(r[0], i))
		}
	})
	end()
}

// pixels emits body for each of n pixels; the pointers move on by stride after it.
func pixels(pointers []reg.Register, body func()) {
	n, stride := Load(Param("n"), GP64()), Load(Param("stride"), GP64())
	Label("pixel")
	body()
	for _, p := range pointers {
		ADDQ(stride, p)
	}
	DECQ(n)
	JNZ(LabelRef("pixel"))
}
