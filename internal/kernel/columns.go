package kernel

// Columns is an image column by column, each with so many rows of zeros above and below it: what Shifts add up.
type Columns struct {
	All        []float32
	rows, room int
}

// NewColumns of zeros.
func NewColumns(columns, rows, room int) Columns {
	return Columns{make([]float32, columns*(rows+2*room)), rows, room}
}

// Resized is c with so many columns and rows and without room, in the same memory where that is enough. Its values are left over.
func (c Columns) Resized(columns, rows int) Columns {
	if n := columns * rows; n <= cap(c.All) {
		return Columns{c.All[:n], rows, 0}
	}
	return NewColumns(columns, rows, 0)
}

// Place is where a row of a column is in All; rows of the room above are negative.
func (c Columns) Place(column, row int) int { return column*(c.rows+2*c.room) + c.room + row }

// Column without its room.
func (c Columns) Column(j int) []float32 { return c.All[c.Place(j, 0):][:c.rows] }

// Shifts are places of an array from which on it is added up: the columns of an image, each where a curve takes it.
type Shifts struct {
	at   []int
	last int // the greatest
}

// NewShifts of places, none negative, which it keeps.
func NewShifts(at []int) Shifts {
	s := Shifts{at: at}
	for _, k := range at {
		if k < 0 {
			panic("kernel: negative shift")
		}
		s.last = max(s.last, k)
	}
	return s
}

// Sum sets dst[i] to the sum of src[k+i] over all places k, added up in their order. src must be as long as dst beyond the last place.
func (s Shifts) Sum(dst, src []float32) {
	_ = src[s.last:][:len(dst)] // the assembly checks nothing
	for i := sumShiftedVec(dst, src, s.at); i < len(dst); i++ {
		var sum float32
		for _, k := range s.at {
			sum += src[k+i]
		}
		dst[i] = sum
	}
}
