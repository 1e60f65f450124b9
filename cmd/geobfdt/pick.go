package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/defaultmodel"
	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/infer"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/plot"
)

type pickOptions struct {
	out, model, picture, unit string
	topM, baseM               float64
	json                      bool
}

func newPickCmd(a *app) *cobra.Command {
	var opt pickOptions
	cmd := &cobra.Command{
		Use:   "pick WELL -o PICKS.csv",
		Short: "Pick the sinusoids of a well",
		Long: `pick reads an image log, finds its sinusoids, refines each on the image, and writes them as CSV: depth, class, confidence,
apparent dip and azimuth, true dip and azimuth where the log says how the hole lies, amplitude, coverage, quality A to D, flags.

WHAT THE NUMBERS REFER TO
  Azimuths count from what the image's columns count from: north, magnetic or highside (--reference where the file does not
  say). True dip stays empty where deviation or reference is not known; --assume-vertical fills it. Where the log has neither
  caliper nor bit size, the hole is taken to be --diameter wide and the picks are flagged assumed_diameter: amplitudes hold, dips
  may not.

MODEL
  Without --model, the model in the binary is used. Class thresholds are pick.threshold and pick.threshold_fracture.`,
		Example: `  geobfdt pick well.npz -o picks.csv --picture picks.png
  geobfdt pick well.las --image-channel ABDC --reference highside -o picks.csv
  geobfdt pick core.png --image-top 33 --image-base 36 --reference north --diameter 4 -o - | head
  geobfdt pick well.npz --model runs/mine/best.safetensors --threshold 0.4 -o picks.csv`,
		Args: cobra.ExactArgs(1),
	}
	flags := cmd.Flags()
	flags.StringVarP(&opt.out, "output", "o", "", "picks to write, `file.csv`; -: stdout")
	flags.StringVar(&opt.model, "model", "", "model `file`; default: the one in the binary")
	flags.StringVar(&opt.picture, "picture", "", "picture of the log with its picks to write, `file.png` or .svg")
	flags.StringVar(&opt.unit, "depth-unit", "m", "m | ft, of the depth column")
	flags.Float64Var(&opt.topM, "top", 0, "top of the interval to pick, `metres`; neither top nor base: all")
	flags.Float64Var(&opt.baseM, "base", 0, "base of the interval to pick, `metres`")
	flags.BoolVar(&opt.json, "json", false, "print a summary as JSON to stdout")
	bind(flags, "threshold", "pick.threshold", "least class score of a pick")
	bind(flags, "diameter", "pick.diameter_in", "hole diameter in inches where the log has none")
	bind(flags, "assume-vertical", "pick.assume_vertical", "fill true dip as if the hole were vertical where deviation is not known")
	bind(flags, "refine", "pick.refine", "refine on the image after the network")
	input := newInputFlags(flags)
	cmd.RunE = a.run(func(cmd *cobra.Command, args []string) error { return a.pick(cmd, args[0], opt, input) })
	return cmd
}

// pickSummary is what pick says of its work, on stderr or, with --json, on stdout.
type pickSummary struct {
	Well            string  `json:"well"`
	LengthM         float64 `json:"length_m"`
	Tiles           int     `json:"tiles"`
	Picks           int     `json:"picks"`
	Bedding         int     `json:"bedding"`
	Fracture        int     `json:"fracture"`
	Seconds         float64 `json:"seconds"`
	MetresPerSecond float64 `json:"metres_per_second"`
	Model           string  `json:"model"`
	ModelHash       string  `json:"model_hash"`
}

