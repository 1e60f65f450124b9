package loss

import (
	"math"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/kernel"
)

func testOptions() Options {
	return Options{Class: "focal", Gamma: 2, Alpha: 0.75, EmptyWeight: 0.1, Param: "l1", Form: "tolerance", ClassWeight: 5, ParamWeight: 1,
		DepthTolM: 0.15, DipTolDeg: 15, Auxiliary: true, MatchClass: 5, Match: "curve", MatchScaleM: 0.025}
}

func newCriterion(t *testing.T, o Options, h Head, queries int) *Criterion {
	t.Helper()
	pool := kernel.NewPool(2)
	t.Cleanup(pool.Close)
	c, err := New(o, h, 1.28, 0.108, queries, pool)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNewRefusesOptions(t *testing.T) {
	pool := kernel.NewPool(1)
	defer pool.Close()
	for key, change := range map[string]func(*Options){
		"loss.class":    func(o *Options) { o.Class = "hinge" },
		"loss.param":    func(o *Options) { o.Param = "" },
		"loss.form":     func(o *Options) { o.Form = "metres" },
		"loss.match":    func(o *Options) { o.Match = "greedy" },
		"depth_tol_m":   func(o *Options) { o.DepthTolM = 0 },
		"dip_tol_deg":   func(o *Options) { o.DipTolDeg = math.NaN() },
		"match_scale_m": func(o *Options) { o.MatchScaleM = -1 },
	} {
		o := testOptions()
		change(&o)
		if _, err := New(o, HeadSlope, 1.28, 0.108, 4, pool); err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%s: error %v does not name it", key, err)
		}
	}
}

// TestWrongClass counts, of matched queries, those that prefer the other real class; the empty class does not matter.
func TestWrongClass(t *testing.T) {
	c := newCriterion(t, testOptions(), HeadSlope, 3)
	out := Output{Stride: 3,
		Logits: []float32{2, 1, 9 /* bedding */, 2, 1, -9 /* bedding */, 0, 5, 9 /* fracture */},
		Params: []float32{0.2, 0, 0, 0.5, 0, 0, 0.9, 0, 0}}
	res, err := c.Compute([]Output{out}, [][]Truth{{{Class: 0, Depth: 0.2}, {Class: 1, Depth: 0.5}, {Class: 1, Depth: 0.9}}})
	if err != nil {
		t.Fatal(err)
	}
	if res.WrongClass != 1 || res.Truths != 3 {
		t.Errorf("%d wrong of %d truths, want 1 of 3", res.WrongClass, res.Truths)
	}
	if res.Param > 1e-6 { // 0.2 and 0.9 are rounded to float32
		t.Errorf("parameter loss %g of exact predictions", res.Param)
	}
}

// TestNotANumber: a network that has diverged is reported with the place, not matched at random.
func TestNotANumber(t *testing.T) {
	for name, spoil := range map[string]func(*Output){
		"logits": func(o *Output) { o.Logits[9] = float32(math.NaN()) },
		"params": func(o *Output) { o.Params[10] = float32(math.NaN()) },
	} {
		c := newCriterion(t, testOptions(), HeadPolar, 2)
		good := Output{Stride: 3, Logits: make([]float32, 12), Params: make([]float32, 12)}
		bad := Output{Stride: 3, Logits: make([]float32, 12), Params: make([]float32, 12)}
		spoil(&bad)
		truths := [][]Truth{{{Depth: 0.5}}, {{Depth: 0.5}}}
		_, err := c.Compute([]Output{good, bad}, truths)
		if err == nil || !strings.Contains(err.Error(), "layer 1") || !strings.Contains(err.Error(), "image 1") {
			t.Errorf("NaN in %s of image 1, layer 1: error %v", name, err)
		}
	}
}

// TestSeam: azimuths a hair on either side of north are close, for both heads and every parameter loss, whichever way they wrap.
func TestSeam(t *testing.T) {
	for _, form := range []string{"tolerance", "normalised"} {
		for param := range norms {
			o := testOptions()
			o.Form, o.Param = form, param
			truth := Truth{Depth: 0.5, VX: 1, VY: -1e-3}
			for h, p := range map[Head][]float32{HeadPolar: {0.5, 0.5, 1e-4}, HeadSlope: {0.5, 1, 1e-3}} {
				c := newCriterion(t, o, h, 1)
				out := Output{Stride: 3, Logits: make([]float32, 3), Params: p}
				res, err := c.Compute([]Output{out}, [][]Truth{{truth}})
				if err != nil {
					t.Fatal(err)
				}
				if res.Param > 0.02 {
					t.Errorf("%s %s head %d: loss %g across north", form, param, h, res.Param)
				}
			}
		}
	}
}

func BenchmarkCompute(b *testing.B) {
	pool := kernel.NewPool(1)
	defer pool.Close()
	const batch, queries = 16, 32
	c, err := New(testOptions(), HeadSlope, 1.28, 0.108, queries, pool)
	if err != nil {
		b.Fatal(err)
	}
	n := batch * queries * kernel.Panel
	l := Output{Stride: kernel.Panel, Logits: make([]float32, n), Params: make([]float32, n), DLogits: make([]float32, n), DParams: make([]float32, n)}
	truths := make([][]Truth, batch)
	for i := range batch * queries {
		l.Params[i*kernel.Panel] = float32(i%queries) / queries
	}
	for i := range truths {
		for j := range 8 {
			truths[i] = append(truths[i], Truth{Class: j % 2, Depth: float64(j) / 8, VX: 0.5})
		}
	}
	layers := []Output{l, l, l, l}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Compute(layers, truths); err != nil {
			b.Fatal(err)
		}
	}
}
