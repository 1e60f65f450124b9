package las

import "bytes"

// splitter cuts a line of data into values. Its result is valid until the next call.
type splitter struct {
	delimiter byte // 0 for blanks
	buffer    [][]byte
}

func (s *splitter) tokens(line []byte) [][]byte {
	s.buffer = s.buffer[:0]
	if s.delimiter != 0 {
		for {
			if line = bytes.TrimLeft(line, " "); len(line) > 0 && line[0] == '"' {
				// LAS 3.0 quotes text that holds the delimiter.
				if end := bytes.IndexByte(line[1:], '"'); end >= 0 {
					s.buffer = append(s.buffer, line[1:1+end])
					line = line[end+2:]
					i := bytes.IndexByte(line, s.delimiter)
					if i < 0 {
						return s.buffer
					}
					line = line[i+1:]
					continue
				}
			}
			i := bytes.IndexByte(line, s.delimiter)
			if i < 0 {
				break
			}
			s.buffer = append(s.buffer, bytes.TrimSpace(line[:i]))
			line = line[i+1:]
		}
		s.buffer = append(s.buffer, bytes.TrimSpace(line))
		return s.buffer
	}
	for i := 0; i < len(line); {
		if isBlank(line[i]) {
			i++
			continue
		}
		start := i
		if quote := line[i]; quote == '"' || quote == '\'' {
			if end := bytes.IndexByte(line[i+1:], quote); end >= 0 {
				s.buffer = append(s.buffer, line[i+1:i+1+end])
				i += end + 2
				continue
			}
		}
		for i < len(line) && !isBlank(line[i]) {
			i++
		}
		s.buffer = append(s.buffer, line[start:i])
	}
	return s.buffer
}

// splitRunOn separates numbers that grew into each other in fixed-width columns, in a row with too few values: 7.330-19508.961 is
// two numbers; of 7.020101130.188 nobody knows where the second starts, so it becomes two missing values. minus and point tell which was needed.
func splitRunOn(tokens [][]byte) (out [][]byte, minus, point bool) {
	for _, token := range tokens {
		for {
			cut := minusInside(token)
			if cut < 0 {
				break
			}
			out = append(out, token[:cut])
			token = token[cut:]
			minus = true
		}
		if bytes.Count(token, []byte{'.'}) == 2 && !bytes.ContainsAny(token, ":/") {
			if _, ok := ParseFloat(token); !ok {
				out = append(out, []byte("NaN"), []byte("NaN"))
				point = true
				continue
			}
		}
		out = append(out, token)
	}
	return out, minus, point
}

// minusInside returns the index of a minus sign that starts a second number, or -1: one after a digit, in a token made of nothing
// but digits, points and signs.
func minusInside(token []byte) int {
	for _, c := range token {
		if (c < '0' || c > '9') && c != '.' && c != '-' {
			return -1
		}
	}
	for i := 1; i < len(token); i++ {
		if token[i] == '-' && token[i-1] >= '0' && token[i-1] <= '9' {
			return i
		}
	}
	return -1
}
