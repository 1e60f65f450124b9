package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/geobfdt/geobfdt/internal/checkpoint"
	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/tile"
	"github.com/geobfdt/geobfdt/internal/train"
)

// configName is the effective configuration in a run folder.
const configName = "config.yaml"

type trainOptions struct {
	tiles, dir, init string
	json             bool
}

func newTrainCmd(a *app) *cobra.Command {
	var opt trainOptions
	cmd := &cobra.Command{
		Use:   "train -o RUN [--tiles DIR]",
		Short: "Train a network on tiles or on synthetic wells",
		Long: `train fits the network to the tiles of a store (see geobfdt tile) or, without --tiles, to tiles drawn on the fly from
synthetic wells. With --tiles and train.synth_share above 0 it mixes both.

RUN FOLDER
  config.yaml        the effective configuration
  metrics.jsonl      loss and its parts, learning rate, gradient norm, speed, scores on held-out tiles
  last.safetensors   everything a resumed run needs
  best.safetensors   the model with the best score: give it to geobfdt pick --model
  card.md            once training is done: what the model is, how it came about, its scores and limits (geobfdt model show)

Interrupted (Ctrl-C, SIGTERM), train saves and stops; the same command goes on as if it had never stopped. With the same seed
and number of threads it ends in the same bits. A loss that is not finite stops the run, and the batch is written for a look.`,
		Example: `  geobfdt train -o runs/synthetic --samples 100000
  geobfdt train --tiles tiles -o runs/mine --set loss.class=weighted_ce --set loss.param=l2
  geobfdt train --tiles tiles --init default.safetensors --lr 1e-4 -o runs/tuned`,
		Args: cobra.NoArgs,
	}
	flags := cmd.Flags()
	flags.StringVar(&opt.tiles, "tiles", "", "tile store to train on, a `folder`; default: synthetic wells")
	flags.StringVarP(&opt.dir, "output", "o", "", "run `folder`; a run that is in it goes on")
	flags.StringVar(&opt.init, "init", "", "`model` to start from, of the same architecture")
	flags.BoolVar(&opt.json, "json", false, "print the final scores as JSON")
	bind(flags, "samples", "train.samples", "tiles seen in total")
	bind(flags, "batch", "train.batch", "tiles a step")
	bind(flags, "lr", "train.lr", "peak learning rate")
	bind(flags, "seed", "train.seed", "of weights, samples and augmentation")
	cmd.AddCommand(newVerifyCmd(a), newCalibrateCmd(a))
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error { return a.train(cmd, opt) })
	return cmd
}

func (a *app) train(cmd *cobra.Command, opt trainOptions) error {
	if opt.dir == "" {
		return cliio.Usagef("give the run folder with -o RUN")
	}
	job, err := a.trainJob(opt)
	if err != nil {
		return err
	}
	job.Pool = a.newPool()
	defer job.Pool.Close()
	if err := os.MkdirAll(opt.dir, 0o755); err != nil {
		return err
	}
	a.console.Log.Info().Str("stage", "train").Int("threads", job.Pool.Threads()).Str("isa", kernel.ISA()).Str("data", job.Train.Describe()).Str("run", opt.dir).Msg("train")
	progress := a.console.Start("train", a.cfg.Train.Samples, "stage", "train")
	job.Progress = func(p train.Progress) {
		progress.Update(p.Samples, trainNote(p), trainFields(p)...)
	}
	job.Evaluated = func(e train.Evaluation) {
		a.console.Log.Info().Str("stage", "evaluate").Int64("samples", e.Samples).Float64("loss", e.Scores.Loss).Float64("bedding_f1", e.Scores.Bedding.F1).
			Float64("fracture_f1", e.Scores.Fracture.F1).Float64("class_error", e.Scores.ClassError).Bool("best", e.Best).Msg("held-out tiles, curve@5cm")
	}
	// The configuration beside a saved state is left alone: the run may turn out to be another one.
	if _, err := os.Stat(filepath.Join(opt.dir, train.LastName)); errors.Is(err, os.ErrNotExist) {
		err := cliio.WriteFile(filepath.Join(opt.dir, configName), a.stdout, func(w io.Writer) error {
			_, err := w.Write(a.cfg.YAML())
			return err
		})
		if err != nil {
			return err
		}
	}
	scores, err := train.Run(cmd.Context(), job)
	switch {
	case errors.Is(err, train.ErrOtherRun):
		return &cliio.UsageError{Err: err}
	case errors.Is(err, train.ErrInit):
		return &cliio.InputError{Path: opt.init, Err: err}
	case err != nil:
		return err
	}
	progress.Finish()
	if err := a.writeRunCard(opt.dir); err != nil {
		return err
	}
	if opt.json {
		return json.NewEncoder(a.stdout).Encode(scores)
	}
	line := filepath.Join(opt.dir, train.BestName) + "\n"
	if scores.Tiles > 0 {
		line += fmt.Sprintf("held-out tiles, curve@5cm F1: bedding %.3f, fracture %.3f; class error %.2f %%\n",
			scores.Bedding.F1, scores.Fracture.F1, 100*scores.ClassError)
	}
	_, err = io.WriteString(a.stdout, line)
	return err
}

