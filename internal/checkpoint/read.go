package checkpoint

import (
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

	"gorgonia.org/tensor"
)

// Decode reads the safetensors file held in data. The tensors are copies: data may be reused.
//
// It is strict, since a model may come from anywhere: the header must be at most 16 MiB of JSON without repeated names, each
// tensor's offsets must agree with its type and shape, and the tensors must cover the data exactly, without holes or
// overlaps. Memory is taken only for values that are present. Errors wrap ErrFormat, or ErrType for what is valid
// safetensors but not carried here (half precision, empty tensors).
func Decode(data []byte) (*File, error) {
	header, values, err := split(data)
	if err != nil {
		return nil, fmt.Errorf("read safetensors: %w", err)
	}
	entries, metadata, err := decodeHeader(header)
	if err != nil {
		return nil, fmt.Errorf("read safetensors: header: %w", err)
	}
	if err := checkLayout(entries, uint64(len(values))); err != nil {
		return nil, fmt.Errorf("read safetensors: %w", err)
	}
	f := &File{Tensors: make(map[string]*tensor.Dense, len(entries)), Metadata: metadata}
	for name, e := range entries {
		f.Tensors[name] = decodeTensor(e, values[e.Offsets[0]:e.Offsets[1]])
	}
	return f, nil
}

// split cuts a file into its JSON header and its values.
func split(data []byte) (header, values []byte, err error) {
	if len(data) < lengthBytes {
		return nil, nil, fmt.Errorf("%w: %d bytes are too few for the header length; the file is cut short", ErrFormat, len(data))
	}
	n := binary.LittleEndian.Uint64(data)
	rest := data[lengthBytes:]
	switch {
	case n > maxHeaderBytes:
		return nil, nil, fmt.Errorf("%w: a header of %d bytes is announced, at most %d are allowed; this is some other kind of file",
			ErrFormat, n, maxHeaderBytes)
	case n > uint64(len(rest)):
		return nil, nil, fmt.Errorf("%w: a header of %d bytes is announced, %d follow; the file is cut short", ErrFormat, n, len(rest))
	}
	return rest[:n], rest[n:], nil
}

