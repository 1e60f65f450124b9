package infer

import (
	"fmt"
	"math"
	"slices"

	"github.com/geobfdt/geobfdt/internal/dip"
)

// featureNames are what a calibration knows of a refined curve.
var featureNames = []string{"score_logit", "log_significance", "response", "coverage", "line", "height", "log_found"}

// FeatureNames are the names of Refined.Features, in their order.
func FeatureNames() []string { return slices.Clone(featureNames) }

// Features of a refined curve for a calibration: the logit of the network's score, log(1 + significance), the strength of the response
// (saturating), coverage, whether the trace is a line, the height of the curve in tiles (saturating), and how often it was found.
func (r Refined) Features(tileRows int) []float64 {
	s := max(1e-4, min(1-1e-4, r.Score))
	line := 0.0
	if r.Line {
		line = 1
	}
	return []float64{
		math.Log(s / (1 - s)), math.Log1p(r.Significance), math.Tanh(math.Abs(r.Response)), r.Coverage, line,
		math.Tanh(2 * r.Amplitude() / float64(tileRows)), math.Log1p(float64(r.Merged)),
	}
}

// checkCalibration refuses a model whose calibration was fitted on other features.
func (p *Picker) checkCalibration() error {
	if c := p.bundle.Calibration; c != nil && !slices.Equal(c.Features, featureNames) {
		return fmt.Errorf("the model is calibrated on %v, this program computes %v: calibrate it again (geobfdt train calibrate)", c.Features, featureNames)
	}
	return nil
}

// calibrate replaces the network's scores by calibrated probabilities, where the model has a calibration.
func (p *Picker) calibrate(rs []Refined) {
	if p.bundle.Calibration == nil {
		return
	}
	for i := range rs {
		l := &p.bundle.Calibration.Classes[rs[i].Class]
		rs[i].Score = l.Probability(rs[i].Features(p.bundle.Tile.Rows))
	}
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
