package survey

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/geobfdt/geobfdt/internal/las"
)

// role of a column in a table of stations.
type role int

const (
	roleNone role = iota
	roleDepth
	roleIncl
	roleAzim
)

// words that name a column once its qualifiers are gone.
var roleWords = map[string]role{
	"md": roleDepth, "depth": roleDepth, "dept": roleDepth, "measured depth": roleDepth, "measureddepth": roleDepth, "dmea": roleDepth, "md depth": roleDepth,
	"inc": roleIncl, "incl": roleIncl, "inclination": roleIncl, "devi": roleIncl, "dev": roleIncl, "deviation": roleIncl, "drift": roleIncl, "tilt": roleIncl,
	"inclination angle": roleIncl, "hole inclination": roleIncl, "hole deviation": roleIncl, "sdev": roleIncl, "angle": roleIncl,
	"azi": roleAzim, "azim": roleAzim, "azimuth": roleAzim, "hazi": roleAzim, "haz": roleAzim, "hole azimuth": roleAzim, "drift azimuth": roleAzim, "direction": roleAzim,
}

// qualifiers of a column's name that are no part of it, and the north that some of them mean.
var qualifiers = map[string]North{
	"m": "", "ft": "", "feet": "", "metres": "", "meters": "", "deg": "", "degrees": "", "degree": "", "dega": "", "rad": "", "rkb": "", "kb": "", "mdrt": "", "rt": "",
	"true": NorthTrue, "tn": NorthTrue, "grid": NorthGrid, "gn": NorthGrid, "magnetic": NorthMagnetic, "mag": NorthMagnetic, "mn": NorthMagnetic, "north": "",
}

// column is what a header cell says.
type column struct {
	role  role
	unit  string // as written; "" where it is not said
	north North
}

// parseColumn reads a header cell: "MD[m]", "Measured Depth ( ft )", "Azimuth Grid ( deg )", "inc_deg".
func parseColumn(cell string) column {
	name, unit, bracketed := cell, "", false
	if i := strings.IndexAny(cell, "([{"); i > 0 {
		name, unit, bracketed = cell[:i], firstWord(cell[i:]), true
	}
	var c column
	var words []string
	for _, w := range strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) }) {
		north, isQualifier := qualifiers[w]
		if !isQualifier {
			words = append(words, w)
			continue
		}
		if north != "" {
			c.north = north
		}
		if _, isLength := las.MetresPer(w); !bracketed && (isLength || strings.HasPrefix(w, "deg") || w == "rad") {
			unit = w
		}
	}
	c.role, c.unit = roleWords[strings.Join(words, " ")], unit
	return c
}

// firstWord of a unit: "( m RKB )" is metres below something.
func firstWord(unit string) string {
	if words := strings.Fields(strings.Trim(unit, "()[]{} ")); len(words) > 0 {
		return words[0]
	}
	return ""
}

// table is a text table being read.
type table struct {
	separator rune // 0: blanks
	at        map[role]int
	columns   []column
}

// separatorOf is the separator of a header line: the first of semicolon, tab and comma that cuts it into three cells, else blanks.
func separatorOf(line string) rune {
	for _, sep := range []rune{';', '\t', ','} {
		if strings.Count(line, string(sep)) >= 2 {
			return sep
		}
	}
	return 0
}

func split(line string, separator rune) []string {
	if separator == 0 {
		return strings.Fields(line)
	}
	cells := strings.Split(line, string(separator))
	for i, c := range cells {
		cells[i] = strings.Trim(c, " \t\"")
	}
	return cells
}

// maxPreamble is how many lines a table may have before its header line.
const maxPreamble = 100

