package nn

import "github.com/geobfdt/geobfdt/internal/kernel"

const (
	winogradMaxC  = 512 // the most that was measured: by then a few tiles take as long to read the transformed weights for as to compute
	winogradTiles = 28  // tiles that the matrix products take at a time
)

// winogradPays says whether Winograd's algorithm is the faster one: for 3 x 3 kernels of stride 1, unless too much of the tiles would
// hang over the image's edges.
func winogradPays(x, y *Image, k, sy, sx int) bool {
	tiles := ((y.H + 3) / 4) * ((y.W + 3) / 4)
	share := float64(kernel.WinogradPoints*tiles) / float64(9*y.H*y.W) // of the products of the direct sum; at best 1/4
	return k == 3 && sy == 1 && sx == 1 && x.C <= winogradMaxC && share <= 0.6
}

// transformWeights transforms panels p0..p1 of the weights w, [out/32][3][3][in][32], to u [36][out/32][in][32]: each point has the
// layout of a linear layer.
func transformWeights(u, w []float32, out, in, p0, p1 int) {
	n := in * kernel.Panel
	for p := p0; p < p1; p++ {
		kernel.WinogradWeights(u[p*n:], out*in, w[p*9*n:], n, n)
	}
}

// winogradConv is y = act(conv(x) + bias + res) by Winograd's algorithm F(4x4, 3x3).
type winogradConv struct {
	x, y          *Image
	src, dst, res *[]float32 // Data or Grad of x, y, and of an image like y; res may be nil
	weight        *[]float32 // transformed
	bias          []float32
	relu          bool
	seal          bool // renew the border of y
	tiling
	tiles func(worker, i0, i1 int)
}

// winogradScratch floats serve one worker: transformed input and products of some tiles, an edge tile, and the transforms' own.
func winogradScratch(ci, co int) int {
	return kernel.WinogradPoints*winogradTiles*(ci+co) + kernel.WinogradPoints*max(ci, co) + kernel.WinogradScratch
}

// ready completes a winogradConv whose upper fields are set.
func (c *winogradConv) ready(g *Graph) *winogradConv {
	c.tiling = tilesOf(c.y)
	g.reserve(winogradScratch(c.x.C, c.y.C))
	c.tiles = func(worker, i0, i1 int) { c.run(g.scratch[worker], i0, i1) }
	return c
}

func (c *winogradConv) forward(g *Graph) { g.each(c.count(), c.tiles) }
func (c *winogradConv) backward(*Graph)  {}

// run computes tiles i0..i1 of the batch.
func (c *winogradConv) run(scratch []float32, i0, i1 int) {
	const points, size = kernel.WinogradPoints, kernel.WinogradTile
	x, y := c.x, c.y
	src, dst := *c.src, *c.dst
	ci, co := x.C, y.C
	tmp, scratch := scratch[:kernel.WinogradScratch], scratch[kernel.WinogradScratch:]
	edge, scratch := scratch[:points*max(ci, co)], scratch[points*max(ci, co):]
	v, m := scratch[:points*winogradTiles*ci], scratch[points*winogradTiles*ci:]
	for ; i0 < i1; i0 += winogradTiles {
		n := min(winogradTiles, i1-i0)
		for t := range n {
			b, r, q := c.tile(i0 + t)
			transformTile(v[t*ci:], n*ci, src, x, b, r, q, edge, tmp)
		}
		c.products(m, v, n)
		for t := range n {
			b, r, q := c.tile(i0 + t)
			o := y.Offset(b, r, q)
			var res []float32
			if c.res != nil {
				res = (*c.res)[o:]
			}
			if r+size <= y.H && q+size <= y.W {
				kernel.WinogradOut(dst[o:], res, y.RowLen(), co, m[t*co:], n*co, c.bias, c.relu, co, tmp)
			} else {
				kernel.WinogradOut(edge, nil, size*co, co, m[t*co:], n*co, c.bias, c.relu && res == nil, co, tmp)
				c.copyEdge(edge, b, r, q)
			}
			if c.seal {
				c.sealTile(b, r, q)
			}
		}
	}
}

// tiling is the tiles of 4 x 4 pixels of a batch.
type tiling struct {
	images     int
	rows, cols int // of tiles in an image
}

func tilesOf(y *Image) tiling { return tiling{y.B, (y.H + 3) / 4, (y.W + 3) / 4} }

func (t tiling) count() int { return t.images * t.rows * t.cols }

