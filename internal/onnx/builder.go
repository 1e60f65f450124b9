package onnx

import (
	"fmt"
	"math"
	"strings"

	"github.com/geobfdt/geobfdt/internal/nn"
)

// builder grows a graph. Its methods add nodes and return the name of the value that they compute.
type builder struct {
	graph  Graph
	params *nn.Params
	used   map[string]int  // how often the name of a value was asked for
	kept   map[string]bool // constants that the graph has
}

func newBuilder(name string, params *nn.Params) *builder {
	return &builder{graph: Graph{Name: name}, params: params, used: map[string]int{}, kept: map[string]bool{}}
}

// node adds an operation. name says where in the network it stands; it is made unique.
func (b *builder) node(op, name string, inputs []string, attributes ...Attribute) string {
	out := name + "/" + op
	b.used[out]++
	if n := b.used[out]; n > 1 {
		out = fmt.Sprintf("%s_%d", out, n)
	}
	b.graph.Nodes = append(b.graph.Nodes, Node{Name: out, Op: op, Inputs: inputs, Output: out, Attributes: attributes})
	return out
}

// input declares an input of the graph, whose first dimension is the batch.
func (b *builder) input(name, doc string, sizes ...int) string {
	b.graph.Inputs = append(b.graph.Inputs, batched(name, doc, sizes))
	return name
}

// output declares a value as an output of the graph, whose first dimension is the batch.
func (b *builder) output(x, name, doc string, sizes ...int) {
	b.graph.Nodes = append(b.graph.Nodes, Node{Name: name, Op: "Identity", Inputs: []string{x}, Output: name})
	b.graph.Outputs = append(b.graph.Outputs, batched(name, doc, sizes))
}

func batched(name, doc string, sizes []int) Value {
	v := Value{Name: name, Doc: doc, Dims: []Dim{{Name: "batch"}}}
	for _, n := range sizes {
		v.Dims = append(v.Dims, Dim{Size: int64(n)})
	}
	return v
}

// floats adds a constant; a second one of the same name is the first.
func (b *builder) floats(name string, data []float32, dims ...int) string {
	if b.kept[name] {
		return name
	}
	b.kept[name] = true
	t := Tensor{Name: name, Floats: data}
	for _, d := range dims {
		t.Dims = append(t.Dims, int64(d))
	}
	b.graph.Weights = append(b.graph.Weights, t)
	return name
}

// scalar adds a constant of one value.
func (b *builder) scalar(v float32) string {
	return b.floats(fmt.Sprintf("scalar %g", v), []float32{v})
}

// ints adds a constant list: a shape, axes, or the bounds of a slice.
func (b *builder) ints(v ...int64) string {
	name := "ints " + strings.Trim(fmt.Sprint(v), "[]")
	if !b.kept[name] {
		b.kept[name] = true
		b.graph.Weights = append(b.graph.Weights, Tensor{Name: name, Ints: v, Dims: []int64{int64(len(v))}})
	}
	return name
}

// values of a parameter in its neutral order, and its shape.
func (b *builder) values(name string) ([]float32, []int) {
	p := b.params.Get(name)
	return p.Dense(p.Data).Float32s(), p.Shape
}

// parameter adds a parameter, with the dimensions given instead of its own if there are any.
func (b *builder) parameter(name string, dims ...int) string {
	data, shape := b.values(name)
	if len(dims) == 0 {
		dims = shape
	}
	return b.floats(name, data, dims...)
}

func (b *builder) add(name, x, y string) string { return b.node("Add", name, []string{x, y}) }
func (b *builder) mul(name, x, y string) string { return b.node("Mul", name, []string{x, y}) }
func (b *builder) relu(name, x string) string   { return b.node("Relu", name, []string{x}) }

func (b *builder) matMul(name, x, y string) string {
	return b.node("MatMul", name, []string{x, y})
}

func (b *builder) softmax(name, x string) string {
	return b.node("Softmax", name, []string{x}, intAttr("axis", -1))
}

func (b *builder) transpose(name, x string, perm ...int64) string {
	return b.node("Transpose", name, []string{x}, intsAttr("perm", perm...))
}

// reshape changes the shape; a 0 keeps the dimension at its place, which keeps the batch free.
func (b *builder) reshape(name, x string, shape ...int64) string {
	return b.node("Reshape", name, []string{x, b.ints(shape...)})
}

func (b *builder) unsqueeze(name, x string, axes ...int64) string {
	return b.node("Unsqueeze", name, []string{x, b.ints(axes...)})
}

// toEnd ends a slice with its dimension.
const toEnd = math.MaxInt64

// slice is x[from:to] along an axis; a negative from counts from the end.
func (b *builder) slice(name, x string, axis, from, to int64) string {
	return b.node("Slice", name, []string{x, b.ints(from), b.ints(to), b.ints(axis)})
}

func (b *builder) concat(name string, axis int64, xs ...string) string {
	return b.node("Concat", name, xs, intAttr("axis", axis))
}
