package las

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

const (
	maxLineBytes = 1 << 18 // a row of 10,000 curves is about 100 kB
	maxCurves    = 1 << 15 // of all sections, and again of all data
	maxSections  = 1 << 12
	maxItems     = 1 << 18 // header lines
)

// Options change how values are read. The zero value is right for most files.
type Options struct {
	// NullValues are the numbers that mean "missing", besides the file's own NULL. nil stands for those of NullPolicy.
	NullValues []float64
	NullPolicy NullPolicy
	// Repairs are the repairs that are allowed; nil stands for AllRepairs().
	Repairs []Repair
	// Divert, if not nil, is asked at the first row of a data section which of its curves are not to be kept, for an image would take
	// twice its text in memory: nil for none, else places in curves. Their Values and texts stay empty, and row gets their values
	// instead, in the order of places, NaN where missing, row by row; its error ends reading. set is the section's place in File.Sets.
	// The index is kept in any case.
	Divert func(set int, curves []Curve) (places []int, row func(values []float64) error)
	// Encodings are tried in turn for text that is not UTF-8, by their WHATWG names; then Windows-1252. UTF-16 is recognised.
	Encodings []string
}

// DefaultNulls returns the numbers that log files use for missing values, whatever they declare.
func DefaultNulls() []float64 { return []float64{-999.25, -9999.25, -999, -9999, -99999, -999999} }

// Read reads a LAS 1.2, 2.0 or 3.0 file. The index is never taken as null. It takes four times the file's size in memory at the most,
// and 1.5 MiB; a file of which this cannot be true, for its rows lack most of their values, is refused. To know how long the columns
// get, r is read twice if it is an io.Seeker, from where it stands; else the columns grow as they are read, and memory doubles.
// Errors wrap ErrFormat (nothing that looks like LAS, or broken beyond the repairs allowed; says the line), or come from r.
func Read(r io.Reader, opt Options) (*File, error) {
	layout, err := measure(r)
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	text, err := decodeText(r)
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	p := &parser{
		file: &File{}, lines: newLines(text), layout: layout, nulls: opt.NullValues, noNull: opt.NullPolicy == NullsNone,
		definitions: map[string][]Curve{}, fixed: repairs{allowed: opt.Repairs}, divert: opt.Divert,
	}
	if p.charset, err = newCharset(opt.Encodings); err != nil {
		return nil, err
	}
	if p.nulls == nil {
		if p.nulls, err = opt.NullPolicy.numbers(); err != nil {
			return nil, err
		}
	}
	if opt.Repairs == nil {
		p.fixed.allowed = AllRepairs()
	}
	if err := p.sections(); err != nil {
		return nil, err
	}
	if err := p.lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, fmt.Errorf("%w: line %d is longer than %d bytes", ErrFormat, p.number+1, maxLineBytes)
	} else if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	f := p.file
	if len(f.Sections) == 0 && len(f.Sets) == 0 {
		return nil, fmt.Errorf("%w: no line starts with ~", ErrFormat)
	}
	f.chooseMain()
	if len(f.Sets) == 0 {
		f.Curves = p.curves // a header without data
	}
	return f, nil
}

type parser struct {
	file   *File
	lines  *bufio.Scanner
	number int  // of the current line, from 1
	again  bool // the current line is to be read once more
	nulls  []float64
	noNull bool // the file's NULL is a value like others
	fixed  repairs
	divert func(set int, curves []Curve) (places []int, row func(values []float64) error)

	charset charset
	texts   texts

	layout  *layout
	section int   // number of the section that is read, from 1
	read    int64 // bytes of text
	spent   int64 // bytes of memory, see charge

	definitions map[string][]Curve // by upper-case title, LAS 3.0
	curves      []Curve            // of the curve section before the data
	used        bool               // the data of p.curves were read, into these: the next curve section starts anew
	count       int                // curves of all sections
	items       int                // header lines
	columns     int                // curves of all data
}

// next returns the next line without its end, or false at the end of the file.
func (p *parser) next() ([]byte, bool) {
	if !p.again {
		if !p.lines.Scan() {
			return nil, false
		}
		p.number++
		p.read += int64(len(p.lines.Bytes())) + 1
		if line := bytes.TrimSpace(p.lines.Bytes()); len(line) > 0 && line[0] == '~' {
			p.section++
		}
	}
	p.again = false
	return withoutEnd(p.lines.Bytes()), true
}

