package tile

import "math"

// Constants of the local deviation. Lengths are in blocks of evenBlock rows.
const (
	localReach = 20   // above and below a block, 20 m of the model's rows
	localFloor = 0.03 // share of the deviation of the whole image that a local one has at the least
)

// blockSpread sums the squares of an image about the means of blocks of rows: what the rock does within a metre. How values drift from one metre to
// the next, and from one formation to another, says nothing of what is a contrast here.
type blockSpread struct {
	sum, squares, count []float64 // by block, about the mean of the whole image
}

func newBlockSpread(rows int) *blockSpread {
	n := (rows + evenBlock - 1) / evenBlock
	return &blockSpread{make([]float64, n), make([]float64, n), make([]float64, n)}
}

// add takes rows of the image from row first on, as they differ from a value.
func (b *blockSpread) add(img []float32, mask []bool, columns, first int, from float64) {
	for i := range len(img) / columns {
		k := (first + i) / evenBlock
		sum, squares, count := b.sum[k], b.squares[k], b.count[k]
		for j, v := range img[i*columns : (i+1)*columns] {
			if mask[i*columns+j] {
				d := float64(v) - from
				sum, squares, count = sum+d, squares+d*d, count+1
			}
		}
		b.sum[k], b.squares[k], b.count[k] = sum, squares, count
	}
}

// all are the sums of the whole image.
func (b *blockSpread) all() (sum, squares float64) {
	for i := range b.count {
		sum, squares = sum+b.sum[i], squares+b.squares[i]
	}
	return sum, squares
}

// local are the deviations within blocks, by block, of those within localReach of each. whole is the deviation of the whole image.
func (b *blockSpread) local(whole float64) []float64 {
	out := make([]float64, len(b.count))
	for i := range out {
		var squares, count float64
		for k := max(0, i-localReach); k < min(len(out), i+localReach+1); k++ {
			if n := b.count[k]; n > 0 {
				squares, count = squares+b.squares[k]-b.sum[k]*b.sum[k]/n, count+n
			}
		}
		out[i] = math.Sqrt(max(0, squares/max(count, 1)))
		out[i] = max(out[i], localFloor*whole)
	}
	return out
}
