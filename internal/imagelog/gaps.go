package imagelog

// FillGaps returns a copy of an image with its gaps filled, for filters and for display; pixels and mask are
// [rows*columns] and stay as they are. Within a row a gap is bridged linearly between its valid neighbours, round the
// cylinder. A row without any valid pixel is bridged, column by column, between the filled rows above and below it.
// An image without any valid pixel gives zeros.
func FillGaps(pixels []float32, mask []bool, columns int) []float32 {
	out := make([]float32, len(pixels))
	above := -1 // last row with data
	for i := range len(pixels) / columns {
		lo, hi := i*columns, (i+1)*columns
		if !fillRow(out[lo:hi], pixels[lo:hi], mask[lo:hi]) {
			continue
		}
		bridgeRows(out, columns, above, i)
		above = i
	}
	if rows := len(pixels) / columns; above >= 0 {
		bridgeRows(out, columns, above, rows)
	}
	return out
}

// fillRow fills one row round the cylinder. It returns false, and leaves out alone, when no pixel is valid.
func fillRow(out, row []float32, mask []bool) bool {
	n := len(row)
	start := -1
	for j, ok := range mask {
		if ok {
			start = j
			break
		}
	}
	if start < 0 {
		return false
	}
	last := start
	for k := start + 1; k <= start+n; k++ {
		j := k % n
		if !mask[j] {
			continue
		}
		span := float32(k - last)
		for g := last + 1; g < k; g++ {
			t := float32(g-last) / span
			out[g%n] = row[last%n]*(1-t) + row[j]*t
		}
		out[j] = row[j]
		last = k
	}
	return true
}

// bridgeRows fills the rows strictly between above and below; -1 and the number of rows stand for "none".
func bridgeRows(out []float32, columns, above, below int) {
	rows := len(out) / columns
	for i := above + 1; i < below; i++ {
		row := out[i*columns : (i+1)*columns]
		switch {
		case above < 0:
			copy(row, out[below*columns:])
		case below >= rows:
			copy(row, out[above*columns:])
		default:
			t := float32(i-above) / float32(below-above)
			for j := range row {
				row[j] = out[above*columns+j]*(1-t) + out[below*columns+j]*t
			}
		}
	}
}
