package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newConfigShowCmd(a *app) *cobra.Command {
	var hash bool
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Print the effective configuration and where every value came from",
		Long: `show prints every key with the value that commands would run with, and after it where that value came from: default,
file, env (an environment variable) or flag. The output is itself a configuration file.

A key that does not exist, a value of the wrong type and a value out of range are refused, all at once, with the nearest key
that does exist. So show is also the way to check a configuration before a long job.`,
		Example: `  geobfdt config show
  geobfdt config show --config configs/paper.yaml --set train.lr=0.001
  GEOBFDT_PICK_THRESHOLD=0.7 geobfdt config show | grep threshold
  geobfdt config show --config configs/paper.yaml --hash`,
		Args: cobra.NoArgs,
	}
	cmd.Flags().BoolVar(&hash, "hash", false, "print only the hash that identifies what the configuration computes")
	cmd.RunE = a.run(func(*cobra.Command, []string) error {
		if hash {
			_, err := fmt.Fprintln(a.stdout, a.cfg.Hash())
			return err
		}
		return a.cfg.Show(a.stdout)
	})
	return cmd
}
