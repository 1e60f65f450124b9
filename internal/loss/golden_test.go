package loss

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/geobfdt/geobfdt/internal/kernel"
)

// golden is testdata/golden.json; testdata/README.md says what it holds and how it was made.
type golden struct {
	Rows     int
	RowM     float64 `json:"row_m"`
	Scenes   map[string]goldenScene
	Cases    []goldenCase
	Matching []goldenMatching
}

// goldenScene holds predictions [layer][image][query][3] and truths [image][n](class, d, a, b in rows).
type goldenScene struct {
	TruthsRows    [][][4]float64 `json:"truths_rows"`
	Logits        [][][][3]float64
	Refine, Plain [][][][3]float64
}

type goldenOptions struct {
	Class       string
	Gamma       float64
	Alpha       float64
	EmptyWeight float64 `json:"empty_weight"`
	Param, Form string
	ClassWeight float64 `json:"class_weight"`
	ParamWeight float64 `json:"param_weight"`
	DepthTolM   float64 `json:"depth_tol_m"`
	DipTolDeg   float64 `json:"dip_tol_deg"`
	Auxiliary   bool
	MatchClass  float64 `json:"match_class"`
	Match       string
	MatchScaleM float64 `json:"match_scale_m"`
}

type goldenCase struct {
	Scene, Head string
	Options     goldenOptions
	Total       float64
	ClassLoss   []float64        `json:"class_loss"`
	ParamLoss   []float64        `json:"param_loss"`
	Matches     [][][][2]int     // [supervised layer][image][](query, truth)
	GradLogits  [][][][3]float64 `json:"grad_logits"`
	GradParams  [][][][3]float64 `json:"grad_params"`
}

type goldenMatching struct {
	Scene, Head string
	Options     goldenOptions
	Layers      [][]struct {
		Pairs [][2]int
		Cost  float64
	}
}

func readGolden(t *testing.T) golden {
	t.Helper()
	raw, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(raw, &g); err != nil {
		t.Fatal(err)
	}
	if len(g.Cases) != 74 || len(g.Matching) != 54 {
		t.Fatalf("golden.json has %d cases and %d matchings, want 74 and 54", len(g.Cases), len(g.Matching))
	}
	return g
}

const radiusM = 0.108 // of the oracle

var heads = map[string]Head{"refine": HeadSlope, "plain": HeadPolar}