// readTable reads stations from a text table. Rows that lack a number are left out, with a warning.
func readTable(data []byte, opt Options) (*Survey, error) {
	text := strings.TrimPrefix(string(data), "\ufeff")
	var t *table
	var stations []Station
	line, incomplete, metres := 0, 0, 1.0
	var warnings []string
	unitsAllowed := false // in the line after the header
	for raw := range strings.Lines(text) {
		line++
		raw = strings.TrimSpace(raw)
		if raw == "" || raw[0] == '#' {
			continue
		}
		if t == nil {
			if t = parseHeader(raw); t != nil {
				unitsAllowed = true
			} else if line > maxPreamble {
				break
			}
			continue
		}
		cells := split(raw, t.separator)
		if unitsAllowed && t.takeUnits(cells) {
			unitsAllowed = false
			continue
		}
		unitsAllowed = false
		s, complete, err := t.station(cells)
		switch {
		case err != nil:
			return nil, fmt.Errorf("%w: line %d: %w", ErrSurvey, line, err)
		case !complete:
			incomplete++
			continue
		}
		stations = append(stations, s)
	}
	if t == nil {
		return nil, fmt.Errorf("%w: no header line names measured depth, inclination and azimuth: write one, such as md_m,inc_deg,azi_deg", ErrSurvey)
	}
	unit := t.columns[t.at[roleDepth]].unit
	if unit == "" {
		unit = opt.DepthUnit
	}
	if unit == "" {
		warnings = append(warnings, noUnitWarning)
	} else {
		var err error
		if metres, err = metresPer(unit); err != nil {
			return nil, err
		}
	}
	for i := range stations {
		stations[i].DepthM *= metres
	}
	s, err := New(stations)
	if err != nil {
		return nil, err
	}
	if incomplete > 0 {
		warnings = append(warnings, fmt.Sprintf("%d stations without depth, inclination or azimuth were left out", incomplete))
	}
	s.North, s.Warnings = t.columns[t.at[roleAzim]].north, warnings
	return s, nil
}

// parseHeader reads a header line; nil where the line names no three columns of a survey.
func parseHeader(line string) *table {
	t := &table{separator: separatorOf(line), at: map[role]int{}}
	for i, cell := range split(line, t.separator) {
		c := parseColumn(cell)
		if _, taken := t.at[c.role]; !taken && c.role != roleNone {
			t.at[c.role] = i
		}
		t.columns = append(t.columns, c)
	}
	if len(t.at) < 3 {
		return nil
	}
	return t
}

// takeUnits reads a line of units below the header, and tells whether the line is one.
func (t *table) takeUnits(cells []string) bool {
	for _, i := range t.at {
		if i >= len(cells) {
			return false
		}
		if _, err := parseNumber(cells[i], t.separator); err == nil || cells[i] == "" {
			return false
		}
	}
	for _, i := range t.at {
		t.columns[i].unit = firstWord(cells[i])
	}
	return true
}

// station reads a row; complete is false where it lacks a number.
func (t *table) station(cells []string) (s Station, complete bool, err error) {
	for _, c := range []struct {
		role role
		to   *float64
	}{{roleDepth, &s.DepthM}, {roleIncl, &s.InclDeg}, {roleAzim, &s.AzimDeg}} {
		i := t.at[c.role]
		if i >= len(cells) || cells[i] == "" {
			return s, false, nil
		}
		v, err := parseNumber(cells[i], t.separator)
		if err != nil {
			return s, false, fmt.Errorf("column %d: %q is no number", i+1, cells[i])
		}
		if math.IsNaN(v) || slices.Contains(las.DefaultNulls(), v) {
			return s, false, nil
		}
		if c.role != roleDepth && strings.HasPrefix(strings.ToLower(t.columns[i].unit), "rad") {
			v /= radPerDeg
		}
		*c.to = v
	}
	return s, true, nil
}

// parseNumber reads a number; where the separator is no comma, a comma may stand for the decimal point.
func parseNumber(cell string, separator rune) (float64, error) {
	if separator != ',' {
		cell = strings.Replace(cell, ",", ".", 1)
	}
	return strconv.ParseFloat(cell, 64)
}
