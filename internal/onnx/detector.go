package onnx

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/nn"
)

// Metadata keys that an ONNX file has beside those of the model file.
const (
	MetaFormat  = "format"    // "geobfdt-onnx-1"
	MetaPart    = "part"      // detector | verifier
	MetaClasses = "classes"   // of the logits, JSON
	MetaRadius  = "radius_m"  // of the hole that the network believes in, metres
	MetaParams  = "params"    // what the three params of a query are
	MetaHash    = "model_sha" // SHA-256 of the model file that this one was made from
	formatName  = "geobfdt-onnx-1"
)

// What the params of a query are, by decoder.
const (
	refineParams = "depth of the midline / tile height, tan(dip) cos(azimuth), tan(dip) sin(azimuth)"
	plainParams  = "depth of the midline / tile height, dip / 90 deg, azimuth / 360 deg"
)

// detector builds the graph of a model.Net.
type detector struct {
	*builder
	net        *model.Net
	rows, cols int // of the grid of tokens
}

// Detector is the network of a bundle. version is that of the program.
func Detector(b *model.Bundle, version string) (*Model, error) {
	n := b.Net
	g, o := n.Geometry, n.Options
	d := &detector{builder: newBuilder("geobfdt_detector", n.Params), net: n}
	x := d.input("tile", "z-scored image, gaps 0, then the mask of wall seen, as the tile options in the metadata say; column j of n is centred at azimuth (j + 0.5) * 360 / n",
		g.Channels, g.Rows, g.Columns)
	logits, params, meaning := d.layers(x)
	d.output(logits, "logits", "of the classes bedding, fracture, no-sinusoid; their softmax is the score", o.Queries, model.Classes)
	d.output(params, "params", meaning, o.Queries, 3)
	m, err := newModel(b, d.graph, "detector", version)
	if err != nil {
		return nil, err
	}
	m.Doc = fmt.Sprintf("GeoBFDT, %s decoder: sinusoids on a tile of %d rows of %g m by %d columns of a borehole image", o.Decoder, g.Rows, g.RowM, g.Columns)
	m.Metadata[MetaParams] = meaning
	return m, nil
}

// newModel wraps a graph with the metadata of the bundle.
func newModel(b *model.Bundle, g Graph, part, version string) (*Model, error) {
	file, err := b.File()
	if err != nil {
		return nil, fmt.Errorf("metadata of the model: %w", err)
	}
	classes, err := json.Marshal([]string{"bedding", "fracture", "no-sinusoid"})
	if err != nil {
		return nil, err
	}
	meta := file.Metadata
	meta[MetaFormat], meta[MetaPart], meta[MetaClasses], meta[MetaRadius] = formatName, part, string(classes), fmt.Sprint(model.RadiusM)
	if b.Hash != "" {
		meta[MetaHash] = b.Hash
	}
	return &Model{Graph: g, Version: version, Metadata: meta}, nil
}

// layers adds the network, as model.Net.layers does.
func (d *detector) layers(x string) (logits, params, meaning string) {
	o := d.net.Options
	x = d.backbone(x)
	m := d.tokens("neck", x, d.rows*d.cols, o.Widths[len(o.Widths)-1])
	m = d.layerNorm(d.linear(m, "neck.proj"), "neck.norm")
	pos := d.linear(d.gridFeatures(), "position")
	if o.Decoder == "refine" {
		m = d.add("encoder.in", m, pos)
	}
	for i := range o.Encoders {
		m = d.encoder(fmt.Sprintf("encoder.%d", i), m, pos)
	}
	m = d.layerNorm(m, "encoder.norm")
	if o.Decoder == "refine" {
		logits, params = d.refineDecoder(m, pos)
		return logits, params, refineParams
	}
	logits, params = d.plainDecoder(m, pos)
	return logits, params, plainParams
}

