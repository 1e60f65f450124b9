package wellfile

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"github.com/geobfdt/geobfdt/internal/dlis"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/las"
	"github.com/geobfdt/geobfdt/internal/pads"
)

// WriteOptions say how a log is written.
type WriteOptions struct {
	Feet bool       // depth in feet instead of metres
	Up   bool       // the deepest row first, as a log that was run up the hole; DLIS only
	Pads *pads.Tool // write also what this tool would have recorded; DLIS only, nil for none
}

const (
	writtenNull = -999.25
	// coarseM is the sampling of the curves in a DLIS file, 6 in as in most logs.
	coarseM = 0.1524
)

// errSpooled: the writers take logs that fit into memory.
var errSpooled = errors.New("the image is not in memory")

func (o WriteOptions) unit() (name string, metres float64) {
	if o.Feet {
		return "ft", 0.3048
	}
	return "m", 1
}

// WriteDLIS writes a log that is in memory as a DLIS file with two frames, as imaging tools have: the image, how the tool turned, and
// the raw pads if asked for, at its own sampling; how the hole lies and its size at one reading in 6 in. Depths have all their
// digits, pixels are written as they are. With raw pads the errors of pads.Record are possible.
func WriteDLIS(w io.Writer, l *imagelog.Log, opt WriteOptions) error {
	if err := writeDLIS(w, l, opt); err != nil {
		return fmt.Errorf("write DLIS: %w", err)
	}
	return nil
}

func writeDLIS(w io.Writer, l *imagelog.Log, opt WriteOptions) error {
	if !l.InMemory() {
		return errSpooled
	}
	unit, metres := opt.unit()
	depth := newChannel("TDEP", "measured depth", unit, dlis.FDOUBL, 1)
	image := newFrame("IMAGE", l, opt, depth, newChannel("IMAGE", "image of the borehole wall", "", dlis.FSINGL, l.Columns()))
	turns, curves := []writtenCurve{}, []writtenCurve{}
	for _, c := range writtenCurves(l) {
		if c.fast {
			turns = append(turns, c)
			image.Channels = append(image.Channels, newChannel(c.mnemonic, c.name, c.unit, dlis.FDOUBL, 1))
		} else {
			curves = append(curves, c)
		}
	}
	var raw *pads.Recording
	if opt.Pads != nil {
		var err error
		if raw, err = pads.Record(l, opt.Pads); err != nil {
			return err
		}
		for i := range raw.Pads {
			plate, name := opt.Pads.Pad(i)
			image.Channels = append(image.Channels, newChannel(name, plate.Name, "", dlis.FSINGL, plate.Buttons))
		}
	}
	coarse := newFrame("CURVES", l, opt, depth)
	for _, c := range curves {
		coarse.Channels = append(coarse.Channels, newChannel(c.mnemonic, c.name, c.unit, dlis.FDOUBL, 1))
	}
	f := dlis.NewWriter(w, "geobfdt", false)
	f.FileHeader(l.Well, 1)
	f.Set("ORIGIN", []string{"FILE-ID", "FILE-SET-NUMBER", "PRODUCT", "WELL-NAME"}, dlis.ObjectSpec{Name: dlis.ObName{Origin: 1, ID: "ORIGIN"},
		Attrs: []dlis.Attr{dlis.TextAttr(l.Well), {Code: dlis.UVARI, Values: []any{int64(1)}}, dlis.TextAttr("geobfdt"), dlis.TextAttr(l.Well)}})
	f.Set("PARAMETER", []string{"LONG-NAME", "VALUES"},
		dlis.ObjectSpec{Name: dlis.ObName{Origin: 1, ID: referenceParameter}, Attrs: []dlis.Attr{dlis.TextAttr("azimuth reference"), dlis.TextAttr(string(l.Reference))}},
		dlis.ObjectSpec{Name: dlis.ObName{Origin: 1, ID: declinationParameter}, Attrs: []dlis.Attr{dlis.TextAttr("magnetic declination"), dlis.NumberAttr(l.DeclinationDeg, "deg")}})
	f.Frames(image, coarse)
	every := max(1, int(math.Round(coarseM/max(l.StepM(), 1e-4))))
	number := 0
	for i := range l.Rows() {
		row := i
		if opt.Up {
			row = l.Rows() - 1 - i
		}
		at := []float64{l.DepthM[row] / metres}
		values := [][]float64{at, pixelRow(l, row)}
		for _, c := range turns {
			values = append(values, []float64{orNull(c.values[row])})
		}
		if raw != nil {
			for pad, readings := range raw.Pads {
				plate, _ := opt.Pads.Pad(pad)
				values = append(values, widened(readings[row*plate.Buttons:(row+1)*plate.Buttons]))
			}
		}
		f.Row(image, i+1, values...)
		if i%every != 0 && i != l.Rows()-1 {
			continue
		}
		number++
		values = [][]float64{at}
		for _, c := range curves {
			values = append(values, []float64{orNull(c.values[row])})
		}
		f.Row(coarse, number, values...)
	}
	return f.Close()
}

