package checkpoint

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"unicode/utf8"

	"gorgonia.org/tensor"
)

// named is a tensor on its way out: contiguous, row-major, with its type resolved.
type named struct {
	name  string
	dense *tensor.Dense
	dtype dtype
}

// Write writes f to w. The order of tensors is that of the reference implementation, wide types first and then by name, so
// that every value is aligned; views and transposes are written as the tensor they show.
//
// It returns an error that wraps ErrType for a tensor that the package does not carry, before anything is written.
func Write(w io.Writer, f *File) error {
	if f == nil {
		return errors.New("write safetensors: no file given")
	}
	tensors, err := prepare(f.Tensors)
	if err != nil {
		return fmt.Errorf("write safetensors: %w", err)
	}
	header, err := encodeHeader(tensors, f.Metadata)
	if err != nil {
		return fmt.Errorf("write safetensors: %w", err)
	}

	buffered := bufio.NewWriterSize(w, 1<<16)
	var length [lengthBytes]byte
	binary.LittleEndian.PutUint64(length[:], uint64(len(header)))
	// bufio keeps the first error and returns it from Flush.
	buffered.Write(length[:])
	buffered.Write(header)
	for _, t := range tensors {
		writeValues(buffered, t.dense)
	}
	if err := buffered.Flush(); err != nil {
		return fmt.Errorf("write safetensors: %w", err)
	}
	return nil
}

// prepare checks the tensors and puts them in the order of the file.
func prepare(tensors map[string]*tensor.Dense) ([]named, error) {
	ordered := make([]named, 0, len(tensors))
	for _, name := range slices.Sorted(maps.Keys(tensors)) {
		if name == metadataKey {
			return nil, fmt.Errorf("%w: the name %q is reserved by the format", ErrType, name)
		}
		if !utf8.ValidString(name) {
			return nil, fmt.Errorf("%w: the name %q is not UTF-8", ErrType, name)
		}
		d, dt, err := rowMajor(tensors[name])
		if err != nil {
			return nil, fmt.Errorf("tensor %q: %w", name, err)
		}
		ordered = append(ordered, named{name, d, dt})
	}
	slices.SortStableFunc(ordered, func(a, b named) int { return cmp.Compare(b.dtype.bytes, a.dtype.bytes) })
	return ordered, nil
}

// rowMajor returns d, or a contiguous copy of it where d is a view, with its type.
func rowMajor(d *tensor.Dense) (*tensor.Dense, dtype, error) {
	if d == nil {
		return nil, dtype{}, fmt.Errorf("%w: nil", ErrType)
	}
	var name string
	switch d.Dtype() {
	case tensor.Float32:
		name = "F32"
	case tensor.Float64:
		name = "F64"
	case tensor.Int64:
		name = "I64"
	default:
		return nil, dtype{}, fmt.Errorf("%w: type %v; use float32, float64 or int64", ErrType, d.Dtype())
	}
	dt, _ := dtypeByName(name)
	if d.IsMaterializable() {
		copied, ok := d.Materialize().(*tensor.Dense)
		if !ok {
			return nil, dtype{}, fmt.Errorf("%w: a view that cannot be copied", ErrType)
		}
		d = copied
	}
	if d.DataOrder().IsColMajor() {
		return nil, dtype{}, fmt.Errorf("%w: column-major; copy it to row-major", ErrType)
	}
	if len(d.Shape()) > maxDims {
		return nil, dtype{}, fmt.Errorf("%w: %d dimensions; at most %d are carried", ErrType, len(d.Shape()), maxDims)
	}
	if count := d.Shape().TotalSize(); count == 0 || int(d.MemSize()) != count*dt.bytes {
		return nil, dtype{}, fmt.Errorf("%w: shape %v does not fit its %d bytes of data", ErrType, d.Shape(), d.MemSize())
	}
	return d, dt, nil
}

// encodeHeader returns the JSON header, padded with blanks so that the data start at a multiple of 8 bytes.
func encodeHeader(tensors []named, metadata map[string]string) ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	field := func(key string, value any) error {
		k, err := json.Marshal(key)
		if err != nil {
			return err
		}
		v, err := json.Marshal(value)
		if err != nil {
			return err
		}
		if out.Len() > 1 {
			out.WriteByte(',')
		}
		out.Write(k)
		out.WriteByte(':')
		out.Write(v)
		return nil
	}
	if len(metadata) > 0 {
		if err := field(metadataKey, metadata); err != nil { // encoding/json sorts the keys of a map
			return nil, err
		}
	}
	var offset uint64
	for _, t := range tensors {
		e := entry{DType: t.dtype.name, Shape: make([]int64, len(t.dense.Shape()))}
		for i, n := range t.dense.Shape() {
			e.Shape[i] = int64(n)
		}
		end := offset + uint64(t.dense.MemSize())
		e.Offsets = [2]uint64{offset, end}
		offset = end
		if err := field(t.name, e); err != nil {
			return nil, err
		}
	}
	out.WriteByte('}')
	for out.Len()%lengthBytes != 0 {
		out.WriteByte(' ')
	}
	if out.Len() > maxHeaderBytes {
		return nil, fmt.Errorf("header of %d bytes is longer than %d: fewer tensors or less metadata are needed", out.Len(), maxHeaderBytes)
	}
	return out.Bytes(), nil
}

func writeValues(w *bufio.Writer, d *tensor.Dense) {
	var b [8]byte
	switch d.Dtype() {
	case tensor.Float32:
		for _, v := range d.Float32s() {
			binary.LittleEndian.PutUint32(b[:4], math.Float32bits(v))
			w.Write(b[:4])
		}
	case tensor.Float64:
		for _, v := range d.Float64s() {
			binary.LittleEndian.PutUint64(b[:], math.Float64bits(v))
			w.Write(b[:])
		}
	case tensor.Int64:
		for _, v := range d.Int64s() {
			binary.LittleEndian.PutUint64(b[:], uint64(v))
			w.Write(b[:])
		}
	}
}
