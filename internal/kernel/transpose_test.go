package kernel

import (
	"math/rand/v2"
	"testing"
)

func TestPackTransposed(t *testing.T) {
	onEveryISA(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(5, 6))
		for _, shape := range [][3]int{{1, 1, 1}, {8, 8, 8}, {31, 16, 16}, {32, 32, 50}, {70, 13, 20}, {96, 64, 64}} {
			rows, cols, stride := shape[0], shape[1], shape[2]
			src := randoms(r, (rows-1)*stride+cols)
			dst := make([]float32, (rows+Panel-1)/Panel*Panel*cols)
			for i := range dst {
				dst[i] = 42
			}
			PackTransposed(dst, src, rows, stride, cols, 0.5)
			for i, v := range dst {
				p, c, k := i/(Panel*cols), i/Panel%cols, i%Panel
				want := float32(42) // padding is left alone
				if row := p*Panel + k; row < rows {
					want = 0.5 * src[row*stride+c]
				}
				if v != want {
					t.Fatalf("%v: panel %d column %d row %d is %g, want %g", shape, p, c, k, v, want)
				}
			}
		}
	})
}
