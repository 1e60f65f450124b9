package synth

import (
	"errors"
	"fmt"
	"math/rand/v2"
)

// Chance is a knob that only some scenes have: with probability Prob a scene draws a value from Range, else the value is 0. A Chance
// of probability 0 draws no random number at all, so that a world without it stays what it was, bit by bit.
type Chance struct {
	Prob  float64
	Range Range
}

// draw is the scene's value.
func (c Chance) draw(rng *rand.Rand) float64 {
	if c.Prob == 0 || rng.Float64() >= c.Prob {
		return 0
	}
	return c.Range.uniform(rng)
}

// Trouble are the knobs that real logs add to the plain model of Params. The zero value is a world without trouble.
type Trouble struct {
	// Hole.
	Swell        Chance // largest growth of the diameter down the hole, relative to the bit
	Ovality      Chance // half of the difference of the axes, relative to the mean diameter
	CaliperError Chance // error of the caliper's scale, relative, either way

	// Tool.
	ShiftM       Chance // spread of depth mismatch between pads, instead of Params.PadShiftM
	NoisyButtons Chance // share of the buttons whose noise is 3 to 8 times that of the others
	Grain        Chance // share of the noise that lies below the blur: grain instead of white noise
	RowNoise     Chance // level of every row, latent units: horizontal stripes
	Stripes      Chance // level that varies with azimuth and slowly with depth, latent units: tool marks
	Spiral       Chance // level that winds down the hole, latent units: a spiral hole
	InvertedM    Chance // largest length of intervals of inverted polarity, about one in 3 m
	Warp         Chance // curvature w of the grey scale, either way: x becomes x (1 + w x) where w x > 0, else x / (1 - w x)
	Levels       Chance // number of grey levels that the picture kept
	JPEG         Chance // quality from 5 to 95 of a picture stored as JPEG
	EqualiseM    Chance // window of a histogram-equalised ("dynamic") picture, metres
	HatchSD      Chance // woven interference, latent units
	CoarseRowM   Chance // sampling of the tool, for Patch only: recorded so, and resampled to the tile's grid
	CoarseCols   Range  // azimuth columns of such a record

	// Rock.
	Massive       Chance // standard deviation of laminae in rock that has no contacts, and whose fractures lie as they like
	Barren        Chance // share of the well in stretches of metres without any pick
	Floor         Chance // least contrast of a labelled sinusoid over what surrounds it, instead of contrastFloor
	Gradual       Chance // share of contacts that are gradual
	GradualWidthM Range  // their logistic scale: a tenth to nine tenths of the change lie within 4.4 of it
	CrossBedDeg   Chance // dip of foresets against the set's boundaries
	Streaks       Chance // standard deviation of discontinuous laminae
	Patches       Chance // standard deviation of nodules and patches with sharp edges

	// Fractures.
	SetScatter Chance // scatter within a set of fractures, in units of setDipSD and setAzimuthSD
	Fading     Chance // spread of the strength along a trace: it fades and comes back
	Splays     Chance // mean number of splays of a fracture
	Pits       Chance // mean number of washed-out pits along a fracture
	RimM       Chance // distance of the rims of fractures that show as two lines with a core of the opposite sign

	// Not picks.
	CracksPerM   Chance // short cracks, 8 to 50 degrees of arc
	WashoutsPerM Chance // dark ragged blotches
}

