package main

import (
	"bytes"
	"io"

	"github.com/spf13/cobra"

	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/derived"
	"github.com/geobfdt/geobfdt/internal/export"
	"github.com/geobfdt/geobfdt/internal/labels"
	"github.com/geobfdt/geobfdt/internal/picks"
)

type exportLogsOptions struct {
	derived                 derived.Options
	dip, depthUnit, outPath string
}

func newExportLogsCmd(a *app) *cobra.Command {
	opt := exportLogsOptions{derived: derived.DefaultOptions()}
	cmd := &cobra.Command{
		Use:   "logs PICKS",
		Short: "Write fracture and bedding density and mean dip as logs, in LAS",
		Long: `logs turns picks into logs with a sample every 10 cm, as LAS 2.0:

  BED10, FRAC10          P10: planes per 10 cm, in 10 cm
  BED100, FRAC100        P10: planes per metre, in a window of 1 m
  BED10T, FRAC100T, ...  the same, Terzaghi-corrected: a plane counts 1/sin(alpha), alpha its angle to the hole. At less than
                         --blind-zone degrees the weight stays as it is there; how many planes that are is in the head
  BEDDIP, BEDAZI, ...    mean dip: attitude of the resultant of the normals in a window
  BEDR, BEDN, ...        length of the resultant by the number of planes (1: all parallel), and the number. The mean dip of fractures
                         means something where R is near 1 only

The interval is that of the picks; if more was picked, say so with --top and --base: where no plane was found the density is 0. At the
ends of the interval only the part of a window inside it counts. True dips are averaged; where the deviation of the hole is not
known, ask for --dip apparent.` + labelsHelp,
		Example: `  geobfdt export logs picks.csv -o density.las
  geobfdt export logs picks.csv --top 1200 --base 1260 --window 10 --blind-zone 20 -o density.las`,
		Args: cobra.ExactArgs(1),
	}
	flags := cmd.Flags()
	flags.Float64Var(&opt.derived.TopM, "top", 0, "top of the interval that was picked, `metres`; neither top nor base: that of the picks")
	flags.Float64Var(&opt.derived.BaseM, "base", 0, "base of it, `metres`")
	flags.Float64Var(&opt.derived.MeanWindowM, "window", opt.derived.MeanWindowM, "window of the mean dip, `metres`")
	flags.Float64Var(&opt.derived.BlindZoneDeg, "blind-zone", opt.derived.BlindZoneDeg, "angle between plane and hole below which the Terzaghi weight is cut, `degrees`")
	flags.StringVar(&opt.dip, "dip", "true", "true | apparent: dips of the mean")
	flags.StringVar(&opt.depthUnit, "depth-unit", "m", "m | ft: of the index")
	flags.StringVarP(&opt.outPath, "output", "o", "-", "file to write; -: stdout")
	input := newLabelFlags(flags)
	cmd.RunE = a.run(func(_ *cobra.Command, args []string) error { return a.exportLogs(args[0], opt, input) })
	return cmd
}

func (a *app) exportLogs(path string, opt exportLogsOptions, input *labelFlags) error {
	if err := checkChoices(choice{"--dip", opt.dip, dipWords}, choice{"--depth-unit", opt.depthUnit, depthUnitWords}); err != nil {
		return err
	}
	if err := opt.derived.Validate(); err != nil {
		return &cliio.UsageError{Err: err}
	}
	opt.derived.TrueDip = opt.dip == string(export.True)
	table, err := input.readApparent(a, path, labels.Hole{})
	if err != nil {
		return err
	}
	logs, err := derived.Compute(table, opt.derived)
	if err != nil {
		return &cliio.InputError{Path: path, Err: err}
	}
	var text bytes.Buffer
	if err := logs.WriteLAS(&text, table.Header, picks.Unit(opt.depthUnit)); err != nil {
		return err
	}
	return cliio.WriteFile(opt.outPath, a.stdout, func(w io.Writer) error {
		_, err := text.WriteTo(w)
		return err
	})
}
