package ablate

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// File is an ablation file.
type File struct {
	Task    Task     `yaml:"task"`    // empty: Detection
	Base    string   `yaml:"base"`    // configuration file beneath everything, relative to the ablation file; empty: the defaults
	Set     Settings `yaml:"set"`     // configuration of every cell, over the base
	Wells   Wells    `yaml:"wells"`   // what is trained and tested on
	Design  Design   `yaml:"design"`  // empty: OneAtATime
	Factors []Factor `yaml:"factors"` // what is compared
	Seeds   []int64  `yaml:"seeds"`   // of every variant: train.seed, and the dealing of a split by patch

	path string
}

// Task says which network is trained.
type Task string

// Tasks.
const (
	Detection    Task = "detection"    // GeoBFDT: sinusoids at once
	Segmentation Task = "segmentation" // a mask of pixels, to which sinusoids are fitted (package segment)
)

// Design says which combinations of levels are trained.
type Design string

// Designs.
const (
	OneAtATime Design = "one-at-a-time" // the baseline, and every other level of every factor with the rest as in the baseline
	Grid       Design = "grid"          // every combination
)

// Factor is one question: its levels differ in nothing else. The first level is the baseline.
type Factor struct {
	Name   string  `yaml:"name"`   // letters, digits, - _ .
	Key    string  `yaml:"key"`    // short form: one configuration key with its values, instead of Levels
	Values []any   `yaml:"values"` // of Key, the baseline first
	Levels []Level `yaml:"levels"`
	Source string  `yaml:"source"` // of what is published, for the report
}

// Level is one answer to a factor's question.
type Level struct {
	Name      string   `yaml:"name"`      // letters, digits, - _ .
	Set       Settings `yaml:"set"`       // over File.Set; beside configuration keys there is wells.train, how many training wells are used
	Published string   `yaml:"published"` // what others measured, printed beside our figures
}

// Wells are synthetic wells, wells of files, or both. Without training wells, cells train on tiles drawn on the fly
// (train.synth_presets).
type Wells struct {
	Preset     Names      `yaml:"preset"`      // of training and validation wells, taking turns
	TestPreset Names      `yaml:"test_preset"` // of test wells; default: vertical
	Train      int        `yaml:"train"`       // how many
	Valid      int        `yaml:"valid"`
	Test       int        `yaml:"test"`
	Seed       uint64     `yaml:"seed"`     // of the first training well; validation wells begin 10,000 and test wells 20,000 later
	LengthM    float64    `yaml:"length_m"` // of every well; 0: that of its preset
	Files      []WellFile `yaml:"files"`
}

// WellFile is a well of the user's. Paths are relative to the ablation file; labels cover the whole log.
type WellFile struct {
	Log    string `yaml:"log"`
	Labels string `yaml:"labels"`
	Split  string `yaml:"split"` // train | valid | test
}

// Names is a list of names; one name stands for a list of one.
type Names []string

// UnmarshalYAML implements yaml.Unmarshaler.
func (n *Names) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*n = Names{node.Value}
		return nil
	}
	return node.Decode((*[]string)(n))
}

// Setting is one configuration key with its value.
type Setting struct {
	Key    string
	Value  any    // as YAML decodes it
	Origin string // where it stands, for errors
}

// Settings are configuration keys in the order of the file.
type Settings []Setting

// UnmarshalYAML implements yaml.Unmarshaler.
func (s *Settings) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: set must be a map of configuration keys, such as {loss.class: focal}", node.Line)
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		one := Setting{Key: strings.ToLower(key.Value), Origin: fmt.Sprintf("line %d", key.Line)}
		if value.Kind == yaml.MappingNode {
			return fmt.Errorf("line %d: %s: give whole keys with dots, such as loss.class: focal", key.Line, key.Value)
		}
		if reason, ok := elsewhere(one.Key); ok {
			return fmt.Errorf("line %d: %s cannot be set here: %s", key.Line, key.Value, reason)
		}
		if slices.ContainsFunc(*s, func(o Setting) bool { return o.Key == one.Key }) {
			return fmt.Errorf("line %d: %s is set twice", key.Line, key.Value)
		}
		if err := value.Decode(&one.Value); err != nil {
			return err
		}
		*s = append(*s, one)
	}
	return nil
}

