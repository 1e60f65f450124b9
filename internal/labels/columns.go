package labels

import (
	"fmt"
	"slices"
	"strings"

	"github.com/geobfdt/geobfdt/internal/las"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// role is what a column holds.
type role int

const (
	none role = iota
	wellName
	depth      // of the plane; in a Geolog table of the middle of what is visible
	planeDepth // Geolog: of the plane, where only a part of it is visible
	plainDip   // "dip": of which kind, the table does not say
	plainAzimuth
	strike
	apparentDip
	apparentAzimuth
	trueDip
	trueAzimuth
	class
	diameter
	height // from peak to trough
	amplitude
	confidence
)

// aliases are the names of columns, as words makes them and without the words of the kind of dip.
var aliases = map[role][]string{
	wellName:        {"well", "well name", "wellname", "borehole", "uwi"},
	depth:           {"depth", "dept", "md", "measured depth", "depth md", "md depth", "tdep", "dmea", "reference"},
	planeDepth:      {"depth plane"},
	plainDip:        {"dip", "dip angle", "dip magnitude", "dip mag"},
	plainAzimuth:    {"azimuth", "azim", "azi", "dip azimuth", "dip azim", "dip azi", "azimuth dip", "dip direction", "dip dir", "azimuth of dip"},
	strike:          {"strike", "strike rhr"},
	trueDip:         {"tdip", "dptr"},
	trueAzimuth:     {"tazi", "aztr"},
	apparentDip:     {"adip", "dpap"},
	apparentAzimuth: {"aazi", "azap"},
	class:           {"class", "type", "category", "dip type", "dip class", "structure", "structure type", "feature type", "classification"},
	diameter:        {"hole diameter", "diameter", "diameter hole", "dia hole", "hole dia", "diam", "caliper", "cali"},
	height:          {"height", "sinusoid height"},
	amplitude:       {"amplitude", "ampl"},
	confidence:      {"confidence", "conf"},
}

// column is a column of a table as its header gives it.
type column struct {
	name string // as the table writes it
	unit string // likewise; empty where the table does not say
	role role
}

// words normalises a name: lower case, single blanks for whatever parts words.
func words(name string) []string {
	return strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return strings.ContainsRune(" _-.\t", r) })
}

// newColumn reads the header of a column: "DIP_APP", "True dip azimuth (deg)", "depth_ft". unit is what a line of units says.
func newColumn(name, unit string) column {
	c := column{name: strings.TrimSpace(name), unit: strings.TrimSpace(unit)}
	plain := c.name
	if open := strings.LastIndexAny(plain, "(["); open > 0 && strings.ContainsAny(plain[len(plain)-1:], ")]") {
		if c.unit == "" {
			c.unit = strings.TrimSpace(plain[open+1 : len(plain)-1])
		}
		plain = plain[:open]
	}
	name0, kind := splitKind(words(plain))
	// Only the unit of an angle may hold the kind, as in "deg true": the rest of a unit is a unit.
	if _, k := splitKind(words(c.unit)); kind == "" {
		kind = k
	}
	if n := len(name0); n > 1 {
		if last := name0[n-1]; last == "m" || last == "ft" || last == "deg" || last == "mm" || last == "in" {
			name0 = name0[:n-1]
			if c.unit == "" {
				c.unit = last
			}
		}
	}
	joined := strings.Join(name0, " ")
	for r, names := range aliases {
		if slices.Contains(names, joined) {
			c.role = r
		}
	}
	switch {
	case kind == True && c.role == plainDip:
		c.role = trueDip
	case kind == True && c.role == plainAzimuth:
		c.role = trueAzimuth
	case kind == Apparent && c.role == plainDip:
		c.role = apparentDip
	case kind == Apparent && c.role == plainAzimuth:
		c.role = apparentAzimuth
	}
	return c
}

