package tile

import (
	"errors"
	"fmt"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// ErrLabelOutside marks labels whose depth lies outside the log that they belong to. The error is a *LabelOutsideError.
var ErrLabelOutside = errors.New("label outside the log's depth range")

// LabelOutsideError names the first label that lies outside its log.
type LabelOutsideError struct {
	Well        string
	Index       int     // of the label in its table, from 0
	DepthM      float64 // of the label
	TopM, BaseM float64 // of the log
	Count       int     // labels outside in all
}

func (e *LabelOutsideError) Error() string {
	return fmt.Sprintf("well %s: label %d at %.3f m lies outside the image, %.3f to %.3f m (%d labels do): "+
		"check the depth unit and that the labels belong to this log, or cut them to its interval",
		e.Well, e.Index+1, e.DepthM, e.TopM, e.BaseM, e.Count)
}

// Is makes errors.Is(err, ErrLabelOutside) work.
func (e *LabelOutsideError) Is(target error) bool { return target == ErrLabelOutside }

// CheckLabels returns a *LabelOutsideError where a label's depth is not inside the grid.
func (g *Grid) CheckLabels(truth []picks.Pick) error {
	out := &LabelOutsideError{Well: g.log.Well, TopM: g.TopM(), BaseM: g.BaseM()}
	for i, p := range truth {
		if p.DepthM >= out.TopM && p.DepthM <= out.BaseM {
			continue
		}
		if out.Count == 0 {
			out.Index, out.DepthM = i, p.DepthM
		}
		out.Count++
	}
	if out.Count > 0 {
		return out
	}
	return nil
}

// Labels are the truths whose midline is inside the tile that starts at row start. The azimuths of truth refer to the same
// direction as the columns of the log.
func (g *Grid) Labels(truth []picks.Pick, start int) []Label {
	return cutLabels(truth, g.log, g.DepthM(float64(start)), g.opt.Rows, g.opt.RowM)
}

// cutLabels converts the truths whose midline is in [topM, topM + rows*rowM) to row coordinates.
func cutLabels(truth []picks.Pick, log *imagelog.Log, topM float64, rows int, rowM float64) []Label {
	var out []Label
	for _, p := range truth {
		d, a, b := dip.NewCurve(p.DepthM, amplitudeM(p, log), p.AzimuthDeg).Rows(topM, rowM)
		if !(d >= 0 && d < float64(rows)) {
			continue
		}
		l := Label{Class: p.Class, D: d, A: a, B: b}
		if l.finite() {
			out = append(out, l)
		}
	}
	return out
}

// amplitudeM is half the height of a pick's sinusoid, metres: its own where it is given, else from the dip and the best known
// hole diameter.
func amplitudeM(p picks.Pick, log *imagelog.Log) float64 {
	if p.AmplitudeM > 0 {
		return p.AmplitudeM
	}
	diameterM := p.HoleDiameterM
	if !(diameterM > 0) {
		diameterM, _ = log.DiameterAtDepth(p.DepthM)
	}
	if !(diameterM > 0) {
		diameterM = dip.DefaultDiameterM
	}
	return dip.AmplitudeM(p.DipDeg, diameterM)
}
