package model

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// MetaCalibration is the metadata key of a Calibration, JSON.
const MetaCalibration = "calibration"

// Calibration turns what is known of a pick after refinement into the probability that it is right.
type Calibration struct {
	Features []string   `json:"features"` // names, in the order of Logistic.Weights
	Classes  []Logistic `json:"classes"`  // bedding, fracture
	Wells    string     `json:"wells"`    // what it was fitted on
}

// Logistic is a logistic regression on standardised features x, with hidden units beside the linear term:
//
//	log odds = bias + weights . x + sum of out * tanh(bias + in . x) over the hidden units
type Logistic struct {
	Bias    float64      `json:"bias"`
	Mean    []float64    `json:"mean"`
	Scale   []float64    `json:"scale"`
	Weights []float64    `json:"weights"`
	Hidden  []HiddenUnit `json:"hidden,omitempty"`
}

// HiddenUnit of a Logistic.
type HiddenUnit struct {
	Bias float64   `json:"bias"`
	In   []float64 `json:"in"`
	Out  float64   `json:"out"`
}

// Probability of features x.
func (l *Logistic) Probability(x []float64) float64 {
	standard := make([]float64, len(l.Weights))
	for i := range standard {
		standard[i] = (x[i] - l.Mean[i]) / l.Scale[i]
	}
	z := l.Bias + floats.Dot(l.Weights, standard)
	for _, h := range l.Hidden {
		z += h.Out * math.Tanh(h.Bias+floats.Dot(h.In, standard))
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
		values := slices.Concat([]float64{l.Bias}, l.Mean, l.Weights)
		for _, h := range l.Hidden {
			if len(h.In) != n {
				return fmt.Errorf("calibration: %d features, but a hidden unit of %d", n, len(h.In))
			}
			values = append(append(values, h.Bias, h.Out), h.In...)
		}
		for _, v := range values {
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
