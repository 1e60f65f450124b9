package segment

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/geobfdt/geobfdt/internal/kernel"
)

func newPool(t testing.TB, threads int) *kernel.Pool {
	t.Helper()
	p := kernel.NewPool(threads)
	t.Cleanup(p.Close)
	return p
}

// lossNamed is a loss with the options of testdata/gen.py, the defaults.
func lossNamed(name string) lossFunc {
	o := DefaultOptions()
	o.Loss = name
	return lossOf(o)
}

// Against PyTorch: testdata/gen.py.
func TestLossesAgainstTorch(t *testing.T) {
	raw, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name   string
		Z, T   []float32
		Losses map[string]struct {
			Value float64
			Grad  []float64
		}
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) != 4 {
		t.Fatalf("%d cases, want 4", len(cases))
	}
	for _, c := range cases {
		for _, name := range Losses() {
			want, ok := c.Losses[name]
			if !ok {
				t.Fatalf("no golden values of %s", name)
			}
			g := make([]float32, len(c.Z))
			if v := lossNamed(name)(c.Z, c.T, g); math.Abs(v-want.Value) > 1e-6*math.Max(1, want.Value) {
				t.Errorf("%s of %s is %.9g, want %.9g", name, c.Name, v, want.Value)
			}
			top := 0.0
			for _, w := range want.Grad {
				top = math.Max(top, math.Abs(w))
			}
			for i, w := range want.Grad {
				if math.Abs(float64(g[i])-w) > 1e-5*top+1e-9 {
					t.Errorf("%s of %s: gradient %d is %g, want %g", name, c.Name, i, g[i], w)
					break
				}
			}
		}
	}
}

// The Lovasz extension is the set function itself where the hinge errors are 0 or 2: for hard, wrong-or-right predictions at +-1 the loss is
// twice 1 - IoU (Berman et al. 2018, definition 1).
func TestLovaszIsTheJaccardLoss(t *testing.T) {
	truth := []float32{1, 1, 1, 1, 0, 0, 0, 0, 0, 0}
	z := []float32{1, 1, 1, -1, 1, 1, -1, -1, -1, -1} // 3 of 4 found, 2 false: IoU 3/6
	g := make([]float32, len(z))
	if v := lossNamed(Lovasz)(z, truth, g); math.Abs(v-2*(1-3.0/6)) > 1e-12 {
		t.Errorf("loss %g, want 1", v)
	}
}

func TestDiceOfPerfectMask(t *testing.T) {
	z, truth := []float32{40, 40, -40, -40}, []float32{1, 1, 0, 0}
	g := make([]float32, 4)
	for _, name := range []string{Dice, Tversky, Lovasz, CE, Focal} {
		if v := lossNamed(name)(z, truth, g); math.Abs(v) > 1e-9 {
			t.Errorf("%s of the truth itself is %g", name, v)
		}
		if v := lossNamed(name)(nil, nil, nil); v != 0 {
			t.Errorf("%s of nothing is %g", name, v)
		}
	}
	// Half of the truth, nothing false: 1 - (2*1+1)/(1+2+1) with the smoothing term 1.
	z[1] = -40
	if v := lossNamed(Dice)(z, truth, g); math.Abs(v-0.25) > 1e-9 {
		t.Errorf("dice %g, want 0.25", v)
	}
}

// The gradient of every criterion by central differences, with unseen pixels and room between the rows of logits.
func TestCriterionGradient(t *testing.T) {
	const pixels, stride = 50, 4
	rng := rand.New(rand.NewPCG(4, 0))
	logits, truth, seen := make([]float32, pixels*stride), make([]float32, pixels*Classes), make([]bool, pixels)
	for i := range logits {
		logits[i] = float32(2 * rng.NormFloat64())
	}
	for i := range truth {
		if rng.Float64() < 0.2 {
			truth[i] = 1
		}
	}
	for i := range seen {
		seen[i] = rng.Float64() < 0.8
	}
	seen[0] = false
	for _, name := range Losses() {
		o := DefaultOptions()
		o.Loss = name
		c := NewCriterion(o, newPool(t, 2))
		grad := make([]float32, len(logits))
		for i := range grad {
			grad[i] = 1 // is added to
		}
		value := c.Compute(logits, grad, stride, truth, seen)
		if again := c.Compute(logits, nil, stride, truth, seen); again != value {
			t.Errorf("%s: %g without a gradient, %g with", name, again, value)
		}
		for i := range pixels {
			for k := range stride {
				at, have := i*stride+k, 0.0
				have = float64(grad[at]) - 1
				if k >= Classes || !seen[i] {
					if have != 0 {
						t.Fatalf("%s: gradient %g of what is not seen", name, have)
					}
					continue
				}
				const h = 1.0 / 4096 // small: the order of errors must not change
				keep := logits[at]
				logits[at] = keep + h
				up := c.Compute(logits, nil, stride, truth, seen)
				logits[at] = keep - h
				down := c.Compute(logits, nil, stride, truth, seen)
				logits[at] = keep
				if want := (up - down) / (2 * h); math.Abs(have-want) > 2e-5+0.02*math.Abs(want) {
					t.Errorf("%s: gradient of pixel %d class %d is %g, want %g", name, i, k, have, want)
				}
			}
		}
	}
}
