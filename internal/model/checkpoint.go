package model

import (
	"encoding/json"
	"errors"
	"fmt"

	"gorgonia.org/tensor"

	"github.com/geobfdt/geobfdt/internal/checkpoint"
)

// Metadata keys of a model file. Others (scores, seeds, data hashes) are the writer's own.
const (
	MetaFormat   = "format"
	MetaModel    = "model"    // Options, JSON
	MetaGeometry = "geometry" // Geometry, JSON
	formatName   = "geobfdt-model-1"
)

// ErrNotModel means that a checkpoint holds no GeoBFDT model.
var ErrNotModel = errors.New("not a geobfdt model file")

// Save copies the parameters into a new checkpoint with the metadata that Load needs.
func (n *Net) Save() (*checkpoint.File, error) {
	f := &checkpoint.File{Tensors: map[string]*tensor.Dense{}, Metadata: map[string]string{MetaFormat: formatName}}
	for key, v := range map[string]any{MetaModel: n.Options, MetaGeometry: n.Geometry} {
		b, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		f.Metadata[key] = string(b)
	}
	n.Params.Save(f.Tensors)
	return f, nil
}

// Load builds the network that a checkpoint describes. Tensors that the network does not have (an optimiser's) are left alone. It
// trusts nothing: what does not fit is ErrNotModel, before memory is taken for more than the checkpoint holds.
func Load(f *checkpoint.File) (*Net, error) {
	if f.Metadata[MetaFormat] != formatName {
		return nil, fmt.Errorf("%w: its format is %q, not %q", ErrNotModel, f.Metadata[MetaFormat], formatName)
	}
	var o Options
	var g Geometry
	if err := json.Unmarshal([]byte(f.Metadata[MetaModel]), &o); err != nil {
		return nil, fmt.Errorf("%w: options: %w", ErrNotModel, err)
	}
	if err := json.Unmarshal([]byte(f.Metadata[MetaGeometry]), &g); err != nil {
		return nil, fmt.Errorf("%w: geometry: %w", ErrNotModel, err)
	}
	if err := o.Validate(g); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotModel, err)
	}
	values := 0
	for _, d := range f.Tensors {
		values += d.Shape().TotalSize()
	}
	if need := o.leastParameters(); float64(values) < need {
		return nil, fmt.Errorf("%w: its options need at least %.0f parameters, it holds %d", ErrNotModel, need, values)
	}
	n, err := New(o, g, 0)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotModel, err)
	}
	if err := n.LoadParams(f.Tensors); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotModel, err)
	}
	return n, nil
}

// LoadParams copies every parameter from tensors of its name; see nn.Params.Load.
func (n *Net) LoadParams(t map[string]*tensor.Dense) error { return n.Params.Load(t) }
