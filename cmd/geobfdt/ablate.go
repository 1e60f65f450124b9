package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/geobfdt/geobfdt/internal/ablate"
	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/config"
)

type ablateOptions struct {
	path     string // ablation file
	dir      string
	json     bool
	markdown bool
	jobs     int
	cell     int // -1: not given
	shard    string
}

func newAblateCmd(a *app) *cobra.Command {
	opt := ablateOptions{cell: -1}
	cmd := &cobra.Command{
		Use:   "ablate --config ABLATION.yaml -o DIR",
		Short: "Train many variants, score them on the same wells, say which is better",
		Long: `ablate trains every variant of an ablation file with every seed on the same wells, picks the same unseen wells with each model,
and reports what every factor is worth: paired differences with intervals, and a plain better, worse or no evidence.

Without a command it is geobfdt ablate run of all cells; plan and report look before and after.` + ablationHelp,
		Example: `  geobfdt ablate --config configs/ablate-smoke.yaml -o runs/smoke
  geobfdt ablate plan --config configs/ablate-seed.yaml -o runs/seed
  geobfdt ablate run --config configs/ablate-seed.yaml -o runs/seed --jobs 2 --set train.samples=2000
  geobfdt ablate report --config configs/ablate-seed.yaml -o runs/seed --markdown`,
		Args: cobra.NoArgs, // refuses an unknown command
	}
	flags := cmd.PersistentFlags()
	// Hides the --config of the other commands: the configuration is what the levels are about, and base names its file.
	flags.StringVar(&opt.path, "config", "", "ablation `file`, YAML; its base is the configuration beneath the levels")
	flags.StringVarP(&opt.dir, "output", "o", "", "`folder` of the ablation; what is done in it is not done again")
	flags.BoolVar(&opt.json, "json", false, "print JSON; run prints a line for each cell")
	cmd.AddCommand(newAblatePlanCmd(a, &opt), newAblateRunCmd(a, &opt), newAblateReportCmd(a, &opt))
	runFlags(cmd, &opt)
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error { return a.ablateRun(cmd, &opt) })
	return cmd
}

const ablationHelp = `

ABLATION FILE
  task: detection                # or segmentation: masks of pixels under the losses of segment.*, see docs/segmentation.md
  base: default.yaml             # configuration beneath everything, relative to this file; left out: the defaults
  set: {train.samples: 8000}     # keys of every cell
  wells:                         # whole wells are held out, never tiles
    preset: first-well           # synthetic wells to train on (geobfdt synth --list)
    train: 1                     # how many; none: tiles drawn on the fly, see train.synth_presets
    valid: 0                     # wells that choose the best model of a run; none: the last one is taken
    test_preset: vertical        # wells to score on, with other seeds
    test: 4
    seed: 100                    # test wells begin at seed + 20000
    files:                       # or, or also, your own; labels, as tile reads them, cover the whole log
      - {log: a.npz, labels: a.csv, split: train}
  design: one-at-a-time          # every other level of every factor against the baseline; or grid: all combinations
  factors:                       # the first level of each is the baseline
    - {name: backbone, key: model.backbone, values: [resnet10, resnet18]}
    - name: loss
      source: where the published figures stand
      levels:
        - {name: focal-l1, set: {loss.class: focal, loss.param: l1, pick.threshold: 0.5}, published: class error 2.6 %}
        - {name: ce-l2, set: {loss.class: weighted_ce, loss.param: l2, pick.threshold: 0.9}}
    - {name: wells, key: wells.train, values: [3, 1]}      # how many of the training wells are used
    - {name: split, key: tile.split, values: [well, patch]}
  seeds: [1, 2, 3]               # every variant is trained with each

Labels that tile reads with options only (--labels-dip, --labels-class) are made a picks CSV first, by geobfdt export picks --format csv.

A cell is one training: a variant with a seed. Variants that only pick in another way (pick.*) share the model of one cell. With
tile.split patch a share of the tiles (tile.test_fraction) of the training wells is held out at random: the model is scored on them,
as a split by patch does, and on the unseen wells like all others, which shows the leak.

FOLDER
  report.html, report.md         the report; table.csv: all scores; effects.csv: all differences
  cells/VARIANT-sSEED-HASH/      run folder of one training with log.jsonl, picks/ and result.json
  tiles/, truth/                 tiles that cells share; truth of the test wells

Folders of cells are keyed by the hash of configuration and wells: what changes is trained anew beside the old, what is done is
not done again. Interrupted (Ctrl-C, SIGTERM), the same command goes on. A cell that fails is named, and the rest goes on (exit
status 3). --set and the environment hold for every cell.`

func runFlags(cmd *cobra.Command, opt *ablateOptions) {
	flags := cmd.Flags()
	flags.IntVar(&opt.jobs, "jobs", 1, "cells at work at once; they share the threads")
	flags.IntVar(&opt.cell, "cell", -1, "run cell `N` only, as plan numbers them, from 0")
	flags.StringVar(&opt.shard, "shard", "", "run part `i/n` of the cells, i from 0; n alone in a job array")
}

