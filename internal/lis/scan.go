package lis

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/geobfdt/geobfdt/internal/damage"
)

const (
	windowBytes   = 1 << 16
	leastWindow   = 1 << 8
	headerBytes   = 4  // of a physical record: length, attributes
	tapeMarkBytes = 12 // type, offset of the previous mark, offset of the next
)

// Attributes of a physical record.
const (
	hasSuccessor   = 0x0001
	hasPredecessor = 0x0002
	checksumError  = 0x0020
	parityError    = 0x0040
	hasRecordNo    = 0x0200
	hasFileNo      = 0x0400
	hasChecksum    = 0x1000
)

// window reads small pieces of a large file through one buffer.
type window struct {
	r      io.ReaderAt
	size   int64
	at     int64
	most   int // bytes of the buffer
	buffer []byte
}

// newWindow reads through a buffer that is no larger than what is to be read.
func newWindow(r io.ReaderAt, size, span int64) *window {
	return &window{r: r, size: size, most: int(min(max(span, leastWindow), windowBytes, size))}
}

// bytes returns up to n bytes (n <= w.most) at an offset; fewer only at the end of the file. They are valid until the next call.
func (w *window) bytes(offset int64, n int) ([]byte, error) {
	n = int(max(0, min(int64(n), w.size-offset)))
	if from := offset - w.at; from < 0 || from+int64(n) > int64(len(w.buffer)) {
		if w.buffer == nil {
			w.buffer = make([]byte, w.most)
		}
		w.buffer = w.buffer[:min(int64(cap(w.buffer)), w.size-offset)]
		w.at = offset
		got, err := w.r.ReadAt(w.buffer, offset)
		if err != nil && !(errors.Is(err, io.EOF) && got == len(w.buffer)) {
			w.buffer = w.buffer[:0]
			return nil, fmt.Errorf("read %d bytes at %d: %w", n, offset, err)
		}
	}
	from := int(offset - w.at)
	return w.buffer[from : from+n], nil
}

// place is where a scanner stands: the next header, and the end of the tape record that holds it (the end of a bare file).
type place struct {
	at, end int64
}

// physical is one physical record.
type physical struct {
	header     int64 // offset
	data       int64 // offset of what follows the header
	n          int64 // bytes of data, without header and trailer
	attributes uint16
	cut        bool // the file ends inside it
}

// scanner walks over physical records. A tape mark is only a boundary: which logical file a record belongs to follows from its type.
type scanner struct {
	*issues
	w     *window
	order binary.ByteOrder // of tape marks; nil for a bare file
	place
	marked bool // the last thing read was an end-of-file mark
}

func newScanner(r io.ReaderAt, size int64, log *issues) (*scanner, error) {
	s := &scanner{issues: log, w: newWindow(r, size, size)}
	start, err := s.w.bytes(0, tapeMarkBytes)
	if err != nil {
		return nil, err
	}
	s.end = size
	if len(start) == tapeMarkBytes && bytes.Equal(start[:8], make([]byte, 8)) {
		// The first mark: a record, nothing before it. The mark's end is little endian, but some tapes were copied otherwise.
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			if next := int64(order.Uint32(start[8:])); next > tapeMarkBytes && (next <= size || size < next && next < 1<<16) {
				s.order, s.end = order, 0
				break
			}
		}
	}
	return s, nil
}

// next returns the next physical record; io.EOF at the end; else the caller's or the file system's error.
func (s *scanner) next() (physical, error) {
	for {
		if s.order != nil && s.end-s.at < headerBytes {
			// Anything shorter than a header before the mark is padding.
			s.at = s.end
			if err := s.tapeMark(); err != nil {
				return physical{}, err
			}
			continue
		}
		if err := s.skipPadding(); err != nil {
			return physical{}, err
		}
		if s.at == s.end {
			if s.order == nil {
				return physical{}, io.EOF
			}
			continue
		}
		p, ok, err := s.physicalRecord()
		if ok || err != nil {
			return p, err
		}
		if s.order == nil {
			return physical{}, io.EOF // nothing tells where the next record would start
		}
		s.at = s.end
	}
}

