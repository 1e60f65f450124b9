package segment

import (
	"path/filepath"

	"github.com/geobfdt/geobfdt/internal/checkpoint"
	"github.com/geobfdt/geobfdt/internal/train"
)

// state is what a resumed run needs besides parameters and moments.
type state struct {
	train.Counters
	Best  float64 `json:"best"`  // F1 of held-out masks
	Sum   float64 `json:"sum"`   // of the losses since the last line of metrics.jsonl
	Count int     `json:"count"` // of them
}

// save writes everything that a resumed run needs.
func (r *run) save() error {
	f, err := r.net.file(r.Record)
	if err != nil {
		return err
	}
	return train.SaveLast(r.Dir, f, r.opt, r.state)
}

// saveBest writes the model alone.
func (r *run) saveBest() error {
	f, err := r.net.file(r.Record)
	if err != nil {
		return err
	}
	return checkpoint.WriteFile(filepath.Join(r.Dir, train.BestName), f)
}
