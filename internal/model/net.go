package model

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/loss"
	"github.com/geobfdt/geobfdt/internal/nn"
)

// RadiusM is the radius of the hole in which the network believes itself to be: 8.5 in, rounded.
const RadiusM = 0.108

// Classes counts the logits: bedding, fracture, no-sinusoid.
const (
	Classes = 3
	Empty   = 2 // index of the no-sinusoid logit
)

// Geometry is the input of the network.
type Geometry struct {
	Rows, Columns, Channels int
	RowM                    float64 // height of a row in virtual metres
}

// HeightM of a tile in virtual metres.
func (g Geometry) HeightM() float64 { return float64(g.Rows) * g.RowM }

// Net is a network's description and parameters. Build makes it computable for a batch size; every graph shares the parameters.
type Net struct {
	Options  Options
	Geometry Geometry
	Params   *nn.Params
}

// Layer is the output of one decoder layer.
type Layer struct {
	Logits *nn.Mat // [B*Q, Classes]
	Params *nn.Mat // [B*Q, 3]: plain (depth/height, dip/90, azimuth/360); refine (depth/height, vx, vy)
}

// Graph is a network for one batch size. Fill Input (pixels of [B, Rows, Columns, Channels], then FillBorder), call Forward, read
// Layers; the last one is the prediction.
type Graph struct {
	*nn.Graph
	Input  *nn.Image
	Layers []Layer
}

// blocks of each stage of the residual networks.
var blocks = map[string][4]int{"resnet10": {1, 1, 1, 1}, "resnet18": {2, 2, 2, 2}, "resnet34": {3, 4, 6, 3}}

// Blocks of each stage of the backbone, which must be a known one.
func (o Options) Blocks() [4]int { return blocks[o.Backbone] }

// Validate says what is wrong with the options for this geometry.
func (o Options) Validate(g Geometry) error {
	if _, ok := blocks[o.Backbone]; !ok {
		return fmt.Errorf("model.backbone: %q is unknown; choose resnet10, resnet18 or resnet34", o.Backbone)
	}
	if o.Decoder != "refine" && o.Decoder != "plain" {
		return fmt.Errorf("model.decoder: %q is unknown; choose refine or plain", o.Decoder)
	}
	if len(o.Widths) != 4 || len(o.Strides) != 4 {
		return fmt.Errorf("model.widths and model.strides need four stages, have %d and %d", len(o.Widths), len(o.Strides))
	}
	for _, w := range append(slices.Clone(o.Widths), o.Dim) {
		if w <= 0 || w%kernel.Panel != 0 {
			return fmt.Errorf("model.widths and model.dim: %d is no positive multiple of %d", w, kernel.Panel)
		}
	}
	if o.Heads <= 0 || o.Dim%o.Heads != 0 {
		return fmt.Errorf("model.heads: %d does not divide model.dim %d", o.Heads, o.Dim)
	}
	if o.Queries <= 0 || o.FeedForward <= 0 || o.Encoders < 0 || o.Decoders <= 0 || (o.Decoder == "refine" && o.OffsetDim <= 0) {
		return fmt.Errorf("model: queries, feed_forward, decoders and offset_dim must be positive")
	}
	cols := g.Columns
	for i, s := range append([][]int{{2, 2}, {2, 2}}, o.Strides...) {
		if len(s) != 2 || s[0] < 1 || s[0] > 2 || s[1] < 1 || s[1] > 2 {
			return fmt.Errorf("model.strides: stage %d has %v; a stride is [depth, azimuth] of 1 or 2", i-1, s)
		}
		if o.WrapAzimuth && cols%s[1] != 0 {
			return fmt.Errorf("tile.columns: %d columns cannot be halved evenly through the network, which a wrapped azimuth needs", g.Columns)
		}
		cols = (cols + s[1] - 1) / s[1]
	}
	if g.Rows < 32 || g.Columns < 16 || g.Channels < 1 {
		return fmt.Errorf("tile: %d x %d x %d is too small for the network", g.Rows, g.Columns, g.Channels)
	}
	if h := g.HeightM(); !(g.RowM > 0) || math.IsInf(h, 0) {
		return fmt.Errorf("tile.row_m: %g m is no height of a row", g.RowM)
	}
	return o.checkSize(g)
}

