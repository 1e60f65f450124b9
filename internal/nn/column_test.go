package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

type columnShape struct {
	images, queries, rows, cols, heads, dh, threads int
}

var testField = Field{HeightM: 1.28, RadiusM: 0.108}

// anchorView is a view of sinusoids (depth/height, vx, vy), into which no gradient flows.
func anchorView(p *Mat) view {
	v := matView("p", p)
	v.detached = true
	v.draw = func(rng *rand.Rand) float64 { return rng.Float64() }
	return v
}

func columnUnit(t *testing.T, s columnShape) *unit {
	g := newGraph(t, s.threads, s.images)
	d, f := s.heads*s.dh, testField
	f.Rows, f.Cols = s.rows, s.cols
	n := s.rows * s.cols
	q, k, v, p := g.mat(s.images, s.queries, d), g.mat(s.images, n, d), g.mat(s.images, n, d), g.mat(s.images, s.queries, 3)
	y := g.ColumnAttention(q, k, v, p, "cross", s.heads, f)
	u := &unit{g: g, inputs: []view{matView("q", q), matView("k", k), matView("v", v), anchorView(p), paramView(g.params.Get("cross.log_sigma"))}, output: matView("y", y)}
	u.inputs[4].draw = func(rng *rand.Rand) float64 { return math.Log(0.2) + 0.3*rng.NormFloat64() }
	u.forward = func(in [][]float64) []float64 { return columnReference(in[0], in[1], in[2], in[3], in[4], s, f) }
	return u
}

// columnReference follows the formula in the comment of columnAttention, value by value.
func columnReference(q, k, v, p, logSigma []float64, s columnShape, f Field) []float64 {
	d := s.heads * s.dh
	width := d + s.heads
	y := make([]float64, s.images*s.queries*s.cols*width)
	prob, dz := make([]float64, s.rows), make([]float64, s.rows)
	for i := range s.images * s.queries * s.cols * s.heads {
		out, h := i/s.heads, i%s.heads // row of the output, head
		query, col := out/s.cols, out%s.cols
		token := func(r int) int { return ((query/s.queries*s.rows+r)*s.cols+col)*d + h*s.dh }
		az := (float64(col) + 0.5) * 2 * math.Pi / float64(s.cols)
		z := p[query*3]*f.HeightM + f.RadiusM*(p[query*3+1]*math.Cos(az)+p[query*3+2]*math.Sin(az))
		for r := range prob {
			dz[r] = (float64(r)+0.5)*f.HeightM/float64(s.rows) - z
			sigma := math.Exp(logSigma[h])
			prob[r] = dot(q[query*d+h*s.dh:][:s.dh], k[token(r):])/math.Sqrt(float64(s.dh)) - dz[r]*dz[r]/(2*sigma*sigma)
		}
		softmaxReference(prob)
		for r, w := range prob {
			for c := range s.dh {
				y[out*width+h*s.dh+c] += w * v[token(r)+c]
			}
			y[out*width+d+h] += MomentScale * w * dz[r]
		}
	}
	return y
}

func TestColumnAttention(t *testing.T) {
	for _, s := range []columnShape{{2, 3, 5, 4, 4, 8, 2}, {1, 5, 33, 3, 2, 16, 2}, {2, 2, 8, 2, 1, 48, 1}, {1, 2, 32, 2, 2, 32, 3}, {1, 9, 4, 2, 3, 24, 1}} {
		t.Run(fmt.Sprintf("%+v", s), func(t *testing.T) { columnUnit(t, s).check(t, newRand(14)) })
	}
}

// TestColumnMoments: with equal keys and a narrow sigma the moment is the distance to the nearest token.
func TestColumnMoments(t *testing.T) {
	u := columnUnit(t, columnShape{images: 1, queries: 1, rows: 16, cols: 4, heads: 1, dh: 8, threads: 1})
	u.inputs[4].data[0] = float32(math.Log(0.01))
	const heightM, row = 1.28, 1.28 / 16
	u.inputs[3].data[0] = float32((5*row + 0.5*row - 0.01) / heightM) // 1 cm above the centre of row 5
	u.g.Forward()
	y := u.output.gather(u.output.data)
	for col := range 4 {
		if m := y[col*9+8]; math.Abs(m-MomentScale*0.01) > 1e-4 {
			t.Errorf("moment of column %d is %g, want %g", col, m, MomentScale*0.01)
		}
	}
}

func randomColumn(t *testing.T, rng *rand.Rand) *unit {
	return columnUnit(t, columnShape{1 + rng.IntN(2), 1 + rng.IntN(5), 2 + rng.IntN(20), 3 + rng.IntN(3), 1 + rng.IntN(4), 8 * (1 + rng.IntN(4)), 1 + rng.IntN(3)})
}
