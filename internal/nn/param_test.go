package nn

import (
	"math"
	"slices"
	"testing"

	"gorgonia.org/tensor"
)

func testParams() *Params {
	ps := NewParams()
	ps.Linear("fc", 5, 37)
	ps.Linear("one", 1, 1)
	ps.Conv("conv", 3, 64, 3)
	ps.Rows("norm.weight", 33)
	ps.Rows("query", 4, 3)
	ps.Rows("cross.log_sigma", 1)
	return ps
}

// TestPackingRoundTrip: Dense gives back in neutral order what Load packed, and padding stays zero.
func TestPackingRoundTrip(t *testing.T) {
	for _, p := range testParams().List {
		src := make([]float32, p.Len())
		for i := range src {
			src[i] = float32(i + 1)
		}
		if err := p.Load(p.Data, tensor.New(tensor.WithShape(p.Shape...), tensor.WithBacking(src))); err != nil {
			t.Fatal(err)
		}
		d := p.Dense(p.Data)
		if !slices.Equal([]int(d.Shape()), p.Shape) || !slices.Equal(d.Data().([]float32), src) {
			t.Errorf("%s: shape %v or values differ after a round trip", p.Name, d.Shape())
		}
		v := paramView(p)
		v.checkGaps(t, "value", p.Data)
		for i, k := range v.index {
			if p.Data[k] != src[i] {
				t.Fatalf("%s: neutral value %d lies elsewhere than at %d", p.Name, i, k)
			}
		}
	}
}

// TestPackedLayout pins the layouts that the kernels read: [out/32][in][32] and [out/32][kh][kw][in][32].
func TestPackedLayout(t *testing.T) {
	ps := NewParams()
	w, _ := ps.Linear("fc", 5, 37)
	i := float32(0)
	w.Fill(func() float32 { i++; return i - 1 })
	if have := w.Data[(1*5+3)*32+2]; have != 34*5+3 {
		t.Errorf("linear weight (34, 3) has %g", have)
	}
	c := ps.Conv("conv", 3, 64, 3)
	i = 0
	c.Fill(func() float32 { i++; return i - 1 })
	if have := c.Data[(((1*3+2)*3+1)*3+2)*32+7]; have != ((39*3+2)*3+2)*3+1 {
		t.Errorf("convolution weight (39, 2, 2, 1) has %g", have)
	}
}

func TestLoadRefuses(t *testing.T) {
	ps := testParams()
	for name, d := range map[string]*tensor.Dense{
		"fc.weight":       tensor.New(tensor.WithShape(5, 37), tensor.WithBacking(make([]float32, 5*37))),
		"fc.bias":         tensor.New(tensor.WithShape(37), tensor.WithBacking(make([]float64, 37))),
		"conv.weight":     tensor.New(tensor.WithShape(64, 27), tensor.WithBacking(make([]float32, 64*27))),
		"norm.weight":     tensor.New(tensor.WithShape(33, 1), tensor.WithBacking(make([]float32, 33))),
		"query":           tensor.New(tensor.WithShape(4, 4), tensor.WithBacking(make([]float32, 16))),
		"cross.log_sigma": tensor.New(tensor.FromScalar(float32(1))),
	} {
		p := ps.Get(name)
		before := slices.Clone(p.Data)
		if err := p.Load(p.Data, d); err == nil {
			t.Errorf("%s %v takes %v %v", name, p.Shape, d.Dtype(), d.Shape())
		}
		if !slices.Equal(before, p.Data) {
			t.Errorf("%s changed by a refused load", name)
		}
	}
}

// TestLoadTransposed: a view whose memory is not in the order of its shape is refused.
func TestLoadTransposed(t *testing.T) {
	w := testParams().Get("fc.weight")
	src := make([]float32, w.Len())
	for i := range src {
		src[i] = float32(i)
	}
	d := tensor.New(tensor.WithShape(5, 37), tensor.WithBacking(src))
	if err := d.T(); err != nil {
		t.Fatal(err)
	}
	if err := w.Load(w.Data, d); err == nil {
		t.Error("a transposed view was loaded in the order of its memory")
	}
	materialised := tensor.New(tensor.WithShape(37, 5), tensor.WithBacking(src))
	if err := w.Load(w.Data, materialised); err != nil {
		t.Error(err)
	}
}

func TestParamsShare(t *testing.T) {
	ps := testParams()
	n := len(ps.List)
	w, b := ps.Linear("fc", 5, 37)
	if len(ps.List) != n || w != ps.Get("fc.weight") || b != ps.Get("fc.bias") {
		t.Error("a second declaration made a second parameter")
	}
	ps.buffer("norm.running_var", 33)
	if want := 37*5 + 37 + 1 + 1 + 64*3*9 + 33 + 12 + 1; ps.Count() != want {
		t.Errorf("%d learned values, want %d", ps.Count(), want)
	}
	if !b.IsLinearBias(ps) || w.IsLinearBias(ps) || ps.Get("norm.weight").IsLinearBias(ps) {
		t.Error("linear biases are not told from others")
	}
	if !ps.Get("norm.weight").IsScale() || !ps.Get("norm.running_var").IsScale() || w.IsScale() || b.IsScale() {
		t.Error("scales are not told from others")
	}
}

func sameBits(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) })
}
