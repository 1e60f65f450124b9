package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/plot"
)

// logFigure is the figure that needs the image, and the default.
const logFigure = "log"

type exportPlotOptions struct {
	out, picks, figure, dip, contrast, palette, title, date string
	scale, topM, baseM                                      float64
	noSinusoids                                             bool
}

func newExportPlotCmd(a *app) *cobra.Command {
	var opt exportPlotOptions
	cmd := &cobra.Command{
		Use:   "plot [WELL] --picks PICKS.csv -o FILE.png",
		Short: "Draw the log, or statistics of the picks, as PNG or SVG",
		Long: `plot draws a figure of a well. The name of the output decides the format: .png or .svg.

FIGURES
  log        image with sinusoids, tadpoles, picks per metre, caliper and deviation; needs WELL, picks are optional
  stereonet  poles of each class on a lower-hemisphere equal-area net, their density (Kamb), the mean plane
  rose       azimuth of dip of beds, strike of fractures
  histogram  dips
  density    picks per metre against depth
  summary    the last four on one sheet

PAGE SCALE
  --scale 20 draws the log true to scale (1:20) on pages of A3 landscape. Several pages become FILE-1.png, FILE-2.png and so on;
  they carry their size, so that they print without being fitted to the paper.

COLOURS
  Beds and fractures can be told apart with any colour vision; the image runs from dark (low, conductive) to light. --palette takes a
  file with the keys of configs/palette/default.yaml.`,
		Example: `  geobfdt export plot well.npz --picks picks.csv -o log.png
  geobfdt export plot well.npz --picks picks.csv --scale 40 --top 1200 --base 1250 --contrast static -o page.svg
  geobfdt export plot --picks picks.csv --figure stereonet -o net.svg
  geobfdt export plot --picks picks.csv --figure summary --dip apparent -o summary.png`,
		Args: cobra.MaximumNArgs(1),
	}
	flags := cmd.Flags()
	flags.StringVarP(&opt.out, "output", "o", "", "figure to write, `file.png` or .svg; -: stdout, as PNG")
	flags.StringVar(&opt.picks, "picks", "", "picks to draw, `file.csv`")
	flags.StringVar(&opt.figure, "figure", logFigure, strings.Join(figureNames(), " | "))
	flags.StringVar(&opt.dip, "dip", "", "true | apparent, of the statistics; default: true where the picks have it")
	flags.StringVar(&opt.contrast, "contrast", string(plot.Blend), "of the image: blend | dynamic | static")
	flags.StringVar(&opt.palette, "palette", "", "colours, `file.yaml`")
	flags.StringVar(&opt.title, "title", "", "headline; default: the well")
	flags.StringVar(&opt.date, "data-date", "", "when the log was run, for the head of the figure; it is not guessed from the file")
	flags.Float64Var(&opt.scale, "scale", 0, "page scale 1:`N`, such as 20, 40 or 200; default: one picture of all")
	flags.Float64Var(&opt.topM, "top", 0, "top of the interval, `metres`; default: all")
	flags.Float64Var(&opt.baseM, "base", 0, "base of the interval, `metres`")
	flags.BoolVar(&opt.noSinusoids, "no-sinusoids", false, "leave the sinusoids off the image")
	input := newInputFlags(flags)
	cmd.RunE = a.run(func(_ *cobra.Command, args []string) error { return a.exportPlot(args, opt, input) })
	return cmd
}

func figureNames() []string {
	names := []string{logFigure}
	for _, k := range plot.Kinds() {
		names = append(names, string(k))
	}
	return names
}

func (o exportPlotOptions) check(args []string) error {
	switch {
	case o.out == "":
		return cliio.Usagef("give the figure to write with -o FILE.png or FILE.svg")
	case !slices.Contains(figureNames(), o.figure):
		return cliio.Usagef("--figure is %q, must be %s", o.figure, strings.Join(figureNames(), " | "))
	case o.dip != "" && o.dip != string(plot.TrueDip) && o.dip != string(plot.ApparentDip):
		return cliio.Usagef("--dip is %q, must be true | apparent", o.dip)
	case o.figure == logFigure && len(args) == 0:
		return cliio.Usagef("the figure %s needs the image: give the WELL", logFigure)
	case o.figure != logFigure && len(args) > 0:
		return cliio.Usagef("the figure %s is of picks alone: leave %s away, or give --figure log", o.figure, args[0])
	case o.figure != logFigure && o.picks == "":
		return cliio.Usagef("the figure %s needs --picks PICKS.csv", o.figure)
	case o.figure != logFigure && o.scale != 0:
		return cliio.Usagef("--scale is for the figure log")
	}
	if ext := strings.ToLower(filepath.Ext(o.out)); o.out != "-" && ext != ".png" && ext != ".svg" {
		return cliio.Usagef("output %s must end in .png or .svg", o.out)
	}
	return nil
}