// New declares a network and initialises its parameters from the seed.
func New(o Options, g Geometry, seed int64) (*Net, error) {
	if err := o.Validate(g); err != nil {
		return nil, err
	}
	n := &Net{Options: o, Geometry: g, Params: nn.NewParams()}
	pool := kernel.NewPool(1)
	defer pool.Close()
	n.Build(pool, 1, false)
	n.init(rand.New(rand.NewPCG(uint64(seed), 0x6765_6f62)))
	return n, nil
}

// Build makes a graph for a batch size on a pool of workers. With grad it can be trained. Without, it is made for picking (see
// nn.NewInference): it takes the parameters as they are at the first Forward; call Refresh after changing them.
func (n *Net) Build(pool *kernel.Pool, batch int, grad bool) *Graph {
	g, in, out := nn.Build(pool, n.Params, batch, grad, func(g *nn.Graph) (*nn.Image, []*nn.Mat) {
		in, layers := n.layers(g)
		var out []*nn.Mat
		for _, l := range layers {
			out = append(out, l.Logits, l.Params)
		}
		return in, out
	})
	r := &Graph{Graph: g, Input: in}
	for i := 0; i < len(out); i += 2 {
		r.Layers = append(r.Layers, Layer{Logits: out[i], Params: out[i+1]})
	}
	return r
}

// layers adds the network to a graph.
func (n *Net) layers(g *nn.Graph) (in *nn.Image, out []Layer) {
	o, geo := n.Options, n.Geometry
	in = g.Input(geo.Rows, geo.Columns, geo.Channels, 3, o.WrapAzimuth)
	feat := n.backbone(g, in)
	field := nn.Field{Rows: feat.H, Cols: feat.W, HeightM: geo.HeightM(), RadiusM: RadiusM}

	m := g.LayerNorm(g.Linear(g.Tokens(feat), "neck.proj", o.Dim, false), "neck.norm")
	pos := g.Linear(nn.GridFeatures(feat.H, feat.W), "position", o.Dim, false)
	if o.Decoder == "refine" {
		m = g.AddPosition(m, pos) // azimuth must reach the values: a circular network has none of its own
	}
	for i := range o.Encoders {
		m = n.encoder(g, fmt.Sprintf("encoder.%d", i), m, pos)
	}
	m = g.LayerNorm(m, "encoder.norm")
	if o.Decoder == "refine" {
		return in, n.refineDecoder(g, m, pos, field)
	}
	return in, n.plainDecoder(g, m, pos)
}

// backbone is a residual network of basic blocks.
func (n *Net) backbone(g *nn.Graph, x *nn.Image) *nn.Image {
	o := n.Options
	x = g.MaxPool(g.ConvNorm(x, nil, n.Params.Conv("backbone.stem.conv", x.C, o.Widths[0], 7), "backbone.stem.bn", 7, 2, 2, true))
	for s, count := range o.Blocks() {
		for j := range count {
			name, sy, sx := fmt.Sprintf("backbone.stage%d.%d", s+1, j), 1, 1
			if j == 0 {
				sy, sx = o.Strides[s][0], o.Strides[s][1]
			}
			x = n.block(g, name, x, o.Widths[s], sy, sx)
		}
	}
	return x
}

func (n *Net) block(g *nn.Graph, name string, x *nn.Image, co, sy, sx int) *nn.Image {
	res := x
	if x.C != co || sy != 1 || sx != 1 {
		res = g.ConvNorm(x, nil, n.Params.Conv(name+".down.conv", x.C, co, 1), name+".down.bn", 1, sy, sx, false)
	}
	y := g.ConvNorm(x, nil, n.Params.Conv(name+".conv1", x.C, co, 3), name+".bn1", 3, sy, sx, true)
	return g.ConvNorm(y, res, n.Params.Conv(name+".conv2", co, co, 3), name+".bn2", 3, 1, 1, true)
}

// attend adds multi-head attention, with its four projections, to x.
func (n *Net) attend(g *nn.Graph, name string, x, q, k, v *nn.Mat) *nn.Mat {
	d := n.Options.Dim
	a := g.Attention(g.Linear(q, name+".q", d, false), g.Linear(k, name+".k", d, false), g.Linear(v, name+".v", d, false), n.Options.Heads)
	return g.LinearAdd(a, name+".out", x)
}