// elsewhere names the keys that an ablation decides in another way.
func elsewhere(key string) (reason string, ok bool) {
	switch {
	case key == "train.seed":
		return "list the seeds under seeds", true
	case key == "tile.seed":
		return "a split by patch deals the tiles with the seed of the cell", true
	case key == "threads" || strings.HasPrefix(key, "log."):
		return "it belongs on the command line", true
	}
	return "", false
}

// Bounds of an ablation file, against slips.
const (
	maxFileBytes  = 1 << 20
	maxFactors    = 100
	maxLevels     = 100 // of a factor
	maxSeeds      = 1000
	maxCells      = 10_000
	maxWells      = 1000 // of each split
	maxWellM      = 2000
	seedsPerSplit = 10_000
)

// Read reads and checks an ablation file. Its errors name the file, and the line where there is one.
func Read(path string) (*File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read ablation file: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxFileBytes {
		return nil, fmt.Errorf("ablation file %s: not a file of at most %d bytes", path, maxFileBytes)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read ablation file: %w", err)
	}
	f, err := parse(raw)
	if err != nil {
		return nil, fmt.Errorf("ablation file %s: %w", path, err)
	}
	f.path = path
	return f, nil
}

// unknownField is how package yaml says that a key does not exist.
var unknownField = regexp.MustCompile(`field (\S+) not found in type \S+`)

func parse(raw []byte) (*File, error) {
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	f := new(File)
	err := d.Decode(f)
	var types *yaml.TypeError
	switch {
	case errors.Is(err, io.EOF):
		return nil, errors.New("is empty: give wells, factors and seeds")
	case errors.As(err, &types):
		return nil, errors.New(unknownField.ReplaceAllString(strings.Join(types.Errors, "; "), "no such key: $1"))
	case err != nil:
		return nil, err
	}
	if err := d.Decode(new(File)); !errors.Is(err, io.EOF) {
		return nil, errors.New("holds more than one YAML document")
	}
	return f, f.validate()
}

func (w *Wells) validate() error {
	trains, tests := w.Train, w.Test
	for i, f := range w.Files {
		if f.Log == "" || f.Labels == "" {
			return fmt.Errorf("wells.files %d: give log and labels", i+1)
		}
		switch f.Split {
		case SplitTrain:
			trains++
		case SplitTest:
			tests++
		case SplitValid:
		default:
			return fmt.Errorf("wells.files %d (%s): split is %q, must be train | valid | test", i+1, f.Log, f.Split)
		}
	}
	for _, c := range []struct {
		name string
		n    int
	}{{SplitTrain, w.Train}, {SplitValid, w.Valid}, {SplitTest, w.Test}} {
		if c.n < 0 || c.n > maxWells {
			return fmt.Errorf("wells.%s is %d, must be from 0 to %d", c.name, c.n, maxWells)
		}
	}
	switch {
	case tests == 0:
		return errors.New("no test well: give wells.test, or wells.files with split: test")
	case (w.Train > 0 || w.Valid > 0) && len(w.Preset) == 0:
		return errors.New("wells.preset is empty: name the kind of the training wells (geobfdt synth --list)")
	case len(w.Preset) > 0 && w.Train+w.Valid == 0:
		return errors.New("wells.preset is given and wells.train is 0: say how many wells to train on")
	case len(w.TestPreset) > 0 && w.Test == 0:
		return errors.New("wells.test_preset is given and wells.test is 0: say how many wells to test on")
	case trains == 0 && w.Valid > 0:
		return errors.New("wells.valid without training wells: tiles drawn on the fly validate themselves")
	case !(w.LengthM == 0 || w.LengthM >= 1 && w.LengthM <= maxWellM):
		return fmt.Errorf("wells.length_m is %g, must be 0 (that of the preset) or from 1 to %d", w.LengthM, maxWellM)
	}
	return nil
}

// BasePath is the path of the base configuration, empty where there is none.
func (f *File) BasePath() string {
	if f.Base == "" {
		return ""
	}
	return f.resolve(f.Base)
}

// resolve makes a path relative to the ablation file one relative to the working folder.
func (f *File) resolve(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(f.path), path)
}
