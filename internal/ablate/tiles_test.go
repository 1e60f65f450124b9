package ablate

import (
	"reflect"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/tile"
)

func TestHeldOut(t *testing.T) {
	at := func(source int, top float64, split string) tile.Info {
		return tile.Info{Source: source, TopM: top, BaseM: top + 1, Split: split}
	}
	m := &tile.Manifest{Sources: make([]tile.Source, 3), Tiles: []tile.Info{
		at(0, 0, tile.Test), at(0, 0.5, tile.Train), at(0, 1, tile.Test), at(0, 1.5, tile.Test), at(0, 2, tile.Train), at(0, 2.5, tile.Train), at(0, 3, tile.Test),
		at(1, 0, tile.Train), at(2, 5, tile.Test),
	}}
	want := [][]interval{{{0, 2.5}, {3, 4}}, nil, {{5, 6}}}
	if got := heldOut(m); !reflect.DeepEqual(got, want) {
		t.Errorf("stretches %v, want %v", got, want)
	}
}

// A split by patch trains on a part of the tiles, another one with each seed, and is scored on the rest as well as on unseen wells.
func TestSplitByPatch(t *testing.T) {
	text := strings.Replace(tinyFile, "key: loss.class, values: [focal, ce]", "key: tile.split, values: [well, patch]", 1)
	text = strings.Replace(text, "seeds: [3]", "seeds: [3, 4]", 1)
	text = strings.Replace(text, "set:\n", "set:\n  tile.test_fraction: 0.4\n", 1)
	e := plan(t, text, t.TempDir())
	run(t, e, nil)
	var stretches []string
	for _, c := range e.Cells {
		r, err := e.Result(c)
		if err != nil {
			t.Fatal(err)
		}
		v := r.Variants[0]
		if !c.byPatch() {
			if v.Held != nil {
				t.Errorf("cell %s has held-out tiles", c.Name)
			}
			continue
		}
		// 2 m in rows of 1 cm and tiles of 64 rows by 32: six tiles, of which 0.4 are two.
		if r.Data != "4 tiles of 1 wells" {
			t.Errorf("cell %s trained on %s", c.Name, r.Data)
		}
		length, names := 0.0, ""
		for _, w := range v.Held.Scores.Wells {
			length, names = length+w.LengthM, names+w.Well+" "
		}
		if !(length >= 0.96-1e-9 && length <= 1.28+1e-9) || len(v.Blind.Scores.Wells) != 2 {
			t.Errorf("cell %s: %.2f m held out, %d unseen wells", c.Name, length, len(v.Blind.Scores.Wells))
		}
		stretches = append(stretches, names)
	}
	if len(stretches) != 2 || stretches[0] == stretches[1] {
		t.Errorf("held out: %q, want other stretches with another seed", stretches)
	}
	report, err := e.Report()
	if err != nil {
		t.Fatal(err)
	}
	split := report.Factors[1]
	if len(split.Leaks) != len(classes) || split.Leaks[0].Level != "patch" || split.Leaks[0].Seeds > 2 || len(report.Factors[0].Leaks) > 0 {
		t.Errorf("leaks %+v", split.Leaks)
	}
	n := 0
	for _, r := range report.Rows {
		if r.Scored == OnTiles {
			n++
		}
	}
	if n != 3*(2+1) { // classes, seeds and their mean
		t.Errorf("%d rows on held-out tiles", n)
	}
}
