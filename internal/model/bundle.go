package model

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/geobfdt/geobfdt/internal/checkpoint"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// Metadata keys of a trained model, all JSON.
const (
	MetaTile   = "tile"   // tile.Options that the network was trained with
	MetaRun    = "run"    // Record
	MetaScores = "scores" // scores of the held-out samples
)

// Record says how a model came about. It is written into every model file.
type Record struct {
	Config     string `json:"config"`      // effective configuration, YAML
	ConfigHash string `json:"config_hash"` // of it
	Version    string `json:"version"`     // of the program
	Data       string `json:"data"`        // what it was trained on
	DataHash   string `json:"data_hash"`   // of the tile store's manifest; empty for synthetic samples
	Seed       int64  `json:"seed"`
	Threads    int    `json:"threads"`
	ISA        string `json:"isa"`
	Init       string `json:"init,omitempty"` // hash of the model that training started from
}

// Bundle is a network with everything that picking needs to know of it.
type Bundle struct {
	Net    *Net
	Tile   tile.Options
	Record Record
	Scores json.RawMessage // nil where the file has none
	// Calibration of the confidence of picks; nil: the network's score is taken as it is.
	Calibration *Calibration
	// Verifier looks at every curve a second time; nil: the detector's word is taken.
	Verifier *Verifier
	Hash     string // SHA-256 of the file, hex; set by Decode
}

// File is the bundle as a checkpoint.
func (b *Bundle) File() (*checkpoint.File, error) {
	f, err := b.Net.Save()
	if err != nil {
		return nil, err
	}
	if err := SetMeta(f, MetaTile, b.Tile); err != nil {
		return nil, err
	}
	if b.Scores != nil {
		f.Metadata[MetaScores] = string(b.Scores)
	}
	if b.Verifier != nil {
		if err := b.Verifier.save(f); err != nil {
			return nil, err
		}
	}
	if b.Calibration != nil {
		if err := SetMeta(f, MetaCalibration, b.Calibration); err != nil {
			return nil, err
		}
	}
	return f, SetMeta(f, MetaRun, b.Record)
}

// SetMeta stores a value as JSON in a checkpoint's metadata.
func SetMeta(f *checkpoint.File, key string, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("metadata %s: %w", key, err)
	}
	f.Metadata[key] = string(raw)
	return nil
}

// Decode reads a model file. A file that holds no model is ErrNotModel.
func Decode(data []byte) (*Bundle, error) {
	f, err := checkpoint.Decode(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotModel, err)
	}
	sum := sha256.Sum256(data)
	b := &Bundle{Hash: hex.EncodeToString(sum[:])}
	if b.Net, err = Load(f); err != nil {
		return nil, err
	}
	for key, v := range map[string]any{MetaTile: &b.Tile, MetaRun: &b.Record} {
		if err := json.Unmarshal([]byte(f.Metadata[key]), v); err != nil {
			return nil, fmt.Errorf("%w: metadata %s: %w", ErrNotModel, key, err)
		}
	}
	if s := f.Metadata[MetaScores]; s != "" {
		b.Scores = json.RawMessage(s)
	}
	if s := f.Metadata[MetaCalibration]; s != "" {
		b.Calibration = new(Calibration)
		if err := json.Unmarshal([]byte(s), b.Calibration); err != nil {
			return nil, fmt.Errorf("%w: metadata %s: %w", ErrNotModel, MetaCalibration, err)
		}
		if err := b.Calibration.check(); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNotModel, err)
		}
	}
	if b.Verifier, err = LoadVerifier(f); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotModel, err)
	}
	g, t := b.Net.Geometry, b.Tile
	if err := t.Validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotModel, err)
	}
	if t.Rows != g.Rows || t.Columns != g.Columns || t.Channels() != g.Channels || t.RowM != g.RowM || (b.Verifier != nil && b.Verifier.Strip.Columns != g.Columns) {
		return nil, fmt.Errorf("%w: its tiles of %d x %d x %d with rows of %g m do not fit its network's %d x %d x %d with rows of %g m",
			ErrNotModel, t.Rows, t.Columns, t.Channels(), t.RowM, g.Rows, g.Columns, g.Channels, g.RowM)
	}
	return b, nil
}
