package export

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/las"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// ReadOptions say what a table does not say of itself.
type ReadOptions struct {
	// Dip is what the one dip of a WellCAD table is; empty: Apparent. A Geolog table names its two dips.
	Dip Dip
	// Types are the classes of structure types besides "bedding" and "fracture", in lower case, such as "vein": dip.Fracture.
	Types map[string]dip.Class
}

// ReadWellCAD reads a WellCAD structure table as text (columns Depth, Azimuth, Dip, Type; a second line of units); name stands
// for the file in errors.
//
// The picks ascend in depth. Where the table holds true dips, the apparent ones are NaN: the deviation of the hole gives
// them. Rows of a type that is neither bedding nor fracture nor in opt.Types are left out, with one warning a type. A table
// that does not fit is a *picks.FormatError.
func ReadWellCAD(r io.Reader, name string, opt ReadOptions) (*picks.Table, []string, error) {
	if opt.Dip == "" {
		opt.Dip = Apparent
	}
	if opt.Dip != Apparent && opt.Dip != True {
		return nil, nil, fmt.Errorf("read %s: dip %q: use %s or %s", name, opt.Dip, Apparent, True)
	}
	rd := &tableReader{file: name, opt: opt, required: []string{"Depth", "Azimuth", "Dip", "Type"}}
	return rd.read(r, wellCAD(opt.Dip), rd.wellCADPick)
}

// ReadGeolog reads a Geolog sinusoid table as text (columns DEPTH, DIP, AZIMUTH, CATEGORY; optional DIP_APP and AZIM_APP,
// DEPTH_PLANE, DIA_HOLE, HEIGHT; a second line of units) as ReadWellCAD reads its own. The depth of a partial sinusoid is
// DEPTH_PLANE. HEIGHT is used for whole sinusoids only: that of a partial one is the height of the visible part. QUALITY is
// not read, since every project has its own scale.
func ReadGeolog(r io.Reader, name string, opt ReadOptions) (*picks.Table, []string, error) {
	rd := &tableReader{file: name, opt: opt, required: []string{"DEPTH", "DIP", "AZIMUTH", "CATEGORY"}}
	return rd.read(r, geolog(), rd.geologPick)
}

// tableReader reads one table.
type tableReader struct {
	file     string
	opt      ReadOptions
	required []string

	line      int            // of the row being read, from 1
	index     map[string]int // column by lower-case name
	row       []string
	metresPer map[string]float64 // unit of length of a column, by lower-case name
}

func (r *tableReader) errorf(column, remedy, cause string, args ...any) error {
	return &picks.FormatError{File: r.file, Line: r.line, Column: column, Cause: fmt.Sprintf(cause, args...), Remedy: remedy}
}

// read drives a table through: names, units, then pick for each row.
func (r *tableReader) read(in io.Reader, d dialect, pick func(p *picks.Pick) error) (*picks.Table, []string, error) {
	buffered := bufio.NewReader(in)
	if mark, _ := buffered.Peek(3); string(mark) == "\ufeff" {
		buffered.Discard(3) // byte order mark
	}
	lines := csv.NewReader(buffered)
	lines.FieldsPerRecord = -1
	lines.ReuseRecord = true
	if err := r.next(lines); err != nil {
		return nil, nil, r.orEmpty(err, "a line of column names")
	}
	if err := r.names(); err != nil {
		return nil, nil, err
	}
	if err := r.next(lines); err != nil {
		return nil, nil, r.orEmpty(err, "a line of units")
	}
	if err := r.units(d); err != nil {
		return nil, nil, err
	}

	t := &picks.Table{}
	leftOut := make(map[string]int) // rows by type
	for {
		err := r.next(lines)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, nil, err
		}
		class, known := r.class(d)
		if !known {
			leftOut[r.cell(d.typeHeader())]++
			continue
		}
		p := picks.New(class, dip.Sinusoid{DepthM: math.NaN(), DipDeg: math.NaN(), AzimuthDeg: math.NaN()})
		if err := pick(&p); err != nil {
			return nil, nil, err
		}
		t.Picks = append(t.Picks, p)
	}
	picks.Sort(t.Picks)
	var warnings []string
	for _, name := range slices.Sorted(maps.Keys(leftOut)) {
		warnings = append(warnings, fmt.Sprintf("%s: %d rows of type %q left out: it is neither bedding nor fracture", r.file, leftOut[name], name))
	}
	return t, warnings, nil
}

