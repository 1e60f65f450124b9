package tile

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gorgonia.org/tensor"

	"github.com/geobfdt/geobfdt/internal/imagelog"
)

// Grid is a log as the network sees it: regular rows and columns, a mask of wall seen, and the image channels of Options.Image. Its values
// are those of the log's Tone, and its columns are equalised, but for the static and dynamic channels.
// It is read-only once built and may be shared between goroutines.
//
// One of NewGrid has its image in memory. One of NewLongGrid may not: then Section gives parts of it, and Image, Mask, Fill,
// FillSheared and Sample must not be used.
type Grid struct {
	opt   Options
	log   *imagelog.Log // resampled to RowM x Columns
	top   float64       // measured depth of the top edge of row 0, metres
	rows  int
	whole *Section // the image in memory, or nil

	tone      imagelog.Tone
	equal     *equaliser           // of the columns; nil where they are as they should be
	mean, std float64              // of the image over its valid pixels
	local     []float64            // deviations near each block of rows, see DeviationAt
	seen      []bool               // [rows] whether any pixel of a row is valid
	norm      *imagelog.Normaliser // of log, where Options.Image asks for one and the image is not in memory
}

// NewGrid resamples a log to the grid of opt and normalises it. It fails for options that cannot be cut (Options.Validate), for a
// log that cannot be resampled, and with imagelog.ErrNoData for a log without a valid pixel.
func NewGrid(log *imagelog.Log, opt Options) (*Grid, error) {
	return newGrid(log, opt, (*imagelog.Log).Resample)
}

// NewLongGrid is NewGrid for logs of any length: the image is kept as the log says (imagelog.Storage), and Log has no curves. It must
// be closed.
func NewLongGrid(log *imagelog.Log, opt Options) (*Grid, error) {
	return newGrid(log, opt, (*imagelog.Log).ResampleImage)
}

func newGrid(log *imagelog.Log, opt Options, resample func(l *imagelog.Log, rowM float64, columns int, tone imagelog.Tone) (*imagelog.Log, error)) (*Grid, error) {
	if err := opt.Validate(); err != nil {
		return nil, err
	}
	tone, err := log.Tone()
	if err != nil {
		return nil, fmt.Errorf("well %s: %w", log.Well, err)
	}
	res, err := resample(log, opt.RowM, opt.Columns, tone)
	if err != nil {
		return nil, fmt.Errorf("well %s: resample to %g m x %d columns: %w", log.Well, opt.RowM, opt.Columns, err)
	}
	g := &Grid{opt: opt, log: res, rows: res.Rows(), tone: tone}
	if err := g.normalise(); err != nil {
		return nil, errors.Join(fmt.Errorf("well %s: %w", log.Well, err), g.Close())
	}
	return g, nil
}

// normalise looks at the whole image.
func (g *Grid) normalise() error {
	if g.rows == 0 || g.log.Columns() != g.opt.Columns {
		return fmt.Errorf("resampled to %d rows x %d columns, want at least 1 x %d", g.rows, g.log.Columns(), g.opt.Columns)
	}
	g.top = g.log.DepthM[0] - g.opt.RowM/2
	if err := g.moments(); err != nil {
		return err
	}
	if g.log.InMemory() {
		g.whole = g.newSection(g.equal.even(g.log.Pixels(), 0), cleanMask(g.log.Pixels(), g.log.Mask))
		if g.opt.static() {
			g.whole.channels = append(g.whole.channels, g.log.Static())
		}
		if g.opt.dynamic() {
			g.whole.channels = append(g.whole.channels, g.log.Dynamic(g.opt.DynamicM))
		}
		return nil
	}
	var err error
	switch {
	case g.opt.dynamic():
		g.norm, err = g.log.Normaliser(g.opt.DynamicM)
	case g.opt.static():
		g.norm, err = g.log.Normaliser(0)
	}
	return err
}

// moments fills equal, mean, std and seen. It fails with imagelog.ErrNoData where no pixel is valid.
func (g *Grid) moments() error {
	columns := newColumnSums(g.rows, g.opt.Columns)
	g.seen = make([]bool, g.rows)
	err := g.log.Sections(func(s *imagelog.Log, first int) error {
		mask := cleanMask(s.Pixels(), s.Mask)
		columns.add(s.Pixels(), mask, first)
		for i := range s.Rows() {
			g.seen[first+i] = slices.Contains(mask[i*g.opt.Columns:(i+1)*g.opt.Columns], true)
		}
		return nil
	})
	if err != nil {
		return err
	}
	sum, n := columns.all()
	if n == 0 {
		return imagelog.ErrNoData
	}
	g.equal = columns.equaliser()
	// About the mean of before the equalisation, which hardly changes it, so that a large mean does not eat the digits of the deviation.
	about := sum / n
	spread := newBlockSpread(g.rows)
	err = g.log.Sections(func(s *imagelog.Log, first int) error {
		mask := cleanMask(s.Pixels(), s.Mask)
		spread.add(g.equal.even(s.Pixels(), first), mask, g.opt.Columns, first, about)
		return nil
	})
	rest, squares := spread.all()
	rest /= n
	g.mean, g.std = about+rest, math.Sqrt(max(0, squares/n-rest*rest))
	g.local = spread.local(g.std)
	return err
}

