package pads

import (
	"fmt"
	"math"

	"github.com/geobfdt/geobfdt/internal/imagelog"
)

// Record simulates the recording that a tool would have made of the wall that an image log shows, with its measure point at the
// depths of the log: the inverse of Assemble, for synthetic files and tests. A button reads the pixel of its azimuth, interpolated
// in depth, NaN where the log has a gap. The log needs the azimuth of pad 1 (RB where it starts at the high side) and a hole size.
// Errors wrap ErrNoOrientation and ErrNoCaliper.
func Record(l *imagelog.Log, t *Tool) (*Recording, error) {
	padDeg := l.P1NODeg
	if l.Reference == imagelog.RefHighSide {
		padDeg = l.RBDeg
	}
	if padDeg == nil {
		return nil, fmt.Errorf("record with %s: %w", t.Name, ErrNoOrientation)
	}
	rows := l.Rows()
	r := &Recording{
		DepthM: l.DepthM, Pads: make([][]float32, t.Pads()),
		P1NODeg: l.P1NODeg, RBDeg: l.RBDeg, HaziDeg: l.HaziDeg, DeviDeg: l.DeviDeg, BSIn: l.BSIn,
	}
	for range t.Calipers {
		r.CaliperIn = append(r.CaliperIn, make([]float64, rows))
	}
	radiusIn := make([]float64, rows)
	for row := range rows {
		diameterM, _ := l.DiameterM(row)
		if diameterM != diameterM {
			return nil, fmt.Errorf("record with %s at %.3f m: %w", t.Name, l.DepthM[row], ErrNoCaliper)
		}
		for k := range r.CaliperIn {
			r.CaliperIn[k][row] = diameterM / metresPerInch
		}
		radiusIn[row] = diameterM / metresPerInch / 2
	}
	axis := assembly{depthM: l.DepthM, maxStepM: 2.01 * medianStep(l.DepthM)}
	for pad := range r.Pads {
		p, arm := t.plate(pad)
		r.Pads[pad] = make([]float32, rows*p.Buttons)
		armDeg := 360 * float64(arm) / float64(t.Arms)
		for b := range p.Buttons {
			c := &cursor{}
			for row, z := range l.DepthM {
				deg := padDeg[row] + armDeg + p.ArcIn/radiusIn[row]*180/math.Pi + t.faceDeg(p.arcIn(b), radiusIn[row])
				v := seen(l, axis.moment(c, z+p.offsetM(b)), deg)
				if t.Signal == Current {
					v = -v
				}
				r.Pads[pad][row*p.Buttons+b] = v
			}
		}
	}
	return r, nil
}

// seen is the value of a log at a depth and an azimuth, NaN in gaps.
func seen(l *imagelog.Log, m moment, deg float64) float32 {
	if m.at < 0 || deg != deg {
		return float32(math.NaN())
	}
	columns := l.Columns()
	j := min(columns-1, int(wrap(deg)/360*float64(columns)))
	value := func(row int) float64 {
		if !l.Mask[row*columns+j] {
			return math.NaN()
		}
		return float64(l.Pixels()[row*columns+j])
	}
	if m.t == 0 {
		return float32(value(m.at))
	}
	return float32(lerp(value(m.at), value(m.at+1), m.t))
}