// next reads one line into r.row, or returns io.EOF.
func (r *tableReader) next(lines *csv.Reader) error {
	row, err := lines.Read()
	var syntax *csv.ParseError
	switch {
	case err == io.EOF:
		r.line++
		return err
	case errors.As(err, &syntax):
		r.line = syntax.Line
		return r.errorf("", "close the quotes", "%v", syntax.Err)
	case err != nil:
		return fmt.Errorf("read %s: %w", r.file, err)
	}
	r.line, _ = lines.FieldPos(0)
	r.row = row
	return nil
}

func (r *tableReader) orEmpty(err error, wanted string) error {
	if err == io.EOF {
		return r.errorf("", "export the table again", "%s is missing", wanted)
	}
	return err
}

func (r *tableReader) names() error {
	r.index = make(map[string]int, len(r.row))
	for i, name := range r.row {
		key := strings.ToLower(strings.TrimSpace(name))
		if _, twice := r.index[key]; !twice {
			r.index[key] = i
		}
	}
	for _, name := range r.required {
		if _, ok := r.index[strings.ToLower(name)]; !ok {
			return r.errorf(name, "export the table with it, as comma-separated text", "the column is missing")
		}
	}
	return nil
}

// units reads the line of units: those of lengths are needed, those of angles must be degrees where they are given.
func (r *tableReader) units(d dialect) error {
	r.metresPer = make(map[string]float64)
	for i := range d.columns {
		c := &d.columns[i]
		if _, ok := r.index[strings.ToLower(c.header)]; !ok || c.field == "" && !c.isDepth() {
			continue
		}
		unit := strings.ToLower(r.cell(c.header))
		if f := fieldByName(c.field); f != nil && f.quantity == angle {
			if unit != "" && !strings.HasPrefix(unit, "deg") {
				return r.errorf(c.header, "export angles in degrees", "unit %q", unit)
			}
			continue
		}
		metres, ok := las.MetresPer(unit)
		if !ok {
			return r.errorf(c.header, "the second line must hold the units, m or ft for depth", "%q is not a unit of length", unit)
		}
		r.metresPer[strings.ToLower(c.header)] = metres
	}
	return nil
}

// cell returns the trimmed text of a column in the row, empty where the row or the table has none.
func (r *tableReader) cell(column string) string {
	i, ok := r.index[strings.ToLower(column)]
	if !ok || i >= len(r.row) {
		return ""
	}
	return strings.TrimSpace(r.row[i])
}

// number returns a column's number, NaN where there is none.
func (r *tableReader) number(column string) (float64, error) {
	v, ok, err := parseNumber(r.cell(column))
	if err != nil {
		return 0, r.errorf(column, "correct the cell or leave it empty", "%v", err)
	}
	if !ok {
		return math.NaN(), nil
	}
	return v, nil
}

// metres returns a column's length in metres, NaN where there is none.
func (r *tableReader) metres(column string) (float64, error) {
	v, err := r.number(column)
	return v * r.metresPer[strings.ToLower(column)], err
}

// typeHeader returns the name of the column that holds the type: the first of words.
func (d dialect) typeHeader() string {
	for i := range d.columns {
		if d.columns[i].text != nil {
			return d.columns[i].header
		}
	}
	return ""
}

func (r *tableReader) class(d dialect) (dip.Class, bool) {
	name := strings.ToLower(r.cell(d.typeHeader()))
	if class, ok := r.opt.Types[name]; ok {
		return class, true
	}
	class, err := dip.ParseClass(name)
	return class, err == nil
}

