package dlis

import (
	"encoding/binary"
	"fmt"

	"github.com/geobfdt/geobfdt/internal/damage"
)

// Attribute bits of a logical record segment (2.2.2.1).
const (
	bitExplicit    = 0x80
	bitPredecessor = 0x40
	bitSuccessor   = 0x20
	bitEncrypted   = 0x10
	bitChecksum    = 0x04
	bitTrailing    = 0x02
	bitPadding     = 0x01
)

const (
	segmentHeaderBytes = 4
	windowBytes        = 256 << 10
	// maxGap is how far the next visible record is searched behind damage.
	maxGap = 1 << 20
	// A gap of up to maxSlack bytes between visible records is alignment, not lost data.
	maxSlack = 16
)

// cursor is a place in a file: the next segment header, and where its visible record ends.
type cursor struct{ pos, end int64 }

// scanner reads logical records in file order.
type scanner struct {
	src     *tape
	cur     cursor
	log     *damage.Log
	window  []byte // bytes of src from windowAt
	at      int64  // of window
	scratch []byte // body of a record of several segments
	label   int64  // where the last storage unit label behind the first is
	lost    bool   // a record was given up: what continues it is skipped
}

// view returns n bytes from a place, fewer where the file ends. They are good until the next call.
func (s *scanner) view(pos int64, n int) ([]byte, error) {
	if pos < s.at || pos+int64(n) > s.at+int64(len(s.window)) {
		size := min(max(int64(n), windowBytes), max(0, s.src.size-pos))
		if int64(cap(s.window)) < size {
			s.window = make([]byte, size)
		}
		got, err := s.src.readAt(s.window[:size], pos)
		if err != nil {
			return nil, err
		}
		s.window, s.at = got, pos
	}
	from := pos - s.at
	return s.window[from:min(from+int64(n), int64(len(s.window)))], nil
}

// issue reports a violation in the records.
func (s *scanner) issue(severity damage.Severity, at int64, did, format string, args ...any) error {
	return s.log.Add(severity, at, "records", fmt.Sprintf(format, args...), did)
}

// visible moves the cursor into the visible record that starts at its place, or behind damage at the next one. ok is false at the
// end of the file. broken is true where data was skipped.
func (s *scanner) visible() (ok, broken bool, err error) {
	for {
		pos := s.cur.pos
		b, err := s.view(pos, labelBytes)
		switch {
		case err != nil || len(b) == 0:
			return false, broken, err
		case visibleAt(b):
			s.cur = cursor{pos + 4, pos + int64(binary.BigEndian.Uint16(b))}
			return true, broken, nil
		case labelAt(b) && len(b) == labelBytes:
			if err := s.issue(damage.Info, pos, "it holds for the logical files behind it", "another storage unit label"); err != nil {
				return false, broken, err
			}
			s.label = pos
			s.cur = cursor{pos + labelBytes, pos + labelBytes}
			continue
		}
		next, zeros, err := s.resync(pos)
		switch {
		case err != nil:
			return false, true, err
		case next >= 0 && next-pos <= maxSlack:
			err = s.issue(damage.Minor, pos, "they were skipped", "%d bytes stand between two visible records", next-pos)
		case next >= 0:
			broken = true
			err = s.issue(damage.Critical, pos, "reading goes on behind it", "no visible record for %d bytes: the file is damaged", next-pos)
		case zeros && s.src.size-pos > maxSlack:
			err = s.issue(damage.Major, pos, "read up to them", "from here on the file holds zeros: it is padded, or damaged")
			next = s.src.size
		case zeros:
			next = s.src.size
		case s.src.tif && s.src.size-pos <= maxSlack: // blocks of some tape images are filled up to a multiple of 4 bytes
			err = s.issue(damage.Minor, pos, "they were skipped", "%d bytes stand behind the last visible record", s.src.size-pos)
			next = s.src.size
		default:
			broken = true
			err = s.issue(damage.Critical, pos, "read up to it", "no visible record follows: the file is damaged")
			next = s.src.size
		}
		if err != nil {
			return false, broken, err
		}
		s.cur = cursor{next, next}
	}
}

// resync searches a visible record that another one, a label or the end of the file follows; -1 when there is none near. zeros
// tells whether all bytes looked at are 0.
func (s *scanner) resync(pos int64) (next int64, zeros bool, err error) {
	zeros = true
	for at := pos; at < min(pos+maxGap, s.src.size); at++ {
		b, err := s.view(at, minVisible)
		if err != nil {
			return -1, false, err
		}
		zeros = zeros && b[0] == 0
		if !plausibleVisible(b) {
			continue
		}
		end := at + int64(binary.BigEndian.Uint16(b))
		if end+maxSlack >= s.src.size {
			return at, zeros, nil
		}
		if b, err = s.view(end, labelBytes); err != nil {
			return -1, false, err
		}
		for slack := range maxSlack {
			if visibleAt(b[slack:]) || labelAt(b[slack:]) {
				return at, zeros, nil
			}
		}
	}
	return -1, zeros, nil
}

// segment is a logical record segment.
type segment struct {
	attrs, kind byte
	at          int64
	body        []byte // without padding and trailer
}

type state int

const (
	whole  state = iota
	ended        // end of the file
	broken       // the record that the segment belongs to is lost
)

