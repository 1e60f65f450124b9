package las

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

const (
	maxLineBytes = 16 << 20 // a row of 100,000 curves is about 1 MB
	maxCurves    = 1 << 17
)

// Options change how values are read. The zero value is right for most files.
type Options struct {
	// NullValues are the numbers that mean "missing", besides the file's own NULL. nil stands for DefaultNulls().
	NullValues []float64
}

// DefaultNulls returns the numbers that log files use for missing values, whatever they declare.
func DefaultNulls() []float64 { return []float64{-999.25, -9999.25, -999, -9999, -99999, -999999} }

// Read reads a LAS 1.2 or 2.0 file. The index is never taken as null. Errors wrap ErrFormat (nothing that looks like LAS, or
// broken beyond repair; says the line), ErrUnsupported (LAS 3.0 data sections), or come from r.
func Read(r io.Reader, opt Options) (*File, error) {
	text, err := decodeText(r)
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	p := &parser{file: &File{}, lines: bufio.NewScanner(text), nulls: opt.NullValues}
	if p.nulls == nil {
		p.nulls = DefaultNulls()
	}
	p.lines.Buffer(make([]byte, 1<<16), maxLineBytes)
	if err := p.header(); err != nil {
		return nil, err
	}
	if p.hasData {
		if err := p.data(); err != nil {
			return nil, err
		}
	}
	if err := p.lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, fmt.Errorf("%w: line %d is longer than %d bytes", ErrFormat, p.number+1, maxLineBytes)
	} else if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	if len(p.file.Sections) == 0 && !p.hasData {
		return nil, fmt.Errorf("%w: no line starts with ~", ErrFormat)
	}
	return p.file, nil
}

type parser struct {
	file    *File
	lines   *bufio.Scanner
	number  int // of the current line, from 1
	nulls   []float64
	hasData bool
	names   string // the title line of the data section, which often lists the curves
}

// next returns the next line without its end, or false at the end of the file.
func (p *parser) next() ([]byte, bool) {
	if !p.lines.Scan() {
		return nil, false
	}
	p.number++
	return bytes.TrimRight(p.lines.Bytes(), "\r\n\x00\x1a"), true
}

// header reads everything up to the first line of data.
func (p *parser) header() error {
	f := p.file
	section := -1
	for {
		line, ok := p.next()
		if !ok {
			break
		}
		trimmed := bytes.TrimSpace(line)
		if len(trimmed) == 0 || trimmed[0] == '#' {
			continue
		}
		if trimmed[0] == '~' {
			title := headerText(trimmed[1:])
			kind := byte('?')
			if title != "" {
				kind = strings.ToUpper(title[:1])[0]
			}
			if strings.HasPrefix(f.Version, "3") && strings.Contains(strings.ToLower(title), "_data") {
				return fmt.Errorf("%w: line %d: LAS %s data section ~%s; convert the file to LAS 2.0", ErrUnsupported, p.number, f.Version, title)
			}
			if kind == 'A' {
				p.hasData, p.names = true, title
				break
			}
			f.Sections = append(f.Sections, Section{Kind: kind, Title: title})
			section = len(f.Sections) - 1
			continue
		}
		if section < 0 {
			if p.number > 100 {
				return fmt.Errorf("%w: no section in the first %d lines", ErrFormat, p.number)
			}
			continue
		}
		if err := p.headerLine(&f.Sections[section], headerText(trimmed)); err != nil {
			return err
		}
	}
	return nil
}

func (p *parser) headerLine(s *Section, line string) error {
	f := p.file
	item, ok := Item{}, false
	if s.Kind != Other {
		item, ok = parseItem(line)
	}
	if !ok {
		s.Lines = append(s.Lines, line)
		return nil
	}
	switch s.Kind {
	case Version:
		switch strings.ToUpper(item.Mnemonic) {
		case "VERS":
			f.Version = item.Value
		case "WRAP":
			f.Wrapped = strings.EqualFold(item.Value, "YES")
		}
	case Well:
		if strings.HasPrefix(f.Version, "1") && !describesIndex(item.Mnemonic) {
			item.Value, item.Description = item.Description, item.Value
		}
	case Curves:
		if len(f.Curves) == maxCurves {
			return fmt.Errorf("%w: line %d: more than %d curves", ErrFormat, p.number, maxCurves)
		}
		f.Curves = append(f.Curves, Curve{Mnemonic: item.Mnemonic, Unit: item.Unit, Code: item.Value, Description: item.Description})
	}
	s.Items = append(s.Items, item)
	return nil
}

