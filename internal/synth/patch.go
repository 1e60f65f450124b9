package synth

import (
	"math"
	"math/rand/v2"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// minTileCoverage is the least share of a trace that must be seen inside a tile for a label of the tile.
const minTileCoverage = 0.12

// maxFiner is the most pixels of a tool's own sampling over those of the tile.
const maxFiner = 2

// Patch draws a scene as tall as a tile of rows x rowM metres and records it: a training tile at grid resolution. Sinusoids
// whose midline is outside of the tile but whose trace crosses it are drawn. The truth lists those with the midline inside,
// ascending, except where so little of the trace is seen inside the tile that nobody could pick it; its depths count from
// p.TopM, and AmplitudeM/rowM is the half height in rows. p must be valid. The log is nil for a size that Scene.Render refuses.
func Patch(rng *rand.Rand, p Params, rows int, rowM float64, columns int) (*imagelog.Log, []picks.Pick) {
	heightM := float64(rows) * rowM
	s := DrawScene(rng, p, heightM)
	log, err := s.recordPatch(rng, &p, rows, rowM, columns)
	if err != nil {
		return nil, nil
	}
	var truth []picks.Pick
	for _, l := range s.between(p.TopM, p.TopM+heightM) {
		if s.coverage(l.mark, p.TopM, p.TopM+heightM) >= minTileCoverage {
			truth = append(truth, l.Pick)
		}
	}
	return log, truth
}

// recordPatch records a tile. Now and then the tool samples otherwise than the grid, and the record is resampled as that of a well is.
func (s *Scene) recordPatch(rng *rand.Rand, p *Params, rows int, rowM float64, columns int) (*imagelog.Log, error) {
	if sampledM := p.Trouble.CoarseRowM.draw(rng); sampledM > 0 && rows > 0 {
		heightM := float64(rows) * rowM
		sampledColumns := int(p.Trouble.CoarseCols.logUniform(rng))
		// Whole rows, so that the grid has exactly as many as the tile, and not much more work than the tile itself.
		n := max(1, min(int(math.Round(heightM/sampledM)), maxFiner*rows*columns/sampledColumns))
		log, err := s.Render(p.TopM, n, heightM/float64(n), sampledColumns)
		if err == nil {
			log, err = log.Resample(rowM, columns, imagelog.Tone{})
		}
		if err == nil && log.Rows() == rows {
			return log, nil
		}
	}
	return s.Render(p.TopM, rows, rowM, columns)
}
