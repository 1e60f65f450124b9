package las

import "bytes"

// splitter cuts lines of data into values at a delimiter, 0 for blanks.
type splitter struct{ delimiter byte }

func (s splitter) tokens(line []byte) tokens { return tokens{rest: line, delimiter: s.delimiter} }

// tokens are the values of a line, to be taken one by one; a copy starts where it was made.
type tokens struct {
	rest      []byte
	delimiter byte
	done      bool

	separate bool   // numbers that grew into each other, see runsOn
	piece    []byte // what is left of such a token
	missing  bool   // the second of two missing values comes next
}

// next returns the next value, or false behind the last.
func (t *tokens) next() ([]byte, bool) {
	if t.separate {
		return t.separated()
	}
	return t.raw()
}

func (t *tokens) raw() ([]byte, bool) {
	if t.delimiter != 0 {
		return t.delimited()
	}
	line, i := t.rest, 0
	for i < len(line) && isBlank(line[i]) {
		i++
	}
	if i == len(line) {
		t.rest = nil
		return nil, false
	}
	start := i
	if quote := line[i]; quote == '"' || quote == '\'' {
		if end := bytes.IndexByte(line[i+1:], quote); end >= 0 {
			t.rest = line[i+end+2:]
			return line[i+1 : i+1+end], true
		}
	}
	for i < len(line) && !isBlank(line[i]) {
		i++
	}
	t.rest = line[i:]
	return line[start:i], true
}

func (t *tokens) delimited() (token []byte, ok bool) {
	if t.done {
		return nil, false
	}
	line, quoted := bytes.TrimLeft(t.rest, " "), false
	if len(line) > 0 && line[0] == '"' {
		// LAS 3.0 quotes text that holds the delimiter.
		if end := bytes.IndexByte(line[1:], '"'); end >= 0 {
			token, line, quoted = line[1:1+end], line[end+2:], true
		}
	}
	end := bytes.IndexByte(line, t.delimiter)
	if end < 0 {
		t.done, end = true, len(line)
	} else {
		t.rest = line[end+1:]
	}
	if !quoted {
		token = bytes.TrimSpace(line[:end])
	}
	return token, true
}

func (t tokens) count() (n int) {
	for _, ok := t.next(); ok; _, ok = t.next() {
		n++
	}
	return n
}

// runsOn tells whether there are numbers that grew into each other in fixed-width columns: 7.330-19508.961 is two numbers, separated
// by the minus; of 7.020101130.188 nobody knows where the second starts, so it becomes two missing values.
func (t tokens) runsOn() (minus, point bool) {
	for token, ok := t.raw(); ok; token, ok = t.raw() {
		for at := minusInside(token); at > 0; at = nextMinus(token) {
			token, minus = token[at:], true
		}
		point = point || pointTwice(token)
	}
	return minus, point
}

// separated is next for a row with such numbers.
func (t *tokens) separated() ([]byte, bool) {
	if t.missing {
		t.missing = false
		return missingValue, true
	}
	token, at := t.piece, 0
	if token != nil {
		at = nextMinus(token)
	} else {
		var ok bool
		if token, ok = t.raw(); !ok {
			return nil, false
		}
		at = minusInside(token)
	}
	if t.piece = nil; at > 0 {
		t.piece = token[at:]
		return token[:at], true
	}
	if pointTwice(token) {
		t.missing = true
		return missingValue, true
	}
	return token, true
}

var missingValue = []byte("NaN")

// minusInside returns the index of the first minus sign that starts a second number, or 0: one after a digit, in a token made of
// nothing but digits, points and signs.
func minusInside(token []byte) int {
	for _, c := range token {
		if (c < '0' || c > '9') && c != '.' && c != '-' {
			return 0
		}
	}
	return nextMinus(token)
}

// nextMinus is minusInside for the rest of such a token.
func nextMinus(token []byte) int {
	for i := 1; i < len(token); i++ {
		if token[i] == '-' && token[i-1] >= '0' && token[i-1] <= '9' {
			return i
		}
	}
	return 0
}

// pointTwice recognises two numbers run together at no sign.
func pointTwice(token []byte) bool {
	if bytes.Count(token, []byte{'.'}) != 2 || bytes.ContainsAny(token, ":/") {
		return false
	}
	_, ok := ParseFloat(token)
	return !ok
}
