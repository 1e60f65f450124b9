package picks

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/geobfdt/geobfdt/internal/dip"
)

// maxLine bounds the memory that a file which is no table can claim.
const maxLine = 1 << 20

// FormatError is a picks file that cannot be read.
type FormatError struct {
	File   string
	Line   int    // from 1; 0 when the whole file is meant
	Column string // name of the column; empty when the whole line is meant
	Cause  string
	Remedy string
}

func (e *FormatError) Error() string {
	var b strings.Builder
	b.WriteString("picks file " + e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ", line %d", e.Line)
	}
	if e.Column != "" {
		fmt.Fprintf(&b, ", column %s", e.Column)
	}
	return b.String() + ": " + e.Cause + ": " + e.Remedy
}

// ReadFile is ReadCSV on the named file.
func ReadFile(path string) (*Table, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read picks: %w", err)
	}
	defer f.Close()
	return ReadCSV(f, path)
}

// ReadCSV reads a table of picks or of labels; name stands for the file in errors. The separator may be a comma, a semicolon or
// a tab, with the two last also decimal commas are understood; columns may stand in any order, unknown ones are ignored, a byte
// order mark and blank lines are skipped. Null values (empty, NaN, -999.25, -999, -9999, -999999) are unknown numbers.
// Confidence is 1 where it is not given: whoever labels by hand means it. Azimuths from -360 to 360 are brought to [0, 360).
// The picks come back in ascending depth. A file that does not fit is a *FormatError.
func ReadCSV(r io.Reader, name string) (*Table, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	d := &decoder{file: name}
	table := &Table{}
	for lines.Scan() {
		d.line++
		line := lines.Bytes()
		if d.line == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		trimmed := bytes.TrimSpace(line)
		if len(trimmed) == 0 {
			continue
		}
		var err error
		switch {
		case trimmed[0] == '#':
			err = d.comment(table, string(trimmed[1:]))
		case d.column == nil:
			err = d.header(string(line))
		default:
			err = d.row(table, string(line))
		}
		if err != nil {
			return nil, err
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		d.line++
		return nil, d.errorf("", "this file is not text with lines; give a picks CSV", "the line is longer than %d bytes", maxLine)
	} else if err != nil {
		return nil, fmt.Errorf("read picks file %s: %w", name, err)
	}
	if d.column == nil {
		d.line = 0
		return nil, d.errorf("", "the first line that is no comment must name the columns: "+requiredColumns, "no header line")
	}
	table.DepthUnit = d.unit
	Sort(table.Picks)
	return table, nil
}

const requiredColumns = "depth_m (or depth_ft), class, apparent_dip_deg and apparent_azimuth_deg are required"

// decoder reads one file.
type decoder struct {
	file      string
	line      int
	separator rune
	column    map[string]int // by name; nil before the header line
	names     []string
	unit      Unit
}

func (d *decoder) errorf(column, remedy, cause string, args ...any) error {
	return &FormatError{d.file, d.line, column, fmt.Sprintf(cause, args...), remedy}
}

// comment keeps the keys that the header knows and the lines of quality control; other comments are free text.
func (d *decoder) comment(table *Table, line string) error {
	key, value, found := strings.Cut(line, ":")
	if !found {
		return nil
	}
	key, value = strings.ToLower(strings.TrimSpace(key)), oneLine(value)
	for _, t := range texts {
		if key == t.key {
			*t.value(&table.Header) = value
		}
	}
	if key == keyQC && value != "" {
		table.QC = append(table.QC, value)
	}
	if key == keyDeclination && value != "" {
		v, err := strconv.ParseFloat(value, 64)
		if err != nil || !(math.Abs(v) <= 360) {
			return d.errorf("", "give the declination in degrees, east positive", "declination %q", value)
		}
		table.DeclinationDeg = v
	}
	return nil
}

// split cuts a line into trimmed cells.
func split(line string, separator rune) ([]string, error) {
	r := csv.NewReader(strings.NewReader(line))
	r.Comma = separator
	r.TrimLeadingSpace = separator != '\t'
	cells, err := r.Read()
	if err == io.EOF {
		return []string{""}, nil
	}
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells, err
}

// header finds the separator, by which most of the known columns appear, and where each column stands.
func (d *decoder) header(line string) error {
	best, columns := -1, Columns(Metres)
	for _, separator := range []rune{',', ';', '\t'} {
		cells, err := split(line, separator)
		if err != nil {
			continue
		}
		known := 0
		column := make(map[string]int)
		for i, c := range cells {
			cells[i] = strings.ToLower(c)
			if slices.Contains(columns, cells[i]) || cells[i] == columnDepth+string(Feet) {
				known++
			}
			column[cells[i]] = i
		}
		if known > best {
			best, d.separator, d.column, d.names = known, separator, column, cells
		}
	}
	if best < 0 {
		return d.errorf("", "close the quotes", "the header line is not CSV")
	}
	for i, n := range d.names {
		if n != "" && d.column[n] != i {
			return d.errorf(n, "leave one of them", "the column stands twice")
		}
	}
	for _, u := range []Unit{Metres, Feet} {
		if _, ok := d.column[columnDepth+string(u)]; ok {
			if d.unit != "" {
				return d.errorf(columnDepth+string(u), "leave one of them", "depth in metres and in feet")
			}
			d.unit = u
		}
	}
	missing := ""
	if d.unit == "" {
		missing = columnDepth + string(Metres)
	} else if _, ok := d.column[columnClass]; !ok {
		missing = columnClass
	} else {
		for _, f := range fields[1:] {
			if _, ok := d.column[f.name]; !ok && f.required {
				missing = f.name
				break
			}
		}
	}
	if missing != "" {
		return d.errorf(missing, requiredColumns+"; rename the columns of the file", "the column is missing, found only %q", strings.Join(d.names, " "))
	}
	return nil
}

// row appends the pick of one line.
func (d *decoder) row(t *Table, line string) error {
	cells, err := split(line, d.separator)
	if err != nil {
		return d.errorf("", "close the quotes, one row is one line", "the line is not CSV")
	}
	if strings.Join(cells, "") == "" {
		return nil // spreadsheets leave rows of separators
	}
	// They leave trailing separators as well; more than that is a row of another table.
	if len(cells) > len(d.names) && strings.Join(cells[len(d.names):], "") != "" {
		return d.errorf("", "quote values that hold the separator", "%d values under %d columns", len(cells), len(d.names))
	}
	cell := func(name string) string {
		if i, ok := d.column[name]; ok && i < len(cells) {
			return cells[i]
		}
		return ""
	}
	p := New(0, dip.Sinusoid{})
	if p.Class, err = dip.ParseClass(cell(columnClass)); err != nil {
		return d.errorf(columnClass, "use bedding or fracture, and delete rows of other kinds", "unknown class %q", cell(columnClass))
	}
	for i := range fields {
		f := &fields[i]
		name := f.name
		if i == 0 {
			name = columnDepth + string(d.unit)
		}
		v, err := d.number(f, name, cell(name))
		if err != nil {
			return err
		}
		switch {
		case i == 0:
			v *= d.unit.metres()
		case f.azimuth && !math.IsNaN(v):
			v = dip.WrapAzimuth(v)
		case f.name == "confidence" && math.IsNaN(v):
			v = 1
		}
		*f.value(&p) = v
	}
	p.Quality = strings.ToUpper(cell(columnQuality))
	if !validQuality(p.Quality) {
		return d.errorf(columnQuality, "use A, B, C or D, or rename the column so that it is ignored", "quality %q", p.Quality)
	}
	for flag := range strings.SplitSeq(cell(columnFlags), flagSeparator) {
		if flag = oneLine(flag); flag != "" {
			p.Flags = append(p.Flags, flag)
		}
	}
	t.Picks = append(t.Picks, p)
	return nil
}

// number reads one cell; NaN if it holds a null and the column is optional.
func (d *decoder) number(f *field, column, cell string) (float64, error) {
	s := cell
	if d.separator != ',' && strings.Count(s, ",") == 1 && !strings.Contains(s, ".") {
		s = strings.Replace(s, ",", ".", 1)
	}
	v := math.NaN()
	if s != "" {
		var err error
		if v, err = strconv.ParseFloat(s, 64); err != nil {
			return 0, d.errorf(column, "write a number with a decimal point; delete a line of units", "%q is not a number", cell)
		}
		if v == -999.25 || v == -999 || v == -9999 || v == -999999 {
			v = math.NaN()
		}
	}
	if math.IsNaN(v) {
		if f.required {
			return 0, d.errorf(column, "give the value or delete the row", "the value is missing")
		}
		return v, nil
	}
	if problem := f.check(v); problem != "" {
		return 0, d.errorf(column, "correct the value or delete the row", "%s %s", cell, problem)
	}
	return v, nil
}