func (g *golden) criterion(t *testing.T, scene, head string, o goldenOptions, threads int) *Criterion {
	t.Helper()
	pool := kernel.NewPool(threads)
	t.Cleanup(pool.Close)
	c, err := New(Options(o), heads[head], float64(g.Rows)*g.RowM, radiusM, len(g.Scenes[scene].Logits[0][0]), pool)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (g *golden) truths(scene string) (truths [][]Truth) {
	k := g.RowM / radiusM
	for _, image := range g.Scenes[scene].TruthsRows {
		var ts []Truth
		for _, r := range image {
			ts = append(ts, Truth{Class: int(r[0]), Depth: r[1] / float64(g.Rows), VX: r[2] * k, VY: r[3] * k})
		}
		truths = append(truths, ts)
	}
	return truths
}

// paddedStride is that of the network's outputs: three values, padded to a panel.
const paddedStride = kernel.Panel

// stale fills gradients before a call, to see that they are overwritten.
const stale = 1e6

func (g *golden) outputs(scene, head string) (layers []Output) {
	s := g.Scenes[scene]
	params := s.Refine
	if head == "plain" {
		params = s.Plain
	}
	for i := range s.Logits {
		o := Output{Logits: flatten(s.Logits[i]), Params: flatten(params[i]), Stride: paddedStride}
		o.DLogits, o.DParams = make([]float32, len(o.Logits)), make([]float32, len(o.Params))
		for r := 0; r < len(o.DLogits); r += paddedStride {
			for j := range 3 {
				o.DLogits[r+j], o.DParams[r+j] = stale, stale
			}
		}
		layers = append(layers, o)
	}
	return layers
}

// flatten lays [image][query][3] out as rows of paddedStride.
func flatten(x [][][3]float64) (out []float32) {
	for _, image := range x {
		for _, v := range image {
			row := make([]float32, paddedStride)
			for j := range v {
				row[j] = float32(v[j])
			}
			out = append(out, row...)
		}
	}
	return out
}

func near(a, b, tol float64) bool { return math.Abs(a-b) <= tol*max(1, math.Abs(b)) }

// sameGradient compares rows of paddedStride with [image][query][3]; tol is relative to the largest value of the whole.
func sameGradient(t *testing.T, what string, have []float32, want [][][3]float64, top, tol float64) {
	t.Helper()
	wide := flatten(want)
	if len(have) != len(wide) {
		t.Fatalf("%s: %d values, want %d", what, len(have), len(wide))
	}
	for i, w := range wide {
		if d := math.Abs(float64(have[i]) - float64(w)); !(d <= tol*top) {
			t.Errorf("%s: row %d value %d is %g, want %g", what, i/paddedStride, i%paddedStride, have[i], w)
		}
	}
}

func largest(x [][][][3]float64) (top float64) {
	for _, layer := range x {
		for _, image := range layer {
			for _, v := range image {
				top = max(top, math.Abs(v[0]), math.Abs(v[1]), math.Abs(v[2]))
			}
		}
	}
	return top
}

func (c *goldenCase) String() string {
	o := c.Options
	return fmt.Sprintf("%s/%s/%s/%s/%s/%s/aux=%v", c.Scene, c.Head, o.Class, o.Param, o.Form, o.Match, o.Auxiliary)
}

// TestGoldenCases holds values of every layer, gradients, and matchings to the oracle.
func TestGoldenCases(t *testing.T) {
	g := readGolden(t)
	for _, cs := range g.Cases {
		t.Run(cs.String(), func(t *testing.T) {
			c := g.criterion(t, cs.Scene, cs.Head, cs.Options, 1)
			layers, truths := g.outputs(cs.Scene, cs.Head), g.truths(cs.Scene)
			res, err := c.Compute(layers, truths)
			if err != nil {
				t.Fatal(err)
			}
			const tol = 1e-8
			if !near(res.Total, cs.Total, tol) {
				t.Errorf("total %.10g, want %.10g", res.Total, cs.Total)
			}
			topL, topP := largest(cs.GradLogits), largest(cs.GradParams)
			for i, l := range layers {
				sameGradient(t, fmt.Sprintf("logits of layer %d", i), l.DLogits, cs.GradLogits[i], topL, 1e-6)
				sameGradient(t, fmt.Sprintf("params of layer %d", i), l.DParams, cs.GradParams[i], topP, 1e-6)
			}
			first := len(layers) - len(cs.ClassLoss) // of the supervised layers
			for k, want := range cs.ClassLoss {
				res, err := c.Compute(layers[:first+k+1], truths) // reports its last layer
				if err != nil {
					t.Fatal(err)
				}
				if !near(res.Class, want, tol) || !near(res.Param, cs.ParamLoss[k], tol) {
					t.Errorf("layer %d: class %.10g and param %.10g, want %.10g and %.10g", first+k, res.Class, res.Param, want, cs.ParamLoss[k])
				}
				for b := range truths {
					if have := c.pairs(t, layers[first+k], b, truths[b]); !slices.Equal(have, cs.Matches[k][b]) {
						t.Errorf("layer %d image %d: matches %v, want %v", first+k, b, have, cs.Matches[k][b])
					}
				}
			}
		})
	}
}

// pairs are the matches of one image by ascending query.
func (c *Criterion) pairs(t *testing.T, l Output, b int, truths []Truth) (out [][2]int) {
	t.Helper()
	w := &c.workers[0]
	if err := c.match(w, l, b, truths); err != nil {
		t.Fatal(err)
	}
	for q, i := range w.target {
		if i >= 0 {
			out = append(out, [2]int{q, i})
		}
	}
	return out
}

// costTol allows for the ten digits of the truths, in rows, over a scale of centimetres.
const costTol = 1e-7

func TestGoldenMatching(t *testing.T) {
	g := readGolden(t)
	for _, m := range g.Matching {
		c := g.criterion(t, m.Scene, m.Head, m.Options, 1)
		truths := g.truths(m.Scene)
		for i, l := range g.outputs(m.Scene, m.Head) {
			for b, want := range m.Layers[i] {
				have, cost := c.pairs(t, l, b, truths[b]), 0.0
				for _, p := range have {
					cost += c.workers[0].cost[p[0]*len(truths[b])+p[1]]
				}
				if !slices.Equal(have, want.Pairs) || !near(cost, want.Cost, costTol) {
					t.Errorf("%s %s %+v layer %d image %d: %v at %.10g, want %v at %.10g",
						m.Scene, m.Head, m.Options, i, b, have, cost, want.Pairs, want.Cost)
				}
			}
		}
	}
}

// TestWorkersSameBits: the result does not depend on the number of workers, nor on what the criterion computed before.
func TestWorkersSameBits(t *testing.T) {
	g := readGolden(t)
	for _, cs := range g.Cases {
		var first Result
		var want []Output
		truths := g.truths(cs.Scene)
		for i, threads := range []int{1, 3, 3} {
			c := g.criterion(t, cs.Scene, cs.Head, cs.Options, threads)
			layers := g.outputs(cs.Scene, cs.Head)
			var res Result
			for range i + 1 {
				var err error
				if res, err = c.Compute(layers, truths); err != nil {
					t.Fatal(err)
				}
			}
			if i == 0 {
				first, want = res, layers
				continue
			}
			if res != first {
				t.Errorf("%v: %+v with %d workers, %+v with one", &cs, res, threads, first)
			}
			for k := range layers {
				if !sameBits(layers[k].DLogits, want[k].DLogits) || !sameBits(layers[k].DParams, want[k].DParams) {
					t.Errorf("%v layer %d: gradients with %d workers differ from those with one", &cs, k, threads)
				}
			}
		}
	}
}

func sameBits(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) })
}
