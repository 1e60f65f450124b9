package qc

import (
	"fmt"
	"math"
	"strings"

	"github.com/geobfdt/geobfdt/internal/dip"
)

// hole looks at the curves of the hole: does orientation cover the image, are calipers possible.
type hole struct {
	firstM, lastM float64 // rows with deviation and azimuth
	oriented      int
	uncoveredM    float64 // farther than reachM from such a row, between the first and the last
	minDevi       float64
	maxDevi       float64
	badAngles     int

	rows               int
	calipers, bits     int // rows with one
	belowBit, aboveBit int // rows whose mean caliper is smaller than the bit, or over twice as large
	absurd             int // rows with a caliper that is no hole size
	oval               int // rows whose calipers differ by more than ovalShare
	sumRatio           float64
	ratios             int
	sumIn, bitIn       float64
}

const (
	// reachM is how far a reading of deviation speaks, above and below: that of imagelog.
	reachM = 50.0
	// Bounds of a hole size, inches, those of imagelog; a caliper outside them is folded up, or a null value in disguise.
	leastIn, mostIn = 2.0, 40.0
	belowBitShare   = 0.95 // mud cake makes a hole a little smaller than its bit, not more
	aboveBitTimes   = 2.0
	ovalShare       = 0.15
)

func newHole() hole { return hole{minDevi: math.Inf(1), maxDevi: math.Inf(-1)} }

func (h *hole) add(depthM, deviDeg, haziDeg, bitIn float64, calipersIn ...float64) {
	h.rows++
	if !math.IsNaN(deviDeg) && !math.IsNaN(haziDeg) {
		if !(deviDeg >= 0 && deviDeg < 180 && math.Abs(haziDeg) <= 360) {
			h.badAngles++
		} else {
			if h.oriented == 0 {
				h.firstM = depthM
			} else if gap := depthM - h.lastM; gap > 2*reachM {
				h.uncoveredM += gap - 2*reachM
			}
			h.lastM = depthM
			h.oriented++
			h.minDevi, h.maxDevi = min(h.minDevi, deviDeg), max(h.maxDevi, deviDeg)
		}
	}
	h.addCaliper(bitIn, calipersIn)
}

func (h *hole) addCaliper(bitIn float64, calipersIn []float64) {
	hasBit := bitIn >= leastIn && bitIn <= mostIn
	if hasBit {
		h.bits++
		h.bitIn += bitIn
	}
	sum, n := 0.0, 0
	least, most := math.Inf(1), math.Inf(-1)
	for _, c := range calipersIn {
		switch {
		case math.IsNaN(c):
		case c < leastIn || c > mostIn:
			h.absurd++
		default:
			sum, n = sum+c, n+1
			least, most = min(least, c), max(most, c)
		}
	}
	if n == 0 {
		return
	}
	mean := sum / float64(n)
	h.calipers++
	h.sumIn += mean
	if most-least > ovalShare*mean {
		h.oval++
	}
	if hasBit {
		h.ratios++
		h.sumRatio += mean / bitIn
		if mean < belowBitShare*bitIn {
			h.belowBit++
		}
		if mean > aboveBitTimes*bitIn {
			h.aboveBit++
		}
	}
}

// orientation says for which share of the image the lie of the hole is known.
func (h *hole) orientation(topM, baseM float64) Finding {
	f := Finding{Check: CheckOrientation, Severity: Info}
	if h.oriented == 0 {
		f.Severity = Warn
		f.Values = values("covered_share", 0.0)
		f.Text = "the log has no deviation and hole azimuth: true dips stay empty; give --survey FILE, or --assume-vertical"
		if h.badAngles > 0 {
			f.Text = "deviation and hole azimuth are no angles in degrees: true dips are wrong or empty; check units and nulls, or give --survey FILE"
		}
		return f
	}
	covered := 1.0
	if lengthM := baseM - topM; lengthM > 0 {
		missing := h.uncoveredM + max(0, h.firstM-topM-reachM) + max(0, baseM-h.lastM-reachM)
		covered = 1 - missing/lengthM
	}
	f.Values = values("covered_share", covered, "min_deviation_deg", h.minDevi, "max_deviation_deg", h.maxDevi)
	f.Text = fmt.Sprintf("deviation and hole azimuth cover %.0f %% of the image, deviation %.1f to %.1f degrees", 100*covered, h.minDevi, h.maxDevi)
	switch {
	case h.badAngles > 0:
		f.Severity = Warn
		f.Text += fmt.Sprintf("; %d rows are no angles in degrees: check nulls, or give --survey FILE", h.badAngles)
	case covered < 0.999:
		f.Severity = Warn
		f.Text += fmt.Sprintf(" (%.1f to %.1f m): true dips stay empty elsewhere; give --survey FILE", h.firstM, h.lastM)
	case h.maxDevi < dip.HighSideDeg:
		f.Text += ": there is no high side, azimuths must count from north"
	}
	return f
}

// doubtfulShare of caliper readings is more than bad contact.
const doubtfulShare = 0.02

func (h *hole) caliper() Finding {
	f := Finding{Check: CheckCaliper, Severity: Info}
	bit := h.bitIn / float64(h.bits) // NaN without
	if h.calipers == 0 {
		f.Severity = Warn
		f.Values = values("bit_size_in", bit)
		switch {
		case h.absurd > 0:
			f.Text = "the caliper reads no hole size (2 to 40 in) anywhere: check its unit; give --diameter or --bit-size"
		case h.bits > 0:
			f.Text = fmt.Sprintf("no caliper: dips are reckoned with the bit size of %.4g in, and are too steep where the hole is washed out", bit)
		default:
			f.Text = "no caliper and no bit size: dips are reckoned with an assumed diameter; give --bit-size or --diameter"
		}
		return f
	}
	rows := float64(h.rows)
	mean := h.sumIn / float64(h.calipers)
	below, above := float64(h.belowBit)/float64(h.calipers), float64(h.aboveBit)/float64(h.calipers)
	oval, absent := float64(h.oval)/float64(h.calipers), 1-float64(h.calipers)/rows
	absurd := float64(h.absurd) / rows
	f.Values = values("mean_caliper_in", mean, "bit_size_in", bit, "mean_ratio", h.sumRatio/float64(h.ratios), "below_bit_share", below,
		"above_twice_bit_share", above, "oval_share", oval, "absurd_share", absurd, "missing_share", absent)
	f.Text = fmt.Sprintf("mean caliper %.2f in", mean)
	if h.bits > 0 {
		f.Text += fmt.Sprintf(" for a bit of %.4g in", bit)
	} else {
		f.Text += ", bit size not known"
	}
	if oval > doubtfulShare {
		f.Text += fmt.Sprintf(", %.0f %% of the hole oval (breakouts, key seats)", 100*oval)
	}
	var doubts []string
	for _, d := range []struct {
		share float64
		text  string
	}{
		{below, "%.0f %% of the hole smaller than the bit: the caliper reads low, and dips come out too steep"},
		{above, "%.0f %% of the hole over twice the bit size: arms do not touch, or the unit is wrong"},
		{absurd, "%.0f %% of the readings are no hole size (2 to 40 in) and were passed over"},
		{absent, "%.0f %% of the rows have no caliper: the nearest reading within 1 m is taken, then the bit size"},
	} {
		if d.share > doubtfulShare {
			doubts = append(doubts, fmt.Sprintf(d.text, 100*d.share))
		}
	}
	if len(doubts) > 0 {
		f.Severity = Warn
		f.Text += "; " + strings.Join(doubts, "; ") + ": check the unit and calibration of the caliper; dips there are no better than it"
	}
	return f
}
