// Package defaultmodel holds the model that `geobfdt pick` uses when none is given. `make model` trains it; see
// docs/model-card.md.
package defaultmodel

import (
	_ "embed"

	"github.com/geobfdt/geobfdt/internal/model"
)

//go:embed default.safetensors
var data []byte

// Name of the model in the header of picks.
const Name = "default"

// Bytes is the model file itself. It must not be changed.
func Bytes() []byte { return data }

// Load decodes the model.
func Load() (*model.Bundle, error) { return model.Decode(data) }
