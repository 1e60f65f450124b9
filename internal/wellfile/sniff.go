package wellfile

import (
	"bytes"
	"encoding/binary"
	"path/filepath"
	"strings"

	"github.com/geobfdt/geobfdt/internal/dlis"
	"github.com/geobfdt/geobfdt/internal/npz"
	"github.com/geobfdt/geobfdt/internal/raster"
)

type format int

const (
	formatUnknown format = iota
	formatNPZ
	formatNPY
	formatPicture
	formatLAS
	formatTable
	formatDLIS
	formatLIS
	formatGzip
)

func (f format) name() string {
	return [...]string{"", "NPZ", "NPY", "picture", "LAS", "table", "DLIS", "LIS79", "gzip"}[f]
}

// sniffBytes is how much of a file sniff wants to see.
const sniffBytes = 8192

// sniff tells a file's format from its first bytes, and for text that could be several things from its name.
func sniff(start []byte, name string) format {
	switch {
	case bytes.HasPrefix(start, []byte("PK\x03\x04")), bytes.HasPrefix(start, []byte("PK\x05\x06")):
		return formatNPZ
	case bytes.HasPrefix(start, []byte(npz.Magic)):
		return formatNPY
	case raster.IsPicture(start):
		return formatPicture
	case bytes.HasPrefix(start, []byte("\x1f\x8b")):
		return formatGzip
	case isLAS(start):
		return formatLAS
	case dlis.Is(start):
		return formatDLIS
	case isTape(start, isLIS):
		return formatLIS
	case !isText(start):
		return formatUnknown
	}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".las":
		return formatLAS // without any section: its reader says what is wrong
	case ".csv", ".txt", ".tsv", ".dat", ".asc", ".prn":
		return formatTable
	}
	if line := firstLine(start); bytes.ContainsAny(line, ",;\t ") && bytes.ContainsAny(start, "0123456789") {
		return formatTable
	}
	return formatUnknown
}

// isLAS finds a line that starts a section in the first lines of a text, UTF-16 included.
func isLAS(start []byte) bool {
	text := bytes.TrimLeft(bytes.ReplaceAll(start, []byte{0}, nil), "\xef\xbb\xbf\xff\xfe")
	for line := range bytes.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		line = bytes.TrimSpace(line)
		if len(line) > 1 && line[0] == '~' {
			return strings.ContainsRune("VWCPOA", rune(line[1]&^0x20))
		}
		if len(line) > 0 && line[0] != '#' {
			return false
		}
	}
	return false
}

// isLIS recognises LIS79: a physical record that holds a file, tape or reel header.
func isLIS(start []byte) bool {
	if len(start) < 6 {
		return false
	}
	length := binary.BigEndian.Uint16(start)
	kind := start[4]
	return length >= 62 && length <= 1024 && (kind == 128 || kind == 130 || kind == 132) && start[5] == 0
}

// isTape tries a file as it is and behind a tape image (TIF) header: type 0, no previous record, offset of the next one.
func isTape(start []byte, is func([]byte) bool) bool {
	if is(start) {
		return true
	}
	return len(start) > 12 && bytes.Equal(start[:8], make([]byte, 8)) && is(start[12:])
}

// isText tells whether there are no control characters but blanks; text in old eight-bit encodings passes.
func isText(start []byte) bool {
	return !bytes.ContainsFunc(start, func(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' && r != '\f' })
}

func firstLine(start []byte) []byte {
	for line := range bytes.Lines(start) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			return line
		}
	}
	return nil
}
