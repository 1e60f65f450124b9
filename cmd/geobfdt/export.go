package main

import (
	"bytes"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/geobfdt/geobfdt/internal/checkpoint"
	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/defaultmodel"
	"github.com/geobfdt/geobfdt/internal/export"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/picks"
)

type exportPicksOptions struct {
	format, dip, depthUnit, outPath string
}

func newExportPicksCmd(a *app) *cobra.Command {
	var opt exportPicksOptions
	cmd := &cobra.Command{
		Use:   "picks PICKS.csv",
		Short: "Write picks as LAS, WellCAD, Geolog or JSON",
		Long: `picks writes a picks CSV in the format of another program. Formats: ` + strings.Join(export.Formats(), ", ") + `.

True dip is written only where it is known: picks without it are an error under --dip true, never silently the apparent dip.`,
		Example: `  geobfdt export picks picks.csv --format las -o picks.las
  geobfdt export picks picks.csv --format wellcad --dip true --depth-unit ft -o picks.txt`,
		Args: cobra.ExactArgs(1),
	}
	flags := cmd.Flags()
	flags.StringVar(&opt.format, "format", "las", strings.Join(export.Formats(), " | "))
	flags.StringVar(&opt.dip, "dip", "apparent", "apparent | true: the dip of formats that hold one")
	flags.StringVar(&opt.depthUnit, "depth-unit", "m", "m | ft")
	flags.StringVarP(&opt.outPath, "output", "o", "-", "file to write; -: stdout")
	cmd.RunE = a.run(func(_ *cobra.Command, args []string) error { return a.exportPicks(args[0], opt) })
	return cmd
}

func (a *app) exportPicks(path string, opt exportPicksOptions) error {
	for _, choice := range []struct {
		flag, given string
		allowed     []string
	}{
		{"--format", opt.format, export.Formats()},
		{"--dip", opt.dip, []string{string(export.Apparent), string(export.True)}},
		{"--depth-unit", opt.depthUnit, []string{string(picks.Metres), string(picks.Feet)}},
	} {
		if !slices.Contains(choice.allowed, choice.given) {
			return cliio.Usagef("%s is %q, must be %s", choice.flag, choice.given, strings.Join(choice.allowed, " | "))
		}
	}
	table, err := a.readPicks(path)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := export.Write(&text, opt.format, table, export.Options{Dip: export.Dip(opt.dip), DepthUnit: picks.Unit(opt.depthUnit)}); err != nil {
		return &cliio.InputError{Path: path, Err: err}
	}
	return cliio.WriteFile(opt.outPath, a.stdout, func(w io.Writer) error {
		_, err := text.WriteTo(w)
		return err
	})
}

func newExportModelCmd(a *app) *cobra.Command {
	var outPath string
	cmd := &cobra.Command{
		Use:   "model [MODEL.safetensors]",
		Short: "Write a trained model for other software",
		Long: `model checks a checkpoint and writes its tensors as safetensors, named and laid out as in PyTorch, so that any library of
that format can load them. Configuration and origin stand in the metadata. Without MODEL it writes the model in the binary.`,
		Example: `  geobfdt export model runs/mine/best.safetensors -o mine.safetensors
  geobfdt export model -o default.safetensors`,
		Args: cobra.MaximumNArgs(1),
	}
	cmd.Flags().StringVarP(&outPath, "output", "o", "", "file to write; -: stdout")
	cmd.RunE = a.run(func(_ *cobra.Command, args []string) error {
		if outPath == "" {
			return cliio.Usagef("give the file to write: -o model.safetensors")
		}
		data, path := defaultmodel.Bytes(), defaultmodel.Name
		if len(args) == 1 {
			var err error
			path = args[0]
			if data, err = os.ReadFile(path); err != nil {
				return &cliio.InputError{Err: err}
			}
		}
		if _, err := model.Decode(data); err != nil {
			return &cliio.InputError{Path: path, Err: err}
		}
		file, err := checkpoint.Decode(data)
		if err != nil {
			return &cliio.InputError{Path: path, Err: err}
		}
		return cliio.WriteFile(outPath, a.stdout, func(w io.Writer) error { return export.WriteModel(w, file) })
	})
	return cmd
}
