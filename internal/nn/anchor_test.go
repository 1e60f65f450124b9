package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func refineUnit(t *testing.T, images, rows int, through bool, threads int) *unit {
	g := newGraph(t, threads, images)
	p, delta, offset := g.mat(images, rows, 3), g.mat(images, rows, 3), g.mat(images, rows, 3)
	y := g.Refine(p, delta, offset, testField, through)
	u := &unit{g: g, inputs: []view{matView("p", p), matView("delta", delta), matView("offset", offset)}, output: matView("y", y)}
	u.inputs[0].detached = !through
	u.forward = func(in [][]float64) []float64 {
		out := make([]float64, len(in[0]))
		for i := range out {
			if i%3 == 0 {
				out[i] = in[0][i] + in[1][i]*DepthStep + in[2][i]/testField.HeightM
			} else {
				out[i] = in[0][i] + in[1][i] + in[2][i]/testField.RadiusM
			}
		}
		return out
	}
	return u
}

func TestRefine(t *testing.T) {
	for _, through := range []bool{true, false} {
		t.Run(fmt.Sprintf("through=%v", through), func(t *testing.T) { refineUnit(t, 2, 5, through, 2).check(t, newRand(15)) })
	}
}

func anchorUnit(t *testing.T, images, rows, threads int) *unit {
	g := newGraph(t, threads, images)
	p := g.mat(images, rows, 3)
	y := g.AnchorFeatures(p)
	return &unit{g: g, inputs: []view{anchorView(p)}, output: matView("y", y), forward: func(in [][]float64) (out []float64) {
		for i := 0; i < len(in[0]); i += 3 {
			out = append(out, sinesReference(in[0][i])...)
			out = append(out, math.Atan(in[0][i+1]), math.Atan(in[0][i+2]))
		}
		return out
	}}
}

// sinesReference are the sines, then the cosines, of a depth at frequencies from pi to 64 pi.
func sinesReference(depth float64) []float64 {
	out := make([]float64, 2*DepthFreqs)
	for i := range DepthFreqs {
		w := math.Pi * math.Exp(math.Log(64)*float64(i)/31)
		out[i], out[DepthFreqs+i] = math.Sin(w*depth), math.Cos(w*depth)
	}
	return out
}

func TestAnchorFeatures(t *testing.T) { anchorUnit(t, 2, 5, 2).check(t, newRand(16)) }

func TestGridFeatures(t *testing.T) {
	const rows, cols = 3, 4
	m := GridFeatures(rows, cols)
	if m.Images != 1 || m.Rows != rows*cols || m.Cols != PositionFeatures || m.Grad != nil {
		t.Fatalf("%d x %d x %d, gradient %v", m.Images, m.Rows, m.Cols, m.Grad != nil)
	}
	for i := range rows * cols {
		want := sinesReference((float64(i/cols) + 0.5) / rows)
		az := (float64(i%cols) + 0.5) * 2 * math.Pi / cols
		for k := 1.0; k <= AzimuthHarmonics; k++ {
			want = append(want, math.Sin(k*az), math.Cos(k*az))
		}
		for c, v := range m.Row(i) {
			if math.Abs(float64(v)-want[c]) > 1e-6 {
				t.Fatalf("token %d feature %d is %g, want %g", i, c, v, want[c])
			}
		}
	}
}

func randomAnchor(t *testing.T, rng *rand.Rand) *unit {
	if rng.IntN(2) == 0 {
		return anchorUnit(t, 1+rng.IntN(3), 1+rng.IntN(9), 1+rng.IntN(3))
	}
	return refineUnit(t, 1+rng.IntN(3), 1+rng.IntN(9), rng.IntN(2) == 0, 1+rng.IntN(3))
}
