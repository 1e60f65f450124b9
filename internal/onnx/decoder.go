package onnx

import (
	"fmt"
	"math"

	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/nn"
)

// plainDecoder is model.Net.plainDecoder; only the last layer is asked for its prediction.
func (d *detector) plainDecoder(m, pos string) (logits, params string) {
	o := d.net.Options
	t := d.parameter("query.content", 1, o.Queries, o.Dim)
	qp := d.parameter("query.position", 1, o.Queries, o.Dim)
	mp := d.add("decoder.memory", m, pos)
	for i := range o.Decoders {
		name := fmt.Sprintf("decoder.%d", i)
		t = d.selfAttend(name, t, qp)
		t = d.attend(name+".cross", t, d.add(name+".query", d.layerNorm(t, name+".norm2"), qp), mp, m)
		t = d.feedForward(name+".ffn", name+".norm3", t)
	}
	h := d.layerNorm(t, "decoder.norm")
	return d.linear(h, "head.class"), d.node("Sigmoid", "head.param", []string{d.paramHead(h)})
}

func (d *detector) selfAttend(name, t, qp string) string {
	y := d.layerNorm(t, name+".norm1")
	yp := d.add(name+".query", y, qp)
	return d.attend(name+".self", t, yp, yp, y)
}

// paramHead predicts three raw parameters from normalised queries.
func (d *detector) paramHead(h string) string {
	for i := range 2 {
		name := fmt.Sprintf("head.param.%d", i)
		h = d.relu(name, d.linear(h, name))
	}
	return d.linear(h, "head.param.2")
}

// refineDecoder is model.Net.refineDecoder. Layers before the last correct the sinusoids and are not asked for classes.
func (d *detector) refineDecoder(m, pos string) (logits, params string) {
	o, g := d.net.Options, d.net.Geometry
	t := d.parameter("query.content", 1, o.Queries, o.Dim)
	p := d.parameter("query.anchor", 1, o.Queries, 3)
	mp := d.add("decoder.memory", m, pos)
	deltaScale := d.floats("decoder.delta_scale", []float32{nn.DepthStep, 1, 1}, 3)
	offsetScale := d.floats("decoder.offset_scale", []float32{float32(1 / g.HeightM()), 1 / model.RadiusM, 1 / model.RadiusM}, 3)
	var h string
	for i := range o.Decoders {
		name := fmt.Sprintf("decoder.%d", i)
		qp := d.linear(d.relu("query.mlp.0", d.linear(d.anchorFeatures(name, p), "query.mlp.0")), "query.mlp.1")
		t = d.selfAttend(name, t, qp)
		var offset string
		t, offset = d.crossColumns(name+".cross", t, d.add(name+".query", d.layerNorm(t, name+".norm2"), qp), mp, m, p)
		t = d.feedForward(name+".ffn", name+".norm3", t)

		h = d.layerNorm(t, "decoder.norm")
		name += ".refine"
		p = d.add(name, p, d.add(name, d.mul(name, d.paramHead(h), deltaScale), d.mul(name, offset, offsetScale)))
	}
	return d.linear(h, "head.class"), p
}

// anchorFeatures of sinusoids [batch, queries, 3] are nn.AnchorFeatures of each.
func (d *detector) anchorFeatures(name, p string) string {
	name += ".anchor"
	f := make([]float32, nn.DepthFreqs)
	for i := range f {
		f[i] = float32(math.Pi * math.Pow(nn.MaxDepthFreq, float64(i)/(nn.DepthFreqs-1)))
	}
	angle := d.mul(name, d.slice(name, p, 2, 0, 1), d.floats("query.frequencies", f, len(f)))
	slopes := d.node("Atan", name, []string{d.slice(name, p, 2, 1, 3)})
	return d.concat(name, -1, d.node("Sin", name, []string{angle}), d.node("Cos", name, []string{angle}), slopes)
}

