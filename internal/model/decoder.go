package model

import (
	"fmt"

	"github.com/geobfdt/geobfdt/internal/nn"
)

// OffsetScaleM brings the offset MLP's output of order one to the size of a correction in metres.
const OffsetScaleM = 0.2

// plainDecoder is DETR's: learned queries, ordinary cross-attention, parameters predicted afresh by every layer.
func (n *Net) plainDecoder(g *nn.Graph, m, pos *nn.Mat) []Layer {
	o := n.Options
	t := g.Broadcast("query.content", o.Queries, o.Dim)
	qp := g.Broadcast("query.position", o.Queries, o.Dim)
	mp := g.AddPosition(m, pos)
	var out []Layer
	for i := range o.Decoders {
		name := fmt.Sprintf("decoder.%d", i)
		t = n.selfAttend(g, name, t, qp)
		t = n.attend(g, name+".cross", t, g.Add(g.LayerNorm(t, name+".norm2"), qp), mp, m)
		t = n.feedForward(g, name+".ffn", name+".norm3", t)
		logits, raw := n.head(g, t)
		out = append(out, Layer{logits, g.Sigmoid(raw)})
	}
	return out
}

func (n *Net) selfAttend(g *nn.Graph, name string, t, qp *nn.Mat) *nn.Mat {
	y := g.LayerNorm(t, name+".norm1")
	yp := g.Add(y, qp)
	return n.attend(g, name+".self", t, yp, yp, y)
}

// refineDecoder starts every query from an anchor sinusoid and corrects it layer by layer, each layer seeing the sinusoid of the
// one before as data (deformable DETR's iterative refinement, Zhu et al. 2021, with a sinusoid for a box).
func (n *Net) refineDecoder(g *nn.Graph, m, pos *nn.Mat, f nn.Field) []Layer {
	o := n.Options
	t := g.Broadcast("query.content", o.Queries, o.Dim)
	p := g.Broadcast("query.anchor", o.Queries, 3)
	mp := g.AddPosition(m, pos)
	var out []Layer
	for i := range o.Decoders {
		name := fmt.Sprintf("decoder.%d", i)
		qp := g.Linear(g.Linear(g.AnchorFeatures(p), "query.mlp.0", o.Dim, true), "query.mlp.1", o.Dim, false)
		t = n.selfAttend(g, name, t, qp)

		q := g.Add(g.LayerNorm(t, name+".norm2"), qp)
		var offset *nn.Mat
		t, offset = n.crossColumns(g, name+".cross", t, q, mp, m, p, f)
		t = n.feedForward(g, name+".ffn", name+".norm3", t)

		logits, delta := n.head(g, t)
		p = g.Refine(p, delta, offset, f, i == 0)
		out = append(out, Layer{logits, p})
	}
	return out
}

// crossColumns looks along each query's sinusoid. It returns the query t updated from the mean and the first harmonic over azimuth
// of what was seen, and the correction of the sinusoid in metres: per column a small MLP says how far the feature lies
// from the sinusoid, and the mean and first harmonic of that over azimuth are the change of depth and amplitude.
func (n *Net) crossColumns(g *nn.Graph, name string, t, q, mp, m, p *nn.Mat, f nn.Field) (updated, offsetM *nn.Mat) {
	o := n.Options
	y := g.ColumnAttention(g.Linear(q, name+".q", o.Dim, false), g.Linear(mp, name+".k", o.Dim, false), g.Linear(m, name+".v", o.Dim, false), p, name, o.Heads, f)
	hid := g.AddRepeatReLU(g.Linear(y, name+".offset.in", o.OffsetDim, false), g.Linear(q, name+".offset.query", o.OffsetDim, false), f.Cols)
	offsetM = g.Harmonics(g.Linear(hid, name+".offset.out", 1, false), f.Cols, 1, OffsetScaleM)
	return g.LinearAdd(g.Harmonics(y, f.Cols, o.Dim, 1), name+".out", t), offsetM
}
