package las

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Errors that callers branch on; see also Read.
var (
	ErrFormat  = errors.New("not a readable LAS file")
	ErrNoDepth = errors.New("no depth curve")
)

// Section kinds: the letter after "~", upper case.
const (
	Version   = 'V'
	Well      = 'W'
	Curves    = 'C'
	Parameter = 'P'
	Other     = 'O'
)

// File is a LAS file in memory.
type File struct {
	Version  string // such as "2.0"; empty when the file does not say
	Wrapped  bool
	Sections []Section // header sections in file order, without the data
	Curves   []Curve   // of the log, the index first; those of Sets[Main]
	Sets     []Set     // all data sections; one in most files
	Main     int       // which of Sets is the log
	Warnings []string  // what was repaired while reading
}

// Section is one header section.
type Section struct {
	Kind  byte   // first letter of the title, upper case
	Title string // the whole line without "~"
	Items []Item
	Lines []string // free text: lines that are not items
}

// Item is one header line.
type Item struct {
	Mnemonic, Unit, Value, Description string

	// LAS 3.0 only:
	Format      string // such as F, S, E0.00E+00, AF;5ms, DD/MM/YYYY: what stands in braces behind the description
	Association string // such as RUN[1]: what stands behind a bar
}

// Curve is one column of the data.
type Curve struct {
	Mnemonic    string
	Unit        string
	Code        string // API code or whatever the file writes between unit and colon
	Description string
	Format      string    // LAS 3.0, see Item
	Values      []float64 // [rows], NaN where the value is null or not a number; a piece of what holds all columns of the section

	text *texts // of the words among Values; nil for none
}

// Text returns a word as the file writes it, a number in its shortest form, and "" where the value is missing or there is no such row.
func (c *Curve) Text(row int) string {
	if row < 0 || row >= len(c.Values) {
		return ""
	}
	if math.IsNaN(c.Values[row]) {
		if c.text == nil {
			return ""
		}
		word, _ := c.text.word(c.Values[row])
		return word
	}
	return strconv.FormatFloat(c.Values[row], 'f', -1, 64)
}

// HasText tells whether any value of the curve is neither a number nor a word for a missing one.
func (c *Curve) HasText() bool { return c.text != nil }

// Rows returns the number of data rows.
func (f *File) Rows() int {
	if len(f.Curves) == 0 {
		return 0
	}
	return len(f.Curves[0].Values)
}

// Item returns the first item of a mnemonic, in any case, in a section of the kind.
func (f *File) Item(kind byte, mnemonic string) (Item, bool) {
	for _, s := range f.Sections {
		if s.Kind != kind {
			continue
		}
		for _, item := range s.Items {
			if strings.EqualFold(item.Mnemonic, mnemonic) {
				return item, true
			}
		}
	}
	return Item{}, false
}

// Curve returns the first curve of one of the mnemonics, in any case, earlier mnemonics first; nil when there is none.
func (f *File) Curve(mnemonics ...string) *Curve {
	for _, name := range mnemonics {
		i := slices.IndexFunc(f.Curves, func(c Curve) bool { return strings.EqualFold(c.Mnemonic, name) })
		if i >= 0 {
			return &f.Curves[i]
		}
	}
	return nil
}

// DepthM returns measured depth in metres, [rows], in file order: the index, or where the index is not a depth (time) the first
// curve named as one. Its unit is the curve's, else that of STRT in the well section, else metres with a warning. The error
// wraps ErrNoDepth.
func (f *File) DepthM() ([]float64, error) {
	if len(f.Curves) == 0 {
		return nil, fmt.Errorf("%w: the file has no curves", ErrNoDepth)
	}
	curve := &f.Curves[0]
	unit := curve.Unit
	if unit == "" {
		start, _ := f.Item(Well, "STRT")
		unit = start.Unit
	}
	metres, ok := MetresPer(unit)
	switch {
	case ok:
		f.checkUnits(unit, metres)
	case unit == "" && isDepthName(curve.Mnemonic):
		f.warn("depth has no unit: metres assumed")
		metres = 1
	default:
		i := slices.IndexFunc(f.Curves, func(c Curve) bool {
			_, length := MetresPer(c.Unit)
			return length && isDepthName(c.Mnemonic)
		})
		if i < 0 {
			return nil, fmt.Errorf("%w: the index %s is in %q, and no curve DEPT or MD is in metres or feet", ErrNoDepth, curve.Mnemonic, unit)
		}
		curve = &f.Curves[i]
		metres, _ = MetresPer(curve.Unit)
		f.warn("the index %s is not a depth: depth taken from %s", f.Curves[0].Mnemonic, curve.Mnemonic)
	}
	out := make([]float64, len(curve.Values))
	for i, v := range curve.Values {
		out[i] = v * metres
	}
	return out, nil
}

// checkUnits warns where the range of the index is in another unit than the index.
func (f *File) checkUnits(unit string, metres float64) {
	for _, mnemonic := range []string{"STRT", "STOP", "STEP"} {
		item, _ := f.Item(Well, mnemonic)
		if other, ok := MetresPer(item.Unit); ok && other != metres {
			f.warn("the index is in %s, but %s in %s: the former is taken", unit, mnemonic, item.Unit)
		}
	}
}

func isDepthName(mnemonic string) bool {
	name := strings.ToUpper(mnemonic)
	return strings.HasPrefix(name, "DEP") || name == "MD" || name == "DMEA" || name == "TDEP"
}

func (f *File) warn(format string, args ...any) {
	f.Warnings = append(f.Warnings, fmt.Sprintf(format, args...))
}

// declaredNull returns the value that the file declares as missing, or NaN.
func (f *File) declaredNull() float64 {
	item, ok := f.Item(Well, "NULL")
	if !ok {
		return math.NaN()
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(item.Value), 64)
	if err != nil {
		return math.NaN()
	}
	return v
}
