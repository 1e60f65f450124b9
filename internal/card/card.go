package card

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/tile"
	"github.com/geobfdt/geobfdt/internal/train"
)

// Card is what is known of a trained model.
type Card struct {
	Name        string        `json:"name"`
	SHA256      string        `json:"sha256"` // of the file
	Bytes       int           `json:"bytes"`  // of the file
	Network     Network       `json:"network"`
	Tile        tile.Options  `json:"tile"`
	Calibration *Calibration  `json:"calibration"` // null: confidence is the network's score
	Verifier    *Verifier     `json:"verifier"`    // null: the detector's word is taken
	Training    Training      `json:"training"`
	Scores      *train.Scores `json:"scores"` // on held-out tiles; null: nothing was held out
	Limits      []string      `json:"limits"`
	Run         *Run          `json:"run,omitempty"` // where the run folder is at hand
}

// Network is the detector.
type Network struct {
	Decoder     string  `json:"decoder"`
	Backbone    string  `json:"backbone"`
	Widths      []int   `json:"widths"`
	Dim         int     `json:"dim"`
	Heads       int     `json:"heads"`
	Encoders    int     `json:"encoders"`
	Decoders    int     `json:"decoders"`
	Queries     int     `json:"queries"`
	WrapAzimuth bool    `json:"wrap_azimuth"`
	Parameters  int     `json:"parameters"`    // learned values
	HeightM     float64 `json:"tile_height_m"` // of a tile
	RadiusM     float64 `json:"hole_radius_m"` // that the network believes in
}

// Calibration of the confidence of picks.
type Calibration struct {
	Features []string `json:"features"`
	Wells    string   `json:"wells"` // that it was fitted on
}

// Verifier is the second look.
type Verifier struct {
	model.StripGeometry
	Parameters int `json:"parameters"`
}

// Training is how the model came about.
type Training struct {
	model.Record
	Real bool `json:"labelled_tiles"` // whether tiles of labelled wells took part
}

// New is the card of a model file of so many bytes. It fails where the scores in the file are none.
func New(b *model.Bundle, name string, bytes int) (*Card, error) {
	o, g := b.Net.Options, b.Net.Geometry
	c := &Card{
		Name: name, SHA256: b.Hash, Bytes: bytes, Tile: b.Tile,
		Network: Network{Decoder: o.Decoder, Backbone: o.Backbone, Widths: slices.Clone(o.Widths), Dim: o.Dim, Heads: o.Heads, Encoders: o.Encoders,
			Decoders: o.Decoders, Queries: o.Queries, WrapAzimuth: o.WrapAzimuth, Parameters: b.Net.Params.Count(), HeightM: g.HeightM(), RadiusM: model.RadiusM},
		Training: Training{Record: b.Record, Real: b.Record.DataHash != ""},
	}
	if k := b.Calibration; k != nil {
		c.Calibration = &Calibration{Features: slices.Clone(k.Features), Wells: k.Wells}
	}
	if v := b.Verifier; v != nil {
		c.Verifier = &Verifier{v.Strip, v.Params.Count()}
	}
	if b.Scores != nil {
		var s train.Scores
		if err := json.Unmarshal(b.Scores, &s); err != nil {
			return nil, fmt.Errorf("metadata %s of the model: %w", model.MetaScores, err)
		}
		if s.Tiles > 0 {
			c.Scores = &s
		}
	}
	c.Limits = c.limits()
	return c, nil
}

// limits are what follows from how the model is built and trained.
func (c *Card) limits() []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	n, r := c.Network, c.Training
	switch {
	case r.Init != "":
		seen := "this training used tiles of labelled wells"
		if !r.Real {
			seen = "this training used synthetic wells only"
		}
		add("It was not trained from scratch: %s, but it began as another model (SHA-256 %s), whose own card says what that one has seen.", seen, r.Init)
	case !r.Real:
		add("Trained on synthetic wells only: no real log and no real pick took part. Expect less on rock and tools that the wells do not imitate.")
	}
	if c.Calibration == nil {
		add("Confidence is the score of the network as it is, no probability: use it to rank picks of one well.")
	} else {
		add("Confidence was fitted on %s: on other tools and rock treat it as a ranking.", c.Calibration.Wells)
	}
	switch {
	case c.Scores == nil:
		add("No score is known: nothing was held out in training.")
	case r.Real && c.Tile.Split == tile.SplitPatch:
		add("Scores flatter: held-out tiles come from the wells of training (split: patch) and overlap tiles that it saw.")
	case r.Real:
		add("Scores are of held-out wells of one store: they say nothing of another field or tool.")
	default:
		add("Scores are of synthetic wells of the kind that it was trained on.")
	}
	steepestDeg := math.Atan(n.HeightM/(2*n.RadiusM)) * 180 / math.Pi
	add("A tile is %.2f m high: what is taller from peak to trough (dip above %.0f degrees in a hole of %.0f mm) lies in no tile as a whole.", n.HeightM, steepestDeg, 2000*n.RadiusM)
	add("A row is %g mm and a column %.3g degrees: what is thinner than a row, or shorter round the hole than a few columns, is not seen.", c.Tile.RowM*1000, 360/float64(c.Tile.Columns))
	add("At most %d sinusoids are found in a tile.", n.Queries)
	return out
}
