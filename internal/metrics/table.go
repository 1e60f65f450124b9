package metrics

import (
	"fmt"
	"io"
	"math"
	"text/tabwriter"

	"github.com/geobfdt/geobfdt/internal/dip"
)

// WriteTable writes the report as text for people: per class the hits at every tolerance with F1 beside its chance level, the
// errors of depth hits, then what else there is.
func (r *Report) WriteTable(w io.Writer) error {
	b := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	p := func(format string, args ...any) { fmt.Fprintf(b, format, args...) } // the tabwriter reports its first error at Flush
	// Every table row ends with a tab, so that its last cell is aligned too; lines without tabs are no cells.
	name := r.Well
	if name == "" {
		name = "(unnamed)"
	}
	p("%s: %d well(s), %.2f m scored", name, r.Wells, r.LengthM)
	if r.Wells == 1 {
		p(" from %.2f to %.2f m", r.TopM, r.BaseM)
	}
	if r.Outside > 0 {
		p(", %d truths and picks outside left out", r.Outside)
	}
	p("\n")
	for i := range r.Classes {
		c := &r.Classes[i]
		p("\n%s: %d truths, %d picks\n", c.Class, c.Truths, c.Picks)
		p("score\thits\tfalse\tmissed\tprecision\trecall\tF1\tchance F1\t95 %% of F1\t\n")
		for k := range c.Curve {
			c.Curve[k].writeRow(p, "curve")
		}
		for k := range c.Depth {
			c.Depth[k].writeRow(p, "depth")
		}
		p("\nof the hits\tdip <= 1 deg\t3 deg\t5 deg\tazimuth <= 15 deg\tjudged\tmedian depth cm\tdip deg\tazimuth deg\t\n")
		for _, h := range c.Depth {
			e := h.Errors
			p("depth@%gcm\t%s\t%s\t%s\t%s\t%d\t%s\t%s\t%s\t\n", h.ToleranceCM, share(e.DipWithin1Deg), share(e.DipWithin3Deg), share(e.DipWithin5Deg),
				share(e.AzimuthWithin15Deg), e.AzimuthJudged, size(e.MedianDepthCM), size(e.MedianDipDeg), size(e.MedianAzimuthDeg))
		}
		p("\nat curve@%gcm: %s false picks in 10 m; expected calibration error %s\n", HeadlineCM, size(c.FalsePer10M), share(c.Calibration.ECE))
	}
	p("\nclass error of depth@%gcm hits, classes ignored: %s", HeadlineCM, share(r.ClassError))
	p(" (bedding called fracture %d, fracture called bedding %d)\n", r.Confusion[dip.Bedding][dip.Fracture], r.Confusion[dip.Fracture][dip.Bedding])
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write score table: %w", err)
	}
	return nil
}

func (h *Hits) writeRow(p func(format string, args ...any), score string) {
	interval := "-"
	if h.F1Interval != nil {
		interval = share(h.F1Interval.Low) + " to " + share(h.F1Interval.High)
	}
	p("%s@%gcm\t%d\t%d\t%d\t%s\t%s\t%s\t%s\t%s\t\n", score, h.ToleranceCM, h.Hits, h.False, h.Missed, share(h.Precision), share(h.Recall),
		share(h.F1), share(h.ChanceF1), interval)
}

// WriteTable writes one line a well with the headline, then the table of all wells pooled.
func (s *Summary) WriteTable(w io.Writer) error {
	b := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(b, "F1 at curve@%gcm (chance)\t", HeadlineCM)
	for g := range groups {
		fmt.Fprintf(b, "%s\t", groupName(g))
	}
	fmt.Fprintln(b)
	for i := range s.Wells {
		r := &s.Wells[i]
		fmt.Fprintf(b, "%s\t", r.Well)
		for k := range r.Classes {
			h := r.Classes[k].Headline()
			fmt.Fprintf(b, "%s (%s)\t", share(h.F1), share(h.ChanceF1))
		}
		fmt.Fprintln(b)
	}
	fmt.Fprintln(b)
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write score table: %w", err)
	}
	return s.Pooled.WriteTable(w)
}

// share writes a score between 0 and 1.
func share(v Value) string { return number(v, 3) }

// size writes an error in centimetres or degrees.
func size(v Value) string { return number(v, 2) }

func number(v Value, decimals int) string {
	if math.IsNaN(float64(v)) {
		return "-"
	}
	return fmt.Sprintf("%.*f", decimals, float64(v))
}
