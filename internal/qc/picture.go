package qc

import (
	"fmt"
	"math"
	"slices"
)

// picture looks at the image alone: wall seen, grey levels, polarity, repeated rows.
type picture struct {
	columns   int
	seen      int64
	blankRows int
	greys     sample // pixel values
	lines     sample // line strength of patches of 3 x 3 pixels
	changes   sample // of a row, mean absolute difference to the row above
	recent    ring   // rows above, for lines and changes
	lineRows  int    // lineM in rows; 0 before it is known
}

const (
	greySample, lineSample, changeSample = 1 << 15, 1 << 14, 1 << 14
	// lineM is well beyond half the thickness of the features whose polarity is looked at: fractures.
	lineM = 0.02
	// maxLineRows bounds the rows kept, whatever the depth step.
	maxLineRows = 16
)

func newPicture(columns int) picture {
	return picture{
		columns: columns, greys: newSample(greySample, 1), lines: newSample(lineSample, 2), changes: newSample(changeSample, 3),
		recent: newRing(columns, 2*maxLineRows+3),
	}
}

// add takes a row; stepM is the distance to the row above, NaN for the first.
func (p *picture) add(depthM float64, pixels []float32, mask []bool, stepM float64) {
	seen := 0
	for _, ok := range mask {
		if ok {
			seen++
		}
	}
	p.seen += int64(seen)
	if seen == 0 {
		p.blankRows++
	}
	p.greys.each(p.columns, func(j int) (float64, bool) { return float64(pixels[j]), mask[j] })
	if stepM > 0 && p.lineRows == 0 {
		p.lineRows = int(min(max(math.Round(lineM/stepM), 1), maxLineRows))
	}
	p.recent.push(pixels, mask)
	if stepM > 0 {
		p.changes.each(1, func(int) (float64, bool) { return p.recent.change() })
	}
	if k := p.lineRows; k > 0 && p.recent.rows > 2*k+2 {
		p.lines.each(p.columns, func(j int) (float64, bool) {
			middle, ok := p.recent.patch(k+1, j)
			if !ok {
				return 0, false
			}
			above, ok1 := p.recent.patch(2*k+1, j)
			below, ok2 := p.recent.patch(1, j)
			return line(above, middle, below), ok1 && ok2
		})
	}
}

// leastSeen is the share of wall seen below which a log is doubtful as a whole: an eight-pad tool in a 12.25 in hole sees 50 %.
const leastSeen = 0.3

func (p *picture) wall(rows int) Finding {
	seen := float64(p.seen) / float64(rows*p.columns)
	blank := float64(p.blankRows) / float64(rows)
	f := Finding{Check: CheckWall, Severity: Info, Values: values("seen_share", seen, "blank_rows_share", blank)}
	f.Text = fmt.Sprintf("%.0f %% of the wall was seen, %.1f %% of the rows are empty", 100*seen, 100*blank)
	if seen < leastSeen {
		f.Severity = Warn
		f.Text += ": sinusoids rest on short arcs; look at the coverage of every pick, and check that pads and nulls were read right"
	}
	return f
}

// A share of equal values at one end of the range that is no coincidence; in a picture with few levels, several times an even share.
const (
	clippedShare  = 0.02
	clippedLevels = 3.0
	fewLevels     = 12
)

