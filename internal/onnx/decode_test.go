package onnx

import (
	"encoding/binary"
	"fmt"
	"math"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// fields reads the fields of a protobuf message in their order. Numbers arrive as uint64, the rest as bytes.
func fields(t *testing.T, data []byte, visit func(field int, number uint64, bytes []byte)) {
	t.Helper()
	for len(data) > 0 {
		field, kind, n := protowire.ConsumeTag(data)
		if n < 0 {
			t.Fatal(protowire.ParseError(n))
		}
		data = data[n:]
		var number uint64
		var bytes []byte
		switch kind {
		case protowire.VarintType:
			number, n = protowire.ConsumeVarint(data)
		case protowire.Fixed32Type:
			var v uint32
			v, n = protowire.ConsumeFixed32(data)
			number = uint64(v)
		case protowire.BytesType:
			bytes, n = protowire.ConsumeBytes(data)
		default:
			t.Fatalf("field %d: wire type %d", field, kind)
		}
		if n < 0 {
			t.Fatal(protowire.ParseError(n))
		}
		data = data[n:]
		visit(int(field), number, bytes)
	}
}

// file is what a reader of ModelProto finds.
type file struct {
	Model
	irVersion, opset uint64
	producer         string
}

// decode reads an ONNX file back. Field numbers are those of onnx.proto, written down anew. A field that it does not know is an error.
func decode(t *testing.T, data []byte) file {
	t.Helper()
	f := file{Model: Model{Metadata: map[string]string{}}}
	fields(t, data, func(field int, number uint64, bytes []byte) {
		switch field {
		case 1:
			f.irVersion = number
		case 2:
			f.producer = string(bytes)
		case 3:
			f.Version = string(bytes)
		case 6:
			f.Doc = string(bytes)
		case 7:
			f.Graph = decodeGraph(t, bytes)
		case 8:
			fields(t, bytes, func(field int, number uint64, domain []byte) {
				if field == 2 {
					f.opset = number
				} else if len(domain) > 0 {
					t.Errorf("operators of domain %q", domain)
				}
			})
		case 14:
			var pair [3]string
			fields(t, bytes, func(field int, _ uint64, text []byte) { pair[field] = string(text) })
			f.Metadata[pair[1]] = pair[2]
		default:
			t.Errorf("ModelProto: field %d", field)
		}
	})
	return f
}

func decodeGraph(t *testing.T, data []byte) (g Graph) {
	t.Helper()
	fields(t, data, func(field int, _ uint64, bytes []byte) {
		switch field {
		case 1:
			g.Nodes = append(g.Nodes, decodeNode(t, bytes))
		case 2:
			g.Name = string(bytes)
		case 5:
			g.Weights = append(g.Weights, decodeTensor(t, bytes))
		case 11:
			g.Inputs = append(g.Inputs, decodeValue(t, bytes))
		case 12:
			g.Outputs = append(g.Outputs, decodeValue(t, bytes))
		default:
			t.Errorf("GraphProto: field %d", field)
		}
	})
	return g
}

func decodeNode(t *testing.T, data []byte) (n Node) {
	t.Helper()
	fields(t, data, func(field int, _ uint64, bytes []byte) {
		switch field {
		case 1:
			n.Inputs = append(n.Inputs, string(bytes))
		case 2:
			n.Output = string(bytes)
		case 3:
			n.Name = string(bytes)
		case 4:
			n.Op = string(bytes)
		case 5:
			var a Attribute
			fields(t, bytes, func(field int, number uint64, text []byte) {
				switch field {
				case 1:
					a.Name = string(text)
				case 2:
					a.Float = math.Float32frombits(uint32(number))
				case 3:
					a.Int = int64(number)
				case 8:
					a.Ints = append(a.Ints, int64(number))
				case 20:
					a.Kind = AttributeKind(number)
				default:
					t.Errorf("AttributeProto: field %d", field)
				}
			})
			n.Attributes = append(n.Attributes, a)
		default:
			t.Errorf("NodeProto: field %d", field)
		}
	})
	return n
}

func decodeTensor(t *testing.T, data []byte) (w Tensor) {
	t.Helper()
	var kind uint64
	var raw []byte
	fields(t, data, func(field int, number uint64, bytes []byte) {
		switch field {
		case 1:
			w.Dims = append(w.Dims, int64(number))
		case 2:
			kind = number
		case 8:
			w.Name = string(bytes)
		case 9:
			raw = bytes
		default:
			t.Errorf("TensorProto: field %d", field)
		}
	})
	size := 1
	for _, d := range w.Dims {
		size *= int(d)
	}
	switch {
	case kind == 1 && len(raw) == 4*size:
		for ; len(raw) > 0; raw = raw[4:] {
			w.Floats = append(w.Floats, math.Float32frombits(binary.LittleEndian.Uint32(raw)))
		}
	case kind == 7 && len(raw) == 8*size:
		for ; len(raw) > 0; raw = raw[8:] {
			w.Ints = append(w.Ints, int64(binary.LittleEndian.Uint64(raw)))
		}
	default:
		t.Errorf("tensor %s: type %d, %d bytes for shape %v", w.Name, kind, len(raw), w.Dims)
	}
	return w
}

func decodeValue(t *testing.T, data []byte) (v Value) {
	t.Helper()
	fields(t, data, func(field int, _ uint64, bytes []byte) {
		switch field {
		case 1:
			v.Name = string(bytes)
		case 3:
			v.Doc = string(bytes)
		case 2: // TypeProto: tensor_type 1: elem_type 1, shape 2: dim 1: dim_value 1, dim_param 2
			fields(t, bytes, func(_ int, _ uint64, tensor []byte) {
				fields(t, tensor, func(field int, number uint64, shape []byte) {
					if field == 1 && number != 1 {
						t.Errorf("%s: element type %d", v.Name, number)
					}
					fields(t, shape, func(_ int, _ uint64, dim []byte) {
						var d Dim
						fields(t, dim, func(field int, number uint64, name []byte) { d = Dim{Size: int64(number), Name: string(name)} })
						v.Dims = append(v.Dims, d)
					})
				})
			})
		}
	})
	return v
}

// text is a value's name and shape.
func (v Value) text() string {
	s := v.Name
	for _, d := range v.Dims {
		if d.Name != "" {
			s += " " + d.Name
		} else {
			s += fmt.Sprint(" ", d.Size)
		}
	}
	return s
}
