package lis

import (
	"fmt"
	"math"
	"strings"
)

// Component types of an information record.
const (
	componentRow   = 0
	componentCell  = 69
	componentTable = 73
	componentBytes = 12 // of a component before its value
)

// Component is one value of an information record.
type Component struct {
	Type     uint8
	Category uint8
	Code     Code
	Mnemonic string // of the column
	Unit     string
	Text     string
	Number   float64 // NaN for text
}

// String returns the value as text.
func (c Component) String() string {
	if math.IsNaN(c.Number) {
		return c.Text
	}
	return fmt.Sprintf("%g", c.Number)
}

// Table is an information record that is one: rows of components.
type Table struct {
	Name string // such as CONS (constants)
	Rows []Row
}

// Row holds a table's cells by the order they are written in; cells may be missing.
type Row []Component

// Cell returns the cell of a column.
func (r Row) Cell(column string) (Component, bool) {
	for _, c := range r {
		if strings.EqualFold(c.Mnemonic, column) {
			return c, true
		}
	}
	return Component{}, false
}

// Components reads an information record. With an error, which wraps ErrDamaged, come the components before the damage.
func (f *File) Components(r Record) ([]Component, error) {
	b, err := f.Read(r)
	if err != nil {
		return nil, err
	}
	var out []Component
	for len(b) > 0 {
		if len(b) < componentBytes {
			return out, fmt.Errorf("%w: %s record at byte %d: %d bytes left for a component, which needs %d", ErrDamaged, r.Type, r.Offset, len(b), componentBytes)
		}
		c := Component{Type: b[0], Code: Code(b[1]), Category: b[3], Mnemonic: f.texts.name(b[4:8]), Unit: f.texts.name(b[8:12]), Number: math.NaN()}
		size := int(b[2])
		b = b[componentBytes:]
		if len(b) < size {
			return out, fmt.Errorf("%w: %s record at byte %d: component %s of %d bytes is cut: %d left", ErrDamaged, r.Type, r.Offset, c.Mnemonic, size, len(b))
		}
		switch {
		case size == 0:
		case c.Code.numeric() && size >= c.Code.Bytes():
			c.Number = c.Code.number(b)
		default:
			c.Text = f.texts.name(b[:size])
		}
		out = append(out, c)
		b = b[size:]
	}
	return out, nil
}

// TableOf arranges components as a table. The error says why they are none.
func TableOf(components []Component) (Table, error) {
	if len(components) == 0 || components[0].Type != componentTable {
		return Table{}, fmt.Errorf("the record is not a table: its first component is not a table name")
	}
	table := Table{Name: components[0].String()}
	for i, c := range components[1:] {
		switch {
		case c.Type == componentRow:
			table.Rows = append(table.Rows, nil)
		case len(table.Rows) == 0:
			return table, fmt.Errorf("table %s: component %d (%s) stands before the first row", table.Name, i+1, c.Mnemonic)
		}
		last := len(table.Rows) - 1
		table.Rows[last] = append(table.Rows[last], c)
	}
	return table, nil
}

// Tables reads the logical file's tables: job, wellsite and tool string information. Records that are damaged or no tables are left
// out.
func (l *LogicalFile) Tables() []Table {
	var out []Table
	for _, r := range l.Records {
		if r.Type != JobIdentification && r.Type != WellsiteData && r.Type != ToolString {
			continue
		}
		components, err := l.file.Components(r)
		if err != nil && len(components) == 0 {
			continue
		}
		if table, err := TableOf(components); err == nil {
			out = append(out, table)
		}
	}
	return out
}

// Constant returns the value of a mnemonic in constants tables: the first that is not empty. WN is the well, CN the company, FN the
// field, BS the bit size.
func Constant(tables []Table, mnemonic string) (value Component, ok bool) {
	for _, table := range tables {
		if !strings.EqualFold(table.Name, "CONS") {
			continue
		}
		for _, row := range table.Rows {
			name, named := row.Cell("MNEM")
			cell, valued := row.Cell("VALU")
			if named && valued && strings.EqualFold(name.Text, mnemonic) && cell.String() != "" {
				if unit, has := row.Cell("TUNI"); has && cell.Unit == "" {
					cell.Unit = unit.Text
				}
				return cell, true
			}
		}
	}
	return Component{}, false
}