// validate reports the first knob that no scene can be drawn with.
func (t *Trouble) validate() error {
	for _, x := range []struct {
		name     string
		c        Chance
		min, max float64
	}{
		{"swell", t.Swell, 0, 0.5}, {"ovality", t.Ovality, 0, 0.3}, {"caliper_error", t.CaliperError, 0, 0.3},
		{"shift_m", t.ShiftM, 0, 0.1}, {"noisy_buttons", t.NoisyButtons, 0, 1},
		{"grain", t.Grain, 0, 1}, {"row_noise", t.RowNoise, 0, 5}, {"stripes", t.Stripes, 0, 5}, {"spiral", t.Spiral, 0, 5},
		{"inverted_m", t.InvertedM, 0, 100}, {"warp", t.Warp, 0, 1},
		{"levels", t.Levels, 4, 256}, {"jpeg", t.JPEG, 5, 95}, {"equalise_m", t.EqualiseM, 0.1, 20}, {"hatch_sd", t.HatchSD, 0, 5},
		{"coarse_row_m", t.CoarseRowM, 0.002, 0.02}, {"massive", t.Massive, 1e-6, 5}, {"barren", t.Barren, 0, 0.99}, {"floor", t.Floor, 0.3, 10}, {"gradual", t.Gradual, 0, 1},
		{"cross_bed_deg", t.CrossBedDeg, 0, 45}, {"streaks", t.Streaks, 0, 5}, {"patches", t.Patches, 0, 5},
		{"set_scatter", t.SetScatter, 0.01, 4}, {"fading", t.Fading, 0, 2}, {"splays", t.Splays, 0, 10},
		{"pits", t.Pits, 0, 20}, {"rim_m", t.RimM, 0, 0.2}, {"cracks_per_m", t.CracksPerM, 0, maxPerM}, {"washouts_per_m", t.WashoutsPerM, 0, maxPerM},
	} {
		if !(x.c.Prob >= 0 && x.c.Prob <= 1) {
			return fmt.Errorf("synth parameter trouble %s: probability %g must lie in [0, 1]", x.name, x.c.Prob)
		}
		if r := x.c.Range; x.c.Prob > 0 && !(r.Min >= x.min && r.Max <= x.max && r.Min <= r.Max) {
			return fmt.Errorf("synth parameter trouble %s [%g, %g]: must be an ascending range within [%g, %g]", x.name, r.Min, r.Max, x.min, x.max)
		}
	}
	if r := t.CoarseCols; t.CoarseRowM.Prob > 0 && !(r.Min >= 16 && r.Max <= 720 && r.Min <= r.Max) {
		return errors.New("synth parameter trouble coarse_cols: must be an ascending range within [16, 720]")
	}
	if r := t.GradualWidthM; t.Gradual.Prob > 0 && !(r.Min >= 1e-4 && r.Max <= 0.5 && r.Min <= r.Max) {
		return errors.New("synth parameter trouble gradual_width_m: must be an ascending range within [0.0001, 0.5] m")
	}
	return nil
}

// trainTrouble is what the training worlds draw from: each trouble in a part of the wells, so that plain wells stay frequent.
func trainTrouble() Trouble {
	return Trouble{
		Swell: Chance{0.3, Range{0.02, 0.2}}, Ovality: Chance{0.3, Range{0.005, 0.06}}, CaliperError: Chance{0.3, Range{0.002, 0.02}},

		ShiftM:       Chance{0.15, Range{0.003, 0.008}},
		NoisyButtons: Chance{0.2, Range{0.01, 0.1}}, Grain: Chance{0.5, Range{0.3, 1}}, RowNoise: Chance{0.2, Range{0.02, 0.15}},
		Stripes: Chance{0.3, Range{0.03, 0.25}}, Spiral: Chance{0.08, Range{0.05, 0.4}},
		InvertedM: Chance{0.03, Range{0.3, 2}}, Warp: Chance{0.4, Range{0.05, 0.3}},
		Levels: Chance{0.08, Range{8, 64}}, JPEG: Chance{0.08, Range{15, 75}}, EqualiseM: Chance{0.08, Range{0.6, 2}},
		CoarseRowM: Chance{0.1, Range{0.002, 0.01}}, CoarseCols: Range{60, 360},

		Floor: Chance{0.5, Range{0.9, 1.5}}, Gradual: Chance{0.25, Range{0.1, 0.8}}, GradualWidthM: Range{0.012, 0.045},
		CrossBedDeg: Chance{0.15, Range{15, 30}}, Streaks: Chance{0.35, Range{0.05, 0.35}}, Patches: Chance{0.3, Range{0.1, 0.8}},

		Fading: Chance{0.4, Range{0.2, 0.9}},
		Splays: Chance{0.2, Range{0.2, 1.5}}, Pits: Chance{0.15, Range{0.2, 2}},

		CracksPerM: Chance{0.25, Range{1, 20}}, WashoutsPerM: Chance{0.15, Range{0.1, 1}},
	}
}
