package dlis

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
)

// texts turns the bytes of a text into UTF-8. RP66 allows ASCII only, but files hold degree signs and names in whatever code page
// the writer had.
type texts []encoding.Encoding

// newTexts looks up encodings by their WHATWG names or aliases: windows-1252, latin1, koi8-r, windows-1251, shift_jis.
func newTexts(names []string) (texts, error) {
	var t texts
	for _, name := range names {
		e, err := htmlindex.Get(name)
		if err != nil {
			return nil, fmt.Errorf("unknown text encoding %q; known are windows-1252, koi8-r, windows-1251, gbk and others", name)
		}
		t = append(t, e)
	}
	return t, nil
}

// decode returns b as it is where it is UTF-8, else by the first encoding that has a character for every byte, else as the bytes
// are.
func (t texts) decode(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	for _, e := range t {
		out, err := e.NewDecoder().Bytes(b)
		if err == nil && utf8.Valid(out) && !strings.ContainsRune(string(out), utf8.RuneError) {
			return string(out)
		}
	}
	return string(b)
}
