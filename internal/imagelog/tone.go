package imagelog

import (
	"math"
	"slices"
)

// Constants of Tone.
const (
	toneLeast   = 100  // valid pixels that are looked at below which nothing is known
	toneSpread  = 6.0  // deviations beyond the median at which values are cut off
	toneSkew    = 0.3  // Bowley's skewness between the quantiles from which on values are skewed
	toneRange   = 4.0  // upper quantile over the lower one from which on they span enough for a logarithm
	toneGain    = 0.5  // share of that skewness which their logarithms have at the most
	toneBalance = 0.25 // share of the mean of both sides' deviations that a side has at least
)

// toneShares of the values lie beyond the quantiles that tell how far values spread, and normalQuantiles are these of a normal distribution,
// standard deviations. The outer ones are there for quiet rock with a few strong contacts; what is rarer than these is wild.
var (
	toneShares      = [...]float64{0.05, 0.01}
	normalQuantiles = [...]float64{1.6449, 2.3263}
)

// Tone maps the values of a log to those that a network sees. The zero value maps every value to itself.
type Tone struct {
	Log    bool    // to the natural logarithm
	Lo, Hi float64 // cut off at these before; no limits where both are 0
}

// Tone is what makes the values of a log like those of others: tools give grey levels, logarithms of resistivity, or resistivity itself,
// whose contrasts are ratios; and a few wild values, of a bad sample or of a null that no one has declared, must not decide what is faint.
// Values that are positive, span a range and are skewed as resistivity is are taken by their logarithm, where that is far less skewed. What is
// toneSpread deviations beyond the median is cut off, of deviations that quantiles tell, on each side its own. The error is that of the
// log's temporary file.
func (l *Log) Tone() (Tone, error) {
	var values []float32
	err := l.spread(func(section *Log) {
		eachValid(section, func(_ int, v float32) { values = append(values, v) })
	})
	if err != nil || len(values) < toneLeast {
		return Tone{}, err
	}
	slices.Sort(values)
	at := func(share float64) float64 { return float64(values[int(share*float64(len(values)-1))]) }
	q := quantiles{mid: at(0.5)}
	for i, share := range toneShares {
		q.lo[i], q.hi[i] = at(share), at(1-share)
	}
	if logs := q.logarithms(); q.positive() && q.hi[0] >= toneRange*q.lo[0] && q.bowley() >= toneSkew && math.Abs(logs.bowley()) < toneGain*q.bowley() {
		lo, hi := logs.limits()
		return Tone{Log: true, Lo: math.Exp(lo), Hi: math.Exp(hi)}, nil
	}
	lo, hi := q.limits()
	return Tone{Lo: lo, Hi: hi}, nil
}

// quantiles are the median of a distribution and its quantiles of toneShares on either side.
type quantiles struct {
	lo, hi [len(toneShares)]float64
	mid    float64
}

// positive tells whether all quantiles are.
func (q quantiles) positive() bool { return slices.Min(q.lo[:]) > 0 }

func (q quantiles) logarithms() quantiles {
	out := quantiles{mid: math.Log(q.mid)}
	for i := range toneShares {
		out.lo[i], out.hi[i] = math.Log(q.lo[i]), math.Log(q.hi[i])
	}
	return out
}

// bowley is the skewness by Bowley, -1 to 1.
func (q quantiles) bowley() float64 { return (q.hi[0] + q.lo[0] - 2*q.mid) / (q.hi[0] - q.lo[0]) }

// limits are those of toneSpread; 0 where nearly all values are the same.
func (q quantiles) limits() (lo, hi float64) {
	var below, above float64 // deviations
	for i, n := range normalQuantiles {
		below, above = max(below, (q.mid-q.lo[i])/n), max(above, (q.hi[i]-q.mid)/n)
	}
	least := toneBalance * (below + above) / 2
	if least == 0 {
		return 0, 0
	}
	return q.mid - toneSpread*max(least, below), q.mid + toneSpread*max(least, above)
}

// of is the value that v is mapped to.
func (t Tone) of(v float32) float32 {
	x := float64(v)
	if t.Lo != t.Hi {
		x = max(t.Lo, min(t.Hi, x))
	}
	if t.Log {
		x = math.Log(x)
	}
	return float32(x)
}
