// Package labels reads the pick tables of other programs into picks.Table: what an interpreter picked by hand, for training and
// scoring.
//
//	csv      the picks CSV of package picks
//	wellcad  WellCAD structure table: Depth, Azimuth, Dip, Type
//	geolog   Geolog sinusoid table: DEPTH, DEPTH_PLANE, AZIMUTH, DIP, AZIM_APP, DIP_APP, CATEGORY, DIA_HOLE, HEIGHT
//	techlog  Techlog dip table: two header lines, columns named by the project; rows may be repeated
//	petrel   Petrel point well data: Well, MD, dip, azimuth, type
//	las      dips in a LAS file: one row a pick, TYPE as text or as a number with its meaning in the ~Parameter section
//
// One reader serves all of them but the first. Columns are told by name (columns.go), units by a second header line, by brackets
// in the name, or by the name's ending. What a table does not say of itself must be said in Options: whether a column that is
// named just "dip" is apparent (against the borehole) or true (against the horizontal), the unit of depth, what the names of
// the structures mean. A table that leaves one of these open is refused, with the option that decides; it is never guessed.
//
// In memory depths are metres, angles degrees, and a number that the table does not give is NaN. A table of true dips only has NaN
// for the apparent ones, which training and scoring need: Complete computes them from the orientation of the hole.
//
// The shapes of the WellCAD and Geolog tables are those of the example files of
// github.com/ICWallis/BHI-software-dip-format-transfer, exported by those programs.
package labels

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/geobfdt/geobfdt/internal/picks"
)

// ErrAmbiguous is wrapped by the errors that an option resolves: the table can be read in more than one way.
var ErrAmbiguous = errors.New("ambiguous")

// Format of a table.
type Format string

// Formats. Auto tells the format from the table; the text tables of other programs differ in their conventions only.
const (
	Auto    Format = "auto"
	CSV     Format = "csv"
	WellCAD Format = "wellcad"
	Geolog  Format = "geolog"
	Techlog Format = "techlog"
	Petrel  Format = "petrel"
	LAS     Format = "las"
)

// Formats returns what Options.Format takes.
func Formats() []string {
	return []string{string(Auto), string(CSV), string(WellCAD), string(Geolog), string(Techlog), string(Petrel), string(LAS)}
}

// Dip says against what a dip is measured.
type Dip string

// Dips.
const (
	Apparent Dip = "apparent" // against the borehole
	True     Dip = "true"     // against the horizontal and true north
)

// Options say what a table does not say of itself. The zero value reads tables that say everything.
type Options struct {
	Format Format // empty: Auto
	// Dip is what columns named plainly "dip" and "azimuth" hold. Empty: as the other columns tell, which in a Geolog table is
	// by its own convention.
	Dip Dip
	// DepthUnit wins over what the table says; empty: as the table says.
	DepthUnit picks.Unit
	// Classes say what the names of structures mean, before DefaultRules.
	Classes Rules
}

func (o Options) withDefaults() (Options, error) {
	if o.Format == "" {
		o.Format = Auto
	}
	if !slices.Contains(Formats(), string(o.Format)) {
		return o, fmt.Errorf("label format %q: use one of %s", o.Format, strings.Join(Formats(), ", "))
	}
	if o.Dip != "" && o.Dip != Apparent && o.Dip != True {
		return o, fmt.Errorf("label dip %q: use %s or %s", o.Dip, Apparent, True)
	}
	if o.DepthUnit != "" && o.DepthUnit != picks.Metres && o.DepthUnit != picks.Feet {
		return o, fmt.Errorf("label depth unit %q: use %s or %s", o.DepthUnit, picks.Metres, picks.Feet)
	}
	return o, nil
}

// ReadFile is Read on the named file.
func ReadFile(path string, opt Options) (*picks.Table, []string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read labels: %w", err)
	}
	defer f.Close()
	return Read(f, path, opt)
}

// sniffBytes of a file tell its format.
const sniffBytes = 64 << 10

// Read reads a table of any format; name stands for the file in errors. The picks ascend in depth, in metres; rows that stand
// twice are read once. Warnings say what was left out or overruled.
//
// A table that does not fit is a *picks.FormatError; one that an option would make readable also wraps ErrAmbiguous; names of
// structures that no rule knows are an *UnknownClassError.
func Read(r io.Reader, name string, opt Options) (*picks.Table, []string, error) {
	opt, err := opt.withDefaults()
	if err != nil {
		return nil, nil, err
	}
	in := bufio.NewReaderSize(r, sniffBytes)
	if opt.Format == Auto {
		head, err := in.Peek(sniffBytes)
		if err != nil && err != io.EOF {
			return nil, nil, fmt.Errorf("read labels %s: %w", name, err)
		}
		opt.Format = sniff(head, opt)
	}
	switch opt.Format {
	case CSV:
		t, err := picks.ReadCSV(in, name)
		return t, nil, err
	case LAS:
		return readLAS(in, name, opt)
	default:
		return readText(in, name, opt)
	}
}

// sniff tells the format from the first bytes of a table. Text tables that are nothing better are Techlog's, whose columns have
// no fixed names. A picks CSV is read as such a table where classes are to be renamed, which its own reader does not do.
func sniff(head []byte, opt Options) Format {
	head = bytes.TrimPrefix(head, []byte("\ufeff"))
	for line := range bytes.Lines(head) {
		text := strings.TrimSpace(string(line))
		if text == "" || text[0] == '#' {
			continue
		}
		if text[0] == '~' {
			return LAS
		}
		names := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(",;\t\"", r) })
		for i := range names {
			names[i] = strings.TrimSpace(names[i])
		}
		has := func(name string) bool { return slices.Contains(names, name) }
		switch {
		case (has("depth_m") || has("depth_ft")) && len(opt.Classes) == 0:
			return CSV
		case has("depth_plane") && has("category"):
			return Geolog
		case has("visible azimuth ranges"):
			return WellCAD
		}
		return Techlog
	}
	return Techlog
}
