package synth

import "github.com/geobfdt/geobfdt/internal/dip"

// hole is the drilled hole and the azimuth frame of its image.
type hole struct {
	diameterM        float64
	deviDeg, haziDeg float64
	frame            dip.Frame
	highSideDeg      float64 // azimuth of the high side in the image's reference
}

func newHole(diameterM, deviDeg, haziDeg float64, highSideImage bool) hole {
	h := hole{diameterM: diameterM, deviDeg: deviDeg, haziDeg: haziDeg, frame: dip.NewFrame(deviDeg, haziDeg)}
	if !highSideImage {
		h.highSideDeg = haziDeg
	}
	return h
}

// apparent turns a plane in the earth into dip and azimuth as the image shows it.
func (h *hole) apparent(trueDipDeg, trueAzimuthDeg float64) (dipDeg, azimuthDeg float64) {
	dipDeg, fromHighSideDeg := h.frame.ApparentFromTrue(trueDipDeg, trueAzimuthDeg)
	return dipDeg, dip.WrapAzimuth(fromHighSideDeg + h.highSideDeg)
}

// earth is the inverse of apparent.
func (h *hole) earth(dipDeg, azimuthDeg float64) (trueDipDeg, trueAzimuthDeg float64) {
	return h.frame.TrueFromApparent(dipDeg, azimuthDeg-h.highSideDeg)
}

// amplitudeM is the half height of the sinusoid of an apparent dip.
func (h *hole) amplitudeM(dipDeg float64) float64 { return dip.AmplitudeM(dipDeg, h.diameterM) }

// radiusM is half of the diameter.
func (h *hole) radiusM() float64 { return h.diameterM / 2 }
