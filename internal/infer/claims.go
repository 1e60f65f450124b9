package infer

import (
	"math"

	"github.com/geobfdt/geobfdt/internal/dip"
)

// Claims knows which stretches of wall the curves accepted so far explain. A curve that leans on stretches of several stronger traces
// gets votes that are not its own, so every maximum of the transform is checked against the pixels that voted for it, strongest first
// (back-mapping, Gerig, Linking image-space and accumulator-space, ICCV 1987).
type Claims struct {
	cos, sin []float64
	cells    map[int][]claim
	tallest  float64 // reach of the tallest claim, rows
}

// claim is an accepted trace and how far from it it explains what is seen.
type claim struct {
	Curve
	widthRows float64
}

// claimCell is the height of a cell of the index, rows.
const claimCell = 64

// NewClaims of a hole seen in so many columns.
func NewClaims(columns int) *Claims {
	c := &Claims{cells: map[int][]claim{}}
	c.cos, c.sin = dip.ColumnAzimuths(columns)
	return c
}

func cellOf(d float64) int { return int(math.Floor(d / claimCell)) }

// Add accepts a curve that explains what lies within width rows of it.
func (c *Claims) Add(k Curve, widthRows float64) {
	at := cellOf(k.D)
	c.cells[at] = append(c.cells[at], claim{k, widthRows})
	c.tallest = max(c.tallest, k.Amplitude()+widthRows)
}

// Mark sets free[j] where no claim explains what the curve runs over in column j, and clears it elsewhere. A steep claim is wider by half of
// what it falls within the column.
func (c *Claims) Mark(free []bool, k Curve) {
	for j := range free {
		free[j] = true
	}
	halfColumn := math.Pi / float64(len(free))
	reach := k.Amplitude() + (1+halfColumn)*c.tallest
	for at := cellOf(k.D - reach); at <= cellOf(k.D+reach); at++ {
		for _, q := range c.cells[at] {
			d, a, b := k.D-q.D, k.A-q.A, k.B-q.B
			if math.Abs(d) > math.Hypot(a, b)+q.widthRows+halfColumn*q.Amplitude() {
				continue // they never meet
			}
			for j := range free {
				width := q.widthRows + q.fall(c.cos[j], c.sin[j], halfColumn)
				if math.Abs(d+a*c.cos[j]+b*c.sin[j]) < width {
					free[j] = false
				}
			}
		}
	}
}

// Free is the share of the columns in which no claim explains what the curve runs over, and marks them in free.
func (c *Claims) Free(free []bool, k Curve) float64 {
	c.Mark(free, k)
	n := 0
	for _, f := range free {
		if f {
			n++
		}
	}
	return float64(n) / float64(len(free))
}

// Nearest is the root mean square distance of a curve to the nearest claim, rows, claimCell at most.
func (c *Claims) Nearest(k Curve) float64 {
	best := float64(claimCell)
	at := cellOf(k.D)
	for n := at - 1; n <= at+1; n++ {
		for _, q := range c.cells[n] {
			best = min(best, math.Hypot(k.D-q.D, math.Hypot(k.A-q.A, k.B-q.B)/math.Sqrt2))
		}
	}
	return best
}
