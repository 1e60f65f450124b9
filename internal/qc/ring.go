package qc

import "math"

// ring keeps the last rows of an image.
type ring struct {
	columns int
	kept    []row
	rows    int // pushed so far
}

type row struct {
	pixels []float32
	mask   []bool
}

func newRing(columns, size int) ring {
	r := ring{columns: columns, kept: make([]row, size)}
	for i := range r.kept {
		r.kept[i] = row{make([]float32, columns), make([]bool, columns)}
	}
	return r
}

func (r *ring) push(pixels []float32, mask []bool) {
	to := r.kept[r.rows%len(r.kept)]
	copy(to.pixels, pixels)
	copy(to.mask, mask)
	r.rows++
}

// at is the row that was pushed so many rows before the last.
func (r *ring) at(above int) row { return r.kept[(r.rows-1-above)%len(r.kept)] }

// change is the mean absolute difference of the last row to the one above, over columns seen in both; ok is false where there is none.
func (r *ring) change() (v float64, ok bool) {
	if r.rows < 2 {
		return 0, false
	}
	a, b := r.at(1), r.at(0)
	sum, n := 0.0, 0
	for j := range a.pixels {
		if a.mask[j] && b.mask[j] {
			sum += math.Abs(float64(a.pixels[j]) - float64(b.pixels[j]))
			n++
		}
	}
	return sum / float64(max(n, 1)), n > 0
}

// patch is the mean of the 3 x 3 pixels round a column of the row that was pushed so many rows before the last, round the cylinder; ok
// is false where most of them were not seen.
func (r *ring) patch(above, column int) (mean float64, ok bool) {
	left, right := column-1, column+1
	if left < 0 {
		left = r.columns - 1
	}
	if right == r.columns {
		right = 0
	}
	sum, n := 0.0, 0
	for i := above - 1; i <= above+1; i++ {
		row := r.at(i)
		for _, j := range [...]int{left, column, right} {
			if row.mask[j] {
				sum += float64(row.pixels[j])
				n++
			}
		}
	}
	return sum / float64(max(n, 1)), n > 4
}
