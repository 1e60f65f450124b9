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
factors:
  - name: loss
    source: a paper
    levels:
      - {name: focal-l1, set: {loss.class: focal}, published: 2.6 %}
      - name: ce
        set:
          loss.class: weighted_ce
          pick.threshold: 0.9
  - {name: queries, key: Model.Queries, values: [24, 48]}
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
	if f.Factors[0].Levels[1].Set[1].Value != 0.9 || len(f.Wells.Preset) != 1 || f.Wells.TestPreset[1] != "dense" || f.Wells.Files[0].Labels != "/l.csv" {
		t.Errorf("read as %+v", f)
	}
	if l := f.Factors[0].Levels[0]; l.Published != "2.6 %" || f.Factors[0].Source != "a paper" || f.Design != OneAtATime {
		t.Errorf("read as %+v", f)
	}
	short := []Level{{Name: "24", Set: Settings{{"model.queries", 24, "factor queries"}}}, {Name: "48", Set: Settings{{"model.queries", 48, "factor queries"}}}}
	if !reflect.DeepEqual(f.Factors[1].Levels, short) {
		t.Errorf("short form written out as %+v, want %+v", f.Factors[1].Levels, short)
	}
	if got := f.FactorsThatSet("loss.Class"); !reflect.DeepEqual(got, []string{"loss"}) {
		t.Errorf("factors that set loss.class: %v", got)
	}
}

func TestFileRefused(t *testing.T) {
	const factors = "factors: [{name: a, key: loss.class, values: [focal, ce]}]\nseeds: [1]\n"
	const wells = "wells: {test: 1}\n"
	one := func(factor string) string { return wells + "factors: [" + factor + "]\nseeds: [1]\n" }
	for text, want := range map[string]string{
		"":                                                                          "is empty",
		"factors: [":                                                                "line 1",
		wells + factors + "seed: [1]":                                               "line 4: no such key: seed",
		wells + "factors: [{nam: a}]":                                               "line 2: no such key: nam",
		wells + factors + "---\nbase: x":                                            "more than one",
		wells + factors + "set: [1]":                                                "line 4: set must be a map",
		wells + factors + "set: {loss: {x: 1}}":                                     "line 4: loss: give whole keys with dots",
		wells + factors + "set: {train.seed: 1}":                                    "list the seeds under seeds",
		wells + factors + "set: {tile.seed: 1}":                                     "seed of the cell",
		wells + factors + "set: {log.level: info}":                                  "command line",
		wells + factors + "set: {a.b: 1, A.b: 2}":                                   "set twice",
		wells + factors + "set: {wells.train: 2}":                                   "wells.train is for levels",
		wells + factors + "design: full":                                            `design is "full"`,
		wells + "seeds: [1]":                                                        "0 factors",
		wells + strings.Split(factors, "seeds")[0]:                                  "0 seeds",
		wells + strings.Replace(factors, "[1]", "[1, 1]", 1):                        "seed 1",
		one("{name: ../a, key: k, values: [1, 2]}"):                                 `"../a"`,
		one("{name: a, key: k, values: [1, -1]}"):                                   `level 2 is named "-1"`,
		one("{name: a, key: k, values: [1]}"):                                       "1 levels",
		one("{name: a, values: [1, 2]}"):                                            "values without key",
		one("{name: a, key: k, levels: [{name: x}]}"):                               "not both",
		one("{name: a, key: k, values: [[1], [2]]}"):                                "no short form",
		one("{name: a, key: train.seed, values: [1, 2]}"):                           "list the seeds",
		one("{name: a, key: wells.train, values: [1, x]}"):                          "must be a number of wells",
		one("{name: a, levels: [{name: x}, {name: X}]}"):                            "two levels are named X",
		one("{name: a, key: k, values: [1, 2]}, {name: A, key: l, values: [1, 2]}"): "two factors are named A",
		one("{name: a, key: k, values: [1, 2]}, {name: b, key: k, values: [2, 3]}"): "both set k",
		wells + "design: grid\nfactors: [{name: a, key: k, values: [1, 2]}, {name: b, key: k, values: [1, 3]}]\nseeds: [1]\n": "both set k",
		factors:                                        "no test well",
		"wells: {test: 1, train: 2}\n" + factors:       "wells.preset is empty",
		"wells: {test: 1, preset: x}\n" + factors:      "wells.train is 0",
		"wells: {test: -1}\n" + factors:                "wells.test is -1|no test well",
		"wells: {test: 1, length_m: .nan}\n" + factors: "length_m",
		"wells: {test: 1, files: [{log: a, labels: b, split: x}]}\n" + factors:           `split is "x"`,
		"wells: {test: 1, files: [{log: a, split: test}]}\n" + factors:                   "give log and labels",
		"wells: {test_preset: a, files: [{log: a, labels: b, split: test}]}\n" + factors: "wells.test is 0",
		"wells: {test: 1, preset: a, valid: 1}\n" + factors:                              "without training wells",
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
			t.Errorf("%s\nerror %q, want %q", text, err, want)
		}
	}
}

// A grid of 10 factors with 4 levels would be a million cells.
func TestHugeGridRefused(t *testing.T) {
	text := "wells: {test: 1}\ndesign: grid\nseeds: [1]\nfactors:\n"
	for _, name := range strings.Split("abcdefghij", "") {
		text += "  - {name: " + name + ", key: k." + name + ", values: [1, 2, 3, 4]}\n"
	}
	if _, err := parse([]byte(text)); err == nil || !strings.Contains(err.Error(), "more than 10000 cells") {
		t.Errorf("error %v", err)
	}
	if f, err := parse([]byte(strings.Replace(text, "grid", "one-at-a-time", 1))); err != nil || len(f.choices()) != 31 {
		t.Errorf("one at a time: %v", err)
	}
}
