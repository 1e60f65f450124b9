package model

import "fmt"

// maxTileFloats bounds what a tile takes in the network: 512 MiB, forty times what the widest configuration in use needs. Options may
// come from a model file of anybody's.
const maxTileFloats = 1 << 27

// tileFloats estimates the float32 values that the forward pass of one tile keeps. It does not overflow.
func (o Options) tileFloats(g Geometry) float64 {
	rows, cols := float64(g.Rows), float64(g.Columns)
	sum := rows * cols * float64(g.Channels)
	for i, s := range append([][]int{{2, 2}, {2, 2}}, o.Strides...) {
		rows, cols = rows/float64(s[0]), cols/float64(s[1])
		images, width := 2.0, o.Widths[0] // convolution and normalisation; the pooling keeps one
		if i >= 2 {
			images, width = float64(6*o.Blocks()[i-2]), o.Widths[i-2] // two of each, and those of the shortcut
		}
		sum += images * rows * cols * float64(width)
	}
	tokens, queries, dim, ff, heads := rows*cols, float64(o.Queries), float64(o.Dim), float64(o.FeedForward), float64(o.Heads)
	sum += float64(o.Encoders) * (tokens*(12*dim+ff) + heads*tokens*tokens)
	sum += float64(o.Decoders) * (tokens*3*dim + queries*(20*dim+ff) + heads*queries*(queries+tokens) + queries*cols*(4*dim+float64(o.OffsetDim)))
	return sum
}

// leastParameters is a lower bound of the number of parameters, which tells a model file that announces more than it holds before a
// network is built for it.
func (o Options) leastParameters() float64 {
	sum := 0.0
	for _, w := range o.Widths {
		sum += 9 * float64(w) * float64(w)
	}
	dim := float64(o.Dim)
	layer := 4*dim*dim + 2*dim*float64(o.FeedForward)
	sum += float64(o.Encoders)*layer + float64(o.Decoders)*layer + float64(o.Queries)*dim
	if o.Decoder == "refine" {
		sum += float64(o.Decoders) * dim * float64(o.OffsetDim)
	}
	return sum
}

// checkSize refuses a network that no machine should be asked to hold.
func (o Options) checkSize(g Geometry) error {
	if n := o.tileFloats(g); n > maxTileFloats {
		return fmt.Errorf("model: one tile of %d x %d x %d takes %.1f GiB in this network, at most %.1f are allowed; make tile.rows, tile.columns or the network smaller",
			g.Rows, g.Columns, g.Channels, n*4/(1<<30), maxTileFloats*4.0/(1<<30))
	}
	return nil
}
