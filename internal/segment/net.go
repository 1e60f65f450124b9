package segment

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/nn"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// Net is a small encoder-decoder in the manner of LinkNet (Chaurasia & Culurciello 2017, arXiv 1707.03718): each level of the encoder
// halves the image, each level of the decoder doubles it and adds what the encoder had there. Azimuth is closed round the hole. Graphs
// share its parameters.
type Net struct {
	Options Options
	Tile    tile.Options
	Params  *nn.Params
}

// Graph is a Net for one batch size. Fill the input with SetInput, call Forward, read Logits: [B*Rows*Columns, Classes], pixel by pixel.
type Graph struct {
	*nn.Graph
	Input  *nn.Image
	Logits *nn.Mat
}

// priorShare is the share of pixels on a trace that an untrained network believes in: the start that keeps the many empty pixels from
// flooding the first steps (Lin et al. 2017, section 4.1). It is the same for every loss.
const priorShare = 0.05

// NewNet declares a network for tiles of t and initialises it from the seed.
func NewNet(o Options, t tile.Options, seed int64) (*Net, error) {
	if err := o.Validate(t); err != nil {
		return nil, err
	}
	n := &Net{Options: o, Tile: t, Params: nn.NewParams()}
	pool := kernel.NewPool(1)
	defer pool.Close()
	n.Build(pool, 1, false)
	n.init(rand.New(rand.NewPCG(uint64(seed), 0x7365_676d)))
	return n, nil
}

// Build makes a graph for a batch size; with grad it can be trained.
func (n *Net) Build(pool *kernel.Pool, batch int, grad bool) *Graph {
	g, in, out := nn.Build(pool, n.Params, batch, grad, func(g *nn.Graph) (*nn.Image, []*nn.Mat) {
		in, logits := n.layers(g)
		return in, []*nn.Mat{logits}
	})
	return &Graph{Graph: g, Input: in, Logits: out[0]}
}

// layers adds the network to a graph.
func (n *Net) layers(g *nn.Graph) (in *nn.Image, logits *nn.Mat) {
	w := n.Options.Widths
	block := func(x, res *nn.Image, name string, out, kernel, stride int) *nn.Image {
		return g.ConvNorm(x, res, n.Params.Conv(name+".conv", x.C, out, kernel), name+".bn", kernel, stride, stride, true)
	}
	in = g.Input(n.Tile.Rows, n.Tile.Columns, n.Tile.Channels(), 3, true)
	x := block(in, nil, "stem", w[0], 7, 1)
	var encoded []*nn.Image
	for l := 1; l < len(w); l++ {
		encoded = append(encoded, x)
		name := fmt.Sprintf("encoder.%d", l)
		x = block(x, nil, name+".down", w[l], 3, 2)
		x = block(x, x, name+".same", w[l], 3, 1)
	}
	for l := len(encoded) - 1; l >= 0; l-- {
		name, skip := fmt.Sprintf("decoder.%d", l), encoded[l]
		if x.C != skip.C {
			x = block(x, nil, name+".narrow", skip.C, 1, 1) // before the enlargement, where it costs a quarter
		}
		x = block(g.Upsample(x, skip.H, skip.W), skip, name+".up", skip.C, 3, 1)
	}
	return in, g.Linear(g.Tokens(x), "head", Classes, false)
}

// init draws convolutions as He et al. (2015, arXiv 1502.01852) do, and lets the head begin at priorShare.
func (n *Net) init(rng *rand.Rand) {
	for _, p := range n.Params.List {
		switch {
		case p.IsScale():
			p.Fill(func() float32 { return 1 })
		case len(p.Shape) > 1:
			std := math.Sqrt(2 * float64(p.Shape[0]) / float64(p.Len()))
			p.Fill(func() float32 { return float32(std * rng.NormFloat64()) })
		}
	}
	start := float32(math.Log(priorShare / (1 - priorShare)))
	n.Params.Get("head.weight").Fill(func() float32 { return float32(0.01 * rng.NormFloat64()) })
	n.Params.Get("head.bias").Fill(func() float32 { return start })
}

// GFLOP counts the products of a forward pass over one tile, two operations each.
func (o Options) GFLOP(t tile.Options) float64 {
	pixels := float64(t.Rows) * float64(t.Columns)
	products := pixels * float64(o.Widths[0]) * (49*float64(t.Channels()) + float64(Classes))
	for l := 1; l < len(o.Widths); l++ {
		a, b, below := float64(o.Widths[l-1]), float64(o.Widths[l]), pixels/4
		products += below*(9*a*b+9*b*b) + pixels*9*a*a
		if a != b {
			products += below * a * b
		}
		pixels = below
	}
	return 2 * products / 1e9
}

// SetInput copies a tile [rows, columns, channels] into place i of the batch. Places may be set concurrently.
func (g *Graph) SetInput(i int, x []float32) { g.Input.SetImage(i, x) }
