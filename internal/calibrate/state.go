package calibrate

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"

	"gorgonia.org/tensor"

	"github.com/geobfdt/geobfdt/internal/checkpoint"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/optim"
)

// verifierState keeps a training of a verifier on disk. The strips in store are not kept: a training that goes on cuts new ones from the
// wells that come next, and its result is as good as, but not the same as, that of one that was not interrupted.
type verifierState struct {
	path string
	key  string // of the training
}

// load goes on from the file, if there is one of this training.
func (s verifierState) load(v *model.Verifier, adam *optim.AdamW) (samples int64, wells int, err error) {
	if s.path == "" {
		return 0, 0, nil
	}
	f, err := checkpoint.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, 0, nil
	} else if err != nil {
		return 0, 0, fmt.Errorf("verifier: %s: %w; delete it to begin anew", s.path, err)
	}
	if f.Metadata["training"] != s.key {
		return 0, 0, fmt.Errorf("verifier: %s belongs to another training; delete it to begin anew", s.path)
	}
	var n [3]int64
	for i, key := range []string{"samples", "wells", "steps"} {
		if n[i], err = strconv.ParseInt(f.Metadata[key], 10, 64); err != nil {
			return 0, 0, fmt.Errorf("verifier: %s: %s: %w", s.path, key, err)
		}
	}
	if err = v.LoadParams(f.Tensors); err == nil {
		err = adam.Load(f.Tensors, n[2])
	}
	if err != nil {
		return 0, 0, fmt.Errorf("verifier: %s: %w", s.path, err)
	}
	return n[0], int(n[1]), nil
}

// save replaces the file.
func (s verifierState) save(v *model.Verifier, adam *optim.AdamW, samples int64, wells int) error {
	if s.path == "" {
		return nil
	}
	f := &checkpoint.File{Tensors: map[string]*tensor.Dense{}, Metadata: map[string]string{"training": s.key, "samples": strconv.FormatInt(samples, 10),
		"wells": strconv.Itoa(wells), "steps": strconv.FormatInt(adam.Steps(), 10)}}
	v.Params.Save(f.Tensors)
	adam.Save(f.Tensors)
	return checkpoint.WriteFile(s.path, f)
}

// remove is for a training that is done.
func (s verifierState) remove() error {
	if s.path == "" {
		return nil
	}
	if err := os.Remove(s.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("verifier: %w", err)
	}
	return nil
}
