package export

import (
	"errors"
	"io"
	"strconv"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/las"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// ErrNoPicks: the table is empty, and the format cannot say so.
var ErrNoPicks = errors.New("no picks: a LAS file needs at least one row; lower the threshold of picking, or export csv")

// lasIndexStep is the resolution of the index in a LAS file, in its own unit.
const lasIndexStep = 1e-5

// writeLAS writes one row a pick. Two picks of one depth are set lasIndexStep apart, since the index of LAS must ascend.
func writeLAS(w io.Writer, t *picks.Table, opt Options) error {
	n := len(t.Picks)
	if n == 0 {
		return ErrNoPicks
	}
	file := &las.File{Sections: []las.Section{
		{Kind: las.Well, Items: []las.Item{{Mnemonic: "WELL", Value: t.Well, Description: "well"}}},
		{Kind: las.Parameter, Items: lasParameters(&t.Header, opt.Structural)},
	}}
	for _, f := range fieldsOf(opt.Form) {
		c := las.Curve{Mnemonic: f.mnemonic, Unit: f.unit(opt.DepthUnit), Description: f.doc, Values: make([]float64, n)}
		for k := range t.Picks {
			c.Values[k] = f.round(f.value(&t.Picks[k], opt.DepthUnit), f.decimals)
		}
		file.Curves = append(file.Curves, c)
	}
	index := file.Curves[0].Values
	for k := 1; k < n; k++ {
		if least := index[k-1] + lasIndexStep; index[k] < least {
			index[k] = least
		}
	}
	types, qualities := make([]float64, n), make([]float64, n)
	for k := range t.Picks {
		types[k], qualities[k] = float64(t.Picks[k].Class), qualityCode(&t.Picks[k])
	}
	file.Curves = append(file.Curves,
		las.Curve{Mnemonic: "TYPE", Description: "class of the sinusoid, see parameters TYPE_n", Values: types},
		las.Curve{Mnemonic: "QUAL", Description: "quality, see parameters QUAL_n", Values: qualities})
	return las.Write(w, file)
}

// lasParameters say what the numbers refer to and what the codes mean.
func lasParameters(h *picks.Header, structural *dip.Plane) []las.Item {
	var items []las.Item
	for _, item := range []las.Item{
		{Mnemonic: "PDAT", Value: h.Datum, Description: "depth datum"},
		{Mnemonic: "AZREF", Value: h.Reference, Description: "azimuth reference of AZIM_APP"},
		{Mnemonic: "MODEL", Value: h.ModelName, Description: "model that picked"},
		{Mnemonic: "MHASH", Value: h.ModelHash, Description: "SHA-256 of the model"},
	} {
		if item.Value != "" {
			items = append(items, item)
		}
	}
	if h.DeclinationDeg != 0 {
		items = append(items, las.Item{Mnemonic: "MDEC", Unit: "deg", Value: number(h.DeclinationDeg), Description: "magnetic declination, east positive"})
	}
	if structural != nil {
		items = append(items,
			las.Item{Mnemonic: "SDIP", Unit: "deg", Value: number(structural.DipDeg), Description: "structural dip removed from the true dips"},
			las.Item{Mnemonic: "SAZI", Unit: "deg", Value: number(structural.AzimuthDeg), Description: "its azimuth"})
	}
	for class := range dip.Class(dip.NumClasses) {
		items = append(items, las.Item{Mnemonic: "TYPE_" + strconv.Itoa(int(class)), Value: class.String(), Description: "meaning of TYPE"})
	}
	for code, letter := range "ABCD" {
		items = append(items, las.Item{Mnemonic: "QUAL_" + strconv.Itoa(code+1), Value: string(letter), Description: "meaning of QUAL"})
	}
	return items
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
