package tile

import (
	"math"
	"math/rand/v2"

	"github.com/geobfdt/geobfdt/internal/dip"
)

// Ranges of the random changes that are not exact symmetries. Image values are z-scores.
const (
	gainSpan   = 0.3 // gain exp(+-gainSpan), offset +-gainSpan
	noiseMax   = 0.4 // standard deviation of added noise
	dropMinDeg = 15  // width of a dropped range of columns
	dropMaxDeg = 60
	keepShare  = 0.5 // a dropout must leave at least this share of what was seen of every sinusoid
)

// Augmenter applies random changes to training tiles. It holds buffers, so each goroutine needs its own.
type Augmenter struct {
	opt      Options
	aug      Augment
	cos, sin []float64 // at the column centres
	hidden   []bool    // [columns], scratch of dropout
}

// NewAugmenter returns an Augmenter for tiles of opt, which must be valid.
func NewAugmenter(opt Options, aug Augment) *Augmenter {
	a := &Augmenter{opt: opt, aug: aug, hidden: make([]bool, opt.Columns)}
	a.cos, a.sin = dip.ColumnAzimuths(opt.Columns)
	return a
}

// Apply changes the tile x, [Rows, Columns, Channels] channels last, in place, and returns its labels after the change; the
// slice that it was given stays as it was. donor draws the tile that Paste copies from; nil: nothing is pasted.
// The same state of rng gives the same bits.
func (a *Augmenter) Apply(rng *rand.Rand, x []float32, labels []Label, donor func() *Sample) []Label {
	labels = append(make([]Label, 0, len(labels)+1), labels...)
	if !a.aug.Enabled {
		return labels
	}
	rows, cols, ch := a.opt.Rows, a.opt.Columns, a.opt.Channels()
	if donor != nil && rng.Float64() < a.aug.Paste {
		labels = a.paste(rng, x, labels, donor())
	}
	if a.aug.Roll {
		Roll(x, labels, rows, cols, ch, rng.IntN(cols))
	}
	if rng.Float64() < a.aug.Mirror {
		Mirror(x, labels, rows, cols, ch)
	}
	if rng.Float64() < a.aug.Flip {
		Flip(x, labels, rows, cols, ch)
	}
	if rng.Float64() < a.aug.PadDropout {
		a.dropout(rng, x, labels)
	}
	if rng.Float64() < a.aug.Gain {
		gain := math.Exp(gainSpan * (2*rng.Float64() - 1))
		offset := gainSpan * (2*rng.Float64() - 1)
		a.eachValid(x, func(v float64) float64 { return gain*v + offset })
	}
	if rng.Float64() < a.aug.Noise {
		std := noiseMax * rng.Float64()
		a.eachValid(x, func(v float64) float64 { return v + std*rng.NormFloat64() })
	}
	return labels
}

// images counts the image channels.
func (a *Augmenter) images() int {
	if a.opt.MaskChannel {
		return a.opt.Channels() - 1
	}
	return a.opt.Channels()
}

// valid tells whether the tool saw the wall at pixel p. Without a mask channel a gap is known by an image of exactly 0.
func (a *Augmenter) valid(x []float32, p int) bool {
	ch := a.opt.Channels()
	if a.opt.MaskChannel {
		return x[p*ch+ch-1] != 0
	}
	return x[p*ch] != 0
}

// eachValid maps the image values of all valid pixels and clips them.
func (a *Augmenter) eachValid(x []float32, f func(float64) float64) {
	ch, images := a.opt.Channels(), a.images()
	for p := range a.opt.Rows * a.opt.Columns {
		if !a.valid(x, p) {
			continue
		}
		for c := range images {
			x[p*ch+c] = float32(max(-clip, min(clip, f(float64(x[p*ch+c])))))
		}
	}
}

// dropout blanks a random range of columns, image and mask, as a pad that has lost contact. It does nothing where that would hide
// most of what was seen of a labelled sinusoid: a label that cannot be seen teaches false alarms.
func (a *Augmenter) dropout(rng *rand.Rand, x []float32, labels []Label) {
	rows, cols, ch := a.opt.Rows, a.opt.Columns, a.opt.Channels()
	widthDeg := dropMinDeg + (dropMaxDeg-dropMinDeg)*rng.Float64()
	width := max(1, int(math.Round(widthDeg/360*float64(cols))))
	first := rng.IntN(cols)
	clear(a.hidden)
	for k := range width {
		a.hidden[(first+k)%cols] = true
	}
	for _, l := range labels {
		seen, left := 0, 0
		for j := range cols {
			if p, ok := a.pixelAt(l, j); ok && a.valid(x, p) {
				seen++
				if !a.hidden[j] {
					left++
				}
			}
		}
		if float64(left) < keepShare*float64(seen) {
			return
		}
	}
	for i := range rows {
		for k := range width {
			p := i*cols + (first+k)%cols
			clear(x[p*ch : (p+1)*ch])
		}
	}
}

// pixelAt is the pixel under the sinusoid in column j; ok is false where it leaves the tile.
func (a *Augmenter) pixelAt(l Label, j int) (p int, ok bool) {
	u := math.Floor(l.D + l.A*a.cos[j] + l.B*a.sin[j])
	if !(u >= 0 && u < float64(a.opt.Rows)) {
		return 0, false
	}
	return int(u)*a.opt.Columns + j, true
}
