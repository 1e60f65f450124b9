package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/imagelog"
	"github.com/geobfdt/geobfdt/internal/labels"
	"github.com/geobfdt/geobfdt/internal/matched"
	"github.com/geobfdt/geobfdt/internal/metrics"
)

type evalOptions struct {
	truth, picks []string
	topM, baseM  float64
	json         bool
	outPath      string
	onSuite      bool
	suite        suiteOptions
}

func newEvalCmd(a *app) *cobra.Command {
	var opt evalOptions
	cmd := &cobra.Command{
		Use:   "eval --truth TRUTH.csv --picks PICKS.csv",
		Short: "Score picks against truth",
		Long: `eval matches picks to the truth of the same class, one to one at least total cost, and prints per class precision, recall
and F1 within 2 to 9 cm:

  curve@5cm  the distance between the two sinusoids round the hole: depth, dip and azimuth in one number, the one to compare
  depth@5cm  the distance of the midlines only

Beside every F1 stands its chance level: what random picks of the same number and shapes reach. On dense bedding it is high, and
a result that is not above it is none.

Give --truth and --picks once for every well, in the same order; with several wells the scores come with intervals between
wells. Both tables are picks CSV; the truth may also be a table of another program (see LABELS below). Of it only depth, class, apparent
dip and apparent azimuth are needed.

With --suite, eval makes synthetic wells of every kind, picks them and prints the scores of each kind: the benchmark of a model, the
same for everyone who runs it. --model and --method may be given several times: then all pick the same wells, side by side. The
classical picker (--method matched-filter) is the floor that a model must beat; --method model is the model in the binary.` + labelsHelp,
		Example: `  geobfdt eval --truth truth.csv --picks picks.csv
  geobfdt eval --truth a_truth.csv --picks a.csv --truth b_truth.csv --picks b.csv --json -o scores.json
  geobfdt eval --truth truth.csv --picks picks.csv --top 1200 --base 1260
  geobfdt eval --suite --preset vertical --preset noisy --wells 5 --model runs/mine/best.safetensors
  geobfdt eval --suite --method model --model runs/mine/best.safetensors --method matched-filter -o results.md`,
		Args: cobra.NoArgs,
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&opt.truth, "truth", nil, "truth of a well, `file.csv`; repeatable")
	flags.StringArrayVar(&opt.picks, "picks", nil, "picks of the same well, `file.csv`; repeatable")
	flags.Float64Var(&opt.topM, "top", 0, "top of the scored interval, `metres`; neither top nor base: all that truth and picks span")
	flags.Float64Var(&opt.baseM, "base", 0, "base of the scored interval, `metres`")
	flags.BoolVar(&opt.json, "json", false, "print JSON with calibration and threshold sweep")
	flags.StringVarP(&opt.outPath, "output", "o", "-", "file to write; -: stdout")
	flags.BoolVar(&opt.onSuite, "suite", false, "pick and score synthetic wells instead of reading tables")
	flags.StringArrayVar(&opt.suite.models, "model", nil, "with --suite: model `file`; repeatable; default: the one in the binary")
	flags.StringArrayVar(&opt.suite.methods, "method", nil, "with --suite: "+methodModel+" (in the binary) | "+matched.Name+"; repeatable")
	flags.StringSliceVar(&opt.suite.presets, "preset", nil, "with --suite: kinds of well (geobfdt synth --list); default: all but the training worlds")
	flags.IntVar(&opt.suite.wells, "wells", 3, "with --suite: wells of each kind")
	flags.Uint64Var(&opt.suite.seed, "seed", 1001, "with --suite: of the first well of each kind; the next count on")
	tables := newLabelFlags(flags)
	cmd.RunE = a.run(func(cmd *cobra.Command, _ []string) error {
		if opt.onSuite {
			return a.evalSuite(cmd.Context(), opt.suite, opt.outPath, opt.json)
		}
		return a.eval(opt, tables)
	})
	return cmd
}

// scores is what eval prints: metrics.Report of one well, metrics.Summary of several.
type scores interface{ WriteTable(io.Writer) error }

func (a *app) eval(opt evalOptions, tables *labelFlags) error {
	if len(opt.truth) == 0 || len(opt.picks) == 0 {
		return cliio.Usagef("give --truth and --picks")
	}
	if len(opt.truth) != len(opt.picks) {
		return cliio.Usagef("%d --truth and %d --picks: give both once for every well, in the same order", len(opt.truth), len(opt.picks))
	}
	if (opt.topM != 0 || opt.baseM != 0) && opt.baseM <= opt.topM {
		return cliio.Usagef("--top %g and --base %g: the base must be deeper than the top", opt.topM, opt.baseM)
	}
	wells := make([]metrics.Well, len(opt.truth))
	for i := range wells {
		well, err := a.readPair(tables, opt.truth[i], opt.picks[i])
		if err != nil {
			return err
		}
		well.TopM, well.BaseM = opt.topM, opt.baseM
		wells[i] = well
	}
	result, err := score(wells)
	if err != nil {
		return &cliio.InputError{Err: fmt.Errorf("eval: %w", err)}
	}
	return cliio.WriteFile(opt.outPath, a.stdout, func(w io.Writer) error {
		if !opt.json {
			return result.WriteTable(w)
		}
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		return encoder.Encode(result)
	})
}

func score(wells []metrics.Well) (scores, error) {
	if len(wells) == 1 {
		report, err := metrics.ScoreWell(wells[0], metrics.DefaultOptions())
		return &report, err
	}
	summary, err := metrics.ScoreWells(wells, metrics.DefaultOptions())
	return &summary, err
}

// readPair reads truth and picks of one well. Tables whose azimuths count from different references cannot be compared.
func (a *app) readPair(tables *labelFlags, truthPath, picksPath string) (metrics.Well, error) {
	truth, err := tables.readApparent(a, truthPath, labels.Hole{})
	if err != nil {
		return metrics.Well{}, err
	}
	found, err := a.readPicks(picksPath)
	if err != nil {
		return metrics.Well{}, err
	}
	known := func(reference string) bool { return reference != "" && reference != string(imagelog.RefUnknown) }
	if known(truth.Reference) && known(found.Reference) && truth.Reference != found.Reference {
		return metrics.Well{}, &cliio.InputError{Path: picksPath, Err: fmt.Errorf(
			"azimuths count from %s, those of %s from %s: pick the image that the truth was picked on", found.Reference, truthPath, truth.Reference)}
	}
	if truth.Well != "" && found.Well != "" && truth.Well != found.Well {
		a.console.Log.Warn().Str("truth", truth.Well).Str("picks", found.Well).Msg("truth and picks name different wells")
	}
	name := truth.Well
	if name == "" {
		name = baseName(truthPath)
	}
	return metrics.Well{Name: name, Truth: truth.Picks, Picks: found.Picks}, nil
}
