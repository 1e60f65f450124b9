package las

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// data reads a data section up to the end of the file or the next section, whose title is left to be read.
func (p *parser) data(role sectionRole, title string) error {
	f := p.file
	name := role.name
	if name == "" {
		name = f.setName()
	}
	if err := p.charge(setBytes); err != nil {
		return err
	}
	curves, err := p.definition(role)
	if err != nil {
		return err
	}
	set := Set{Name: name, Curves: curves}
	split := splitter{}
	if item, ok := f.Item(Version, "DLM"); ok {
		split.delimiter = delimiterByte(item.Value)
	}
	if len(set.Curves) == 0 && f.Wrapped {
		return fmt.Errorf("%w: line %d: wrapped data without a curve section", ErrFormat, p.number)
	}
	if p.columns += len(set.Curves); p.columns > maxCurves {
		return fmt.Errorf("%w: line %d: more than %d curves in all data sections", ErrFormat, p.number, maxCurves)
	}
	p.fixed.counts = map[Repair]int{}
	d := &rowBuilder{parser: p, set: &set, wrapped: f.Wrapped && role.definition == ""}
	if !p.noNull {
		d.null = f.declaredNull()
	} else {
		d.null = math.NaN()
	}
	for first := true; ; {
		line, ok := p.next()
		if !ok {
			break
		}
		trimmed := bytes.TrimSpace(line)
		if len(trimmed) == 0 || trimmed[0] == '#' {
			continue
		}
		if trimmed[0] == '~' {
			p.again = true
			break
		}
		if split.delimiter != '\t' {
			line = trimmed
		}
		if first {
			first = false
			if split.delimiter == 0 && bytes.IndexByte(line, ',') >= 0 && commaSeparated(line, len(set.Curves)) {
				split.delimiter = ','
			}
			if err := p.addCurves(&set, title, split.tokens(line)); err != nil {
				return err
			}
			d.divert()
			d.makeRoom()
		}
		row, err := d.complete(split.tokens(line))
		if err == nil {
			err = d.add(row)
		}
		switch {
		case d.failed != nil:
			return d.failed
		case errors.Is(err, ErrFormat): // says the line
			return err
		case err != nil:
			return fmt.Errorf("%w: line %d: %w", ErrFormat, p.number, err)
		}
	}
	if err := d.finish(); err != nil {
		return err
	}
	f.Sets = append(f.Sets, set)
	return nil
}

// definition returns the curves that a data section refers to, without values: by name, else those of the last curve section.
func (p *parser) definition(role sectionRole) ([]Curve, error) {
	curves, ok := p.definitions[role.definition]
	if !ok && !p.used {
		p.used = true
		return p.curves, nil // the list itself; the next section to refer to it gets a copy
	}
	if !ok {
		curves = p.curves
	}
	if err := p.charge(len(curves) * curveBytes); err != nil {
		return nil, err
	}
	curves = slices.Clone(curves)
	for i := range curves {
		curves[i].Values, curves[i].text = nil, nil
	}
	return curves, nil
}

// addCurves makes the curves that a set's first row has and no curve section names: called by the title line of the data if that
// fits, by number, or UNKNOWN behind others.
func (p *parser) addCurves(set *Set, title string, row tokens) error {
	values := row.count()
	declared, n := len(set.Curves), min(values, maxCurves)
	if declared >= n || p.file.Wrapped {
		return nil
	}
	if declared > 0 && hasRemark(row, declared) {
		return nil
	}
	if err := p.fixed.use(NameCurves); err != nil {
		return fmt.Errorf("%w: line %d: %d values, %d curves: %w", ErrFormat, p.number, values, declared, err)
	}
	if err := p.charge((n - declared) * (curveBytes + 16)); err != nil { // 16: the name
		return err
	}
	names := columnNames(title, n)
	set.Curves = slices.Grow(set.Curves, n-declared)
	for i := declared; i < n; i++ {
		name := "UNKNOWN"
		switch {
		case declared > 0:
		case names != nil:
			name = names[i]
		default:
			name = "C" + strconv.Itoa(i+1)
		}
		set.Curves = append(set.Curves, Curve{Mnemonic: name})
	}
	if declared > 0 {
		p.file.warn("the data have %d columns, %d curves are declared: the others are called UNKNOWN", n, declared)
	} else {
		p.file.warn("no curve section: %d curves named by position", n)
	}
	return nil
}

// hasRemark tells whether there are words behind the first values of a row.
func hasRemark(row tokens, behind int) bool {
	i := 0
	for token, more := row.next(); more; token, more = row.next() {
		if _, ok := ParseFloat(token); i >= behind && !ok && !isNullWord(token) {
			return true
		}
		i++
	}
	return false
}

// columnNames returns the words of a data section's title behind its own name if there are n, else nil.
func columnNames(title string, n int) []string {
	words := 0
	for range strings.FieldsSeq(title) {
		words++
	}
	if words != n+1 {
		return nil
	}
	return strings.Fields(title)[1:]
}

func delimiterByte(value string) byte {
	switch strings.ToUpper(value) {
	case "COMMA":
		return ','
	case "TAB":
		return '\t'
	}
	return 0
}

// commaSeparated tells a comma between columns from a decimal comma: blanks alone do not give enough columns.
func commaSeparated(line []byte, curves int) bool {
	fields := 0
	for range bytes.FieldsSeq(line) {
		fields++
	}
	commas := bytes.Count(line, []byte{','}) + 1
	if curves == 0 {
		return commas > fields || bytes.Contains(line, []byte(", "))
	}
	return fields != curves && commas == curves
}
