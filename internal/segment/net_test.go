package segment

import (
	"errors"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/checkpoint"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/tile"
)

func tinyTile() tile.Options {
	return tile.Options{Rows: 32, Columns: 32, RowM: 0.01, Overlap: 0.5, Image: tile.ImageTile, MaskChannel: true, Split: tile.SplitWell}
}

func tinyOptions() Options {
	o := DefaultOptions()
	o.Widths = []int{32, 64, 64}
	return o
}

func newNet(t *testing.T, o Options, tl tile.Options) *Net {
	t.Helper()
	n, err := NewNet(o, tl, 5)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// randomTile is noise without gaps.
func randomTile(rng *rand.Rand, t tile.Options) []float32 {
	x := make([]float32, t.Size())
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	return x
}

// An untrained network believes in few traces; a graph that predicts agrees with the one for training, also at odd numbers of rows.
func TestNetStartsAtThePrior(t *testing.T) {
	pool := newPool(t, 2)
	for _, rows := range []int{32, 37} {
		tl := tinyTile()
		tl.Rows = rows
		n := newNet(t, tinyOptions(), tl)
		g, fast := n.Build(pool, 3, true), n.Build(pool, 3, false)
		rng := rand.New(rand.NewPCG(1, 0))
		for i := range 3 {
			x := randomTile(rng, tl)
			g.SetInput(i, x)
			fast.SetInput(i, x)
		}
		g.Forward()
		fast.Forward()
		pixels := 3 * rows * tl.Columns
		p, q := make([]float32, pixels*Classes), make([]float32, pixels*Classes)
		probabilities(p, g.Logits.Data, g.Logits.Stride, pixels, pool)
		probabilities(q, fast.Logits.Data, fast.Logits.Stride, pixels, pool)
		sum := 0.0
		for i, v := range p {
			sum += float64(v)
			if math.Abs(float64(v-q[i])) > 1e-5 {
				t.Fatalf("%d rows: pixel %d: %g in training, %g in picking", rows, i, v, q[i])
			}
		}
		if mean := sum / float64(len(p)); mean < 0.03 || mean > 0.08 {
			t.Errorf("an untrained network marks %.3f, want about %g", mean, priorShare)
		}
	}
}

// The derivative of the loss along the gradient of parameters of every part of the network, by central differences.
func TestNetGradient(t *testing.T) {
	pool := newPool(t, 2)
	tl := tinyTile()
	n := newNet(t, tinyOptions(), tl)
	n.Params.Get("head.weight").Fill(func() float32 { return 0.1 }) // the start lets hardly any gradient through
	g := n.Build(pool, 2, true)
	crit := NewCriterion(n.Options, pool)
	rng := rand.New(rand.NewPCG(2, 0))
	pixels := 2 * tl.Rows * tl.Columns
	truth, seen := make([]float32, pixels*Classes), make([]bool, pixels)
	for i := range seen {
		seen[i] = rng.Float64() < 0.9
		truth[i*Classes] = float32(rng.IntN(2))
	}
	for i := range 2 {
		g.SetInput(i, randomTile(rng, tl))
	}
	g.Training = true
	value := func() float64 {
		g.Forward()
		return crit.Compute(g.Logits.Data, nil, g.Logits.Stride, truth, seen)
	}
	g.Forward()
	g.ZeroGrad()
	crit.Compute(g.Logits.Data, g.Logits.Grad, g.Logits.Stride, truth, seen)
	g.Backward()
	for _, name := range []string{"stem.conv.weight", "encoder.1.down.conv.weight", "encoder.2.same.conv.weight", "decoder.0.narrow.conv.weight",
		"decoder.1.up.bn.bias", "decoder.0.up.conv.weight", "head.bias"} {
		p := n.Params.Get(name)
		if p == nil {
			t.Fatalf("no parameter %s", name)
		}
		norm := 0.0
		for _, v := range p.Grad {
			norm += float64(v) * float64(v)
		}
		norm = math.Sqrt(norm)
		keep := append([]float32(nil), p.Data...)
		move := func(k float64) float64 {
			for i, v := range p.Grad {
				p.Data[i] = keep[i] + float32(k*float64(v)/norm)
			}
			return value()
		}
		const h = 0.01
		have := (move(h) - move(-h)) / (2 * h)
		copy(p.Data, keep)
		if !(norm > 0) || math.Abs(have-norm) > 0.03*norm {
			t.Errorf("%s: slope %g, gradient %g", name, have, norm)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	if err := DefaultOptions().Validate(tile.Options{Rows: 256, Columns: 96, RowM: 0.005, Image: tile.ImageTile}); err != nil {
		t.Errorf("the defaults: %v", err)
	}
	for want, change := range map[string]func(o *Options, t *tile.Options){
		"segment.loss":      func(o *Options, _ *tile.Options) { o.Loss = "hinge" },
		"segment.gamma":     func(o *Options, _ *tile.Options) { o.Gamma = math.NaN() },
		"segment.alpha":     func(o *Options, _ *tile.Options) { o.Alpha = 1 },
		"segment.line_m":    func(o *Options, _ *tile.Options) { o.LineM = 0 },
		"segment.threshold": func(o *Options, _ *tile.Options) { o.Threshold = 1 },
		"1 levels":          func(o *Options, _ *tile.Options) { o.Widths = []int{32} },
		"no multiple of 32": func(o *Options, _ *tile.Options) { o.Widths = []int{32, 40} },
		"tile.columns 30":   func(_ *Options, t *tile.Options) { t.Columns = 30 },
		"too small":         func(o *Options, t *tile.Options) { t.Columns = 8 },
		"make it smaller":   func(_ *Options, t *tile.Options) { t.Rows = 1 << 20 },
		"at least 2":        func(_ *Options, t *tile.Options) { t.Rows = 0 },
	} {
		o, tl := tinyOptions(), tinyTile()
		change(&o, &tl)
		if _, err := NewNet(o, tl, 1); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one about %q", err, want)
		}
	}
}

// A network comes back from its file; what is no such file says so.
func TestLoad(t *testing.T) {
	n := newNet(t, tinyOptions(), tinyTile())
	f, err := n.file(model.Record{Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "model.safetensors")
	if err := checkpoint.WriteFile(path, f); err != nil {
		t.Fatal(err)
	}
	back, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range n.Params.List {
		for k, v := range p.Data {
			if back.Params.List[i].Data[k] != v {
				t.Fatalf("%s changed", p.Name)
			}
		}
	}
	if back.Tile != n.Tile || back.Options.Loss != n.Options.Loss {
		t.Errorf("options %+v %+v", back.Options, back.Tile)
	}
	for what, change := range map[string]func(*checkpoint.File){
		"format":            func(f *checkpoint.File) { f.Metadata[metaFormat] = "other" },
		"metadata segment":  func(f *checkpoint.File) { f.Metadata[metaOptions] = "{" },
		"head.bias is miss": func(f *checkpoint.File) { delete(f.Tensors, "head.bias") },
		"segment.widths": func(f *checkpoint.File) {
			f.Metadata[metaOptions] = `{"loss":"ce","gamma":2,"alpha":0.25,"false_positive":1,"false_negative":1,"line_m":1,"threshold":0.5,"widths":[3000000,32]}`
		},
	} {
		f, err := n.file(model.Record{})
		if err != nil {
			t.Fatal(err)
		}
		change(f)
		if _, err := fromFile(f); !errors.Is(err, ErrNotModel) || !strings.Contains(err.Error(), what) {
			t.Errorf("error %v, want %v about %q", err, ErrNotModel, what)
		}
	}
}

// Twice the multiply-adds of the smallest network on a tile of 8 x 16 pixels, counted by hand.
func TestGFLOP(t *testing.T) {
	o := Options{Widths: []int{32, 64}}
	tl := tile.Options{Rows: 8, Columns: 16, Image: tile.ImageTile, MaskChannel: true}
	stem := 128 * 49 * 2 * 32
	down, same := 32*9*32*64, 32*9*64*64
	narrow, up, head := 32*64*32, 128*9*32*32, 128*32*2
	if want := 2e-9 * float64(stem+down+same+narrow+up+head); math.Abs(o.GFLOP(tl)-want) > 1e-12 {
		t.Errorf("%g GFLOP, want %g", o.GFLOP(tl), want)
	}
}
