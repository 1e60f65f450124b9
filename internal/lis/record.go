package lis

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/geobfdt/geobfdt/internal/damage"
)

// Type is the type of a logical record.
type Type uint8

// Types that this package knows what to do with.
const (
	NormalData        Type = 0
	AlternateData     Type = 1
	JobIdentification Type = 32
	WellsiteData      Type = 34
	ToolString        Type = 39
	EncryptedTable    Type = 42
	TableDump         Type = 47
	FormatSpec        Type = 64
	FileHeader        Type = 128
	FileTrailer       Type = 129
	TapeHeader        Type = 130
	TapeTrailer       Type = 131
	ReelHeader        Type = 132
	ReelTrailer       Type = 133
	OperatorCommand   Type = 224
	OperatorResponse  Type = 225
	SystemOutput      Type = 227
	Comment           Type = 232
)

// String returns the standard's name of the type.
func (t Type) String() string {
	if name, ok := typeName(t); ok {
		return name
	}
	return fmt.Sprintf("type %d", uint8(t))
}

// typeName lists all types of the standard; other types are a sign of damage.
func typeName(t Type) (string, bool) {
	switch t {
	case NormalData:
		return "data", true
	case AlternateData:
		return "alternate data", true
	case JobIdentification:
		return "job identification", true
	case WellsiteData:
		return "wellsite data", true
	case ToolString:
		return "tool string information", true
	case EncryptedTable:
		return "encrypted table dump", true
	case TableDump:
		return "table dump", true
	case FormatSpec:
		return "data format specification", true
	case 65:
		return "data descriptor", true
	case 85:
		return "picture", true
	case 86:
		return "image", true
	case 95, 96, 97, 100, 101, 102:
		return "program", true
	case FileHeader:
		return "file header", true
	case FileTrailer:
		return "file trailer", true
	case TapeHeader:
		return "tape header", true
	case TapeTrailer:
		return "tape trailer", true
	case ReelHeader:
		return "reel header", true
	case ReelTrailer:
		return "reel trailer", true
	case 137, 138, 139, 141:
		return "logical tape mark", true
	case OperatorCommand:
		return "operator command", true
	case OperatorResponse:
		return "operator response", true
	case SystemOutput:
		return "system output", true
	case Comment:
		return "comment", true
	case 234:
		return "blank", true
	}
	return "", false
}

// Record is where a logical record stands.
type Record struct {
	Type   Type
	Offset int64 // of its first physical record, bytes
	end    int64 // of the tape record that holds it
	size   int64 // bytes, without any header
	cut    bool  // its last physical record is truncated or missing
}

// Bytes returns the record's size without headers and trailers.
func (r Record) Bytes() int64 { return r.size }

func (r Record) place() place { return place{at: r.Offset, end: r.end} }

// logicalHeaderBytes are the type and a byte of no use at the start of each logical record.
const logicalHeaderBytes = 2

// record walks over the next logical record. Errors are those of next.
func (s *scanner) record() (Record, error) {
	for {
		p, err := s.next()
		if err != nil {
			return Record{}, err
		}
		r, ok, err := s.recordFrom(p)
		if ok || err != nil {
			return r, err
		}
	}
}

