package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/geobfdt/geobfdt/internal/ablate"
	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/config"
)

type ablateOptions struct {
	path string // ablation file
	dir  string
	json bool
	redo bool
}

func newAblateCmd(a *app) *cobra.Command {
	var opt ablateOptions
	cmd := &cobra.Command{
		Use:   "ablate --config ABLATION.yaml -o DIR",
		Short: "Train many variants, score them on the same wells, in one table",
		Long: `ablate trains every arm of an ablation file with every seed on the same tiles, picks the same unseen wells with each model,
and puts precision, recall and F1 per class into one table, beside their chance level.

It is what geobfdt ablate run does; plan and report look before and after.` + ablationHelp,
		Example: `  geobfdt ablate --config configs/ablate-smoke.yaml -o runs/smoke
  geobfdt ablate plan --config configs/ablate-seed.yaml -o runs/seed
  geobfdt ablate --config configs/ablate-seed.yaml -o runs/seed --set train.samples=2000
  geobfdt ablate report --config configs/ablate-seed.yaml -o runs/seed --json`,
		Args: cobra.NoArgs, // refuses an unknown command
	}
	flags := cmd.PersistentFlags()
	// Hides the --config of the other commands: the configuration is what the arms are about, and base names its file.
	flags.StringVar(&opt.path, "config", "", "ablation `file`, YAML; its base is the configuration beneath the arms")
	flags.StringVarP(&opt.dir, "output", "o", "", "`folder` of the ablation; what is done in it is not done again")
	flags.BoolVar(&opt.json, "json", false, "print JSON")
	cmd.AddCommand(newAblatePlanCmd(a, &opt), newAblateRunCmd(a, &opt), newAblateReportCmd(a, &opt))
	redoFlag(cmd, &opt)
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error { return a.ablateRun(cmd, &opt) })
	return cmd
}

const ablationHelp = `

ABLATION FILE
  base: default.yaml             # configuration beneath every arm, relative to this file; left out: the defaults
  set: {train.samples: 20000}    # keys of every arm
  wells:                         # whole wells are held out, never tiles
    preset: first-well           # synthetic wells to train on (geobfdt synth --list)
    train: 1                     # how many; none: tiles drawn on the fly, see train.synth_presets
    valid: 0                     # wells that choose the best model of a run; none: the last one is taken
    test_preset: vertical        # wells to score on, with other seeds
    test: 4
    seed: 100                    # test wells begin at seed + 20000
    files:                       # or, or also, your own; labels cover the whole log
      - {log: a.npz, labels: a.csv, split: train}
  arms:
    - {name: focal-l1, set: {loss.class: focal, loss.param: l1, pick.threshold: 0.5}}
    - {name: ce-l2, set: {loss.class: weighted_ce, loss.param: l2, pick.threshold: 0.9}}
  seeds: [1, 2]                  # every arm is trained with each

FOLDER
  table.csv, table.md            the table
  cells/ARM-sSEED/               run folder of one training with picks/ and result.json
  tiles/, truth/                 tiles that the arms share; truth of the test wells

Interrupted (Ctrl-C, SIGTERM), it goes on with the same command. A cell that fails is named, and the rest goes on (exit status
3). A cell whose configuration and wells have not changed is not trained again, and one that only picks in another way (pick.*)
is only scored again. --set and the environment hold for every arm.`

func redoFlag(cmd *cobra.Command, opt *ablateOptions) {
	cmd.Flags().BoolVar(&opt.redo, "redo", false, "remove cells that belong to another configuration or other wells, and train them anew")
}

func newAblateRunCmd(a *app, opt *ablateOptions) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run --config ABLATION.yaml -o DIR",
		Short: "Train and score the cells that are not done, print the table",
		Long:  "run trains every arm with every seed, scores each on the test wells, and prints the table." + ablationHelp,
		Example: `  geobfdt ablate run --config configs/ablate-smoke.yaml -o runs/smoke
  geobfdt ablate run --config ablation.yaml -o runs/mine --redo`,
		Args: cobra.NoArgs,
	}
	redoFlag(cmd, opt)
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error { return a.ablateRun(cmd, opt) })
	return cmd
}

func newAblatePlanCmd(a *app, opt *ablateOptions) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "plan --config ABLATION.yaml [-o DIR]",
		Short: "List the cells and what is done of them",
		Long: `plan checks the ablation file with all its configurations and lists the cells in the order in which they run. With -o it says
how far each has come: new, started (it goes on, or is scored anew), done, or other: the folder belongs to another configuration
or other wells. It trains nothing and writes nothing.` + ablationHelp,
		Example: `  geobfdt ablate plan --config configs/ablate-seed.yaml
  geobfdt ablate plan --config configs/ablate-seed.yaml -o runs/seed --json`,
		Args: cobra.NoArgs,
	}
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error { return a.ablatePlan(cmd, opt) })
	return cmd
}