func newChannel(name, longName, unit string, code dlis.Code, elements int) *dlis.Channel {
	return &dlis.Channel{Name: dlis.ObName{Origin: 1, ID: name}, LongName: longName, Units: unit, Code: code, Dimension: []int{elements}}
}

func newFrame(name string, l *imagelog.Log, opt WriteOptions, channels ...*dlis.Channel) *dlis.Frame {
	unit, metres := opt.unit()
	f := &dlis.Frame{Name: dlis.ObName{Origin: 1, ID: name}, IndexType: "BOREHOLE-DEPTH", Direction: "INCREASING", HasRange: true,
		IndexMin: l.DepthM[0] / metres, IndexMax: l.DepthM[l.Rows()-1] / metres, RangeUnit: unit, Channels: channels}
	if opt.Up {
		f.Direction = "DECREASING"
	}
	return f
}

// pixelRow returns a row of the image, writtenNull in gaps.
func pixelRow(l *imagelog.Log, row int) []float64 {
	n := l.Columns()
	out := widened(l.Pixels()[row*n : (row+1)*n])
	for j := range out {
		if !l.Mask[row*n+j] {
			out[j] = writtenNull
		}
	}
	return out
}

func widened(values []float32) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = orNull(float64(v))
	}
	return out
}

func orNull(v float64) float64 {
	if !finite(v) {
		return writtenNull
	}
	return v
}

// writtenCurve is a curve of a log as it is written.
type writtenCurve struct {
	mnemonic, name, unit string
	values               []float64
	fast                 bool // is recorded as often as the image: a tool may turn by a button's width in a few centimetres
}

// writtenCurves lists the curves that a log has.
func writtenCurves(l *imagelog.Log) []writtenCurve {
	all := []writtenCurve{
		{"DEVI", "hole deviation", "deg", l.DeviDeg, false}, {"HAZI", "hole azimuth", "deg", l.HaziDeg, false},
		{"P1NO", "azimuth of pad 1", "deg", l.P1NODeg, true}, {"RB", "relative bearing", "deg", l.RBDeg, true},
		{"C1", "caliper 1", "in", l.C1In, false}, {"C2", "caliper 2", "in", l.C2In, false}, {"C36", "caliper 3", "in", l.C3In, false}, {"BS", "bit size", "in", l.BSIn, false},
	}
	return slices.DeleteFunc(all, func(c writtenCurve) bool { return len(c.values) == 0 })
}

// WriteLAS writes a log that is in memory as a LAS 2.0 file: depth, a curve for every azimuth column, orientation and hole size.
func WriteLAS(w io.Writer, l *imagelog.Log, opt WriteOptions) error {
	if !l.InMemory() {
		return fmt.Errorf("write LAS: %w", errSpooled)
	}
	unit, metres := opt.unit()
	rows, columns := l.Rows(), l.Columns()
	depth := las.Curve{Mnemonic: "DEPT", Unit: unit, Description: "measured depth", Values: make([]float64, rows)}
	for i, d := range l.DepthM {
		depth.Values[i] = d / metres
	}
	file := &las.File{Curves: []las.Curve{depth}, Sections: []las.Section{
		{Kind: las.Well, Items: []las.Item{{Mnemonic: "WELL", Value: l.Well, Description: "well"}}},
		{Kind: las.Parameter, Items: []las.Item{
			{Mnemonic: referenceParameter, Value: string(l.Reference), Description: "azimuth reference"},
			{Mnemonic: declinationParameter, Unit: "deg", Value: strconv.FormatFloat(l.DeclinationDeg, 'g', -1, 64), Description: "magnetic declination"},
		}},
	}}
	for _, c := range writtenCurves(l) {
		file.Curves = append(file.Curves, las.Curve{Mnemonic: c.mnemonic, Unit: c.unit, Description: c.name, Values: c.values})
	}
	for j := range columns {
		c := las.Curve{Mnemonic: fmt.Sprintf("IMG%d", j+1), Values: make([]float64, rows),
			Description: fmt.Sprintf("image at %.2f deg", (float64(j)+0.5)*360/float64(columns))}
		for i := range rows {
			if c.Values[i] = math.NaN(); l.Mask[i*columns+j] {
				c.Values[i] = float64(l.Pixels()[i*columns+j])
			}
		}
		file.Curves = append(file.Curves, c)
	}
	return las.Write(w, file)
}
