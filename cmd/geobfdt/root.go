package main

import (
	"github.com/spf13/cobra"

	"github.com/geobfdt/geobfdt/internal/cliio"
)

func newRootCmd(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "geobfdt",
		Short: "Pick sinusoids on borehole image logs with a Detection Transformer",
		Long: `geobfdt reads a borehole image log and writes its sinusoids: depth, dip, azimuth and class (bedding or fracture), one
row each, as CSV. It also trains the network that does so, makes synthetic wells with exact truth, and scores picks.

Every command reads DLIS, LIS79, LAS, NPZ, NPY, CSV matrices and pictures alike, takes "-" for stdin or stdout, writes logs to stderr, and
writes an output file whole or not at all.

CONFIGURATION
  A value is taken from, the later winning: its default; the file of --config (see configs/); the environment, where
  train.lr is GEOBFDT_TRAIN_LR; a flag of its own or --set train.lr=0.001. geobfdt config show prints every value and where
  it came from.`,
		Example: `  geobfdt synth --preset vertical --seed 7 -o well.npz --truth truth.csv   # a well to try things on
  geobfdt info well.npz                                                    # what is in it
  geobfdt pick well.npz -o picks.csv --picture picks.png                   # pick it
  geobfdt eval --truth truth.csv --picks picks.csv                         # how good is that?`,
		Version:       versionLine(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetHelpTemplate(root.HelpTemplate() + cliio.ExitStatusHelp)
	root.SetVersionTemplate("{{.Version}}\n")

	flags := root.PersistentFlags()
	flags.StringVar(&a.configPath, "config", "", "configuration file: YAML, TOML or JSON")
	flags.StringArrayVar(&a.sets, "set", nil, "set a configuration key, as `key=value`; repeatable")
	flags.BoolVarP(&a.quiet, "quiet", "q", false, "log errors only, show no progress")
	bind(flags, "log-level", "log.level", "debug | info | warn | error")
	bind(flags, "log-format", "log.format", "text | json")
	bind(flags, "threads", "threads", "worker threads, 0: GOMAXPROCS, SLURM_CPUS_PER_TASK, else one per core")

	root.AddCommand(
		newInfoCmd(a),
		newTileCmd(a),
		newTrainCmd(a),
		newPickCmd(a),
		newReviewCmd(a),
		newSynthCmd(a),
		newEvalCmd(a),
		newAblateCmd(a),
		newGroupCmd("export", "Write picks or a model for other software", newExportPicksCmd(a), newExportLogsCmd(a), newExportPlotCmd(a), newExportModelCmd(a)),
		newGroupCmd("model", "Look at a trained model", newModelShowCmd(a)),
		newGroupCmd("config", "Look at the configuration", newConfigShowCmd(a)),
		newCompletionCmd(a),
		newManCmd(a),
		newVersionCmd(a),
	)
	return root
}

// newGroupCmd is a command that only holds others.
func newGroupCmd(use, short string, commands ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		Args:  cobra.NoArgs, // refuses an unknown command
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(commands...)
	return cmd
}
