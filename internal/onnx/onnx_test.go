package onnx

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/geobfdt/geobfdt/internal/checkpoint"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/tile"
)

const goldens = "../model/testdata"

// goldenTensors reads a file of PyTorch's values.
func goldenTensors(t *testing.T, name string) map[string]*tensor.Dense {
	t.Helper()
	f, err := os.Open(filepath.Join(goldens, name+".safetensors.gz"))
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

// goldenNet is a small network with the weights that internal/model/testdata/gen.py drew.
func goldenNet(t *testing.T, kind string, tensors map[string]*tensor.Dense) *model.Bundle {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(goldens, "golden.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]struct {
		Options struct {
			model.Options
			Rows, Columns, Channels int
			RowM                    float64 `json:"row_m"`
			Wrap                    bool    `json:"wrap_azimuth"`
			FF                      int     `json:"feed_forward"`
			OffsetWidth             int     `json:"offset_dim"`
		}
	}
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	o := all[kind].Options
	o.WrapAzimuth, o.FeedForward, o.OffsetDim = o.Wrap, o.FF, o.OffsetWidth
	n, err := model.New(o.Options, model.Geometry{Rows: o.Rows, Columns: o.Columns, Channels: o.Channels, RowM: o.RowM}, 1)
	if err != nil {
		t.Fatal(err)
	}
	state := map[string]*tensor.Dense{}
	for k, v := range tensors {
		if name, ok := strings.CutPrefix(k, "state."); ok {
			state[name] = v
		}
	}
	if err := n.LoadParams(state); err != nil {
		t.Fatal(err)
	}
	return &model.Bundle{Net: n, Tile: tile.Options{Rows: o.Rows, Columns: o.Columns, RowM: o.RowM, Image: tile.ImageTile, MaskChannel: true}}
}

// same compares with a tolerance relative to the largest value wanted, and returns the largest absolute difference.
func same(t *testing.T, what string, have, want array, tol float64) (worst float64) {
	t.Helper()
	if !slices.Equal(have.dims, want.dims) {
		t.Fatalf("%s: shape %v, want %v", what, have.dims, want.dims)
	}
	top := 0.0
	for i, w := range want.data {
		top = max(top, math.Abs(float64(w)))
		if d := math.Abs(float64(have.data[i] - w)); !(d <= worst) {
			worst = d
		}
	}
	if !(worst <= tol*top) {
		t.Errorf("%s: off by %g, largest value %g, tolerance %g", what, worst, top, tol)
	}
	return worst
}

// encoded is a model after a round trip through its file.
func encoded(t *testing.T, m *Model, err error) file {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	data, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	again, err := m.Encode()
	if err != nil || !bytes.Equal(data, again) {
		t.Errorf("a second time it is another file: %v", err)
	}
	f := decode(t, data)
	if !reflect.DeepEqual(f.Model, *m) {
		t.Error("the file holds another model")
	}
	return f
}

// TestGolden holds both decoders to the outputs of PyTorch, computed from the file by the definitions of its operators, for the
// whole batch and for its first image alone.
func TestGolden(t *testing.T) {
	x := goldenTensors(t, "batch")["x"]
	for _, kind := range []string{"refine", "plain"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			want := goldenTensors(t, kind)
			b := goldenNet(t, kind, want)
			m, err := Detector(b, "test")
			f := encoded(t, m, err)
			last := b.Net.Options.Decoders - 1
			for _, count := range []int{x.Shape()[0], 1} {
				in := array{dims: append([]int{count}, x.Shape()[1:]...), data: x.Float32s()[:x.Shape().TotalSize()/x.Shape()[0]*count]}
				got := evaluate(t, f.Graph, map[string]array{"tile": in})
				for _, name := range []string{"logits", "params"} {
					w := want[fmt.Sprintf("eval.%d.%s", last, name)]
					shape := w.Shape()
					same(t, fmt.Sprintf("%s of %d", name, count), got[name], array{dims: append([]int{count}, shape[1:]...), data: w.Float32s()[:w.Shape().TotalSize()/shape[0]*count]}, 1e-4)
				}
			}
		})
	}
}

// TestVerifierAnswersAsEngine holds the verifier's file, computed by the definitions of its operators, to our engine.
func TestVerifierAnswersAsEngine(t *testing.T) {
	b := goldenNet(t, "refine", goldenTensors(t, "refine"))
	var err error
	if b.Verifier, err = model.NewVerifier(32, 1); err != nil {
		t.Fatal(err)
	}
	disturb(b.Verifier.Params)
	m, err := Verifier(b, "test")
	f := encoded(t, m, err)
	s := b.Verifier.Strip
	strips := noise(2, s.Size())
	want := engineVerifier(b.Verifier, strips)
	got := evaluate(t, f.Graph, map[string]array{"strip": channelsFirst(strips, s.Rows, s.Columns, model.VerifierChannels)})
	for name, w := range want {
		same(t, name, got[name], w, 1e-4)
	}
}

