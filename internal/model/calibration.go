package model

import (
	"fmt"
	"math"
	"slices"
)

// MetaCalibration is the metadata key of a Calibration, JSON.
const MetaCalibration = "calibration"

// Calibration turns what is known of a pick after refinement into the probability that it is right: a logistic regression per class.
type Calibration struct {
	Features []string   `json:"features"` // names, in the order of Logistic.Weights
	Classes  []Logistic `json:"classes"`  // bedding, fracture
	Wells    string     `json:"wells"`    // what it was fitted on
}

// Logistic is a logistic regression on standardised features.
type Logistic struct {
	Bias    float64   `json:"bias"`
	Mean    []float64 `json:"mean"`
	Scale   []float64 `json:"scale"`
	Weights []float64 `json:"weights"`
}

// Probability of features x.
func (l *Logistic) Probability(x []float64) float64 {
	z := l.Bias
	for i, w := range l.Weights {
		z += w * (x[i] - l.Mean[i]) / l.Scale[i]
	}
	return 1 / (1 + math.Exp(-z))
}

// check refuses a calibration that does not fit the features that picking computes.
func (c *Calibration) check() error {
	for _, l := range c.Classes {
		n := len(c.Features)
		if len(l.Mean) != n || len(l.Scale) != n || len(l.Weights) != n {
			return fmt.Errorf("calibration: %d features, but %d means, %d scales and %d weights", n, len(l.Mean), len(l.Scale), len(l.Weights))
		}
		for _, v := range slices.Concat([]float64{l.Bias}, l.Mean, l.Weights) {
			if v-v != 0 {
				return fmt.Errorf("calibration: %g is not finite", v)
			}
		}
		if slices.ContainsFunc(l.Scale, func(v float64) bool { return !(v > 0) }) {
			return fmt.Errorf("calibration: a scale is not positive")
		}
	}
	if len(c.Classes) != Classes-1 {
		return fmt.Errorf("calibration: %d classes, want %d", len(c.Classes), Classes-1)
	}
	return nil
}
