package main

import (
	"fmt"

	"github.com/geobfdt/geobfdt/gen/layout"
)

// gemm emits the microkernel of kernel.Args for a number of rows and of vectors of columns, a multiple of four. All sums stay in
// registers, 24 of 32 for the largest tiles. A step of K loads one float of A for each row and the vectors of B four at a time, and
// multiplies them by that float as a lane of its register: LD1R, which spreads it over a vector, would take a slot of the units that
// multiply on many processors.
func gemm(w *writer, rows, vectors int) {
	w.function(fmt.Sprintf("gemm%dx%d", rows, 4*vectors), "func(args *byte)", func(f *function) {
		args := f.arrays("args")[0]
		get := func(offset int) gp {
			r := f.gp()
			f.op("MOVD", mem{args, offset}, r)
			return r
		}
		a, b, aRow, aK, bK := get(layout.ArgA), get(layout.ArgB), get(layout.ArgARow), get(layout.ArgAK), get(layout.ArgBK)
		kIn, kOut, aOut, bOut := get(layout.ArgKIn), get(layout.ArgKOut), get(layout.ArgAOut), get(layout.ArgBOut)

		acc := make([][]vec, rows)
		bias := get(layout.ArgBias)
		for i := range acc {
			acc[i] = f.vecs(vectors)
			if i == 0 {
				f.loads(acc[0], at(bias, 0))
				continue
			}
			for j, v := range acc[i] {
				f.mov(v, acc[0][j])
			}
		}

		row := []gp{a}
		for len(row) < rows {
			row = append(row, f.gp())
		}
		p, offset, n := f.gp(), f.gp(), f.gp() // B at this step, how far A has moved on, steps left
		f.label("outer")
		for i := 1; i < rows; i++ {
			f.add(row[i], row[i-1], aRow)
		}
		f.op("MOVD", "$0", offset)
		f.move(p, b)
		f.move(n, kIn)

		f.label("inner")
		f.scope(func() {
			bs, xs := f.vecs(4), f.vecs(min(rows, 4))
			loadA := func(i int) { f.op("FMOVS", fmt.Sprintf("(%v)(%v)", row[i], offset), xs[i%len(xs)].scalar()) }
			for i := range xs {
				loadA(i)
			}
			for group := 0; group < vectors; group += len(bs) {
				f.loads(bs, at(p, group))
				for i := range acc {
					for j, v := range bs {
						f.fmlaLane(acc[i][group+j], v, xs[i%len(xs)])
					}
					if next := i + len(xs); next < rows { // only half panels have more rows than xs
						loadA(next)
					}
				}
			}
		})
		f.add(offset, offset, aK)
		f.add(p, p, bK)
		f.countdown(n, 1, "inner")
		f.add(a, a, aOut)
		f.add(b, b, bOut)
		f.countdown(kOut, 1, "outer")

		c, cRow, res, relu := get(layout.ArgC), get(layout.ArgCRow), get(layout.ArgRes), get(layout.ArgRL)
		f.op("CBZ", res, "noRes")
		for i := range acc {
			for group := 0; group < vectors; group += 4 {
				f.scope(func() {
					for j, v := range f.loadRow(at(res, group), 4) {
						f.fadd(acc[i][group+j], acc[i][group+j], v)
					}
				})
			}
			if i < rows-1 {
				f.add(res, res, cRow)
			}
		}
		f.label("noRes")
		f.op("CBZ", relu, "noRelu")
		f.scope(func() {
			zero := f.zero()
			for i := range acc {
				for _, v := range acc[i] {
					f.fmax(v, v, zero)
				}
			}
		})
		f.label("noRelu")
		for i := range acc {
			f.stores(at(c, 0), acc[i])
			if i < rows-1 {
				f.add(c, c, cRow)
			}
		}
	})
}

// peakFMAs is the number of independent multiply-adds in one turn of fmaPeak, enough for four units of four cycles' latency; the
// benchmark of the product counts on it.
const peakFMAs = 24

// fmaPeak emits a loop of nothing but multiply-adds on registers: what the processor can do at most, for the benchmark to compare
// with.
func fmaPeak(w *writer) {
	w.function("fmaPeak", "func(n int)", func(f *function) {
		n, x := f.arrays("n")[0], f.zero()
		acc := f.zeros(peakFMAs)
		f.label("turn")
		for _, v := range acc {
			f.fmla(v, x, x)
		}
		f.countdown(n, 1, "turn")
	})
}