// TestFile holds what a reader may rely on: versions, names, shapes, and an order in which every value is there when it is used.
func TestFile(t *testing.T) {
	def, paper := defaultBundle(t), configBundle(t, "paper.yaml")
	for _, tc := range []struct {
		name     string
		bundle   *model.Bundle
		make     func(*model.Bundle, string) (*Model, error)
		in       string
		out      []string
		weights  int // float32 values at the least: the parameters, less what folding saves
		metadata map[string]string
	}{
		{"default", def, Detector, "tile batch 2 256 96", []string{"logits batch 48 3", "params batch 48 3"}, def.Net.Params.Count(),
			map[string]string{MetaFormat: "geobfdt-onnx-1", MetaPart: "detector", MetaRadius: "0.108", MetaParams: refineParams, MetaClasses: `["bedding","fracture","no-sinusoid"]`, MetaHash: def.Hash}},
		{"verifier", def, Verifier, "strip batch 4 32 96", []string{"logits batch 3", "move batch 3"}, def.Verifier.Params.Count(),
			map[string]string{MetaPart: "verifier", model.MetaVerifier: `{"rows":32,"columns":96,"coarse":4}`}},
		{"paper", paper, Detector, "tile batch 1 100 360", []string{"logits batch 24 3", "params batch 24 3"}, paper.Net.Params.Count(),
			map[string]string{MetaParams: plainParams}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m, err := tc.make(tc.bundle, "v1.2")
			f := encoded(t, m, err)
			if f.irVersion != 8 || f.opset != 17 || f.producer != "geobfdt" || f.Version != "v1.2" {
				t.Errorf("IR version %d, opset %d, producer %s %s", f.irVersion, f.opset, f.producer, f.Version)
			}
			if in := f.Graph.Inputs; len(in) != 1 || in[0].text() != tc.in {
				t.Errorf("inputs %v", in)
			}
			for i, o := range f.Graph.Outputs {
				if o.text() != tc.out[i] {
					t.Errorf("output %s, want %s", o.text(), tc.out[i])
				}
			}
			for key, want := range tc.metadata {
				if f.Metadata[key] != want {
					t.Errorf("metadata %s: %q, want %q", key, f.Metadata[key], want)
				}
			}
			if _, ok := f.Metadata[model.MetaTile]; !ok {
				t.Error("the metadata do not say how tiles are made")
			}
			checkOrder(t, f.Graph)
			values := 0
			for _, w := range f.Graph.Weights {
				values += len(w.Floats)
			}
			if values < tc.weights*98/100 || values > tc.weights*11/10+20_000 {
				t.Errorf("%d values for %d parameters", values, tc.weights)
			}
		})
	}
}

// checkOrder wants every name once, every input known before it is used, and nothing computed or kept for nobody.
func checkOrder(t *testing.T, g Graph) {
	t.Helper()
	uses := map[string]int{}
	define := func(name string) {
		if _, ok := uses[name]; ok {
			t.Errorf("%s is there twice", name)
		}
		uses[name] = 0
	}
	for _, v := range g.Inputs {
		define(v.Name)
	}
	for _, w := range g.Weights {
		define(w.Name)
	}
	for _, n := range g.Nodes {
		for _, in := range n.Inputs {
			if _, ok := uses[in]; !ok {
				t.Errorf("%s uses %s, which is not there", n.Name, in)
			}
			uses[in]++
		}
		define(n.Output)
	}
	for _, o := range g.Outputs {
		uses[o.Name]++
	}
	for name, n := range uses {
		if n == 0 {
			t.Errorf("nobody uses %s", name)
		}
	}
}

func TestRefused(t *testing.T) {
	b := goldenNet(t, "plain", goldenTensors(t, "plain"))
	if _, err := Verifier(b, "test"); !errors.Is(err, ErrNoVerifier) {
		t.Errorf("a model without a verifier: %v", err)
	}
	m, err := Detector(b, "test")
	if err != nil {
		t.Fatal(err)
	}
	data, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for _, limit := range []int{1000, len(data) - 1} {
		if _, err := m.encode(limit); !errors.Is(err, ErrTooLarge) {
			t.Errorf("a file of %d bytes where %d are allowed: %v", len(data), limit, err)
		}
	}
	if _, err := m.encode(len(data)); err != nil {
		t.Errorf("a file as large as allowed: %v", err)
	}
}
