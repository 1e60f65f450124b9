package nn

import (
	"fmt"
	"slices"
	"strings"

	"gorgonia.org/tensor"

	"github.com/geobfdt/geobfdt/internal/kernel"
)

// layout says how a parameter is stored; checkpoints always hold the neutral (PyTorch) shape.
type layout int

const (
	layoutRows   layout = iota // [rows][cols], rows padded to 32 floats; vectors have one row
	layoutLinear               // [out/32][in][32], neutral [out, in]
	layoutConv                 // [out/32][kh][kw][in][32], neutral [out, in, kh, kw]
)

// Param is a learned array, or a buffer that is saved but not learned (running statistics).
type Param struct {
	Name   string
	Shape  []int // neutral shape
	Buffer bool  // not learned
	Data   []float32
	Grad   []float32 // sum over workers, valid after Graph.Backward; nil for buffers and without training

	layout  layout
	partial [][]float32 // per worker; partial[0] aliases Grad
}

func newParam(name string, l layout, shape ...int) *Param {
	p := &Param{Name: name, Shape: shape, layout: l}
	p.Data = make([]float32, p.packedLen())
	return p
}

func (p *Param) packedLen() int {
	s := p.Shape
	switch p.layout {
	case layoutLinear:
		return roundUp(s[0]) * s[1]
	case layoutConv:
		return roundUp(s[0]) * s[1] * s[2] * s[3]
	}
	if len(s) == 1 {
		return roundUp(s[0])
	}
	return s[0] * roundUp(s[1])
}

// Len is the number of values, without padding.
func (p *Param) Len() int {
	n := 1
	for _, d := range p.Shape {
		n *= d
	}
	return n
}

// each calls f with the neutral and the packed index of every value.
func (p *Param) each(f func(neutral, packed int)) {
	s := p.Shape
	switch {
	case p.layout == layoutLinear:
		for o := 0; o < s[0]; o++ {
			for i := 0; i < s[1]; i++ {
				f(o*s[1]+i, (o/kernel.Panel*s[1]+i)*kernel.Panel+o%kernel.Panel)
			}
		}
	case p.layout == layoutConv:
		taps := s[2] * s[3]
		for o := 0; o < s[0]; o++ {
			for i := 0; i < s[1]; i++ {
				for t := 0; t < taps; t++ {
					f((o*s[1]+i)*taps+t, ((o/kernel.Panel*taps+t)*s[1]+i)*kernel.Panel+o%kernel.Panel)
				}
			}
		}
	case len(s) == 1:
		for i := 0; i < s[0]; i++ {
			f(i, i)
		}
	default:
		w := roundUp(s[1])
		for r := 0; r < s[0]; r++ {
			for c := 0; c < s[1]; c++ {
				f(r*s[1]+c, r*w+c)
			}
		}
	}
}

// Dense copies values (Data, Grad or an optimiser's state of the same layout) into a tensor of the neutral shape.
func (p *Param) Dense(values []float32) *tensor.Dense {
	out := make([]float32, p.Len())
	p.each(func(n, k int) { out[n] = values[k] })
	return tensor.New(tensor.WithShape(p.Shape...), tensor.WithBacking(out))
}

// Load copies a tensor of the neutral shape into values (Data or an optimiser's state). It refuses another shape or type, and a
// view (transposed, sliced), whose memory is not in the order of its shape.
func (p *Param) Load(values []float32, d *tensor.Dense) error {
	src, ok := d.Data().([]float32)
	if !ok || len(src) != p.Len() || !slices.Equal(d.Shape(), p.Shape) { // Shape.Eq takes [n, 1] for [n]
		return fmt.Errorf("parameter %s: want float32 %v, have %v %v", p.Name, p.Shape, d.Dtype(), d.Shape())
	}
	if d.RequiresIterator() || d.DataOrder().IsColMajor() {
		return fmt.Errorf("parameter %s: want a row-major tensor, have a view %v; materialise it first", p.Name, d.Shape())
	}
	p.each(func(n, k int) { values[k] = src[n] })
	return nil
}

// Fill sets every value from f, in neutral order, so that initialisation does not depend on the packing.
func (p *Param) Fill(f func() float32) { p.each(func(_, k int) { p.Data[k] = f() }) }

// IsLinearBias says whether p is the bias of a linear layer of ps.
func (p *Param) IsLinearBias(ps *Params) bool {
	base, ok := strings.CutSuffix(p.Name, ".bias")
	if !ok {
		return false
	}
	w := ps.Get(base + ".weight")
	return w != nil && w.layout == layoutLinear
}

// IsScale says whether p is a vector that starts at one: the weight of a normalisation or a running variance.
func (p *Param) IsScale() bool {
	return len(p.Shape) == 1 && (strings.HasSuffix(p.Name, ".weight") || strings.HasSuffix(p.Name, ".running_var"))
}

// Save copies every value into tensors of its name and neutral shape.
func (ps *Params) Save(t map[string]*tensor.Dense) {
	for _, p := range ps.List {
		t[p.Name] = p.Dense(p.Data)
	}
}

// Load copies every parameter from the tensor of its name and neutral shape. A value that is not finite is refused: such a network
// sees nothing, and says so nowhere.
func (ps *Params) Load(t map[string]*tensor.Dense) error {
	for _, p := range ps.List {
		d := t[p.Name]
		if d == nil {
			return fmt.Errorf("parameter %s is missing", p.Name)
		}
		if err := p.Load(p.Data, d); err != nil {
			return err
		}
		if s := kernel.SumSquares(p.Data); s-s != 0 {
			return fmt.Errorf("parameter %s: a value is not finite", p.Name)
		}
	}
	return nil
}
