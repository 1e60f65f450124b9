// Package csvmat reads image logs written as a table of numbers: first column depth, then one column per azimuth.
//
//	# well: A-1
//	# azimuth_reference: north
//	depth_m,0,1,2,...
//	1000.000,0.51,0.48,,...
//
// The header names the unit of depth (depth_m, depth_ft, DEPT(ft), "MD [m]"), or a line of units under it does. Columns named like
// the curves of an image log (devi_deg, hazi_deg, p1no_deg, rb_deg, c1_in, c2_in, bs_in) are those curves. Separators are
// commas, semicolons, tabs or blanks; with any but commas a decimal comma is understood. An empty field, NaN, or a null
// value means that no wall was seen.
package csvmat

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/las"
)

// ErrFormat is wrapped by errors about a table that is not an image; they say the line.
var ErrFormat = errors.New("not a table of numbers")

// maxLineBytes bounds a line; 360 columns are about 4 kB.
const maxLineBytes = 4 << 20

// Options change how values are read. The zero value is right for most files.
type Options struct {
	NullValues []float64        // numbers that mean "no wall seen"; nil stands for las.DefaultNulls()
	Storage    imagelog.Storage // of the image, which goes there as it is read
}

// Read reads a table as an image log. Depth may descend. Errors wrap ErrFormat or imagelog.ErrNoData, or come from r.
func Read(r io.Reader, opt Options) (*imagelog.Log, error) {
	p := parser{lines: bufio.NewScanner(r), nulls: opt.NullValues, storage: opt.Storage, metres: math.NaN()}
	if p.nulls == nil {
		p.nulls = las.DefaultNulls()
	}
	p.lines.Buffer(make([]byte, 1<<16), maxLineBytes)
	defer p.close()
	err := p.read()
	switch scanErr := p.lines.Err(); {
	case err != nil:
		return nil, err
	case errors.Is(scanErr, bufio.ErrTooLong):
		return nil, fmt.Errorf("%w: line %d is longer than %d bytes", ErrFormat, p.number+1, maxLineBytes)
	case scanErr != nil:
		return nil, fmt.Errorf("read: %w", scanErr)
	}
	return p.log()
}

// column says what a column of the table holds: index into the curves, image, or depth.
type column int

const (
	isImage column = -1
	isDepth column = -2
)

type parser struct {
	lines  *bufio.Scanner
	number int // of the current line, from 1
	nulls  []float64

	storage   imagelog.Storage
	separator byte // 0 for blanks
	columns   []column
	metres    float64 // per unit of depth; NaN until known

	well, reference string
	depth           []float64
	image           *imagelog.Builder // nil before the header
	pixels          []float32         // of the current row
	curves          [len(curveNames)][]float64
}

var curveNames = [...]string{"devi_deg", "hazi_deg", "p1no_deg", "rb_deg", "c1_in", "c2_in", "bs_in"}

func (p *parser) read() error {
	for p.lines.Scan() {
		p.number++
		line := p.lines.Bytes()
		if p.number == 1 {
			line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
		}
		line = bytes.TrimRight(line, "\r")
		trimmed := bytes.TrimSpace(line)
		switch {
		case len(trimmed) == 0:
		case trimmed[0] == '#':
			p.comment(string(trimmed[1:]))
		case p.columns == nil:
			if err := p.header(line); err != nil {
				return err
			}
		default:
			if err := p.row(line); err != nil {
				return err
			}
		}
	}
	return nil
}

// comment takes what "# key: value" says of the log.
func (p *parser) comment(text string) {
	key, value, _ := strings.Cut(text, ":")
	switch strings.ToLower(strings.TrimSpace(key)) {
	case "well":
		p.well = strings.TrimSpace(value)
	case "azimuth_reference":
		p.reference = strings.ToLower(strings.TrimSpace(value))
	}
}

// header decides the separator and what the columns are, from the first line that is not a comment.
func (p *parser) header(line []byte) error {
	if bytes.IndexByte(line, 0) >= 0 {
		return fmt.Errorf("%w: line %d is not text", ErrFormat, p.number)
	}
	for _, separator := range []byte{'\t', ';', ','} {
		if bytes.IndexByte(line, separator) >= 0 {
			p.separator = separator
			break
		}
	}
	names, err := p.names(string(line))
	if err != nil || len(names) < 2 {
		return fmt.Errorf("%w: line %d is no header with a depth column and azimuth columns", ErrFormat, p.number)
	}
	p.columns = make([]column, len(names))
	for i, name := range names {
		p.columns[i] = isImage
		if k := slices.Index(curveNames[:], strings.ToLower(strings.TrimSpace(name))); k >= 0 {
			p.columns[i] = column(k)
		}
	}
	p.columns[0] = isDepth
	if !slices.Contains(p.columns, isImage) {
		return fmt.Errorf("%w: line %d names no azimuth column", ErrFormat, p.number)
	}
	p.image = imagelog.NewBuilder(p.imageColumns(), p.storage)
	if _, isNumber := las.ParseFloat([]byte(strings.TrimSpace(names[0]))); isNumber {
		return p.row(line) // no header at all
	}
	p.metres = depthUnit(names[0])
	return nil
}

