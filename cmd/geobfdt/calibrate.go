package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/geobfdt/geobfdt/internal/calibrate"
	"github.com/geobfdt/geobfdt/internal/checkpoint"
	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/synth"
)

type calibrateOptions struct {
	out string
	synthWells
}

func newCalibrateCmd(a *app) *cobra.Command {
	opt := calibrateOptions{synthWells: synthWells{varied: true}}
	cmd := &cobra.Command{
		Use:   "calibrate MODEL [WELL... --labels LABELS.csv...] -o CALIBRATED",
		Short: "Fit the confidence of a model's picks",
		Long: `calibrate picks synthetic wells with known truth, and fits for each class the probability that a pick is right from what is
known of it: the network's score, how the image answers along the sinusoid, coverage, height, how often it was found. The model that it
writes gives this probability as confidence, and thresholds apply to it: of picks with confidence 0.8, four in five should be right. Every
other well is disturbed, as tools and processing do (docs/synth.md).

Your own wells, given with their labels, are added to the synthetic ones, or replace them with --wells 0.`,
		Example: `  geobfdt train calibrate runs/mine/best.safetensors -o mine.safetensors
  geobfdt train calibrate mine-verified.safetensors a.las b.las --labels a.csv --labels b.csv --wells 0 -o mine.safetensors`,
		Args: cobra.MinimumNArgs(1),
	}
	flags := cmd.Flags()
	flags.StringVarP(&opt.out, "output", "o", "", "model `file` to write")
	flags.StringSliceVar(&opt.presets, "preset", calibrationKinds(), "kinds of well (geobfdt synth --list)")
	flags.IntVar(&opt.wells, "wells", 24, "wells of each kind")
	flags.Uint64Var(&opt.seed, "seed", 500001, "of the first well of each kind; the next count on")
	own := newLabelledWells(flags)
	cmd.RunE = a.run(func(cmd *cobra.Command, args []string) error {
		return a.calibrate(cmd.Context(), args[0], args[1:], opt, own)
	})
	return cmd
}

// calibrationKinds are all that synth knows but the field that no model has seen, and train-thin, which labels beds that are hardly seen:
// a verifier learns from them, a confidence that follows them picks laminae elsewhere.
func calibrationKinds() (names []string) {
	for _, p := range synth.Presets() {
		if p.Name != "field" && p.Name != "train-thin" {
			names = append(names, p.Name)
		}
	}
	return names
}

func (a *app) calibrate(ctx context.Context, path string, wells []string, opt calibrateOptions, own *labelledWells) error {
	if opt.out == "" {
		return cliio.Usagef("give the model to write with -o FILE")
	}
	bundle, _, err := loadModel(path)
	if err != nil {
		return err
	}
	mine, err := own.read(a, wells)
	if err != nil {
		return err
	}
	pool := a.newPool()
	defer pool.Close()
	c, err := calibrate.NewCollector(bundle, a.cfg.Pick, pool)
	if err != nil {
		return &cliio.UsageError{Err: err}
	}
	for _, w := range mine {
		if err := c.Add(ctx, w); err != nil {
			return err
		}
	}
	if opt.wells == 0 && len(mine) > 0 {
		opt.presets, opt.wells = nil, 1
	}
	err = opt.each(a, "calibrate", func(_ int, log *imagelog.Log, truth []picks.Pick) error {
		return c.Add(ctx, calibrate.Well{Log: log, Truth: truth})
	})
	if err != nil {
		return err
	}
	for class := range dip.Class(dip.NumClasses) {
		right, wrong := c.Counts(class)
		a.console.Log.Info().Stringer("class", class).Int("right", right).Int("wrong", wrong).Msg("refined curves, curve@5cm")
	}
	if bundle.Calibration, err = c.Fit(fmt.Sprintf("%d synthetic wells each of %v from seed %d, every other one disturbed, and %d wells with labels", opt.wells, opt.presets, opt.seed, len(mine))); err != nil {
		return &cliio.UsageError{Err: fmt.Errorf("%w; give more --wells", err)}
	}
	return a.writeModel(opt.out, bundle)
}

// writeModel writes a model file.
func (a *app) writeModel(path string, b *model.Bundle) error {
	f, err := b.File()
	if err != nil {
		return err
	}
	return cliio.WriteFile(path, a.stdout, func(w io.Writer) error { return checkpoint.Write(w, f) })
}
