package config

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/geobfdt/geobfdt/internal/segment"
)

// Validate checks that every value is possible and that values that depend on each other agree. It returns all problems, as
// an *Error.
func (c *Config) Validate() error {
	if p := c.problems(); len(p) > 0 {
		return &Error{p}
	}
	return nil
}

func (c *Config) problems() []Problem {
	var v checker
	c.checkTile(&v)
	c.checkModel(&v)
	c.checkLoss(&v)
	c.checkTrain(&v)
	c.checkPick(&v)
	c.checkSegment(&v)
	v.oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error")
	v.oneOf("log.format", c.Log.Format, "text", "json")
	v.count("threads", c.Threads, 0, 1024)
	return v.problems
}

func (c *Config) checkTile(v *checker) {
	t := c.Tile
	v.count("tile.rows", t.Rows, 32, 8192)
	v.count("tile.columns", t.Columns, 16, 1024)
	v.within("tile.row_m", t.RowM, 0.0005, 0.1)
	v.within("tile.overlap", t.Overlap, 0, 0.9)
	v.oneOf("tile.image", t.Image, "tile", "static", "dynamic", "both")
	v.within("tile.dynamic_m", t.DynamicM, 0.05, 100)
	v.oneOf("tile.split", t.Split, "well", "patch")
	v.within("tile.test_fraction", t.TestFraction, 0, 0.9)

	a := c.Augment
	v.within("augment.flip", a.Flip, 0, 1)
	v.within("augment.mirror", a.Mirror, 0, 1)
	v.within("augment.gain", a.Gain, 0, 1)
	v.within("augment.noise", a.Noise, 0, 1)
	v.within("augment.pad_dropout", a.PadDropout, 0, 1)
	v.within("augment.paste", a.Paste, 0, 1)
}

func (c *Config) checkModel(v *checker) {
	m := c.Model
	v.oneOf("model.backbone", m.Backbone, "resnet10", "resnet18", "resnet34")
	v.require("model.widths", m.Widths, "four multiples of 32, at most 2048, one per stage",
		len(m.Widths) == 4 && !slices.ContainsFunc(m.Widths, func(w int) bool { return w < 32 || w > 2048 || w%32 != 0 }))
	v.require("model.strides", m.Strides, "four pairs [depth, azimuth] of 1 or 2, one per stage",
		len(m.Strides) == 4 && !slices.ContainsFunc(m.Strides, func(s []int) bool {
			return len(s) != 2 || s[0] < 1 || s[0] > 2 || s[1] < 1 || s[1] > 2
		}))
	v.require("model.dim", m.Dim, "a multiple of 32 from 32 to 1024", m.Dim >= 32 && m.Dim <= 1024 && m.Dim%32 == 0)
	if step := azimuthStep(m.Strides); m.WrapAzimuth && c.Tile.Columns%step != 0 {
		v.require("tile.columns", c.Tile.Columns, fmt.Sprintf("a multiple of %d, the azimuth stride of model.strides, when model.wrap_azimuth is true", step), false)
	}
	v.require("model.heads", m.Heads, fmt.Sprintf("a divisor of model.dim, which is %d", m.Dim), m.Heads >= 1 && m.Dim%m.Heads == 0)
	v.require("model.feed_forward", m.FeedForward, "a multiple of 32 from 32 to 8192",
		m.FeedForward >= 32 && m.FeedForward <= 8192 && m.FeedForward%32 == 0)
	v.count("model.encoders", m.Encoders, 0, 24)
	v.count("model.decoders", m.Decoders, 1, 24)
	v.count("model.queries", m.Queries, 1, 1000)
	v.oneOf("model.decoder", m.Decoder, "refine", "plain")
	v.within("model.empty_bias", m.EmptyBias, -20, 20)
	v.require("model.offset_dim", m.OffsetDim, "a multiple of 32 from 32 to 1024",
		m.OffsetDim >= 32 && m.OffsetDim <= 1024 && m.OffsetDim%32 == 0)
}

// azimuthStep is the number of columns of a tile behind one column of the backbone's last stage: stem and pool halve first.
func azimuthStep(strides [][]int) int {
	step := 4
	for _, s := range strides {
		if len(s) == 2 && s[1] > 0 {
			step *= s[1]
		}
	}
	return step
}

func (c *Config) checkLoss(v *checker) {
	l := c.Loss
	v.oneOf("loss.class", l.Class, "focal", "weighted_ce", "ce")
	v.within("loss.gamma", l.Gamma, 0, 10)
	v.within("loss.alpha", l.Alpha, 0.001, 0.999)
	v.within("loss.empty_weight", l.EmptyWeight, 0.0001, 100)
	v.oneOf("loss.param", l.Param, "l1", "l2", "smooth_l1", "curve")
	v.oneOf("loss.form", l.Form, "tolerance", "normalised")
	v.within("loss.class_weight", l.ClassWeight, 0, 1000)
	v.within("loss.param_weight", l.ParamWeight, 0, 1000)
	v.require("loss.class_weight", l.ClassWeight, "more than 0 when loss.param_weight is 0", l.ClassWeight > 0 || l.ParamWeight > 0)
	v.within("loss.depth_tol_m", l.DepthTolM, 0.0001, 100)
	v.within("loss.dip_tol_deg", l.DipTolDeg, 0.01, 180)
	v.within("loss.match_class", l.MatchClass, 0, 1000)
	v.oneOf("loss.match", l.Match, "curve", "param")
	v.within("loss.match_scale_m", l.MatchScaleM, 0.0001, 100)
}

