package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDefaultsAreValidAndLoadUnchanged(t *testing.T) {
	defaults := Defaults()
	if err := defaults.Validate(); err != nil {
		t.Fatal(err)
	}
	got, err := Load(Inputs{})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.Config, defaults) {
		t.Errorf("loaded nothing, got\n%+v\nwant\n%+v", got.Config, defaults)
	}
	if s := got.sources["train.lr"]; s.Kind != FromDefault {
		t.Errorf("source %v, want default", s)
	}
}

func TestLaterLayersWin(t *testing.T) {
	path := writeFile(t, "a.yaml", "train:\n  lr: 0.1\n  batch: 2\n  seed: 3\ntile: # all commented out\n")
	got, err := Load(Inputs{
		Path:  path,
		Env:   []string{"GEOBFDT_TRAIN_BATCH=4", "GEOBFDT_TRAIN_SEED=5", "HOME=/", "GEOBFDT_ISA=generic"},
		Flags: []Flag{{"train.seed", int64(6), "--seed"}, {"train.seed", "7", "--set train.seed"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got.Train.LR != 0.1 || got.Train.Batch != 4 || got.Train.Seed != 7 || got.Tile.Rows != 256 {
		t.Errorf("got lr %g, batch %d, seed %d, rows %d", got.Train.LR, got.Train.Batch, got.Train.Seed, got.Tile.Rows)
	}
	for key, want := range map[string]string{
		"train.lr":    "file " + path,
		"train.batch": "env GEOBFDT_TRAIN_BATCH",
		"train.seed":  "flag --set train.seed",
		"tile.rows":   "default",
	} {
		if s := got.sources[key].String(); s != want {
			t.Errorf("source of %s is %q, want %q", key, s, want)
		}
	}
}

// Every key can be given in the environment: its default, set as text, is read back as the same value.
func TestEveryKeyFromEnvironment(t *testing.T) {
	c := Defaults()
	var env []string
	for _, k := range keysOf(&c) {
		env = append(env, envName(k.path)+"="+scalar(k.value))
	}
	got, err := Load(Inputs{Env: env})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.Config, c) {
		t.Errorf("got\n%+v\nwant\n%+v", got.Config, c)
	}
	for _, k := range keysOf(&c) {
		if s := got.sources[k.path]; s.Kind != FromEnv {
			t.Errorf("%s came from %v, want env", k.path, s)
		}
	}
}

func TestListsAsText(t *testing.T) {
	got, err := Load(Inputs{Flags: []Flag{
		{"train.synth_presets", "train, train-steep", "--set"},
		{"model.widths", "[64, 64, 64, 64]", "--set"},
		{"train.samples", "2e5", "--set"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"train", "train-steep"}; !reflect.DeepEqual(got.Train.SynthPresets, want) {
		t.Errorf("presets %q, want %q", got.Train.SynthPresets, want)
	}
	if want := []int{64, 64, 64, 64}; !reflect.DeepEqual(got.Model.Widths, want) {
		t.Errorf("widths %v, want %v", got.Model.Widths, want)
	}
	if got.Train.Samples != 200_000 {
		t.Errorf("samples %d, want 200000", got.Train.Samples)
	}
}

func TestFormats(t *testing.T) {
	for name, text := range map[string]string{
		"a.yml":  "train: {lr: 0.25}",
		"a.toml": "[train]\nlr = 0.25\n",
		"a.json": `{"train": {"lr": 0.25}}`,
	} {
		got, err := Load(Inputs{Path: writeFile(t, name, text)})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if got.Train.LR != 0.25 {
			t.Errorf("%s: lr %g, want 0.25", name, got.Train.LR)
		}
	}
}

func TestRefusals(t *testing.T) {
	tests := map[string]struct {
		file string
		env  string
		set  [2]string
		want []string // all of them in the message
	}{
		"misspelt key":          {file: "train:\n  lrr: 1\n", want: []string{"train.lrr: no such key", "did you mean train.lr?"}},
		"wrong section":         {file: "model:\n  threshold: 1\n", want: []string{"model.threshold", "did you mean pick.threshold?"}},
		"nothing like it":       {file: "zebra_crossing: 1\n", want: []string{"zebra_crossing: no such key", "config show"}},
		"section as value":      {file: "train: 5\n", want: []string{"train: is 5", "a section", "train.samples"}},
		"key below a key":       {file: "train:\n  lr:\n    max: 1\n", want: []string{"train.lr.max: no such key"}},
		"key without value":     {file: "train:\n  lr:\n", want: []string{"train.lr", "must be a number"}},
		"text as number":        {file: "train:\n  lr: fast\n", want: []string{`train.lr: is "fast"`, "must be a number"}},
		"number in quotes":      {file: "train:\n  lr: \"0.1\"\n", want: []string{`train.lr: is "0.1"`, "must be a number"}},
		"fraction as count":     {file: "train:\n  batch: 1.5\n", want: []string{"train.batch: is 1.5", "whole number"}},
		"number as switch":      {file: "pick:\n  refine: 1\n", want: []string{"pick.refine: is 1", "true or false"}},
		"scalar as list":        {file: "model:\n  widths: 32\n", want: []string{"model.widths: is 32", "list of whole numbers"}},
		"out of range":          {file: "pick:\n  threshold: 1.5\n", want: []string{"pick.threshold: is 1.5", "file", "from 0 to 1"}},
		"not a number":          {file: "train:\n  lr: .nan\n", want: []string{"train.lr: is NaN", "from 1e-09 to 1"}},
		"not among the choices": {file: "tile:\n  split: wells\n", want: []string{`tile.split: is "wells"`, "well | patch"}},
		"heads do not divide":   {file: "model:\n  heads: 5\n", want: []string{"model.heads: is 5", "model.dim, which is 64"}},
		"columns do not halve":  {file: "tile:\n  columns: 100\n", want: []string{"tile.columns: is 100", "multiple of 16"}},
		"ragged strides":        {file: "model:\n  strides: [[1, 1], [2], [1, 2], [1, 1]]\n", want: []string{"model.strides", "four pairs"}},
		"broken yaml":           {file: "train: [\n", want: []string{"a.yaml", "yaml"}},
		"the same key twice":    {file: "threads: 1\nthreads: 2\n", want: []string{"a.yaml", "threads"}},
		"empty file":            {file: " \n", want: []string{"a.yaml", "empty"}},
		"misspelt variable":     {env: "GEOBFDT_TRAIN_LRR=1", want: []string{"GEOBFDT_TRAIN_LRR: no such key", "GEOBFDT_TRAIN_LR?"}},
		"empty variable":        {env: "GEOBFDT_TRAIN_LR=", want: []string{`train.lr: is ""`, "env GEOBFDT_TRAIN_LR", "a number"}},
		"misspelt flag":         {set: [2]string{"tile.row", "9"}, want: []string{"tile.row: no such key (flag --set)", "tile.row"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var in Inputs
			if test.file != "" {
				in.Path = writeFile(t, "a.yaml", test.file)
			}
			if test.env != "" {
				in.Env = []string{test.env}
			}
			if test.set[0] != "" {
				in.Flags = []Flag{{test.set[0], test.set[1], "--set"}}
			}
			_, err := Load(in)
			if err == nil {
				t.Fatal("accepted")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("message lacks %q:\n%v", want, err)
				}
			}
		})
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	path := writeFile(t, "a.yaml", "train: {lr: 7, batch: 0}\npick: {threshold: -1}\nlog: {level: loud}\n")
	_, err := Load(Inputs{Path: path})
	var all *Error
	if !errors.As(err, &all) {
		t.Fatalf("got %v, want *Error", err)
	}
	var keys []string
	for _, p := range all.Problems {
		keys = append(keys, p.Key)
		if p.Source.Kind != FromFile {
			t.Errorf("%s blamed on %v, want file", p.Key, p.Source)
		}
	}
	if want := []string{"train.batch", "train.lr", "pick.threshold", "log.level"}; !reflect.DeepEqual(keys, want) {
		t.Errorf("problems with %q, want %q", keys, want)
	}
}

func TestUnusableFiles(t *testing.T) {
	for name, test := range map[string]struct{ path, want string }{
		"missing":        {filepath.Join(t.TempDir(), "none.yaml"), "none.yaml"},
		"folder":         {t.TempDir(), "regular file"},
		"unknown format": {writeFile(t, "a.ini", "x=1"), "name it .yaml"},
		"too large":      {writeFile(t, "b.yaml", strings.Repeat("#\n", maxFileBytes)), "too large"},
	} {
		if _, err := Load(Inputs{Path: test.path}); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
	}
}
