package infer

import (
	"fmt"
	"math"
	"slices"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/model"
)

// featureNames are what a calibration knows of a refined curve.
var featureNames = []string{"score_logit", "log_significance", "response", "coverage", "line", "height", "log_found"}

// verifiedNames are those that a second look adds.
var verifiedNames = []string{"verdict", "detected", "other_verdict", "free", "log_apart"}

// FeatureNames are the names of Refined.Features of a model, in their order.
func FeatureNames(b *model.Bundle) []string {
	if b.Verifier == nil {
		return slices.Clone(featureNames)
	}
	return slices.Concat(featureNames, verifiedNames, evidenceNames, outlyingNames)
}

// otherShare of what the detector leaves to everything but the class that it saw is taken for the other class.
const otherShare = 0.25

// Features for a calibration of what is known for and against the refined curve being of a class: the logit of the network's score, log(1 +
// significance), the strength of the response (saturating), coverage, whether the trace is a line, the height of the curve in tiles
// (saturating), and how often it was found; of a model with a verifier also its verdict, whether the class is the detector's, and the verdict on
// the other class, what surer curves leave of it, the evidence of the profile across it, and how that compares with the rest of the log.
func (r Refined) Features(class dip.Class, b *model.Bundle) []float64 {
	s, detected, line := r.Score, 1.0, 0.0
	if r.Class != class {
		s, detected = (1-s)*otherShare, 0
	}
	s = max(1e-4, min(1-1e-4, s))
	if r.Line {
		line = 1
	}
	x := []float64{
		math.Log(s / (1 - s)), math.Log1p(r.Significance), math.Tanh(math.Abs(r.Response)), r.Coverage, line,
		math.Tanh(2 * r.Amplitude() / float64(b.Tile.Rows)), math.Log1p(float64(r.Merged)),
	}
	if b.Verifier != nil {
		x = append(x, r.Verdicts[class], detected, r.Verdicts[1-class], r.Free, math.Log1p(r.Apart))
		x = append(append(x, r.Evidence...), r.Outlying...)
	}
	return x
}

// Classes are those that the curve may be of: the detector's, or after a second look any.
func (r Refined) Classes() []dip.Class {
	if r.Verdicts == nil {
		return []dip.Class{r.Class}
	}
	return []dip.Class{dip.Bedding, dip.Fracture}
}

// checkCalibration refuses a model whose calibration was fitted on other features.
func (p *Picker) checkCalibration() error {
	if c := p.bundle.Calibration; c != nil && !slices.Equal(c.Features, FeatureNames(p.bundle)) {
		return fmt.Errorf("the model is calibrated on %v, this program computes %v: calibrate it again (geobfdt train calibrate)", c.Features, FeatureNames(p.bundle))
	}
	return nil
}

// calibrate replaces the network's scores by calibrated probabilities, where the model has a calibration.
func (p *Picker) calibrate(rs []Refined) {
	if p.bundle.Calibration == nil {
		return
	}
	p.pool.Run(len(rs), func(_, i0, i1 int) {
		for i := i0; i < i1; i++ {
			best, score := rs[i].Class, -1.0
			for _, class := range rs[i].Classes() {
				if p := p.bundle.Calibration.Classes[class].Probability(rs[i].Features(class, p.bundle)); p > score {
					best, score = class, p
				}
			}
			rs[i].Class, rs[i].Score = best, score
		}
	})
}

// candidateScore is the least score of the network that is looked at: the threshold itself, or what may become one by calibration.
func (p *Picker) candidateScore(class dip.Class) float64 {
	if p.calibrated() {
		return p.opt.Candidate
	}
	return p.opt.ThresholdOf(class)
}

// calibrated tells whether confidences are calibrated: the features need refinement.
func (p *Picker) calibrated() bool { return p.bundle.Calibration != nil && p.opt.Refine }
