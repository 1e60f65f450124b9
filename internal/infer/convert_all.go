package infer

import (
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// Convert turns refined curves on a grid of a log into picks, ascending in depth, and says what had to be assumed: the last step of
// every picker. Curves whose score misses the threshold of their class are left out.
func Convert(log *imagelog.Log, grid *tile.Grid, opt Options, refined []Refined) (out []picks.Pick, warnings []string) {
	c := newConverter(log, grid, opt)
	for _, r := range refined {
		if r.Score >= opt.ThresholdOf(r.Class) {
			out = append(out, c.pick(r))
		}
	}
	picks.Sort(out)
	return out, c.warnings()
}
