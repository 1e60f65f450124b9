package las

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
)

// rowBuilder appends data rows to the curves of a set.
type rowBuilder struct {
	parser  *parser
	set     *Set
	wrapped bool
	null    float64
	pending []float64 // values of an unfinished row
	words   int       // values that are not numbers

	kept     int    // curves that are kept
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

// makeRoom makes the columns as long as they will get, in one piece.
func (b *rowBuilder) makeRoom() {
	p := b.parser
	for i := range b.set.Curves {
		if b.keeps(i) {
			b.kept++
		}
	}
	if b.kept == 0 {
		return
	}
	size := p.layout.section(p.section)
	rows := int(size.lines)
	if b.wrapped {
		rows = int(size.words)/len(b.set.Curves) + 1
	}
	rows = min(rows, int(p.budget()-p.spent)/(b.kept*valueBytes))
	if rows <= 0 {
		return
	}
	room := make([]float64, b.kept*rows)
	for i := range b.set.Curves {
		if b.keeps(i) {
			b.set.Curves[i].Values, room = room[0:0:rows], room[rows:]
		}
	}
}

// complete repairs a row with too few values.
func (b *rowBuilder) complete(row tokens) (tokens, error) {
	if b.wrapped || row.count() >= len(b.set.Curves) {
		return row, nil
	}
	minus, point := row.runsOn()
	if minus {
		if err := b.parser.fixed.use(RunOnMinus); err != nil {
			return row, err
		}
	}
	if point {
		if err := b.parser.fixed.use(RunOnPoint); err != nil {
			return row, err
		}
	}
	row.separate = minus || point
	return row, nil
}

// add takes the values of one line: a row, or a piece of one in a wrapped file.
func (b *rowBuilder) add(row tokens) error {
	curves, all := b.set.Curves, row
	for token, ok := row.next(); ok; token, ok = row.next() {
		if len(b.pending) == len(curves) {
			if !b.wrapped {
				if err := b.parser.fixed.use(LongRow); err != nil {
					return fmt.Errorf("%d values for %d curves: %w", all.count(), len(curves), err)
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
	if len(b.pending) < len(curves) {
		if err := b.parser.fixed.use(ShortRow); err != nil {
			return fmt.Errorf("%d values for %d curves: %w", len(b.pending), len(curves), err)
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
	if word && b.keeps(column) {
		if curve.text == nil {
			curve.text = &b.parser.texts
		}
		v, taken := curve.text.add(b.parser.charset.utf8(token))
		return v, b.parser.charge(taken)
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
	if err := b.parser.charge(b.kept * valueBytes); err != nil {
		return err
	}
	for i := range b.set.Curves {
		if b.keeps(i) {
			c := &b.set.Curves[i]
			c.Values = append(c.Values, value(i))
		}
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
		c.Values = trim(c.Values)
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

// isNullWord recognises the ways to write that there is no value.
func isNullWord(token []byte) bool {
	for _, word := range [...]string{"nan", "null", "(null)", "na", "n/a", "err", "none", "#n/a"} {
		if len(token) == len(word) && strings.EqualFold(string(token), word) {
			return true
		}
	}
	// Dashes in any number; the C library's -1.#IND0000, 1.#INF, 1.#QNAN.
	return len(token) > 0 && len(bytes.Trim(token, "-")) == 0 || bytes.HasPrefix(bytes.TrimPrefix(token, []byte("-")), []byte("1.#"))
}
