package lis

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
)

// texts turns the bytes of names and values into UTF-8.
type texts struct{ encodings []encoding.Encoding }

func newTexts(names []string) (texts, error) {
	var t texts
	for _, name := range names {
		e, err := htmlindex.Get(name)
		if err != nil {
			return t, fmt.Errorf("unknown encoding %q: use names such as koi8-r, windows-1252, iso-8859-1", name)
		}
		t.encodings = append(t.encodings, e)
	}
	return t, nil
}

// decode returns text as it is if it is UTF-8 (of which ASCII is a part), else by the first encoding that fits, else as Latin-1.
func (t texts) decode(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	for _, e := range t.encodings {
		if s, err := e.NewDecoder().Bytes(b); err == nil && !strings.ContainsRune(string(s), utf8.RuneError) {
			return string(s)
		}
	}
	s, err := charmap.ISO8859_1.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "?")
	}
	return string(s)
}

// name decodes a padded field.
func (t texts) name(b []byte) string { return strings.Trim(t.decode(b), " \x00") }
