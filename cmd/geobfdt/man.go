package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/geobfdt/geobfdt/internal/cliio"
)

func newManCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "man DIR",
		Short: "Write the manual pages",
		Long: `man writes a manual page for every command into a folder, which it makes: geobfdt.1, geobfdt-pick.1, geobfdt-export-picks.1 and so on.
They hold what --help says. The pages of a version are always the same files.`,
		Example: `  geobfdt man ~/.local/share/man/man1 && man geobfdt-pick
  geobfdt man out/man && man -l out/man/geobfdt.1`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			a.started = true
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return fmt.Errorf("manual pages: %w", err)
			}
			return writeManPages(cmd.Root(), args[0])
		},
	}
}

// writeManPages writes the page of cmd and of all commands below it.
func writeManPages(cmd *cobra.Command, dir string) error {
	path := filepath.Join(dir, manName(cmd)+".1")
	if err := cliio.WriteFile(path, nil, func(w io.Writer) error { return writeManPage(w, cmd) }); err != nil {
		return fmt.Errorf("manual page: %w", err)
	}
	for _, sub := range cmd.Commands() {
		if !sub.IsAvailableCommand() {
			continue
		}
		if err := writeManPages(sub, dir); err != nil {
			return err
		}
	}
	return nil
}

// manName is the name of a command's page: geobfdt-export-picks.
func manName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }
