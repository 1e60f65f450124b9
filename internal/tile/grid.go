package tile

import (
	"fmt"
	"math"
	"sync"

	"gorgonia.org/tensor"

	"github.com/geobfdt/geobfdt/internal/imagelog"
)

// Grid is a log as the network sees it: regular rows and columns, a mask of wall seen, and the image channels of Options.Image.
// It is read-only once built and may be shared between goroutines.
type Grid struct {
	opt  Options
	log  *imagelog.Log // resampled to RowM x Columns
	top  float64       // measured depth of the top edge of row 0, metres
	rows int
	img  []float32 // [rows*columns] of the resampled log, grey range of the log
	mask []bool    // [rows*columns]
	std  float64   // deviation of img over its valid pixels
	// Whole-log normalisations, nil where Options.Image does not ask for them. Gaps are 0.
	channels [][]float32
	buffers  sync.Pool // of *sheared
}

// NewGrid resamples a log to the grid of opt and normalises it. It fails for options that cannot be cut (Options.Validate), for a
// log that cannot be resampled, and with imagelog.ErrNoData for a log without a valid pixel.
func NewGrid(log *imagelog.Log, opt Options) (*Grid, error) {
	if err := opt.Validate(); err != nil {
		return nil, err
	}
	res, err := log.Resample(opt.RowM, opt.Columns)
	if err != nil {
		return nil, fmt.Errorf("well %s: resample to %g m x %d columns: %w", log.Well, opt.RowM, opt.Columns, err)
	}
	g := &Grid{opt: opt, log: res, rows: res.Rows(), img: res.Pixels(), mask: cleanMask(res.Pixels(), res.Mask)}
	if g.rows == 0 || res.Columns() != opt.Columns {
		return nil, fmt.Errorf("well %s: resampled to %d rows x %d columns, want at least 1 x %d", log.Well, g.rows, res.Columns(), opt.Columns)
	}
	g.top = res.DepthM[0] - opt.RowM/2
	var n int
	if _, g.std, n = moments(g.img, g.mask); n == 0 {
		return nil, fmt.Errorf("well %s: %w", log.Well, imagelog.ErrNoData)
	}
	if opt.Image == ImageStatic || opt.Image == ImageBoth {
		g.channels = append(g.channels, res.Static())
	}
	if opt.Image == ImageDynamic || opt.Image == ImageBoth {
		g.channels = append(g.channels, res.Dynamic(opt.DynamicM))
	}
	return g, nil
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
func (g *Grid) Image() []float32 { return g.img }
func (g *Grid) Mask() []bool     { return g.mask }

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
func (g *Grid) Fill(x []float32, start int) {
	ch, cols := g.opt.Channels(), g.opt.Columns
	lo, hi := min(max(start, 0), g.rows), max(0, min(start+g.opt.Rows, g.rows))
	if lo >= hi {
		clear(x[:g.opt.Size()])
		return
	}
	a, b := (lo-start)*cols*ch, (hi-start)*cols*ch
	clear(x[:a])
	clear(x[b:g.opt.Size()])
	x = x[a:b]
	mask := g.mask[lo*cols : hi*cols]
	if g.opt.Image == ImageTile {
		zScore(x, ch, g.img[lo*cols:hi*cols], mask, g.std)
	}
	for c, norm := range g.channels {
		for i, v := range norm[lo*cols : hi*cols] {
			if !mask[i] {
				v = 0
			}
			x[i*ch+c] = max(-clip, min(clip, v))
		}
	}
	if g.opt.MaskChannel {
		writeMask(x[ch-1:], ch, mask)
	}
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
