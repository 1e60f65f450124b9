package export

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// column of a table. It holds a field (field), words (text), or what geobfdt knows nothing of (fill).
type column struct {
	header string
	unit   string // as the file writes it; of depths that of the options
	field  string // of the field table
	scale  float64
	text   func(p *picks.Pick) string
	fill   string
}

// dialect is a format of text tables: comments, a line of names, a line of units, then one line a pick.
type dialect struct {
	separator  rune
	crlf       bool
	comments   []string
	noUnitLine bool // the units stand in the names
	depthUnits map[picks.Unit]string
	null       string // a number that is not known
	columns    []column
}

var (
	typeNames  = [dip.NumClasses]string{dip.Bedding: "Bedding", dip.Fracture: "Fracture"}
	depthUnits = map[picks.Unit]string{picks.Metres: "m", picks.Feet: "ft"}
)

func typeName(p *picks.Pick) string { return typeNames[p.Class] }

// writeWellCAD writes a structure table. Depth is that of the whole plane. Aperture is measured by hand there, and 0 when not; an
// empty range of visible azimuths is a whole sinusoid.
func writeWellCAD(w io.Writer, t *picks.Table, opt Options) error {
	return dialect{
		separator: ',', crlf: true, depthUnits: depthUnits,
		columns: []column{
			{header: "Depth", field: "depth", scale: 1},
			{header: "Azimuth", unit: "deg", field: string(opt.Dip) + "_azimuth_deg", scale: 1},
			{header: "Dip", unit: "deg", field: string(opt.Dip) + "_dip_deg", scale: 1},
			{header: "Aperture", unit: "mm", fill: "0"},
			{header: "Visible Azimuth Ranges", unit: "deg"},
			{header: "Type", text: typeName},
			{header: "NOTES", text: notes},
		},
	}.write(w, t, opt)
}

// writeGeolog writes a sinusoid table. DEPTH is that of the plane for a whole sinusoid; for a partial one it is the middle of the
// visible part, and DEPTH_PLANE that of the plane. Ours are written whole.
func writeGeolog(w io.Writer, t *picks.Table, opt Options) error {
	return dialect{
		separator: ',', crlf: true, null: null,
		depthUnits: map[picks.Unit]string{picks.Metres: "METRES", picks.Feet: "FEET"},
		columns: []column{
			{header: "DEPTH", field: "depth", scale: 1},
			{header: "AWIDTH", unit: "DEGREES", fill: null},
			{header: "AZIMUTH", unit: "DEGREES", field: "true_azimuth_deg", scale: 1},
			{header: "AZIM_APP", unit: "DEGREES", field: "apparent_azimuth_deg", scale: 1},
			{header: "AZI_END", unit: "DEGREES", fill: null},
			{header: "AZI_START", unit: "DEGREES", fill: null},
			{header: "CATEGORY", text: typeName},
			{header: "DEPTH_PLANE", fill: null},
			{header: "DIA_HOLE", unit: "MM", field: "hole_diameter_m", scale: 1000},
			{header: "DIP", unit: "DEGREES", field: "true_dip_deg", scale: 1},
			{header: "DIP_APP", unit: "DEGREES", field: "apparent_dip_deg", scale: 1},
			{header: "HEIGHT", unit: "METRES", field: "amplitude_m", scale: 2},
			{header: "NOTES", text: notes},
			{header: "QUALITY", fill: null},
			{header: "TILT", unit: "DEGREES", fill: null},
		},
	}.write(w, t, opt)
}

