package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/geobfdt/geobfdt/internal/calibrate"
	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/synth"
)

type verifyOptions struct {
	out     string
	fresh   bool
	presets []string
	metres  float64
	seed    uint64
	train   calibrate.VerifierOptions
}

// verifierWorlds are the kinds of well that a verifier learns from: only one in sixteen of thin beds, whose faint labels teach it to pick laminae
// elsewhere where it sees many of them.
var verifierWorlds = []string{
	"train-plain", "train", "train-wild", "train-steep", "train-dense", "train-fractured", "train-blurred",
	"train-plain", "train", "train-steep", "train-dense", "train-thin", "train-sparse", "train-blurred", "train-sectors", "train-jointed",
}

func newVerifyCmd(a *app) *cobra.Command {
	opt := verifyOptions{train: calibrate.VerifierOptions{Batch: 32, First: 4000, Report: 1600}}
	cmd := &cobra.Command{
		Use:   "verify MODEL [WELL... --labels LABELS.csv...] -o VERIFIED",
		Short: "Train the second look that a model takes at its picks",
		Long: `verify trains the verifier of a model: a small network that looks at every curve which the detector proposes, on the image straightened
along it, says whether it is bedding, a fracture or nothing, and moves it onto its trace. It learns from the right and wrong curves that
picking would show it on synthetic wells, and on your own ones if you give them with their labels: half of the wells it sees then are yours. Of the
synthetic ones every other one is disturbed, as tools and processing do. A model that has a verifier goes on from it; --fresh begins anew. The model
that is written needs its confidence fitted anew: run train calibrate on it.

An interrupted run saves its state beside the output (.state); the same command goes on from there.`,
		Example: `  geobfdt train verify runs/mine/best.safetensors -o mine-verified.safetensors
  geobfdt train verify runs/mine/best.safetensors a.las b.las --labels a.csv --labels b.csv --samples 60000 -o mine-verified.safetensors
  geobfdt train calibrate mine-verified.safetensors -o mine.safetensors`,
		Args: cobra.MinimumNArgs(1),
	}
	flags := cmd.Flags()
	flags.StringVarP(&opt.out, "output", "o", "", "model `file` to write")
	flags.StringSliceVar(&opt.presets, "preset", verifierWorlds, "kinds of well, taken in turn (geobfdt synth --list)")
	flags.Float64Var(&opt.metres, "well-m", 10, "length of the wells, `metres`")
	flags.Uint64Var(&opt.seed, "seed", 900001, "of the first well; the next count on")
	flags.Int64Var(&opt.train.Samples, "samples", 1_000_000, "curves to learn from; each is seen about three times")
	flags.Float64Var(&opt.train.LR, "lr", 0.0015, "peak learning `rate`")
	flags.Float64Var(&opt.train.Keep, "keep", 0, "share of the weights that it goes on from in those of the result; 0.5 may hold best where it learns of new kinds of wells and must not forget the old")
	flags.BoolVar(&opt.fresh, "fresh", false, "begin anew where the model has a verifier")
	own := newLabelledWells(flags)
	cmd.RunE = a.run(func(cmd *cobra.Command, args []string) error {
		return a.verify(cmd.Context(), args[0], args[1:], opt, own)
	})
	return cmd
}

func (a *app) verify(ctx context.Context, path string, wells []string, opt verifyOptions, own *labelledWells) error {
	switch {
	case opt.out == "":
		return cliio.Usagef("give the model to write with -o FILE")
	case !(opt.train.Keep >= 0 && opt.train.Keep < 1):
		return cliio.Usagef("--keep must be at least 0 and less than 1")
	case opt.train.Samples < 1 || !(opt.train.LR > 0) || !(opt.metres >= 2 && opt.metres <= 1000) || len(opt.presets) == 0:
		return cliio.Usagef("--samples and --lr must be positive, --well-m between 2 and 1000, and --preset must name a kind of well")
	}
	presets := make([]synth.Preset, len(opt.presets))
	for i, name := range opt.presets {
		p, err := synth.PresetByName(name)
		if err != nil {
			return &cliio.UsageError{Err: err}
		}
		p.LengthM = opt.metres
		presets[i] = p
	}
	bundle, _, err := loadModel(path)
	if err != nil {
		return err
	}
	if opt.fresh {
		bundle.Verifier = nil
	}
	if bundle.Verifier == nil && opt.train.Keep > 0 {
		return cliio.Usagef("--keep needs a model that has a verifier, and no --fresh: there are no weights to keep")
	}
	mine, err := own.read(a, wells)
	if err != nil {
		return err
	}
	pool := a.newPool()
	defer pool.Close()
	opt.train.Seed = int64(opt.seed)
	if opt.out != "-" {
		opt.train.State = opt.out + ".state"
	}
	draw := func(i int) (calibrate.Well, error) {
		if len(mine) > 0 {
			if i%2 == 0 {
				return mine[i/2%len(mine)], nil
			}
			i /= 2
		}
		seed := opt.seed + uint64(i)
		kind, disturb := inTurn(i, len(presets))
		log, truth, err := presets[kind].Resampled(seed).Well(seed)
		if err == nil && disturb {
			synth.Disturb(log, seed)
		}
		return calibrate.Well{Log: log, Truth: truth}, err
	}
	progress := a.console.Start("verify", opt.train.Samples, "stage", "verify")
	v, err := calibrate.TrainVerifier(ctx, bundle, a.cfg.Pick, opt.train, pool, draw, func(p calibrate.VerifierProgress) {
		progress.Update(p.Samples, fmt.Sprintf("class %.3f, right %.3f, %.2f rows off (%.2f before), %d wells", p.Class, p.Right, p.Move, p.Before, p.Wells))
	})
	if err != nil {
		return err
	}
	progress.Finish()
	bundle.Verifier, bundle.Calibration = v, nil
	return a.writeModel(opt.out, bundle)
}
