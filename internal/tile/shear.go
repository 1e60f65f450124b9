package tile

import "math"

// Shift says how many rows down each column of a dewarped tile is read: round(a cos + b sin). A sinusoid that runs along (a, b) is flat on
// it, and any other loses (a, b) from its A and B, because sinusoids add up.
func (o Options) Shift(a, b float64) []int {
	cos, sin := azimuths(o.Columns)
	s := make([]int, o.Columns)
	for j := range s {
		s[j] = int(math.Round(a*cos[j] + b*sin[j]))
	}
	return s
}

// sheared holds a dewarped tile before normalisation.
type sheared struct {
	img  []float32
	mask []bool
}

// FillSheared is Fill for a dewarped tile: row i of column j is row start + i + shift[j] of the grid. It returns the share of the tile in
// which wall was seen.
func (g *Grid) FillSheared(x []float32, start int, shift []int) (coverage float64) {
	rows, cols, ch := g.opt.Rows, g.opt.Columns, g.opt.Channels()
	t, _ := g.buffers.Get().(*sheared)
	if t == nil {
		t = &sheared{make([]float32, rows*cols), make([]bool, rows*cols)}
	}
	defer g.buffers.Put(t)
	seen := g.gather(t, g.img, start, shift)
	if g.opt.Image == ImageTile {
		zScore(x, ch, t.img, t.mask, g.std)
	}
	for c, norm := range g.channels {
		g.gather(t, norm, start, shift)
		for i, v := range t.img {
			x[i*ch+c] = max(-clip, min(clip, v))
		}
	}
	if g.opt.MaskChannel {
		writeMask(x[ch-1:], ch, t.mask)
	}
	return float64(seen) / float64(rows*cols)
}

// gather reads a dewarped tile of src and of the mask; what was not seen is 0. It counts what was.
func (g *Grid) gather(t *sheared, src []float32, start int, shift []int) (seen int) {
	cols := g.opt.Columns
	for i := range g.opt.Rows {
		for j, s := range shift {
			k := i*cols + j
			t.img[k], t.mask[k] = 0, false
			if r := start + i + s; r >= 0 && r < g.rows && g.mask[r*cols+j] {
				t.img[k], t.mask[k] = src[r*cols+j], true
				seen++
			}
		}
	}
	return seen
}
