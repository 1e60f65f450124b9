package synth

import (
	"cmp"
	"math"
	"slices"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// mark is a sinusoid on the wall: a contact or a fracture.
type mark interface {
	// trace is the true depth and the contrast at an azimuth in radians.
	trace(phi float64) (depthM, contrast float64)
	// kept is the share of the contrast at an azimuth that a grey scale which saturates leaves, [0, 1].
	kept(c *column, g *greyScale, phi float64) float64
}

// label is a pick of the truth with the mark that it stands for.
type label struct {
	picks.Pick
	mark mark
}

// contactMark is a contact with the waviness that all bedding shares.
type contactMark struct {
	contact
	waves wave
}

func (c *contactMark) trace(phi float64) (depthM, contrast float64) {
	sin, cos := math.Sincos(phi)
	return c.uM + c.a*cos + c.b*sin + c.waves.at(phi), c.contrast
}

// kept implements mark with the levels 1 to 2.5 cm above and below a contact, and within 2 mm of it.
func (c *contactMark) kept(layers *column, g *greyScale, _ float64) float64 {
	above, below := layers.level(c.uM-0.025, c.uM-0.01), layers.level(c.uM+0.01, c.uM+0.025)
	at, beside := layers.level(c.uM-0.002, c.uM+0.002), (above+below)/2
	if math.Abs(at-beside) > math.Abs(above-below) { // a line
		return g.kept(at, beside)
	}
	return g.kept(above, below)
}

// kept implements mark with the level of the bed beneath the trace.
func (f *fracture) kept(layers *column, g *greyScale, phi float64) float64 {
	sin, cos := math.Sincos(phi)
	z := f.at(phi) - layers.waves.at(phi)
	k := layers.index(z)
	u := z - layers.a[k]*cos - layers.b[k]*sin
	level := layers.level(u-0.005, u+0.005)
	return g.kept(level, level+f.contrast)
}

func (f *fracture) trace(phi float64) (depthM, contrast float64) {
	return f.at(phi), math.Abs(f.contrast) * f.seen(phi)
}

// label lists the truth of the recorded interval.
func (s *Scene) label() {
	for _, c := range s.column.contacts {
		s.add(dip.Bedding, dip.Curve{DepthM: c.uM, Amplitude: complex(c.a, c.b)}, &contactMark{c, s.column.waves}, "")
	}
	for i := range s.fractures {
		f := &s.fractures[i]
		flag := picks.FlagConductive
		if f.contrast > 0 {
			flag = picks.FlagResistive
		}
		s.add(dip.Fracture, dip.Curve{DepthM: f.depthM, Amplitude: complex(f.a, f.b)}, f, flag)
	}
	slices.SortStableFunc(s.labels, func(a, b label) int { return cmp.Compare(a.DepthM, b.DepthM) })
}

// add labels a mark whose midline was recorded, if enough of its trace was seen.
func (s *Scene) add(class dip.Class, curve dip.Curve, m mark, flag string) {
	diameterM := s.hole.diameterAt(curve.DepthM)
	curve.DepthM = s.motion.recorded(curve.DepthM)
	if curve.DepthM < s.TopM || curve.DepthM >= s.BaseM {
		return
	}
	coverage := s.coverage(m, math.Inf(-1), math.Inf(1))
	if coverage < minCoverage {
		return
	}
	p := picks.New(class, curve.Sinusoid(diameterM))
	p.TrueDipDeg, p.TrueAzimuthDeg = s.hole.earth(p.DipDeg, p.AzimuthDeg)
	p.AmplitudeM, p.HoleDiameterM = dip.AmplitudeM(p.DipDeg, diameterM), diameterM
	p.Coverage, p.Quality = coverage, "A"
	if p.DipDeg < dip.LowDipDeg {
		p.Flags = append(p.Flags, picks.FlagLowDip)
	}
	if flag != "" {
		p.Flags = append(p.Flags, flag)
	}
	s.labels = append(s.labels, label{p, m})
}

// coverage is the share of a trace that the tool saw between two recorded depths, where its contrast is not below half of the
// visible one.
func (s *Scene) coverage(m mark, topM, baseM float64) float64 {
	seen := 0
	for i := range traceSamples {
		turn := (float64(i) + 0.5) / traceSamples
		trueM, contrast := m.trace(2 * math.Pi * turn)
		if s.response.grey.clip > 0 {
			contrast *= m.kept(s.column, &s.response.grey, 2*math.Pi*turn)
		}
		z := s.motion.recorded(trueM)
		if z < topM || z >= baseM || contrast*s.response.contrastAt(trueM, turn) < 0.5*s.floor ||
			s.response.missing(z) {
			continue
		}
		if s.tool.under(turn, s.tool.padOneTurn(z), s.tool.padsDown(z)) >= 0 {
			seen++
		}
	}
	return float64(seen) / traceSamples
}

// between is the labels whose midline lies in [topM, baseM).
func (s *Scene) between(topM, baseM float64) []label {
	byDepth := func(l label, z float64) int { return cmp.Compare(l.DepthM, z) }
	from, _ := slices.BinarySearchFunc(s.labels, topM, byDepth)
	to, _ := slices.BinarySearchFunc(s.labels, baseM, byDepth)
	return s.labels[from:max(from, to)]
}

// Truth lists the sinusoids whose midline lies in [topM, baseM) of recorded depth, ascending.
func (s *Scene) Truth(topM, baseM float64) []picks.Pick {
	var truth []picks.Pick
	for _, l := range s.between(topM, baseM) {
		truth = append(truth, l.Pick)
	}
	return truth
}
