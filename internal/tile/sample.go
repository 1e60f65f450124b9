package tile

import (
	"math"

	"gorgonia.org/tensor"

	"github.com/geobfdt/geobfdt/internal/dip"
)

// Label is a sinusoid on a tile, in row coordinates: u(phi) = D + A cos(phi) + B sin(phi), rows from the tile's top.
// Row i spans [i, i+1), and D lies in [0, rows) where the midline is inside the tile.
type Label struct {
	Class dip.Class `json:"class"`
	D     float64   `json:"d"`
	A     float64   `json:"a"`
	B     float64   `json:"b"`
}

// Sample is one training tile.
type Sample struct {
	X      *tensor.Dense // float32 [rows, columns, channels], channels last; see Options.Channels
	Labels []Label
	Well   string
	TopM   float64 // measured depth of the tile's top edge, metres
}

// finite tells whether the label can be drawn at all.
func (l Label) finite() bool {
	s := l.D + l.A + l.B
	return !math.IsNaN(s) && !math.IsInf(s, 0)
}