// data reads the ~A section up to the end of the file or the next section.
func (p *parser) data() error {
	f := p.file
	d := newRowBuilder(f, p.nulls)
	split := splitter{}
	if item, ok := f.Item(Version, "DLM"); ok {
		split.delimiter = delimiterByte(item.Value)
	}
	if len(f.Curves) == 0 && f.Wrapped {
		return fmt.Errorf("%w: wrapped data without a curve section", ErrFormat)
	}
	first := true
	for {
		line, ok := p.next()
		if !ok {
			break
		}
		trimmed := bytes.TrimSpace(line)
		if len(trimmed) == 0 || trimmed[0] == '#' {
			continue
		}
		if trimmed[0] == '~' {
			f.warn("line %d: sections after the data are not read", p.number)
			break
		}
		if split.delimiter != '\t' {
			line = trimmed
		}
		if first {
			first = false
			if split.delimiter == 0 && bytes.IndexByte(line, ',') >= 0 && commaSeparated(line, len(f.Curves)) {
				split.delimiter = ','
			}
			if len(f.Curves) == 0 {
				p.nameCurves(len(split.tokens(line)))
				d = newRowBuilder(f, p.nulls)
			}
		}
		d.read += len(line)
		tokens := split.tokens(line)
		if len(tokens) < len(f.Curves) && !f.Wrapped {
			tokens = splitRunOn(tokens)
		}
		if err := d.add(tokens); err != nil {
			return fmt.Errorf("%w: line %d: %w", ErrFormat, p.number, err)
		}
	}
	d.finish()
	return nil
}

// nameCurves makes curves for a file without a curve section, named by the title line of the data if that fits.
func (p *parser) nameCurves(n int) {
	names := strings.Fields(p.names)
	if len(names) > 0 {
		names = names[1:] // the section's own name
	}
	for i := range min(n, maxCurves) {
		name := "C" + strconv.Itoa(i+1)
		if len(names) == n {
			name = names[i]
		}
		p.file.Curves = append(p.file.Curves, Curve{Mnemonic: name})
	}
	p.file.warn("no curve section: %d curves named by position", n)
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

// rowBuilder appends data rows to the curves.
type rowBuilder struct {
	file    *File
	null    float64
	nulls   []float64
	pending []float64 // values of an unfinished row
	text    int       // values that are not numbers
	short   int       // rows with too few values
	long    int       // rows with too many
	missing int       // values that short rows lack
	read    int       // bytes of data
}

func newRowBuilder(f *File, nulls []float64) *rowBuilder {
	return &rowBuilder{file: f, null: f.nullValue(), nulls: nulls, pending: make([]float64, 0, len(f.Curves))}
}

// add takes the values of one line: a row, or a piece of one in a wrapped file.
func (b *rowBuilder) add(tokens [][]byte) error {
	curves := b.file.Curves
	for _, token := range tokens {
		if len(b.pending) == len(curves) {
			if !b.file.Wrapped {
				b.long++
				break
			}
			b.flush()
		}
		v, ok := ParseFloat(token)
		switch {
		case !ok:
			if len(token) > 0 && !isNullWord(token) {
				b.text++
			}
			v = math.NaN()
		case len(b.pending) > 0 && (v == b.null || slices.Contains(b.nulls, v)):
			v = math.NaN()
		}
		b.pending = append(b.pending, v)
	}
	if b.file.Wrapped && len(b.pending) < len(curves) {
		return nil
	}
	if lack := len(curves) - len(b.pending); lack > 0 {
		b.short++
		b.missing += lack
		// Missing values cost memory that the file does not pay for in bytes.
		if b.missing > 4*b.read+1<<20 {
			return fmt.Errorf("rows hold far fewer values than the %d curves declared", len(curves))
		}
	}
	b.flush()
	return nil
}

// flush appends the pending row, filling it up with NaN.
func (b *rowBuilder) flush() {
	for i := range b.file.Curves {
		v := math.NaN()
		if i < len(b.pending) {
			v = b.pending[i]
		}
		b.file.Curves[i].Values = append(b.file.Curves[i].Values, v)
	}
	b.pending = b.pending[:0]
}

func (b *rowBuilder) finish() {
	f := b.file
	if len(b.pending) > 0 {
		f.warn("the last row is cut short: %d of %d values", len(b.pending), len(f.Curves))
		b.flush()
	}
	if b.short > 0 {
		f.warn("%d rows have fewer values than there are curves: the rest read as missing", b.short)
	}
	if b.long > 0 {
		f.warn("%d rows have more values than there are curves: the excess is not read", b.long)
	}
	if b.text > 0 {
		f.warn("%d values are not numbers: read as missing", b.text)
	}
}

func isNullWord(token []byte) bool {
	switch strings.ToLower(string(token)) {
	case "nan", "null", "(null)", "na", "n/a", "err", "-", "--", "none", "#n/a":
		return true
	}
	return false
}
