package report

import (
	"math"
	"math/cmplx"
	"strconv"
	"strings"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/plot"
)

// pageData is what the page's scripts read, as JSON. Numbers that are not known are null.
type pageData struct {
	Well      string     `json:"well"`
	TopM      float64    `json:"topM"`
	BaseM     float64    `json:"baseM"`
	Reference string     `json:"reference"`
	Columns   int        `json:"columns"`
	TileRows  int        `json:"tileRows"`
	GainRows  int        `json:"gainRows"`
	GreyRange float64    `json:"greyRange"`
	Levels    []levelRow `json:"levels"`
	Colours   colours    `json:"colours"`
	Picks     pickData   `json:"picks"`
	Curves    curveData  `json:"curves"`
}

type levelRow struct {
	TopM   float64 `json:"topM"`
	PxPerM float64 `json:"pxPerM"`
	Rows   int     `json:"rows"`
}

type colours struct {
	Class [dip.NumClasses]string `json:"class"`
	Gap   string                 `json:"gap"`
	Image []string               `json:"image"`
}

// pickData is the picks, ascending in depth, a list for each property.
type pickData struct {
	DepthM     []decimal `json:"depthM"`
	Class      []int     `json:"class"` // dip.Class
	Confidence []decimal `json:"confidence"`
	Dip        []decimal `json:"dip"`
	Azimuth    []decimal `json:"azimuth"`
	TrueDip    []decimal `json:"trueDip"`
	TrueAz     []decimal `json:"trueAzimuth"`
	AmplitudeM []decimal `json:"amplitudeM"`
	Coverage   []decimal `json:"coverage"`
	Quality    []string  `json:"quality"`
	Flags      []string  `json:"flags"`
}

// curveData is caliper and orientation of the hole at even depths.
type curveData struct {
	TopM       float64   `json:"topM"`
	StepM      float64   `json:"stepM"`
	DiameterIn []decimal `json:"diameterIn"`
	Deviation  []decimal `json:"deviation"`
	Azimuth    []decimal `json:"azimuth"`
}

const curveRows = 1500

// decimal is a number of a few digits, null where it is not finite.
type decimal float64

// MarshalJSON implements json.Marshaler.
func (d decimal) MarshalJSON() ([]byte, error) {
	v := float64(d)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, math.Round(v*1e4)/1e4, 'g', -1, 64), nil
}

func newData(in Input, levels []level, palette plot.Palette) pageData {
	log := in.Log
	d := pageData{
		Well: log.Well, TopM: levels[0].topM, Reference: string(log.Reference),
		Columns: levels[0].columns, TileRows: tileRows, GainRows: gainRows, GreyRange: greyRange,
		Colours: colours{Gap: plot.Hex(palette.Gap)},
	}
	d.BaseM = d.TopM + float64(levels[0].rows)/levels[0].pxPerM
	for _, l := range levels {
		d.Levels = append(d.Levels, levelRow{l.topM, l.pxPerM, l.rows})
	}
	for i, c := range palette.Class {
		d.Colours.Class[i] = plot.Hex(c)
	}
	for _, c := range palette.Image {
		d.Colours.Image = append(d.Colours.Image, plot.Hex(c))
	}
	d.Picks = newPickData(in)
	d.Curves = newCurveData(log, d.TopM, d.BaseM)
	return d
}

// newPickData leaves away what the page cannot place: picks without depth, class or finite trace.
func newPickData(in Input) pickData {
	var p pickData
	for i := range in.Table.Picks {
		pick := &in.Table.Picks[i]
		amplitudeM := cmplx.Abs(pick.Trace().Amplitude)
		if !pick.Class.Valid() || !finite(pick.DepthM) || !finite(amplitudeM) {
			continue
		}
		p.DepthM = append(p.DepthM, decimal(pick.DepthM))
		p.Class = append(p.Class, int(pick.Class))
		p.Confidence = append(p.Confidence, decimal(pick.Confidence))
		p.Dip = append(p.Dip, decimal(pick.DipDeg))
		p.Azimuth = append(p.Azimuth, decimal(pick.AzimuthDeg))
		p.TrueDip = append(p.TrueDip, decimal(pick.TrueDipDeg))
		p.TrueAz = append(p.TrueAz, decimal(pick.TrueAzimuthDeg))
		p.AmplitudeM = append(p.AmplitudeM, decimal(amplitudeM))
		p.Coverage = append(p.Coverage, decimal(pick.Coverage))
		p.Quality = append(p.Quality, pick.Quality)
		p.Flags = append(p.Flags, strings.Join(pick.Flags, " "))
	}
	return p
}

func newCurveData(log *imagelog.Log, topM, baseM float64) curveData {
	c := curveData{TopM: topM, StepM: (baseM - topM) / curveRows}
	known := func(v []decimal) []decimal {
		for _, x := range v {
			if finite(float64(x)) {
				return v
			}
		}
		return nil
	}
	for i := range curveRows + 1 {
		depthM := topM + float64(i)*c.StepM
		diameterM, _ := log.DiameterAtDepth(depthM)
		deviation, azimuth, _ := log.OrientationAt(depthM)
		c.DiameterIn = append(c.DiameterIn, decimal(diameterM/0.0254))
		c.Deviation = append(c.Deviation, decimal(deviation))
		c.Azimuth = append(c.Azimuth, decimal(azimuth))
	}
	c.DiameterIn, c.Deviation, c.Azimuth = known(c.DiameterIn), known(c.Deviation), known(c.Azimuth)
	return c
}

func finite(v float64) bool { return v-v == 0 }
