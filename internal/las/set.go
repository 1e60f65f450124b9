package las

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// ErrNoSet is what Inclinometry returns for a file without a survey.
var ErrNoSet = errors.New("no such data section")

// Set is one data section with its curves: the log, or, in LAS 3.0, a survey, cores, tops, drilling data.
type Set struct {
	Name   string // Log, Inclinometry, Core[1]; of a nameless ~ASCII section its parameter SET, else its number: 1, 2
	Curves []Curve
}

// Rows returns the number of data rows.
func (s *Set) Rows() int {
	if len(s.Curves) == 0 {
		return 0
	}
	return len(s.Curves[0].Values)
}

// Set returns the first data section of a name, in any case; nil when there is none.
func (f *File) Set(name string) *Set {
	i := slices.IndexFunc(f.Sets, func(s Set) bool { return strings.EqualFold(s.Name, name) })
	if i < 0 {
		return nil
	}
	return &f.Sets[i]
}

// chooseMain makes one set the log: the one named so, else the one with the most values.
func (f *File) chooseMain() {
	if len(f.Sets) == 0 {
		return
	}
	isLog := func(s Set) bool {
		name := strings.ToUpper(s.Name)
		return name == "LOG" || strings.HasPrefix(name, "LOG[")
	}
	f.Main = slices.IndexFunc(f.Sets, isLog)
	if f.Main < 0 {
		f.Main = 0
		for i := range f.Sets {
			if f.Sets[i].Rows()*len(f.Sets[i].Curves) > f.Sets[f.Main].Rows()*len(f.Sets[f.Main].Curves) {
				f.Main = i
			}
		}
		if len(f.Sets) > 1 {
			f.warn("%d data sections, none named Log: %s is taken, which has the most values", len(f.Sets), f.Sets[f.Main].Name)
		}
	}
	f.Curves = f.Sets[f.Main].Curves
}

// Inclinometry is a deviation survey, one element a station.
type Inclinometry struct {
	DepthM  []float64 // measured depth
	DeviDeg []float64 // from vertical
	AzimDeg []float64 // of the hole; to which north is for the parameters to say
}

// Inclinometry returns the survey of a LAS 3.0 ~Inclinometry section, or of any data section with measured depth, deviation and
// azimuth. Stations that lack one of them are left out. The error wraps ErrNoSet or ErrNoDepth.
func (f *File) Inclinometry() (*Inclinometry, error) {
	for _, named := range []bool{true, false} {
		for i := range f.Sets {
			set := &f.Sets[i]
			depth := find(set.Curves, "MD", "DEPT", "DEPTH", "DMEA", "MEASURED_DEPTH")
			devi := find(set.Curves, "DEVI", "INCL", "INC", "DEV", "DRIFT", "INCLINATION", "TILT")
			azim := find(set.Curves, "AZIM", "AZI", "HAZI", "HAZ", "AZIMUTH", "DAZ")
			isNamed := strings.HasPrefix(strings.ToUpper(set.Name), "INCLINOMETRY")
			if depth == nil || devi == nil || azim == nil || named && !isNamed {
				continue
			}
			return f.survey(set, depth, devi, azim)
		}
	}
	return nil, fmt.Errorf("%w: no section holds measured depth, deviation and azimuth", ErrNoSet)
}

func (f *File) survey(set *Set, depth, devi, azim *Curve) (*Inclinometry, error) {
	metres, ok := MetresPer(depth.Unit)
	if !ok {
		if depth.Unit != "" {
			return nil, fmt.Errorf("%w: %s of section %s is in %q", ErrNoDepth, depth.Mnemonic, set.Name, depth.Unit)
		}
		metres = 1
		f.warn("depth of section %s has no unit: metres assumed", set.Name)
	}
	out := &Inclinometry{}
	for i := range depth.Values {
		d, v, a := depth.Values[i]*metres, devi.Values[i]*degreesPer(devi.Unit), azim.Values[i]*degreesPer(azim.Unit)
		if math.IsNaN(d + v + a) {
			continue
		}
		out.DepthM, out.DeviDeg, out.AzimDeg = append(out.DepthM, d), append(out.DeviDeg, v), append(out.AzimDeg, a)
	}
	return out, nil
}

func degreesPer(unit string) float64 {
	if strings.HasPrefix(strings.ToLower(unit), "rad") {
		return 180 / math.Pi
	}
	return 1
}

// find returns the first curve of one of the mnemonics, earlier mnemonics first.
func find(curves []Curve, mnemonics ...string) *Curve {
	for _, name := range mnemonics {
		i := slices.IndexFunc(curves, func(c Curve) bool { return strings.EqualFold(c.Mnemonic, name) })
		if i >= 0 {
			return &curves[i]
		}
	}
	return nil
}

// sectionRole tells what a section is for: its first letter, except that LAS 3.0 names roles in full.
type sectionRole struct {
	kind       byte
	name       string // of the set: Log, Core[1]
	definition string // what a data section says behind the bar, or what a definition section is called
}

// Kinds of sections besides those of LAS 2.0; a small letter, as none is the first of a title.
const (
	Definition = 'd' // curves of a data section other than the log's
	Data       = 'A' // data
)

// roleOf reads a section's title.
func roleOf(title string) sectionRole {
	word, bar, hasBar := strings.Cut(title, "|")
	word = strings.TrimSpace(word)
	for first := range strings.FieldsSeq(word) {
		word = first
		break
	}
	upper := strings.ToUpper(word)
	role := sectionRole{kind: '?', name: word}
	if upper != "" {
		role.kind = upper[0]
	}
	without := func(part string) string {
		i := strings.Index(upper, part)
		return word[:i] + word[i+len(part):]
	}
	switch {
	case strings.Contains(upper, "_DATA"):
		role.kind, role.name = Data, without("_DATA")
		role.definition = role.name + "_DEFINITION"
	case strings.Contains(upper, "_DEFINITION"):
		role.kind, role.definition = Definition, upper
		if strings.HasPrefix(upper, "LOG_") {
			role.kind = Curves
		}
	case strings.Contains(upper, "_PARAMETER"):
		role.kind = Parameter
	case role.kind == Data:
		role.name = ""
	case role.kind == Curves:
		role.definition = upper
	}
	if hasBar && role.kind == Data {
		role.definition = strings.TrimSpace(bar)
	}
	role.definition = strings.ToUpper(role.definition)
	return role
}

// setName names the data of a nameless section.
func (f *File) setName() string {
	number := strconv.Itoa(len(f.Sets) + 1)
	for i := len(f.Sections) - 1; i >= 0; i-- {
		s := &f.Sections[i]
		if s.Kind == Parameter {
			if j := slices.IndexFunc(s.Items, func(item Item) bool { return strings.EqualFold(item.Mnemonic, "SET") }); j >= 0 && s.Items[j].Value != "" {
				return s.Items[j].Value
			}
			break
		}
	}
	return number
}
