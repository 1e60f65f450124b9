package picks

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// WriteCSV writes the table as the package comment describes, depths in the given unit and ascending; t itself is not changed.
// An invalid pick is an error that wraps ErrInvalid, and nothing is written.
func WriteCSV(w io.Writer, t *Table, unit Unit) error {
	perUnit := unit.metres()
	if perUnit == 0 {
		return fmt.Errorf("write picks: depth unit %q: use m or ft", unit)
	}
	sorted := Table{Header: t.Header, QC: t.QC, Picks: slices.Clone(t.Picks)}
	Sort(sorted.Picks)
	if err := sorted.Validate(); err != nil {
		return fmt.Errorf("write picks: %w", err)
	}
	if _, err := io.WriteString(w, sorted.comments()); err != nil {
		return fmt.Errorf("write picks: %w", err)
	}
	out := csv.NewWriter(w)
	out.Write(Columns(unit)) // csv.Writer keeps the first error for Error
	var row []string
	for i := range sorted.Picks {
		p := &sorted.Picks[i]
		depth := fields[0].format(p.DepthM / perUnit)
		row = append(row[:0], depth, p.Class.String())
		for j := range fields[1:] {
			f := &fields[j+1]
			row = append(row, f.format(*f.value(p)))
		}
		row = append(row, p.Quality, strings.Join(p.Flags, flagSeparator))
		out.Write(row)
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write picks: %w", err)
	}
	return nil
}

// text is a header field that a comment line `# key: value` carries.
type text struct {
	key   string
	value func(h *Header) *string
}

var texts = []text{
	{"well", func(h *Header) *string { return &h.Well }},
	{"datum", func(h *Header) *string { return &h.Datum }},
	{"azimuth_reference", func(h *Header) *string { return &h.Reference }},
	{"model", func(h *Header) *string { return &h.ModelName }},
	{"model_hash", func(h *Header) *string { return &h.ModelHash }},
	{"command", func(h *Header) *string { return &h.Command }},
}

const (
	keyDeclination = "declination_deg"
	keyQC          = "qc" // one line each
)

func (t *Table) comments() string {
	var b strings.Builder
	for _, field := range texts {
		if v := oneLine(*field.value(&t.Header)); v != "" {
			fmt.Fprintf(&b, "# %s: %s\n", field.key, v)
		}
		if field.key == "azimuth_reference" && t.DeclinationDeg != 0 {
			fmt.Fprintf(&b, "# %s: %s\n", keyDeclination, strconv.FormatFloat(t.DeclinationDeg, 'g', -1, 64))
		}
	}
	for _, line := range t.QC {
		fmt.Fprintf(&b, "# %s: %s\n", keyQC, oneLine(line))
	}
	return b.String()
}

// oneLine keeps a value from ending its comment line.
func oneLine(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s))
}