// crossColumns is model.Net.crossColumns: attention along each query's sinusoid p, separately in every column of tokens. In comments B
// is the batch, Q queries, W columns and H rows of tokens, h heads, e the width of a head.
func (d *detector) crossColumns(name, t, q, mp, m, p string) (updated, offsetM string) {
	o := d.net.Options
	heads, dim, rows, cols := int64(o.Heads), int64(o.Dim), int64(d.rows), int64(d.cols)
	qh := d.mul(name+".scale", d.heads(name+".q", d.linear(q, name+".q"), 0, 2, 1, 3), d.headScale())
	qh = d.unsqueeze(name+".q", qh, 1) // [B, 1, h, Q, e]
	kh := d.reshape(name+".k", d.linear(mp, name+".k"), 0, rows, cols, heads, dim/heads)
	kh = d.transpose(name+".k", kh, 0, 2, 3, 4, 1) // [B, W, h, e, H]
	vh := d.reshape(name+".v", d.linear(m, name+".v"), 0, rows, cols, heads, dim/heads)
	vh = d.transpose(name+".v", vh, 0, 2, 3, 1, 4) // [B, W, h, H, e]

	dz := d.below(name+".dz", p) // [B, W, 1, Q, H]
	penalty := d.mul(name+".penalty", d.mul(name+".penalty", dz, dz), d.bend(name))
	scores := d.node("Sub", name+".scores", []string{d.matMul(name+".scores", qh, kh), penalty})
	a := d.softmax(name, scores)                                                    // [B, W, h, Q, H]
	features := d.transpose(name+".features", d.matMul(name, a, vh), 0, 3, 1, 2, 4) // [B, Q, W, h, e]
	features = d.reshape(name+".features", features, 0, 0, 0, dim)
	moments := d.node("ReduceSum", name+".moments", []string{d.mul(name+".moments", a, dz), d.ints(-1)}, intAttr("keepdims", 0))
	moments = d.mul(name+".moments", d.transpose(name+".moments", moments, 0, 3, 1, 2), d.scalar(nn.MomentScale)) // [B, Q, W, h]

	y := d.linear(d.concat(name+".offset", -1, features, moments), name+".offset.in")
	y = d.add(name+".offset", y, d.unsqueeze(name+".offset", d.linear(q, name+".offset.query"), 2))
	y = d.linear(d.relu(name+".offset", y), name+".offset.out") // [B, Q, W, 1]
	toMetres := d.floats("decoder.offset_harmonics", harmonics(d.cols, model.OffsetScaleM), 3, d.cols)
	offsetM = d.reshape(name+".offset", d.matMul(name+".offset", toMetres, y), 0, 0, 3)

	toHarmonics := d.floats("decoder.harmonics", harmonics(d.cols, 1), 3, d.cols)
	y = d.reshape(name, d.matMul(name+".harmonics", toHarmonics, features), 0, 0, 3*dim)
	return d.add(name, t, d.linear(y, name+".out")), offsetM
}

// below is how far each token lies below each sinusoid at its column, metres: [B, W, 1, Q, H].
func (d *detector) below(name, p string) string {
	g := d.net.Geometry
	m := make([]float32, 3*d.cols) // depth of a sinusoid at every column = p times this
	for j := range d.cols {
		sin, cos := math.Sincos(azimuth(j, d.cols))
		m[j], m[d.cols+j], m[2*d.cols+j] = float32(g.HeightM()), float32(model.RadiusM*cos), float32(model.RadiusM*sin)
	}
	depthM := make([]float32, d.rows)
	for i := range depthM {
		depthM[i] = float32((float64(i) + 0.5) * g.HeightM() / float64(d.rows))
	}
	z := d.transpose(name, d.matMul(name, p, d.floats("decoder.sinusoid", m, 3, d.cols)), 0, 2, 1) // [B, W, Q]
	return d.node("Sub", name, []string{d.floats("decoder.depth_m", depthM, d.rows), d.unsqueeze(name, z, 2, 4)})
}

// bend is 1 / (2 sigma^2) of every head, [h, 1, 1].
func (d *detector) bend(name string) string {
	logSigma, _ := d.values(name + ".log_sigma")
	k := make([]float32, len(logSigma))
	for i, v := range logSigma {
		k[i] = float32(0.5 * math.Exp(-2*float64(v)))
	}
	return d.floats(name+".bend", k, len(k), 1, 1)
}