// backbone is the residual network; it also finds the size of the grid of tokens.
func (d *detector) backbone(x string) string {
	o, g := d.net.Options, d.net.Geometry
	x = d.relu("backbone.stem", d.convNorm(x, "backbone.stem.conv", "backbone.stem.bn", 2, 2, o.WrapAzimuth))
	x = d.maxPool("backbone.pool", x, o.WrapAzimuth)
	d.rows, d.cols = half(half(g.Rows)), half(half(g.Columns))
	in := o.Widths[0]
	for s, count := range o.Blocks() {
		for j := range count {
			sy, sx := 1, 1
			if j == 0 {
				sy, sx = o.Strides[s][0], o.Strides[s][1]
			}
			x = d.block(fmt.Sprintf("backbone.stage%d.%d", s+1, j), x, sy, sx, in != o.Widths[s] || sy != 1 || sx != 1)
			d.rows, d.cols, in = (d.rows+sy-1)/sy, (d.cols+sx-1)/sx, o.Widths[s]
		}
	}
	return x
}

func half(n int) int { return (n + 1) / 2 }

// block is a basic block; projected says that its shortcut has a convolution of its own.
func (d *detector) block(name, x string, sy, sx int, projected bool) string {
	wrap := d.net.Options.WrapAzimuth
	y := d.relu(name+".conv1", d.convNorm(x, name+".conv1", name+".bn1", sy, sx, wrap))
	y = d.convNorm(y, name+".conv2", name+".bn2", 1, 1, wrap)
	if projected {
		x = d.convNorm(x, name+".down.conv", name+".down.bn", sy, sx, wrap)
	}
	return d.relu(name, d.add(name, y, x))
}

// gridFeatures are the position features of the tokens, [tokens, nn.PositionFeatures].
func (d *detector) gridFeatures() string {
	m := nn.GridFeatures(d.rows, d.cols)
	data := make([]float32, 0, m.Rows*m.Cols)
	for r := range m.Rows {
		data = append(data, m.Row(r)...)
	}
	return d.floats("position.features", data, m.Rows, m.Cols)
}

// encoder is a pre-norm transformer layer.
func (d *detector) encoder(name, x, pos string) string {
	y := d.layerNorm(x, name+".norm1")
	yp := d.add(name+".position", y, pos)
	return d.feedForward(name+".ffn", name+".norm2", d.attend(name+".attn", x, yp, yp, y))
}

// feedForward adds to x two linear layers on its normalisation.
func (d *detector) feedForward(name, norm, x string) string {
	h := d.relu(name, d.linear(d.layerNorm(x, norm), name+".in"))
	return d.add(name, x, d.linear(h, name+".out"))
}

// attend adds multi-head attention, with its four projections, to x.
func (d *detector) attend(name, x, q, k, v string) string {
	q = d.heads(name+".q", d.linear(q, name+".q"), 0, 2, 1, 3)
	k = d.heads(name+".k", d.linear(k, name+".k"), 0, 2, 3, 1)
	v = d.heads(name+".v", d.linear(v, name+".v"), 0, 2, 1, 3)
	a := d.softmax(name, d.matMul(name+".scores", d.mul(name+".scale", q, d.headScale()), k))
	y := d.transpose(name, d.matMul(name, a, v), 0, 2, 1, 3)
	return d.add(name, x, d.linear(d.reshape(name, y, 0, 0, int64(d.net.Options.Dim)), name+".out"))
}

// heads splits the last axis of [batch, n, dim] into heads and turns the four axes [batch, n, head, within head].
func (d *detector) heads(name, x string, perm ...int64) string {
	h := int64(d.net.Options.Heads)
	return d.transpose(name, d.reshape(name, x, 0, 0, h, int64(d.net.Options.Dim)/h), perm...)
}

// headScale is 1 / sqrt(width of a head).
func (d *detector) headScale() string {
	return d.scalar(float32(1 / math.Sqrt(float64(d.net.Options.Dim/d.net.Options.Heads))))
}