// depth returns the depth of the row in metres.
func (r *tableReader) depth(column string) (float64, error) {
	depthM, err := r.metres(column)
	if err == nil && math.IsNaN(depthM) {
		err = r.errorf(column, "give each row a depth or remove it", "no depth")
	}
	return depthM, err
}

// attitude reads a dip and its azimuth, both NaN where one is missing.
func (r *tableReader) attitude(dipColumn, azimuthColumn string) (dipDeg, azimuthDeg float64, err error) {
	if dipDeg, err = r.number(dipColumn); err != nil {
		return 0, 0, err
	}
	if azimuthDeg, err = r.number(azimuthColumn); err != nil {
		return 0, 0, err
	}
	switch {
	case math.IsNaN(dipDeg) || math.IsNaN(azimuthDeg):
		return math.NaN(), math.NaN(), nil
	case dipDeg < 0 || dipDeg > 90:
		return 0, 0, r.errorf(dipColumn, "correct the cell", "dip %g is not in [0, 90]", dipDeg)
	case azimuthDeg < -360 || azimuthDeg > 360:
		return 0, 0, r.errorf(azimuthColumn, "correct the cell", "%g is not an azimuth in degrees", azimuthDeg)
	}
	return dipDeg, dip.WrapAzimuth(azimuthDeg), nil
}

// apparent is attitude for dips against the hole; a plane along the hole draws no sinusoid.
func (r *tableReader) apparent(dipColumn, azimuthColumn string) (dipDeg, azimuthDeg float64, err error) {
	dipDeg, azimuthDeg, err = r.attitude(dipColumn, azimuthColumn)
	if err == nil && dipDeg == 90 {
		err = r.errorf(dipColumn, "if the table holds true dips, say so when reading", "an apparent dip of 90 draws no sinusoid")
	}
	return dipDeg, azimuthDeg, err
}

func (r *tableReader) noAttitude(column string) error {
	return r.errorf(column, "give each row a dip and an azimuth or remove it", "no dip or no azimuth")
}

func (r *tableReader) wellCADPick(p *picks.Pick) (err error) {
	if p.DepthM, err = r.depth("Depth"); err != nil {
		return err
	}
	read, dipDeg, azimuthDeg := r.apparent, &p.DipDeg, &p.AzimuthDeg
	if r.opt.Dip == True {
		read, dipDeg, azimuthDeg = r.attitude, &p.TrueDipDeg, &p.TrueAzimuthDeg
	}
	if *dipDeg, *azimuthDeg, err = read("Dip", "Azimuth"); err != nil {
		return err
	}
	if math.IsNaN(*dipDeg) {
		return r.noAttitude("Dip")
	}
	return nil
}

func (r *tableReader) geologPick(p *picks.Pick) (err error) {
	if p.DepthM, err = r.depth("DEPTH"); err != nil {
		return err
	}
	if p.TrueDipDeg, p.TrueAzimuthDeg, err = r.attitude("DIP", "AZIMUTH"); err != nil {
		return err
	}
	if p.DipDeg, p.AzimuthDeg, err = r.apparent("DIP_APP", "AZIM_APP"); err != nil {
		return err
	}
	if math.IsNaN(p.TrueDipDeg) && math.IsNaN(p.DipDeg) {
		return r.noAttitude("DIP")
	}
	planeM, err := r.metres("DEPTH_PLANE")
	if err != nil {
		return err
	}
	whole := math.IsNaN(planeM)
	if !whole {
		p.DepthM = planeM
	}
	diameterM, err := r.metres("DIA_HOLE")
	if err != nil {
		return err
	}
	if diameterM > 0 {
		p.HoleDiameterM = diameterM
	}
	heightM, err := r.metres("HEIGHT")
	if err != nil {
		return err
	}
	if whole && heightM >= 0 {
		p.AmplitudeM = heightM / 2
	} else if p.HoleDiameterM > 0 {
		p.AmplitudeM = dip.AmplitudeM(p.DipDeg, p.HoleDiameterM) // NaN without an apparent dip
	}
	return nil
}
