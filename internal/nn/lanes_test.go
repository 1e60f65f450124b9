package nn

import (
	"fmt"
	"testing"

	"github.com/geobfdt/geobfdt/internal/kernel"
)

// pickNet has the operations of the real network, on an image whose Winograd tiles hang over both edges.
func pickNet(ps *Params, wrap bool) func(g *Graph) (*Image, []*Mat) {
	return func(g *Graph) (*Image, []*Mat) {
		const d, heads, queries = 32, 2, 5
		in := g.Input(42, 36, 2, 3, wrap)
		x := g.MaxPool(g.ConvNorm(in, nil, ps.Conv("stem", 2, 32, 7), "stem.bn", 7, 2, 2, true))
		y := g.ConvNorm(x, nil, ps.Conv("conv1", 32, 32, 3), "bn1", 3, 1, 1, true)
		x = g.ConvNorm(y, x, ps.Conv("conv2", 32, 32, 3), "bn2", 3, 1, 1, true)
		res := g.ConvNorm(x, nil, ps.Conv("down", 32, 64, 1), "down.bn", 1, 2, 1, false)
		y = g.ConvNorm(x, nil, ps.Conv("conv3", 32, 64, 3), "bn3", 3, 2, 1, true)
		x = g.ConvNorm(y, res, ps.Conv("conv4", 64, 64, 3), "bn4", 3, 1, 1, false)
		f := Field{Rows: x.H, Cols: x.W, HeightM: 1.28, RadiusM: 0.108}

		m := g.LayerNorm(g.Linear(g.Tokens(x), "neck", d, false), "neck.norm")
		pos := g.Linear(GridFeatures(x.H, x.W), "position", d, false)
		m = g.AddPosition(m, pos)
		m = g.LinearAdd(g.Attention(g.Linear(m, "q", d, false), g.Linear(m, "k", d, false), g.Linear(m, "v", d, false), heads), "mix", m)
		p := g.Broadcast("anchor", queries, 3)
		q := g.Add(g.Broadcast("content", queries, d), g.Linear(g.AnchorFeatures(p), "sine", d, true))
		out := []*Mat{}
		for i := range 2 { // the first turn's queries are constants, the second's are not
			name := fmt.Sprint("layer", i)
			c := g.ColumnAttention(q, m, m, p, name, heads, f)
			hidden := g.AddRepeatReLU(g.Linear(c, name+".column", d, false), g.Linear(q, name+".query", d, false), f.Cols)
			offset := g.Harmonics(g.Linear(hidden, name+".offset", 1, false), f.Cols, 1, 0.1)
			q = g.LinearAdd(g.Harmonics(c, f.Cols, d, 1), name+".out", q)
			p = g.Refine(p, g.Linear(q, name+".delta", 3, false), offset, f, i == 0)
			out = append(out, g.Sigmoid(g.Linear(q, name+".class", 3, false)), p)
		}
		return in, out
	}
}

func fillImages(in *Image, seed uint64) {
	for b := range in.B {
		rng := newRand(seed + uint64(b))
		for y := range in.H {
			row := in.Data[in.Offset(b, y, 0):][:in.W*in.C]
			for i := range row {
				row[i] = float32(rng.NormFloat64())
			}
		}
		in.FillImageBorder(b)
	}
}

// evaluated is what a graph with gradients, which folds nothing and shares no memory, says in evaluation.
func evaluated(t *testing.T, ps *Params, wrap bool, batch int) map[string][]float32 {
	pool := kernel.NewPool(1)
	defer pool.Close()
	g := NewGraph(pool, ps, batch, true)
	in, out := pickNet(ps, wrap)(g)
	fillImages(in, 1)
	g.Forward()
	return named(out)
}

func named(out []*Mat) map[string][]float32 {
	m := map[string][]float32{}
	for i, o := range out {
		m[fmt.Sprint("output ", i)] = clone(o.Data)
	}
	return m
}

// pickParams are parameters with running statistics and scales that folding must not get wrong.
func pickParams(t *testing.T, wrap bool) *Params {
	pool := kernel.NewPool(1)
	defer pool.Close()
	ps := NewParams()
	pickNet(ps, wrap)(NewGraph(pool, ps, 1, false))
	rng := newRand(9)
	for _, p := range ps.List {
		scale, shift := 0.15, 0.0
		if p.IsScale() {
			scale, shift = 0.2, 1
		}
		p.Fill(func() float32 { return float32(shift + scale*(2*rng.Float64()-1)) })
	}
	return ps
}

