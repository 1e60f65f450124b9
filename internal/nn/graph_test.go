package nn

import (
	"fmt"
	"math"
	"testing"

	"github.com/geobfdt/geobfdt/internal/kernel"
)

// smallNet has every operation once, wired as in the real network: a residual backbone, tokens, attention, column attention, anchors.
type smallNet struct {
	*Graph
	x      *Image
	logits *Mat
	params *Mat
}

func newSmallNet(pool *kernel.Pool, ps *Params, batch int, grad bool) *smallNet {
	const d, heads, queries = 32, 2, 5
	g := NewGraph(pool, ps, batch, grad)
	n := &smallNet{Graph: g, x: g.Input(21, 16, 2, 3, true)}
	x := g.MaxPool(g.BatchNorm(g.Conv(n.x, ps.Conv("stem", 2, 32, 7), 7, 2, 2), nil, "stem.bn", true))
	res := g.BatchNorm(g.Conv(x, ps.Conv("down", 32, 64, 1), 1, 2, 1), nil, "down.bn", false)
	y := g.BatchNorm(g.Conv(x, ps.Conv("conv1", 32, 64, 3), 3, 2, 1), nil, "bn1", true)
	x = g.BatchNorm(g.Conv(y, ps.Conv("conv2", 64, 64, 3), 3, 1, 1), res, "bn2", true)
	f := Field{Rows: x.H, Cols: x.W, HeightM: 1.28, RadiusM: 0.108}

	m := g.LayerNorm(g.Linear(g.Tokens(x), "neck", d, false), "neck.norm")
	m = g.AddPosition(m, g.Linear(GridFeatures(x.H, x.W), "position", d, false))
	m = g.Add(m, g.Attention(g.Linear(m, "q", d, false), g.Linear(m, "k", d, false), g.Linear(m, "v", d, false), heads))
	p := g.Broadcast("query.anchor", queries, 3)
	q := g.Add(g.Broadcast("query.content", queries, d), g.Linear(g.AnchorFeatures(p), "anchor", d, true))
	c := g.ColumnAttention(q, m, m, p, "cross", heads, f)
	hidden := g.AddRepeatReLU(g.Linear(c, "column", d, false), g.Linear(q, "query", d, false), f.Cols)
	offset := g.Harmonics(g.Linear(hidden, "offset", 1, false), f.Cols, 1, 0.1)
	t := g.Linear(g.Harmonics(c, f.Cols, d, 1), "out", d, true)
	n.params = g.Refine(p, g.Linear(t, "delta", 3, false), offset, f, true)
	n.logits = g.Sigmoid(g.Linear(t, "class", 3, false))
	return n
}

func fillParams(ps *Params) {
	rng := newRand(20)
	for _, p := range ps.List {
		scale := 0.1
		if p.IsScale() {
			scale = 0
		}
		p.Fill(func() float32 { return float32(scale*rng.NormFloat64() + 10*(0.1-scale)) })
	}
}

// step runs one forward and backward pass with a fixed gradient of the outputs.
func (n *smallNet) step(training bool) {
	n.Training = training
	n.Forward()
	n.ZeroGrad()
	for _, m := range []*Mat{n.logits, n.params} {
		for r := range m.N() {
			for c := range m.Cols {
				m.GradRow(r)[c] = float32(math.Sin(float64(r*m.Cols + c + 1)))
			}
		}
	}
	n.Backward()
}

// fixture builds a filled network of its own parameters.
func smallFixture(t testing.TB, threads, batch int) (*smallNet, *Params) {
	t.Helper()
	pool := kernel.NewPool(threads)
	t.Cleanup(pool.Close)
	ps := NewParams()
	n := newSmallNet(pool, ps, batch, true)
	fillParams(ps)
	n.fillInput(0)
	return n, ps
}

