package labels

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/geobfdt/geobfdt/internal/las"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// readLAS reads the dips of a LAS file: its log, one row a pick. A TYPE that is a number gets its meaning from the parameters
// TYPE_0, TYPE_1, ... where the file has them.
func readLAS(in io.Reader, name string, opt Options) (*picks.Table, []string, error) {
	f, err := las.Read(in, las.Options{})
	if errors.Is(err, las.ErrFormat) {
		return nil, nil, (&problem{cause: err.Error(), remedy: "give a LAS file of dips, or another table"}).in(name, 0)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read labels %s: %w", name, err)
	}
	columns := make([]column, len(f.Curves))
	for i, c := range f.Curves {
		unit := c.Unit
		if i == 0 && unit == "" {
			start, _ := f.Item(las.Well, "STRT")
			unit = start.Unit
		}
		columns[i] = newColumn(c.Mnemonic, unit)
	}
	b, p := newBuilder(name, columns, opt)
	if p != nil {
		return nil, nil, p.in(name, 0)
	}
	b.legend = legend(f)
	cells := make([]string, len(f.Curves))
	for i := range f.Rows() {
		for k := range f.Curves {
			cells[k] = f.Curves[k].Text(i)
		}
		if err := b.add(0, cells); err != nil {
			return nil, nil, fmt.Errorf("row %d: %w", i+1, err)
		}
	}
	t, warnings, err := b.finish()
	if err != nil {
		return nil, nil, err
	}
	if t.Well == "" {
		well, _ := f.Item(las.Well, "WELL")
		t.Well = well.Value
	}
	reference, _ := f.Item(las.Parameter, "AZREF")
	t.Reference = reference.Value
	for _, w := range f.Warnings {
		warnings = append(warnings, name+": "+w)
	}
	return t, warnings, nil
}

// legend returns the meaning of the codes of the class curve, by code.
func legend(f *las.File) map[string]string {
	codes := make(map[string]string)
	for _, s := range f.Sections {
		if s.Kind != las.Parameter {
			continue
		}
		for _, item := range s.Items {
			if code, ok := strings.CutPrefix(strings.ToUpper(item.Mnemonic), "TYPE_"); ok && item.Value != "" {
				codes[code] = item.Value
			}
		}
	}
	return codes
}
