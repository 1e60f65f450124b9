package las

import (
	"encoding/binary"
	"math"
)

// texts holds the words of a file's data. A word is a NaN among its curve's values, which says what the word is by its payload: up to
// six bytes themselves, else where in the chunks it lies, behind its length. So words need no memory beside the numbers that they are
// not, or only their own, and no string of their own.
//
//	bits 63-51  all set: a quiet NaN with its sign, which math.NaN() has not
//	bits 50-48  the length of a short word, longWord for one in the chunks, 0 for none
//	bits 47-0   the short word, its first byte lowest, or chunk << 24 + offset
type texts struct{ chunks [][]byte }

const (
	textBits       = 0xfff8 << 48
	longWord       = 7
	textChunkBytes = 1 << 14
)

// add returns the value that stands for a word, and how many bytes it took.
func (t *texts) add(word []byte) (v float64, taken int) {
	if len(word) < longWord {
		bits := uint64(textBits) | uint64(len(word))<<48
		for i, c := range word {
			bits |= uint64(c) << (8 * i)
		}
		return math.Float64frombits(bits), 0
	}
	last := len(t.chunks) - 1
	if need := len(word) + binary.MaxVarintLen32; last < 0 || cap(t.chunks[last])-len(t.chunks[last]) < need {
		taken = max(need, textChunkBytes)
		t.chunks = append(t.chunks, make([]byte, 0, taken))
		last++
	}
	chunk := t.chunks[last]
	v = math.Float64frombits(textBits | longWord<<48 | uint64(last)<<24 | uint64(len(chunk)))
	t.chunks[last] = append(binary.AppendUvarint(chunk, uint64(len(word))), word...)
	return v, taken
}

// word returns the word that a value stands for; ok is false for numbers and missing values.
func (t *texts) word(v float64) (s string, ok bool) {
	bits := math.Float64bits(v)
	n := bits >> 48 & 7
	if bits&textBits != textBits || n == 0 {
		return "", false
	}
	if n < longWord {
		var short [longWord - 1]byte
		for i := range short {
			short[i] = byte(bits >> (8 * i))
		}
		return string(short[:n]), true
	}
	chunk, at := bits>>24&(1<<24-1), bits&(1<<24-1)
	if chunk >= uint64(len(t.chunks)) || at > uint64(len(t.chunks[chunk])) {
		return "", false // a NaN that somebody else has put there
	}
	rest := t.chunks[chunk][at:]
	length, size := binary.Uvarint(rest)
	if size <= 0 || length > uint64(len(rest)-size) {
		return "", false
	}
	return string(rest[size:][:length]), true
}
