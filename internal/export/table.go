package export

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// ErrNoTrueDip: true dips are asked for, and a pick has none.
var ErrNoTrueDip = errors.New("no true dip")

// column of a WellCAD or Geolog table.
type column struct {
	header string
	unit   string // as the unit line writes it; empty for depths, whose unit follows the options, and for text
	field  string // of the field table; empty: not a number of ours
	scale  float64
	text   func(p *picks.Pick) string // of columns that hold words
	fill   string                     // of columns that geobfdt knows nothing of
}

// dialect is a table format: a line of names, a line of units, then one line a pick, all ended by CR LF.
type dialect struct {
	depthUnits map[picks.Unit]string
	null       string // a number that is not known
	columns    []column
}

var typeNames = [dip.NumClasses]string{dip.Bedding: "Bedding", dip.Fracture: "Fracture"}

func typeName(p *picks.Pick) string { return typeNames[p.Class] }

// wellCAD is a structure table. Depth is that of the whole plane. Aperture is measured by hand there, and 0 when not; an empty
// range of visible azimuths is a whole sinusoid.
func wellCAD(d Dip) dialect {
	return dialect{
		depthUnits: map[picks.Unit]string{picks.Metres: "m", picks.Feet: "ft"},
		columns: []column{
			{header: "Depth", field: "depth", scale: 1},
			{header: "Azimuth", unit: "deg", field: string(d) + "_azimuth_deg", scale: 1},
			{header: "Dip", unit: "deg", field: string(d) + "_dip_deg", scale: 1},
			{header: "Aperture", unit: "mm", fill: "0"},
			{header: "Visible Azimuth Ranges", unit: "deg"},
			{header: "Type", text: typeName},
			{header: "NOTES", text: notes},
		},
	}
}

// geolog is a sinusoid table. DEPTH is that of the plane for a whole sinusoid; for a partial one it is the middle of the visible
// part, and DEPTH_PLANE that of the plane. Ours are written whole.
func geolog() dialect {
	const nullText = "-999.25"
	return dialect{
		depthUnits: map[picks.Unit]string{picks.Metres: "METRES", picks.Feet: "FEET"},
		null:       nullText,
		columns: []column{
			{header: "DEPTH", field: "depth", scale: 1},
			{header: "AWIDTH", unit: "DEGREES", fill: nullText},
			{header: "AZIMUTH", unit: "DEGREES", field: "true_azimuth_deg", scale: 1},
			{header: "AZIM_APP", unit: "DEGREES", field: "apparent_azimuth_deg", scale: 1},
			{header: "AZI_END", unit: "DEGREES", fill: nullText},
			{header: "AZI_START", unit: "DEGREES", fill: nullText},
			{header: "CATEGORY", text: typeName},
			{header: "DEPTH_PLANE", fill: nullText},
			{header: "DIA_HOLE", unit: "MM", field: "hole_diameter_m", scale: 1000},
			{header: "DIP", unit: "DEGREES", field: "true_dip_deg", scale: 1},
			{header: "DIP_APP", unit: "DEGREES", field: "apparent_dip_deg", scale: 1},
			{header: "HEIGHT", unit: "METRES", field: "amplitude_m", scale: 2},
			{header: "NOTES", text: notes},
			{header: "QUALITY", fill: nullText},
			{header: "TILT", unit: "DEGREES", fill: nullText},
		},
	}
}

func writeWellCAD(w io.Writer, t *picks.Table, opt Options) error {
	if opt.Dip == True {
		for i := range t.Picks {
			if p := &t.Picks[i]; math.IsNaN(p.TrueDipDeg) || math.IsNaN(p.TrueAzimuthDeg) {
				return fmt.Errorf("%w: pick at %.3f m; export apparent dips, or pick again with the deviation of the hole", ErrNoTrueDip, p.DepthM)
			}
		}
	}
	return wellCAD(opt.Dip).write(w, t, opt)
}

func writeGeolog(w io.Writer, t *picks.Table, opt Options) error { return geolog().write(w, t, opt) }

func (d dialect) write(w io.Writer, t *picks.Table, opt Options) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	row := make([]string, len(d.columns))
	line := func(cell func(c *column) string) {
		for i := range d.columns {
			row[i] = cell(&d.columns[i])
		}
		out.Write(row) // csv.Writer keeps the first error for Error
	}
	line(func(c *column) string { return c.header })
	line(func(c *column) string {
		if c.isDepth() {
			return d.depthUnits[opt.DepthUnit]
		}
		return c.unit
	})
	for i := range t.Picks {
		p := &t.Picks[i]
		line(func(c *column) string { return d.cell(c, p, opt) })
	}
	out.Flush()
	return out.Error()
}

// isDepth tells whether the column is in the depth unit of the file.
func (c *column) isDepth() bool { return c.field == "depth" || c.header == "DEPTH_PLANE" }

func (d dialect) cell(c *column, p *picks.Pick, opt Options) string {
	switch {
	case c.text != nil:
		return c.text(p)
	case c.field == "":
		return c.fill
	}
	f := fieldByName(c.field)
	v := f.value(p, opt.DepthUnit)
	if math.IsNaN(v) {
		return d.null
	}
	decimals := f.decimals
	if c.scale >= 1000 {
		decimals -= 3
	}
	return f.fixed(v*c.scale, decimals)
}

// parseNumber reads a cell; ok is false for an empty cell, a null and "no data".
func parseNumber(cell string) (v float64, ok bool, err error) {
	if cell == "" || cell == "no data" {
		return 0, false, nil
	}
	v, err = strconv.ParseFloat(cell, 64)
	if err != nil || math.IsInf(v, 0) {
		return 0, false, fmt.Errorf("%q is not a number", cell)
	}
	return v, !math.IsNaN(v) && v != null, nil
}
