package las

import (
	"bytes"
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
	set := Set{Name: name, Curves: p.definition(role)}
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
		}
		d.read += len(line)
		tokens, err := d.complete(split.tokens(line))
		if err == nil {
			err = d.add(tokens)
		}
		switch {
		case d.failed != nil:
			return d.failed
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

// definition returns a fresh copy of the curves that a data section refers to: by name, else those of the last curve section.
func (p *parser) definition(role sectionRole) []Curve {
	curves, ok := p.definitions[role.definition]
	if !ok {
		curves = p.curves
		p.used = true
	}
	return slices.Clone(curves)
}

// addCurves makes the curves that a set's first row has and no curve section names: called by the title line of the data if that
// fits, by number, or UNKNOWN behind others.
func (p *parser) addCurves(set *Set, title string, row [][]byte) error {
	declared, n := len(set.Curves), min(len(row), maxCurves)
	if declared >= n || p.file.Wrapped {
		return nil
	}
	for _, token := range row[declared:n] {
		if _, ok := ParseFloat(token); declared > 0 && !ok && !isNullWord(token) {
			return nil // a remark behind the values
		}
	}
	if err := p.fixed.use(NameCurves); err != nil {
		return fmt.Errorf("%w: line %d: %d values, %d curves: %w", ErrFormat, p.number, len(row), declared, err)
	}
	names := strings.Fields(title)
	if len(names) > 0 {
		names = names[1:] // the section's own name
	}
	for i := declared; i < n; i++ {
		name := "UNKNOWN"
		switch {
		case declared > 0:
		case len(names) == n:
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
	fields := len(bytes.Fields(line))
	commas := bytes.Count(line, []byte{','}) + 1
	if curves == 0 {
		return commas > fields || bytes.Contains(line, []byte(", "))
	}
	return fields != curves && commas == curves
}

// rowBuilder appends data rows to the curves of a set.
type rowBuilder struct {
	parser  *parser
	set     *Set
	wrapped bool
	null    float64
	pending []float64 // values of an unfinished row
	words   int       // values that are not numbers
	missing int       // values that short rows lack
	read    int       // bytes of data

	diverted []bool // by curve; nil for none
	places   []int  // of the diverted curves
	row      []float64
	use      func(values []float64) error
	failed   error // of use
}

// divert asks which curves are not to be kept.
func (b *rowBuilder) divert() {
	if b.parser.divert == nil || len(b.set.Curves) == 0 {
		return
	}
	places, use := b.parser.divert(len(b.parser.file.Sets), b.set.Curves)
	if len(places) == 0 {
		return
	}
	b.diverted, b.places, b.row, b.use = make([]bool, len(b.set.Curves)), places, make([]float64, len(places)), use
	for _, i := range places {
		b.diverted[i] = i > 0
	}
}

// keeps tells whether the values of a curve are kept.
func (b *rowBuilder) keeps(curve int) bool { return b.diverted == nil || !b.diverted[curve] }

// complete repairs a row with too few values.
func (b *rowBuilder) complete(tokens [][]byte) ([][]byte, error) {
	if len(tokens) >= len(b.set.Curves) || b.wrapped {
		return tokens, nil
	}
	out, minus, point := splitRunOn(tokens)
	if minus {
		if err := b.parser.fixed.use(RunOnMinus); err != nil {
			return nil, err
		}
	}
	if point {
		if err := b.parser.fixed.use(RunOnPoint); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// add takes the values of one line: a row, or a piece of one in a wrapped file.
func (b *rowBuilder) add(tokens [][]byte) error {
	curves := b.set.Curves
	for _, token := range tokens {
		if len(b.pending) == len(curves) {
			if !b.wrapped {
				if err := b.parser.fixed.use(LongRow); err != nil {
					return fmt.Errorf("%d values for %d curves: %w", len(tokens), len(curves), err)
				}
				break
			}
			if err := b.flush(); err != nil {
				return err
			}
		}
		v, err := b.value(token)
		if err != nil {
			return err
		}
		b.pending = append(b.pending, v)
	}
	if b.wrapped && len(b.pending) < len(curves) {
		return nil
	}
	if lack := len(curves) - len(b.pending); lack > 0 {
		if err := b.parser.fixed.use(ShortRow); err != nil {
			return fmt.Errorf("%d values for %d curves: %w", len(b.pending), len(curves), err)
		}
		b.missing += lack
		// Missing values cost memory that the file does not pay for in bytes.
		if b.missing > 4*b.read+1<<20 {
			return fmt.Errorf("rows hold far fewer values than the %d curves declared", len(curves))
		}
	}
	return b.flush()
}

// value reads one value of the pending row. The index is never null.
func (b *rowBuilder) value(token []byte) (float64, error) {
	column := len(b.pending)
	curve := &b.set.Curves[column]
	v, ok := ParseFloat(token)
	if ok && bytes.IndexByte(token, ',') >= 0 {
		if err := b.parser.fixed.use(CommaDecimal); err != nil {
			return 0, fmt.Errorf("%q: %w", token, err)
		}
	}
	word := !ok && len(token) > 0 && !isNullWord(token)
	if word && !strings.HasPrefix(curve.Format, "S") {
		b.words++
	}
	if b.keeps(column) && (word || curve.text.ends != nil) {
		curve.text.add(len(curve.Values), b.parser.charset.text(token))
	}
	if !ok || column > 0 && (v == b.null || slices.Contains(b.parser.nulls, v)) {
		v = math.NaN()
	}
	return v, nil
}

// flush appends the pending row, filling it up with NaN.
func (b *rowBuilder) flush() error {
	value := func(i int) float64 {
		if i < len(b.pending) {
			return b.pending[i]
		}
		return math.NaN()
	}
	for i := range b.set.Curves {
		if !b.keeps(i) {
			continue
		}
		c := &b.set.Curves[i]
		if i >= len(b.pending) && c.text.ends != nil {
			c.text.add(len(c.Values), "")
		}
		c.Values = append(c.Values, value(i))
	}
	for k, i := range b.places {
		b.row[k] = value(i)
	}
	b.pending = b.pending[:0]
	if b.use != nil {
		b.failed = b.use(b.row)
	}
	return b.failed
}

// finish ends the last row and says what was repaired.
func (b *rowBuilder) finish() error {
	f, n := b.parser.file, b.parser.fixed.counts
	if len(b.pending) > 0 {
		f.warn("the last row is cut short: %d of %d values", len(b.pending), len(b.set.Curves))
		if err := b.flush(); err != nil {
			return err
		}
	}
	if n[ShortRow] > 0 {
		f.warn("%d rows have fewer values than there are curves: the rest read as missing", n[ShortRow])
	}
	if n[LongRow] > 0 {
		f.warn("%d rows have more values than there are curves: the excess is not read", n[LongRow])
	}
	if n[RunOnMinus]+n[RunOnPoint] > 0 {
		f.warn("%d rows have numbers run into each other: separated at signs, else read as missing", n[RunOnMinus]+n[RunOnPoint])
	}
	if b.words > 0 {
		f.warn("%d values are not numbers: read as missing", b.words)
	}
	for i := range b.set.Curves {
		c := &b.set.Curves[i]
		c.Values, c.text.data, c.text.ends = trim(c.Values), trim(c.text.data), trim(c.text.ends)
	}
	return nil
}

// trim gives back the room that a slice has grown into and not filled.
func trim[T any](x []T) []T {
	if cap(x)-len(x) > len(x)/16 {
		return append(make([]T, 0, len(x)), x...)
	}
	return x
}

func isNullWord(token []byte) bool {
	switch strings.ToLower(string(token)) {
	case "nan", "null", "(null)", "na", "n/a", "err", "-", "--", "none", "#n/a":
		return true
	}
	// Dashes in any number; the C library's -1.#IND0000, 1.#INF, 1.#QNAN.
	return len(token) > 0 && len(bytes.Trim(token, "-")) == 0 || bytes.HasPrefix(bytes.TrimPrefix(token, []byte("-")), []byte("1.#"))
}
