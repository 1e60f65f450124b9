package ablate

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"text/tabwriter"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/metrics"
)

// Row is the score of a variant of a cell on one class, or the mean of its seeds. Scores pool all test wells; those that do not exist
// are NaN. Hits are within 5 cm: of the curve distance unless a field says depth.
type Row struct {
	Class         string        `json:"class"` // bedding | fracture | any
	Variant       string        `json:"variant"`
	Scored        string        `json:"scored"` // on test wells, or on held-out tiles of the training wells
	Seed          *int64        `json:"seed"`   // nil in a mean
	Seeds         int           `json:"seeds"`  // behind the row
	Threshold     metrics.Value `json:"threshold"`
	Truths        metrics.Value `json:"truths"`
	Picks         metrics.Value `json:"picks"`
	Precision     metrics.Value `json:"precision"`
	Recall        metrics.Value `json:"recall"`
	F1            metrics.Value `json:"f1"`
	F1Low         metrics.Value `json:"f1_low"` // bootstrap over test wells (held-out stretches), 95 %; NaN in a mean
	F1High        metrics.Value `json:"f1_high"`
	ChanceF1      metrics.Value `json:"chance_f1"`
	BestF1        metrics.Value `json:"best_f1"` // over thresholds, chosen on the test wells
	BestThreshold metrics.Value `json:"best_threshold"`
	DepthF1       metrics.Value `json:"depth_f1"`
	DepthChanceF1 metrics.Value `json:"depth_chance_f1"`
	DipWithin3Deg metrics.Value `json:"dip_within_3deg"` // share of the depth hits
	ClassError    metrics.Value `json:"class_error"`     // the published measure, see Matched; of all classes
	TrainSeconds  metrics.Value `json:"train_seconds"`
	PerSecond     metrics.Value `json:"samples_per_second"`
	OtherSeconds  metrics.Value `json:"other_seconds"` // reading, tiling and scoring
	MaskIoU       metrics.Value `json:"mask_iou"`      // pixels of the test wells, at segment.threshold; only of a Segmentation
	MaskF1        metrics.Value `json:"mask_f1"`
}

// What a row is scored on.
const (
	OnWells = "wells"
	OnTiles = "held-out tiles"
)

// newRow is the part of a variant's scores that is about one class.
func newRow(d scoredVariant, class string, held bool) (Row, error) {
	s, on := &d.result.Blind, OnWells
	if held {
		s, on = d.result.Held, OnTiles
	}
	c := s.Scores.Pooled.Class(class)
	k := slices.IndexFunc(s.Sweep, func(s Sweep) bool { return s.Class == class })
	bad := func() (Row, error) {
		return Row{}, fmt.Errorf("cell %s: %s has no scores of %s at %g cm: remove it, and the cell is scored again", d.cell.Cell, resultName, class, metrics.HeadlineCM)
	}
	if c == nil || k < 0 {
		return bad()
	}
	curve, depth := at(c.Curve, metrics.HeadlineCM), at(c.Depth, metrics.HeadlineCM)
	if curve == nil || depth == nil || depth.Errors == nil {
		return bad()
	}
	nan := metrics.Value(math.NaN())
	row := Row{
		Class: class, Variant: d.result.Name, Scored: on, Seed: &d.cell.Seed, Seeds: 1,
		Threshold: metrics.Value(d.result.Threshold), Truths: metrics.Value(c.Truths), Picks: metrics.Value(c.Picks),
		Precision: curve.Precision, Recall: curve.Recall, F1: curve.F1, F1Low: nan, F1High: nan, ChanceF1: curve.ChanceF1,
		BestF1: s.Sweep[k].Best.F1, BestThreshold: metrics.Value(s.Sweep[k].Best.Threshold),
		DepthF1: depth.F1, DepthChanceF1: depth.ChanceF1, DipWithin3Deg: depth.Errors.DipWithin3Deg,
		ClassError: d.cell.classError(), TrainSeconds: metrics.Value(d.cell.TrainSeconds), PerSecond: metrics.Value(d.cell.SamplesPerSecond),
		OtherSeconds: metrics.Value(d.cell.OtherSeconds),
	}
	row.MaskIoU, row.MaskF1 = nan, nan
	if held {
		row.ClassError = nan
	} else if len(d.result.Masks) > 0 {
		c := d.result.masks(class)
		row.MaskIoU, row.MaskF1 = metrics.Value(c.IoU()), metrics.Value(c.F1())
	}
	if class == dip.Fracture.String() {
		row.Threshold = metrics.Value(d.result.ThresholdFracture)
	}
	if curve.F1Interval != nil {
		row.F1Low, row.F1High = curve.F1Interval.Low, curve.F1Interval.High
	}
	return row, nil
}

