package ablate

import (
	"fmt"
	"math"
	"strings"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/metrics"
)

// Explanation says how the report is to be read.
const Explanation = `Hits are picks within 5 cm of a truth of their class, in curve distance (depth, dip and azimuth in one number); chance is what
random picks of the same number and shapes reach. A difference is the mean over pairs of cells that differ in the one level (same seed,
same wells); its interval is the central 95 % of a bootstrap over pairs and test wells. "Better" and "worse" need an interval that leaves
0 out and two seeds or more; with few seeds intervals are too narrow, and of twenty comparisons about one is called by chance. Best F1
is the highest over thresholds, chosen on the test wells themselves: a bound, not a result.`

// ClassErrorExplanation goes on where a detector was trained.
const ClassErrorExplanation = `Class error is the published measure, the
share of matched queries with the wrong class on the tiles of the test wells: blind to false alarms, and here for comparison only.`

// MaskExplanation goes on where masks were scored.
const MaskExplanation = `Masks are compared pixel by
pixel with the drawn truth, where the tool saw wall, at the border of pixels (segment.threshold): IoU is hits over hits, false and missed
pixels, F1 twice the hits over both masks. Picks are the sinusoids fitted to a mask; their threshold is that of the mean probability along
the curve. Losses of different kinds have different units: their curves are drawn over their own first value.`

// explanation of the report.
func (r *Report) explanation() string {
	if r.Task == Segmentation {
		return Explanation + " " + MaskExplanation
	}
	return Explanation + " " + ClassErrorExplanation
}

// decisive are the classes that a verdict is given for.
var decisive = []string{dip.Bedding.String(), dip.Fracture.String()}

// Sentences says in plain words what each level does against the baseline, and what a split by patch hides.
func (f *FactorReport) Sentences() (lines []string) {
	for _, l := range f.Levels[1:] {
		var parts []string
		for _, class := range decisive {
			if e := f.effect(l.Name, class, "f1"); e != nil && e.Pairs > 0 {
				parts = append(parts, e.words())
			}
		}
		if e := f.effect(l.Name, metrics.Any, "mask_f1"); e != nil && e.Pairs > 0 {
			parts = append(parts, e.words())
		}
		if len(parts) == 0 {
			parts = []string{"no pair of cells is done"}
		}
		lines = append(lines, fmt.Sprintf("%s against %s: %s", l.Name, f.Levels[0].Name, strings.Join(parts, "; ")))
	}
	for _, l := range f.Leaks {
		if l.Class == metrics.Any {
			continue
		}
		lines = append(lines, fmt.Sprintf("leak of %s, %s: F1 %s on held-out tiles of its own wells, %s on unseen wells by the same models: %s",
			l.Level, l.Class, decimal(l.Held, 2), decimal(l.Blind, 2), difference(l.Diff, l.Low, l.High)))
	}
	return lines
}

// effect finds one; nil if there is none.
func (f *FactorReport) effect(level, class, measure string) *Effect {
	for i := range f.Effects {
		if e := &f.Effects[i]; e.Level == level && e.Class == class && e.Measure == measure {
			return e
		}
	}
	return nil
}

// words is the plain sentence of an effect on F1.
func (e *Effect) words() string {
	subject := e.Class
	if e.Measure == "mask_f1" {
		subject = "masks"
	}
	text := fmt.Sprintf("%s %s (F1 %s against %s, %s", subject, e.Verdict, decimal(e.Value, 2), decimal(e.Base, 2), difference(e.Diff, e.Low, e.High))
	if e.Pairs < 2 {
		text += ", one seed only"
	}
	return text + ")"
}

// difference with its interval.
func difference(d, low, high metrics.Value) string {
	return fmt.Sprintf("difference %s, 95 %% from %s to %s", signed(d), signed(low), signed(high))
}

func signed(v metrics.Value) string {
	if math.IsNaN(float64(v)) {
		return "-"
	}
	return fmt.Sprintf("%+.2f", float64(v))
}
