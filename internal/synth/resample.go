package synth

import (
	"math/rand/v2"
	"strings"
)

// World tells whether the preset is a training world, not a kind of well to be judged on.
func (p Preset) World() bool { return strings.HasPrefix(p.Name, "train") }

// Resampled is the preset as one of the tools in use would have recorded it: rows of 2.5 to 10 mm, 56 to 192 columns, or few where it has few, drawn
// from the seed.
func (p Preset) Resampled(seed uint64) Preset {
	rng := rand.New(rand.NewPCG(seed, 0x7361_6d70))
	rows, columns := []float64{0.0025, 0.005, 0.005, 0.005, 0.0075, 0.01}, []int{56, 96, 96, 120, 192}
	if p.Columns <= fewSectors {
		columns = []int{8, 16, 16, 16, 32}
	}
	p.RowM, p.Columns = rows[rng.IntN(len(rows))], columns[rng.IntN(len(columns))]
	return p
}
