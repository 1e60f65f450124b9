package ablate

import (
	"html/template"
	"math"

	"github.com/geobfdt/geobfdt/internal/ablate/chart"
)

// masks tells whether the factor is one of a Segmentation with a cell that is done.
func (f *FactorReport) masks() bool {
	for i := range f.Levels {
		if f.Levels[i].EpochSamples > 0 {
			return true
		}
	}
	return false
}

// maskCharts are the curves of training segmentation over epochs: the losses, each over its own first value as they have no common unit,
// and the masks of the held-out tiles, which have (F1 only: IoU is F1 / (2 - F1) and tells the same).
func (f *FactorReport) maskCharts() (out []template.HTML) {
	losses := chart.Lines{Title: "training loss over its first value", XLabel: "epochs", YLabel: "loss / first"}
	f1 := chart.Lines{Title: "masks of held-out tiles", XLabel: "epochs", YLabel: "F1", YMax: 1}
	for i := range f.Levels {
		l := &f.Levels[i]
		epochs := func(samples int64) float64 { return float64(samples) / float64(l.EpochSamples) }
		s := chart.Series{Name: l.Name, Mark: -1}
		for _, p := range l.Loss {
			s.X, s.Y = append(s.X, epochs(p.Samples)), append(s.Y, p.Total/l.Loss[0].Total)
		}
		for _, v := range s.Y {
			if v < math.MaxFloat64 {
				losses.YMax = math.Max(losses.YMax, v)
			}
		}
		held := chart.Series{Name: l.Name, Mark: -1}
		for _, p := range l.HeldMasks {
			held.X, held.Y = append(held.X, epochs(p.Samples)), append(held.Y, p.F1)
		}
		losses.Series, f1.Series = append(losses.Series, s), append(f1.Series, held)
	}
	out = append(out, losses.SVG())
	for _, l := range f.Levels {
		if len(l.HeldMasks) > 0 {
			return append(out, f1.SVG())
		}
	}
	return out
}
