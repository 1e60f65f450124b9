package config

import (
	"reflect"
	"strings"
	"testing"
)

func TestShowSaysWhereFrom(t *testing.T) {
	l, err := Load(Inputs{
		Env:   []string{"GEOBFDT_PICK_THRESHOLD=0.7"},
		Flags: []Flag{{"train.lr", 0.002, "--lr"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := l.Show(&b); err != nil {
		t.Fatal(err)
	}
	lines := map[string]string{} // trimmed value -> origin
	for line := range strings.Lines(b.String()) {
		value, origin, _ := strings.Cut(line, "# from: ")
		lines[strings.TrimSpace(value)] = strings.TrimSpace(origin)
	}
	for value, origin := range map[string]string{
		"threshold: 0.7": "env GEOBFDT_PICK_THRESHOLD",
		"lr: 0.002":      "flag --lr",
		"rows: 256":      "default",
		"strides: [[1, 1], [2, 2], [1, 2], [1, 1]]": "default",
	} {
		if got, ok := lines[value]; !ok || got != origin {
			t.Errorf("%q shown from %q (present %t), want %q", value, got, ok, origin)
		}
	}
}

// What Show and YAML print is a configuration file of the same run.
func TestShowLoadsBack(t *testing.T) {
	l, err := Load(Inputs{Flags: []Flag{
		{"train.synth_presets", []string{"train", "a, b", "1"}, "--set"},
		{"train.weight_decay", 0.0, "--set"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	var shown strings.Builder
	if err := l.Show(&shown); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"Show": shown.String(), "YAML": string(l.YAML())} {
		back, err := Load(Inputs{Path: writeFile(t, "a.yaml", text)})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !reflect.DeepEqual(back.Config, l.Config) {
			t.Errorf("%s loads back as\n%+v\nwant\n%+v", name, back.Config, l.Config)
		}
		if back.Hash() != l.Hash() {
			t.Errorf("%s: hash changed", name)
		}
	}
}

func TestHash(t *testing.T) {
	base := Defaults()
	if h := base.Hash(); len(h) != 64 || h != base.Hash() {
		t.Errorf("hash %q is not stable", h)
	}
	for _, test := range []struct {
		change func(*Config)
		same   bool
	}{
		{func(c *Config) { c.Train.LR *= 2 }, false},
		{func(c *Config) { c.Model.Strides[1][0] = 1 }, false},
		{func(c *Config) { c.Log.Level = "debug" }, true},
	} {
		c := Defaults()
		test.change(&c)
		if same := c.Hash() == base.Hash(); same != test.same {
			t.Errorf("hash equal %t, want %t for\n%s", same, test.same, c.YAML())
		}
	}
}