// meanRow averages the rows of a variant. A score that some seeds do not have, such as the precision of no picks, is averaged over the
// others.
func meanRow(rows []Row) Row {
	m := Row{Class: rows[0].Class, Variant: rows[0].Variant, Scored: rows[0].Scored, Seeds: len(rows)}
	for _, c := range columns {
		var v mean
		for i := range rows {
			v.add(float64(*c.value(&rows[i])))
		}
		*c.value(&m) = v.value()
	}
	// An interval between wells does not average over seeds.
	m.F1Low, m.F1High = metrics.Value(math.NaN()), metrics.Value(math.NaN())
	return m
}

// column is one column of the table; a number that does not exist is empty in CSV and - for people.
type column struct {
	csv, head string
	decimals  int // for people; CSV has 6 digits
	value     func(r *Row) *metrics.Value
}

// columns are all numbers of a row.
var columns = []column{
	{"threshold", "threshold", 2, func(r *Row) *metrics.Value { return &r.Threshold }},
	{"truths", "truths", 0, func(r *Row) *metrics.Value { return &r.Truths }},
	{"picks", "picks", 0, func(r *Row) *metrics.Value { return &r.Picks }},
	{"precision", "precision", 3, func(r *Row) *metrics.Value { return &r.Precision }},
	{"recall", "recall", 3, func(r *Row) *metrics.Value { return &r.Recall }},
	{"f1", "F1", 3, func(r *Row) *metrics.Value { return &r.F1 }},
	{"f1_low", "95 % from", 3, func(r *Row) *metrics.Value { return &r.F1Low }},
	{"f1_high", "to", 3, func(r *Row) *metrics.Value { return &r.F1High }},
	{"chance_f1", "chance", 3, func(r *Row) *metrics.Value { return &r.ChanceF1 }},
	{"best_f1", "best F1", 3, func(r *Row) *metrics.Value { return &r.BestF1 }},
	{"best_threshold", "at", 2, func(r *Row) *metrics.Value { return &r.BestThreshold }},
	{"depth_f1", "depth F1", 3, func(r *Row) *metrics.Value { return &r.DepthF1 }},
	{"depth_chance_f1", "depth chance", 3, func(r *Row) *metrics.Value { return &r.DepthChanceF1 }},
	{"dip_within_3deg", "dip <= 3 deg", 3, func(r *Row) *metrics.Value { return &r.DipWithin3Deg }},
	{"class_error", "class error", 3, func(r *Row) *metrics.Value { return &r.ClassError }},
	{"train_seconds", "train s", 0, func(r *Row) *metrics.Value { return &r.TrainSeconds }},
	{"samples_per_second", "samples/s", 1, func(r *Row) *metrics.Value { return &r.PerSecond }},
	{"other_seconds", "other s", 1, func(r *Row) *metrics.Value { return &r.OtherSeconds }},
	{"mask_iou", "mask IoU", 3, func(r *Row) *metrics.Value { return &r.MaskIoU }},
	{"mask_f1", "mask F1", 3, func(r *Row) *metrics.Value { return &r.MaskF1 }},
}

// columns are those that some row has a number in: detection has no masks, segmentation no class error.
func (r *Report) columns() (out []column) {
	for _, c := range columns {
		if slices.ContainsFunc(r.Rows, func(row Row) bool { return !math.IsNaN(float64(*c.value(&row))) }) {
			out = append(out, c)
		}
	}
	return out
}

