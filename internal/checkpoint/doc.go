// Package checkpoint reads and writes named tensors in the safetensors format: models, optimiser state and tile shards.
//
// A file is
//
//	8 bytes    n, the length of the header, little-endian uint64
//	n bytes    JSON: {"__metadata__": {key: text}, name: {"dtype": "F32", "shape": [..], "data_offsets": [begin, end]}, ..}
//	the rest   the tensors' values, little-endian, row-major, without holes; offsets count from here
//
// Source: https://github.com/huggingface/safetensors (README, "Format"). Any safetensors reader opens what is written here;
// of what others write, the types F32, F64 and I64 with at least one element are read.
//
// Writing is deterministic: the same tensors and metadata give the same bytes, so a file's Hash names a model.
// Reading trusts nothing: see Decode.
package checkpoint

import (
	"errors"

	"gorgonia.org/tensor"
)

// File is the content of a safetensors file.
type File struct {
	// Tensors by name: float32, float64 or int64, any shape with at least one element. A scalar has the empty shape.
	Tensors map[string]*tensor.Dense
	// Metadata is free text by key.
	Metadata map[string]string
}

// Errors that callers branch on; what is returned wraps them with the place and the remedy.
var (
	// ErrFormat: the bytes are not a whole, well-formed safetensors file.
	ErrFormat = errors.New("not a valid safetensors file")
	// ErrType: a tensor has a type or shape that this package does not carry.
	ErrType = errors.New("unsupported tensor")
)

const (
	metadataKey = "__metadata__"
	lengthBytes = 8
	// maxHeaderBytes bounds the JSON header. A header of 16 MiB describes more than 100,000 tensors.
	maxHeaderBytes = 16 << 20
	// maxDims is far above what any layer has.
	maxDims = 16
)

// dtype is a type of safetensors that has a counterpart in Go.
type dtype struct {
	name  string
	bytes int
}

var dtypes = [...]dtype{{"F32", 4}, {"F64", 8}, {"I64", 8}}

func dtypeByName(name string) (dtype, bool) {
	for _, d := range dtypes {
		if d.name == name {
			return d, true
		}
	}
	return dtype{}, false
}

// entry is a tensor's description in the header.
type entry struct {
	DType   string    `json:"dtype"`
	Shape   []int64   `json:"shape"`
	Offsets [2]uint64 `json:"data_offsets"`
}
