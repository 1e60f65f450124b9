package model

import "math"

// Detection is a query's answer in row coordinates: u(phi) = D + A cos(phi) + B sin(phi), rows from the tile's top.
type Detection struct {
	Class   int     // 0 bedding, 1 fracture: the likelier of the two
	Score   float64 // its probability
	D, A, B float64
}

// maxDecodedDip bounds the dip of a plain head: steeper slopes have no finite amplitude.
const maxDecodedDip = 89.0 / 90

// Detections appends the answers of the last layer for image b whose score is at least threshold.
func (n *Net) Detections(dst []Detection, g *Graph, b int, threshold float64) []Detection {
	last := g.Layers[len(g.Layers)-1]
	perTan := RadiusM / n.Geometry.RowM // rows of amplitude per unit of tan(dip)
	for q := range n.Options.Queries {
		l, p := last.Logits.Row(b*n.Options.Queries+q), last.Params.Row(b*n.Options.Queries+q)
		m := max(l[0], l[1], l[2])
		e0, e1, e2 := math.Exp(float64(l[0]-m)), math.Exp(float64(l[1]-m)), math.Exp(float64(l[2]-m))
		d := Detection{Score: e0 / (e0 + e1 + e2), D: float64(p[0]) * float64(n.Geometry.Rows)}
		if e1 > e0 {
			d.Class, d.Score = 1, e1/(e0+e1+e2)
		}
		if !(d.Score >= threshold) {
			continue
		}
		if n.Options.Decoder == "plain" {
			r := math.Tan(math.Min(float64(p[1]), maxDecodedDip) * math.Pi / 2)
			s, c := math.Sincos(2 * math.Pi * float64(p[2]))
			d.A, d.B = perTan*r*c, perTan*r*s
		} else {
			d.A, d.B = perTan*float64(p[1]), perTan*float64(p[2])
		}
		dst = append(dst, d)
	}
	return dst
}
