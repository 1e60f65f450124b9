package dlis

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

const (
	visibleBytes = 8192 // of the visible records that Writer makes
	minSegment   = 16   // shortest segment that the standard allows (2.2.2.1)
)

// Writer writes a DLIS file: a label, then for each logical file FileHeader, Set (or Frames), and Row. The first error is kept,
// and returned by Close.
type Writer struct {
	out     *bufio.Writer
	tif     bool
	at      int64  // where the next TIF header goes
	before  int64  // where the last one is
	visible []byte // visible record that is being filled; empty, or starts with 4 bytes for its header
	body    []byte // of a record
	err     error
}

// NewWriter writes the storage unit label, with the name of the storage set. With tif the file is a tape image.
func NewWriter(w io.Writer, set string, tif bool) *Writer {
	f := &Writer{out: bufio.NewWriterSize(w, 1<<16), tif: tif}
	f.block([]byte(fmt.Sprintf("%4d%s%s%5d%-60.60s", 1, "V1.00", "RECORD", visibleBytes, set)))
	return f
}

func (w *Writer) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// block writes a label or a visible record, or for nil a tape mark.
func (w *Writer) block(b []byte) {
	if w.err != nil {
		return
	}
	if w.tif {
		h := make([]byte, tifHeaderBytes)
		if b == nil {
			h[0] = 1
		}
		next := w.at + tifHeaderBytes + int64(len(b))
		binary.LittleEndian.PutUint32(h[4:], uint32(w.before))
		binary.LittleEndian.PutUint32(h[8:], uint32(next))
		w.before, w.at = w.at, next
		if _, err := w.out.Write(h); err != nil {
			w.fail(err)
		}
	}
	if _, err := w.out.Write(b); err != nil {
		w.fail(err)
	}
}

func (w *Writer) flushVisible() {
	if len(w.visible) > 4 {
		binary.BigEndian.PutUint16(w.visible, uint16(len(w.visible)))
		w.visible[2], w.visible[3] = 0xff, 1
		w.block(w.visible)
	}
	w.visible = w.visible[:0]
}

// record cuts a body into segments of an even length that fit the visible records.
func (w *Writer) record(kind, attrs byte, body []byte) {
	for first := true; first || len(body) > 0; first = false {
		if visibleBytes-len(w.visible) < segmentHeaderBytes+minSegment {
			w.flushVisible()
		}
		if len(w.visible) == 0 {
			w.visible = append(w.visible, 0, 0, 0, 0)
		}
		part := body[:min(len(body), visibleBytes-len(w.visible)-segmentHeaderBytes)]
		body = body[len(part):]
		a := attrs
		if !first {
			a |= bitPredecessor
		}
		if len(body) > 0 {
			a |= bitSuccessor
		}
		size := max(minSegment, segmentHeaderBytes+len(part)+len(part)%2)
		padding := size - segmentHeaderBytes - len(part)
		if padding > 0 {
			a |= bitPadding
		}
		w.visible = binary.BigEndian.AppendUint16(w.visible, uint16(size))
		w.visible = append(append(w.visible, a, kind), part...)
		for range padding {
			w.visible = append(w.visible, byte(padding))
		}
	}
}

// Attr is the value of an attribute of an object to write. The zero Attr is absent.
type Attr struct {
	Code   Code
	Units  string
	Values []any // of the types that Attribute.Values returns for the code
}

// TextAttr returns a text as ASCII, absent for "".
func TextAttr(text string) Attr {
	if text == "" {
		return Attr{}
	}
	return Attr{Code: ASCII, Values: []any{text}}
}

// NumberAttr returns a number as FDOUBL.
func NumberAttr(v float64, units string) Attr {
	return Attr{Code: FDOUBL, Units: units, Values: []any{v}}
}

// ObjectSpec is an object to write: its attributes in the order of the set's labels; those left away are absent.
type ObjectSpec struct {
	Name  ObName
	Attrs []Attr
}

