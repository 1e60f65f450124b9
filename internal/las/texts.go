package las

import "math"

// texts holds a column's values as text, from the first that is no number on. The strings lie in one buffer: a file of short words
// would cost many times its size as strings.
type texts struct {
	first int // row of the first text
	data  []byte
	ends  []uint32
}

// add appends the text of the next row.
func (t *texts) add(row int, token string) {
	if t.ends == nil {
		t.first = row
	}
	if len(t.data)+len(token) <= math.MaxUint32 {
		t.data = append(t.data, token...)
	}
	t.ends = append(t.ends, uint32(len(t.data)))
}

// at returns the text of a row; ok is false for rows before the first text and past the end.
func (t *texts) at(row int) (s string, ok bool) {
	i := row - t.first
	if i < 0 || i >= len(t.ends) {
		return "", false
	}
	start := uint32(0)
	if i > 0 {
		start = t.ends[i-1]
	}
	return string(t.data[start:t.ends[i]]), true
}