// TestInference holds a graph for picking to the evaluation of a graph for training, at batches that the workers share in whole
// images, in rows, and in both.
func TestInference(t *testing.T) {
	was := kernel.ISA()
	t.Cleanup(func() {
		if err := kernel.SetISA(was); err != nil {
			t.Error(err)
		}
	})
	for _, isa := range []string{"generic", "neon", "avx2", "avx512"} {
		for _, wrap := range []bool{true, false} {
			if err := kernel.SetISA(isa); err != nil {
				t.Logf("%v: skipped", err)
				continue
			}
			ps := pickParams(t, wrap)
			want := evaluated(t, ps, wrap, 7)
			for _, threads := range []int{1, 2, 3} {
				if isa == "generic" && threads > 1 {
					continue // slow, and the sharing does not depend on the kernels
				}
				pool := kernel.NewPool(threads)
				for _, batch := range []int{1, 2, 7} {
					g, in, out := NewInference(pool, ps, batch, pickNet(ps, wrap))
					fillImages(in, 1)
					g.Forward()
					have := named(out)
					g.Forward()
					compare(t, named(out), have, 0)
					part := map[string][]float32{}
					for k, w := range want {
						part[k] = w[:len(have[k])]
					}
					t.Run(fmt.Sprintf("%s/wrap=%v/threads=%d/batch=%d", isa, wrap, threads, batch), func(t *testing.T) { compare(t, have, part, 1e-4) })
				}
				pool.Close()
			}
		}
	}
}

// TestInferenceBits: an answer does not depend on the batch, the place in it, the workers, or what was computed before.
func TestInferenceBits(t *testing.T) {
	ps := pickParams(t, true)
	var want map[string][]float32
	for _, threads := range []int{1, 2, 3} {
		pool := kernel.NewPool(threads)
		defer pool.Close()
		g, in, out := NewInference(pool, ps, 7, pickNet(ps, true))
		for _, seed := range []uint64{50, 1} {
			fillImages(in, seed)
			g.Forward()
		}
		if want == nil {
			want = named(out)
		}
		compare(t, named(out), want, 0)
		one, oneIn, oneOut := NewInference(pool, ps, 1, pickNet(ps, true))
		for b := range 7 {
			fillImages(oneIn, uint64(1+b))
			one.Forward()
			for k, have := range named(oneOut) {
				if n := len(have); !sameBits(have, want[k][b*n:][:n]) {
					t.Errorf("%d threads: image %d alone has other bits in %s", threads, b, k)
				}
			}
		}
	}
}

// TestRefresh: a graph for picking keeps the parameters of its first pass until it is told.
func TestRefresh(t *testing.T) {
	ps := pickParams(t, true)
	pool := kernel.NewPool(2)
	defer pool.Close()
	g, in, out := NewInference(pool, ps, 3, pickNet(ps, true))
	fillImages(in, 1)
	g.Forward()
	before := named(out)
	for _, name := range []string{"conv1.weight", "stem.bn.running_var", "content", "position.bias"} {
		p := ps.Get(name)
		for i := range p.Data {
			p.Data[i] *= 1.25
		}
	}
	g.Refresh()
	g.Forward()
	if sameBits(out[0].Data, before["output 0"]) {
		t.Error("Refresh did not take over the parameters")
	}
	compare(t, named(out), evaluated(t, ps, true, 3), 1e-4)
}

func TestInferenceNoAllocation(t *testing.T) {
	ps := pickParams(t, true)
	for _, threads := range []int{1, 2} {
		pool := kernel.NewPool(threads)
		defer pool.Close()
		g, _, _ := NewInference(pool, ps, 5, pickNet(ps, true))
		g.Forward()
		if a := testing.AllocsPerRun(5, g.Forward); a != 0 {
			t.Errorf("Forward with %d threads allocates %g times", threads, a)
		}
	}
}

// TestInferenceMemory: values share memory, and the batch does not multiply it.
func TestInferenceMemory(t *testing.T) {
	ps := pickParams(t, true)
	pool := kernel.NewPool(1)
	defer pool.Close()
	g, _, _ := NewInference(pool, ps, 16, pickNet(ps, true))
	lane := g.lanes.lane[0].graph
	var sharing []*value
	all := 0
	for _, v := range lane.values {
		if v.shared() {
			sharing = append(sharing, v)
			all += v.size
		}
	}
	if n := place(sharing); n*2 > all {
		t.Errorf("the arena takes %d floats, the values together %d", n, all)
	}
	for i, v := range sharing {
		for _, w := range sharing[:i] {
			if v.first <= w.last && w.first <= v.last && v.offset < w.offset+w.size && w.offset < v.offset+v.size {
				t.Errorf("values of operations %d-%d and %d-%d overlap", v.first, v.last, w.first, w.last)
			}
		}
	}
	if len(lane.constants) < 5 {
		t.Errorf("%d operations on parameters alone; want position, anchor, content, sine features and more", len(lane.constants))
	}
	if lane.batch > laneImages {
		t.Errorf("a lane holds %d images", lane.batch)
	}
}
