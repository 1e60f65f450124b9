package qc

import (
	"fmt"
	"math"
)

// Severity of a finding.
type Severity string

// Severities.
const (
	Info Severity = "info"
	Warn Severity = "warn" // picks may be wrong because of it
)

// Finding is what one check found.
type Finding struct {
	Check    string   `json:"check"` // name of the check, one of the constants below
	Severity Severity `json:"severity"`
	Text     string   `json:"text"` // what was found, and after a warning what to do
	// Values are the figures behind the text, by name with unit; numbers that are not known are left out.
	Values map[string]float64 `json:"values,omitempty"`
}

// Checks.
const (
	CheckWall        = "wall_seen"
	CheckGrey        = "grey_range"
	CheckPolarity    = "polarity"
	CheckButtons     = "dead_buttons"
	CheckSampling    = "depth_sampling"
	CheckStick       = "stick_slip"
	CheckOrientation = "orientation"
	CheckBearing     = "pad_azimuth"
	CheckRotation    = "tool_rotation"
	CheckCaliper     = "caliper"
)

// Report is what the checks found, in the order of the constants.
type Report []Finding

// String is the finding as one line.
func (f Finding) String() string { return fmt.Sprintf("%s: %s: %s", f.Severity, f.Check, f.Text) }

// Lines are the findings as one line each.
func (r Report) Lines() []string {
	out := make([]string, len(r))
	for i, f := range r {
		out[i] = f.String()
	}
	return out
}

// Warnings counts the findings that are warnings.
func (r Report) Warnings() (n int) {
	for _, f := range r {
		if f.Severity == Warn {
			n++
		}
	}
	return n
}

// values are figures by name; those that JSON cannot hold are left out.
func values(pairs ...any) map[string]float64 {
	out := map[string]float64{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if v := pairs[i+1].(float64); !math.IsNaN(v) && !math.IsInf(v, 0) {
			out[pairs[i].(string)] = v
		}
	}
	return out
}