// recordFrom walks over the logical record that starts with p. ok is false if none does.
func (s *scanner) recordFrom(p physical) (r Record, ok bool, err error) {
	if p.attributes&hasPredecessor != 0 {
		return r, false, s.report(damage.Major, p.header, "a physical record continues a logical record that is not there: left out")
	}
	if p.n < logicalHeaderBytes {
		return r, false, nil // cut short: reported
	}
	head, err := s.w.bytes(p.data, logicalHeaderBytes)
	if err != nil {
		return r, false, err
	}
	r = Record{Type: Type(head[0]), Offset: p.header, end: s.end, size: p.n - logicalHeaderBytes, cut: p.cut}
	if _, known := typeName(r.Type); !known {
		if err := s.report(damage.Critical, p.header, "a logical record of unknown type %d", uint8(r.Type)); err != nil {
			return r, false, err
		}
		if s.order == nil {
			return r, false, io.EOF // the record before it has a wrong length
		}
		return r, false, nil
	}
	for p.attributes&hasSuccessor != 0 && !r.cut {
		before := s.place
		p, err = s.next()
		if errors.Is(err, io.EOF) {
			r.cut = true
			return r, true, s.report(damage.Critical, before.at, "the file is truncated: a %s record lacks its end", r.Type)
		}
		if err != nil {
			return r, false, err
		}
		if p.attributes&hasPredecessor == 0 {
			r.cut = true
			s.place = place{at: p.header, end: s.end}
			return r, true, s.report(damage.Critical, p.header, "a %s record lacks its end: another record follows", r.Type)
		}
		r.size += p.n
		r.cut = p.cut
	}
	return r, true, nil
}

// recordReader reads the bytes of one logical record, piece by piece.
type recordReader struct {
	s    scanner // a copy, so that a file can be read from several places at once
	p    physical
	done int64 // bytes of p that are read
	left int64 // bytes of the record
}

// newRecordReader returns a reader of records, to be started at one, for about so many bytes of the file.
func newRecordReader(s *scanner, span int64) *recordReader {
	reader := &recordReader{s: *s}
	reader.s.issues = &issues{} // what is wrong was reported when the file was opened
	reader.s.w = newWindow(s.w.r, s.w.size, span)
	return reader
}

// start moves to the beginning of a record.
func (r *recordReader) start(record Record) error {
	r.s.place = record.place()
	p, err := r.s.next()
	if err != nil {
		return fmt.Errorf("%s record at byte %d: %w", record.Type, record.Offset, err)
	}
	r.p, r.done, r.left = p, logicalHeaderBytes, record.size
	return nil
}

// read fills b and returns how much of it: less than all only at the end of the record.
func (r *recordReader) read(b []byte) (int, error) {
	n := 0
	for n < len(b) && r.left > 0 {
		if r.done == r.p.n {
			p, err := r.s.next()
			if err != nil {
				return n, fmt.Errorf("record at byte %d: %w", r.p.header, err)
			}
			r.p, r.done = p, 0
			continue
		}
		want := min(int64(len(b)-n), r.p.n-r.done, r.left, int64(r.s.w.most))
		piece, err := r.s.w.bytes(r.p.data+r.done, int(want))
		if err != nil {
			return n, err
		}
		if len(piece) == 0 {
			return n, fmt.Errorf("record at byte %d: %w", r.p.header, io.ErrUnexpectedEOF)
		}
		n += copy(b[n:], piece)
		r.done += int64(len(piece))
		r.left -= int64(len(piece))
	}
	return n, nil
}

// maxRecordBytes bounds records that are read whole: tables, formats and texts are far smaller.
const maxRecordBytes = 16 << 20

// Read returns the content of a record, without headers. Records above 16 MiB are refused.
func (f *File) Read(r Record) ([]byte, error) {
	return newRecordReader(f.s, r.size+leastWindow).whole(r)
}

// whole returns the content of a record.
func (r *recordReader) whole(record Record) ([]byte, error) {
	if record.size > maxRecordBytes || record.size > r.s.w.size {
		return nil, fmt.Errorf("%w: a %s record of %d bytes at byte %d is larger than %d", ErrDamaged, record.Type, record.size, record.Offset, maxRecordBytes)
	}
	if err := r.start(record); err != nil {
		return nil, err
	}
	b := make([]byte, record.size)
	n, err := r.read(b)
	if err != nil {
		return nil, err
	}
	return b[:n], nil
}

func be16(b []byte) uint16 { return binary.BigEndian.Uint16(b) }

func be32(b []byte) uint32 { return binary.BigEndian.Uint32(b) }
