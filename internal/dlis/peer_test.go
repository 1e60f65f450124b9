package dlis

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/damage"
	"github.com/geobfdt/geobfdt/internal/shareddata"
)

// The tests of this file and of peer_*_test.go read the test files of dlisio (https://github.com/equinor/dlisio), and compare with
// what its own tests and the README.rst beside each file expect. Each case stands for one of those files, or for several
// fragments (*.part) joined in the order in which they are named.

// peerCase is what the peer expects of a file.
type peerCase struct {
	name  string // of the file, or of the first fragment that matters
	parts string // names of the fragments, without folder ends; empty for a whole file
	join  joinMode
	opt   Options
	// check returns how the file differs from what is expected, "" where it does not. file is nil where Open failed with err.
	check func(file *File, err error) string
	// differs is why geobfdt differs on purpose: check then holds what the peer expects, and must fail. docs/dlis.md lists these.
	differs string
}

type joinMode int

const (
	wholeFile  joinMode = iota
	oneRecord           // the fragments make up one logical record
	manyRecord          // each fragment after the first is a logical record
)

// load reads the bytes of a case.
func (c *peerCase) load(t testing.TB) []byte {
	t.Helper()
	const root = "dlis/dlisio/"
	if c.join == wholeFile {
		return shareddata.Bytes(t, root+c.name)
	}
	var all []byte
	for i, part := range strings.Fields(c.parts) {
		if !strings.HasSuffix(part, ".part") {
			part += ".dlis.part"
		}
		data := shareddata.Bytes(t, root+part)
		if c.join == manyRecord && i > 0 {
			data = fixSegment(data, 0)
		}
		all = append(all, data...)
	}
	if c.join == oneRecord {
		all = fixSegment(all, 84)
	}
	length := len(all) - 80
	all[80], all[81] = byte(length>>8), byte(length)
	return all
}

// fixSegment sets the length of the segment that starts at a place, and pads it to at least 16 bytes and an even length unless it
// says that it is padded.
func fixSegment(b []byte, at int) []byte {
	b = bytes.Clone(b)
	if b[at+2]&bitPadding == 0 {
		padding := max(0, 20-(len(b)-at))
		padding += (len(b) + padding) % 2
		if padding > 0 {
			b[at+2] |= bitPadding
			for range padding {
				b = append(b, byte(padding))
			}
		}
	}
	length := len(b) - at
	b[at], b[at+1] = byte(length>>8), byte(length)
	return b
}

// run runs cases, and counts how many agree.
func run(t *testing.T, what string, cases []peerCase) {
	t.Helper()
	docs, err := os.ReadFile(filepath.Join("..", "..", "docs", "dlis.md"))
	if err != nil {
		t.Fatal(err)
	}
	agree := 0
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			data := c.load(t)
			file, err := Open(bytes.NewReader(data), int64(len(data)), c.opt)
			difference := c.check(file, err)
			switch {
			case c.differs == "" && difference == "":
				agree++
			case c.differs == "":
				t.Error(difference)
			case difference == "":
				t.Errorf("agrees with the peer by now, though it should not: %s", c.differs)
			case !bytes.Contains(docs, []byte(filepath.Base(c.name))):
				t.Errorf("differs from the peer, and docs/dlis.md does not list it: %s", c.differs)
			}
		})
	}
	t.Logf("%s: %d of %d cases agree with the peer", what, agree, len(cases))
}

// equal compares by the printed form, which is exact for everything that the cases hold.
func equal(got, want any) string {
	if g, w := fmt.Sprintf("%v", got), fmt.Sprintf("%v", want); g != w {
		return fmt.Sprintf("got %s, want %s", g, w)
	}
	return ""
}

// first returns the first difference.
func first(differences ...string) string {
	for _, d := range differences {
		if d != "" {
			return d
		}
	}
	return ""
}

// readAll reads everything there is in a file.
func readAll(f *File) error {
	var all []error
	add := func(err error) {
		if err != nil {
			all = append(all, err)
		}
	}
	for _, l := range f.LogicalFiles {
		objects, err := l.Objects("")
		add(err)
		for _, o := range objects {
			for _, label := range o.Labels() {
				if a, ok := o.Attribute(label); ok {
					_, err := a.Values()
					add(err)
				}
			}
		}
		frames, err := l.Frames()
		add(err)
		for _, frame := range frames {
			if frame.Records == 0 {
				continue
			}
			rows, err := frame.Rows()
			if err != nil {
				add(err)
				continue
			}
			for rows.Next() {
				for i := range frame.Channels {
					rows.Values(i)
					rows.Float32s(nil, i)
					rows.Float64(i)
				}
			}
			add(rows.Err())
		}
	}
	return errors.Join(all...)
}

// loads expects a number of logical files that can be read without an error.
func loads(files int) func(*File, error) string {
	return func(f *File, err error) string {
		if err != nil {
			return err.Error()
		}
		if err := readAll(f); err != nil {
			return err.Error()
		}
		return equal(len(f.LogicalFiles), files)
	}
}

// fails expects an error that contains a text, at once or when everything is read.
func fails(text string) func(*File, error) string {
	return func(f *File, err error) string {
		if err == nil {
			err = readAll(f)
		}
		switch {
		case err == nil:
			return "no error"
		case !strings.Contains(err.Error(), text):
			return fmt.Sprintf("error %q does not say %q", err, text)
		}
		return ""
	}
}

// says expects a kept issue of a severity.
func says(f *File, severity damage.Severity, text string) string {
	for _, i := range f.Issues() {
		if i.Severity == severity && strings.Contains(i.String(), text) {
			return ""
		}
	}
	return fmt.Sprintf("no %s issue says %q: %v", severity, text, f.Issues())
}

// with runs a check on a file that opens.
func with(check func(f *File) string) func(*File, error) string {
	return func(f *File, err error) string {
		if err != nil {
			return err.Error()
		}
		return check(f)
	}
}

// object returns the only object of a type and name in a logical file, or nil.
func object(f *File, file int, typ, id string) *Object {
	if file >= len(f.LogicalFiles) {
		return nil
	}
	objects, _ := f.LogicalFiles[file].Objects(typ)
	var found *Object
	for _, o := range objects {
		if o.Name.ID != id {
			continue
		}
		if found != nil {
			return nil
		}
		found = o
	}
	return found
}

// attribute returns what Values does, or the error.
func attribute(o *Object, label string) any {
	if o == nil {
		return "no such object"
	}
	a, ok := o.Attribute(label)
	if !ok {
		return "absent"
	}
	values, err := a.Values()
	if err != nil {
		return err
	}
	if values == nil {
		return "none"
	}
	return values
}

// count returns how many objects there are of a type, all for "", or -1 for an error.
func count(f *File, file int, typ string) int {
	if file >= len(f.LogicalFiles) {
		return -1
	}
	objects, err := f.LogicalFiles[file].Objects(typ)
	if err != nil {
		return -1
	}
	return len(objects)
}
