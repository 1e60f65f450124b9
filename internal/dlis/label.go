package dlis

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/geobfdt/geobfdt/internal/damage"
)

const (
	labelBytes = 80
	// maxGarbage is how far from its place a label, and then the first visible record, is searched.
	maxGarbage = 4096
	// minVisible is the smallest visible record that can hold a segment. The standard says 20 bytes; writers go below.
	minVisible = 8
)

// Label is a storage unit label (2.3.2).
type Label struct {
	Sequence  int    // of the storage unit in its set; 0 where it is no number
	Version   string // "V1.00"
	MaxRecord int    // longest visible record, bytes; 0 where there is no limit or no number
	Set       string // name of the storage set
}

// labelAt tells whether a storage unit label starts here.
func labelAt(b []byte) bool {
	return len(b) >= 15 && string(b[4:7]) == "V1." && string(b[9:15]) == "RECORD"
}

func parseLabel(b []byte, t texts) *Label {
	field := func(lo, hi int) string { return strings.TrimSpace(t.decode(bytes.Trim(b[lo:hi], "\x00"))) }
	l := &Label{Version: field(4, 9), Set: field(20, labelBytes)}
	l.Sequence, _ = strconv.Atoi(field(0, 4))
	l.MaxRecord, _ = strconv.Atoi(field(15, 20))
	return l
}

// visibleAt tells whether a visible record starts here (2.3.6): its length, and version 1 of the format.
func visibleAt(b []byte) bool {
	return len(b) >= 4 && b[2] == 0xff && b[3] == 1 && int(b[0])<<8|int(b[1]) >= 4
}

// plausibleVisible tells whether a visible record starts here whose first segment makes sense.
func plausibleVisible(b []byte) bool {
	if !visibleAt(b) || len(b) < minVisible {
		return false
	}
	visible, segment := int(b[0])<<8|int(b[1]), int(b[4])<<8|int(b[5])
	return visible >= minVisible && segment >= segmentHeaderBytes && segment <= visible-4
}

// findStart finds the label and the first visible record, either of which may be missing or stand behind garbage. A nil label
// and no error is a file without one; the cursor is then that of the first visible record.
func (f *File) findStart(s *scanner) error {
	start, err := s.view(0, maxGarbage+2*labelBytes)
	if err != nil {
		return err
	}
	at := 0
	label := -1
	for i := range min(len(start), maxGarbage) {
		if labelAt(start[i:]) {
			label = i
			break
		}
	}
	switch {
	case label < 0:
		err = f.log.Add(damage.Minor, 0, "storage unit", "the label is missing or damaged", "reading starts at the first visible record")
	case len(start)-label < labelBytes:
		s.cur = cursor{f.src.size, f.src.size}
		return f.log.Add(damage.Major, int64(label), "storage unit", "the file ends in its label", "it holds nothing")
	default:
		at = label
		f.Label = parseLabel(start[at:], f.texts)
		if at > 0 {
			err = f.log.Add(damage.Minor, 0, "storage unit", strconv.Itoa(at)+" bytes stand before the label", "they were skipped")
		}
		at += labelBytes
	}
	if err != nil {
		return err
	}
	if visibleAt(start[at:]) || f.Label != nil && at == len(start) {
		s.cur = cursor{int64(at), int64(at)}
		return nil
	}
	for i := at; i < len(start); i++ {
		if plausibleVisible(start[i:]) {
			s.cur = cursor{int64(i), int64(i)}
			if f.Label == nil {
				return nil
			}
			return f.log.Add(damage.Minor, int64(at), "storage unit", strconv.Itoa(i-at)+" bytes stand before the first visible record", "they were skipped")
		}
	}
	return ErrFormat
}

// Is tells from the first bytes of a file, some 8000, whether it may be DLIS.
func Is(start []byte) bool {
	if isTIF(start) {
		return true
	}
	if plausibleVisible(start) && len(start) > 8 && start[6]&bitExplicit != 0 && start[8]>>5 >= roleRedundantSet {
		return true // no label
	}
	for i := range min(len(start), maxGarbage) {
		if labelAt(start[i:]) {
			return i == 0 || len(start) > i+labelBytes+minVisible && plausibleVisible(start[i+labelBytes:])
		}
	}
	return false
}
