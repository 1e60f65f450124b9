package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/geobfdt/geobfdt/internal/kernel"
)

// versionLine names the program: version, and in brackets what decides its numbers and its speed.
func versionLine() string {
	parts := []string{runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
	if commit, _ := sourceCommit(); commit != "" {
		parts = append(parts, "commit "+commit)
	}
	parts = append(parts, "isa "+kernel.ISA())
	return fmt.Sprintf("geobfdt %s (%s)", version, strings.Join(parts, ", "))
}

// sourceCommit is the commit that the go command recorded when it built the program, with -dirty where files were changed since, and
// the time of the commit. Test binaries and builds outside of a repository have neither.
func sourceCommit() (commit string, when time.Time) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", when
	}
	return commitOf(info.Settings)
}

func commitOf(settings []debug.BuildSetting) (commit string, when time.Time) {
	for _, s := range settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value[:min(12, len(s.Value))] + commit
		case "vcs.modified":
			if s.Value == "true" {
				commit += "-dirty"
			}
		case "vcs.time":
			when, _ = time.Parse(time.RFC3339, s.Value) // not a time: none
		}
	}
	return commit, when
}

func newVersionCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Long: `version prints the version of geobfdt, the Go release that built it, the platform, the commit of its source (-dirty: with changes
that were not committed), and the instruction set that its kernels use here: avx512, avx2, neon or generic.
GEOBFDT_ISA=generic asks for another one.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			a.started = true
			_, err := fmt.Fprintln(a.stdout, versionLine())
			return err
		},
	}
}
