package main

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/export"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
)

type exportPicksOptions struct {
	format, dip, form, depthUnit, outPath string

	reference, structural, caliper, survey, surveyUnit string
	declination, diameterMM, correction                float64
	assumeVertical                                     bool
	declinationGiven, correctionGiven                  bool
}

func newExportPicksCmd(a *app) *cobra.Command {
	var opt exportPicksOptions
	cmd := &cobra.Command{
		Use:   "picks PICKS",
		Short: "Write picks as LAS, WellCAD, Geolog, Techlog, Petrel, CSV or JSON",
		Long: `picks writes a table of picks in the format of another program. PICKS is a picks CSV or a table of another program (see LABELS below),
so that tables are converted, too. docs/exports.md describes every format.

FORMATS
  csv      our picks CSV                       geolog   Geolog sinusoid table, both dips
  las      LAS 2.0, one row a pick, both dips  techlog  Techlog dip table, both dips
  wellcad  WellCAD structure table, one dip    petrel   point well data, one dip
  jsonl    JSON lines, both dips

True dip is written only where it is known: picks without it are an error under --dip true, never silently the apparent dip.

WITHOUT PICKING AGAIN
  --caliper, --hole-diameter-mm    dips for another hole size: the sinusoid stays, its dip changes
  --survey, --assume-vertical      true dips computed from the deviation of the hole, anew for every pick
  --declination                    another magnetic declination, for picks that count from magnetic north
  --azimuth-reference              what apparent azimuths count from; true azimuths always count from true north
  --structural-dip                 true dips before the structure was tilted: the given plane becomes flat
True dips that a change makes stale are left empty unless --survey or --assume-vertical is given.` + labelsHelp,
		Example: `  geobfdt export picks picks.csv --format las -o picks.las
  geobfdt export picks picks.csv --format wellcad --dip true --depth-unit ft -o picks.txt
  geobfdt export picks picks.csv --format petrel --dip true --structural-dip 12/140 -o before_tilt.txt
  geobfdt export picks picks.csv --format csv --caliper calipers.las --survey survey.csv -o new_caliper.csv
  geobfdt export picks geolog.csv --format wellcad --dip true -o wellcad.csv`,
		Args: cobra.ExactArgs(1),
	}
	flags := cmd.Flags()
	flags.StringVar(&opt.format, "format", "las", strings.Join(export.Formats(), " | "))
	flags.StringVar(&opt.dip, "dip", "apparent", "apparent | true: the dip of formats that hold one")
	flags.StringVar(&opt.form, "form", "dipaz", strings.Join(export.Forms(), " | ")+": dip and azimuth, right-hand-rule strike, or pole")
	flags.StringVar(&opt.depthUnit, "depth-unit", "m", "m | ft")
	flags.StringVar(&opt.reference, "azimuth-reference", "", "what apparent azimuths count from: north | magnetic | highside; default: as they are")
	flags.Float64Var(&opt.declination, "declination", 0, "of magnetic north against true, `degrees`, east positive; default: what the table says")
	flags.StringVar(&opt.structural, "structural-dip", "", "structural plane to turn flat, true `DIP/AZIMUTH` in degrees, such as 12/140")
	flags.Float64Var(&opt.diameterMM, "hole-diameter-mm", 0, "compute dips for a hole of this size, `mm`")
	flags.StringVar(&opt.caliper, "caliper", "", "compute dips for the calipers of a LAS `file`")
	flags.StringVar(&opt.survey, "survey", "", "deviation survey to compute true dips with, CSV or LAS `file`")
	flags.StringVar(&opt.surveyUnit, "survey-unit", "", "m | ft, of the survey's depth where the file does not say; default: m")
	flags.Float64Var(&opt.correction, "hole-azimuth-correction", 0, "`degrees` added to the hole azimuth of the survey, to count from true north")
	flags.BoolVar(&opt.assumeVertical, "assume-vertical", false, "compute true dips as in a vertical hole")
	flags.StringVarP(&opt.outPath, "output", "o", "-", "file to write; -: stdout")
	input := newLabelFlags(flags)
	cmd.RunE = a.run(func(cmd *cobra.Command, args []string) error {
		opt.declinationGiven, opt.correctionGiven = cmd.Flags().Changed("declination"), cmd.Flags().Changed("hole-azimuth-correction")
		return a.exportPicks(args[0], opt, input)
	})
	return cmd
}

// choice is a flag that takes one of a few words.
type choice struct {
	flag, given string
	allowed     []string
}

// checkChoices refuses any other word; an empty one among the allowed stands for a flag that is not given.
func checkChoices(choices ...choice) error {
	for _, c := range choices {
		if !slices.Contains(c.allowed, c.given) {
			return cliio.Usagef("%s is %q, must be %s", c.flag, c.given, strings.TrimPrefix(strings.Join(c.allowed, " | "), " | "))
		}
	}
	return nil
}

var (
	dipWords       = []string{string(export.Apparent), string(export.True)}
	depthUnitWords = []string{string(picks.Metres), string(picks.Feet)}
)

func (a *app) exportPicks(path string, opt exportPicksOptions, input *labelFlags) error {
	err := checkChoices(
		choice{"--format", opt.format, export.Formats()},
		choice{"--dip", opt.dip, dipWords},
		choice{"--form", opt.form, export.Forms()},
		choice{"--depth-unit", opt.depthUnit, depthUnitWords},
		choice{"--survey-unit", opt.surveyUnit, append([]string{""}, depthUnitWords...)},
		choice{"--azimuth-reference", opt.reference, []string{"", string(imagelog.RefNorth), string(imagelog.RefMagnetic), string(imagelog.RefHighSide)}},
	)
	if err != nil {
		return err
	}
	structural, err := parsePlane(opt.structural)
	if err != nil {
		return err
	}
	table, err := input.read(a, path)
	if err != nil {
		return err
	}
	if table, err = a.adjust(path, table, opt, structural); err != nil {
		return err
	}
	table.Command = a.commandLine()
	var text bytes.Buffer
	err = export.Write(&text, opt.format, table, export.Options{
		Dip: export.Dip(opt.dip), Form: export.Form(opt.form), DepthUnit: picks.Unit(opt.depthUnit), Structural: structural,
	})
	if err != nil {
		return &cliio.InputError{Path: path, Err: err}
	}
	return cliio.WriteFile(opt.outPath, a.stdout, func(w io.Writer) error {
		_, err := text.WriteTo(w)
		return err
	})
}
