package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/synth"
)

// maxSynthM bounds the length of a synthetic well, metres.
const maxSynthM = 2000

type synthOptions struct {
	preset    string
	seed      uint64
	lengthM   float64
	stepM     float64
	columns   int
	wellPath  string
	truthPath string
	list      bool
	file      wellFormat
}

func newSynthCmd(a *app) *cobra.Command {
	var opt synthOptions
	cmd := &cobra.Command{
		Use:   "synth",
		Short: "Make a synthetic well with exact truth",
		Long: `synth draws a borehole and records it with an imaging tool: pads and gaps, noise, stripes, washouts, laminae, induced
fractures, all that real logs have. It writes the image log and the truth, a picks CSV that eval takes.

The name of the image log decides its format: .npz (also for stdout), .las, or .dlis as imaging tools write it, with the image and
the azimuth of pad 1 in a frame of fine sampling, deviation and calipers in a coarse one. --depth-unit ft and --logged-up vary the
depths of LAS and DLIS, and --raw-pads adds to DLIS what the buttons of the tool recorded: pick --image-channel pads makes the
image of these.

The same preset, seed and size give the same well.`,
		Example: `  geobfdt synth --list
  geobfdt synth --preset first-well --seed 7 -o well.npz --truth truth.csv
  geobfdt synth --preset dense --length 100 --step 0.005 --columns 96 -o dense.npz
  geobfdt synth --preset pad-flap --depth-unit ft --logged-up --raw-pads -o well.dlis --truth truth.csv`,
		Args: cobra.NoArgs,
	}
	flags := cmd.Flags()
	flags.StringVar(&opt.preset, "preset", "vertical", "kind of well, see --list")
	flags.Uint64Var(&opt.seed, "seed", 1, "another seed, another well")
	flags.Float64Var(&opt.lengthM, "length", 0, "length in `metres`; 0: that of the preset")
	flags.Float64Var(&opt.stepM, "step", 0, "height of a row in `metres`; 0: that of the preset, 0.0025 for most")
	flags.IntVar(&opt.columns, "columns", 0, "azimuth columns; 0: those of the preset, 192 for most")
	flags.StringVarP(&opt.wellPath, "output", "o", "", "image log to write, .npz, .las or .dlis")
	flags.StringVar(&opt.truthPath, "truth", "", "truth to write, .csv")
	flags.BoolVar(&opt.list, "list", false, "list the presets and do nothing else")
	opt.file.addFlags(flags)
	cmd.RunE = a.run(func(*cobra.Command, []string) error {
		if opt.list {
			return listPresets(a.stdout)
		}
		return a.synth(opt)
	})
	return cmd
}

func listPresets(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "PRESET\tLENGTH\tWHAT IT IS")
	for _, p := range synth.Presets() {
		fmt.Fprintf(table, "%s\t%g m\t%s\n", p.Name, p.LengthM, p.Description)
	}
	return table.Flush()
}

func (a *app) synth(opt synthOptions) error {
	preset, err := opt.resolve()
	if err != nil {
		return err
	}
	write, err := opt.file.writer(opt.wellPath, preset)
	if err != nil {
		return err
	}
	// Both outputs are opened before the work, so that a folder that is missing shows at once.
	var well, truth *cliio.Output
	for _, o := range []struct {
		path string
		out  **cliio.Output
	}{{opt.wellPath, &well}, {opt.truthPath, &truth}} {
		if o.path == "" {
			continue
		}
		if *o.out, err = cliio.CreateAtomic(o.path, a.stdout); err != nil {
			return err
		}
		defer (*o.out).Abort()
	}

	log, sinusoids, err := preset.Well(opt.seed)
	if err != nil {
		return err
	}
	table := &picks.Table{Picks: sinusoids}
	if well != nil {
		if err := write(well, log); err != nil {
			return fmt.Errorf("synth %s: %w", preset.Name, err)
		}
	}
	if truth != nil {
		table.Header = picks.Header{Well: log.Well, Reference: string(log.Reference), Command: a.commandLine()}
		if err := picks.WriteCSV(truth, table, picks.Metres); err != nil {
			return fmt.Errorf("synth %s: %w", preset.Name, err)
		}
	}
	for _, out := range []*cliio.Output{truth, well} {
		if out == nil {
			continue
		}
		if err := out.Commit(); err != nil {
			return err
		}
	}
	a.logSynth(log, len(table.Picks))
	return nil
}

func (a *app) logSynth(log *imagelog.Log, sinusoids int) {
	a.console.Log.Info().Str("well", log.Well).Int("rows", log.Rows()).Int("columns", log.Columns()).
		Int("sinusoids", sinusoids).Msg("synthetic well")
}

// resolve returns the preset with the sizes that were asked for.
func (o *synthOptions) resolve() (synth.Preset, error) {
	preset, err := synth.PresetByName(o.preset)
	switch {
	case err != nil:
		return preset, cliio.Usagef("%w: geobfdt synth --list describes them", err)
	case o.wellPath == "" && o.truthPath == "":
		return preset, cliio.Usagef("nothing to write: give -o well.npz, --truth truth.csv or both")
	case o.wellPath == "-" && o.truthPath == "-":
		return preset, cliio.Usagef("-o and --truth cannot both be stdout")
	}
	if o.lengthM != 0 {
		preset.LengthM = o.lengthM
	}
	if o.stepM != 0 {
		preset.RowM = o.stepM
	}
	if o.columns != 0 {
		preset.Columns = o.columns
	}
	switch {
	case !(preset.LengthM >= 1 && preset.LengthM <= maxSynthM):
		return preset, cliio.Usagef("--length is %g, must be from 1 to %d metres", o.lengthM, maxSynthM)
	case !(preset.RowM >= 0.001 && preset.RowM <= 0.1):
		return preset, cliio.Usagef("--step is %g, must be from 0.001 to 0.1 metres", o.stepM)
	case preset.Columns < 8 || preset.Columns > 1440:
		return preset, cliio.Usagef("--columns is %d, must be from 8 to 1440", o.columns)
	}
	return preset, nil
}