// feedForward adds to x two linear layers on its normalisation.
func (n *Net) feedForward(g *nn.Graph, name, norm string, x *nn.Mat) *nn.Mat {
	return g.LinearAdd(g.Linear(g.LayerNorm(x, norm), name+".in", n.Options.FeedForward, true), name+".out", x)
}

// encoder is a pre-norm transformer layer.
func (n *Net) encoder(g *nn.Graph, name string, x, pos *nn.Mat) *nn.Mat {
	y := g.LayerNorm(x, name+".norm1")
	yp := g.AddPosition(y, pos)
	x = n.attend(g, name+".attn", x, yp, yp, y)
	return n.feedForward(g, name+".ffn", name+".norm2", x)
}

// head predicts class logits and three raw parameters; the decoder layers share it.
func (n *Net) head(g *nn.Graph, t *nn.Mat) (logits, raw *nn.Mat) {
	h := g.LayerNorm(t, "decoder.norm")
	p := g.Linear(g.Linear(h, "head.param.0", n.Options.Dim, true), "head.param.1", n.Options.Dim, true)
	return g.Linear(h, "head.class", Classes, false), g.Linear(p, "head.param.2", 3, false)
}

// init sets the parameters as PyTorch's layers do by default, and the heads and queries so that training starts calm: no
// sinusoid anywhere, anchors flat and evenly spaced in depth.
func (n *Net) init(rng *rand.Rand) {
	normal := func(std float64) func() float32 { return func() float32 { return float32(rng.NormFloat64() * std) } }
	initDefault(n.Params, rng)
	set := func(name string, f func() float32) {
		if p := n.Params.Get(name); p != nil {
			p.Fill(f)
		}
	}
	i := 0
	set("head.class.bias", func() float32 {
		i++
		if i == Empty+1 {
			return float32(n.Options.EmptyBias)
		}
		return 0
	})
	if n.Options.Decoder == "plain" {
		set("query.content", normal(1))
		set("query.position", normal(1))
		return
	}
	set("head.param.2.weight", normal(1e-3))
	set("head.param.2.bias", constant(0))
	set("query.content", normal(0.02))
	i = 0
	set("query.anchor", func() float32 {
		v := float32(0)
		if i%3 == 0 {
			v = (float32(i/3) + 0.5) / float32(n.Options.Queries)
		}
		i++
		return v
	})
	sigmasM := []float64{0.03, 0.08, 0.25, 1.0}
	for l := range n.Options.Decoders {
		name := fmt.Sprintf("decoder.%d.cross", l)
		h := 0
		set(name+".log_sigma", func() float32 { h++; return float32(math.Log(sigmasM[(h-1)%len(sigmasM)])) })
		set(name+".offset.out.weight", normal(0.02))
		set(name+".offset.out.bias", constant(0))
	}
}

// initDefault sets parameters as PyTorch's layers do by default.
func initDefault(ps *nn.Params, rng *rand.Rand) {
	fanIn := 1
	for _, p := range ps.List {
		switch {
		case len(p.Shape) == 1: // biases, norms, running statistics; a bias follows its weight
			b := 0.0
			if p.IsLinearBias(ps) {
				b = 1 / math.Sqrt(float64(fanIn))
			}
			p.Fill(func() float32 { return float32((2*rng.Float64() - 1) * b) })
		default:
			fanIn = p.Len() / p.Shape[0]
			b := 1 / math.Sqrt(float64(fanIn))
			p.Fill(func() float32 { return float32((2*rng.Float64() - 1) * b) })
		}
	}
	for _, p := range ps.List {
		if p.IsScale() {
			p.Fill(constant(1))
		}
	}
}

func constant(v float32) func() float32 { return func() float32 { return v } }

// Outputs of all layers as the criterion reads and writes them.
func (g *Graph) Outputs() []loss.Output {
	out := make([]loss.Output, len(g.Layers))
	for i, l := range g.Layers {
		out[i] = loss.Output{Logits: l.Logits.Data, DLogits: l.Logits.Grad, Params: l.Params.Data, DParams: l.Params.Grad, Stride: l.Logits.Stride}
	}
	return out
}

// SetInput copies a tile [rows, columns, channels] into place i of the batch. Places may be set concurrently.
func (g *Graph) SetInput(i int, x []float32) { g.Input.SetImage(i, x) }
