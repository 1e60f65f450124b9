package plot

import (
	"encoding/binary"
	"hash/crc32"
	"io"
	"math"
)

// scaledPNG passes a PNG on with the size of its pixels put behind the header, so that it prints true to scale. The library's
// encoder cannot write that chunk (pHYs, PNG specification 11.3.4.3).
type scaledPNG struct {
	w    io.Writer
	seen int // bytes so far, up to the end of the header
}

// headerEnd is the length of the signature and the first chunk, IHDR.
const headerEnd = 8 + 4 + 4 + 13 + 4

func (s *scaledPNG) Write(p []byte) (int, error) {
	if s.seen >= headerEnd {
		return s.w.Write(p)
	}
	n := min(len(p), headerEnd-s.seen)
	done, err := s.w.Write(p[:n])
	s.seen += done
	if err != nil || s.seen < headerEnd {
		return done, err
	}
	perM := uint32(math.Round(pagePxPerM))
	chunk := append([]byte{0, 0, 0, 9}, "pHYs"...)
	chunk = binary.BigEndian.AppendUint32(chunk, perM)
	chunk = binary.BigEndian.AppendUint32(chunk, perM)
	chunk = append(chunk, 1) // per metre
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	if _, err := s.w.Write(chunk); err != nil {
		return done, err
	}
	rest, err := s.w.Write(p[n:])
	return done + rest, err
}
