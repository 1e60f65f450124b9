package las

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// sniffBytes is how much of a file decides its encoding and line endings.
const sniffBytes = 1 << 16

// decodeText returns the file as bytes with LF or CRLF line ends: UTF-16 becomes UTF-8, byte order marks go, and the lone CR of
// old Macs becomes LF. Eight-bit text stays as it is; see charset.
func decodeText(r io.Reader) (io.Reader, error) {
	buffered := bufio.NewReaderSize(r, sniffBytes)
	start, err := buffered.Peek(sniffBytes)
	if err != nil && err != io.EOF {
		return nil, err
	}
	var out io.Reader = buffered
	if order, ok := utf16Order(start); ok {
		out = transform.NewReader(buffered, unicode.UTF16(order, unicode.UseBOM).NewDecoder())
	} else if bytes.HasPrefix(start, []byte("\xef\xbb\xbf")) {
		if _, err := buffered.Discard(3); err != nil {
			return nil, err
		}
	}
	if bytes.IndexByte(start, '\n') < 0 && bytes.IndexByte(start, '\r') >= 0 {
		out = crToLF{out}
	}
	return out, nil
}

// utf16Order recognises UTF-16 by its byte order mark, or by the zero bytes beside the first characters, which are ASCII.
func utf16Order(start []byte) (unicode.Endianness, bool) {
	if len(start) < 4 {
		return unicode.LittleEndian, false
	}
	switch {
	case start[0] == 0xff && start[1] == 0xfe, start[0] != 0 && start[1] == 0 && start[3] == 0:
		return unicode.LittleEndian, true
	case start[0] == 0xfe && start[1] == 0xff, start[0] == 0 && start[1] != 0 && start[2] == 0:
		return unicode.BigEndian, true
	}
	return unicode.LittleEndian, false
}

type crToLF struct{ r io.Reader }

func (c crToLF) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	for i, b := range p[:n] {
		if b == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

// charset turns text into UTF-8.
type charset struct {
	decoders []*encoding.Decoder
	buffer   []byte
}

// newCharset looks up encodings by the names of the WHATWG encoding standard.
func newCharset(names []string) (charset, error) {
	var out charset
	for _, name := range names {
		e, err := htmlindex.Get(name)
		if err != nil {
			return charset{}, fmt.Errorf("unknown encoding %q: use names such as windows-1251, koi8-r, iso-8859-1", name)
		}
		out.decoders = append(out.decoders, e.NewDecoder())
	}
	out.decoders = append(out.decoders, charmap.Windows1252.NewDecoder())
	return out, nil
}

// text is utf8 as a string.
func (c *charset) text(line []byte) string { return string(c.utf8(line)) }

// utf8 returns a line or a value as UTF-8 without blanks around it: as it is if it is UTF-8, else by the first encoding that fits;
// the last is Windows-1252, of which Latin-1 is a part. The result is valid until the next call.
func (c *charset) utf8(line []byte) []byte {
	if utf8.Valid(line) {
		return bytes.TrimSpace(line)
	}
	if most := utf8.UTFMax*len(line) + 16; len(c.buffer) < most { // 16: an encoding may end with a sequence that stands for nothing
		c.buffer = make([]byte, most)
	}
	for _, d := range c.decoders {
		d.Reset()
		if n, _, err := d.Transform(c.buffer, line, true); err == nil && !bytes.ContainsRune(c.buffer[:n], utf8.RuneError) {
			return bytes.TrimSpace(c.buffer[:n])
		}
	}
	return bytes.TrimSpace(bytes.ToValidUTF8(line, []byte("\ufffd")))
}
