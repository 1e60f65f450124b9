package ablate

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/geobfdt/geobfdt/internal/metrics"
)

// resultName is the file that says that a cell is done.
const resultName = "result.json"

// Result is what a cell came to.
type Result struct {
	Arm               string          `json:"arm"`
	Seed              int64           `json:"seed"`
	Hash              string          `json:"hash"` // of configuration and wells
	Version           string          `json:"version"`
	Data              string          `json:"data"` // what was trained on
	ModelHash         string          `json:"model_hash"`
	Threshold         float64         `json:"threshold"`
	ThresholdFracture float64         `json:"threshold_fracture"` // equal to Threshold unless it is set apart
	Samples           int64           `json:"samples"`            // tiles seen
	TrainSeconds      float64         `json:"train_seconds"`      // over all sittings, with evaluations
	SamplesPerSecond  float64         `json:"samples_per_second"`
	Scores            metrics.Summary `json:"scores"` // of the picks at the threshold, test wells one by one and pooled
	Sweep             []Sweep         `json:"sweep"`  // bedding, fracture, any
	Warnings          []string        `json:"warnings"`
}

// Sweep is precision and recall of a class over thresholds of confidence, all test wells pooled, at curve@5cm.
type Sweep struct {
	Class string `json:"class"`
	// Best has the highest F1. It is chosen on the test wells themselves: a bound for what another threshold could give, no result.
	Best   metrics.Operating   `json:"best"`
	Points []metrics.Operating `json:"points"`
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
	return writeFile(filepath.Join(e.cellDir(c), resultName), func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", " ")
		return enc.Encode(r)
	})
}

// writeFile makes a file appear whole or not at all.
func writeFile(path string, write func(io.Writer) error) (err error) {
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			temp.Close()
			os.Remove(temp.Name())
			err = fmt.Errorf("write %s: %w", path, err)
		}
	}()
	if err := write(temp); err != nil {
		return err
	}
	if err := temp.Chmod(0o644); err != nil { // CreateTemp makes private files
		return err
	}
	if err := temp.Sync(); err != nil {
		return err
	}
	if err := temp.Close(); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}
