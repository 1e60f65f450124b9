package labels

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// builder turns the rows of a table into picks.
type builder struct {
	file   string
	layout *layout
	rules  Rules
	legend map[string]string // meaning of the codes of a class column, where the file gives one

	table    picks.Table
	leftOut  map[string]int // rows by name of the structure
	unknown  map[string]int
	seen     map[string]bool // rows
	repeated int
}

func newBuilder(file string, columns []column, opt Options) (*builder, *problem) {
	l, p := newLayout(columns, opt)
	if p != nil {
		return nil, p
	}
	b := &builder{
		file: file, layout: l, rules: append(slices.Clone(opt.Classes), DefaultRules()...),
		leftOut: make(map[string]int), unknown: make(map[string]int), seen: make(map[string]bool),
	}
	if _, told := b.rules.find(""); !told && !l.has(class) {
		return nil, &problem{"type", "no column says what the structures are, found only " + l.found(),
			`if all are of one class, say it with --labels-class "*=bedding"`, true}
	}
	return b, nil
}

// row is one row of the table.
type row struct {
	*builder
	line  int // in the file, from 1; 0 where rows are no lines
	cells []string
}

func (r row) errorf(of role, remedy, cause string, args ...any) error {
	return (&problem{column: r.layout.name(of), cause: fmt.Sprintf(cause, args...), remedy: remedy}).in(r.file, r.line)
}

// cell returns the text of a column, empty where the row or the table has none.
func (r row) cell(of role) string {
	i, ok := r.layout.at[of]
	if !ok || i >= len(r.cells) {
		return ""
	}
	return strings.TrimSpace(r.cells[i])
}

// add appends the pick of a row.
func (b *builder) add(line int, cells []string) error {
	r := row{b, line, cells}
	if well := r.cell(wellName); well != "" {
		if b.table.Well != "" && b.table.Well != well {
			return r.errorf(wellName, "cut the table into one for each well", "picks of the wells %q and %q", b.table.Well, well)
		}
		b.table.Well = well
	}
	name := r.cell(class)
	if meaning, ok := b.legend[name]; ok {
		name = meaning
	}
	rule, known := b.rules.find(name)
	switch {
	case !known:
		b.unknown[name]++
		return nil
	case rule.Ignore:
		b.leftOut[name]++
		return nil
	}
	p, err := r.pick(rule.Class)
	if err != nil {
		return err
	}
	key := fmt.Sprint(p.DepthM, p.Class, p.DipDeg, p.AzimuthDeg, p.TrueDipDeg, p.TrueAzimuthDeg)
	if b.seen[key] {
		b.repeated++
		return nil
	}
	b.seen[key] = true
	b.table.Picks = append(b.table.Picks, p)
	return nil
}

// finish returns the table, sorted, and what was left out of it.
func (b *builder) finish() (*picks.Table, []string, error) {
	if len(b.unknown) > 0 {
		return nil, nil, &UnknownClassError{File: b.file, Rows: b.unknown}
	}
	picks.Sort(b.table.Picks)
	warnings := b.layout.warnings
	for i := range warnings {
		warnings[i] = b.file + ": " + warnings[i]
	}
	for _, name := range slices.Sorted(maps.Keys(b.leftOut)) {
		warnings = append(warnings, fmt.Sprintf("%s: %d rows of type %q left out: they are neither bedding nor fracture", b.file, b.leftOut[name], name))
	}
	if b.repeated > 0 {
		warnings = append(warnings, fmt.Sprintf("%s: %d repeated rows left out", b.file, b.repeated))
	}
	return &b.table, warnings, nil
}

