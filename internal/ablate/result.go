package ablate

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"

	"github.com/geobfdt/geobfdt/internal/atomicfile"
	"github.com/geobfdt/geobfdt/internal/metrics"
	"github.com/geobfdt/geobfdt/internal/segment"
)

// Files of a cell, beside those of its training.
const (
	resultName = "result.json" // says that the cell is done
	errorName  = "error.txt"   // why the last attempt failed
	configName = "config.yaml"
	logName    = "log.jsonl"
	picksName  = "picks" // folder
)

// Result is what a cell came to.
type Result struct {
	Cell             string          `json:"cell"`
	Seed             int64           `json:"seed"`
	Hash             string          `json:"hash"` // of configuration and wells
	Version          string          `json:"version"`
	Data             string          `json:"data"` // what was trained on
	ModelHash        string          `json:"model_hash"`
	Threads          int             `json:"threads"`
	Samples          int64           `json:"samples"`       // tiles seen
	TrainSeconds     float64         `json:"train_seconds"` // over all sittings, with evaluations
	SamplesPerSecond float64         `json:"samples_per_second"`
	OtherSeconds     float64         `json:"other_seconds"` // tiles, picks and scores, in the last sitting
	Loss             []LossPoint     `json:"loss"`          // of the training
	Matched          []Matched       `json:"matched"`       // the published measure, on the tiles of each test well
	Variants         []VariantResult `json:"variants"`
	Warnings         []string        `json:"warnings"`

	// Of a Segmentation.
	EpochSamples int64       `json:"epoch_samples,omitempty"` // tiles of a pass
	HeldMasks    []MaskPoint `json:"held_masks,omitempty"`    // while it trained, on the tiles of the validation wells
}

// VariantResult is the score of one variant of a cell.
type VariantResult struct {
	Name              string   `json:"name"`
	Levels            []string `json:"levels"` // of each factor
	Threshold         float64  `json:"threshold"`
	ThresholdFracture float64  `json:"threshold_fracture"` // equal to Threshold unless it is set apart
	// Blind is on the test wells, which no cell has seen.
	Blind Scored `json:"blind"`
	// Held is on the held-out tiles of the training wells: what a split by patch reports. nil for a split by well.
	Held *Scored `json:"held,omitempty"`
	// Masks of the test wells against the true ones; only of a Segmentation.
	Masks []WellMasks `json:"masks,omitempty"`
}

// WellMasks counts the pixels of a well.
type WellMasks struct {
	Well string `json:"well"`
	segment.MaskCounts
}

// MaskPoint is an evaluation of a Segmentation: the mask of any class.
type MaskPoint struct {
	Samples int64   `json:"samples"`
	IoU     float64 `json:"mask_iou"`
	F1      float64 `json:"mask_f1"`
}

// Scored is how picks did on some wells, or on some stretches of them.
type Scored struct {
	Scores metrics.Summary `json:"scores"` // at the threshold, one by one and pooled
	Sweep  []Sweep         `json:"sweep"`  // bedding, fracture, any
}

// Sweep is precision and recall of a class over thresholds of confidence, at curve@5cm.
type Sweep struct {
	Class string `json:"class"`
	// Best has the highest F1. It is chosen on the test wells themselves: a bound for what another threshold could give, no result.
	Best   metrics.Operating   `json:"best"`
	Points []metrics.Operating `json:"points"` // all wells pooled
	Wells  []WellSweep         `json:"wells"`
}

// WellSweep is what adds up to a Sweep: counts of one well at the thresholds of its Points.
type WellSweep struct {
	Truths int   `json:"truths"`
	Picks  []int `json:"picks"`
	Hits   []int `json:"hits"`
}

// LossPoint is a line of the training's metrics.
type LossPoint struct {
	Samples int64   `json:"samples"`
	Total   float64 `json:"total"`
	Class   float64 `json:"class"` // of the last decoder layer, without weight; likewise Param
	Param   float64 `json:"param"`
}

// Matched counts the truths of the tiles of a well, and those whose matched query has the wrong likelier class. Their ratio is the
// "class error" of the published tables; it is blind to false alarms, and to where the query lies.
type Matched struct {
	Well   string `json:"well"`
	Truths int    `json:"truths"`
	Wrong  int    `json:"wrong"`
}

// classError is the share of wrong classes over all wells; NaN without truths.
func (r *Result) classError() metrics.Value {
	wrong, truths := 0, 0
	for _, m := range r.Matched {
		wrong, truths = wrong+m.Wrong, truths+m.Truths
	}
	if truths == 0 {
		return metrics.Value(math.NaN())
	}
	return metrics.Value(float64(wrong) / float64(truths))
}

// Result reads the result of a cell; fs.ErrNotExist where there is none.
func (e *Experiment) Result(c Cell) (*Result, error) {
	path := filepath.Join(e.cellDir(c), resultName)
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := new(Result)
	if err := json.Unmarshal(raw, r); err != nil {
		return nil, fmt.Errorf("%s: %w: remove it, and the cell is scored again", path, err)
	}
	return r, nil
}

func (e *Experiment) writeResult(c Cell, r *Result) error {
	return atomicfile.Write(filepath.Join(e.cellDir(c), resultName), func(w io.Writer) error {
		return json.NewEncoder(w).Encode(r)
	})
}