// splitKind takes the words that say apparent or true out of a name.
func splitKind(name []string) (rest []string, kind Dip) {
	for _, w := range name {
		switch w {
		case "true", "tru":
			kind = True
		case "apparent", "app":
			kind = Apparent
		default:
			rest = append(rest, w)
		}
	}
	return rest, kind
}

// isAngle tells roles in degrees from those in lengths.
func (r role) isAngle() bool {
	switch r {
	case plainDip, plainAzimuth, strike, apparentDip, apparentAzimuth, trueDip, trueAzimuth:
		return true
	}
	return false
}

func (r role) isLength() bool {
	switch r {
	case depth, planeDepth, diameter, height, amplitude:
		return true
	}
	return false
}

// isDegrees tells whether a unit of an angle is degrees: deg, degrees, dega, dd.dd (how some tables write decimal degrees).
func isDegrees(unit string) bool {
	unit, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(unit)), " ") // "deg true"
	return unit == "" || strings.HasPrefix(unit, "deg") || unit == "°" || unit == "true" || unit == "apparent" ||
		strings.Trim(unit, "d") == "." && len(unit) >= 3
}

// layout is where a table keeps what, and in which units.
type layout struct {
	columns   []column
	at        map[role]int     // column of a role
	metresPer map[role]float64 // unit of its lengths
	warnings  []string
}

// problem is what keeps a header from being understood, to be placed in a file by the reader.
type problem struct {
	column, cause, remedy string
	ambiguous             bool
}

// newLayout assigns the columns and settles what an option must settle.
func newLayout(columns []column, opt Options) (*layout, *problem) {
	l := &layout{columns: columns, at: make(map[role]int), metresPer: make(map[role]float64)}
	for i, c := range columns {
		if c.role == none {
			continue
		}
		if first, twice := l.at[c.role]; twice {
			l.warn("column %q is taken, not %q", columns[first].name, c.name)
			continue
		}
		l.at[c.role] = i
	}
	if !l.has(depth) {
		return nil, &problem{"depth", "the column is missing, found only " + l.found(), "name the column of measured depth depth or MD, and the others as the manual says", false}
	}
	if p := l.settleDips(opt); p != nil {
		return nil, p
	}
	if p := l.settleUnits(opt); p != nil {
		return nil, p
	}
	return l, nil
}

func (l *layout) has(r role) bool { _, ok := l.at[r]; return ok }

func (l *layout) warn(format string, args ...any) {
	l.warnings = append(l.warnings, fmt.Sprintf(format, args...))
}

func (l *layout) name(r role) string { return l.columns[l.at[r]].name }

func (l *layout) found() string {
	names := make([]string, len(l.columns))
	for i, c := range l.columns {
		names[i] = c.name
	}
	text := fmt.Sprintf("%q", strings.Join(names, " "))
	if len(text) > 200 {
		text = text[:200] + "..."
	}
	return text
}