// physicalRecord reads the header at s.at. ok is false where there is none to trust.
func (s *scanner) physicalRecord() (p physical, ok bool, err error) {
	header, err := s.w.bytes(s.at, int(min(headerBytes, s.end-s.at)))
	if err != nil {
		return p, false, err
	}
	if len(header) < headerBytes {
		return p, false, s.report(damage.Critical, s.at, "the file ends in the header of a physical record")
	}
	length := int64(binary.BigEndian.Uint16(header))
	p = physical{header: s.at, data: s.at + headerBytes, attributes: binary.BigEndian.Uint16(header[2:])}
	trailer := int64(0)
	for _, bit := range []uint16{hasRecordNo, hasFileNo, hasChecksum} {
		if p.attributes&bit != 0 {
			trailer += 2
		}
	}
	least := headerBytes + trailer
	if p.attributes&hasPredecessor == 0 {
		least += 2 // the header of the logical record
	}
	if length < least {
		return p, false, s.report(damage.Critical, s.at, "a physical record of %d bytes is too short: it needs %d", length, least)
	}
	p.n = length - headerBytes - trailer
	if over := s.at + length - s.end; over > 0 {
		if s.end < s.w.size {
			return p, false, s.report(damage.Critical, s.at, "a physical record of %d bytes goes past its tape record: left out", length)
		}
		p.cut = true
		p.n = max(0, min(p.n, s.end-p.data))
		if err := s.report(damage.Critical, s.at, "the file is truncated: a physical record of %d bytes lacks its last %d", length, over); err != nil {
			return p, false, err
		}
		s.at = s.end
		return p, true, nil
	}
	if p.attributes&(checksumError|parityError) != 0 {
		if err := s.report(damage.Minor, s.at, "a physical record is marked as read with a checksum or parity error"); err != nil {
			return p, false, err
		}
	}
	s.at += length
	return p, true, nil
}

// skipPadding moves over null or blank bytes between physical records. A header behind padding starts at a multiple of 4: the
// length's first byte may be zero itself, so nothing else tells where padding ends.
func (s *scanner) skipPadding() error {
	start := s.at
	first, err := s.w.bytes(s.at, int(min(headerBytes, s.end-s.at)))
	if err != nil {
		return err
	}
	if len(first) < 2 || !isPadding(first[:2]) {
		return nil
	}
	if odd := s.at % headerBytes; odd != 0 {
		s.at = min(s.at+headerBytes-odd, s.end)
	}
	for s.at < s.end {
		b, err := s.w.bytes(s.at, int(min(headerBytes, s.end-s.at)))
		if err != nil {
			return err
		}
		if !isPadding(b) {
			break
		}
		s.at += int64(len(b))
	}
	if s.order == nil && s.at == s.end && s.at-start > 1024 {
		return s.report(damage.Minor, start, "the file ends in %d bytes of padding: it may have been zeroed", s.at-start)
	}
	return nil
}

// isPadding tells a run of nulls or of blanks.
func isPadding(b []byte) bool {
	for _, c := range b {
		if c != b[0] {
			return false
		}
	}
	return len(b) > 0 && (b[0] == 0 || b[0] == ' ')
}

// tapeMark reads the mark at s.end and enters the tape record behind it.
func (s *scanner) tapeMark() error {
	mark, err := s.w.bytes(s.end, tapeMarkBytes)
	if err != nil {
		return err
	}
	at := s.end
	if len(mark) == 0 {
		return io.EOF
	}
	padding := isPadding(mark) && at > 0
	if padding && s.marked {
		return io.EOF // padding behind the last mark
	}
	if len(mark) < tapeMarkBytes {
		return s.stop(at, "the file ends in a tape mark")
	}
	kind, next := s.order.Uint32(mark), s.order.Uint32(mark[8:])
	previous := s.order.Uint32(mark[4:])
	// Offsets are modulo 4 GiB.
	length := int64(next - uint32(at))
	if padding || kind > 1 || length < tapeMarkBytes || (at+length > s.w.size && s.w.size < 1<<32 && int64(next) <= at) {
		return s.stop(at, fmt.Sprintf("not a tape mark (type %d, previous %d, next %d)", kind, previous, next))
	}
	if at > 0 && previous >= next && s.w.size < 1<<32 {
		if err := s.report(damage.Minor, at, "the tape mark's offset of the previous mark is wrong (%d)", previous); err != nil {
			return err
		}
	}
	s.at, s.end = at+tapeMarkBytes, min(at+length, s.w.size)
	s.marked = kind == 1
	if s.marked {
		s.end = s.at
		return nil
	}
	if over := at + length - s.w.size; over > 0 {
		return s.report(damage.Critical, at, "the file is truncated: a tape record of %d bytes lacks its last %d", length, over)
	}
	return nil
}

// stop reports a damage behind which nothing can be found.
func (s *scanner) stop(offset int64, what string) error {
	if err := s.report(damage.Critical, offset, "%s: reading stops here", what); err != nil {
		return err
	}
	return io.EOF
}