// kinds are the types of EFLR by the type of their set (appendix A); others are KindUnknown.
var kinds = map[string]byte{
	"FILE-HEADER": 0, "ORIGIN": 1, "WELL-REFERENCE": 1, "AXIS": 2, "CHANNEL": 3, "FRAME": 4, "PATH": 4, "CALIBRATION": 5,
	"EQUIPMENT": 5, "PARAMETER": 5, "TOOL": 5, "COMPUTATION": 5, "PROCESS": 5, "SPLICE": 5, "ZONE": 5, "GROUP": 5,
	"COMMENT": 6, "MESSAGE": 6, "LONG-NAME": 9, "NO-FORMAT": 8,
}

// kindUnencryptedPrivate is the type of sets that the standard does not know.
const kindUnencryptedPrivate = 128

// Set writes a set of objects.
func (w *Writer) Set(typ string, labels []string, objects ...ObjectSpec) {
	b := append(w.body[:0], roleSet<<5|hasLabel)
	b = w.appendIdent(b, typ)
	for _, label := range labels {
		b = w.appendIdent(append(b, roleAttribute<<5|hasLabel), label)
	}
	for _, o := range objects {
		b = w.appendObname(append(b, roleObject<<5|hasLabel), o.Name)
		for i := range labels {
			if i >= len(o.Attrs) || len(o.Attrs[i].Values) == 0 {
				b = append(b, roleAbsent<<5)
				continue
			}
			a := o.Attrs[i]
			b = append(b, roleAttribute<<5|hasCount|hasCode|hasUnits|hasValue)
			b = appendUvari(b, uint32(len(a.Values)))
			b = w.appendIdent(append(b, byte(a.Code)), a.Units)
			for _, v := range a.Values {
				b = w.appendValue(b, a.Code, v)
			}
		}
	}
	w.body = b
	kind, known := kinds[typ]
	if !known {
		kind = kindUnencryptedPrivate
	}
	w.record(kind, bitExplicit, b)
}

// FileHeader starts a logical file.
func (w *Writer) FileHeader(id string, sequence int) {
	w.Set("FILE-HEADER", []string{"SEQUENCE-NUMBER", "ID"}, ObjectSpec{ObName{1, 0, "0"}, []Attr{
		TextAttr(fmt.Sprintf("%10d", sequence)), TextAttr(fmt.Sprintf("%-65s", id)),
	}})
}

// Frames writes the CHANNEL objects of the frames, each once, and the FRAME objects.
func (w *Writer) Frames(frames ...*Frame) {
	var channels, objects []ObjectSpec
	seen := map[ObName]bool{}
	for _, f := range frames {
		var names []any
		for _, c := range f.Channels {
			names = append(names, c.Name)
			if seen[c.Name] {
				continue
			}
			seen[c.Name] = true
			var dimension []any
			for i := range c.Dimension {
				dimension = append(dimension, int64(c.Dimension[len(c.Dimension)-1-i]))
			}
			channels = append(channels, ObjectSpec{c.Name, []Attr{
				TextAttr(c.LongName), {Code: USHORT, Values: []any{int64(c.Code)}}, textAs(UNITS, c.Units), {Code: UVARI, Values: dimension},
			}})
		}
		o := ObjectSpec{f.Name, []Attr{TextAttr(f.Description), {Code: OBNAME, Values: names}, textAs(IDENT, f.IndexType), textAs(IDENT, f.Direction)}}
		if f.SpacingUnit != "" {
			o.Attrs = append(o.Attrs, NumberAttr(f.Spacing, f.SpacingUnit))
		} else {
			o.Attrs = append(o.Attrs, Attr{})
		}
		if f.HasRange {
			o.Attrs = append(o.Attrs, NumberAttr(f.IndexMin, f.RangeUnit), NumberAttr(f.IndexMax, f.RangeUnit))
		}
		objects = append(objects, o)
	}
	w.Set("CHANNEL", []string{"LONG-NAME", "REPRESENTATION-CODE", "UNITS", "DIMENSION"}, channels...)
	w.Set("FRAME", []string{"DESCRIPTION", "CHANNELS", "INDEX-TYPE", "DIRECTION", "SPACING", "INDEX-MIN", "INDEX-MAX"}, objects...)
}