// settleDips turns the columns named just dip and azimuth into apparent or true ones.
func (l *layout) settleDips(opt Options) *problem {
	if l.has(plainDip) {
		kind := opt.Dip
		switch {
		case kind != "":
		case l.has(apparentDip) && !l.has(trueDip): // a table that tells the apparent dip apart means the true one by "dip"
			kind = True
		case l.has(trueDip) && !l.has(apparentDip):
			kind = Apparent
		case l.has(trueAzimuth) && !l.has(apparentAzimuth):
			kind = True
		case l.has(apparentAzimuth) && !l.has(trueAzimuth):
			kind = Apparent
		case l.has(trueDip): // both are there by name: a third one is none of ours
		case opt.Format == Geolog:
			kind = True
		default:
			return &problem{l.name(plainDip), "the table does not say whether its dips are apparent or true",
				"say it with --labels-dip apparent or --labels-dip true", true}
		}
		if p := l.rename(plainDip, kind, trueDip, apparentDip); p != nil {
			return p
		}
		if l.has(plainAzimuth) && kind != "" {
			slot := trueAzimuth
			if kind == Apparent {
				slot = apparentAzimuth
			}
			if !l.has(slot) {
				l.move(plainAzimuth, slot)
			}
		}
	}
	if l.has(plainAzimuth) { // an azimuth beside dips that say what they are belongs to the one that has none
		openTrue, openApparent := l.has(trueDip) && !l.has(trueAzimuth), l.has(apparentDip) && !l.has(apparentAzimuth)
		switch {
		case openTrue && openApparent:
			return &problem{l.name(plainAzimuth), "the table does not say of which dip the azimuth is",
				"name the columns true azimuth and apparent azimuth", true}
		case openTrue:
			l.move(plainAzimuth, trueAzimuth)
		case openApparent:
			l.move(plainAzimuth, apparentAzimuth)
		}
	}
	if !l.has(trueDip) && !l.has(apparentDip) {
		return &problem{"dip", "the column is missing, found only " + l.found(), "export the table with dip and azimuth of dip", false}
	}
	for _, pair := range [][2]role{{trueDip, trueAzimuth}, {apparentDip, apparentAzimuth}} {
		if l.has(pair[0]) && !l.has(pair[1]) {
			remedy := "export the table with it"
			if l.has(strike) {
				remedy = "export the azimuth of dip instead of the strike"
			}
			return &problem{"azimuth", "the azimuth of " + l.name(pair[0]) + " is missing, found only " + l.found(), remedy, false}
		}
	}
	return nil
}

// rename gives the plain column its kind.
func (l *layout) rename(plain role, kind Dip, ifTrue, ifApparent role) *problem {
	slot := ifTrue
	switch kind {
	case "":
		return nil
	case Apparent:
		slot = ifApparent
	}
	if l.has(slot) {
		return &problem{l.name(plain), fmt.Sprintf("it cannot hold %s dips, since %s holds them", kind, l.name(slot)), "leave --labels-dip out", true}
	}
	l.move(plain, slot)
	return nil
}

func (l *layout) move(from, to role) {
	l.at[to] = l.at[from]
	delete(l.at, from)
}

// settleUnits reads the units of the columns that are used. Lengths besides depth that have none are left out.
func (l *layout) settleUnits(opt Options) *problem {
	for r := wellName; r <= confidence; r++ {
		if !l.has(r) {
			continue
		}
		c := l.columns[l.at[r]]
		if r.isAngle() && !isDegrees(c.unit) {
			return &problem{c.name, fmt.Sprintf("unit %q", c.unit), "export angles in degrees", false}
		}
		if !r.isLength() {
			continue
		}
		metres, known := las.MetresPer(c.unit)
		if (r == depth || r == planeDepth) && opt.DepthUnit != "" {
			told, _ := las.MetresPer(string(opt.DepthUnit))
			if known && told != metres && r == depth {
				l.warn("column %q is said to be in %s, and read in %s as --labels-depth-unit says", c.name, c.unit, opt.DepthUnit)
			}
			metres, known = told, true
		}
		switch {
		case known:
			l.metresPer[r] = metres
		case r == depth:
			cause := fmt.Sprintf("%q is not a unit of length", c.unit)
			if c.unit == "" {
				cause = "the table does not say the unit of depth"
			}
			return &problem{c.name, cause, "say it with --labels-depth-unit m or --labels-depth-unit ft", true}
		case r == planeDepth:
			l.metresPer[r] = l.metresPer[depth]
		default:
			l.warn("column %q is left out: %q is not a unit of length", c.name, c.unit)
			delete(l.at, r)
		}
	}
	return nil
}

// in places the problem in a file.
func (p *problem) in(file string, line int) error {
	err := &picks.FormatError{File: file, Line: line, Column: p.column, Cause: p.cause, Remedy: p.remedy}
	if p.ambiguous {
		return &ambiguousError{err}
	}
	return err
}

// ambiguousError is a format error that an option resolves.
type ambiguousError struct{ *picks.FormatError }

func (e *ambiguousError) Unwrap() []error { return []error{e.FormatError, ErrAmbiguous} }
