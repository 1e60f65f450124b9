package synth

import (
	"math"
	"math/rand/v2"

	"github.com/geobfdt/geobfdt/internal/imagelog"
)

// What Disturb does: how likely each disturbance is, and how strong, in standard deviations of the image.
var (
	noiseOdds, noiseSD          = 0.35, Range{0.1, 0.7}
	driftOdds, driftSD          = 0.3, Range{0.5, 3}
	sectorOdds, sectorSD        = 0.35, Range{0.1, 0.6}
	eccentricOdds, eccentricSD  = 0.3, Range{0.3, 1.5}
	eccentricTurnM              = Range{2, 20} // in which the dark side turns once
	driftWaveM                  = Range{0.7, 20}
	saturatedOdds, saturatedSD  = 0.15, Range{0.8, 2}
	skewOdds, skew              = 0.25, Range{0.3, 1.2}
	wildOdds, wildShare, wildSD = 0.15, Range{0.0003, 0.004}, Range{5, 20}
)

// driftWaves add up to a drift.
const driftWaves = 6

// Disturb changes the values of a log, in memory, as tools and processing do that no preset draws: noise on everything, values that drift down the hole,
// sectors that are calibrated unlike (where no pad turns, so on images without gaps), a tool that lies off the axis of the hole, saturation,
// values whose contrasts are ratios, and wild values; some of them, drawn from the seed. What there is to pick stays.
func Disturb(log *imagelog.Log, seed uint64) {
	d := newDisturbance(rngOf(seed), log)
	mean, deviation := imagelog.Moments(log.Pixels(), log.Mask)
	if deviation == 0 {
		return
	}
	columns := log.Columns()
	for i, depthM := range log.DepthM {
		pixels, mask := log.Pixels()[i*columns:(i+1)*columns], log.Mask[i*columns:(i+1)*columns]
		row := d.row(depthM)
		for j := range pixels {
			if mask[j] {
				v := d.value((float64(pixels[j])-mean)/deviation, row, j)
				if d.skew > 0 {
					pixels[j] = float32(math.Exp(d.skew * v))
				} else {
					pixels[j] = float32(mean + deviation*v)
				}
			}
		}
	}
}

func rngOf(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0x6469_7374)) }

// disturbance is what happens to the values of one log; what does not happen is 0.
type disturbance struct {
	rng                        *rand.Rand
	noise, saturated, skew     float64 // skew: of the logarithm that a deviation is
	wildShare, wild            float64
	amplitude, waveM, phase    [driftWaves]float64
	sector, cos, sin           []float64 // [columns]
	eccentric, turnM, azimuth0 float64
}

// disturbedRow is what a row has in common.
type disturbedRow struct{ drift, cos, sin float64 }

func newDisturbance(rng *rand.Rand, log *imagelog.Log) *disturbance {
	d := &disturbance{rng: rng, sector: make([]float64, log.Columns()), cos: make([]float64, log.Columns()), sin: make([]float64, log.Columns())}
	maybe := func(odds float64, strength Range) float64 {
		if x := strength.uniform(rng); rng.Float64() < odds {
			return x
		}
		return 0
	}
	d.noise, d.saturated, d.skew = maybe(noiseOdds, noiseSD), maybe(saturatedOdds, saturatedSD), maybe(skewOdds, skew)
	d.wildShare, d.wild = maybe(wildOdds, wildShare), wildSD.uniform(rng)
	drift := maybe(driftOdds, driftSD)
	for k := range d.amplitude {
		d.amplitude[k] = drift * rng.NormFloat64() / math.Sqrt(driftWaves/2)
		d.waveM[k], d.phase[k] = driftWaveM.logUniform(rng), 2*math.Pi*rng.Float64()
	}
	sd := maybe(sectorOdds, sectorSD)
	if !fullCover(log) {
		sd = 0
	}
	for j := range d.sector {
		d.sector[j] = sd * rng.NormFloat64()
		d.sin[j], d.cos[j] = math.Sincos(2 * math.Pi * float64(j) / float64(len(d.sector)))
	}
	d.eccentric, d.turnM, d.azimuth0 = maybe(eccentricOdds, eccentricSD), eccentricTurnM.uniform(rng), 2*math.Pi*rng.Float64()
	return d
}

func (d *disturbance) row(depthM float64) (r disturbedRow) {
	for k, a := range d.amplitude {
		r.drift += a * math.Sin(2*math.Pi*depthM/d.waveM[k]+d.phase[k])
	}
	sin, cos := math.Sincos(2*math.Pi*depthM/d.turnM + d.azimuth0)
	r.cos, r.sin = d.eccentric*cos, d.eccentric*sin
	return r
}

// value is what a value of column j becomes, both in deviations of the image from its mean, before it is skewed.
func (d *disturbance) value(v float64, r disturbedRow, j int) float64 {
	v += r.drift + r.cos*d.cos[j] + r.sin*d.sin[j] + d.sector[j]
	if d.noise > 0 {
		v += d.noise * d.rng.NormFloat64()
	}
	if d.saturated > 0 {
		v = max(-d.saturated, min(d.saturated, v))
	}
	if d.wildShare > 0 && d.rng.Float64() < d.wildShare {
		v = d.wild
	}
	return v
}

// fullCover tells whether hardly a pixel of a log in memory is a gap.
func fullCover(log *imagelog.Log) bool {
	seen, err := log.Seen()
	return err == nil && seen > 0.97
}