// pick reads the numbers of a row.
func (r row) pick(class dip.Class) (p picks.Pick, err error) {
	p = picks.New(class, dip.Sinusoid{})
	if p.DepthM, err = r.metres(depth); err != nil {
		return p, err
	}
	if math.IsNaN(p.DepthM) {
		return p, r.errorf(depth, "give each row a depth or remove it", "no depth")
	}
	if !(math.Abs(p.DepthM) <= 1e6) {
		return p, r.errorf(depth, "correct the cell", "%s is not a depth", r.cell(depth))
	}
	if p.TrueDipDeg, p.TrueAzimuthDeg, err = r.attitude(trueDip, trueAzimuth); err != nil {
		return p, err
	}
	if p.DipDeg, p.AzimuthDeg, err = r.attitude(apparentDip, apparentAzimuth); err != nil {
		return p, err
	}
	if p.DipDeg == 90 {
		return p, r.errorf(apparentDip, "if the table holds true dips, say so with --labels-dip true", "an apparent dip of 90 draws no sinusoid")
	}
	if math.IsNaN(p.TrueDipDeg) && math.IsNaN(p.DipDeg) {
		of := trueDip
		if !r.layout.has(of) {
			of = apparentDip
		}
		return p, r.errorf(of, "give each row a dip and an azimuth or remove it", "no dip or no azimuth")
	}
	if v, err := r.number(confidence); err != nil {
		return p, err
	} else if v >= 0 && v <= 1 {
		p.Confidence = v
	}
	return p, r.size(&p)
}

// size reads the hole diameter and the half height. The height of a partial sinusoid, which has a depth of its plane besides that
// of its middle, is that of the part.
func (r row) size(p *picks.Pick) error {
	planeM, err := r.metres(planeDepth)
	if err != nil {
		return err
	}
	if !math.IsNaN(planeM) {
		p.DepthM = planeM
	}
	diameterM, err := r.metres(diameter)
	if err != nil {
		return err
	}
	if diameterM > 0 {
		p.HoleDiameterM = diameterM
	}
	amplitudeM, err := r.metres(amplitude)
	if err != nil {
		return err
	}
	heightM, err := r.metres(height)
	if err != nil {
		return err
	}
	switch {
	case amplitudeM >= 0:
		p.AmplitudeM = amplitudeM
	case math.IsNaN(planeM) && heightM >= 0:
		p.AmplitudeM = heightM / 2
	case p.HoleDiameterM > 0:
		p.AmplitudeM = dip.AmplitudeM(p.DipDeg, p.HoleDiameterM) // NaN without an apparent dip
	}
	return nil
}

// number returns a column's number, NaN where there is none.
func (r row) number(of role) (float64, error) {
	cell := r.cell(of)
	switch strings.ToLower(cell) {
	case "", "no data", "null", "nan", "-":
		return math.NaN(), nil
	}
	v, err := strconv.ParseFloat(cell, 64)
	if err != nil || math.IsInf(v, 0) {
		return 0, r.errorf(of, "correct the cell or leave it empty", "%q is not a number", cell)
	}
	switch v {
	case -999.25, -999, -9999, -999999:
		return math.NaN(), nil
	}
	return v, nil
}

// metres returns a column's length in metres, NaN where there is none.
func (r row) metres(of role) (float64, error) {
	v, err := r.number(of)
	return v * r.layout.metresPer[of], err
}

// attitude reads a dip and its azimuth, both NaN where one is missing.
func (r row) attitude(dipOf, azimuthOf role) (dipDeg, azimuthDeg float64, err error) {
	if dipDeg, err = r.number(dipOf); err != nil {
		return 0, 0, err
	}
	if azimuthDeg, err = r.number(azimuthOf); err != nil {
		return 0, 0, err
	}
	switch {
	case math.IsNaN(dipDeg) || math.IsNaN(azimuthDeg):
		return math.NaN(), math.NaN(), nil
	case dipDeg < 0 || dipDeg > 90:
		return 0, 0, r.errorf(dipOf, "correct the cell", "dip %g is not in [0, 90]", dipDeg)
	case azimuthDeg < -360 || azimuthDeg > 360:
		return 0, 0, r.errorf(azimuthOf, "correct the cell", "%g is not an azimuth in degrees", azimuthDeg)
	}
	return dipDeg, dip.WrapAzimuth(azimuthDeg), nil
}
