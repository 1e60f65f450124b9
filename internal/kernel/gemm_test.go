package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"
)

// The generator knows the layout of Args and chanSums by these offsets.
func TestArgsLayout(t *testing.T) {
	var a Args
	got := []uintptr{
		unsafe.Offsetof(a.A), unsafe.Offsetof(a.B), unsafe.Offsetof(a.C), unsafe.Offsetof(a.ARow), unsafe.Offsetof(a.AK),
		unsafe.Offsetof(a.BK), unsafe.Offsetof(a.KIn), unsafe.Offsetof(a.KOut), unsafe.Offsetof(a.AOut),
		unsafe.Offsetof(a.BOut), unsafe.Offsetof(a.CRow), unsafe.Offsetof(a.Res), unsafe.Offsetof(a.Bias),
		unsafe.Offsetof(a.ReLU),
	}
	if unsafe.Sizeof(uintptr(0)) != 8 {
		t.Skip("only 64-bit machines run the assembly")
	}
	for i, offset := range got {
		if offset != uintptr(8*i) {
			t.Errorf("field %d of Args at %d, want %d", i, offset, 8*i)
		}
	}
	if offset := unsafe.Offsetof(chanSums{}.b); offset != 256 {
		t.Errorf("chanSums.b at %d, want 256", offset)
	}
}

// gemmCase is a product on slices; strides are in floats.
type gemmCase struct {
	m, kIn, kOut         int
	aRow, aK, aOut       int
	bK, bOut, cRow       int
	bias, relu           bool
	res                  bool // a residual of its own
	accumulate           bool // the residual is C
	a, b, c, r, biasVals []float32
}

func (g *gemmCase) fill(r *rand.Rand) {
	aLen := (g.m-1)*g.aRow + (g.kOut-1)*g.aOut + (g.kIn-1)*g.aK + 1
	bLen := (g.kOut-1)*g.bOut + (g.kIn-1)*g.bK + Panel
	cLen := (g.m-1)*g.cRow + Panel
	g.a, g.b = randoms(r, aLen), randoms(r, bLen)
	g.c, g.r, g.biasVals = randoms(r, cLen), randoms(r, cLen), randoms(r, Panel)
}

func (g *gemmCase) args() *Args {
	a := &Args{
		A: unsafe.Pointer(&g.a[0]), B: unsafe.Pointer(&g.b[0]), C: unsafe.Pointer(&g.c[0]),
		ARow: uintptr(4 * g.aRow), AK: uintptr(4 * g.aK), BK: uintptr(4 * g.bK),
		KIn: uintptr(g.kIn), KOut: uintptr(g.kOut), AOut: uintptr(4 * g.aOut), BOut: uintptr(4 * g.bOut),
		CRow: uintptr(4 * g.cRow), Bias: unsafe.Pointer(&Zeros),
	}
	if g.bias {
		a.Bias = unsafe.Pointer(&g.biasVals[0])
	}
	if g.res {
		a.Res = unsafe.Pointer(&g.r[0])
	}
	if g.accumulate {
		a.Res = a.C
	}
	if g.relu {
		a.ReLU = 1
	}
	return a
}

// check compares with a naive product in float64, to 1e-5 of the sum of the magnitudes; old is C before the product.
func (g *gemmCase) check(t *testing.T, columns int, old []float32) {
	t.Helper()
	for at := range g.c {
		i, j := at/g.cRow, at%g.cRow
		if j >= columns || i >= g.m {
			if g.c[at] != old[at] {
				t.Fatalf("wrote beside the panel, at row %d column %d", i, j)
			}
			continue
		}
		var want, scale float64
		add := func(v float64) { want += v; scale += math.Abs(v) }
		if g.bias {
			add(float64(g.biasVals[j]))
		}
		if g.res {
			add(float64(g.r[at]))
		}
		if g.accumulate {
			add(float64(old[at]))
		}
		for ko := range g.kOut {
			for ki := range g.kIn {
				add(float64(g.a[i*g.aRow+ko*g.aOut+ki*g.aK]) * float64(g.b[ko*g.bOut+ki*g.bK+j]))
			}
		}
		if g.relu {
			want = max(want, 0)
		}
		near(t, fmt.Sprintf("m %d: C[%d][%d]", g.m, i, j), g.c[at], want, scale, 1e-5)
	}
}

