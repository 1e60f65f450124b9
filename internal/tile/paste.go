package tile

import (
	"math"
	"math/rand/v2"
)

// Pasting, after the "copy-paste" augmentation of instance segmentation (Ghiasi et al. 2021, arXiv 2012.07177), along a curve.
const (
	pasteBandM  = 0.04 // half height of the band copied along the sinusoid, metres
	pasteTries  = 8    // random places that are looked at
	pasteShare  = 0.25 // least share of the columns in which the pasted sinusoid must be seen
	pasteSolid  = 0.5  // inner share of the band that is copied outright; the rest fades
	pasteFreeBy = 1.5  // least distance between sinusoids, in half bands
)

// paste copies the neighbourhood of a random labelled sinusoid of the donor into a free place of x, at a random depth and roll,
// and returns the labels with the new one. Gaps of either tile stay gaps. Where no free place is found nothing changes.
func (a *Augmenter) paste(rng *rand.Rand, x []float32, labels []Label, donor *Sample) []Label {
	if donor == nil || len(donor.Labels) == 0 {
		return labels
	}
	src, ok := donor.X.Data().([]float32)
	if !ok || len(src) != len(x) || len(x) != a.opt.Size() {
		return labels
	}
	rows, cols := a.opt.Rows, a.opt.Columns
	from := donor.Labels[rng.IntN(len(donor.Labels))]
	half := max(2, pasteBandM/a.opt.RowM)
	for range pasteTries {
		shift, roll := a.drawShift(rng, from.D), rng.IntN(cols)
		s, c := math.Sincos(2 * math.Pi * float64(roll) / float64(cols))
		to := Label{Class: from.Class, D: from.D + float64(shift), A: from.A*c - from.B*s, B: from.A*s + from.B*c}
		if !(to.D >= 0 && to.D < float64(rows)) || !a.free(to, labels, pasteFreeBy*half) {
			continue
		}
		if seen := a.seenBoth(x, src, to, shift, roll); float64(seen) < pasteShare*float64(cols) {
			continue
		}
		a.copyBand(x, src, to, shift, roll, half)
		return append(labels, to)
	}
	return labels
}

// drawShift draws a whole number of rows that leaves midline d inside the tile.
func (a *Augmenter) drawShift(rng *rand.Rand, d float64) int {
	return rng.IntN(a.opt.Rows) - int(math.Floor(d))
}

// free tells whether the sinusoid keeps its distance from all labels in every column.
func (a *Augmenter) free(l Label, labels []Label, rows float64) bool {
	for _, o := range labels {
		for j := range a.opt.Columns {
			if math.Abs(l.D-o.D+(l.A-o.A)*a.cos[j]+(l.B-o.B)*a.sin[j]) < rows {
				return false
			}
		}
	}
	return true
}

// seenBoth counts the columns in which the pasted sinusoid is valid in both tiles.
func (a *Augmenter) seenBoth(x, src []float32, to Label, shift, roll int) int {
	n := 0
	for j := range a.opt.Columns {
		p, ok := a.pixelAt(to, j)
		if !ok || !a.valid(x, p) {
			continue
		}
		if q, ok := a.source(p/a.opt.Columns, j, shift, roll); ok && a.valid(src, q) {
			n++
		}
	}
	return n
}

// source is the donor's pixel for row i and column j of the tile pasted into.
func (a *Augmenter) source(i, j, shift, roll int) (int, bool) {
	i -= shift
	if i < 0 || i >= a.opt.Rows {
		return 0, false
	}
	return i*a.opt.Columns + (j-roll+a.opt.Columns)%a.opt.Columns, true
}

// copyBand blends the donor's band into x, outright near the curve and fading to the band's edge. The donor's level is moved to
// that of the place, so that no seam marks the band.
func (a *Augmenter) copyBand(x, src []float32, to Label, shift, roll int, half float64) {
	ch := a.opt.Channels()
	for c := range a.images() {
		var diff, n float64
		a.eachBandPixel(x, src, to, shift, roll, half, func(p, q int, w float64) {
			diff += float64(x[p*ch+c] - src[q*ch+c])
			n++
		})
		if n == 0 {
			return
		}
		level := diff / n
		a.eachBandPixel(x, src, to, shift, roll, half, func(p, q int, w float64) {
			v := (1-w)*float64(x[p*ch+c]) + w*(float64(src[q*ch+c])+level)
			x[p*ch+c] = float32(max(-clip, min(clip, v)))
		})
	}
}

// eachBandPixel visits the pixels p of the tile within half rows of the curve that are valid in both tiles, with the donor's
// pixel q and the weight w of the donor.
func (a *Augmenter) eachBandPixel(x, src []float32, to Label, shift, roll int, half float64, visit func(p, q int, w float64)) {
	for j := range a.opt.Columns {
		u := to.D + to.A*a.cos[j] + to.B*a.sin[j] - 0.5
		if math.Abs(u) > 1e9 {
			continue
		}
		lo, hi := max(0, int(math.Ceil(u-half))), min(a.opt.Rows-1, int(math.Floor(u+half)))
		for i := lo; i <= hi; i++ {
			p := i*a.opt.Columns + j
			q, ok := a.source(i, j, shift, roll)
			if !ok || !a.valid(x, p) || !a.valid(src, q) {
				continue
			}
			fade := (math.Abs(float64(i)-u)/half - pasteSolid) / (1 - pasteSolid)
			visit(p, q, 0.5+0.5*math.Cos(math.Pi*max(0, min(1, fade))))
		}
	}
}