func (c *Config) checkTrain(v *checker) {
	t := c.Train
	v.require("train.samples", t.Samples, "at least train.batch and at most 1e12", t.Samples >= int64(t.Batch) && t.Samples <= 1e12)
	v.count("train.batch", t.Batch, 1, 4096)
	v.within("train.lr", t.LR, 1e-9, 1)
	v.within("train.final_lr", t.FinalLR, 0, 1)
	v.count("train.warmup_steps", t.WarmupSteps, 0, 1_000_000)
	v.within("train.weight_decay", t.WeightDecay, 0, 1)
	v.within("train.beta1", t.Beta1, 0, 0.9999)
	v.within("train.beta2", t.Beta2, 0, 0.999999)
	v.within("train.clip", t.Clip, 0, 1e6)
	v.require("train.eval_every", t.EvalEvery, "at least 1", t.EvalEvery >= 1)
	v.count("train.eval_samples", t.EvalSamples, 1, 1_000_000)
	v.require("train.save_every", t.SaveEvery, "at least 1", t.SaveEvery >= 1)
	v.require("train.log_every", t.LogEvery, "at least 1", t.LogEvery >= 1)
	v.within("train.synth_share", t.SynthShare, 0, 1)
	v.within("train.synth_shear", t.SynthShear, 0, 1)
	v.require("train.synth_presets", t.SynthPresets, "at least one preset name (geobfdt synth --list)",
		len(t.SynthPresets) > 0 && !slices.Contains(t.SynthPresets, ""))
}

func (c *Config) checkPick(v *checker) {
	p := c.Pick
	v.within("pick.row_m", p.RowM, 0, 10)
	v.within("pick.candidate", p.Candidate, 0.01, 1)
	v.within("pick.threshold", p.Threshold, 0, 1)
	v.within("pick.threshold_fracture", p.ThresholdFracture, 0, 1)
	v.within("pick.overlap", p.Overlap, 0, 0.9)
	v.within("pick.merge_m", p.MergeM, 0, 10)
	v.within("pick.refined_merge_m", p.RefinedMergeM, 0, 10)
	v.within("pick.min_coverage", p.MinCoverage, 0, 1)
	v.count("pick.batch", p.Batch, 1, 4096)
	v.within("pick.diameter_in", p.DiameterIn, 2, 60)
	v.within("pick.electrical_factor", p.ElectricalFactor, 0.8, 1.5)
	v.within("matched.max_amplitude_m", c.Matched.MaxAmplitudeM, 0, 10)
}

// checkSegment leaves what depends on the tiles to the network, as most commands never build it.
func (c *Config) checkSegment(v *checker) {
	s := c.Segment
	v.oneOf("segment.loss", s.Loss, segment.Losses()...)
	v.within("segment.gamma", s.Gamma, 0, 10)
	v.within("segment.alpha", s.Alpha, 0.001, 0.999)
	v.within("segment.false_positive", s.FalsePositive, 0.001, 100)
	v.within("segment.false_negative", s.FalseNegative, 0.001, 100)
	v.require("segment.widths", s.Widths, "from 2 to 7 multiples of 32, at most 512, one per level",
		len(s.Widths) >= 2 && len(s.Widths) <= 7 && !slices.ContainsFunc(s.Widths, func(w int) bool { return w < 32 || w > 512 || w%32 != 0 }))
	v.within("segment.line_m", s.LineM, 0.001, 1)
	v.within("segment.threshold", s.Threshold, 0.001, 0.999)
}

// checker collects problems.
type checker struct{ problems []Problem }

func (v *checker) require(key string, given any, allowed string, ok bool) {
	if !ok {
		v.problems = append(v.problems, Problem{Key: key, Given: given, Allowed: allowed})
	}
}

func (v *checker) count(key string, given, low, high int) {
	v.require(key, given, fmt.Sprintf("from %d to %d", low, high), given >= low && given <= high)
}

// within also refuses NaN and infinities.
func (v *checker) within(key string, given, low, high float64) {
	v.require(key, given, fmt.Sprintf("from %g to %g", low, high), !math.IsNaN(given) && given >= low && given <= high)
}

func (v *checker) oneOf(key, given string, allowed ...string) {
	if slices.Contains(allowed, given) {
		return
	}
	v.require(key, given, strings.Join(allowed, " | "), false)
}