func (a *app) pick(cmd *cobra.Command, path string, opt pickOptions, input *inputFlags) error {
	started := time.Now()
	unit, err := opt.check()
	if err != nil {
		return err
	}
	bundle, name, err := loadModel(opt.model)
	if err != nil {
		return err
	}
	log, err := input.open(a, path)
	if err != nil {
		return err
	}
	if opt.topM != 0 || opt.baseM != 0 {
		if log, err = log.Slice(opt.topM, opt.baseM); err != nil {
			return &cliio.UsageError{Err: fmt.Errorf("--top %g --base %g: %w", opt.topM, opt.baseM, err)}
		}
	}
	if log.Well == "" {
		log.Well = baseName(path)
	}
	// Outputs are opened before the work, so that a folder that is missing shows at once.
	out, err := cliio.CreateAtomic(opt.out, a.stdout)
	if err != nil {
		return err
	}
	defer out.Abort()
	var picture *cliio.Output
	if opt.picture != "" {
		if picture, err = cliio.CreateAtomic(opt.picture, a.stdout); err != nil {
			return err
		}
		defer picture.Abort()
	}

	pool := a.newPool()
	defer pool.Close()
	picker, err := infer.NewPicker(bundle, a.cfg.Pick, pool)
	if err != nil {
		return &cliio.UsageError{Err: err}
	}
	progress := a.console.Start("pick "+log.Well, 0)
	result, err := picker.Pick(cmd.Context(), log, func(done, _ int) { progress.Update(int64(done), "tiles") })
	switch {
	case errors.Is(err, imagelog.ErrNoData):
		return &cliio.InputError{Path: path, Err: err}
	case err != nil:
		return err
	}
	progress.Finish()
	for _, w := range result.Warnings {
		a.console.Log.Warn().Str("well", log.Well).Msg(w)
	}

	table := &picks.Table{Header: picks.Header{Well: log.Well, Reference: string(log.Reference), DeclinationDeg: log.DeclinationDeg,
		ModelName: name, ModelHash: bundle.Hash, Command: a.commandLine()}, Picks: result.Picks}
	if err := picks.WriteCSV(out, table, unit); err != nil {
		return err
	}
	if picture != nil {
		draw := plot.LogPNG
		if isSVG(opt.picture) {
			draw = plot.LogSVG
		}
		if err := draw(picture, log, result.Picks, plot.Options{}); err != nil {
			return fmt.Errorf("picture: %w", err)
		}
		if err := picture.Commit(); err != nil {
			return err
		}
	}
	if err := out.Commit(); err != nil {
		return err
	}
	return a.reportPick(summarise(log, result, name, bundle.Hash, time.Since(started)), opt.json)
}

func (o pickOptions) check() (picks.Unit, error) {
	if o.out == "" {
		return "", cliio.Usagef("give the picks to write with -o PICKS.csv, or -o - for stdout")
	}
	onStdout := 0
	for _, it := range []bool{o.out == "-", o.picture == "-", o.json} {
		if it {
			onStdout++
		}
	}
	if onStdout > 1 {
		return "", cliio.Usagef("of picks, picture and --json only one can go to stdout")
	}
	switch u := picks.Unit(o.unit); u {
	case picks.Metres, picks.Feet:
		return u, nil
	}
	return "", cliio.Usagef("--depth-unit is %q, must be m | ft", o.unit)
}

// loadModel reads a model file, or takes the one in the binary.
func loadModel(path string) (b *model.Bundle, name string, err error) {
	if path == "" {
		b, err = defaultmodel.Load()
		return b, defaultmodel.Name, err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, "", &cliio.InputError{Err: err}
	}
	if b, err = model.Decode(data); err != nil {
		return nil, "", &cliio.InputError{Path: path, Err: err}
	}
	return b, baseName(path), nil
}

func summarise(log *imagelog.Log, r *infer.Result, name, hash string, took time.Duration) pickSummary {
	s := pickSummary{Well: log.Well, LengthM: r.Grid.BaseM() - r.Grid.TopM(), Tiles: r.Tiles, Picks: len(r.Picks), Model: name, ModelHash: hash, Seconds: took.Seconds()}
	s.MetresPerSecond = s.LengthM / s.Seconds
	for _, p := range r.Picks {
		if p.Class == dip.Bedding {
			s.Bedding++
		} else {
			s.Fracture++
		}
	}
	return s
}

func (a *app) reportPick(s pickSummary, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(a.stdout).Encode(s)
	}
	a.console.Log.Info().Str("well", s.Well).Int("bedding", s.Bedding).Int("fracture", s.Fracture).Str("isa", kernel.ISA()).
		Msgf("%d picks in %.1f m, %.1f s (%.0f m/s)", s.Picks, s.LengthM, s.Seconds, s.MetresPerSecond)
	return nil
}

// newPool starts as many workers as the configuration says, or one per core.
func (a *app) newPool() *kernel.Pool { return kernel.NewPool(a.cfg.Threads) }
