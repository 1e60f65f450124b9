package tile

import (
	"fmt"
	"math"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// FromPatch makes a tile of a log that is already on the grid, Options.Rows x Options.Columns at Options.RowM: the fast path for
// tiles that are drawn on the fly. The tile goes to x, Options.Size() values, channels last; the labels are the truths whose
// midline is inside. Only image "tile" is possible: the other normalisations need the whole well.
func FromPatch(log *imagelog.Log, truth []picks.Pick, opt Options, x []float32) ([]Label, error) {
	if err := checkPatch(log, opt, opt.Rows, x); err != nil {
		return nil, err
	}
	img := log.Pixels()
	writePatch(x, img, cleanMask(img, log.Mask), opt)
	return cutLabels(truth, log, log.DepthM[0]-opt.RowM/2, opt.Rows, opt.RowM), nil
}

// checkPatch refuses a patch that is not rows x Options.Columns at Options.RowM, and what a single tile cannot give.
func checkPatch(log *imagelog.Log, opt Options, rows int, x []float32) error {
	if opt.Image != ImageTile {
		return fmt.Errorf("tile image %q needs a whole well, this is a single tile: use image %q, or cut tiles from wells", opt.Image, ImageTile)
	}
	if log.Rows() != rows || log.Columns() != opt.Columns || len(log.DepthM) != rows {
		return fmt.Errorf("patch of %d rows x %d columns: want %d x %d", log.Rows(), log.Columns(), rows, opt.Columns)
	}
	if len(x) != opt.Size() {
		return fmt.Errorf("tile buffer of %d values: want %d", len(x), opt.Size())
	}
	if h := log.DepthM[rows-1] - log.DepthM[0]; math.Abs(h-float64(rows-1)*opt.RowM) > opt.RowM/2 {
		return fmt.Errorf("patch of %d rows is %.4f m high: want rows of %g m", rows, h, opt.RowM)
	}
	return nil
}

// writePatch normalises a tile's pixels into x.
func writePatch(x, img []float32, mask []bool, opt Options) {
	ch := opt.Channels()
	_, std := imagelog.Moments(img, mask)
	zScore(x, ch, img, mask, std)
	if opt.MaskChannel {
		writeMask(x[ch-1:], ch, mask)
	}
}
