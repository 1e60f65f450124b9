package las

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math"
	"unsafe"
)

// Memory. A value takes 8 bytes and at least 2 in the file, so what a file holds is at most four times its text, if columns are made
// in their final length and words are kept in the place of the number that they are not. What a text does not pay for (declared
// curves without values, rows that lack most of theirs, endless sections) is charged to a budget of four times the text and spareBytes.
const (
	bytesPerByte = 4
	spareBytes   = 1 << 20
	setBytes     = 1 << 10 // of a data section: itself, its name, what is said of its repairs
	sectionBytes = int(unsafe.Sizeof(Section{})) + 16
	itemBytes    = int(unsafe.Sizeof(Item{})) + 16
	curveBytes   = int(unsafe.Sizeof(Curve{}))
	valueBytes   = 8
)

// extent is the size of a section: its lines that are neither blank nor comments, without the title, and their words.
type extent struct{ lines, words int32 }

// layout is what a first pass finds out of a file.
type layout struct {
	bytes    int64    // of text
	sections []extent // in file order; those behind the first maxSections are not counted
}

// measure takes the layout of a file and goes back to where it was. A stream that cannot go back has no layout.
func measure(r io.Reader) (*layout, error) {
	seeker, ok := r.(io.Seeker)
	if !ok {
		return &layout{}, nil
	}
	start, err := seeker.Seek(0, io.SeekCurrent)
	if err != nil {
		return &layout{}, nil // a pipe
	}
	text, err := decodeText(r)
	if err != nil {
		return nil, err
	}
	l := &layout{}
	// What is wrong with the file is said when its lines are read.
	for lines := newLines(text); lines.Scan(); {
		l.bytes += int64(len(lines.Bytes())) + 1
		line := bytes.TrimSpace(withoutEnd(lines.Bytes()))
		switch n := len(l.sections); {
		case len(line) == 0 || line[0] == '#':
		case line[0] == '~' && n == maxSections:
		case line[0] == '~':
			l.sections = append(l.sections, extent{})
		case n > 0 && l.sections[n-1].lines < math.MaxInt32/2 && l.sections[n-1].words < math.MaxInt32/2:
			l.sections[n-1].lines++
			l.sections[n-1].words += words(line)
		}
	}
	if _, err := seeker.Seek(start, io.SeekStart); err != nil {
		return nil, err
	}
	return l, nil
}

// section returns the extent of the section with the given number, from 1; 0 is before the first.
func (l *layout) section(number int) extent {
	if number < 1 || number > len(l.sections) {
		return extent{}
	}
	return l.sections[number-1]
}

// words counts what stands between blanks.
func words(line []byte) (n int32) {
	blank := true
	for _, c := range line {
		if isBlank(c) {
			blank = true
		} else if blank {
			blank = false
			n++
		}
	}
	return n
}

func newLines(text io.Reader) *bufio.Scanner {
	lines := bufio.NewScanner(text)
	lines.Buffer(make([]byte, 1<<16), maxLineBytes)
	return lines
}

func withoutEnd(line []byte) []byte { return bytes.TrimRight(line, "\r\n\x00\x1a") }

// budget returns what the file may take in memory, as far as is known by now.
func (p *parser) budget() int64 { return bytesPerByte*max(p.layout.bytes, p.read) + spareBytes }

// charge counts memory that is about to be taken. The error wraps ErrFormat.
func (p *parser) charge(n int) error {
	if p.spent += int64(n); p.spent > p.budget() {
		return fmt.Errorf("%w: line %d: sections, curves and missing values need more than %d times the memory of the text: export the file without what is empty",
			ErrFormat, p.number, bytesPerByte)
	}
	return nil
}