// names splits the header, whose names may be quoted.
func (p *parser) names(line string) ([]string, error) {
	if p.separator == 0 {
		return strings.Fields(line), nil
	}
	reader := csv.NewReader(strings.NewReader(line))
	reader.Comma, reader.LazyQuotes = rune(p.separator), true
	names, err := reader.Read()
	if n := len(names); n > 1 && names[n-1] == "" {
		names = names[:n-1] // a separator at the end of every line
	}
	return names, err
}

var unitPattern = regexp.MustCompile(`(?:[_(\[/:\s])\s*([.\w]+)\s*[)\]]?\s*$`)

// depthUnit returns metres per unit of a depth column's name, or NaN when the name has no unit.
func depthUnit(name string) float64 {
	if m := unitPattern.FindStringSubmatch(name); m != nil {
		if metres, ok := las.MetresPer(m[1]); ok {
			return metres
		}
	}
	return math.NaN()
}

// row takes one line of numbers.
func (p *parser) row(line []byte) error {
	rest := line
	if p.separator == 0 {
		rest = bytes.TrimSpace(line)
	}
	p.pixels = p.pixels[:0]
	for i, kind := range p.columns {
		field, after, more := p.cut(rest)
		if !more && i+1 < len(p.columns) {
			return fmt.Errorf("%w: line %d has %d values for %d columns", ErrFormat, p.number, i+1, len(p.columns))
		}
		v, ok := p.value(field)
		if !ok {
			if i == 0 && len(p.depth) == 0 && math.IsNaN(p.metres) {
				if metres, isUnit := las.MetresPer(string(field)); isUnit {
					p.metres = metres // a line of units under the header
					return nil
				}
			}
			return fmt.Errorf("%w: line %d, column %d: %.40q is not a number", ErrFormat, p.number, i+1, field)
		}
		switch kind {
		case isDepth:
			p.depth = append(p.depth, v)
		case isImage:
			p.pixels = append(p.pixels, float32(v))
		default:
			p.curves[kind] = append(p.curves[kind], v)
		}
		rest = after
	}
	if len(bytes.Trim(rest, " \t;,")) > 0 {
		return fmt.Errorf("%w: line %d has more values than the %d columns", ErrFormat, p.number, len(p.columns))
	}
	return p.image.Append(p.pixels)
}

// imageColumns counts the columns of the image.
func (p *parser) imageColumns() (n int) {
	for _, kind := range p.columns {
		if kind == isImage {
			n++
		}
	}
	return n
}

// close drops an image that has become no log.
func (p *parser) close() {
	if p.image != nil {
		_ = p.image.Close() // what went wrong before matters more
	}
}

// cut returns the first field of a line, what follows it, and whether a separator came after it.
func (p *parser) cut(line []byte) (field, rest []byte, more bool) {
	if p.separator == 0 {
		if i := bytes.IndexAny(line, " \t"); i >= 0 {
			return line[:i], bytes.TrimLeft(line[i:], " \t"), true
		}
		return line, nil, false
	}
	field, rest, more = bytes.Cut(line, []byte{p.separator})
	return bytes.Trim(field, " \t\""), rest, more
}

// value reads a field: a number, or NaN for a missing one. ok is false for text.
func (p *parser) value(field []byte) (v float64, ok bool) {
	if len(field) == 0 {
		return math.NaN(), true
	}
	if v, ok = las.ParseFloat(field); !ok {
		switch strings.ToLower(string(field)) {
		case "null", "none", "na", "n/a", "-":
			return math.NaN(), true
		}
		return 0, false
	}
	if slices.Contains(p.nulls, v) {
		v = math.NaN()
	}
	return v, true
}

// log builds the image log of the rows that were read.
func (p *parser) log() (*imagelog.Log, error) {
	if p.columns == nil {
		return nil, fmt.Errorf("%w: no header and no rows", imagelog.ErrNoData)
	}
	assumed := math.IsNaN(p.metres)
	if assumed {
		p.metres = 1
	}
	for i := range p.depth {
		p.depth[i] *= p.metres
	}
	l, err := p.image.Log(p.depth, func(l *imagelog.Log) {
		for i, values := range []*[]float64{&l.DeviDeg, &l.HaziDeg, &l.P1NODeg, &l.RBDeg, &l.C1In, &l.C2In, &l.BSIn} {
			*values = p.curves[i]
		}
	})
	if err != nil {
		return nil, err
	}
	if assumed {
		l.Warn("the depth column has no unit: metres assumed; name it depth_m or depth_ft")
	}
	l.Well = p.well
	switch reference := imagelog.Reference(p.reference); reference {
	case imagelog.RefNorth, imagelog.RefMagnetic, imagelog.RefHighSide:
		l.Reference = reference
	case "", imagelog.RefUnknown:
	default:
		l.Warn("azimuth_reference %q is not one of north, magnetic, highside: taken as unknown", p.reference)
	}
	return l, nil
}
