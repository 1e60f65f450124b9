package dlis

import (
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"sort"

	"github.com/geobfdt/geobfdt/internal/damage"
)

// tifHeaderBytes is the size of a TIF header: three little-endian 32-bit numbers, the kind of block (0 data, 1 tape mark), where
// the header before it lies, and where the next one does.
const tifHeaderBytes = 12

// tape reads a file as if it had no TIF headers.
type tape struct {
	r       io.ReaderAt
	size    int64 // bytes without headers
	tif     bool
	extents []extent
}

// extent is a stretch of data: from its logical offset to that of the next extent, it lies at physical.
type extent struct{ logical, physical int64 }

// isTIF tells whether a file starts with a TIF header: nothing before it, and behind it, perhaps after tape marks, a storage unit
// label or a visible record.
func isTIF(start []byte) bool {
	for at := 0; ; at += tifHeaderBytes {
		if len(start) < at+tifHeaderBytes {
			return at > 0
		}
		h, after := start[at:], start[at+tifHeaderBytes:]
		kind, before, next := binary.LittleEndian.Uint32(h), binary.LittleEndian.Uint32(h[4:]), binary.LittleEndian.Uint32(h[8:])
		switch end := uint32(at + tifHeaderBytes); {
		case kind > 1 || before > uint32(at):
			return false
		case kind == 1 && next != end || kind == 0 && next <= end:
			return false
		case kind == 0:
			return labelAt(after) || visibleAt(after) || len(after) == 0
		}
	}
}

// untape finds the data between the TIF headers, or all of a file that has none.
func untape(r io.ReaderAt, size int64, log *damage.Log) (t tape, err error) {
	header := make([]byte, 128)
	start, err := readAt(r, header, 0)
	if err != nil {
		return tape{}, err
	}
	if !isTIF(start) {
		return tape{r: r, size: size, extents: []extent{{0, 0}}}, nil
	}
	t = tape{r: r, tif: true}
	afterMark := false
	damaged := func(at int64, what, did string) error {
		return log.Add(damage.Critical, at, "tape image", what, did)
	}
	for at := int64(0); at < size; {
		h, err := readAt(r, header[:tifHeaderBytes], at)
		if err != nil {
			return tape{}, err
		}
		if len(h) < tifHeaderBytes {
			return t, damaged(at, "the file is cut in a TIF header", "read up to it")
		}
		kind := binary.LittleEndian.Uint32(h)
		// Offsets have 32 bits: in files beyond 4 GiB the upper bits are those of the header's own place.
		next := at&^0xffffffff | int64(binary.LittleEndian.Uint32(h[8:]))
		if next < at && at-next > 1<<31 {
			next += 1 << 32
		}
		if next < at+tifHeaderBytes || kind > 1 {
			if afterMark && !slices.ContainsFunc(h, func(b byte) bool { return b != 0 }) {
				return t, log.Add(damage.Minor, at, "tape image", "zeros follow the last tape mark", "taken as the end of the file")
			}
			return t, damaged(at, "a TIF header is damaged", "read up to it")
		}
		if kind == 0 && at+tifHeaderBytes < min(next, size) {
			t.extents = append(t.extents, extent{t.size, at + tifHeaderBytes})
			t.size += min(next, size) - at - tifHeaderBytes
		}
		if next > size {
			return t, damaged(at, "the file is cut in a TIF block", "read up to it")
		}
		afterMark = kind == 1
		at = next
	}
	return t, nil
}

// readAt fills b as far as the file goes.
func readAt(r io.ReaderAt, b []byte, at int64) ([]byte, error) {
	n, err := r.ReadAt(b, at)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return b[:n], nil
}

// ReadAt fills b from a logical offset, as far as the data goes.
func (t *tape) readAt(b []byte, at int64) ([]byte, error) {
	b = b[:max(0, min(int64(len(b)), t.size-at))]
	i := sort.Search(len(t.extents), func(i int) bool { return t.extents[i].logical > at }) - 1
	for done := 0; done < len(b); i++ {
		e, end := t.extents[i], t.size
		if i+1 < len(t.extents) {
			end = t.extents[i+1].logical
		}
		from := at + int64(done)
		part := b[done:min(int64(len(b)), int64(done)+end-from)]
		got, err := readAt(t.r, part, e.physical+from-e.logical)
		if err != nil {
			return nil, err
		}
		done += len(got)
		if len(got) < len(part) { // the file is shorter than it was
			return b[:done], nil
		}
	}
	return b, nil
}
