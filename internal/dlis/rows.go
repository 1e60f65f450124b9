package dlis

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"github.com/geobfdt/geobfdt/internal/damage"
)

func trimBlanks(text string) string { return strings.Trim(text, " \t\r\n\x00") }

// Rows reads the rows of a frame one by one; it holds one record and nothing else. Use it like a bufio.Scanner.
type Rows struct {
	frame *Frame
	scan  *scanner
	err   error

	body   []byte          // rest of the record
	number int             // of the row
	wanted []int           // channels asked for: positions in frame.Channels, as given
	steps  []step          // how to walk a row
	values [][]byte        // of the channels asked for, in this row
	known  map[string]bool // by name as written: whether a record belongs to the frame
	record int64           // place of the record
}

// step is a channel, or several of fixed size that nobody asked for.
type step struct {
	skip   int // bytes, where code is 0
	code   Code
	count  int
	wanted []int // positions in Rows.wanted
}

// maxKnown bounds Rows.known.
const maxKnown = 1 << 12

// Rows starts to read the channels at the given positions of f.Channels, or all for none. The error wraps ErrLayout.
func (f *Frame) Rows(channels ...int) (*Rows, error) {
	if len(channels) == 0 {
		for i := range f.Channels {
			channels = append(channels, i)
		}
	}
	r := &Rows{frame: f, wanted: channels, values: make([][]byte, len(channels)), known: map[string]bool{}}
	for _, c := range channels {
		if c < 0 || c >= len(f.Channels) {
			return nil, fmt.Errorf("frame %s has no channel %d", f.Name, c)
		}
	}
	for i, c := range f.Channels {
		if c.bad != "" {
			return nil, fmt.Errorf("%w %s: channel %s: %s", ErrLayout, f.Name, c.Name, c.bad)
		}
		s := step{code: c.Code, count: c.Elements()}
		for k, w := range channels {
			if w == i {
				s.wanted = append(s.wanted, k)
			}
		}
		if size := c.Code.Size(); size > 0 && s.wanted == nil {
			s = step{skip: size * s.count}
			if n := len(r.steps); n > 0 && r.steps[n-1].code == 0 {
				r.steps[n-1].skip += s.skip
				continue
			}
		}
		r.steps = append(r.steps, s)
	}
	if f.data != nil {
		r.scan = f.file.scan(f.data.first)
	}
	return r, nil
}

// MaxRows returns a bound on the rows of the frame, from the size of its data: what a caller has to make room for.
func (f *Frame) MaxRows() int {
	if f.data == nil {
		return 0
	}
	size := int64(1) // the row number
	for _, c := range f.Channels {
		size += int64(max(1, c.Code.Size())) * int64(c.Elements())
	}
	return int(f.data.bytes / size)
}

// Next moves to the next row; false at the end, or at an error.
func (r *Rows) Next() bool {
	for r.err == nil {
		if len(r.body) == 0 && !r.nextRecord() {
			return false
		}
		if r.row() {
			return true
		}
		r.body = nil
		f := r.frame.file
		r.err = f.file.log.Add(damage.Critical, r.record, fmt.Sprintf("%s, frame %s", f.where(), r.frame.Name),
			"a record of samples is shorter than its channels", "its last row was skipped")
	}
	return false
}

// nextRecord finds the next record of the frame.
func (r *Rows) nextRecord() bool {
	if r.scan == nil {
		return false
	}
	file := r.frame.file
	for {
		rec, ok, err := r.scan.next(func(attrs, kind byte) int {
			if attrs&(bitExplicit|bitEncrypted) != 0 || kind != kindData {
				return 0
			}
			return math.MaxInt
		})
		if err != nil || !ok || rec.at >= file.end {
			r.err = err
			return false
		}
		if rec.explicit || rec.encrypted || rec.kind != kindData {
			continue
		}
		rest, ok := skipObname(rec.body)
		if !ok {
			continue
		}
		raw := rec.body[:len(rec.body)-len(rest)]
		ours, found := r.known[string(raw)]
		if !found {
			name, _ := file.file.texts.obname(raw)
			ours = name == r.frame.Name
			if len(r.known) < maxKnown {
				r.known[string(raw)] = ours
			}
		}
		if ours && len(rest) > 0 {
			r.body, r.record = rest, rec.at
			return true
		}
	}
}

// row cuts one row off the record.
func (r *Rows) row() bool {
	number, b, ok := uvari(r.body)
	if !ok {
		return false
	}
	for i := range r.steps {
		s := &r.steps[i]
		rest := b
		if s.code == 0 {
			if len(b) < s.skip {
				return false
			}
			rest = b[s.skip:]
		} else if rest, ok = skipN(s.code, uint64(s.count), b); !ok {
			return false
		}
		for _, k := range s.wanted {
			r.values[k] = b[:len(b)-len(rest)]
		}
		b = rest
	}
	r.number, r.body = int(number), b
	return true
}

// Err returns the error that stopped Next, nil at the end of the frame.
func (r *Rows) Err() error { return r.err }

// Number returns the number of the row as the file has it, from 1.
func (r *Rows) Number() int { return r.number }

// Float64 returns the first value of the i-th channel asked for, NaN where it is no number.
func (r *Rows) Float64(i int) float64 {
	c := r.frame.Channels[r.wanted[i]]
	if len(r.values[i]) == 0 {
		return math.NaN()
	}
	v, _, _ := number(c.Code, r.values[i])
	return v
}

// Float32s appends all values of the i-th channel asked for to dst, NaN where they are no numbers.
func (r *Rows) Float32s(dst []float32, i int) []float32 {
	c := r.frame.Channels[r.wanted[i]]
	b, n := r.values[i], c.Elements()
	switch size := c.Code.Size(); {
	case c.Code == FSINGL:
		for ; len(b) >= 4; b = b[4:] {
			dst = append(dst, math.Float32frombits(binary.BigEndian.Uint32(b)))
		}
	case size > 0:
		for ; len(b) >= size; b = b[size:] {
			dst = append(dst, float32(fixedNumber(c.Code, b)))
		}
	default:
		for range n {
			v, rest, ok := number(c.Code, b)
			if !ok { // texts and names
				v = math.NaN()
			}
			dst, b = append(dst, float32(v)), rest
		}
	}
	return dst
}

// Values returns all values of the i-th channel asked for; see Attribute.Values for their types.
func (r *Rows) Values(i int) []any {
	c := r.frame.Channels[r.wanted[i]]
	out := make([]any, 0, c.Elements())
	b := r.values[i]
	for range c.Elements() {
		v, rest, ok := r.frame.file.file.texts.value(c.Code, b)
		if !ok {
			break
		}
		out, b = append(out, v), rest
	}
	return out
}
