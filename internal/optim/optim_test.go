package optim

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/nn"
)

// golden is testdata/golden.json, three steps of torch.optim.AdamW behind clip_grad_norm_; testdata/gen.py writes it.
type golden struct {
	Options struct {
		Beta1, Beta2 float64
		WeightDecay  float64 `json:"weight_decay"`
	}
	Shapes map[string][]int
	Start  map[string]any
	Steps  []struct {
		Limit, LR, Norm        float64
		Grads, Clipped, Params map[string]any
	}
}

// flat is a nested list of numbers as one slice.
func flat(x any) (out []float32) {
	switch v := x.(type) {
	case float64:
		out = append(out, float32(v))
	case []any:
		for _, e := range v {
			out = append(out, flat(e)...)
		}
	}
	return out
}

func readGolden(t *testing.T) (g golden) {
	t.Helper()
	raw, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

func newPool(t *testing.T, threads int) *kernel.Pool {
	t.Helper()
	pool := kernel.NewPool(threads)
	t.Cleanup(pool.Close)
	return pool
}

// newParams declares the golden parameters and a buffer, with room for gradients.
func (g *golden) newParams(t *testing.T, pool *kernel.Pool) *nn.Params {
	t.Helper()
	ps := nn.NewParams()
	graph := nn.NewGraph(pool, ps, 1, true)
	ps.Linear("fc", 3, 5)
	ps.Rows("norm.weight", 33)
	ps.Rows("query", 2, 3)
	graph.BatchNorm(graph.Input(1, 1, 32, 1, false), nil, "bn", false) // for its running statistics
	ps.List = slices.DeleteFunc(ps.List, func(p *nn.Param) bool { return !p.Buffer && g.Shapes[p.Name] == nil })
	graph.ZeroGrad()
	for name := range g.Shapes {
		g.load(t, ps.Get(name), ps.Get(name).Data, g.Start)
	}
	return ps
}

func (g *golden) load(t *testing.T, p *nn.Param, dst []float32, values map[string]any) {
	t.Helper()
	if err := p.Load(dst, tensor.New(tensor.WithShape(p.Shape...), tensor.WithBacking(flat(values[p.Name])))); err != nil {
		t.Fatal(err)
	}
}

func (g *golden) optimiser(ps *nn.Params, pool *kernel.Pool) *AdamW {
	return NewAdamW(ps, g.Options.Beta1, g.Options.Beta2, g.Options.WeightDecay, pool)
}

// step loads the gradients of golden step i, clips them and applies them; it returns the norm.
func (g *golden) step(t *testing.T, a *AdamW, ps *nn.Params, i int) float64 {
	t.Helper()
	for name := range g.Shapes {
		g.load(t, ps.Get(name), ps.Get(name).Grad, g.Steps[i].Grads)
	}
	n := a.Clip(g.Steps[i].Limit)
	a.Step(g.Steps[i].LR)
	return n
}

// closeTo compares the neutral values of storage with a golden list to an absolute tolerance.
func closeTo(t *testing.T, what string, p *nn.Param, storage []float32, want any, tol float64) {
	t.Helper()
	have := p.Dense(storage).Data().([]float32)
	for i, w := range flat(want) {
		if !(math.Abs(float64(have[i])-float64(w)) <= tol) {
			t.Errorf("%s: value %d of %s is %.9g, want %.9g", what, i, p.Name, have[i], w)
			return
		}
	}
}

func TestAdamWAgainstTorch(t *testing.T) {
	g := readGolden(t)
	for _, threads := range []int{1, 3} {
		pool := newPool(t, threads)
		ps := g.newParams(t, pool)
		a := g.optimiser(ps, pool)
		for i, want := range g.Steps {
			n := g.step(t, a, ps, i)
			if math.Abs(n/want.Norm-1) > 1e-6 {
				t.Errorf("step %d: norm %.9g, want %.9g", i, n, want.Norm)
			}
			for name := range g.Shapes {
				p := ps.Get(name)
				closeTo(t, "clipped gradient", p, p.Grad, want.Clipped[name], 1e-6)
				closeTo(t, "weights", p, p.Data, want.Params[name], 3e-7+1e-4*want.LR) // float32, and the share of a step that kernel.AdamW admits
			}
			if a.Steps() != int64(i+1) {
				t.Errorf("%d steps counted after %d", a.Steps(), i+1)
			}
		}
		for _, name := range []string{"fc.weight", "fc.bias", "norm.weight", "query"} {
			p := ps.Get(name)
			used := 0
			for _, v := range p.Data {
				if v != 0 {
					used++
				}
			}
			if used > p.Len() {
				t.Errorf("%s: %d values are not zero, of %d: the padding moved", name, used, p.Len())
			}
		}
	}
}

func TestBuffersStay(t *testing.T) {
	g := readGolden(t)
	pool := newPool(t, 1)
	ps := g.newParams(t, pool)
	a := g.optimiser(ps, pool)
	buffers := 0
	for _, p := range ps.List {
		if p.Buffer {
			buffers++
			p.Fill(func() float32 { return 7 })
		}
	}
	g.step(t, a, ps, 0)
	for _, p := range ps.List {
		if p.Buffer && slices.ContainsFunc(p.Data, func(v float32) bool { return v != 7 }) {
			t.Errorf("%s moved", p.Name)
		}
	}
	if buffers != 2 {
		t.Errorf("%d buffers, want 2", buffers)
	}
	saved := map[string]*tensor.Dense{}
	a.Save(saved)
	if len(saved) != 2*len(g.Shapes) {
		t.Errorf("%d tensors saved, want two for each of %d parameters", len(saved), len(g.Shapes))
	}
}

// TestResume: weights and state that went through Save and Load continue with the same bits.
func TestResume(t *testing.T) {
	g := readGolden(t)
	pool := newPool(t, 2)
	ps := g.newParams(t, pool)
	a := g.optimiser(ps, pool)
	g.step(t, a, ps, 0)
	g.step(t, a, ps, 1)
	saved := map[string]*tensor.Dense{}
	a.Save(saved)

	resumed := g.newParams(t, pool)
	b := g.optimiser(resumed, pool)
	for name := range g.Shapes {
		if err := resumed.Get(name).Load(resumed.Get(name).Data, ps.Get(name).Dense(ps.Get(name).Data)); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Load(saved, a.Steps()); err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{2, 0, 1} {
		g.step(t, a, ps, i)
		g.step(t, b, resumed, i)
	}
	if a.Steps() != b.Steps() {
		t.Errorf("%d steps, want %d", b.Steps(), a.Steps())
	}
	for name := range g.Shapes {
		if !slices.Equal(ps.Get(name).Data, resumed.Get(name).Data) {
			t.Errorf("%s went another way after resuming", name)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	g := readGolden(t)
	pool := newPool(t, 1)
	a := g.optimiser(g.newParams(t, pool), pool)
	for want, spoil := range map[string]func(map[string]*tensor.Dense){
		"adamw.v.fc.bias is missing": func(s map[string]*tensor.Dense) { delete(s, "adamw.v.fc.bias") },
		"parameter query":            func(s map[string]*tensor.Dense) { s["adamw.m.query"] = s["adamw.m.fc.bias"] },
	} {
		s := map[string]*tensor.Dense{}
		a.Save(s)
		spoil(s)
		if err := a.Load(s, 5); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one about %q", err, want)
		}
		if a.Steps() != 0 {
			t.Errorf("a refused load set %d steps", a.Steps())
		}
	}
}

// TestNormOfBadGradients: the caller learns of NaN and infinity from the norm; large finite gradients do not overflow.
func TestNormOfBadGradients(t *testing.T) {
	g := readGolden(t)
	pool := newPool(t, 2)
	ps := g.newParams(t, pool)
	a := g.optimiser(ps, pool)
	grad := ps.Get("norm.weight").Grad
	nan, inf := float32(math.NaN()), float32(math.Inf(-1))
	for _, at := range []int{0, 13, 32} { // in and behind the whole vectors of the kernel
		clear(grad)
		grad[at] = nan
		if n := a.GradNorm(); !math.IsNaN(n) {
			t.Errorf("norm %g with NaN at %d", n, at)
		}
		if n := a.Clip(1); !math.IsNaN(n) {
			t.Errorf("clipping reports norm %g with NaN at %d", n, at)
		}
		grad[at] = inf
		if n := a.GradNorm(); !math.IsInf(n, 1) {
			t.Errorf("norm %g with -Inf at %d", n, at)
		}
		grad[at] = 1e30
		if n := a.GradNorm(); math.Abs(n/1e30-1) > 1e-6 {
			t.Errorf("norm %g, want 1e30", n)
		}
	}
}

func TestClipLimits(t *testing.T) {
	g := readGolden(t)
	pool := newPool(t, 1)
	ps := g.newParams(t, pool)
	a := g.optimiser(ps, pool)
	grad := ps.Get("norm.weight").Grad
	for _, c := range []struct{ limit, want float64 }{{0, 5}, {10, 5}, {5, 5}, {1, 1}} {
		clear(grad)
		grad[0], grad[32] = 3, -4
		if n := a.Clip(c.limit); n != 5 {
			t.Errorf("limit %g: norm before is %g, want 5", c.limit, n)
		}
		if n := a.GradNorm(); math.Abs(n-c.want) > 1e-5 {
			t.Errorf("limit %g: norm after is %g, want %g", c.limit, n, c.want)
		}
	}
}

func TestSchedule(t *testing.T) {
	cosine := Schedule{Peak: 4e-4, Final: 0.01, Total: 100}
	warm := Schedule{Peak: 4e-4, Final: 0.01, Warmup: 10, Total: 100}
	for _, c := range []struct {
		s    Schedule
		step int64
		want float64
	}{
		{cosine, 0, 4e-4},
		{cosine, 25, 4e-4 * (0.99*(1+math.Sqrt2/2)/2 + 0.01)},
		{cosine, 50, 4e-4 * 0.505},
		{cosine, 100, 4e-6},
		{cosine, 100000, 4e-6},
		{warm, 0, 4e-5},
		{warm, 4, 0.5 * cosine.At(4)},
		{warm, 9, cosine.At(9)},
		{warm, 50, 4e-4 * 0.505},
		{Schedule{Peak: 1, Final: 1, Total: 10}, 7, 1},
		{Schedule{Peak: 1, Final: 0, Total: 0}, 0, 1},
		{Schedule{Peak: 1, Final: 0, Total: 0}, 1, 0},
	} {
		if have := c.s.At(c.step); math.Abs(have-c.want) > 1e-12 {
			t.Errorf("%+v at step %d: %g, want %g", c.s, c.step, have, c.want)
		}
	}
}
