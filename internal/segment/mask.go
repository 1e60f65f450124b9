package segment

import (
	"math"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// Classes counts the channels of a mask, numbered as dip.Class.
const Classes = int(dip.NumClasses)

// Draw sets the pixels of a mask [rows, cols, Classes] through which the traces of the labels run, and leaves the others as they are. A
// pixel is on a trace where its centre lies within halfRows, along depth, of what the curve sweeps within the pixel's column, so that
// steep traces have no holes either. Curves may begin and end outside the mask.
func Draw(mask []float32, labels []tile.Label, rows, cols int, halfRows float64) {
	half := math.Pi / float64(cols)
	for _, l := range labels {
		for j := range cols {
			phi := (2*float64(j) + 1) * half
			lo, hi := math.Inf(1), math.Inf(-1)
			for _, p := range [...]float64{phi - half, phi, phi + half} {
				s, c := math.Sincos(p)
				u := l.D + l.A*c + l.B*s
				lo, hi = min(lo, u), max(hi, u)
			}
			first := max(0, math.Ceil(lo-halfRows-0.5))
			last := min(float64(rows-1), math.Floor(hi+halfRows-0.5))
			if !(first <= last) { // also where the label is not finite
				continue
			}
			for i := int(first); i <= int(last); i++ {
				mask[(i*cols+j)*Classes+int(l.Class)] = 1
			}
		}
	}
}

// seenPixels tells which pixels of a tile [rows, cols, channels] show wall: by the mask channel, or, without one, by an image that is not
// exactly 0.
func seenPixels(seen []bool, x []float32, t tile.Options) {
	ch := t.Channels()
	for p := range seen {
		v := x[p*ch : (p+1)*ch]
		if t.MaskChannel {
			seen[p] = v[ch-1] > 0.5
			continue
		}
		seen[p] = false
		for _, w := range v {
			seen[p] = seen[p] || w != 0
		}
	}
}

// Counts compares a mask with the true one, pixel by pixel.
type Counts struct {
	Hits   int `json:"hits"`   // on a trace in both
	False  int `json:"false"`  // in ours only
	Missed int `json:"missed"` // in the truth only
}

// Add pools.
func (c *Counts) Add(o Counts) {
	c.Hits, c.False, c.Missed = c.Hits+o.Hits, c.False+o.False, c.Missed+o.Missed
}

// IoU is the intersection over the union (Jaccard index); NaN where neither mask has a pixel.
func (c Counts) IoU() float64 { return ratio(c.Hits, c.Hits+c.False+c.Missed) }

// F1 is twice the intersection over the sum (Dice coefficient); NaN where neither mask has a pixel.
func (c Counts) F1() float64 { return ratio(2*c.Hits, 2*c.Hits+c.False+c.Missed) }

func ratio(a, b int) float64 {
	if b == 0 {
		return math.NaN()
	}
	return float64(a) / float64(b)
}

// MaskCounts are the counts of each class, and of the masks of any class: a pixel of those is on a trace whatever its class.
type MaskCounts struct {
	Class [Classes]Counts `json:"class"`
	Any   Counts          `json:"any"`
}

// Add pools.
func (m *MaskCounts) Add(o MaskCounts) {
	for k := range m.Class {
		m.Class[k].Add(o.Class[k])
	}
	m.Any.Add(o.Any)
}

// Compare counts the seen pixels of a mask of probabilities, at a threshold, against the true mask; both [pixels, Classes].
func Compare(p, truth []float32, seen []bool, threshold float64) (m MaskCounts) {
	least := float32(threshold)
	count := func(c *Counts, ours, theirs bool) {
		switch {
		case ours && theirs:
			c.Hits++
		case ours:
			c.False++
		case theirs:
			c.Missed++
		}
	}
	for i, s := range seen {
		if !s {
			continue
		}
		ours, theirs := false, false
		for k := range Classes {
			a, b := p[i*Classes+k] >= least, truth[i*Classes+k] > 0.5
			count(&m.Class[k], a, b)
			ours, theirs = ours || a, theirs || b
		}
		count(&m.Any, ours, theirs)
	}
	return m
}
