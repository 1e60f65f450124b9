package tile

import "math"

// Roll turns a tile by k columns towards larger azimuth, in place: column j moves to (j+k) mod cols and every azimuth grows by
// k * 360/cols degrees. x is [rows, cols, ch], ch channels last.
func Roll(x []float32, labels []Label, rows, cols, ch, k int) {
	k = ((k % cols) + cols) % cols
	if k == 0 {
		return
	}
	stride := cols * ch
	kept := make([]float32, k*ch)
	for i := range rows {
		row := x[i*stride : (i+1)*stride]
		copy(kept, row[stride-k*ch:])
		copy(row[k*ch:], row[:stride-k*ch])
		copy(row, kept)
	}
	s, c := math.Sincos(2 * math.Pi * float64(k) / float64(cols))
	for i, l := range labels {
		labels[i].A = l.A*c - l.B*s
		labels[i].B = l.A*s + l.B*c
	}
}

// Mirror reflects a tile in azimuth, in place: column j swaps with cols-1-j and azimuth becomes -azimuth.
func Mirror(x []float32, labels []Label, rows, cols, ch int) {
	for i := range rows {
		row := x[i*cols*ch : (i+1)*cols*ch]
		for lo, hi := 0, cols-1; lo < hi; lo, hi = lo+1, hi-1 {
			for c := range ch {
				row[lo*ch+c], row[hi*ch+c] = row[hi*ch+c], row[lo*ch+c]
			}
		}
	}
	for i := range labels {
		labels[i].B = -labels[i].B
	}
}

// Flip turns a tile upside down, in place: row i swaps with rows-1-i, the midline moves to rows - D, and the azimuth of dip turns
// by 180 degrees. A midline exactly on the top edge ends just inside the bottom edge, so that it stays in the tile.
func Flip(x []float32, labels []Label, rows, cols, ch int) {
	stride := cols * ch
	kept := make([]float32, stride)
	for lo, hi := 0, rows-1; lo < hi; lo, hi = lo+1, hi-1 {
		a, b := x[lo*stride:(lo+1)*stride], x[hi*stride:(hi+1)*stride]
		copy(kept, a)
		copy(a, b)
		copy(b, kept)
	}
	bottom := float64(rows)
	for i, l := range labels {
		labels[i].D = min(bottom-l.D, math.Nextafter(bottom, 0))
		labels[i].A, labels[i].B = -l.A, -l.B
	}
}
