package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/tile"
)

type tileOptions struct {
	dir  string
	json bool
}

func newTileCmd(a *app) *cobra.Command {
	var opt tileOptions
	cmd := &cobra.Command{
		Use:   "tile WELL... --labels LABELS.csv... -o DIR",
		Short: "Cut labelled wells into training tiles",
		Long: `tile resamples image logs to the network's grid, cuts them into tiles, and writes a tile store: a folder with manifest.json
(which well, which depths, labels in tile coordinates, hashes of the sources) and the tiles as NPY shards.

Give --labels once for every well, in the same order: a picks CSV, or a table of another program (see LABELS below); depth, class, dip
and azimuth are enough. Labels with true dips only get their apparent ones from the deviation of their well. A label outside its
well stops everything: nothing is written.

SPLIT
  well   whole wells are held out for testing: the honest split, and the default
  patch  single tiles are held out: overlapping tiles of one well end up on both sides and test scores are too good

The counts of tiles with and without a sinusoid are printed: they are the imbalance that loss and threshold have to deal with.` + labelsHelp,
		Example: `  geobfdt tile a.npz b.npz c.las --labels a.csv --labels b.csv --labels c.csv -o tiles
  geobfdt tile well.npz --labels truth.csv --config configs/paper.yaml -o tiles-paper
  geobfdt tile well.npz --labels truth.csv --split patch -o tiles-leaky`,
		Args: cobra.MinimumNArgs(1),
	}
	flags := cmd.Flags()
	flags.StringVarP(&opt.dir, "output", "o", "", "tile store to make, a new `folder`")
	flags.BoolVar(&opt.json, "json", false, "print the counts as JSON")
	bind(flags, "split", "tile.split", "well | patch")
	bind(flags, "overlap", "tile.overlap", "share of a tile that the next one repeats")
	bind(flags, "test-fraction", "tile.test_fraction", "share held out")
	bind(flags, "image", "tile.image", "tile | static | dynamic | both")
	own := newLabelledWells(flags)
	cmd.RunE = a.run(func(cmd *cobra.Command, wells []string) error { return a.tile(cmd, wells, opt, own) })
	return cmd
}

func (a *app) tile(cmd *cobra.Command, wells []string, opt tileOptions, own *labelledWells) error {
	if opt.dir == "" {
		return cliio.Usagef("give the tile store to make with -o DIR")
	}
	if err := own.check(wells); err != nil {
		return err
	}
	w, err := tile.NewWriter(opt.dir, a.cfg.Tile)
	if errors.Is(err, fs.ErrExist) {
		return &cliio.UsageError{Err: err}
	}
	if err != nil {
		return err
	}
	defer w.Abort()
	progress := a.console.Start("tile", int64(len(wells)))
	for i, path := range wells {
		started := time.Now()
		log, truth, err := own.open(a, wells, i)
		if err != nil {
			return err
		}
		if log.Well == "" {
			log.Well = baseName(path)
		}
		src, err := w.AddLog(cmd.Context(), log, truth, path, own.labels[i])
		switch {
		case errors.Is(err, tile.ErrLabelOutside):
			return &cliio.InputError{Path: own.labels[i], Err: err}
		case cmd.Context().Err() != nil:
			return cmd.Context().Err()
		case err != nil:
			return &cliio.InputError{Path: path, Err: err}
		}
		if src.Uncut > 0 {
			a.console.Log.Warn().Str("well", src.Well).Int("labels", src.Uncut).Msg("labels in the remainder below the last full tile are in no tile")
		}
		a.console.Log.Info().Str("stage", "tile").Str("well", src.Well).Int("tiles", src.Tiles).Int("labels", src.Labels).
			Float64("seconds", tenths(time.Since(started).Seconds())).Msg("cut")
		progress.Update(int64(i+1), src.Well)
	}
	m, err := w.Close()
	if err != nil {
		return err
	}
	progress.Finish()
	if a.cfg.Tile.Split == tile.SplitPatch {
		a.console.Log.Warn().Msg("split by patch: tiles of one well are on both sides, and overlapping ones show the same rock twice; test scores will be too good. Use --split well for a result that holds on the next well")
	} else if len(m.Wells(tile.Test)) == 0 {
		a.console.Log.Warn().Msg("a single well cannot be split by well: nothing is held out")
	}
	if opt.json {
		e := json.NewEncoder(a.stdout)
		e.SetIndent("", "  ")
		return e.Encode(m.Counts)
	}
	return writeCounts(a.stdout, m)
}

func writeCounts(w io.Writer, m *tile.Manifest) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "split\twells\ttiles\twith a sinusoid\tempty\twith bedding\twith fracture\tbedding\tfracture\t")
	var sum tile.Counts
	row := func(name string, wells int, c tile.Counts) {
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\n", name, wells, c.Tiles, c.Positive, c.Empty, c.PositiveBedding, c.PositiveFracture, c.Beddings, c.Fractures)
	}
	for _, split := range []string{tile.Train, tile.Test} {
		c := m.Counts[split]
		row(split, len(m.Wells(split)), c)
		sum.Tiles += c.Tiles
		sum.Positive += c.Positive
		sum.Empty += c.Empty
		sum.PositiveBedding += c.PositiveBedding
		sum.PositiveFracture += c.PositiveFracture
		sum.Beddings += c.Beddings
		sum.Fractures += c.Fractures
	}
	row("all", len(m.Sources), sum)
	return table.Flush()
}
