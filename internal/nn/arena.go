package nn

import (
	"cmp"
	"slices"
)

// value is what a graph knows of the storage of an Image or a Mat.
type value struct {
	data     *[]float32 // the tensor's Data
	size     int        // floats
	own      bool       // shares its memory with no other: an input, or padding that must stay zero
	constant bool       // follows from parameters alone

	reuse       bool // its storage is planned: Data is nil until then
	first, last int  // operations that write it and that read it last
	offset      int  // in the arena
}

// shared says that the value's memory also holds others, so that nothing in it lasts from pass to pass.
func (v *value) shared() bool { return v.reuse && !v.own && !v.constant }

// place gives values offsets in one array so that no two that live at the same time overlap, and returns the array's length:
// largest first, each at the lowest offset that is free (Y. Pisarchyk and J. Lee, Efficient memory management for deep neural net
// inference, 2020).
func place(values []*value) (length int) {
	const line = 16 // floats; every value begins on a cache line of its own
	order := slices.Clone(values)
	slices.SortStableFunc(order, func(a, b *value) int { return cmp.Compare(b.size, a.size) })
	var placed []*value // by offset
	for _, v := range order {
		v.offset = 0
		for _, p := range placed {
			if p.first > v.last || v.first > p.last {
				continue
			}
			if v.offset+v.size <= p.offset {
				break
			}
			v.offset = max(v.offset, (p.offset+p.size+line-1)/line*line)
		}
		length = max(length, v.offset+v.size)
		at, _ := slices.BinarySearchFunc(placed, v.offset, func(p *value, o int) int { return cmp.Compare(p.offset, o) })
		placed = slices.Insert(placed, at, v)
	}
	return length
}

// aligned makes n floats that begin on a cache line of 64 bytes.
func aligned(n int) []float32 {
	const line = 64
	s := make([]float32, n+line/f32)
	skip := (line - int(uintptr(at(s, 0))%line)) % line / f32
	return s[skip:][:n:n]
}
