package batch

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

// Columns of a manifest that are not settings.
const (
	ColumnWell   = "well"   // path of the image log, required
	ColumnOutput = "output" // name of the result, without folder and .csv; default: the name of the well's file
)

// Bounds of a manifest, against files that are none.
const (
	maxManifestBytes = 64 << 20
	maxRows          = 1_000_000
	maxNameBytes     = 200
)

// Manifest is a list of wells to pick.
type Manifest struct {
	Path string // as given
	Rows []Row
}

// Row is one well.
type Row struct {
	Index int    // from 0
	Line  int    // in the file, from 1
	Well  string // path of the image log; relative ones start at the manifest's folder, which is put before them
	Name  string // of the result
	Cells []Cell // settings, in the order of the columns; empty cells are left out
}

// Cell is the setting of a row in one column.
type Cell struct{ Column, Value string }

// ManifestError is a manifest that cannot be used.
type ManifestError struct {
	Path string
	Line int // from 1; 0: the whole file is meant
	Err  error
}

func (e *ManifestError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("manifest %s: %v", e.Path, e.Err)
	}
	return fmt.Sprintf("manifest %s, line %d: %v", e.Path, e.Line, e.Err)
}

func (e *ManifestError) Unwrap() error { return e.Err }

// ReadManifest reads a CSV file with a header line; path stands for it in errors, and relative paths in it start at the folder of
// path (at the working folder for "-"). settings names the columns that may stand beside ColumnWell and ColumnOutput, outputs those
// of them that name a further file in the folder of results; case and the difference between _ and - do not count in names. Blank
// lines and lines that begin with # are skipped. Its errors are *ManifestError: an unknown column, two rows that would write the same
// file, a row without a well, no row at all.
func ReadManifest(r io.Reader, path string, settings, outputs []string) (*Manifest, error) {
	m := &Manifest{Path: path}
	raw, err := io.ReadAll(io.LimitReader(r, maxManifestBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read manifest %s: %w", path, err)
	}
	if len(raw) > maxManifestBytes {
		return nil, m.errorf(0, "longer than %d bytes: it should be a table with a row for each well", maxManifestBytes)
	}
	in := csv.NewReader(bufio.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\ufeff")))))
	in.Comment = '#'
	in.TrimLeadingSpace = true
	in.FieldsPerRecord = -1 // said better below
	in.ReuseRecord = true
	var columns []string
	lineOf := map[string]int{} // by file written
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var parse *csv.ParseError
		if errors.As(err, &parse) {
			return nil, m.errorf(parse.Line, "not CSV: %w", parse.Err)
		}
		if err != nil {
			return nil, fmt.Errorf("read manifest %s: %w", path, err)
		}
		line, _ := in.FieldPos(0)
		if strings.TrimSpace(strings.Join(record, "")) == "" {
			continue
		}
		if columns == nil {
			if columns, err = header(record, settings); err != nil {
				return nil, m.errorf(line, "%w", err)
			}
			continue
		}
		row, err := m.row(columns, record, line)
		if err != nil {
			return nil, m.errorf(line, "%w", err)
		}
		for _, file := range row.files(outputs) {
			if err := checkName(file); err != nil {
				return nil, m.errorf(line, "%w", err)
			}
			// Some file systems do not tell a from A.
			if other := lineOf[strings.ToLower(file)]; other > 0 {
				return nil, m.errorf(line, "writes %s, as line %d does: give each a name of its own (column %s)", file, other, ColumnOutput)
			}
			lineOf[strings.ToLower(file)] = line
		}
		if len(m.Rows) == maxRows {
			return nil, m.errorf(line, "more than %d wells", maxRows)
		}
		m.Rows = append(m.Rows, row)
	}
	switch {
	case columns == nil:
		return nil, m.errorf(0, "is empty: give a header line with the column %s and a row for each well", ColumnWell)
	case len(m.Rows) == 0:
		return nil, m.errorf(0, "has no row below its header: give a row for each well")
	}
	return m, nil
}

func (m *Manifest) errorf(line int, format string, args ...any) error {
	return &ManifestError{m.Path, line, fmt.Errorf(format, args...)}
}

// header checks the names of the columns and brings them to the form of settings.
func header(record, settings []string) ([]string, error) {
	known := slices.Concat([]string{ColumnWell, ColumnOutput}, settings)
	columns := make([]string, len(record))
	for i, cell := range record {
		name := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(cell)), "_", "-")
		switch {
		case !slices.Contains(known, name):
			return nil, fmt.Errorf("column %q is unknown: there are %s", cell, strings.Join(known, ", "))
		case slices.Contains(columns, name):
			return nil, fmt.Errorf("column %s stands twice: leave one of them", name)
		}
		columns[i] = name
	}
	if !slices.Contains(columns, ColumnWell) {
		return nil, fmt.Errorf("there is no column %s: the first line must name the columns, %s holds the path of each image log", ColumnWell, ColumnWell)
	}
	return columns, nil
}

func (m *Manifest) row(columns, record []string, line int) (Row, error) {
	row := Row{Index: len(m.Rows), Line: line}
	if len(record) > len(columns) {
		return row, fmt.Errorf("%d values under %d columns: quote values that hold a comma", len(record), len(columns))
	}
	for i, value := range record {
		value = strings.TrimSpace(value)
		switch {
		case value == "":
		case columns[i] == ColumnWell:
			row.Well = m.Resolve(value)
		case columns[i] == ColumnOutput:
			row.Name = strings.TrimSuffix(value, ".csv")
		default:
			row.Cells = append(row.Cells, Cell{columns[i], value})
		}
	}
	if row.Well == "" {
		return row, fmt.Errorf("no path in column %s", ColumnWell)
	}
	if row.Name == "" {
		base := filepath.Base(row.Well)
		row.Name = strings.TrimSuffix(base, filepath.Ext(base))
	}
	return row, nil
}

// files are what the row writes.
func (r *Row) files(outputs []string) []string {
	files := []string{ResultPath("", r.Name), FailurePath("", r.Name)}
	for _, c := range r.Cells {
		if slices.Contains(outputs, c.Column) {
			files = append(files, c.Value)
		}
	}
	return files
}

// Resolve makes a path of the manifest one that can be opened: a relative one starts at the manifest's folder.
func (m *Manifest) Resolve(path string) string {
	if filepath.IsAbs(path) || m.Path == "-" {
		return path
	}
	return filepath.Join(filepath.Dir(m.Path), path)
}

// checkName refuses names that are no plain file name everywhere.
func checkName(name string) error {
	switch {
	case name == "" || name[0] == '.' || len(name) > maxNameBytes:
		return fmt.Errorf("a result cannot be named %q: give 1 to %d bytes that do not begin with a dot, in column %s", name, maxNameBytes, ColumnOutput)
	case strings.ContainsAny(name, `/\:*?"<>|`) || strings.ContainsFunc(name, unicode.IsControl):
		return fmt.Errorf("a result cannot be named %q: it is a file in the folder of results, without / \\ : * ? \" < > |; give a name in column %s", name, ColumnOutput)
	}
	return nil
}
