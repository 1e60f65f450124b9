package qc

import (
	"fmt"
	"math"
)

// sampling looks at the depth axis.
type sampling struct {
	steps   sample
	lastM   float64
	gapM    float64 // greatest step
	gapAtM  float64 // depth above it
	started bool
}

func newSampling() sampling { return sampling{steps: newSample(1<<14, 4)} }

// add takes a row's depth and returns the distance to the row above, NaN for the first.
func (s *sampling) add(depthM float64) (stepM float64) {
	if !s.started {
		s.started, s.lastM = true, depthM
		return math.NaN()
	}
	stepM = depthM - s.lastM
	if stepM > s.gapM {
		s.gapM, s.gapAtM = stepM, s.lastM
	}
	s.lastM = depthM
	s.steps.add(stepM)
	return stepM
}

// Steps farther than stepTolerance from the median are irregular; depths written with few decimals stay within.
const (
	stepTolerance  = 0.25
	irregularShare = 0.01
	longGapM       = 0.1 // a hole in the log that no sinusoid of a low dip crosses
)

func (s *sampling) finding() Finding {
	v := s.steps.sorted()
	median := quantile(v, 0.5)
	irregular := share(v, func(x float64) bool { return math.Abs(x-median) > stepTolerance*median })
	f := Finding{Check: CheckSampling, Severity: Info, Values: values("step_m", median, "irregular_share", irregular, "longest_step_m", s.gapM)}
	if len(v) == 0 {
		f.Text = "one row: no sampling to judge"
		return f
	}
	f.Text = fmt.Sprintf("a row every %.4g mm, %.1f %% of the steps irregular", 1000*median, 100*irregular)
	if s.gapM > (1+stepTolerance)*median {
		f.Text += fmt.Sprintf(", the longest %.4g m at %.2f m", s.gapM, s.gapAtM)
	}
	switch {
	case irregular > irregularShare:
		f.Severity = Warn
		f.Text += ": depth runs unevenly, as after a speed correction that dropped rows or a log that was spliced; distrust depths and dips where rows are missing"
	case s.gapM > max(longGapM, 3*median):
		f.Severity = Warn
		f.Text += ": the log has holes; nothing is picked in them"
	}
	return f
}