// decodeHeader parses the header token by token: a map would silently keep the last of two entries of one name.
func decodeHeader(header []byte) (map[string]entry, map[string]string, error) {
	if len(header) == 0 || header[0] != '{' {
		return nil, nil, fmt.Errorf("%w: does not start with {", ErrFormat)
	}
	entries := make(map[string]entry)
	metadata := make(map[string]string)
	err := decodeObject(json.NewDecoder(bytes.NewReader(header)), func(d *json.Decoder, name string) error {
		if name == metadataKey {
			return decodeObject(d, func(d *json.Decoder, key string) error {
				// A pointer tells null from the empty text.
				var text *string
				if err := d.Decode(&text); err != nil {
					return err
				}
				if text == nil {
					return errors.New("null where a text is expected")
				}
				metadata[key] = *text
				return nil
			})
		}
		e, err := decodeEntry(d)
		if err != nil {
			return err
		}
		entries[name] = e
		return nil
	})
	if err != nil {
		if errors.Is(err, ErrType) {
			return nil, nil, err
		}
		return nil, nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return entries, metadata, nil
}

// decodeObject reads one JSON object, calls field with the decoder at each value, and refuses repeated keys.
// At the top level nothing but blanks may follow; inside, the caller's decoder goes on.
func decodeObject(d *json.Decoder, field func(d *json.Decoder, key string) error) error {
	atTop := d.InputOffset() == 0
	if tok, err := d.Token(); err != nil {
		return err
	} else if tok != json.Delim('{') {
		return fmt.Errorf("%v where an object is expected", tok)
	}
	seen := make(map[string]bool)
	for d.More() {
		tok, err := d.Token()
		if err != nil {
			return err
		}
		key, ok := tok.(string)
		if !ok {
			return fmt.Errorf("%v where a name is expected", tok)
		}
		if seen[key] {
			return fmt.Errorf("the name %q is there twice", key)
		}
		seen[key] = true
		if err := field(d, key); err != nil {
			return fmt.Errorf("%q: %w", key, err)
		}
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	if atTop {
		if _, err := d.Token(); err != io.EOF {
			return errors.New("text after the closing brace")
		}
	}
	return nil
}

// decodeEntry reads and checks one tensor's description on its own: type, shape, and their product against the offsets.
func decodeEntry(d *json.Decoder) (entry, error) {
	var raw struct {
		DType   *string  `json:"dtype"`
		Shape   []int64  `json:"shape"`
		Offsets []uint64 `json:"data_offsets"`
	}
	if err := d.Decode(&raw); err != nil {
		return entry{}, err
	}
	if raw.DType == nil || raw.Shape == nil || len(raw.Offsets) != 2 {
		return entry{}, errors.New("dtype, shape and two data_offsets are needed")
	}
	dt, ok := dtypeByName(*raw.DType)
	if !ok {
		return entry{}, fmt.Errorf("%w: type %s; convert it to F32, F64 or I64", ErrType, *raw.DType)
	}
	if len(raw.Shape) > maxDims {
		return entry{}, fmt.Errorf("%w: %d dimensions; at most %d are carried", ErrType, len(raw.Shape), maxDims)
	}
	size := uint64(dt.bytes)
	for _, n := range raw.Shape {
		switch {
		case n < 0:
			return entry{}, fmt.Errorf("shape %v has a negative dimension", raw.Shape)
		case n == 0:
			return entry{}, fmt.Errorf("%w: shape %v is empty", ErrType, raw.Shape)
		case size > math.MaxInt64/uint64(n):
			return entry{}, fmt.Errorf("shape %v overflows", raw.Shape)
		}
		size *= uint64(n)
	}
	begin, end := raw.Offsets[0], raw.Offsets[1]
	if end < begin || end-begin != size {
		return entry{}, fmt.Errorf("offsets %v do not span the %d bytes of a %s of shape %v", raw.Offsets, size, dt.name, raw.Shape)
	}
	return entry{dt.name, raw.Shape, [2]uint64{begin, end}}, nil
}

// checkLayout wants the tensors to cover the data exactly.
func checkLayout(entries map[string]entry, dataBytes uint64) error {
	names := slices.SortedFunc(maps.Keys(entries), func(a, b string) int {
		return cmp.Compare(entries[a].Offsets[0], entries[b].Offsets[0])
	})
	var covered uint64
	for _, name := range names {
		begin, end := entries[name].Offsets[0], entries[name].Offsets[1]
		switch {
		case begin < covered:
			return fmt.Errorf("%w: tensor %q starts at byte %d, inside the one before it", ErrFormat, name, begin)
		case begin > covered:
			return fmt.Errorf("%w: bytes %d to %d before tensor %q belong to none", ErrFormat, covered, begin, name)
		case end > dataBytes:
			return fmt.Errorf("%w: tensor %q ends at byte %d of %d; the file is cut short", ErrFormat, name, end, dataBytes)
		}
		covered = end
	}
	if covered != dataBytes {
		return fmt.Errorf("%w: %d bytes after the last tensor", ErrFormat, dataBytes-covered)
	}
	return nil
}

// decodeTensor copies a checked tensor out of its bytes.
func decodeTensor(e entry, data []byte) *tensor.Dense {
	shape := make([]int, len(e.Shape))
	for i, n := range e.Shape {
		shape[i] = int(n)
	}
	var backing any
	switch e.DType {
	case "F32":
		v := make([]float32, len(data)/4)
		for i := range v {
			v[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
		}
		backing = v
	case "F64":
		v := make([]float64, len(data)/8)
		for i := range v {
			v[i] = math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:]))
		}
		backing = v
	case "I64":
		v := make([]int64, len(data)/8)
		for i := range v {
			v[i] = int64(binary.LittleEndian.Uint64(data[8*i:]))
		}
		backing = v
	}
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(backing))
}
