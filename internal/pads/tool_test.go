package pads

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/configs/tools"
)

func tool(t testing.TB, name string) *Tool {
	t.Helper()
	found, err := Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// The numbers of buttons are those of the vendors' data sheets.
func TestBuiltin(t *testing.T) {
	want := map[string]int{"fmi": 192, "fms-4": 64, "fms-2": 54, "emi": 150, "star": 144, "eight-pads": 192, "pad-flap": 192, "six-arm": 192}
	all, err := Builtin()
	if err != nil || len(all) != len(want) {
		t.Fatalf("%d tools: %v", len(all), err)
	}
	for _, tool := range all {
		buttons := 0
		for pad := range tool.Pads() {
			if p, arm := tool.plate(pad); p.Channels[0][arm] != "" {
				buttons += p.Buttons
			}
		}
		if buttons != want[tool.Name] {
			t.Errorf("%s has %d buttons, want %d", tool.Name, buttons, want[tool.Name])
		}
	}
}

func TestFind(t *testing.T) {
	own := filepath.Join(t.TempDir(), "own.yaml")
	text := "name: own\narms: 2\nsignal: current\nplates:\n  - {name: pad, buttons: 4, spacing_in: 0.2, rows_in: [0], channels: [[A, B]]}\n"
	if err := os.WriteFile(own, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := tool(t, own); got.Name != "own" || got.Pads() != 2 || got.columns() != 360 || got.equaliseM() != 5 {
		t.Errorf("%+v", got)
	}
	if got := tool(t, "FMI"); got.Name != "fmi" {
		t.Errorf("%+v", got)
	}
	if _, err := Find("nothing"); !errors.Is(err, ErrTool) || !strings.Contains(err.Error(), "fms-4") {
		t.Errorf("unknown tool: %v", err)
	}
	for _, change := range [][2]string{
		{"name: own", "name: ''"}, {"arms: 2", "arms: 0"}, {"arms: 2", "arms: 3"}, {"current", "voltage"}, {"name: own", "nmae: own"},
		{"buttons: 4", "buttons: 1000000"}, {"0.2", ".nan"}, {"[0]", "[]"}, {"[0]", "[1e9]"}, {"name: own", "name: own\ncolumns: 7"},
		{"name: own", "name: own\nequalise_m: -1"}, {"name: own", "name: own\ncalipers: [{arms: [3], measures: radius}]"},
		{"name: own", "name: own\ncalipers: [{arms: [1]}]"}, {"name: own", "name: own\npad_radius_in: -3"}, {"name: own", "name: own\nbetween: cubic"}, {text, ""}, {text, strings.Repeat("#", 1<<17)},
	} {
		if _, err := Parse([]byte(strings.Replace(text, change[0], change[1], 1))); !errors.Is(err, ErrTool) {
			t.Errorf("%q for %q: %v", change[1], change[0], err)
		}
	}
}

func FuzzParse(f *testing.F) {
	all, err := Builtin()
	if err != nil {
		f.Fatal(err)
	}
	for _, t := range all {
		data, err := tools.Files.ReadFile(t.Name + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	channels := append(arrays("PAD%d", 8, 24), Channel{"BA", []int{2, 12}}, Channel{"BA11", []int{1}})
	f.Fuzz(func(t *testing.T, data []byte) {
		tool, err := Parse(data)
		if err != nil {
			if !errors.Is(err, ErrTool) {
				t.Errorf("error %v", err)
			}
			return
		}
		if m, ok := tool.Find(channels); ok && len(m.Pads) != tool.Pads() {
			t.Errorf("%d pads of %d", len(m.Pads), tool.Pads())
		}
	})
}
