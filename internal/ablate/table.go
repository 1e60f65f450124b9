package ablate

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/geobfdt/geobfdt/internal/metrics"
)

// explanation goes with the table where there is room for it.
const explanation = `Hits are picks within 5 cm of a truth of their class, in curve distance (depth, dip and azimuth in one
number) unless the column says depth; chance is what random picks of the same number and shapes reach; 95 % between wells. Best F1 is the
highest over thresholds, chosen on the test wells themselves: a bound, not a result. Class error is the published measure: the share of
depth hits with the wrong class; it is blind to false alarms and misses.`

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
}

// seed names the seed of a row.
func (r *Row) seed() string {
	if r.Seed == nil {
		return "mean of " + strconv.Itoa(r.Seeds)
	}
	return strconv.FormatInt(*r.Seed, 10)
}

func (c *column) text(r *Row) string {
	v := float64(*c.value(r))
	if math.IsNaN(v) {
		return "-"
	}
	return strconv.FormatFloat(v, 'f', c.decimals, 64)
}

// WriteCSV writes one line a row.
func (r *Report) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	line := []string{"class", "arm", "seed"}
	for _, c := range columns {
		line = append(line, c.csv)
	}
	out.Write(line) // csv.Writer keeps the first error for Error
	for i := range r.Rows {
		row := &r.Rows[i]
		line = append(line[:0], row.Class, row.Arm, row.seed())
		for _, c := range columns {
			cell := ""
			if v := float64(*c.value(row)); !math.IsNaN(v) {
				cell = strconv.FormatFloat(v, 'g', 6, 64)
			}
			line = append(line, cell)
		}
		out.Write(line)
	}
	out.Flush()
	return out.Error()
}

// WriteMarkdown writes the rows as a table, then what is missing and the notes.
func (r *Report) WriteMarkdown(w io.Writer) error {
	var b strings.Builder
	b.WriteString("| class | arm | seed |")
	for _, c := range columns {
		b.WriteString(" " + c.head + " |")
	}
	b.WriteString("\n|---|---|---|" + strings.Repeat("---:|", len(columns)) + "\n")
	for i := range r.Rows {
		row := &r.Rows[i]
		fmt.Fprintf(&b, "| %s | %s | %s |", row.Class, row.Arm, row.seed())
		for _, c := range columns {
			b.WriteString(" " + c.text(row) + " |")
		}
		b.WriteByte('\n')
	}
	if lines := r.remarks(); len(lines) > 0 {
		b.WriteString("\n- " + strings.Join(lines, "\n- ") + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteTable writes the rows for people, then what is missing and the notes.
func (r *Report) WriteTable(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0) // reports its first error at Flush
	fmt.Fprint(table, "class\tarm\tseed")
	for _, c := range columns {
		fmt.Fprint(table, "\t", c.head)
	}
	fmt.Fprintln(table)
	for i := range r.Rows {
		row := &r.Rows[i]
		fmt.Fprintf(table, "%s\t%s\t%s", row.Class, row.Arm, row.seed())
		for _, c := range columns {
			fmt.Fprint(table, "\t", c.text(row))
		}
		fmt.Fprintln(table)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, line := range r.remarks() {
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}

func (r *Report) remarks() (lines []string) {
	if len(r.Missing) > 0 {
		lines = append(lines, "no result yet: "+strings.Join(r.Missing, ", "))
	}
	return append(lines, r.Notes...)
}
