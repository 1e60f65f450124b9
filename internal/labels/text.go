package labels

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/geobfdt/geobfdt/internal/picks"
)

// maxLine bounds the memory that a file which is no table can claim.
const maxLine = 1 << 20

// blanks stands for runs of blanks as the separator of columns.
const blanks = ' '

// textReader reads a table of text: a line of names, perhaps a line of units, one line a row.
type textReader struct {
	file      string
	opt       Options
	line      int // being read, from 1
	separator rune

	comments strings.Builder // lines that begin with #, as in a picks CSV
	names    []string        // nil before they are read
	build    *builder        // nil before the first row, which tells whether a line of units is before it
}

func readText(in io.Reader, name string, opt Options) (*picks.Table, []string, error) {
	r := &textReader{file: name, opt: opt}
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	for lines.Scan() {
		r.line++
		line := lines.Text()
		if r.line == 1 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		if err := r.take(line); err != nil {
			return nil, nil, err
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		r.line++
		return nil, nil, r.errorf("", "give a table as text", "the line is longer than %d bytes", maxLine)
	} else if err != nil {
		return nil, nil, fmt.Errorf("read labels %s: %w", name, err)
	}
	if r.names == nil {
		r.line = 0
		return nil, nil, r.errorf("", "export the table again", "a line of column names is missing")
	}
	if r.build == nil { // no rows; the columns must be right all the same
		if err := r.start(nil); err != nil {
			return nil, nil, err
		}
	}
	t, warnings, err := r.build.finish()
	if err != nil {
		return nil, nil, err
	}
	return t, warnings, r.header(t)
}

func (r *textReader) errorf(column, remedy, cause string, args ...any) error {
	return (&problem{column: column, cause: fmt.Sprintf(cause, args...), remedy: remedy}).in(r.file, r.line)
}

// header takes from the comments what a picks CSV says in its.
func (r *textReader) header(t *picks.Table) error {
	if r.comments.Len() == 0 {
		return nil
	}
	r.comments.WriteString(strings.Join(picks.Columns(picks.Metres), ","))
	said, err := picks.ReadCSV(strings.NewReader(r.comments.String()), r.file)
	if err != nil {
		return err
	}
	well := t.Well
	t.Header = said.Header
	t.DepthUnit = ""
	if well != "" {
		t.Well = well
	}
	return nil
}

// take reads one line.
func (r *textReader) take(line string) error {
	switch trimmed := strings.TrimSpace(line); {
	case trimmed == "":
		return nil
	case trimmed[0] == '#' && r.build == nil:
		r.comments.WriteString(trimmed + "\n")
		return nil
	case trimmed[0] == '#':
		return nil
	case r.names == nil:
		return r.takeNames(line)
	}
	cells, err := split(line, r.separator)
	if err != nil {
		return r.errorf("", "close the quotes, one row is one line", "the line is not a row of the table")
	}
	if strings.TrimSpace(strings.Join(cells, "")) == "" {
		return nil // spreadsheets leave rows of separators
	}
	if r.build == nil {
		units := r.asUnits(cells)
		if err := r.start(units); err != nil || units != nil {
			return err
		}
	}
	if len(cells) > len(r.names) && strings.TrimSpace(strings.Join(cells[len(r.names):], "")) != "" {
		return r.errorf("", "quote values that hold the separator", "%d values under %d columns", len(cells), len(r.names))
	}
	if r.separator != ',' {
		for i, c := range cells {
			cells[i] = decimalPoint(c)
		}
	}
	return r.build.add(r.line, cells)
}

// decimalPoint writes a number with a decimal comma as one with a point; other text is left alone.
func decimalPoint(cell string) string {
	if strings.Count(cell, ",") != 1 || strings.Contains(cell, ".") {
		return cell
	}
	point := strings.Replace(cell, ",", ".", 1)
	if _, err := strconv.ParseFloat(strings.TrimSpace(point), 64); err != nil {
		return cell
	}
	return point
}

// takeNames finds the separator, by which most columns are known.
func (r *textReader) takeNames(line string) error {
	best := -1
	for _, separator := range []rune{',', ';', '\t', blanks} {
		cells, err := split(line, separator)
		if err != nil {
			continue
		}
		known := 0
		for _, c := range cells {
			if newColumn(c, "").role != none {
				known++
			}
		}
		if known > best {
			best, r.separator, r.names = known, separator, cells
		}
	}
	if best < 0 {
		return r.errorf("", "close the quotes", "the line of column names is not text with separators")
	}
	return nil
}

// asUnits returns the cells where the line holds units: where no number stands under the depth.
func (r *textReader) asUnits(cells []string) []string {
	for i, n := range r.names {
		if newColumn(n, "").role != depth || i >= len(cells) {
			continue
		}
		if _, err := strconv.ParseFloat(strings.TrimSpace(decimalPoint(cells[i])), 64); err == nil {
			return nil
		}
		return cells
	}
	return nil
}

// start settles the columns; units may be nil.
func (r *textReader) start(units []string) error {
	columns := make([]column, len(r.names))
	for i, n := range r.names {
		unit := ""
		if i < len(units) {
			unit = units[i]
		}
		columns[i] = newColumn(n, unit)
	}
	var p *problem
	if r.build, p = newBuilder(r.file, columns, r.opt); p != nil {
		return p.in(r.file, r.line)
	}
	return nil
}

// split cuts a line into cells.
func split(line string, separator rune) ([]string, error) {
	if separator == blanks {
		return strings.Fields(line), nil
	}
	r := csv.NewReader(strings.NewReader(line))
	r.Comma = separator
	r.TrimLeadingSpace = separator != '\t'
	cells, err := r.Read()
	if err == io.EOF {
		return []string{""}, nil
	}
	return cells, err
}