// seed names the seed of a row.
func (r *Row) seed() string {
	if r.Seed == nil {
		return "mean of " + strconv.Itoa(r.Seeds)
	}
	return strconv.FormatInt(*r.Seed, 10)
}

// decimal is a score for people.
func decimal(v metrics.Value, decimals int) string {
	if math.IsNaN(float64(v)) {
		return "-"
	}
	return strconv.FormatFloat(float64(v), 'f', decimals, 64)
}

// digits is a score for programs.
func digits(v metrics.Value) string {
	if math.IsNaN(float64(v)) {
		return ""
	}
	return strconv.FormatFloat(float64(v), 'g', 6, 64)
}

// WriteCSV writes one line a row.
func (r *Report) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	line := []string{"class", "variant", "scored_on", "seed"}
	for _, c := range columns {
		line = append(line, c.csv)
	}
	out.Write(line) // csv.Writer keeps the first error for Error
	for i := range r.Rows {
		row := &r.Rows[i]
		line = append(line[:0], row.Class, row.Variant, row.Scored, row.seed())
		for _, c := range columns {
			line = append(line, digits(*c.value(row)))
		}
		out.Write(line)
	}
	out.Flush()
	return out.Error()
}

// WriteEffects writes one line an effect, as CSV. A split by patch adds lines of measure held_out_f1: held-out tiles against unseen wells.
func (r *Report) WriteEffects(w io.Writer) error {
	out := csv.NewWriter(w)
	out.Write([]string{"factor", "level", "against", "class", "measure", "base", "value", "diff", "low", "high", "pairs", "wells", "verdict"})
	for _, f := range r.Factors {
		for _, e := range f.Effects {
			out.Write([]string{e.Factor, e.Level, e.Against, e.Class, e.Measure, digits(e.Base), digits(e.Value), digits(e.Diff), digits(e.Low),
				digits(e.High), strconv.Itoa(e.Pairs), strconv.Itoa(e.Wells), string(e.Verdict)})
		}
		for _, l := range f.Leaks {
			out.Write([]string{f.Name, l.Level, l.Level, l.Class, "held_out_f1", digits(l.Blind), digits(l.Held), digits(l.Diff), digits(l.Low),
				digits(l.High), strconv.Itoa(l.Seeds), "", ""})
		}
	}
	out.Flush()
	return out.Error()
}

// WriteTable writes the rows, of several seeds their mean only, for people on a terminal, then the verdicts, what is missing and the notes.
func (r *Report) WriteTable(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0) // reports its first error at Flush
	columns := r.columns()
	fmt.Fprint(table, "class\tvariant\tscored on\tseed")
	for _, c := range columns {
		fmt.Fprint(table, "\t", c.head)
	}
	fmt.Fprintln(table)
	averaged := map[[3]string]bool{}
	for _, row := range r.Rows {
		averaged[[3]string{row.Class, row.Variant, row.Scored}] = row.Seed == nil // the mean stands last
	}
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Seed != nil && averaged[[3]string{row.Class, row.Variant, row.Scored}] {
			continue
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s", row.Class, row.Variant, row.Scored, row.seed())
		for _, c := range columns {
			fmt.Fprint(table, "\t", decimal(*c.value(row), c.decimals))
		}
		fmt.Fprintln(table)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for i := range r.Factors {
		for _, line := range r.Factors[i].Sentences() {
			if _, err := fmt.Fprintf(w, "%s: %s\n", r.Factors[i].Name, line); err != nil {
				return err
			}
		}
	}
	for _, line := range r.remarks() {
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}

func (r *Report) remarks() (lines []string) {
	for _, m := range r.Missing {
		lines = append(lines, "no result yet: "+m)
	}
	lines = append(lines, r.Notes...)
	if r.Cost.TrainSeconds > 0 {
		lines = append(lines, r.Cost.words())
	}
	return lines
}