// cleanMask is mask without the pixels that are not finite, so that no NaN passes whatever a reader let through.
func cleanMask(img []float32, mask []bool) []bool {
	var out []bool
	for i, v := range img {
		if mask[i] && (math.IsNaN(float64(v)) || math.IsInf(float64(v), 0)) {
			if out == nil {
				out = append([]bool(nil), mask...)
			}
			out[i] = false
		}
	}
	if out == nil {
		return mask
	}
	return out
}

// Log is the resampled log: regular depths, the grid's columns, curves on the grid's rows.
func (g *Grid) Log() *imagelog.Log { return g.log }

// Options are those that the grid was built with.
func (g *Grid) Options() Options { return g.opt }

// Rows counts the rows of the grid.
func (g *Grid) Rows() int { return g.rows }

// TopM and BaseM are the measured depths of the grid's edges, metres.
func (g *Grid) TopM() float64  { return g.top }
func (g *Grid) BaseM() float64 { return g.DepthM(float64(g.rows)) }

// DepthM is the measured depth of row coordinate u, metres; RowAt is its inverse.
func (g *Grid) DepthM(u float64) float64     { return g.top + u*g.opt.RowM }
func (g *Grid) RowAt(depthM float64) float64 { return (depthM - g.top) / g.opt.RowM }

// Image is the resampled image, [rows*columns], and Mask tells where it is valid. Both are shared, not copied.
func (g *Grid) Image() []float32 { return g.whole.img }
func (g *Grid) Mask() []bool     { return g.whole.mask }

// Tone is what was done to the values of the log.
func (g *Grid) Tone() imagelog.Tone { return g.tone }

// Moments are the mean and the standard deviation of the image over its valid pixels.
func (g *Grid) Moments() (mean, std float64) { return g.mean, g.std }

// DeviationAt is the standard deviation of the image within a metre around row coordinate u; see blockSpread.
func (g *Grid) DeviationAt(u float64) float64 {
	return g.local[max(0, min(len(g.local)-1, int(u)/evenBlock))]
}

// Seen tells whether any pixel of rows [lo, hi) is valid.
func (g *Grid) Seen(lo, hi int) bool {
	return slices.Contains(g.seen[max(lo, 0):min(hi, g.rows)], true)
}

// Close removes the temporary file of a grid that has one; all but its image remains.
func (g *Grid) Close() error { return g.log.Close() }

// Starts lists the first rows of the tiles of the grid, ascending, for the share overlap of a tile that the next one repeats.
// With overlap, a remainder at the bottom gets one more tile that ends with the grid. Without overlap only full tiles are cut
// and the remainder, less than a tile, is left out: 60 m in tiles of 100 x 2.54 mm are 236. A grid shorter than a tile gives
// one tile, which Fill pads with gaps.
func (g *Grid) Starts(overlap float64) []int {
	h := g.opt.Rows
	if g.rows <= h {
		return []int{0}
	}
	stride := max(1, int(math.Round(float64(h)*(1-overlap))))
	last := g.rows - h
	starts := make([]int, 0, last/stride+2)
	for s := 0; s <= last; s += stride {
		starts = append(starts, s)
	}
	if overlap > 0 && starts[len(starts)-1] != last {
		starts = append(starts, last)
	}
	return starts
}

// Fill writes the input of the tile that starts at row start to x, [Rows, Columns, Channels] channels last, Options.Size() values.
// Rows outside the grid are gaps.
func (g *Grid) Fill(x []float32, start int) { g.whole.Fill(x, start) }

// FillSheared is Fill for a dewarped tile: row i of column j is row start + i + shift[j] of the grid. It returns the share of the tile in
// which wall was seen.
func (g *Grid) FillSheared(x []float32, start int, shift []int) (coverage float64) {
	return g.whole.FillSheared(x, start, shift)
}

// Sample cuts the tile that starts at row start, without labels.
func (g *Grid) Sample(start int) *Sample {
	x := make([]float32, g.opt.Size())
	g.Fill(x, start)
	return &Sample{
		X:    tensor.New(tensor.WithShape(g.opt.Rows, g.opt.Columns, g.opt.Channels()), tensor.WithBacking(x)),
		Well: g.log.Well,
		TopM: g.DepthM(float64(start)),
	}
}