func newAblateReportCmd(a *app, opt *ablateOptions) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "report --config ABLATION.yaml -o DIR",
		Short: "Collect the table from the cells that are done",
		Long: `report reads the results of the cells that are done, prints the table and writes table.csv and table.md again. It can be run
while the ablation runs. Cells without a result are named beneath the table.` + ablationHelp,
		Example: `  geobfdt ablate report --config configs/ablate-seed.yaml -o runs/seed
  geobfdt ablate report --config configs/ablate-seed.yaml -o runs/seed --json | jq '.rows[] | select(.class == "any")'`,
		Args: cobra.NoArgs,
	}
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error {
		e, err := a.experiment(cmd, opt, true)
		if err != nil {
			return err
		}
		return a.ablateTable(e, opt)
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
		if arms := file.ArmsThatSet(g.Key); len(arms) > 0 {
			return nil, cliio.Usagef("%s %s: arm %s sets it in %s: change it there", g.Name, g.Key, strings.Join(arms, ", "), opt.path)
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

// setup is the effective configuration of a cell: base, environment, the file's settings, command line; the later wins.
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
	training := c
	training.Pick = defaults.Pick
	return ablate.Setup{
		Tile: c.Tile, Augment: c.Augment, Model: c.Model, Loss: c.Loss, Train: c.Train, Pick: c.Pick,
		YAML: c.YAML(), Hash: c.Hash(), TrainHash: training.Hash(),
	}, nil
}

func (a *app) ablateRun(cmd *cobra.Command, opt *ablateOptions) error {
	e, err := a.experiment(cmd, opt, true)
	if err != nil {
		return err
	}
	pool := a.newPool()
	defer pool.Close()
	watch := ablateWatch{a: a, cells: len(e.Cells)}
	failed, err := e.Run(cmd.Context(), ablate.Options{
		Pool: pool, Version: version, Command: a.commandLine(), Redo: opt.redo,
		Begin: watch.begin, Progress: watch.update, End: watch.end,
	})
	watch.finish()
	var other *ablate.OtherError
	switch {
	case errors.As(err, &other):
		return &cliio.UsageError{Err: err}
	case err != nil:
		if cmd.Context().Err() != nil {
			a.console.Log.Info().Msg("stopped, its state is saved: the same command goes on from here")
		}
		return err
	case len(failed) == len(e.Cells):
		return errors.Join(failed...)
	}
	if err := a.ablateTable(e, opt); err != nil {
		return err
	}
	if len(failed) > 0 {
		return &cliio.PartialError{Done: len(e.Cells) - len(failed), Failed: len(failed), Err: errors.Join(failed...)}
	}
	return nil
}

// ablateWatch shows the progress of an ablation: one bar for every stage of every cell.
type ablateWatch struct {
	a        *app
	cells    int
	begun    int
	done     bool // the cell was done before
	name     string
	stage    string
	progress *cliio.Progress
}

func (w *ablateWatch) begin(c ablate.Cell, s ablate.State) {
	w.begun++
	w.name = fmt.Sprintf("%s (%d of %d)", c.Name(), w.begun, w.cells)
	w.done = s == ablate.StateDone
	w.a.console.Log.Info().Str("state", string(s)).Msg("cell " + w.name)
}

func (w *ablateWatch) update(stage string, done, total int64, note string) {
	if stage != w.stage {
		w.finish()
		w.stage, w.progress = stage, w.a.console.Start(w.name+" "+stage, total)
	}
	w.progress.Update(done, note)
}

func (w *ablateWatch) end(c ablate.Cell, r *ablate.Result, err error) {
	w.finish()
	if err != nil {
		w.a.console.Log.Error().Err(err).Msg("cell " + c.Name() + " failed")
		return
	}
	if w.done {
		return
	}
	line := w.a.console.Log.Info()
	for i := range r.Scores.Pooled.Classes {
		class := &r.Scores.Pooled.Classes[i]
		line = line.Str(class.Class+"_f1", fmt.Sprintf("%.3f", class.Headline().F1))
	}
	line.Str("train", fmt.Sprintf("%.0fs", r.TrainSeconds)).Msg("cell " + c.Name() + " done")
}

func (w *ablateWatch) finish() {
	if w.progress != nil {
		w.progress.Finish()
	}
	w.stage, w.progress = "", nil
}

// ablateTable writes the tables of an ablation to its folder and to stdout.
func (a *app) ablateTable(e *ablate.Experiment, opt *ablateOptions) error {
	report, err := e.Report()
	if err != nil {
		return &cliio.InputError{Err: err}
	}
	if len(report.Rows) == 0 {
		return cliio.Usagef("no cell of %s is done in %s: run geobfdt ablate first", opt.path, opt.dir)
	}
	if err := e.WriteTables(report); err != nil {
		return err
	}
	return cliio.WriteFile("-", a.stdout, func(w io.Writer) error {
		if !opt.json {
			return report.WriteTable(w)
		}
		return writeJSON(w, report)
	})
}

// plannedCell is a line of ablate plan.
type plannedCell struct {
	Cell  string       `json:"cell"`
	Arm   string       `json:"arm"`
	Seed  int64        `json:"seed"`
	Hash  string       `json:"hash"`
	State ablate.State `json:"state"`
}

func (a *app) ablatePlan(cmd *cobra.Command, opt *ablateOptions) error {
	e, err := a.experiment(cmd, opt, false)
	if err != nil {
		return err
	}
	planned := make([]plannedCell, len(e.Cells))
	for i, c := range e.Cells {
		state := ablate.StateNew
		if opt.dir != "" {
			if state, err = e.State(c); err != nil {
				return &cliio.InputError{Err: err}
			}
		}
		planned[i] = plannedCell{c.Name(), c.Arm, c.Seed, c.Hash, state}
	}
	return cliio.WriteFile("-", a.stdout, func(w io.Writer) error {
		if opt.json {
			return writeJSON(w, planned)
		}
		table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "CELL\tSTATE\tSAMPLES\tHASH")
		for i, p := range planned {
			fmt.Fprintf(table, "%s\t%s\t%d\t%.12s\n", p.Cell, p.State, e.Cells[i].Setup.Train.Samples, p.Hash)
		}
		fmt.Fprintf(table, "%d cells, scored on %s\n", len(planned), strings.Join(e.TestWells(), ", "))
		return table.Flush()
	})
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