// sections reads the file.
func (p *parser) sections() error {
	f := p.file
	section, role := -1, sectionRole{}
	for {
		line, ok := p.next()
		if !ok {
			return nil
		}
		trimmed := bytes.TrimSpace(line)
		if len(trimmed) == 0 || trimmed[0] == '#' {
			continue
		}
		if trimmed[0] == '~' {
			title := p.charset.text(trimmed[1:])
			role = roleOf(title)
			if p.untitledData(trimmed, role) {
				p.file.warn("line %d: a section without a name after the curves is taken for the data", p.number)
				role = sectionRole{kind: Data}
			}
			if role.kind == Data {
				if err := p.data(role, title); err != nil {
					return err
				}
				section = -1
				continue
			}
			if len(f.Sections) == maxSections {
				return fmt.Errorf("%w: line %d: more than %d sections", ErrFormat, p.number, maxSections)
			}
			if err := p.charge(sectionBytes + len(title)); err != nil {
				return err
			}
			f.Sections = append(f.Sections, Section{Kind: role.kind, Title: title})
			section = len(f.Sections) - 1
			if role.kind == Curves && p.used {
				p.curves, p.used = nil, false
			}
			p.makeRoom(&f.Sections[section], role)
			continue
		}
		if section < 0 {
			if p.number > 100 && len(f.Sections) == 0 {
				return fmt.Errorf("%w: no section in the first %d lines", ErrFormat, p.number)
			}
			continue
		}
		if err := p.headerLine(&f.Sections[section], role, p.charset.text(trimmed)); err != nil {
			return err
		}
	}
}

// untitledData recognises data under a title of nothing but curve names, "~   DEPTH  GR".
func (p *parser) untitledData(line []byte, role sectionRole) bool {
	return len(line) > 1 && isBlank(line[1]) && len(p.curves) > 0 && !p.used && len(p.file.Sets) == 0 &&
		bytes.IndexByte([]byte{Version, Well, Curves, Parameter, Other}, role.kind) < 0
}

// makeRoom makes the lists of a header section as long as they will get.
func (p *parser) makeRoom(s *Section, role sectionRole) {
	cost := itemBytes
	if s.Kind == Curves || s.Kind == Definition {
		cost += 2 * curveBytes
	}
	lines := min(int(p.layout.section(p.section).lines), maxItems, int(p.budget()-p.spent)/cost)
	if lines <= 0 {
		return
	}
	switch s.Kind {
	case Other:
		s.Lines = make([]string, 0, lines)
		return
	case Curves:
		p.curves = slices.Grow(p.curves, lines)
		fallthrough
	case Definition:
		p.definitions[role.definition] = slices.Grow(p.definitions[role.definition], lines)
	}
	s.Items = make([]Item, 0, lines)
}

func (p *parser) headerLine(s *Section, role sectionRole, line string) error {
	f := p.file
	if p.items++; p.items > maxItems {
		return fmt.Errorf("%w: line %d: more than %d header lines", ErrFormat, p.number, maxItems)
	}
	if err := p.charge(itemBytes + len(line)); err != nil {
		return err
	}
	item, ok := Item{}, false
	if s.Kind != Other {
		item, ok = parseItem(line)
	}
	if !ok {
		s.Lines = append(s.Lines, line)
		return nil
	}
	if strings.HasPrefix(f.Version, "3") {
		item.formatOf()
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
	case Curves, Definition:
		if p.count++; p.count > maxCurves {
			return fmt.Errorf("%w: line %d: more than %d curves", ErrFormat, p.number, maxCurves)
		}
		if err := p.charge(2 * curveBytes); err != nil { // see define
			return err
		}
		p.define(role, item)
	}
	s.Items = append(s.Items, item)
	return nil
}

// define adds a curve to a section's list.
func (p *parser) define(role sectionRole, item Item) {
	c := Curve{Mnemonic: item.Mnemonic, Unit: item.Unit, Code: item.Value, Description: item.Description, Format: item.Format}
	if _, length := MetresPer(c.Code); c.Unit == "" && length {
		c.Unit, c.Code = c.Code, "" // "MD.  M : measured depth", as the standard's own example has it
	}
	if role.kind == Curves {
		p.curves = append(p.curves, c)
	}
	if role.definition != "" {
		p.definitions[role.definition] = append(p.definitions[role.definition], c)
	}
}
