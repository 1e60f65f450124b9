package ablate

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.yaml")
	text := `
base: sub/base.yaml
set: {train.samples: 100, Model.Widths: [32, 64]}
wells:
  preset: first-well
  test_preset: [vertical, dense]
  train: 1
  test: 3
  seed: 100
  files:
    - {log: w.npz, labels: /l.csv, split: valid}
arms:
  - {name: focal-l1, set: {loss.class: focal}}
  - name: ce
    set:
      loss.class: weighted_ce
      pick.threshold: 0.9
seeds: [1, 2]
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := f.BasePath(), filepath.Join(filepath.Dir(path), "sub/base.yaml"); got != want {
		t.Errorf("base %s, want %s", got, want)
	}
	want := Settings{{"train.samples", 100, "line 3"}, {"model.widths", []any{32, 64}, "line 3"}}
	if !reflect.DeepEqual(f.Set, want) {
		t.Errorf("set %v, want %v", f.Set, want)
	}
	if f.Arms[1].Set[1].Value != 0.9 || len(f.Wells.Preset) != 1 || f.Wells.TestPreset[1] != "dense" || f.Wells.Files[0].Labels != "/l.csv" {
		t.Errorf("read as %+v", f)
	}
	if got := f.ArmsThatSet("loss.Class"); !reflect.DeepEqual(got, []string{"focal-l1", "ce"}) {
		t.Errorf("arms that set loss.class: %v", got)
	}
}

func TestFileRefused(t *testing.T) {
	const arms = "arms: [{name: a}]\nseeds: [1]\n"
	const wells = "wells: {test: 1}\n"
	for text, want := range map[string]string{
		"":                                                 "is empty",
		"arms: [":                                          "line 1",
		wells + arms + "seed: [1]":                         "line 4: no such key: seed",
		wells + "arms: [{nam: a}]":                         "line 2: no such key: nam",
		wells + arms + "---\nbase: x":                      "more than one",
		wells + arms + "set: [1]":                          "line 4: set must be a map",
		wells + arms + "set: {loss: {x: 1}}":               "line 4: loss: give whole keys with dots",
		wells + arms + "set: {train.seed: 1}":              "list the seeds under seeds",
		wells + arms + "set: {tile.split: patch}":          "splits by well",
		wells + arms + "set: {log.level: info}":            "command line",
		wells + arms + "set: {a.b: 1, A.b: 2}":             "set twice",
		wells + "seeds: [1]":                               "0 arms",
		wells + "arms: [{name: a}]":                        "0 seeds",
		wells + "arms: [{name: a}]\nseeds: [1, 1]":         "seed 1",
		wells + "arms: [{name: ../a}]\nseeds: [1]":         `"../a"`,
		wells + "arms: [{name: a}, {name: A}]\nseeds: [1]": "two arms are named A",
		arms:                                        "no test well",
		"wells: {test: 1, train: 2}\n" + arms:       "wells.preset is empty",
		"wells: {test: 1, preset: x}\n" + arms:      "wells.train is 0",
		"wells: {test: -1}\n" + arms:                "no test well|wells.test is -1",
		"wells: {test: 1, length_m: .nan}\n" + arms: "length_m",
		"wells: {test: 1, files: [{log: a, labels: b, split: x}]}\n" + arms:           `split is "x"`,
		"wells: {test: 1, files: [{log: a, split: test}]}\n" + arms:                   "give log and labels",
		"wells: {test_preset: a, files: [{log: a, labels: b, split: test}]}\n" + arms: "wells.test is 0",
		"wells: {test: 1, preset: a, valid: 1}\n" + arms:                              "without training wells",
	} {
		_, err := parse([]byte(text))
		if err == nil {
			t.Errorf("accepted:\n%s", text)
			continue
		}
		found := false
		for _, w := range strings.Split(want, "|") {
			found = found || strings.Contains(err.Error(), w)
		}
		if !found {
			t.Errorf("%q: error %q does not say %q", text, err, want)
		}
	}
}

// The files of configs/ are read, and every preset they name exists.
func TestShippedFiles(t *testing.T) {
	paths, err := filepath.Glob("../../configs/ablate-*.yaml")
	if err != nil || len(paths) < 2 {
		t.Fatalf("files %v (%v)", paths, err)
	}
	for _, path := range paths {
		f, err := Read(path)
		if err != nil {
			t.Error(err)
			continue
		}
		if _, err := listWells(f); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("wells: {test: 1}\narms: [{name: a, set: {loss.class: focal}}]\nseeds: [1]\n"))
	f.Add([]byte("set: &x {a: *x}"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if file, err := parse(raw); err == nil && len(file.Arms)*len(file.Seeds) == 0 {
			t.Error("accepted without a cell")
		}
	})
}