// segment reads the next segment.
func (s *scanner) segment() (seg segment, is state, err error) {
	for s.cur.pos >= s.cur.end {
		ok, damaged, err := s.visible()
		if err != nil || !ok {
			return seg, ended, err
		}
		if damaged {
			return seg, broken, nil
		}
	}
	pos, end, size := s.cur.pos, s.cur.end, s.src.size
	cut := func() (segment, state, error) {
		s.cur = cursor{size, size}
		return seg, broken, s.issue(damage.Critical, pos, "read up to it", "the file is cut in a visible record that should end at byte %d", end)
	}
	if end-pos < segmentHeaderBytes && end <= size {
		s.cur.pos = end
		severity := damage.Major
		if end == size { // a record is cut
			severity = damage.Critical
		}
		return seg, broken, s.issue(severity, pos, "they were skipped", "a visible record ends in %d stray bytes", end-pos)
	}
	head, err := s.view(pos, segmentHeaderBytes)
	if err != nil {
		return seg, broken, err
	}
	if len(head) < segmentHeaderBytes {
		return cut()
	}
	n := int64(binary.BigEndian.Uint16(head))
	switch {
	case n >= segmentHeaderBytes && pos+n > size:
		return cut()
	case n < segmentHeaderBytes || pos+n > end:
		s.cur.pos = end
		return seg, broken, s.issue(damage.Critical, pos, "the rest of the visible record was skipped", "a segment of %d bytes does not fit its visible record", n)
	}
	data, err := s.view(pos, int(n))
	if err != nil || int64(len(data)) < n {
		return seg, broken, err
	}
	s.cur.pos = pos + n
	seg = segment{attrs: data[2], kind: data[3], at: pos, body: data[segmentHeaderBytes:]}
	if !seg.trim() {
		if len(seg.body)+segmentHeaderBytes == int(seg.body[len(seg.body)-1]) { // writers that count the header as padding
			seg.body = nil
			return seg, whole, s.issue(damage.Minor, pos, "the segment is empty", "a segment is padding from end to end")
		}
		return seg, broken, s.issue(damage.Critical, pos, "the record was skipped", "a segment has more padding than bytes")
	}
	return seg, whole, nil
}

// trim takes padding, checksum and trailing length off the body; false, and nothing done, where the body is too short for them.
// What is encrypted stays as it is, for its padding may be encrypted too.
func (s *segment) trim() bool {
	n := len(s.body)
	if s.attrs&bitEncrypted != 0 {
		return true
	}
	if s.attrs&bitTrailing != 0 {
		n -= 2
	}
	if s.attrs&bitChecksum != 0 {
		n -= 2
	}
	if s.attrs&bitPadding != 0 && n > 0 {
		n -= int(s.body[n-1])
	}
	if n < 0 {
		return len(s.body) == 0
	}
	s.body = s.body[:n]
	return true
}

// record is a logical record.
type record struct {
	at                  int64
	from                cursor // to read it again
	kind                byte
	explicit, encrypted bool
	body                []byte // as much of it as was asked for; good until the next record is read
	size                int64  // of the whole body
}

// next reads the next record and keeps as many bytes of its body as limit says of its attributes and type. Records that damage has cut
// are skipped. ok is false at the end of the file.
func (s *scanner) next(limit func(attrs, kind byte) int) (rec record, ok bool, err error) {
	for {
		first, is, err := s.first()
		if err != nil || is == ended {
			return rec, false, err
		}
		rec = record{
			at: first.at, from: cursor{first.at, s.cur.end}, kind: first.kind, explicit: first.attrs&bitExplicit != 0,
			encrypted: first.attrs&bitEncrypted != 0, size: int64(len(first.body)),
		}
		keep := limit(first.attrs, first.kind)
		rec.body = first.body[:min(len(first.body), keep)]
		if first.attrs&bitSuccessor == 0 {
			return rec, true, nil
		}
		s.scratch = append(s.scratch[:0], rec.body...)
		is, err = s.rest(&rec, keep)
		if err != nil || is == ended {
			return rec, false, err
		}
		if is == whole {
			return rec, true, nil
		}
	}
}

// first reads the first segment of a record.
func (s *scanner) first() (segment, state, error) {
	for {
		seg, is, err := s.segment()
		switch {
		case err != nil || is == ended:
			return seg, is, err
		case is == broken:
			s.lost = true
			continue
		case seg.attrs&bitPredecessor == 0:
		case s.lost:
			continue
		default:
			err = s.issue(damage.Minor, seg.at, "taken as its start", "a segment continues a record that has no start")
		}
		s.lost = false
		return seg, whole, err
	}
}

// rest reads the other segments of a record.
func (s *scanner) rest(rec *record, keep int) (state, error) {
	for {
		seg, is, err := s.segment()
		switch {
		case err != nil:
			return is, err
		case is == ended:
			return is, s.issue(damage.Critical, rec.at, "the record was skipped", "the file ends in the middle of a record")
		case is == broken:
			s.lost = true
			return is, nil
		case seg.attrs&bitPredecessor != 0:
		case seg.isFileHeader():
			s.cur.pos = seg.at
			return broken, s.issue(damage.Critical, rec.at, "the record was skipped", "a record is not finished where the next logical file starts")
		case seg.kind != rec.kind || (seg.attrs&bitExplicit != 0) != rec.explicit:
			s.cur.pos = seg.at
			return broken, s.issue(damage.Major, rec.at, "the record was skipped", "a record is not finished where the next one starts")
		default:
			if err := s.issue(damage.Minor, seg.at, "taken as its continuation", "a record goes on in a segment that does not say so"); err != nil {
				return broken, err
			}
		}
		rec.size += int64(len(seg.body))
		s.scratch = append(s.scratch, seg.body[:min(len(seg.body), max(0, keep-len(s.scratch)))]...)
		if seg.attrs&bitSuccessor == 0 {
			rec.body = s.scratch
			return whole, nil
		}
	}
}

// isFileHeader tells whether a segment starts a FILE-HEADER record, and with it a logical file.
func (s *segment) isFileHeader() bool {
	return s.attrs&bitExplicit != 0 && s.attrs&bitPredecessor == 0 && s.kind == 0
}
