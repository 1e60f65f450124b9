package model

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/geobfdt/geobfdt/internal/checkpoint"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/loss"
	"github.com/geobfdt/geobfdt/internal/optim"
)

// golden is one network of testdata/golden.json, dumped from the PyTorch oracle by testdata/gen.py.
type golden struct {
	Options struct {
		Channels, Rows, Columns, Dim, Heads, Encoders, Decoders, Queries int
		RowM                                                             float64 `json:"row_m"`
		Backbone, Decoder                                                string
		Widths                                                           []int
		Strides                                                          [][]int
		Wrap                                                             bool `json:"wrap_azimuth"`
		FeedForward                                                      int  `json:"feed_forward"`
		OffsetDim                                                        int  `json:"offset_dim"`
	}
	Loss struct {
		Class, Param, Form, Match string
		Gamma, Alpha              float64
		EmptyWeight               float64 `json:"empty_weight"`
		ClassWeight               float64 `json:"class_weight"`
		ParamWeight               float64 `json:"param_weight"`
		DepthTolM                 float64 `json:"depth_tol_m"`
		DipTolDeg                 float64 `json:"dip_tol_deg"`
		Auxiliary                 bool
		MatchClass                float64 `json:"match_class"`
		MatchScaleM               float64 `json:"match_scale_m"`
	}
	Truths    [][][4]float64 `json:"truths_rows"`
	Total     float64
	Class     []float64 `json:"class_loss"`
	Param     []float64 `json:"param_loss"`
	Dead      []string  `json:"dead_gradients"`
	Steps     []float64 `json:"step_losses"`
	StepNorms []float64 `json:"step_grad_norms"`
	AdamW     struct {
		LR float64
	}
}

func readGolden(t *testing.T, name string) map[string]*tensor.Dense {
	t.Helper()
	f, err := os.Open("testdata/" + name + ".safetensors.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	c, err := checkpoint.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	return c.Tensors
}

// sameValues compares with the tolerance relative to the largest value wanted.
func sameValues(t *testing.T, what string, have, want []float32, tol float64) {
	t.Helper()
	if len(have) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(have), len(want))
	}
	top, worst, at := 0.0, 0.0, 0
	for i, w := range want {
		top = max(top, math.Abs(float64(w)))
		if d := math.Abs(float64(have[i]) - float64(w)); !(d <= worst) {
			worst, at = d, i
		}
	}
	if !(worst <= tol*top) {
		t.Errorf("%s: value %d is %g, want %g (largest %g, tolerance %g)", what, at, have[at], want[at], top, tol)
	}
}

// fixture is a golden network, its graph, batch and criterion.
type fixture struct {
	golden
	tensors map[string]*tensor.Dense
	net     *Net
	graph   *Graph
	crit    *loss.Criterion
	truths  [][]loss.Truth
	pool    *kernel.Pool
}

func newFixture(t *testing.T, kind string, threads int) *fixture {
	t.Helper()
	raw, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]golden{}
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	f := &fixture{golden: all[kind], tensors: readGolden(t, kind), pool: kernel.NewPool(threads)}
	t.Cleanup(f.pool.Close)
	o := f.Options
	geo := Geometry{Rows: o.Rows, Columns: o.Columns, Channels: o.Channels, RowM: o.RowM}
	f.net, err = New(Options{Backbone: o.Backbone, Widths: o.Widths, Strides: o.Strides, WrapAzimuth: o.Wrap, Dim: o.Dim, Heads: o.Heads,
		FeedForward: o.FeedForward, Encoders: o.Encoders, Decoders: o.Decoders, Queries: o.Queries, Decoder: o.Decoder,
		OffsetDim: o.OffsetDim, EmptyBias: 2}, geo, 1)
	if err != nil {
		t.Fatal(err)
	}
	state := map[string]*tensor.Dense{}
	for k, v := range f.tensors {
		if name, ok := strings.CutPrefix(k, "state."); ok {
			state[name] = v
		}
	}
	if len(state) != len(f.net.Params.List) {
		t.Errorf("the oracle has %d parameters and buffers, the network %d", len(state), len(f.net.Params.List))
	}
	if err := f.net.LoadParams(state); err != nil {
		t.Fatal(err)
	}
	f.graph = f.net.Build(f.pool, len(f.Truths), true)
	x := readGolden(t, "batch")["x"].Data().([]float32) // [B, C, H, W]
	in := f.graph.Input
	for b := range in.B {
		for c := range in.C {
			for y := range in.H {
				for xx := range in.W {
					in.Data[in.Offset(b, y, xx)+c] = x[((b*in.C+c)*in.H+y)*in.W+xx]
				}
			}
		}
	}
	in.FillBorder()
	head := loss.HeadSlope
	if o.Decoder == "plain" {
		head = loss.HeadPolar
	}
	l := f.Loss
	f.crit, err = loss.New(loss.Options{Class: l.Class, Gamma: l.Gamma, Alpha: l.Alpha, EmptyWeight: l.EmptyWeight, Param: l.Param, Form: l.Form,
		ClassWeight: l.ClassWeight, ParamWeight: l.ParamWeight, DepthTolM: l.DepthTolM, DipTolDeg: l.DipTolDeg, Auxiliary: l.Auxiliary,
		MatchClass: l.MatchClass, Match: l.Match, MatchScaleM: l.MatchScaleM}, head, geo.HeightM(), RadiusM, o.Queries, f.pool)
	if err != nil {
		t.Fatal(err)
	}
	for _, rows := range f.Truths {
		var ts []loss.Truth
		for _, r := range rows {
			k := o.RowM / RadiusM
			ts = append(ts, loss.Truth{Class: int(r[0]), Depth: r[1] / float64(o.Rows), VX: r[2] * k, VY: r[3] * k})
		}
		f.truths = append(f.truths, ts)
	}
	return f
}

