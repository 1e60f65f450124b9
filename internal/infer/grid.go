package infer

import (
	"math"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// Curve is a sinusoid on a grid in row coordinates: u(phi) = D + A cos(phi) + B sin(phi), rows from the grid's top edge; row i
// spans [i, i+1), column j of n is centred at phi = 2 pi (j + 0.5) / n.
type Curve struct {
	Class   dip.Class
	D, A, B float64
	Score   float64 // confidence, [0, 1]
	Merged  int     // duplicates that Merge found in this one
}

// finite tells whether the curve can be drawn at all.
func (c Curve) finite() bool {
	s := c.D + c.A + c.B
	return !math.IsNaN(s) && !math.IsInf(s, 0)
}

// Amplitude is half the height of the curve, rows.
func (c Curve) Amplitude() float64 { return math.Hypot(c.A, c.B) }

// fall is how far the curve runs up and down from its middle within a column, rows: halfColumn radians to either side of an azimuth of this
// cosine and sine.
func (c Curve) fall(cos, sin, halfColumn float64) float64 {
	return halfColumn * math.Abs(c.B*cos-c.A*sin)
}

// Rescale moves a curve to a grid with the same top edge whose rows are factor times as high as they were.
func (c Curve) Rescale(factor float64) Curve {
	c.D, c.A, c.B = c.D/factor, c.A/factor, c.B/factor
	return c
}

// Raster is an image on a grid with its mask of wall seen, both [Rows*Columns] row-major. The grey range does not matter.
type Raster struct {
	Image         []float32
	Mask          []bool
	Rows, Columns int
	First         int // row of the grid that the image starts with: curves count from the grid's top
}

// Coverage is the share of the columns in which the curve runs over wall that the tool saw. Beyond the top and the base of the
// raster nothing was seen.
func (r Raster) Coverage(c Curve) float64 {
	if r.Columns == 0 || !c.finite() {
		return 0
	}
	cos, sin := dip.ColumnAzimuths(r.Columns)
	seen := 0
	for j := range r.Columns {
		u := math.Floor(c.D + c.A*cos[j] + c.B*sin[j])
		if u >= float64(r.First) && u < float64(r.First+r.Rows) && r.Mask[(int(u)-r.First)*r.Columns+j] {
			seen++
		}
	}
	return float64(seen) / float64(r.Columns)
}

// extent is the rows of a grid of so many rows that lie within reach of the curve; one at least.
func extent(c Curve, reach, rows int) tile.Span {
	half, last := c.Amplitude()+float64(reach), float64(rows-1)
	lo := max(0, min(last, math.Floor(c.D-half)))
	return tile.Span{Lo: int(lo), Hi: int(max(lo, min(last, math.Ceil(c.D+half)))) + 1}
}
