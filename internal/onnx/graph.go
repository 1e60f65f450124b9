package onnx

// Versions that the files are written in: what onnx 1.12 (June 2022) and everything later reads.
const (
	Opset     = 17
	IRVersion = 8
)

// Model is an ONNX model.
type Model struct {
	Graph    Graph
	Version  string // of the program that makes it
	Doc      string
	Metadata map[string]string
}

// Graph is a list of nodes in the order of computation. Values are known by their names.
type Graph struct {
	Name            string
	Nodes           []Node
	Weights         []Tensor
	Inputs, Outputs []Value
}

// Node is one operation with one output.
type Node struct {
	Name, Op   string
	Inputs     []string
	Output     string
	Attributes []Attribute
}

// Attribute of a node. Which of the values counts follows from Kind.
type Attribute struct {
	Name  string
	Kind  AttributeKind
	Float float32
	Int   int64
	Ints  []int64
}

// AttributeKind is AttributeProto.AttributeType.
type AttributeKind int64

// Kinds of attributes that the networks need.
const (
	AttributeFloat AttributeKind = 1
	AttributeInt   AttributeKind = 2
	AttributeInts  AttributeKind = 7
)

// Tensor is a constant: weights, or the shape that an operation asks for. Ints is nil for float32 tensors.
type Tensor struct {
	Name   string
	Dims   []int64
	Floats []float32
	Ints   []int64
}

// Value is an input or output of a graph, float32.
type Value struct {
	Name, Doc string
	Dims      []Dim
}

// Dim is a dimension: a size, or a name where any size will do.
type Dim struct {
	Size int64
	Name string
}

func floatAttr(name string, v float32) Attribute {
	return Attribute{Name: name, Kind: AttributeFloat, Float: v}
}

func intAttr(name string, v int64) Attribute {
	return Attribute{Name: name, Kind: AttributeInt, Int: v}
}

func intsAttr(name string, v ...int64) Attribute {
	return Attribute{Name: name, Kind: AttributeInts, Ints: v}
}
