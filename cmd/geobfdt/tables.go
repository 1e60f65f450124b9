package main

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/labels"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// labelsHelp is the manual of labelFlags.
const labelsHelp = `

LABELS
A table of picks is a picks CSV, or what WellCAD, Geolog, Techlog or Petrel export as text, or dips in LAS; the columns are told by their
names. What a table leaves open must be said:
  --labels-dip         whether a column named just "dip" is apparent (against the hole) or true
  --labels-depth-unit  the unit of depth
  --labels-class       what the structures are, such as "Bed*=bedding,Open fracture=fracture,Vug=ignore"; * stands for any text.
                       Common names are known; induced fractures and breakouts are left out`

// labelFlags are the flags of commands that read tables of other programs: what a table does not say of itself.
type labelFlags struct{ format, dip, depthUnit, classes string }

func newLabelFlags(set *pflag.FlagSet) *labelFlags {
	f := &labelFlags{}
	set.StringVar(&f.format, "labels-format", string(labels.Auto), strings.Join(labels.Formats(), " | "))
	set.StringVar(&f.dip, "labels-dip", "", "what columns named just dip and azimuth hold: apparent | true")
	set.StringVar(&f.depthUnit, "labels-depth-unit", "", "unit of depth, m | ft; default: what the table says")
	set.StringVar(&f.classes, "labels-class", "", "what the structures are, `NAME=bedding,...`: bedding | fracture | ignore")
	return f
}

func (f *labelFlags) options() (labels.Options, error) {
	err := checkChoices(
		choice{"--labels-format", f.format, labels.Formats()},
		choice{"--labels-dip", f.dip, append([]string{""}, dipWords...)},
		choice{"--labels-depth-unit", f.depthUnit, append([]string{""}, depthUnitWords...)},
	)
	if err != nil {
		return labels.Options{}, err
	}
	rules, err := labels.ParseRules(f.classes)
	if err != nil {
		return labels.Options{}, cliio.Usagef("--labels-class: %w", err)
	}
	return labels.Options{Format: labels.Format(f.format), Dip: labels.Dip(f.dip), DepthUnit: picks.Unit(f.depthUnit), Classes: rules}, nil
}

// read reads a table of any program and logs what was left out of it; "-" is stdin. Picks may have true dips only.
func (f *labelFlags) read(a *app, path string) (*picks.Table, error) {
	opt, err := f.options()
	if err != nil {
		return nil, err
	}
	var table *picks.Table
	var warnings []string
	if path == "-" {
		table, warnings, err = labels.Read(a.stdin, "stdin", opt)
	} else {
		table, warnings, err = labels.ReadFile(path, opt)
	}
	a.warn(warnings)
	var pathError *fs.PathError
	switch {
	case errors.As(err, &pathError):
		return nil, &cliio.InputError{Path: path, Err: pathError.Err}
	case err != nil:
		return nil, &cliio.InputError{Err: err}
	}
	return table, nil
}

// readApparent is read for picks that must have apparent dips; hole gives those that have true dips only theirs.
func (f *labelFlags) readApparent(a *app, path string, hole labels.Hole) (*picks.Table, error) {
	table, err := f.read(a, path)
	if err != nil {
		return nil, err
	}
	warnings, err := labels.Complete(table, hole)
	if err != nil {
		return nil, &cliio.InputError{Path: path, Err: err}
	}
	for _, warning := range warnings {
		a.console.Log.Warn().Str("file", path).Msg(warning)
	}
	return table, nil
}

// readPicks reads a picks CSV; "-" is stdin.
func (a *app) readPicks(path string) (*picks.Table, error) {
	if path == "-" {
		table, err := picks.ReadCSV(a.stdin, "stdin")
		if err != nil {
			return nil, &cliio.InputError{Err: err}
		}
		return table, nil
	}
	table, err := picks.ReadFile(path)
	if err != nil {
		var pathError *fs.PathError
		if errors.As(err, &pathError) {
			return nil, &cliio.InputError{Path: path, Err: pathError.Err}
		}
		return nil, &cliio.InputError{Err: err}
	}
	return table, nil
}

// baseName is the name of a file without folder and extension.
func baseName(path string) string {
	base := filepath.Base(path)
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// isSVG tells whether a picture is asked for as SVG.
func isSVG(path string) bool { return strings.EqualFold(filepath.Ext(path), ".svg") }
