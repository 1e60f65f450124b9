// Package export writes picks in the formats of other programs.
//
//	csv      the picks CSV of package picks
//	las      LAS 2.0: one row a pick, index ascending, NULL -999.25. Curves DEPT, DIP_APP, AZIM_APP (apparent), DIP, AZIM (true),
//	         TYPE, CONF, AMPL, DIAM, COVR, QUAL. TYPE and QUAL are integers; the ~Parameter section says what they mean
//	wellcad  WellCAD structure table: comma-separated text, a line of names, a line of units. It has room for one dip:
//	         Options.Dip says which
//	geolog   Geolog sinusoid table: as above, DIP_APP and AZIM_APP beside the true DIP and AZIMUTH, null -999.25,
//	         HEIGHT from peak to trough, DIA_HOLE in millimetres
//	techlog  Techlog dip table: comma-separated text, a line of names, a line of units, null -9999
//	petrel   point well data: text with tabs, well name in each row, units in the names; one dip
//	jsonl    JSON lines: one object a pick, keys as the columns of the picks CSV, null where a number is not known
//
// All of them but the first are driven by one table of fields (fields.go). Angles are degrees. Flags, confidence and quality travel
// in the NOTES of formats that have no column for them. Adjust changes what a table is referred to before it is written: hole
// diameter, azimuth reference, structural dip.
//
// The shape of the WellCAD and Geolog tables is that of the example files of github.com/ICWallis/BHI-software-dip-format-transfer,
// exported by those programs. Techlog and Petrel read columns of any name; ours say what they hold. Package labels reads
// the tables back.
package export

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/geobfdt/geobfdt/internal/checkpoint"
	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// Dip says which of its two dips a pick is written with, where a format has room for one.
type Dip string

// Dips.
const (
	Apparent Dip = "apparent" // against the borehole
	True     Dip = "true"     // against the horizontal and true north
)

// A pick lacks the dip that is asked for.
var (
	ErrNoTrueDip     = errors.New("no true dip")
	ErrNoApparentDip = errors.New("no apparent dip")
)

// Options of an export. The zero value is apparent dip, dip and azimuth, metres.
type Options struct {
	Dip       Dip        // empty: Apparent
	Form      Form       // empty: DipAzimuth
	DepthUnit picks.Unit // empty: picks.Metres
	// Structural is the structural plane that Adjust removed from the true dips; nil: none. Formats with a head say so there.
	Structural *dip.Plane
}

func (o Options) withDefaults() (Options, error) {
	if o.Dip == "" {
		o.Dip = Apparent
	}
	if o.Form == "" {
		o.Form = DipAzimuth
	}
	if o.DepthUnit == "" {
		o.DepthUnit = picks.Metres
	}
	if o.Dip != Apparent && o.Dip != True {
		return o, fmt.Errorf("dip %q: use %s or %s", o.Dip, Apparent, True)
	}
	if !slices.Contains(Forms(), string(o.Form)) {
		return o, fmt.Errorf("form %q: use one of %v", o.Form, Forms())
	}
	if _, ok := metresPer[o.DepthUnit]; !ok {
		return o, fmt.Errorf("depth unit %q: use %s or %s", o.DepthUnit, picks.Metres, picks.Feet)
	}
	return o, nil
}

var metresPer = map[picks.Unit]float64{picks.Metres: 1, picks.Feet: 0.3048}

// format is one way to write a table that is sorted and valid, with complete options.
type format struct {
	name   string
	forms  bool // writes planes in any form
	oneDip bool // has room for the dip of Options.Dip only
	write  func(w io.Writer, t *picks.Table, opt Options) error
}

var formats = [...]format{
	{name: "csv", write: writeCSV},
	{name: "las", forms: true, write: writeLAS},
	{name: "wellcad", oneDip: true, write: writeWellCAD},
	{name: "geolog", write: writeGeolog},
	{name: "techlog", forms: true, write: writeTechlog},
	{name: "petrel", forms: true, oneDip: true, write: writePetrel},
	{name: "jsonl", forms: true, write: writeJSONLines},
}

// Formats returns the names that Write takes.
func Formats() []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.name
	}
	return names
}

// Write writes the table in a format of Formats, ascending in depth; t itself is not changed. Picks may have a true dip only, as
// tables of other programs do, where the format does not need the apparent one.
//
// It fails, before anything is written, on an unknown format or option, on a form that the format has no columns for, on an
// invalid pick (picks.ErrInvalid), and where a pick lacks the dip that the format is written with (ErrNoTrueDip,
// ErrNoApparentDip).
func Write(w io.Writer, format string, t *picks.Table, opt Options) error {
	i := slices.Index(Formats(), format)
	if i < 0 {
		return fmt.Errorf("export: unknown format %q: use one of %v", format, Formats())
	}
	if err := formats[i].writeSorted(w, t, opt); err != nil {
		return fmt.Errorf("export %s: %w", format, err)
	}
	return nil
}

func (f *format) writeSorted(w io.Writer, t *picks.Table, opt Options) error {
	opt, err := opt.withDefaults()
	if err != nil {
		return err
	}
	if t == nil {
		return fmt.Errorf("no table given")
	}
	if opt.Form != DipAzimuth && !f.forms {
		return fmt.Errorf("form %s: this format has columns for dip and azimuth of dip only", opt.Form)
	}
	if opt.Structural != nil && f.oneDip && opt.Dip == Apparent {
		return fmt.Errorf("structural dip: it is removed from true dips, and this table is to hold the apparent ones: export true dips")
	}
	sorted := &picks.Table{Header: t.Header, Picks: slices.Clone(t.Picks)}
	picks.Sort(sorted.Picks)
	for i := range sorted.Picks {
		if err := f.check(&sorted.Picks[i], opt); err != nil {
			return fmt.Errorf("pick %d of %d: %w", i+1, len(sorted.Picks), err)
		}
	}
	return f.write(w, sorted, opt)
}

// check tells whether a pick is valid and has the dip that it is written with.
func (f *format) check(p *picks.Pick, opt Options) error {
	valid := *p
	hasTrue := !math.IsNaN(p.TrueDipDeg) && !math.IsNaN(p.TrueAzimuthDeg)
	if math.IsNaN(p.DipDeg) && hasTrue {
		if f.name == "csv" || f.oneDip && opt.Dip == Apparent {
			return fmt.Errorf("%w: pick at %.3f m, only a true one; export true dips, or compute the apparent ones from the deviation of the hole", ErrNoApparentDip, p.DepthM)
		}
		valid.DipDeg, valid.AzimuthDeg = 0, 0
	}
	if err := valid.Validate(); err != nil {
		return err
	}
	if f.oneDip && opt.Dip == True && !hasTrue {
		return fmt.Errorf("%w: pick at %.3f m; export apparent dips, or pick again with the deviation of the hole", ErrNoTrueDip, p.DepthM)
	}
	return nil
}

func writeCSV(w io.Writer, t *picks.Table, opt Options) error {
	return picks.WriteCSV(w, t, opt.DepthUnit)
}

// WriteModel writes a model for use elsewhere: safetensors, with the configuration in the metadata, which any tensor library
// reads.
func WriteModel(w io.Writer, f *checkpoint.File) error {
	if err := checkpoint.Write(w, f); err != nil {
		return fmt.Errorf("export model: %w", err)
	}
	return nil
}
