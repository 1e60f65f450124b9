// Package export writes picks in the formats of other programs, and reads back the tables that those programs write.
//
//	las      LAS 2.0: one row a pick, index ascending, NULL -999.25. Curves DEPT, DIP_APP, AZIM_APP (apparent), DIP, AZIM (true),
//	         TYPE, CONF, AMPL, DIAM, COVR, QUAL. TYPE and QUAL are integers; the ~Parameter section says what they mean
//	wellcad  WellCAD structure table: comma-separated text, a line of names, a line of units. It has room for one dip:
//	         Options.Dip says which
//	geolog   Geolog sinusoid table: as above, DIP_APP and AZIM_APP beside the true DIP and AZIMUTH, null -999.25,
//	         HEIGHT from peak to trough, DIA_HOLE in millimetres
//	jsonl    JSON lines: one object a pick, keys as the columns of the picks CSV, null where a number is not known
//
// All of them are driven by one table of fields (fields.go). Dips and azimuths are degrees, azimuth of dip. Flags, confidence
// and quality travel in the NOTES of formats that have no column for them.
//
// The shape of the WellCAD and Geolog tables is that of the example files of github.com/ICWallis/BHI-software-dip-format-transfer,
// exported by those programs.
package export

import (
	"fmt"
	"io"
	"slices"

	"github.com/geobfdt/geobfdt/internal/checkpoint"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// Dip says which of its two dips a pick is written with, where a format has room for one.
type Dip string

// Dips.
const (
	Apparent Dip = "apparent" // against the borehole
	True     Dip = "true"     // against the horizontal and true north
)

// Options of an export. The zero value is apparent dip and metres.
type Options struct {
	Dip       Dip        // empty: Apparent
	DepthUnit picks.Unit // empty: picks.Metres
}

func (o Options) withDefaults() (Options, error) {
	if o.Dip == "" {
		o.Dip = Apparent
	}
	if o.DepthUnit == "" {
		o.DepthUnit = picks.Metres
	}
	if o.Dip != Apparent && o.Dip != True {
		return o, fmt.Errorf("dip %q: use %s or %s", o.Dip, Apparent, True)
	}
	if _, ok := metresPer[o.DepthUnit]; !ok {
		return o, fmt.Errorf("depth unit %q: use %s or %s", o.DepthUnit, picks.Metres, picks.Feet)
	}
	return o, nil
}

var metresPer = map[picks.Unit]float64{picks.Metres: 1, picks.Feet: 0.3048}

// format is one way to write a table that is sorted and valid, with complete options.
type format struct {
	name  string
	write func(w io.Writer, t *picks.Table, opt Options) error
}

var formats = [...]format{
	{"las", writeLAS},
	{"wellcad", writeWellCAD},
	{"geolog", writeGeolog},
	{"jsonl", writeJSONLines},
}

// Formats returns the names that Write takes.
func Formats() []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.name
	}
	return names
}

// Write writes the table in a format of Formats, ascending in depth; t itself is not changed.
//
// It fails, before anything is written, on an unknown format or option, on an invalid pick (picks.ErrInvalid), and where true
// dips are asked for in a format with one dip and a pick has none.
func Write(w io.Writer, format string, t *picks.Table, opt Options) error {
	for _, f := range formats {
		if f.name != format {
			continue
		}
		opt, err := opt.withDefaults()
		if err != nil {
			return fmt.Errorf("export %s: %w", format, err)
		}
		if t == nil {
			return fmt.Errorf("export %s: no table given", format)
		}
		sorted := &picks.Table{Header: t.Header, Picks: slices.Clone(t.Picks)}
		picks.Sort(sorted.Picks)
		if err := sorted.Validate(); err != nil {
			return fmt.Errorf("export %s: %w", format, err)
		}
		if err := f.write(w, sorted, opt); err != nil {
			return fmt.Errorf("export %s: %w", format, err)
		}
		return nil
	}
	return fmt.Errorf("export: unknown format %q: use one of %v", format, Formats())
}

// WriteModel writes a model for use elsewhere: safetensors, with the configuration in the metadata, which any tensor library
// reads.
func WriteModel(w io.Writer, f *checkpoint.File) error {
	if err := checkpoint.Write(w, f); err != nil {
		return fmt.Errorf("export model: %w", err)
	}
	return nil
}
