package kernel

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestMaxPoolRow(t *testing.T) {
	onEveryISA(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(3, 4))
		for _, shape := range [][2]int{{1, 1}, {2, 7}, {3, 16}, {5, 33}, {12, 64}} {
			n, c := shape[0], shape[1]
			row := (2*n+1)*c + 5
			x, dy := randoms(r, 3*row), randoms(r, n*c)
			dx := randoms(r, 3*row)
			y := make([]float32, n*c+1)
			y[n*c] = 42
			want, wantDx := make([]float32, n*c), slices.Clone(dx)
			for p := range n {
				for ch := range c {
					best := -1
					for k := range 9 {
						if at := k/3*row + (2*p+k%3)*c + ch; best < 0 || x[at] > x[best] {
							best = at
						}
					}
					want[p*c+ch] = x[best]
					wantDx[best] += dy[p*c+ch]
				}
			}
			MaxPoolRow(y, x, row, n, c)
			if !slices.Equal(y[:n*c], want) || y[n*c] != 42 {
				t.Errorf("%v: wrong maxima", shape)
			}
			MaxPoolRowGrad(dx, x, dy, y, row, n, c)
			if !slices.Equal(dx, wantDx) {
				t.Errorf("%v: wrong gradients", shape)
			}
		}
	})
}
