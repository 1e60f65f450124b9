package segment

import (
	"encoding/json"
	"errors"
	"fmt"

	"gorgonia.org/tensor"

	"github.com/geobfdt/geobfdt/internal/checkpoint"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// Metadata of a model file beside model.MetaTile and model.MetaRun.
const (
	metaFormat  = "format"
	metaOptions = "segment" // Options, JSON
	formatName  = "geobfdt-segment-1"
)

// ErrNotModel means that a file holds no network of this package.
var ErrNotModel = errors.New("not a segmentation model of geobfdt")

// file is the network as a checkpoint, with a record of how it came about.
func (n *Net) file(record model.Record) (*checkpoint.File, error) {
	f := &checkpoint.File{Tensors: map[string]*tensor.Dense{}, Metadata: map[string]string{metaFormat: formatName}}
	for key, v := range map[string]any{metaOptions: n.Options, model.MetaTile: n.Tile, model.MetaRun: record} {
		if err := model.SetMeta(f, key, v); err != nil {
			return nil, err
		}
	}
	n.Params.Save(f.Tensors)
	return f, nil
}

// Load reads a network from a model file of a run; what does not fit is ErrNotModel.
func Load(path string) (*Net, error) {
	f, err := checkpoint.ReadFile(path)
	if err != nil {
		return nil, err
	}
	n, err := fromFile(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return n, nil
}

func fromFile(f *checkpoint.File) (*Net, error) {
	if f.Metadata[metaFormat] != formatName {
		return nil, fmt.Errorf("%w: its format is %q, not %q", ErrNotModel, f.Metadata[metaFormat], formatName)
	}
	var o Options
	var t tile.Options
	for key, v := range map[string]any{metaOptions: &o, model.MetaTile: &t} {
		if err := json.Unmarshal([]byte(f.Metadata[key]), v); err != nil {
			return nil, fmt.Errorf("%w: metadata %s: %w", ErrNotModel, key, err)
		}
	}
	n, err := NewNet(o, t, 0)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotModel, err)
	}
	if err := n.Params.Load(f.Tensors); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotModel, err)
	}
	return n, nil
}
