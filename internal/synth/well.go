package synth

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// Well draws and records the whole well that the preset and a seed describe, with its truth. The same preset and seed give the same
// well. It fails for a size that cannot be recorded (Scene.Render).
func (p Preset) Well(seed uint64) (*imagelog.Log, []picks.Pick, error) {
	scene := DrawScene(rand.New(rand.NewPCG(seed, 0)), p.Params, p.LengthM)
	log, err := scene.Render(scene.TopM, int(math.Round(p.LengthM/p.RowM)), p.RowM, p.Columns)
	if err != nil {
		return nil, nil, fmt.Errorf("synthetic well %s: %w", p.Name, err)
	}
	log.Well = fmt.Sprintf("%s-%d", p.Name, seed)
	return log, scene.Truth(scene.TopM, scene.BaseM), nil
}
