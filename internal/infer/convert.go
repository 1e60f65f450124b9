package infer

import (
	"fmt"
	"math"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/tile"
)

const metresPerInch = 0.0254

// converter turns curves on a grid into picks: metres with the grid, dips with the caliper, true dips with the orientation.
type converter struct {
	log     *imagelog.Log // as read: it has the curves
	grid    *tile.Grid
	opt     Options
	assumed int // picks without a caliper or bit size
	byBit   int // picks without a caliper
	noTrue  int // picks without true dip or azimuth
	noHigh  int // picks whose azimuth counts from a high side that there hardly is
	total   int
}

func newConverter(log *imagelog.Log, grid *tile.Grid, opt Options) *converter {
	return &converter{log: log, grid: grid, opt: opt}
}

// pick converts one curve.
func (c *converter) pick(r Refined) picks.Pick {
	c.total++
	t := c.grid.Options()
	depthM, amplitudeM := c.grid.DepthM(r.D), r.Amplitude()*t.RowM
	azimuth := dip.WrapAzimuth(math.Atan2(r.B, r.A) * 180 / math.Pi)
	diameterM, source := c.diameter(depthM)
	p := picks.New(r.Class, dip.Sinusoid{DepthM: depthM, DipDeg: dip.FromAmplitude(amplitudeM, diameterM), AzimuthDeg: azimuth})
	p.Confidence, p.AmplitudeM, p.HoleDiameterM, p.Coverage = min(1, r.Score), amplitudeM, diameterM, r.Coverage
	p.Quality = Quality(p.Confidence, p.Coverage, r.Significance)
	p.TrueDipDeg, p.TrueAzimuthDeg = c.trueDip(p.Sinusoid)
	if math.IsNaN(p.TrueAzimuthDeg) {
		c.noTrue++
	}
	noHighSide := c.noHighSide(depthM)
	if noHighSide {
		c.noHigh++
	}
	flag := func(on bool, name string) {
		if on {
			p.Flags = append(p.Flags, name)
		}
	}
	flag(p.DipDeg < dip.LowDipDeg, picks.FlagLowDip)
	flag(r.D-r.Amplitude() < 0 || r.D+r.Amplitude() > float64(c.grid.Rows()), picks.FlagEdge)
	flag(2*r.Amplitude() > float64(t.Rows), picks.FlagTallerThanTile)
	flag(r.Merged > 0, picks.FlagMerged)
	flag(r.Polarity() == Conductive, picks.FlagConductive)
	flag(r.Polarity() == Resistive, picks.FlagResistive)
	flag(r.Coverage < c.opt.MinCoverage, picks.FlagLowCoverage)
	flag(source == imagelog.DiameterUnknown, picks.FlagAssumedDiameter)
	flag(source == imagelog.DiameterBitSize, picks.FlagBitSize)
	flag(noHighSide, picks.FlagNoHighSide)
	return p
}

// diameter of the hole as the tool sees it at a depth, metres, and where it comes from: caliper, bit size, or the assumed one.
func (c *converter) diameter(depthM float64) (diameterM float64, source imagelog.DiameterSource) {
	diameterM, source = c.log.DiameterAtDepth(depthM)
	switch source {
	case imagelog.DiameterUnknown:
		c.assumed++
		diameterM = c.opt.DiameterIn * metresPerInch
	case imagelog.DiameterBitSize:
		c.byBit++
	}
	if c.opt.ElectricalFactor > 0 {
		diameterM *= c.opt.ElectricalFactor
	}
	return diameterM, source
}

// noHighSide tells whether azimuths count from the high side of a hole too near the vertical to have one.
func (c *converter) noHighSide(depthM float64) bool {
	deviDeg, _, _ := c.log.OrientationAt(depthM)
	return c.log.Reference == imagelog.RefHighSide && deviDeg < dip.HighSideDeg
}

// assumedVerticalDeg is the greatest deviation that assume_vertical passes over where only the azimuth of the hole is not known.
const assumedVerticalDeg = 5

// trueDip of a sinusoid, NaN where the log does not say how the hole lies or what its azimuths refer to. In a hole that is assumed to
// be vertical the dip does not depend on what azimuths refer to; the azimuth does.
func (c *converter) trueDip(s dip.Sinusoid) (dipDeg, azimuthDeg float64) {
	north := s.AzimuthDeg
	if c.log.Reference == imagelog.RefMagnetic {
		north += c.log.DeclinationDeg
	}
	devi, hazi, ok := c.log.OrientationAt(s.DepthM)
	switch {
	case ok && c.log.Reference == imagelog.RefHighSide:
		return dip.NewFrame(devi, hazi).TrueFromApparent(s.DipDeg, s.AzimuthDeg)
	case ok && c.log.Reference != imagelog.RefUnknown:
		return dip.NewFrame(devi, hazi).TrueFromApparentNorth(s.DipDeg, north)
	case !ok && c.opt.AssumeVertical && !(devi > assumedVerticalDeg) && c.log.Reference != imagelog.RefHighSide:
		dipDeg, azimuthDeg = dip.NewFrame(0, 0).TrueFromApparentNorth(s.DipDeg, north)
		if c.log.Reference == imagelog.RefUnknown {
			azimuthDeg = math.NaN()
		}
		return dipDeg, azimuthDeg
	}
	return math.NaN(), math.NaN()
}

// warnings sums up what had to be assumed.
func (c *converter) warnings() (out []string) {
	if c.assumed > 0 {
		out = append(out, fmt.Sprintf("no caliper and no bit size for %d of %d picks: a hole of %g in was assumed (pick.diameter_in); their amplitudes hold, their dips may not", c.assumed, c.total, c.opt.DiameterIn))
	}
	if c.byBit > 0 {
		out = append(out, fmt.Sprintf("no caliper for %d of %d picks: the hole was taken to be as wide as its bit (flag %s); where it is washed out their dips are too steep", c.byBit, c.total, picks.FlagBitSize))
	}
	if c.noHigh > 0 {
		out = append(out, fmt.Sprintf("the hole is within %g degrees of vertical at %d of %d picks, and their azimuths count from its high side (flag %s): distrust their azimuths; use an image referred to north", dip.HighSideDeg, c.noHigh, c.total, picks.FlagNoHighSide))
	}
	if c.noTrue > 0 {
		out = append(out, fmt.Sprintf("no true dip or azimuth for %d of %d picks: the log does not say how the hole lies or what its azimuths refer to; give --reference, and a log with deviation, --survey or --assume-vertical", c.noTrue, c.total))
	}
	if c.grid.Tone().Log {
		out = append(out, "the image is skewed as resistivity is, it is looked at by its logarithm")
	}
	return out
}
