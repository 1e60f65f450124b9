package batch

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"

	"github.com/geobfdt/geobfdt/internal/picks"
)

// Found is the result of one row, or why there is none.
type Found struct {
	Row   Row
	Table *picks.Table // nil: missing
	Why   string       // it is missing
}

// Collect reads the result of a row from dir. settings is the Key.Settings that the row has today: a result with another was made by
// another program, model or configuration and counts as missing. Whether the input has changed since is not looked at: that is for a
// rerun, which reads it. The error is for what is wrong with the folder, not with the result.
func Collect(dir string, row Row, settings string) (Found, error) {
	f := Found{Row: row}
	failure, err := ReadFailure(dir, row.Name)
	if err != nil {
		return f, err
	}
	path := ResultPath(dir, row.Name)
	key, err := ReadKey(path)
	switch {
	case failure != nil && (err != nil || failure.Key != key.String()):
		// An older result may be there still; it is not what was asked for last.
		f.Why = "failed: " + failure.Error
	case errors.Is(err, fs.ErrNotExist):
		f.Why = "not picked yet"
	case errors.Is(err, ErrNoKey):
		f.Why = err.Error()
	case err != nil:
		return f, err
	case key.Settings != settings:
		f.Why = "made with another program version, model or settings: give those of the run, or run again"
	default:
		if f.Table, err = picks.ReadFile(path); err != nil {
			f.Why = err.Error()
		}
	}
	return f, nil
}

// Merge writes the picks of all wells found as one table: the columns of a picks file after a first column well, wells in the order
// of the manifest, each in ascending depth. Comment lines say for each well what its numbers refer to, and which wells are missing.
func Merge(w io.Writer, all []Found, unit picks.Unit, command string) error {
	var head bytes.Buffer
	done := 0
	for _, f := range all {
		if f.Table != nil {
			done++
		}
	}
	fmt.Fprintf(&head, "# merged: %d of %d wells\n", done, len(all))
	fmt.Fprintf(&head, "# command: %s\n", comment(command))
	for _, f := range all {
		if f.Table == nil {
			fmt.Fprintf(&head, "# missing: %s: %s\n", f.Row.Name, comment(f.Why))
			continue
		}
		h := f.Table.Header
		fmt.Fprintf(&head, "# part: %s: well %s, azimuth_reference %s, declination_deg %s, model %s %s\n", f.Row.Name, comment(h.Well),
			h.Reference, strconv.FormatFloat(h.DeclinationDeg, 'g', -1, 64), comment(h.ModelName), h.ModelHash)
	}
	if _, err := w.Write(head.Bytes()); err != nil {
		return fmt.Errorf("merge: %w", err)
	}
	out := csv.NewWriter(w)
	out.Write(append([]string{"well"}, picks.Columns(unit)...)) // csv.Writer keeps the first error for Error
	for _, f := range all {
		if f.Table == nil {
			continue
		}
		if err := appendRows(out, f, unit); err != nil {
			return fmt.Errorf("merge %s: %w", f.Row.Name, err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("merge: %w", err)
	}
	return nil
}

// appendRows writes the rows of one well, formatted as its own file is.
func appendRows(out *csv.Writer, f Found, unit picks.Unit) error {
	var text bytes.Buffer
	if err := picks.WriteCSV(&text, &picks.Table{Picks: f.Table.Picks}, unit); err != nil {
		return err
	}
	records, err := csv.NewReader(&text).ReadAll()
	if err != nil {
		return err
	}
	for _, record := range records[1:] {
		out.Write(append([]string{f.Row.Name}, record...))
	}
	return nil
}

// comment keeps a text from ending its comment line.
func comment(s string) string { return strings.Join(strings.Fields(s), " ") }