// trainNote is the progress of a training for a bar.
func trainNote(p train.Progress) string {
	return fmt.Sprintf("loss %.3f (class %.3f, parameters %.3f) lr %.2g %.0f/s", p.Loss.Total, p.Loss.Class, p.Loss.Param, p.LR, p.SamplesPerSecond)
}

// trainFields is the progress of a training for a log line. Class and parameter loss are without their weights.
func trainFields(p train.Progress) []any {
	short := func(v float64, digits int) float64 {
		f, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits, 64), 64)
		return f
	}
	return []any{
		"loss", short(p.Loss.Total, 4), "class", short(p.Loss.Class, 4), "param", short(p.Loss.Param, 4), "lr", short(p.LR, 3),
		"grad_norm", short(p.GradNorm, 3), "samples_per_second", short(p.SamplesPerSecond, 3),
	}
}

// trainJob is the job that configuration and options describe, without its pool.
func (a *app) trainJob(opt trainOptions) (train.Job, error) {
	c := a.cfg.Config
	job := train.Job{Dir: opt.dir, Options: c.Train, Model: c.Model, Tile: c.Tile, Loss: c.Loss, Threshold: c.Pick.Threshold,
		Record: model.Record{Config: string(c.YAML()), ConfigHash: c.TrainingHash(), Version: version}}
	if opt.init != "" {
		data, err := os.ReadFile(opt.init)
		if err != nil {
			return job, &cliio.InputError{Err: err}
		}
		sum := sha256.Sum256(data)
		job.Record.Init = hex.EncodeToString(sum[:])
		if job.Init, err = checkpoint.Decode(data); err != nil {
			return job, &cliio.InputError{Path: opt.init, Err: err}
		}
	}
	sources := a.synthSources
	if opt.tiles != "" {
		sources = func(job *train.Job) error { return a.tileSources(job, opt.tiles) }
	}
	if err := sources(&job); err != nil {
		return job, err
	}
	if err := job.Model.Validate(train.Geometry(job.Tile)); err != nil {
		return job, &cliio.UsageError{Err: err}
	}
	return job, nil
}

func (a *app) synthSources(job *train.Job) error {
	c := a.cfg.Config
	src, err := train.NewSynthSource(c.Train.SynthPresets, c.Train.SynthShear, c.Tile, c.Augment, c.Train.Seed, false)
	if err != nil {
		return &cliio.UsageError{Err: err}
	}
	held, err := train.NewSynthSource(c.Train.SynthPresets, c.Train.SynthShear, c.Tile, c.Augment, c.Train.Seed, true)
	if err != nil {
		return &cliio.UsageError{Err: err}
	}
	job.Train, job.Eval = src, held
	return nil
}

func (a *app) tileSources(job *train.Job, dir string) error {
	c := a.cfg.Config
	store, err := tile.Open(dir)
	if err != nil {
		return &cliio.InputError{Err: err}
	}
	// The store says how it was cut; the split was decided then.
	job.Tile = store.Manifest().Options
	job.Record.DataHash, err = checkpoint.Hash(filepath.Join(dir, tile.ManifestName))
	if err != nil {
		return &cliio.InputError{Err: err}
	}
	src, err := train.NewTileSource(store, tile.Train, c.Augment, c.Train.Seed, false)
	if err != nil {
		return &cliio.InputError{Path: dir, Err: err}
	}
	job.Train = src
	if held, err := train.NewTileSource(store, tile.Test, c.Augment, c.Train.Seed, true); err == nil {
		job.Eval = held
		job.Options.EvalSamples = min(job.Options.EvalSamples, held.Len())
	} else {
		a.console.Log.Warn().Msg("the store holds nothing out: the last state is taken as the best")
	}
	if c.Train.SynthShare > 0 {
		second, err := train.NewSynthSource(c.Train.SynthPresets, c.Train.SynthShear, job.Tile, c.Augment, c.Train.Seed, false)
		if err != nil {
			return &cliio.UsageError{Err: err}
		}
		job.Train = &train.MixSource{First: src, Second: second, Share: c.Train.SynthShare, Seed: c.Train.Seed}
	}
	return nil
}