func TestGemm(t *testing.T) {
	dense := func(m, k int) gemmCase {
		return gemmCase{m: m, kIn: k, kOut: 1, aRow: k, aK: 1, bK: Panel, cRow: Panel}
	}
	cases := map[string]gemmCase{}
	for m := 1; m <= 43; m++ {
		cases[fmt.Sprintf("rows %d", m)] = dense(m, 17)
	}
	add := func(name string, g gemmCase, change func(*gemmCase)) { change(&g); cases[name] = g }
	for m := 1; m <= 14; m++ { // every microkernel ends for itself
		add(fmt.Sprintf("rows %d, every end", m), dense(m, 9), func(g *gemmCase) { g.res, g.bias, g.relu = true, true, true })
	}
	add("one step", dense(5, 1), func(g *gemmCase) {})
	add("long sum", dense(14, 1000), func(g *gemmCase) {})
	add("bias and relu", dense(29, 9), func(g *gemmCase) { g.bias, g.relu = true, true })
	add("residual", dense(15, 9), func(g *gemmCase) { g.res, g.bias, g.relu = true, true, true })
	add("accumulate", dense(31, 9), func(g *gemmCase) { g.accumulate = true })
	add("wide rows of C", dense(17, 9), func(g *gemmCase) { g.cRow, g.accumulate = 96, true })
	add("A transposed", dense(20, 33), func(g *gemmCase) { g.aRow, g.aK = 1, 23 })
	add("one row of A for all", dense(9, 12), func(g *gemmCase) { g.aRow = 0 })
	// A 3 x 3 convolution of stride 1 on 16 channels: three rows of the image, 3*16 adjacent floats each.
	add("convolution", dense(24, 48), func(g *gemmCase) {
		g.kOut, g.aRow, g.aOut, g.bOut, g.bias, g.relu = 3, 16, 26*16, 48*Panel, true, true
	})
	add("convolution, stride 2", dense(11, 48), func(g *gemmCase) {
		g.kOut, g.aRow, g.aOut, g.bOut = 3, 32, 26*16, 48*Panel
	})

	// The last two steps of K are done apart from the others: shapes with few of them, and every end that follows.
	for _, steps := range [][2]int{{1, 1}, {1, 2}, {1, 3}, {2, 1}, {2, 2}, {3, 1}, {3, 3}} {
		for end := range 8 {
			add(fmt.Sprintf("%d x %d steps, end %d", steps[0], steps[1], end), dense(14, steps[0]), func(g *gemmCase) {
				g.kOut, g.aRow, g.aOut, g.bOut = steps[1], 20, steps[0]+2, steps[0]*Panel
				g.bias, g.relu, g.res = end&1 > 0, end&2 > 0, end&4 > 0
			})
		}
	}

	onEveryISA(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for name, g := range cases {
			for columns, gemm := range map[int]func(*Args, int){Panel: Gemm, HalfPanel: GemmHalf} {
				g.fill(r)
				old := append([]float32(nil), g.c...)
				args := g.args()
				before := *args
				gemm(args, g.m)
				if *args != before {
					t.Fatalf("%s: arguments changed", name)
				}
				t.Log(name)
				g.check(t, columns, old)
			}
		}
	})
}

func TestGemmEdges(t *testing.T) {
	onEveryISA(t, func(t *testing.T) {
		g := gemmCase{m: 2, kIn: 3, kOut: 1, aRow: 3, aK: 1, bK: Panel, cRow: Panel, bias: true}
		g.fill(rand.New(rand.NewPCG(3, 4)))
		old := append([]float32(nil), g.c...)
		args := g.args()
		Gemm(args, 0)
		Gemm(args, -1)
		for i := range old {
			if g.c[i] != old[i] {
				t.Fatal("no rows, but C was written")
			}
		}
		args.KIn = 0
		Gemm(args, 2)
		for i := range g.c {
			if g.c[i] != g.biasVals[i%Panel] {
				t.Fatalf("empty sum: C[%d] = %g, want the bias %g", i, g.c[i], g.biasVals[i%Panel])
			}
		}
		args.KIn, args.ReLU = 3, 1
		g.a[0] = float32(math.NaN())
		Gemm(args, 2)
		if c := g.c[0]; c == c {
			t.Errorf("ReLU made %g of NaN: a diverged training would go unseen", c)
		}
	})
}

func TestGemmDoesNotAllocate(t *testing.T) {
	onEveryISA(t, func(t *testing.T) {
		g := gemmCase{m: 16, kIn: 8, kOut: 1, aRow: 8, aK: 1, bK: Panel, cRow: Panel}
		g.fill(rand.New(rand.NewPCG(5, 6)))
		n := testing.AllocsPerRun(10, func() {
			a := Args{
				A: unsafe.Pointer(&g.a[0]), B: unsafe.Pointer(&g.b[0]), C: unsafe.Pointer(&g.c[0]),
				ARow: 32, AK: 4, BK: 4 * Panel, KIn: 8, KOut: 1, CRow: 4 * Panel, Bias: unsafe.Pointer(&Zeros),
			}
			Gemm(&a, g.m)
		})
		if n != 0 {
			t.Errorf("%g allocations a call", n)
		}
	})
}