// fillInput draws image i of the batch from seed first+i.
func (n *smallNet) fillInput(first int) {
	for b := range n.x.B {
		rng := newRand(uint64(30 + first + b))
		for y := range n.x.H {
			row := n.x.Data[n.x.Offset(b, y, 0):][:n.x.W*n.x.C]
			for i := range row {
				row[i] = float32(rng.NormFloat64())
			}
		}
		n.x.FillImageBorder(b)
	}
}

// results are the outputs, gradients, and parameters with their running statistics, by name.
func (n *smallNet) results(ps *Params) map[string][]float32 {
	out := map[string][]float32{"logits": clone(n.logits.Data), "params": clone(n.params.Data)}
	for _, p := range ps.List {
		out[p.Name] = clone(p.Data)
		if !p.Buffer {
			out["gradient of "+p.Name] = clone(p.Grad)
		}
	}
	return out
}

func clone(x []float32) []float32 { return append([]float32(nil), x...) }

// cancelling is how much a float32 sum of terms of order one that cancel may differ with their order: two units in the last place of 1.
// With fused multiply-adds (arm64) one was seen.
const cancelling = 0x1p-22

// compare fails where values differ by more than tol of the largest, and by more than cancelling; tol 0 asks for the same bits.
func compare(t *testing.T, have, want map[string][]float32, tol float64) {
	t.Helper()
	for name, w := range want {
		h := have[name]
		if tol == 0 {
			if !sameBits(h, w) {
				t.Errorf("%s: not the same bits", name)
			}
			continue
		}
		top, worst := 0.0, 0.0
		for i, v := range w {
			top = max(top, math.Abs(float64(v)))
			worst = max(worst, math.Abs(float64(v)-float64(h[i])))
		}
		if !(worst <= tol*top+cancelling) {
			t.Errorf("%s: differs by %g of %g", name, worst, top)
		}
	}
}

// TestSameBits: the same parameters, input and thread count give the same bits.
func TestSameBits(t *testing.T) {
	for _, threads := range []int{1, 2, 3} {
		a, pa := smallFixture(t, threads, 3)
		b, pb := smallFixture(t, threads, 3)
		a.step(true)
		b.step(true)
		compare(t, b.results(pb), a.results(pa), 0)
	}
}

// TestWorkersAgree: the number of workers changes the order of sums and nothing else.
func TestWorkersAgree(t *testing.T) {
	a, pa := smallFixture(t, 1, 3)
	a.step(true)
	want := a.results(pa)
	for _, threads := range []int{2, 5} {
		b, pb := smallFixture(t, threads, 3)
		b.step(true)
		compare(t, b.results(pb), want, 1e-5)
	}
}

// TestNoStaleState: a second pass over the same batch, after one over another, gives the same outputs and gradients.
func TestNoStaleState(t *testing.T) {
	n, ps := smallFixture(t, 2, 2)
	keep := func() map[string][]float32 {
		r := n.results(ps)
		for _, p := range ps.List {
			if p.Buffer {
				delete(r, p.Name) // running statistics move on
			}
		}
		return r
	}
	n.step(true)
	want := keep()
	n.step(true)
	compare(t, keep(), want, 0)
	n.fillInput(50)
	n.step(true)
	if sameBits(n.logits.Data, want["logits"]) {
		t.Error("another input gives the same outputs")
	}
	n.step(false)
	n.fillInput(0)
	n.step(true)
	compare(t, keep(), want, 0)
}

// TestEveryGradient: every learned parameter gets a gradient, every padding stays zero.
func TestEveryGradient(t *testing.T) {
	n, ps := smallFixture(t, 2, 2)
	n.step(true)
	for _, p := range ps.List {
		v := paramView(p)
		v.checkGaps(t, "value", p.Data)
		if p.Buffer {
			if p.Grad != nil {
				t.Errorf("%s is a buffer with a gradient", p.Name)
			}
			continue
		}
		v.checkGaps(t, "gradient", p.Grad)
		switch top := largest(v.gather(p.Grad)); {
		case p.Name == "k.bias": // adds the same to all logits of a query
			if top > 1e-6 {
				t.Errorf("the gradient of %s is %g, want rounding only", p.Name, top)
			}
		case top == 0:
			t.Errorf("no gradient reaches %s", p.Name)
		}
	}
}

