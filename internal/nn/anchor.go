package nn

import "math"

// depthFrequencies are spaced geometrically from pi to pi*MaxDepthFreq.
func depthFrequencies() (f [DepthFreqs]float64) {
	for i := range f {
		f[i] = math.Pi * math.Pow(MaxDepthFreq, float64(i)/(DepthFreqs-1))
	}
	return f
}

// sineFeatures fills dst with the sines, then the cosines, of x in [0, 1] at the frequencies f.
func sineFeatures(dst []float32, x float64, f *[DepthFreqs]float64) {
	for i, w := range f {
		s, c := math.Sincos(x * w)
		dst[i], dst[DepthFreqs+i] = float32(s), float32(c)
	}
}

// Position and anchor features: how finely depth is coded, and how many harmonics of azimuth.
const (
	DepthFreqs       = 32
	MaxDepthFreq     = 64
	AzimuthHarmonics = 4
	PositionFeatures = 2*DepthFreqs + 2*AzimuthHarmonics
	AnchorFeatures   = 2*DepthFreqs + 2
)

// GridFeatures returns the constant position features of a grid of tokens, [rows*cols, PositionFeatures]: depth by sines, azimuth
// by its first harmonics. A circular network carries no absolute azimuth of its own.
func GridFeatures(rows, cols int) *Mat {
	m, f := newMat(1, rows*cols, PositionFeatures, false), depthFrequencies()
	m.v.constant = true
	for y := 0; y < rows; y++ {
		for x := 0; x < cols; x++ {
			d := m.Row(y*cols + x)
			sineFeatures(d, (float64(y)+0.5)/float64(rows), &f)
			for k := 1; k <= AzimuthHarmonics; k++ {
				s, c := math.Sincos(float64(k) * (float64(x) + 0.5) * 2 * math.Pi / float64(cols))
				d[2*DepthFreqs+2*k-2], d[2*DepthFreqs+2*k-1] = float32(s), float32(c)
			}
		}
	}
	return m
}

// AnchorFeatures adds the features of sinusoids p = (depth/height, vx, vy), [rows, AnchorFeatures]: sines of depth and the two
// slopes as angles. No gradient flows into p.
func (g *Graph) AnchorFeatures(p *Mat) *Mat {
	y, f := g.data(p.Images, p.Rows, AnchorFeatures), depthFrequencies()
	g.add(&rowOp{n: p.N(), fwd: func(_, i0, i1 int) {
		for i := i0; i < i1; i++ {
			d, v := y.Row(i), p.Row(i)
			sineFeatures(d, float64(v[0]), &f)
			d[2*DepthFreqs] = float32(math.Atan(float64(v[1])))
			d[2*DepthFreqs+1] = float32(math.Atan(float64(v[2])))
		}
	}}, y.v, p.v)
	return y
}

// DepthStep scales the head's step in depth (a share of the tile) against its steps in slope.
const DepthStep = 0.25

// Refine adds p + delta*(DepthStep, 1, 1) + offset*(1/height, 1/radius, 1/radius): the sinusoid after a decoder layer. offset is in
// metres. With through false no gradient flows into p (iterative refinement detaches it).
func (g *Graph) Refine(p, delta, offset *Mat, f Field, through bool) *Mat {
	y := g.mat(p.Images, p.Rows, 3)
	ks := [3]float32{DepthStep, 1, 1}
	ko := [3]float32{float32(1 / f.HeightM), float32(1 / f.RadiusM), float32(1 / f.RadiusM)}
	g.add(&rowOp{n: p.N(),
		fwd: func(_, i0, i1 int) {
			for i := i0; i < i1; i++ {
				d, a, b, c := y.Row(i), p.Row(i), delta.Row(i), offset.Row(i)
				for j := range d {
					d[j] = a[j] + b[j]*ks[j] + c[j]*ko[j]
				}
			}
		},
		bwd: func(_, i0, i1 int) {
			for i := i0; i < i1; i++ {
				db, dc := delta.GradRow(i), offset.GradRow(i)
				for j, d := range y.GradRow(i) {
					db[j] += d * ks[j]
					dc[j] += d * ko[j]
					if through {
						p.GradRow(i)[j] += d
					}
				}
			}
		}}, y.v, p.v, delta.v, offset.v)
	return y
}