// writeTechlog writes a table of all that is known of a pick. The names say which dip is which.
func writeTechlog(w io.Writer, t *picks.Table, opt Options) error {
	d := dialect{separator: ',', depthUnits: depthUnits, null: "-9999"}
	for _, f := range fieldsOf(opt.Form) {
		d.columns = append(d.columns, column{header: f.mnemonic, unit: f.unit(opt.DepthUnit), field: f.name, scale: 1})
		if f.quantity == depth {
			d.columns = append(d.columns, column{header: "TYPE", text: typeName})
		}
	}
	// The apparent ones are named by their ending, the true ones are not in LAS, where names are short.
	angles := opt.Form.angles()
	for i, name := range []string{"_APP", "_APP", "_TRU", "_TRU"} {
		d.columns[i+2].header = angles[i%2].mnemonic + name
	}
	d.columns[0].header = "MD"
	d.columns = append(d.columns, column{header: "QUALITY", text: quality}, column{header: "FLAGS", text: flags})
	return d.write(w, t, opt)
}

// writePetrel writes point well data: the well in each row, the units in the names.
func writePetrel(w io.Writer, t *picks.Table, opt Options) error {
	d := dialect{
		separator: '\t', noUnitLine: true, depthUnits: depthUnits, null: null,
		comments: []string{"# point well data: measured depth in " + string(opt.DepthUnit) + ", " + string(opt.Dip) + " dips in degrees"},
		columns:  []column{{header: "Well", text: func(*picks.Pick) string { return t.Well }}},
	}
	if t.Datum != "" {
		d.comments = append(d.comments, "# datum: "+t.Datum)
	}
	if opt.Dip == Apparent && t.Reference != "" {
		d.comments = append(d.comments, "# azimuth_reference: "+t.Reference)
	}
	if opt.Structural != nil && opt.Dip == True {
		d.comments = append(d.comments, fmt.Sprintf("# structural dip removed: %g/%g", opt.Structural.DipDeg, opt.Structural.AzimuthDeg))
	}
	angles := opt.Form.angles()
	names := []string{"depth", angles[0].field(opt.Dip).name, angles[1].field(opt.Dip).name, "confidence"}
	for _, f := range fieldsOf(opt.Form) {
		if !slices.Contains(names, f.name) {
			continue
		}
		header := f.word
		if unit := f.unit(opt.DepthUnit); unit != "" {
			header += " (" + unit + ")"
		}
		d.columns = append(d.columns, column{header: header, field: f.name, scale: 1})
	}
	d.columns = append(d.columns, column{header: "type", text: typeName}, column{header: "quality", text: quality})
	return d.write(w, t, opt)
}

func (d dialect) write(w io.Writer, t *picks.Table, opt Options) error {
	buffered := bufio.NewWriter(w) // keeps the first error for Flush
	for _, c := range d.comments {
		buffered.WriteString(oneLine(c) + "\n")
	}
	out := csv.NewWriter(buffered)
	out.Comma, out.UseCRLF = d.separator, d.crlf
	row := make([]string, len(d.columns))
	line := func(cell func(c *column) string) {
		for i := range d.columns {
			row[i] = cell(&d.columns[i])
		}
		out.Write(row) // csv.Writer keeps the first error for Error
	}
	line(func(c *column) string { return c.header })
	if !d.noUnitLine {
		line(func(c *column) string {
			if c.isDepth() {
				return d.depthUnits[opt.DepthUnit]
			}
			return c.unit
		})
	}
	fields := fieldsOf(opt.Form)
	for i := range t.Picks {
		p := &t.Picks[i]
		line(func(c *column) string { return d.cell(c, fields, p, opt.DepthUnit) })
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	return buffered.Flush()
}

// isDepth tells whether the column is in the depth unit of the file.
func (c *column) isDepth() bool { return c.field == "depth" || c.header == "DEPTH_PLANE" }

func (d dialect) cell(c *column, fields []field, p *picks.Pick, unit picks.Unit) string {
	switch {
	case c.text != nil:
		return oneLine(c.text(p))
	case c.field == "":
		return c.fill
	}
	f := &fields[slices.IndexFunc(fields, func(f field) bool { return f.name == c.field })]
	v := f.value(p, unit)
	if math.IsNaN(v) {
		return d.null
	}
	decimals := f.decimals
	if c.scale >= 1000 {
		decimals -= 3
	}
	return f.fixed(v*c.scale, decimals)
}