// TestEvaluation: parameters and running statistics stay, a graph without gradients gives the same values, and so does every image
// alone.
func TestEvaluation(t *testing.T) {
	n, ps := smallFixture(t, 2, 3)
	n.step(true) // moves the running statistics away from their start
	n.Training = false
	before := map[string][]float32{}
	for _, p := range ps.List {
		before[p.Name] = clone(p.Data)
	}
	n.Forward()
	for _, p := range ps.List {
		if !sameBits(p.Data, before[p.Name]) {
			t.Errorf("evaluation changed %s", p.Name)
		}
	}
	pool := kernel.NewPool(1)
	defer pool.Close()
	declared := len(ps.List)
	whole, one := newSmallNet(pool, ps, 3, false), newSmallNet(pool, ps, 1, false)
	if len(ps.List) != declared {
		t.Errorf("further graphs declared %d parameters", len(ps.List)-declared)
	}
	whole.fillInput(0)
	whole.Forward()
	compare(t, map[string][]float32{"logits": whole.logits.Data, "params": whole.params.Data},
		map[string][]float32{"logits": n.logits.Data, "params": n.params.Data}, 0)
	rows := n.logits.Rows * n.logits.Stride
	for b := range 3 {
		one.fillInput(b)
		one.Forward()
		name := fmt.Sprintf("image %d alone", b)
		compare(t, map[string][]float32{name: one.logits.Data}, map[string][]float32{name: n.logits.Data[b*rows:][:rows]}, 1e-5)
	}
}

// TestGradientOfNetwork follows the gradient of some parameters of the whole network by central differences. Float32 sets the
// tolerance; each operation is held to its float64 reference elsewhere.
func TestGradientOfNetwork(t *testing.T) {
	n, ps := smallFixture(t, 1, 2)
	n.step(true)
	loss := func() (s float64) {
		n.Forward()
		for _, m := range []*Mat{n.logits, n.params} {
			for r := range m.N() {
				for c, v := range m.Row(r) {
					s += float64(v) * math.Sin(float64(r*m.Cols+c+1))
				}
			}
		}
		return s
	}
	for _, name := range []string{"class.bias", "delta.weight", "offset.weight", "cross.log_sigma", "query.content", "query.weight", "q.weight", "position.bias", "neck.norm.weight", "bn2.bias"} {
		p := ps.Get(name)
		v := paramView(p)
		grad := v.gather(p.Grad)
		along := make([]float64, len(grad))
		want, top := 0.0, math.Sqrt(dot(grad, grad))
		for i, g := range grad { // the direction of the gradient itself, in which the signal is largest
			along[i] = g / top
			want += g * along[i]
		}
		const h = 0.01
		old := clone(p.Data)
		move := func(k float64) float64 {
			for i, j := range v.index {
				p.Data[j] = old[j] + float32(k*along[i])
			}
			return loss()
		}
		have := (move(h) - move(-h)) / (2 * h)
		copy(p.Data, old)
		if !(math.Abs(have-want) <= 0.02*want) {
			t.Errorf("%s: slope %g, gradient %g", name, have, want)
		}
	}
}

// TestNoAllocation: a step allocates nothing once the first has made the gradients.
func TestNoAllocation(t *testing.T) {
	for _, threads := range []int{1, 2} {
		n, _ := smallFixture(t, threads, 2)
		n.step(true)
		for name, f := range map[string]func(){"Forward": n.Forward, "ZeroGrad": n.ZeroGrad, "Backward": n.Backward} {
			if a := testing.AllocsPerRun(5, f); a != 0 {
				t.Errorf("%s with %d threads allocates %g times", name, threads, a)
			}
		}
	}
}