func (p *picture) grey() Finding {
	v := p.greys.sorted()
	if len(v) == 0 {
		return Finding{Check: CheckGrey, Severity: Warn, Text: "no pixel was seen: check nulls and the interval"}
	}
	low, high := v[0], v[len(v)-1]
	atLow := share(v, func(x float64) bool { return x == low })
	atHigh := share(v, func(x float64) bool { return x == high })
	levels := float64(len(slices.Compact(slices.Clone(v))))
	p1, p99 := quantile(v, 0.01), quantile(v, 0.99)
	f := Finding{Check: CheckGrey, Severity: Info, Values: values("min", low, "max", high, "p1", p1, "p99", p99, "at_min_share", atLow, "at_max_share", atHigh, "levels", levels)}
	f.Text = fmt.Sprintf("values from %.4g to %.4g, 98 %% of them from %.4g to %.4g", low, high, p1, p99)
	if levels <= 256 {
		f.Text += fmt.Sprintf(", %.0f levels", levels)
	}
	clipped := max(clippedShare, clippedLevels/levels)
	switch {
	case low == high || p1 == p99:
		f.Severity = Warn
		f.Text += ": the picture is flat; choose another image channel or check nulls"
	case levels <= fewLevels:
		f.Severity = Warn
		f.Text += ": so few levels hide faint beds; export the image unscaled or with 256 levels"
	case atLow > clipped || atHigh > clipped:
		f.Severity = Warn
		f.Text += fmt.Sprintf("; %.1f %% at the lower end, %.1f %% at the upper: the picture is clipped; export it with a wider scale, or name the null value with --null",
			100*atLow, 100*atHigh)
	}
	return f
}

// line is how far a patch stands out from those lineM above and below it: above 0 brighter than both, below 0 darker than both, 0 on a
// step or a slope, so that beds have no say.
func line(above, middle, below float64) float64 {
	return max(0, middle-max(above, below)) - max(0, min(above, below)-middle)
}

// Polarity by strong lines: those lineTimes as strong as the median one, which is noise. Where bright ones outnumber dark ones by
// polarityRatio, and are no rarity, the scale is probably inverted.
const (
	lineTimes     = 6
	rareLines     = 0.002
	polarityRatio = 2
)

func (p *picture) polarity() Finding {
	v := p.lines.values
	var strengths []float64
	for _, x := range v {
		if x != 0 {
			strengths = append(strengths, math.Abs(x))
		}
	}
	slices.Sort(strengths)
	strong := lineTimes * quantile(strengths, 0.5)
	dark := share(v, func(x float64) bool { return x < -strong })
	bright := share(v, func(x float64) bool { return x > strong })
	f := Finding{Check: CheckPolarity, Severity: Info, Values: values("dark_lines_share", dark, "bright_lines_share", bright)}
	switch {
	case !(dark+bright >= rareLines):
		f.Text = "no strong thin features to tell the polarity by: dark is taken to be conductive"
	case bright > polarityRatio*dark:
		f.Severity = Warn
		f.Text = fmt.Sprintf("thin features are bright (%.2f %% of the pixels, %.2f %% dark), as in a picture of conductivity or with reversed colours: dark must be conductive, or conductive and resistive are swapped and fractures missed; export it so, unless the fractures are healed",
			100*bright, 100*dark)
	case dark > polarityRatio*bright:
		f.Text = "thin features are dark, as conductive fractures are"
	default:
		f.Text = "thin features are dark and bright alike: dark is taken to be conductive"
	}
	return f
}

// A row that changes less than stuckChange of the median row hardly moved; more than stuckShare of them is stick and slip.
const (
	stuckChange = 0.1
	stuckShare  = 0.02
)

func (p *picture) stick() Finding {
	v := p.changes.sorted()
	median := quantile(v, 0.5)
	stuck := share(v, func(x float64) bool { return x <= stuckChange*median })
	f := Finding{Check: CheckStick, Severity: Info, Values: values("repeated_rows_share", stuck)}
	switch {
	case len(v) == 0 || median == 0 && quantile(v, 1) == 0:
		f.Text = "no two rows to compare"
	case stuck > stuckShare:
		f.Severity = Warn
		f.Text = fmt.Sprintf("%.1f %% of the rows repeat the row above: the tool stuck and slipped, or rows were doubled; beds are stretched and their depths off there: use the speed-corrected image", 100*stuck)
	default:
		f.Text = fmt.Sprintf("%.1f %% of the rows repeat the row above", 100*stuck)
	}
	return f
}
