package main

import (
	"bytes"
	"context"
	"io"
	"math"
	"path/filepath"
	"testing"

	"github.com/geobfdt/geobfdt/internal/picks"
)

// pickWell makes a synthetic well in a file of the given name, picks it with the model in the binary, and returns the picks.
func pickWell(t *testing.T, name string, synthFlags, pickFlags []string) []picks.Pick {
	t.Helper()
	dir := t.TempDir()
	well, csv := filepath.Join(dir, name), filepath.Join(dir, "picks.csv")
	for _, args := range [][]string{
		append([]string{"synth", "--preset", "deviated", "--seed", "5", "--length", "5", "--quiet", "-o", well}, synthFlags...),
		append([]string{"pick", well, "--quiet", "-o", csv}, pickFlags...),
	} {
		var stderr bytes.Buffer
		a := &app{args: args, stdin: bytes.NewReader(nil), stdout: io.Discard, stderr: &stderr}
		if code := a.main(context.Background()); code != 0 {
			t.Fatalf("%v: exit code %d: %s", args, code, stderr.String())
		}
	}
	table, err := picks.ReadFile(csv)
	if err != nil {
		t.Fatal(err)
	}
	return table.Picks
}

// A DLIS image in feet logged down, or in metres logged up, with two frames and raw pads, gives the picks of the NPZ of the same well:
// within 1 mm and 0.1 degrees, true dips too. So do its raw pads.
func TestPicksOfDLISAreThoseOfNPZ(t *testing.T) {
	want := pickWell(t, "well.npz", nil, nil)
	if len(want) < 10 {
		t.Fatalf("only %d picks", len(want))
	}
	feet, up, pads := []string{"--depth-unit", "ft", "--raw-pads"}, []string{"--logged-up", "--raw-pads"}, []string{"--image-channel", "pads"}
	for name, c := range map[string]struct{ synth, pick []string }{
		"feet, down": {feet, nil}, "metres, up": {up, nil}, "pads, feet, down": {feet, pads}, "pads, metres, up": {up, pads},
	} {
		got := pickWell(t, "well.dlis", c.synth, c.pick)
		if len(got) != len(want) {
			t.Errorf("%s: %d picks, want %d", name, len(got), len(want))
			continue
		}
		for i, w := range want {
			g := got[i]
			apart := math.Max(math.Abs(g.DipDeg-w.DipDeg), math.Abs(math.Remainder(g.AzimuthDeg-w.AzimuthDeg, 360)))
			trueApart := math.Max(math.Abs(g.TrueDipDeg-w.TrueDipDeg), math.Abs(math.Remainder(g.TrueAzimuthDeg-w.TrueAzimuthDeg, 360)))
			if g.Class != w.Class || math.Abs(g.DepthM-w.DepthM) > 1e-3 || apart > 0.1 || trueApart > 0.1 {
				t.Errorf("%s: pick %+v, want %+v", name, g, w)
			}
		}
	}
}
