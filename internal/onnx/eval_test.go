package onnx

import (
	"fmt"
	"math"
	"testing"
)

// array is a value while a graph is evaluated: float32 in row-major order.
type array struct {
	dims []int
	data []float32
}

func newArray(dims ...int) array {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return array{dims: dims, data: make([]float32, n)}
}

// evaluate runs a graph by the definitions of its operators (onnx docs/Operators.md, opset 17), plainly: the oracle where ONNX
// Runtime is not at hand. Ints of the constants are kept apart.
func evaluate(t *testing.T, g Graph, inputs map[string]array) map[string]array {
	t.Helper()
	values, lists := map[string]array{}, map[string][]int64{}
	for name, a := range inputs {
		values[name] = a
	}
	for _, w := range g.Weights {
		if w.Ints != nil {
			lists[w.Name] = w.Ints
			continue
		}
		a := array{data: w.Floats}
		for _, d := range w.Dims {
			a.dims = append(a.dims, int(d))
		}
		values[w.Name] = a
	}
	for _, n := range g.Nodes {
		var in []array
		var list [][]int64
		for _, name := range n.Inputs {
			if l, ok := lists[name]; ok {
				list = append(list, l)
			} else if v, ok := values[name]; ok {
				in = append(in, v)
			} else {
				t.Fatalf("node %s: its input %s is not there yet", n.Name, name)
			}
		}
		attrs := map[string]Attribute{}
		for _, a := range n.Attributes {
			attrs[a.Name] = a
		}
		y, err := apply(n.Op, in, list, attrs)
		if err != nil {
			t.Fatalf("node %s: %v", n.Name, err)
		}
		values[n.Output] = y
	}
	out := map[string]array{}
	for _, o := range g.Outputs {
		out[o.Name] = values[o.Name]
	}
	return out
}

func apply(op string, in []array, list [][]int64, attrs map[string]Attribute) (array, error) {
	unary := func(f func(x float64) float64) array {
		y := newArray(in[0].dims...)
		for i, v := range in[0].data {
			y.data[i] = float32(f(float64(v)))
		}
		return y
	}
	switch op {
	case "Identity":
		return in[0], nil
	case "Relu":
		return unary(func(x float64) float64 { return max(0, x) }), nil
	case "Sigmoid":
		return unary(func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }), nil
	case "Sin":
		return unary(math.Sin), nil
	case "Cos":
		return unary(math.Cos), nil
	case "Atan":
		return unary(math.Atan), nil
	case "Add":
		return binary2(in[0], in[1], func(x, y float32) float32 { return x + y })
	case "Sub":
		return binary2(in[0], in[1], func(x, y float32) float32 { return x - y })
	case "Mul":
		return binary2(in[0], in[1], func(x, y float32) float32 { return x * y })
	case "MatMul":
		return matMul(in[0], in[1])
	case "Softmax":
		return lastAxis(in[0], softmaxRow), nil
	case "LayerNormalization":
		eps := float64(attrs["epsilon"].Float)
		return lastAxis(in[0], func(d, x []float32) { layerNormRow(d, x, in[1].data, in[2].data, eps) }), nil
	case "ReduceSum":
		return reduceSum(in[0], list[0], attrs["keepdims"].Int)
	case "Transpose":
		return transpose(in[0], attrs["perm"].Ints), nil
	case "Reshape":
		return reshape(in[0], list[0])
	case "Unsqueeze":
		return unsqueeze(in[0], list[0]), nil
	case "Slice":
		return slice(in[0], list[0][0], list[1][0], int(list[2][0])), nil
	case "Concat":
		return concat(in, int(attrs["axis"].Int)), nil
	case "Conv":
		return window(in[0], in[1], in[2].data, attrs), nil
	case "MaxPool":
		return window(in[0], array{}, nil, attrs), nil
	}
	return array{}, fmt.Errorf("operator %s", op)
}

// strides of an array broadcast to dims.
func (a array) strides(dims []int) ([]int, error) {
	s := make([]int, len(dims))
	step := 1
	for i := range a.dims {
		d := a.dims[len(a.dims)-1-i]
		k := len(dims) - 1 - i
		if d != 1 {
			if k < 0 || d != dims[k] {
				return nil, fmt.Errorf("shape %v does not broadcast to %v", a.dims, dims)
			}
			s[k] = step
		}
		step *= d
	}
	return s, nil
}

// broadcast is the common shape of two.
func broadcast(a, b []int) []int {
	n := max(len(a), len(b))
	out := make([]int, n)
	for i := range n {
		x, y := 1, 1
		if k := len(a) - n + i; k >= 0 {
			x = a[k]
		}
		if k := len(b) - n + i; k >= 0 {
			y = b[k]
		}
		out[i] = max(x, y)
	}
	return out
}

// walk calls f for every index of dims with the offsets of strides.
func walk(dims []int, f func(i int, at []int), strides ...[]int) {
	n := 1
	for _, d := range dims {
		n *= d
	}
	index, at := make([]int, len(dims)), make([]int, len(strides))
	for i := range n {
		f(i, at)
		for k := len(dims) - 1; k >= 0; k-- {
			index[k]++
			for s := range strides {
				at[s] += strides[s][k]
			}
			if index[k] < dims[k] {
				break
			}
			for s := range strides {
				at[s] -= strides[s][k] * dims[k]
			}
			index[k] = 0
		}
	}
}

func binary2(a, b array, f func(x, y float32) float32) (array, error) {
	y := newArray(broadcast(a.dims, b.dims)...)
	sa, err := a.strides(y.dims)
	if err != nil {
		return y, err
	}
	sb, err := b.strides(y.dims)
	if err != nil {
		return y, err
	}
	walk(y.dims, func(i int, at []int) { y.data[i] = f(a.data[at[0]], b.data[at[1]]) }, sa, sb)
	return y, nil
}

func matMul(a, b array) (array, error) {
	ka, kb := len(a.dims), len(b.dims)
	m, k, n := a.dims[ka-2], a.dims[ka-1], b.dims[kb-1]
	if b.dims[kb-2] != k {
		return array{}, fmt.Errorf("product of %v and %v", a.dims, b.dims)
	}
	batch := broadcast(a.dims[:ka-2], b.dims[:kb-2])
	y := newArray(append(append([]int{}, batch...), m, n)...)
	sa, err := array{dims: a.dims[:ka-2]}.strides(batch)
	if err != nil {
		return y, err
	}
	sb, err := array{dims: b.dims[:kb-2]}.strides(batch)
	if err != nil {
		return y, err
	}
	sum := make([]float64, n)
	walk(batch, func(i int, at []int) {
		x, w := a.data[at[0]*m*k:], b.data[at[1]*k*n:]
		for r := range m {
			clear(sum)
			for c := range k {
				v := float64(x[r*k+c])
				for j, u := range w[c*n : (c+1)*n] {
					sum[j] += v * float64(u)
				}
			}
			for j, v := range sum {
				y.data[(i*m+r)*n+j] = float32(v)
			}
		}
	}, sa, sb)
	return y, nil
}
