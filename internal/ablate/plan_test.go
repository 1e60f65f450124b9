package ablate

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/config"
	"github.com/geobfdt/geobfdt/internal/model"
)

// plan is New on the text of an ablation file, with configurations resolved as the command does.
func plan(t *testing.T, text, dir string) *Experiment {
	t.Helper()
	f, err := parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	e, err := New(f, dir, resolve)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func resolve(settings []Setting) (Setup, error) {
	var in config.Inputs
	for _, s := range settings {
		in.Flags = append(in.Flags, config.Flag{Key: s.Key, Value: s.Value, Name: s.Origin})
	}
	loaded, err := config.Load(in)
	if err != nil {
		return Setup{}, err
	}
	c := loaded.Config
	return Setup{
		Tile: c.Tile, Augment: c.Augment, Model: c.Model, Loss: c.Loss, Train: c.Train, Pick: c.Pick, Segment: c.Segment,
		YAML: c.YAML(), Hash: c.Hash(), TrainHash: c.TrainingHash(),
	}, nil
}

// names of the cells without their hashes, each with the variants that it serves.
func names(e *Experiment) (out []string) {
	for _, c := range e.Cells {
		name := c.Name[:strings.LastIndex(c.Name, "-")] + ":"
		for _, v := range c.Variants {
			name += " " + v.Name
		}
		out = append(out, name)
	}
	return out
}

const twoFactors = `
wells: {preset: vertical, train: 2, test: 1, length_m: 2}
factors:
  - {name: threshold, key: pick.threshold, values: [0.5, 0.9]}
  - {name: queries, key: model.queries, values: [8, 16, 24]}
seeds: [1, 2]
`

// One model serves every threshold; one-at-a-time changes one factor, a grid all.
func TestDesigns(t *testing.T) {
	e := plan(t, twoFactors, "")
	want := []string{
		"baseline-s1: baseline threshold-0.9", "queries-16-s1: queries-16", "queries-24-s1: queries-24",
		"baseline-s2: baseline threshold-0.9", "queries-16-s2: queries-16", "queries-24-s2: queries-24",
	}
	if got := names(e); !reflect.DeepEqual(got, want) {
		t.Errorf("one at a time: %q, want %q", got, want)
	}
	e = plan(t, twoFactors+"design: grid\n", "")
	want = []string{
		"baseline-s1: baseline threshold-0.9", "queries-16-s1: queries-16 threshold-0.9+queries-16", "queries-24-s1: queries-24 threshold-0.9+queries-24",
		"baseline-s2: baseline threshold-0.9", "queries-16-s2: queries-16 threshold-0.9+queries-16", "queries-24-s2: queries-24 threshold-0.9+queries-24",
	}
	if got := names(e); !reflect.DeepEqual(got, want) {
		t.Errorf("grid: %q, want %q", got, want)
	}
	if v := e.Cells[1].Variants[1]; v.Setup.Pick.Threshold != 0.9 || v.Setup.Model.Queries != 16 || !reflect.DeepEqual(v.Levels, []string{"0.9", "16"}) {
		t.Errorf("variant %+v", v)
	}
}

// With validation wells the best model is chosen at the threshold, so that thresholds need trainings of their own.
func TestThresholdTrainsWhereItChooses(t *testing.T) {
	e := plan(t, strings.Replace(twoFactors, "train: 2", "train: 2, valid: 1", 1), "")
	if got := names(e)[1]; got != "threshold-0.9-s1: threshold-0.9" {
		t.Errorf("second cell is %s", got)
	}
}

// What decides a training is in the hash of its folder, what does not is not.
func TestIdentity(t *testing.T) {
	name := func(text string) string { return plan(t, text, "").Cells[0].Name }
	base := name(twoFactors)
	for _, c := range []struct {
		from, to string
		same     bool
	}{
		{"test: 1", "test: 2", true}, {"[0.5, 0.9]", "[0.4, 0.9]", true}, {"[8, 16, 24]", "[8, 32]", true},
		{"train: 2", "train: 1", false}, {"length_m: 2", "length_m: 3", false}, {"[8, 16, 24]", "[9, 16]", false},
	} {
		if got := name(strings.Replace(twoFactors, c.from, c.to, 1)); (got == base) != c.same {
			t.Errorf("%s instead of %s: cell %s, was %s", c.to, c.from, got, base)
		}
	}
}

func TestWellsAsFactor(t *testing.T) {
	const text = `
wells: {preset: vertical, train: 3, test: 1, length_m: 2}
factors:
  - {name: wells, key: wells.train, values: [3, 1]}
seeds: [1]
`
	e := plan(t, text, "")
	if a, b := e.Cells[0].trainWells, e.Cells[1].trainWells; a != 3 || b != 1 {
		t.Errorf("%d and %d wells", a, b)
	}
	f, err := parse([]byte(strings.Replace(text, "[3, 1]", "[3, 4]", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(f, "", resolve); err == nil || !strings.Contains(err.Error(), "3 training wells are listed") {
		t.Errorf("error %v", err)
	}
}

func TestPlanRefuses(t *testing.T) {
	patch := strings.Replace(twoFactors, "key: model.queries, values: [8, 16, 24]", "key: tile.split, values: [well, patch]", 1)
	for text, want := range map[string]string{
		strings.Replace(twoFactors, "preset: vertical", "preset: horizontal", 1):                                    "unknown well preset",
		strings.Replace(twoFactors, "model.queries", "model.querys", 1):                                             "baseline: configuration: model.querys",
		strings.Replace(twoFactors, "key: model.queries, values: [8, 16, 24]", "levels: [{name: a}, {name: b}]", 1): "the same effective configuration",
		strings.Replace(patch, "preset: vertical, train: 2, ", "", 1):                                               "there are none: give wells.train",
		strings.Replace(patch, "seeds", "set: {tile.test_fraction: 0}\nseeds", 1):                                   "holds nothing out",
	} {
		f, err := parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if _, err = New(f, "", resolve); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\nerror %v, want %q", text, err, want)
		}
	}
}

// The recipe's network was measured at 0.28 GFLOP a tile: widths 16 to 128, width 64, 24 queries, 256 x 96 pixels in two channels.
func TestForwardGFLOP(t *testing.T) {
	o := model.Options{
		Backbone: "resnet10", Widths: []int{16, 32, 64, 128}, Strides: [][]int{{1, 1}, {2, 2}, {1, 2}, {1, 1}}, Dim: 64, Heads: 4,
		FeedForward: 128, Encoders: 4, Decoders: 4, Queries: 24, Decoder: "refine", OffsetDim: 32,
	}
	g := model.Geometry{Rows: 256, Columns: 96, Channels: 2}
	if got := forwardGFLOP(o, g); math.Abs(got-0.28) > 0.04 {
		t.Errorf("%.3f GFLOP, measured were 0.28", got)
	}
	// ResNet-18 has eight blocks of two convolutions where ResNet-10 has four.
	small := forwardGFLOP(o, g)
	o.Backbone = "resnet18"
	if r := forwardGFLOP(o, g) / small; !(r > 1.3 && r < 2.3) {
		t.Errorf("resnet18 costs %.2f times resnet10", r)
	}
}
