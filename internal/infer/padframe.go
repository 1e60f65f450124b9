package infer

import (
	"math"
	"slices"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// Constants of telling pads apart.
const (
	frameCells   = 720 // of the tool's frame: half a degree
	leastLooked  = 100 // cells that must have been looked at
	bestCells    = 0.9 // quantile of the shares seen that counts as seen always
	padSeenShare = 0.5 // of that, from which on a cell lies under a pad
	leastPad     = 10  // cells: anything narrower is no pad
	noPad        = -1  // between the pads, or not known
)

// padFrame tells which pad of the tool saw a place on the wall: gaps turn with the tool, so they show in the frame of its pad 1.
type padFrame struct {
	log   *imagelog.Log // as read: it has the curves
	grid  *tile.Grid
	cells [frameCells]int // pad under each cell, or noPad
	pads  int
}

// newPadFrame finds the pads from the columns that were seen along curves. It is nil where the log does not say how the tool turned, and
// where less than two pads show.
func newPadFrame(log *imagelog.Log, grid *tile.Grid, curves []Curve, seen [][]bool) *padFrame {
	f := &padFrame{log: log, grid: grid}
	var hits, looked [frameCells]float64
	for i, c := range curves {
		for j, on := range seen[i] {
			k, ok := f.cellOf(c, j)
			if !ok {
				continue
			}
			looked[k]++
			if on {
				hits[k]++
			}
		}
	}
	share := make([]float64, 0, frameCells)
	for k, n := range looked {
		if n > 0 {
			share = append(share, hits[k]/n)
		}
	}
	if len(share) < leastLooked {
		return nil
	}
	slices.Sort(share)
	least := padSeenShare * share[int(bestCells*float64(len(share)))]
	f.lay(func(k int) bool {
		for step := range frameCells { // a cell that was not looked at is like the nearest that was
			for _, n := range []int{(k + step) % frameCells, (k - step + frameCells) % frameCells} {
				if looked[n] > 0 {
					return hits[n]/looked[n] >= least
				}
			}
		}
		return false
	})
	if f.pads < 2 {
		return nil
	}
	return f
}

// lay numbers the runs of cells that are under a pad.
func (f *padFrame) lay(under func(k int) bool) {
	start := 0
	for start < frameCells && under(start) {
		start++
	}
	for k := range f.cells {
		f.cells[k] = noPad
	}
	for k := 0; k < frameCells; k++ {
		run := 0
		for k+run < frameCells && under((start+k+run)%frameCells) {
			run++
		}
		if run >= leastPad {
			for n := range run {
				f.cells[(start+k+n)%frameCells] = f.pads
			}
			f.pads++
		}
		k += run
	}
}

// cellOf is the cell of the tool's frame that saw the curve in column j; false where the log does not say.
func (f *padFrame) cellOf(c Curve, j int) (k int, ok bool) {
	turn := (float64(j) + 0.5) / float64(f.grid.Options().Columns)
	sin, cos := math.Sincos(2 * math.Pi * turn)
	padOneDeg, ok := f.log.PadOneAt(f.grid.DepthM(c.D + c.A*cos + c.B*sin))
	if !ok {
		return 0, false
	}
	turn -= padOneDeg / 360
	return min(frameCells-1, int((turn-math.Floor(turn))*frameCells)), true
}

// padOf is the pad that saw the curve in column j, or noPad.
func (f *padFrame) padOf(c Curve, j int) int {
	if k, ok := f.cellOf(c, j); ok {
		return f.cells[k]
	}
	return noPad
}
