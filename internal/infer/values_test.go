package infer_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/geobfdt/geobfdt/internal/defaultmodel"
	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/infer"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/synth"
)

// TestPickWhateverTheValues: the default model picks the same of an LWD image when it comes as resistivity, with wild values, or from a tool
// whose sectors are calibrated unlike.
func TestPickWhateverTheValues(t *testing.T) {
	const seed = 3
	preset, err := synth.PresetByName("lwd-blurred")
	if err != nil {
		t.Fatal(err)
	}
	preset.LengthM = 12
	picker := defaultPicker(t, false)
	// pick returns the picks of the well when its values, in deviations from their mean, are what of makes them.
	pick := func(of func(v float64, column int) float64) []picks.Pick {
		log, _, err := preset.Well(seed)
		if err != nil {
			t.Fatal(err)
		}
		mean, deviation := imagelog.Moments(log.Pixels(), log.Mask)
		for k, ok := range log.Mask {
			if ok {
				log.Pixels()[k] = float32(of((float64(log.Pixels()[k])-mean)/deviation, k%log.Columns()))
			}
		}
		res, err := picker.Pick(context.Background(), log, nil)
		if err != nil {
			t.Fatal(err)
		}
		return res.Picks
	}
	r := rand.New(rand.NewPCG(1, 2))
	var sectors [128]float64
	for j := range sectors {
		sectors[j] = 0.5 * r.NormFloat64()
	}
	want := pick(func(v float64, _ int) float64 { return v })
	if len(want) < 20 {
		t.Fatalf("%d picks", len(want))
	}
	for name, tc := range map[string]struct {
		of    func(v float64, column int) float64
		least float64 // share of the picks that are the same
	}{
		"resistivity": {func(v float64, _ int) float64 { return 30 * math.Exp(1.5*v) }, 0.9},
		"wild values": {func(v float64, _ int) float64 {
			if r.IntN(500) == 0 {
				return 1e5
			}
			return v
		}, 0.8},
		"sectors calibrated unlike": {func(v float64, j int) float64 { return v + sectors[j] }, 0.9},
	} {
		got := pick(tc.of)
		same := 0.0
		for i := range want {
			for j := range got {
				if dip.CurveDistanceM(want[i].Trace(), got[j].Trace()) < 0.03 {
					same++
					break
				}
			}
		}
		if same < tc.least*float64(len(want)) || float64(len(got)) > 1.25*float64(len(want)) {
			t.Errorf("%s: %d picks, of %d as they should be %.0f", name, len(got), len(want), same)
		}
	}
}

// TestAlignWhateverTheValues: attitudes are settled on what the network sees, so they are the same when the image comes as resistivity.
func TestAlignWhateverTheValues(t *testing.T) {
	preset, err := synth.PresetByName("pad-flap")
	if err != nil {
		t.Fatal(err)
	}
	preset.LengthM = 15
	log, _, err := preset.Well(4)
	if err != nil {
		t.Fatal(err)
	}
	picker := defaultPicker(t, true)
	grey, err := picker.Pick(context.Background(), log, nil)
	if err != nil {
		t.Fatal(err)
	}
	mean, deviation := imagelog.Moments(log.Pixels(), log.Mask)
	for k, ok := range log.Mask {
		if ok {
			log.Pixels()[k] = float32(30 * math.Exp(1.5*(float64(log.Pixels()[k])-mean)/deviation))
		}
	}
	resistivity, err := picker.Pick(context.Background(), log, nil)
	if err != nil {
		t.Fatal(err)
	}
	apart, same := 0.0, 0.0
	for i := range grey.Picks {
		for j := range resistivity.Picks {
			if dip.CurveDistanceM(grey.Picks[i].Trace(), resistivity.Picks[j].Trace()) < 0.02 {
				apart, same = apart+math.Abs(resistivity.Picks[j].DipDeg-grey.Picks[i].DipDeg), same+1
				break
			}
		}
	}
	if len(grey.Picks) < 20 || same < 0.9*float64(len(grey.Picks)) {
		t.Fatalf("%d picks, %.0f of them of resistivity", len(grey.Picks), same)
	}
	if apart /= same; apart > 0.1 { // on resistivity itself it would be 0.23
		t.Errorf("dips of resistivity are %.2f degrees off those of its logarithm, in the mean", apart)
	}
}

// defaultPicker is one with the default model.
func defaultPicker(t *testing.T, align bool) *infer.Picker {
	t.Helper()
	bundle, err := defaultmodel.Load()
	if err != nil {
		t.Fatal(err)
	}
	pool := kernel.NewPool(0)
	t.Cleanup(pool.Close)
	picker, err := infer.NewPicker(bundle, infer.Options{Threshold: 0.5, Candidate: 0.2, Overlap: 0.5, Dewarp: true, MergeM: 0.03, Refine: true, RefinedMergeM: 0.035,
		MinCoverage: 0.25, Batch: 16, DiameterIn: 8.5, ElectricalFactor: 1, Align: align}, pool)
	if err != nil {
		t.Fatal(err)
	}
	return picker
}
