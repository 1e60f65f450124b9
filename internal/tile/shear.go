package tile

import (
	"fmt"
	"math"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// Shift says how many rows down each column of a dewarped tile is read: round(a cos + b sin). A sinusoid that runs along (a, b) is flat on
// it, and any other loses (a, b) from its A and B, because sinusoids add up.
func (o Options) Shift(a, b float64) []int {
	cos, sin := dip.ColumnAzimuths(o.Columns)
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

// FillSheared is Fill for a dewarped tile: row i of column j is row start + i + shift[j] of the section. It returns the share of the tile
// in which wall was seen.
func (s *Section) FillSheared(x []float32, start int, shift []int) (coverage float64) {
	rows, cols, ch := s.opt.Rows, s.opt.Columns, s.opt.Channels()
	t, _ := s.buffers.Get().(*sheared)
	if t == nil {
		t = &sheared{make([]float32, rows*cols), make([]bool, rows*cols)}
	}
	defer s.buffers.Put(t)
	seen := t.gather(s.img, s.mask, cols, start, shift)
	if s.opt.Image == ImageTile {
		zScore(x, ch, t.img, t.mask, s.std)
	}
	for c, norm := range s.channels {
		t.gather(norm, s.mask, cols, start, shift)
		for i, v := range t.img {
			x[i*ch+c] = max(-clip, min(clip, v))
		}
	}
	if s.opt.MaskChannel {
		writeMask(x[ch-1:], ch, t.mask)
	}
	return float64(seen) / float64(rows*cols)
}

// gather reads a dewarped tile of src and of the mask; what was not seen is 0. It counts what was.
func (t *sheared) gather(src []float32, mask []bool, cols, start int, shift []int) (seen int) {
	total := len(mask) / cols
	for i := range len(t.img) / cols {
		for j, s := range shift {
			k := i*cols + j
			t.img[k], t.mask[k] = 0, false
			if r := start + i + s; r >= 0 && r < total && mask[r*cols+j] {
				t.img[k], t.mask[k] = src[r*cols+j], true
				seen++
			}
		}
	}
	return seen
}

// FromTallPatch is FromPatch for a dewarped tile: the patch has pad further rows above and below, which the attitude (a, b) must not
// exceed, and the labels lose (a, b).
func FromTallPatch(log *imagelog.Log, truth []picks.Pick, opt Options, pad int, a, b float64, x []float32) ([]Label, error) {
	if err := checkPatch(log, opt, opt.Rows+2*pad, x); err != nil {
		return nil, err
	}
	if math.Hypot(a, b) > float64(pad) {
		return nil, fmt.Errorf("attitude (%g, %g) reaches beyond the %d rows around the tile", a, b, pad)
	}
	t := &sheared{make([]float32, opt.Rows*opt.Columns), make([]bool, opt.Rows*opt.Columns)}
	img := log.Pixels()
	t.gather(img, cleanMask(img, log.Mask), opt.Columns, pad, opt.Shift(a, b))
	writePatch(x, t.img, t.mask, opt)
	labels := cutLabels(truth, log, log.DepthM[pad]-opt.RowM/2, opt.Rows, opt.RowM)
	for i := range labels {
		labels[i].A -= a
		labels[i].B -= b
	}
	return labels, nil
}
