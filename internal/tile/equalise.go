package tile

import (
	"math"
	"slices"
)

// Constants of the equalisation of columns. Lengths are in rows of the grid.
const (
	evenBlock = 200  // rows that are summed as one: 1 m of the model's rows
	evenReach = 5    // blocks above and below a block whose means count in its own
	evenSeen  = 0.2  // share of a window's rows that a column shows which is compared with another window
	evenLeast = 4    // columns that show so much below which windows are not compared
	evenPrior = 0.1  // share of a window's rows that the mean of all columns counts as in that of one
	evenRound = 0.97 // share of the rows that some column shows which all do on average, on images that are equalised
)

// equaliser takes out what columns record too dark or too bright over metres: sectors that are calibrated unlike, a tool that lies off the
// axis of the hole. What rock does in a window of some metres, columns do alike, so the mean of a column less that of all is the tool's, and
// is subtracted. But where nothing is wrong with the tool it is the chance of where beds begin and end in the window: only the share of it
// that one window has in common with the next is taken. The columns of pads are no sectors, so images with gaps stay as they are.
type equaliser struct {
	columns int
	offset  []float32 // [blocks*columns], in the middle of every block
}

// columnSums are those of an image, by block and column.
type columnSums struct {
	columns, blocks int
	sum, count      []float64 // [blocks*columns]
}

func newColumnSums(rows, columns int) *columnSums {
	blocks := (rows + evenBlock - 1) / evenBlock
	return &columnSums{columns, blocks, make([]float64, blocks*columns), make([]float64, blocks*columns)}
}

// add takes rows of the image from row first on.
func (c *columnSums) add(img []float32, mask []bool, first int) {
	for i := range len(img) / c.columns {
		at := (first + i) / evenBlock * c.columns
		sum, count := c.sum[at:at+c.columns], c.count[at:at+c.columns]
		for j, v := range img[i*c.columns : (i+1)*c.columns] {
			if mask[i*c.columns+j] {
				sum[j] += float64(v)
				count[j]++
			}
		}
	}
}

// all are the sum and the number of the pixels.
func (c *columnSums) all() (sum, count float64) {
	for i, n := range c.count {
		sum, count = sum+c.sum[i], count+n
	}
	return sum, count
}

// columnWindow holds the sums of some blocks, by column.
type columnWindow struct {
	rows       float64
	sum, count []float64
}

// window is that of blocks [lo, hi).
func (c *columnSums) window(lo, hi int) columnWindow {
	w := columnWindow{float64((hi - lo) * evenBlock), make([]float64, c.columns), make([]float64, c.columns)}
	for b := lo; b < hi; b++ {
		for j := range c.columns {
			w.sum[j] += c.sum[b*c.columns+j]
			w.count[j] += c.count[b*c.columns+j]
		}
	}
	return w
}

// deviations are the means of those columns that show enough, less the mean of all of these; NaN for the others, nil where there are few.
func (w columnWindow) deviations() []float64 {
	var sum, count, enough float64
	out := make([]float64, len(w.sum))
	for j, n := range w.count {
		if out[j] = math.NaN(); n > evenSeen*w.rows {
			out[j] = w.sum[j] / n
			sum, count, enough = sum+w.sum[j], count+n, enough+1
		}
	}
	if enough < evenLeast {
		return nil
	}
	for j := range out {
		out[j] -= sum / count
	}
	return out
}

// allRound tells whether the image has hardly a gap, but rows that no column shows.
func (c *columnSums) allRound() bool {
	var seen, shown float64
	for b := range c.blocks {
		count := c.count[b*c.columns : (b+1)*c.columns]
		shown += slices.Max(count) * float64(c.columns)
		for _, n := range count {
			seen += n
		}
	}
	return seen >= evenRound*shown
}

// share of the deviations of columns that stays from window to window, 0 to 1: from none where their correlation is a half or less, which
// rock and turning pads come to by chance, to all where it is 1.
func (c *columnSums) share() float64 {
	h := min(evenReach, c.blocks/2)
	if h == 0 {
		return 0
	}
	var both, above, below float64
	for b := h; b+h <= c.blocks; b++ {
		p, q := c.window(b-h, b).deviations(), c.window(b, b+h).deviations()
		if p == nil || q == nil {
			continue
		}
		for j := range p {
			if !math.IsNaN(p[j]) && !math.IsNaN(q[j]) {
				both, above, below = both+p[j]*q[j], above+p[j]*p[j], below+q[j]*q[j]
			}
		}
	}
	if both <= 0 {
		return 0
	}
	return max(0, 2*both/math.Sqrt(above*below)-1)
}

// equaliser of the image, nil where there are gaps or nothing stays from window to window.
func (c *columnSums) equaliser() *equaliser {
	if !c.allRound() {
		return nil
	}
	share := c.share()
	if share == 0 {
		return nil
	}
	e := &equaliser{c.columns, make([]float32, len(c.sum))}
	for b := range c.blocks {
		w := c.window(max(0, b-evenReach), min(c.blocks, b+evenReach+1))
		var sum, count float64
		for j, n := range w.count {
			sum, count = sum+w.sum[j], count+n
		}
		if count == 0 {
			continue
		}
		mean, prior := sum/count, evenPrior*w.rows
		for j, n := range w.count {
			e.offset[b*c.columns+j] = float32(share * ((w.sum[j]+prior*mean)/(n+prior) - mean))
		}
	}
	return e
}

// even returns rows of the image from row first on with the columns equalised: a copy, or img itself where there is nothing to do.
func (e *equaliser) even(img []float32, first int) []float32 {
	if e == nil {
		return img
	}
	out := make([]float32, len(img))
	last := len(e.offset)/e.columns - 1
	for i := range len(img) / e.columns {
		p := max(0, (float64(first+i)+0.5)/evenBlock-0.5) // in blocks, from the middle of the first
		k := min(int(p), last)
		t := float32(p - float64(k))
		above, below := e.offset[k*e.columns:][:e.columns], e.offset[min(k+1, last)*e.columns:][:e.columns]
		for j, v := range img[i*e.columns : (i+1)*e.columns] {
			out[i*e.columns+j] = v - (above[j] + t*(below[j]-above[j]))
		}
	}
	return out
}
