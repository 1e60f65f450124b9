package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const configsDir = "../../configs"

// Every file of configs/ loads, opens with a header that says what it is and what to expect, and runs what its name says.
func TestConfigFiles(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(configsDir, "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no configuration files in %s (%v)", configsDir, err)
	}
	for _, path := range files {
		if strings.HasPrefix(filepath.Base(path), "ablate-") {
			continue // plans of ablations, which package ablate tests
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			if _, err := Load(Inputs{Path: path}); err != nil {
				t.Error(err)
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			header, _, _ := strings.Cut(string(text), "\n\n")
			if !strings.HasPrefix(header, "# ") || !strings.Contains(header, "What to expect") {
				t.Errorf("header does not say what the file is and what to expect:\n%s", header)
			}
		})
	}
}

func load(t *testing.T, name string) *Loaded {
	t.Helper()
	l, err := Load(Inputs{Path: filepath.Join(configsDir, name)})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// configs/default.yaml documents the defaults: it holds every key, at its default.
func TestDefaultFileIsComplete(t *testing.T) {
	l := load(t, "default.yaml")
	for _, k := range keysOf(&l.Config) {
		if l.sources[k.path].Kind != FromFile {
			t.Errorf("configs/default.yaml lacks %s", k.path)
		}
	}
	if want := Defaults(); !reflect.DeepEqual(l.Config, want) {
		t.Errorf("configs/default.yaml differs from Defaults:\n%+v\n%+v", l.Config, want)
	}
}

// The published facts (docs/design.md, plain decoder) stand in configs/paper.yaml, and the runner-up differs in nothing but
// losses and threshold.
func TestPaperFiles(t *testing.T) {
	focal, ce := load(t, "paper.yaml"), load(t, "paper-ce-l2.yaml")
	if tiles := int(60 / (float64(focal.Tile.Rows) * focal.Tile.RowM)); tiles != 236 || focal.Tile.Overlap != 0 {
		t.Errorf("60 m give %d tiles at overlap %g, published 236 at 0", tiles, focal.Tile.Overlap)
	}
	l := focal.Loss
	if l.Class != "focal" || l.Param != "l1" || l.ClassWeight != 5 || l.ParamWeight != 1 || focal.Train.LR != 4e-4 || focal.Pick.Threshold != 0.5 {
		t.Errorf("objective is not the published one: %+v, lr %g, threshold %g", l, focal.Train.LR, focal.Pick.Threshold)
	}
	if ce.Loss.Class != "weighted_ce" || ce.Loss.Param != "l2" || ce.Pick.Threshold != 0.9 {
		t.Errorf("runner-up is %s + %s at %g", ce.Loss.Class, ce.Loss.Param, ce.Pick.Threshold)
	}
	ce.Loss, ce.Pick.Threshold = focal.Loss, focal.Pick.Threshold
	if !reflect.DeepEqual(ce.Config, focal.Config) {
		t.Errorf("the two differ in more than losses and threshold:\n%+v\n%+v", focal.Config, ce.Config)
	}
}

func TestKeysAreTaggedAndUnique(t *testing.T) {
	c := Defaults()
	names := map[string]string{}
	for _, k := range keysOf(&c) {
		if k.path == "" || strings.HasSuffix(k.path, ".") {
			t.Errorf("a field near %q has no mapstructure tag", k.path)
		}
		if other, taken := names[envName(k.path)]; taken {
			t.Errorf("%s and %s share the variable %s", k.path, other, envName(k.path))
		}
		names[envName(k.path)] = k.path
	}
}
