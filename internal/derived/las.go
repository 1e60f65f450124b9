package derived

import (
	"io"
	"math"
	"strconv"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/las"
	"github.com/geobfdt/geobfdt/internal/picks"
)

const metresPerFoot = 0.3048

// prefixes of the mnemonics of a class.
var prefixes = [dip.NumClasses]string{dip.Bedding: "BED", dip.Fracture: "FRAC"}

// WriteLAS writes the logs as LAS 2.0 with the head of the table that they are of. Curves of bedding are (of fractures FRAC...):
// BED10, BED10T (per 10 cm; Terzaghi-corrected), BED100, BED100T (per metre), BEDDIP, BEDAZI, BEDR, BEDN (mean dip): at most 8
// letters, since there are programs that cut off the rest. Depth is in the unit, densities are not.
func (l *Logs) WriteLAS(w io.Writer, h picks.Header, unit picks.Unit) error {
	perUnit := 1.0
	if unit == picks.Feet {
		perUnit = metresPerFoot
	}
	kind := "apparent"
	if l.Options.TrueDip {
		kind = "true"
	}
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	var parameters []las.Item
	for _, item := range []las.Item{
		{Mnemonic: "PDAT", Value: h.Datum, Description: "depth datum"},
		{Mnemonic: "AZREF", Value: h.Reference, Description: "azimuth reference of apparent azimuths"},
		{Mnemonic: "BLIND", Unit: "deg", Value: number(l.Options.BlindZoneDeg), Description: "Terzaghi blind zone: planes at less to the hole have the weight of its edge"},
		{Mnemonic: "MEANWIN", Unit: "m", Value: number(l.Options.MeanWindowM), Description: "window of the mean dip"},
		{Mnemonic: "MEANDIP", Value: kind, Description: "dips that the mean is of"},
	} {
		if item.Value != "" {
			parameters = append(parameters, item)
		}
	}
	file := &las.File{Curves: []las.Curve{{Mnemonic: "DEPT", Unit: string(unit), Description: "measured depth, middle of the sample", Values: make([]float64, len(l.DepthM))}}}
	for i, d := range l.DepthM {
		file.Curves[0].Values[i] = d / perUnit
	}
	for class := range l.Classes {
		c, name, prefix := &l.Classes[class], dip.Class(class).String(), prefixes[class]
		parameters = append(parameters,
			las.Item{Mnemonic: prefix + "ALL", Value: strconv.Itoa(c.Planes), Description: name + " picks in the interval"},
			las.Item{Mnemonic: prefix + "BLND", Value: strconv.Itoa(c.Blind), Description: "of them within the blind zone"})
		for _, log := range []struct {
			suffix, unit, doc string
			values            []float64
		}{
			{"10", "1/10cm", "P10 of " + name + " in 10 cm", c.Short},
			{"10T", "1/10cm", "the same, Terzaghi-corrected", c.ShortTerzaghi},
			{"100", "1/m", "P10 of " + name + " in 1 m", c.Long},
			{"100T", "1/m", "the same, Terzaghi-corrected", c.LongTerzaghi},
			{"DIP", "deg", "mean " + kind + " dip of " + name, c.MeanDipDeg},
			{"AZI", "deg", "its azimuth", c.MeanAzimuthDeg},
			{"R", "", "length of the resultant by number, 1: parallel", c.R},
			{"N", "", "planes in the mean", c.Count},
		} {
			file.Curves = append(file.Curves, las.Curve{Mnemonic: prefix + log.suffix, Unit: log.unit, Description: log.doc, Values: rounded(log.values)})
		}
	}
	file.Sections = []las.Section{
		{Kind: las.Well, Items: []las.Item{{Mnemonic: "WELL", Value: h.Well, Description: "well"}}},
		{Kind: las.Parameter, Items: parameters},
	}
	return las.Write(w, file)
}

// rounded brings values to the four decimals that picks have at most.
func rounded(values []float64) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = math.Round(v*1e4) / 1e4
	}
	return out
}