func newAblateRunCmd(a *app, opt *ablateOptions) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run --config ABLATION.yaml -o DIR [--jobs N] [--cell N | --shard i/n]",
		Short: "Train and score the cells that are not done, write the report",
		Long: `run trains and scores the cells that are not done. When it has run all of them it writes the report and prints its table; with --cell or
--shard it leaves that to geobfdt ablate report.

In a job array, where SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX is set, a run without --cell and --shard takes the cell of that
index, and --shard n takes part index/n: number the tasks from 0. Tasks may share the folder over a network file system.` + ablationHelp,
		Example: `  geobfdt ablate run --config configs/ablate-smoke.yaml -o runs/smoke --jobs 2
  geobfdt ablate run --config ablation.yaml -o runs/mine --shard 0/4 --json
  sbatch --array=0-11 --wrap "geobfdt ablate run --config ablation.yaml -o runs/mine"`,
		Args: cobra.NoArgs,
	}
	runFlags(cmd, opt)
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error { return a.ablateRun(cmd, opt) })
	return cmd
}

func newAblateReportCmd(a *app, opt *ablateOptions) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "report --config ABLATION.yaml -o DIR [--markdown | --json]",
		Short: "Say what every factor is worth, from the cells that are done",
		Long: `report collects the cells that are done, writes report.html, report.md, table.csv and effects.csv into the folder and prints the
table with the verdicts. It can be run while the ablation runs. Cells without a result are named.

A verdict compares F1 (curve@5cm) of a level with the baseline of its factor, cell by cell with the same seed, on the same wells:
better or worse where the 95 % interval of a bootstrap over seeds and wells leaves 0 out, else no evidence. One seed is never evidence.` + ablationHelp,
		Example: `  geobfdt ablate report --config configs/ablate-seed.yaml -o runs/seed
  geobfdt ablate report --config configs/ablate-seed.yaml -o runs/seed --markdown > table.md
  geobfdt ablate report --config configs/ablate-seed.yaml -o runs/seed --json | jq '.factors[].effects[] | select(.measure == "f1")'`,
		Args: cobra.NoArgs,
	}
	cmd.Flags().BoolVar(&opt.markdown, "markdown", false, "print report.md")
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error {
		if opt.markdown && opt.json {
			return cliio.Usagef("give --markdown or --json, not both")
		}
		e, err := a.experiment(cmd, opt, true)
		if err != nil {
			return err
		}
		form := (*ablate.Report).WriteTable
		switch {
		case opt.markdown:
			form = (*ablate.Report).WriteMarkdown
		case opt.json:
			form = func(r *ablate.Report, w io.Writer) error { return writeJSON(w, r) }
		}
		return a.ablateReport(e, opt, form)
	})
	return cmd
}

// experiment reads the ablation file and resolves its cells.
func (a *app) experiment(cmd *cobra.Command, opt *ablateOptions, needDir bool) (*ablate.Experiment, error) {
	if opt.path == "" {
		return nil, cliio.Usagef("give the ablation file with --config ABLATION.yaml")
	}
	if needDir && opt.dir == "" {
		return nil, cliio.Usagef("give the folder of the ablation with -o DIR")
	}
	file, err := ablate.Read(opt.path)
	if err != nil {
		return nil, &cliio.UsageError{Err: err}
	}
	given, err := a.configFlags(cmd.Flags())
	if err != nil {
		return nil, err
	}
	for _, g := range given {
		if factors := file.FactorsThatSet(g.Key); len(factors) > 0 {
			return nil, cliio.Usagef("%s %s: factor %s sets it in %s: change it there", g.Name, g.Key, strings.Join(factors, ", "), opt.path)
		}
		if strings.EqualFold(g.Key, "train.seed") {
			return nil, cliio.Usagef("%s train.seed: the seeds are listed in %s", g.Name, opt.path)
		}
	}
	e, err := ablate.New(file, opt.dir, func(settings []ablate.Setting) (ablate.Setup, error) {
		return a.setup(file, settings, given)
	})
	var well *ablate.WellError
	switch {
	case errors.As(err, &well):
		return nil, &cliio.InputError{Path: opt.path, Err: err}
	case err != nil:
		return nil, cliio.Usagef("ablation file %s: %w", opt.path, err)
	}
	return e, nil
}

