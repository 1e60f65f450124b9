package ablate

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/geobfdt/geobfdt/internal/checkpoint"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/labels"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/synth"
	"github.com/geobfdt/geobfdt/internal/wellfile"
)

// What a well is for.
const (
	SplitTrain = "train"
	SplitValid = "valid"
	SplitTest  = "test"
)

// WellError is a well that cannot be used.
type WellError struct {
	Well string
	Err  error
}

func (e *WellError) Error() string { return fmt.Sprintf("well %s: %v", e.Well, e.Err) }
func (e *WellError) Unwrap() error { return e.Err }

// well is a labelled log. A run loads it through its wellCache.
type well struct {
	name               string // distinct, fit for a file name
	split              string
	hash               string // of preset, seed and length, or of the contents of the files
	logPath, labelPath string // of a well of files
	load               func() (*imagelog.Log, []picks.Pick, error)
}

// listWells lists the wells of the file, those of the user last.
func listWells(f *File) ([]well, error) {
	w := &f.Wells
	testPreset := w.TestPreset
	if len(testPreset) == 0 {
		testPreset = Names{"vertical"}
	}
	var wells []well
	for i, s := range []struct {
		split   string
		n       int
		presets Names
	}{{SplitTrain, w.Train, w.Preset}, {SplitValid, w.Valid, w.Preset}, {SplitTest, w.Test, testPreset}} {
		for k := range s.n {
			one, err := syntheticWell(s.presets[k%len(s.presets)], w.Seed+uint64(i*seedsPerSplit+k), w.LengthM)
			if err != nil {
				return nil, err
			}
			one.split = s.split
			wells = append(wells, one)
		}
	}
	byHash := map[string]string{}
	for i, wf := range w.Files {
		one, logHash, err := fileWell(f.resolve(wf.Log), f.resolve(wf.Labels))
		if err != nil {
			return nil, err
		}
		if before, ok := byHash[logHash]; ok {
			return nil, &WellError{one.name, fmt.Errorf("%s is the same log as %s: give a well once, or test scores say nothing", wf.Log, before)}
		}
		byHash[logHash] = wf.Log
		one.name, one.split = fmt.Sprintf("%02d-%s", i+1, one.name), wf.Split
		wells = append(wells, one)
	}
	return wells, nil
}

// syntheticWell is the well that `geobfdt synth` makes of preset, seed and length.
func syntheticWell(name string, seed uint64, lengthM float64) (well, error) {
	preset, err := synth.PresetByName(name)
	if err != nil {
		return well{}, err
	}
	if lengthM != 0 {
		preset.LengthM = lengthM
	}
	described, err := json.Marshal(preset) // every knob: a preset that changes makes another well
	if err != nil {
		return well{}, fmt.Errorf("preset %s: %w", name, err)
	}
	w := well{name: fmt.Sprintf("%s-%d", name, seed), hash: hashOf("synthetic", string(described), fmt.Sprint(seed))}
	w.load = func() (*imagelog.Log, []picks.Pick, error) {
		log, truth, err := preset.Well(seed)
		if err != nil {
			return nil, nil, &WellError{w.name, err}
		}
		return log, truth, nil
	}
	return w, nil
}

// fileWell is a well of the user's.
func fileWell(logPath, labelPath string) (w well, logHash string, err error) {
	base := filepath.Base(logPath)
	w = well{name: slug(strings.TrimSuffix(base, filepath.Ext(base))), logPath: logPath, labelPath: labelPath}
	logHash, err = checkpoint.Hash(logPath)
	if err != nil {
		return w, "", &WellError{w.name, err}
	}
	labelHash, err := checkpoint.Hash(labelPath)
	if err != nil {
		return w, "", &WellError{w.name, err}
	}
	w.hash = hashOf("files", logHash, labelHash)
	w.load = func() (*imagelog.Log, []picks.Pick, error) {
		log, err := wellfile.Open(logPath, wellfile.Options{})
		if err != nil {
			return nil, nil, &WellError{logPath, err}
		}
		table, warnings, err := labels.ReadFile(labelPath, labels.Options{})
		if errors.Is(err, labels.ErrAmbiguous) || errors.Is(err, labels.ErrUnknownClass) {
			err = fmt.Errorf("%w: an ablation file has no such option: make a picks CSV with it first, by geobfdt export picks --format csv", err)
		}
		if err != nil {
			return nil, nil, &WellError{logPath, err}
		}
		if a, b := table.Reference, string(log.Reference); known(a) && known(b) && a != b {
			return nil, nil, &WellError{logPath, fmt.Errorf("its azimuths count from %s, those of %s from %s: give labels of this image", b, labelPath, a)}
		}
		more, err := labels.Complete(table, labels.HoleOf(log))
		if err != nil {
			return nil, nil, &WellError{logPath, fmt.Errorf("%s: %w", labelPath, err)}
		}
		for _, warning := range append(warnings, more...) {
			log.Warn("%s: %s", labelPath, warning)
		}
		if log.Well == "" {
			log.Well = base
		}
		return log, table.Picks, nil
	}
	return w, logHash, nil
}

func known(reference string) bool {
	return reference != "" && reference != string(imagelog.RefUnknown)
}

// slug makes a file name of a well's name.
func slug(name string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '_'
	}, name)
	return clean[:min(len(clean), 80)]
}

// ofSplit picks the wells of one split.
func ofSplit(wells []well, split string) (out []well) {
	for _, w := range wells {
		if w.split == split {
			out = append(out, w)
		}
	}
	return out
}

// hashWells identifies a list of wells.
func hashWells(wells []well) string {
	parts := make([]string, len(wells))
	for i, w := range wells {
		parts[i] = w.name + " " + w.hash
	}
	return hashOf(parts...)
}

// hashOf is the SHA-256 of the parts and their borders, in hex.
func hashOf(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d %s\n", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))
}