func (a *app) exportPlot(args []string, opt exportPlotOptions, input *inputFlags) error {
	if err := opt.check(args); err != nil {
		return err
	}
	palette, err := loadPalette(opt.palette)
	if err != nil {
		return err
	}
	table := &picks.Table{}
	if opt.picks != "" {
		if table, err = a.readPicks(opt.picks); err != nil {
			return err
		}
	}
	if opt.figure != logFigure {
		return a.plotStatistics(table, opt, *palette)
	}
	log, err := input.open(a, args[0])
	if err != nil {
		return err
	}
	if log.Well == "" {
		log.Well = baseName(args[0])
	}
	return a.plotLog(log, table, opt, palette)
}

// loadPalette reads a palette file, or takes the one in the binary.
func loadPalette(path string) (*plot.Palette, error) {
	var text []byte
	if path != "" {
		var err error
		if text, err = os.ReadFile(path); err != nil {
			return nil, &cliio.InputError{Err: err}
		}
	}
	p, err := plot.ParsePalette(text)
	if err != nil {
		return nil, &cliio.InputError{Path: path, Err: err}
	}
	return &p, nil
}

func (a *app) plotStatistics(table *picks.Table, opt exportPlotOptions, palette plot.Palette) error {
	kind := plot.DipKind(opt.dip)
	if kind == "" {
		kind = plot.DipKindOf(table.Picks)
	}
	title := opt.title
	if title == "" {
		title = table.Well
	}
	// Drawn before the file is opened, so that what cannot be drawn leaves the old one alone.
	var figure bytes.Buffer
	err := plot.WriteFigure(&figure, formatOf(opt.out), plot.Kind(opt.figure), table.Picks, plot.FigureOptions{
		Well: title, TopM: opt.topM, BaseM: opt.baseM, Dip: kind, Reference: imagelog.Reference(table.Reference), Palette: palette,
	})
	if err != nil {
		return &cliio.UsageError{Err: err}
	}
	return cliio.WriteFile(opt.out, a.stdout, func(w io.Writer) error {
		_, err := figure.WriteTo(w)
		return err
	})
}

func (a *app) plotLog(log *imagelog.Log, table *picks.Table, opt exportPlotOptions, palette *plot.Palette) error {
	picture, err := plot.NewLogPicture(log, table.Picks, plot.Options{
		TopM: opt.topM, BaseM: opt.baseM, Scale: opt.scale, Title: opt.title, Head: plotHead(log, table, opt),
		HideSinus: opt.noSinusoids, Contrast: plot.Contrast(opt.contrast), Density: len(table.Picks) > 0, Curves: true, Palette: palette,
	})
	if err != nil {
		return &cliio.UsageError{Err: err}
	}
	if opt.out == "-" && picture.Pages() > 1 {
		return cliio.Usagef("at 1:%g the interval takes %d pages, which do not fit on stdout: give -o FILE.png", opt.scale, picture.Pages())
	}
	for page := range picture.Pages() {
		path := pagePath(opt.out, page, picture.Pages())
		err := cliio.WriteFile(path, a.stdout, func(w io.Writer) error { return picture.Write(w, formatOf(path), page) })
		if err != nil {
			return err
		}
	}
	if n := picture.Pages(); n > 1 {
		a.console.Log.Info().Str("well", log.Well).Msgf("%d pages at 1:%g, %s to %s", n, opt.scale, pagePath(opt.out, 0, n), pagePath(opt.out, n-1, n))
	}
	return nil
}

// plotHead is what stands in the head of a log: nothing that changes from run to run.
func plotHead(log *imagelog.Log, table *picks.Table, opt exportPlotOptions) []plot.Field {
	fields := []plot.Field{{Name: "file", Value: filepath.Base(log.Source)}, {Name: "image", Value: opt.contrast}}
	if opt.date != "" {
		fields = append(fields, plot.Field{Name: "logged", Value: opt.date})
	}
	if table.Datum != "" {
		fields = append(fields, plot.Field{Name: "depth from", Value: table.Datum})
	}
	if table.ModelName != "" {
		fields = append(fields, plot.Field{Name: "model", Value: strings.TrimSpace(table.ModelName + " " + shortHash(table.ModelHash))})
	}
	return fields
}

// shortHash is enough of a hash to tell models apart.
func shortHash(hash string) string { return hash[:min(len(hash), 12)] }

func formatOf(path string) plot.Format {
	if isSVG(path) {
		return plot.SVG
	}
	return plot.PNG
}

// pagePath is the name of one of several pages: log.png becomes log-01.png where there are ten or more.
func pagePath(path string, page, pages int) string {
	if pages == 1 {
		return path
	}
	ext := filepath.Ext(path)
	return fmt.Sprintf("%s-%0*d%s", strings.TrimSuffix(path, ext), len(fmt.Sprint(pages)), page+1, ext)
}