// setup is the effective configuration of a variant: base, environment, the file's settings, command line; the later wins.
func (a *app) setup(file *ablate.File, settings []ablate.Setting, given []config.Flag) (ablate.Setup, error) {
	in := config.Inputs{Path: file.BasePath(), Env: a.environ}
	for _, s := range settings {
		in.Flags = append(in.Flags, config.Flag{Key: s.Key, Value: s.Value, Name: s.Origin})
	}
	in.Flags = slices.Concat(in.Flags, given)
	loaded, err := config.Load(in)
	if err != nil {
		return ablate.Setup{}, err
	}
	c := loaded.Config
	defaults := config.Defaults()
	// How many threads there are and what is logged does not make another experiment.
	c.Threads, c.Log = defaults.Threads, defaults.Log
	return ablate.Setup{
		Tile: c.Tile, Augment: c.Augment, Model: c.Model, Loss: c.Loss, Train: c.Train, Pick: c.Pick, Segment: c.Segment,
		YAML: c.YAML(), Hash: c.Hash(), TrainHash: c.TrainingHash(),
	}, nil
}

// ablationThreads is how many threads cells have between them.
func (a *app) ablationThreads() int {
	if a.cfg.Threads > 0 {
		return a.cfg.Threads
	}
	return runtime.GOMAXPROCS(0)
}

// chosenCells are the cells that the command line or the job array asks for, and whether these are all.
func (a *app) chosenCells(e *ablate.Experiment, opt *ablateOptions) (cells []ablate.Cell, all bool, err error) {
	one := opt.cell
	switch {
	case opt.cell != -1 && opt.shard != "":
		return nil, false, cliio.Usagef("give --cell or --shard, not both")
	case opt.shard != "":
		shard, err := cliio.ParseShard(opt.shard, a.environ)
		if err != nil {
			return nil, false, err
		}
		for i, c := range e.Cells {
			if shard.Has(i) {
				cells = append(cells, c)
			}
		}
		a.console.Log.Info().Str("shard", shard.String()).Int("cells", len(cells)).Msg("ablate")
		return cells, false, nil
	case opt.cell == -1:
		index, variable, err := cliio.TaskIndex(a.environ)
		if err != nil {
			return nil, false, err
		}
		if variable == "" {
			return e.Cells, true, nil
		}
		a.console.Log.Info().Str("from", variable).Int("index", index).Msg("the cell of this task")
		one = index
	}
	if one < 0 || one >= len(e.Cells) {
		return nil, false, cliio.Usagef("cell %d: %s has cells 0 to %d: see geobfdt ablate plan", one, opt.path, len(e.Cells)-1)
	}
	return e.Cells[one : one+1], false, nil
}

func (a *app) ablateRun(cmd *cobra.Command, opt *ablateOptions) error {
	if opt.jobs < 1 {
		return cliio.Usagef("--jobs %d: must be 1 or more", opt.jobs)
	}
	e, err := a.experiment(cmd, opt, true)
	if err != nil {
		return err
	}
	cells, all, err := a.chosenCells(e, opt)
	if err != nil {
		return err
	}
	watch, err := a.watchAblation(e, cells, opt.json)
	if err != nil {
		return err
	}
	// A folder that cannot be written shows once, not for every cell.
	if err := os.MkdirAll(opt.dir, 0o755); err != nil {
		return fmt.Errorf("create the folder of the ablation: %w", err)
	}
	ctx, stop := context.WithCancelCause(cmd.Context())
	defer stop(nil)
	outcomes, err := e.Run(ctx, cells, ablate.Options{
		Threads: a.ablationThreads(), Jobs: opt.jobs, Version: version, Command: a.commandLine(),
		Event: watch.event, Progress: watch.progress,
		Finished: func(o ablate.Outcome) {
			watch.finished(o)
			if cliio.DiskFull(o.Err) {
				stop(o.Err) // the other cells have no room either
			}
		},
	})
	watch.bar.Finish()
	if err != nil {
		if cmd.Context().Err() != nil {
			a.console.Log.Info().Msg("stopped, its state is saved: the same command goes on from here")
		}
		return err
	}
	var failed []error
	for _, o := range outcomes {
		if o.Err != nil {
			failed = append(failed, o.Err)
		}
	}
	if len(failed) > 0 && len(failed) == len(cells) {
		return errors.Join(failed...)
	}
	if all {
		form := (*ablate.Report).WriteTable
		if opt.json {
			form = func(*ablate.Report, io.Writer) error { return nil } // the lines of the cells are there already
		}
		if err := a.ablateReport(e, opt, form); err != nil {
			return err
		}
	}
	if len(failed) > 0 {
		return &cliio.PartialError{Done: len(cells) - len(failed), Failed: len(failed), Err: errors.Join(failed...)}
	}
	return nil
}

// ablateReport writes the report to the folder and, in the form asked for, to stdout.
func (a *app) ablateReport(e *ablate.Experiment, opt *ablateOptions, form func(*ablate.Report, io.Writer) error) error {
	report, err := e.Report()
	if err != nil {
		return &cliio.InputError{Err: err}
	}
	if report.Done == 0 {
		return cliio.Usagef("no cell of %s is done in %s: run geobfdt ablate first", opt.path, opt.dir)
	}
	if err := e.Write(report); err != nil {
		return err
	}
	return cliio.WriteFile("-", a.stdout, func(w io.Writer) error { return form(report, w) })
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