func textAs(c Code, text string) Attr {
	if text == "" {
		return Attr{}
	}
	return Attr{Code: c, Values: []any{text}}
}

// Row writes one row of a frame: for each channel the values of its elements.
func (w *Writer) Row(f *Frame, number int, values ...[]float64) {
	if len(values) != len(f.Channels) {
		w.fail(fmt.Errorf("frame %s: %d columns for %d channels", f.Name, len(values), len(f.Channels)))
		return
	}
	b := appendUvari(w.appendObname(w.body[:0], f.Name), uint32(number))
	for i, c := range f.Channels {
		if len(values[i]) != c.Elements() {
			w.fail(fmt.Errorf("channel %s: %d values for a dimension of %v", c.Name, len(values[i]), c.Dimension))
			return
		}
		for _, v := range values[i] {
			b = w.appendNumber(b, c.Code, v)
		}
	}
	w.body = b
	w.record(kindData, 0, b)
}

// Close ends the file and returns the first error; it does not close what the Writer writes to.
func (w *Writer) Close() error {
	w.flushVisible()
	if w.tif {
		w.block(nil)
		w.block(nil)
	}
	if w.err != nil {
		return w.err
	}
	return w.out.Flush()
}

func appendUvari(b []byte, v uint32) []byte {
	switch {
	case v < 1<<7:
		return append(b, byte(v))
	case v < 1<<14:
		return binary.BigEndian.AppendUint16(b, uint16(v)|0x8000)
	}
	return binary.BigEndian.AppendUint32(b, v|0xc0000000)
}

func (w *Writer) appendIdent(b []byte, text string) []byte {
	if len(text) > math.MaxUint8 {
		w.fail(fmt.Errorf("%.20q... is longer than 255 bytes", text))
		text = text[:math.MaxUint8]
	}
	return append(append(b, byte(len(text))), text...)
}

func (w *Writer) appendObname(b []byte, n ObName) []byte {
	return w.appendIdent(append(appendUvari(b, n.Origin), n.Copy), n.ID)
}

// appendValue writes a value of an attribute.
func (w *Writer) appendValue(b []byte, c Code, v any) []byte {
	switch v := v.(type) {
	case float64:
		return w.appendNumber(b, c, v)
	case int64:
		return w.appendNumber(b, c, float64(v))
	case bool:
		if v {
			return append(b, 1)
		}
		return append(b, 0)
	case ObName:
		if c == OBNAME {
			return w.appendObname(b, v)
		}
	case string:
		switch c {
		case IDENT, UNITS:
			return w.appendIdent(b, v)
		case ASCII:
			return append(appendUvari(b, uint32(len(v))), v...)
		}
	case DateTime:
		if c == DTIME {
			b = append(b, byte(v.Year-1900), byte(v.Zone<<4|v.Month), byte(v.Day), byte(v.Hour), byte(v.Minute), byte(v.Second))
			return binary.BigEndian.AppendUint16(b, uint16(v.Millisecond))
		}
	}
	w.fail(fmt.Errorf("cannot write a %T as %s", v, c))
	return b
}

func (w *Writer) appendNumber(b []byte, c Code, v float64) []byte {
	switch c {
	case FSINGL:
		return binary.BigEndian.AppendUint32(b, math.Float32bits(float32(v)))
	case FDOUBL:
		return binary.BigEndian.AppendUint64(b, math.Float64bits(v))
	case SSHORT, USHORT, STATUS:
		return append(b, byte(int64(v)))
	case SNORM, UNORM:
		return binary.BigEndian.AppendUint16(b, uint16(int64(v)))
	case SLONG, ULONG:
		return binary.BigEndian.AppendUint32(b, uint32(int64(v)))
	case UVARI, ORIGIN:
		return appendUvari(b, uint32(int64(v)))
	}
	w.fail(fmt.Errorf("cannot write numbers as %s", c))
	return b
}
