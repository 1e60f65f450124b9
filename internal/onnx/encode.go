package onnx

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// ErrTooLarge: a model does not fit into one file, because protobuf messages end at 2 GiB.
var ErrTooLarge = errors.New("the model is larger than the 2 GiB that an ONNX file may have")

// producer is the name of the program in the files.
const producer = "geobfdt"

// Element types of TensorProto.DataType.
const (
	typeFloat = 1
	typeInt64 = 7
)

// Encode is the model as an ONNX file (ModelProto). The same model gives the same bytes.
func (m *Model) Encode() ([]byte, error) { return m.encode(math.MaxInt32) }

func (m *Model) encode(limitBytes int) ([]byte, error) {
	size := 0
	for i := range m.Graph.Weights {
		size += 4*len(m.Graph.Weights[i].Floats) + 8*len(m.Graph.Weights[i].Ints)
	}
	if size > limitBytes {
		return nil, fmt.Errorf("%w: its weights alone have %d bytes; make model.widths or model.dim smaller", ErrTooLarge, size)
	}
	var out message
	out.varint(1, IRVersion)
	out.text(2, producer)
	out.text(3, m.Version)
	out.text(6, m.Doc)
	out.sub(7, m.Graph.encode)
	out.sub(8, func(opset *message) {
		opset.text(1, "") // the standard domain
		opset.varint(2, Opset)
	})
	for _, key := range slices.Sorted(maps.Keys(m.Metadata)) {
		out.sub(14, func(entry *message) {
			entry.text(1, key)
			entry.text(2, m.Metadata[key])
		})
	}
	if len(out) > limitBytes {
		return nil, fmt.Errorf("%w: it has %d bytes; make model.widths or model.dim smaller", ErrTooLarge, len(out))
	}
	return out, nil
}

func (g *Graph) encode(out *message) {
	for i := range g.Nodes {
		out.sub(1, g.Nodes[i].encode)
	}
	out.text(2, g.Name)
	for i := range g.Weights {
		out.sub(5, g.Weights[i].encode)
	}
	for i := range g.Inputs {
		out.sub(11, g.Inputs[i].encode)
	}
	for i := range g.Outputs {
		out.sub(12, g.Outputs[i].encode)
	}
}

func (n *Node) encode(out *message) {
	for _, in := range n.Inputs {
		out.text(1, in)
	}
	out.text(2, n.Output)
	out.text(3, n.Name)
	out.text(4, n.Op)
	for i := range n.Attributes {
		out.sub(5, n.Attributes[i].encode)
	}
}

func (a *Attribute) encode(out *message) {
	out.text(1, a.Name)
	switch a.Kind {
	case AttributeFloat:
		out.float(2, a.Float)
	case AttributeInt:
		out.varint(3, a.Int)
	case AttributeInts:
		for _, v := range a.Ints {
			out.varint(8, v)
		}
	}
	out.varint(20, int64(a.Kind))
}

func (t *Tensor) encode(out *message) {
	for _, d := range t.Dims {
		out.varint(1, d)
	}
	var raw []byte
	if t.Ints != nil {
		out.varint(2, typeInt64)
		for _, v := range t.Ints {
			raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
		}
	} else {
		out.varint(2, typeFloat)
		raw = make([]byte, 0, 4*len(t.Floats))
		for _, v := range t.Floats {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
		}
	}
	out.text(8, t.Name)
	out.bytes(9, raw)
}

func (v *Value) encode(out *message) {
	out.text(1, v.Name)
	out.sub(2, func(typ *message) {
		typ.sub(1, func(tensor *message) {
			tensor.varint(1, typeFloat)
			tensor.sub(2, func(shape *message) {
				for _, d := range v.Dims {
					shape.sub(1, d.encode)
				}
			})
		})
	})
	out.text(3, v.Doc)
}

func (d Dim) encode(out *message) {
	if d.Name != "" {
		out.text(2, d.Name)
	} else {
		out.varint(1, d.Size)
	}
}

// message is a protobuf message while it grows. Repeated numbers are not packed: onnx.proto is proto2.
type message []byte

func (m *message) varint(field protowire.Number, v int64) {
	*m = protowire.AppendVarint(protowire.AppendTag(*m, field, protowire.VarintType), uint64(v))
}

func (m *message) float(field protowire.Number, v float32) {
	*m = protowire.AppendFixed32(protowire.AppendTag(*m, field, protowire.Fixed32Type), math.Float32bits(v))
}

func (m *message) bytes(field protowire.Number, v []byte) {
	*m = protowire.AppendBytes(protowire.AppendTag(*m, field, protowire.BytesType), v)
}

func (m *message) text(field protowire.Number, v string) { m.bytes(field, []byte(v)) }

// sub appends the message that fill writes.
func (m *message) sub(field protowire.Number, fill func(*message)) {
	var inner message
	fill(&inner)
	m.bytes(field, inner)
}