// step runs forward, criterion and backward.
func (f *fixture) step(t *testing.T) loss.Result {
	t.Helper()
	f.graph.Training = true
	f.graph.Forward()
	f.graph.ZeroGrad()
	res, err := f.crit.Compute(f.graph.Outputs(), f.truths)
	if err != nil {
		t.Fatal(err)
	}
	f.graph.Backward()
	return res
}

func compact(rows, stride, cols int, data []float32) (out []float32) {
	for r := range rows {
		out = append(out, data[r*stride:][:cols]...)
	}
	return out
}

func (f *fixture) compareOutputs(t *testing.T, prefix string) {
	t.Helper()
	for i, l := range f.graph.Layers {
		for what, m := range map[string]struct {
			rows, stride, cols int
			data               []float32
		}{"logits": {l.Logits.N(), l.Logits.Stride, l.Logits.Cols, l.Logits.Data}, "params": {l.Params.N(), l.Params.Stride, l.Params.Cols, l.Params.Data}} {
			name := fmt.Sprintf("%s.%d.%s", prefix, i, what)
			want, ok := f.tensors[name]
			if !ok {
				t.Fatalf("the golden file lacks %s", name)
			}
			sameValues(t, name, compact(m.rows, m.stride, m.cols, m.data), want.Data().([]float32), 2e-4)
		}
	}
}

// TestGolden holds outputs, losses, every gradient, and ten training steps to PyTorch's.
func TestGolden(t *testing.T) {
	for _, kind := range []string{"refine", "plain"} {
		for _, threads := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s/%d", kind, threads), func(t *testing.T) {
				f := newFixture(t, kind, threads)
				f.graph.Training = false
				f.graph.Forward()
				f.compareOutputs(t, "eval")
				res := f.step(t)
				f.compareOutputs(t, "train")
				if d := math.Abs(res.Total/f.Total - 1); d > 1e-4 {
					t.Errorf("loss %g, want %g", res.Total, f.Total)
				}
				last := len(f.Class) - 1
				if math.Abs(res.Class/f.Class[last]-1) > 1e-4 || math.Abs(res.Param/f.Param[last]-1) > 1e-4 {
					t.Errorf("parts %g %g, want %g %g", res.Class, res.Param, f.Class[last], f.Param[last])
				}
				for _, p := range f.net.Params.List {
					if p.Buffer {
						if want := f.tensors["after."+p.Name]; want != nil {
							sameValues(t, p.Name, p.Dense(p.Data).Data().([]float32), want.Data().([]float32), 1e-4)
						}
						continue
					}
					if slices.Contains(f.Dead, p.Name) {
						continue
					}
					sameValues(t, "gradient of "+p.Name, p.Dense(p.Grad).Data().([]float32), f.tensors["grad."+p.Name].Data().([]float32), 1e-3)
				}
				opt := optim.NewAdamW(f.net.Params, 0.9, 0.999, 1e-4, f.pool)
				for i, want := range f.Steps {
					if i > 0 {
						res = f.step(t)
					}
					if d := math.Abs(res.Total/want - 1); d > 1e-3 {
						t.Fatalf("loss of step %d is %g, want %g", i, res.Total, want)
					}
					if i < len(f.StepNorms) {
						if n := opt.Clip(1); math.Abs(n/f.StepNorms[i]-1) > 5e-3 {
							t.Errorf("gradient norm of step %d is %g, want %g", i, n, f.StepNorms[i])
						}
						opt.Step(f.AdamW.LR)
					}
				}
			})
		}
	}
}