// tile is the image and the first pixel of tile i.
func (t tiling) tile(i int) (b, y, x int) {
	per := t.rows * t.cols
	return i / per, i % per / t.cols * kernel.WinogradTile, i % t.cols * kernel.WinogradTile
}

// trainedWinograd is a winogradConv whose weights change from pass to pass.
type trainedWinograd struct {
	conv      *winogradConv
	weight    []float32 // transformed
	transform func(worker, i0, i1 int)
}

// newTrainedWinograd completes c, whose weights w, [out/32][3][3][in][32], it transforms in every pass.
func newTrainedWinograd(g *Graph, c *winogradConv, w []float32) *trainedWinograd {
	t := &trainedWinograd{conv: c, weight: aligned(len(w) / 9 * kernel.WinogradPoints)}
	c.weight, c.bias = &t.weight, make([]float32, c.y.C)
	c.ready(g)
	t.transform = func(_, p0, p1 int) { transformWeights(t.weight, w, c.y.C, c.x.C, p0, p1) }
	return t
}

func (t *trainedWinograd) run(g *Graph) {
	g.pool.Run(t.conv.y.C/kernel.Panel, t.transform)
	t.conv.forward(g)
}

// products multiplies the points of n tiles, [36][n][ci], by the weights.
func (c *winogradConv) products(m, v []float32, n int) {
	ci, co := c.x.C, c.y.C
	a := kernel.Args{ARow: uintptr(ci * f32), AK: f32, BK: kernel.Panel * f32, KIn: uintptr(ci), KOut: 1, CRow: uintptr(co * f32), Bias: zeroBias()}
	for k := range kernel.WinogradPoints {
		for p := 0; p < co/kernel.Panel; p++ {
			a.A, a.B, a.C = at(v, k*n*ci), at(*c.weight, (k*co+p*kernel.Panel)*ci), at(m, k*n*co+p*kernel.Panel)
			kernel.Gemm(&a, n)
		}
	}
}

// transformTile transforms the input, of src, of the tile of image b whose output begins at (r, q); x is as large as the output. edge is memory
// for a tile that hangs over.
func transformTile(v []float32, vStep int, src []float32, x *Image, b, r, q int, edge, tmp []float32) {
	if r+kernel.WinogradTile <= x.H && q+kernel.WinogradTile <= x.W {
		kernel.WinogradIn(v, vStep, src[x.Offset(b, r-1, q-1):], x.RowLen(), x.C, x.C, tmp)
		return
	}
	cutTile(edge, src, x, b, r-1, q-1, kernel.WinogradInput, 1)
	kernel.WinogradIn(v, vStep, edge, kernel.WinogradInput*x.C, x.C, x.C, tmp)
}

// cutTile copies size x size pixels of image b of src, Data or Grad of x, from (r, q) on: zero where the image with so much of its
// border ends.
func cutTile(to, src []float32, x *Image, b, r, q, size, border int) {
	n := min(size, x.W+border-q) * x.C
	for i := range size {
		d := to[i*size*x.C:][:size*x.C]
		if r+i >= x.H+border {
			clear(d)
			continue
		}
		copy(d[:n], src[x.Offset(b, r+i, q):])
		clear(d[n:])
	}
}

// copyEdge takes what lies within the image of a tile that hangs over its edge.
func (c *winogradConv) copyEdge(edge []float32, b, r, q int) {
	const size = kernel.WinogradTile
	y := c.y
	n := min(size, y.W-q) * y.C
	for i := range min(size, y.H-r) {
		o := y.Offset(b, r+i, q)
		d, s := (*c.dst)[o:][:n], edge[i*size*y.C:][:n]
		switch {
		case c.res == nil:
			copy(d, s)
		case c.relu:
			kernel.AddReLU(d, s, (*c.res)[o:])
		default:
			kernel.Add(d, s, (*c.res)[o:])
		}
	}
}

// sealTile renews the part of the border that the tile at (r, q) touches. In azimuth each side is the copy of the other, so that the
// first and the last tile of a row, which different workers may compute, each write the border that repeats their own pixels.
func (c *winogradConv) sealTile(b, r, q int) {
	y := c.y
	for i := r; i < min(r+kernel.WinogradTile, y.H); i++ {
		if q == 0 {
			y.sealStart(b, i)
		}
		if q+kernel.WinogradTile >= y.W {
			y.sealEnd(b, i)
		}
	}
}
