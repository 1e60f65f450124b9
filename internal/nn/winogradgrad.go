package nn

import "github.com/geobfdt/geobfdt/internal/kernel"

// winogradWeights adds the gradient of the weights of a convolution, 3 x 3 of stride 1, by Winograd's algorithm turned round
// (kernel.WinogradGrad).
type winogradWeights struct {
	tiling
	x, y  *Image
	w     *Param // [out/32][3][3][in][32]
	block int    // tiles that are transformed at a time
	tiles func(worker, i0, i1 int)
}

const (
	winogradSums  = 1 << 22 // floats that the sums of products may take in all: more lie too far away
	winogradBlock = 1 << 18 // floats that the transformed tiles of a block should take
	leastBlock    = 192     // tiles: fewer, and the sums are read and written too often
)

// winogradWeightsPays is winogradPays for the gradient of the weights of y = conv(x).
func winogradWeightsPays(x, y *Image, k, sy, sx int) bool {
	return winogradPays(x, y, k, sy, sx) && kernel.WinogradPoints*x.C*y.C <= winogradSums
}

func newWinogradWeights(g *Graph, x, y *Image, w *Param) *winogradWeights {
	c := &winogradWeights{tiling: tilesOf(y), x: x, y: y, w: w}
	c.block = min(max(leastBlock, winogradBlock/(kernel.WinogradPoints*(x.C+y.C))), c.count())
	g.reserve(kernel.WinogradScratch + kernel.WinogradPoints*(max(x.C, y.C)+c.block*(x.C+y.C)+x.C*y.C))
	c.tiles = func(worker, i0, i1 int) { c.add(g.scratch[worker], w.partial[worker], i0, i1) }
	return c
}

func (c *winogradWeights) run(g *Graph) { g.pool.Run(c.count(), c.tiles) }

// add adds the gradient of tiles i0..i1 of the batch to dw.
func (c *winogradWeights) add(scratch, dw []float32, i0, i1 int) {
	const points = kernel.WinogradPoints
	x, y := c.x, c.y
	ci, co := x.C, y.C
	take := func(n int) (s []float32) {
		s, scratch = scratch[:n], scratch[n:]
		return s
	}
	tmp, edge := take(kernel.WinogradScratch), take(points*max(ci, co))
	sums, v, z := take(points*ci*co), take(points*c.block*ci), take(points*c.block*co)
	for first := i0; first < i1; first += c.block {
		n := min(c.block, i1-first)
		for t := range n {
			c.transform(v[t*ci:], z[t*co:], n, first+t, edge, tmp)
		}
		c.products(sums, v, z, n, first > i0)
	}
	for p := range co / kernel.Panel {
		m := ci * kernel.Panel
		kernel.WinogradWeightGrad(dw[p*9*m:], m, sums[p*m:], ci*co, m, tmp)
	}
}

// transform transforms tile i of x and of dy, as one of n tiles.
func (c *winogradWeights) transform(v, z []float32, n, i int, edge, tmp []float32) {
	const size = kernel.WinogradTile
	x, y := c.x, c.y
	b, r, q := c.tile(i)
	transformTile(v, n*x.C, x.Data, x, b, r, q, edge, tmp)
	if r+size <= y.H && q+size <= y.W {
		kernel.WinogradGrad(z, n*y.C, y.Grad[y.Offset(b, r, q):], y.RowLen(), y.C, y.C, tmp)
		return
	}
	cutTile(edge, y.Grad, y, b, r, q, size, 0)
	kernel.WinogradGrad(z, n*y.C, edge, size*y.C, y.C, y.C, tmp)
}

// products multiplies n tiles of v, [36][n][ci], by those of z, [36][n][co], and writes their sums, [36][co/32][ci][32], or adds to them.
func (c *winogradWeights) products(sums, v, z []float32, n int, add bool) {
	ci, co := c.x.C, c.y.C
	a := kernel.Args{ARow: f32, AK: uintptr(ci * f32), BK: uintptr(co * f32), KIn: uintptr(n), KOut: 1, CRow: kernel.Panel * f32, Bias: zeroBias()}
	for k := range kernel.WinogradPoints {
		for p := range co / kernel.Panel {
			a.A, a.B, a.C = at(v, k*n*ci), at(z, k*n*co+p*kernel.Panel), at(sums, (k*co+p*kernel.Panel)*ci)
			if add {
				a.Res = a.C
			}
			kernel.Gemm(&a, ci)
		}
	}
}
