package main

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/config"
)

// eachCommand calls f for every command that does something.
func eachCommand(cmd *cobra.Command, f func(*cobra.Command)) {
	if !cmd.HasSubCommands() {
		f(cmd)
	}
	for _, sub := range cmd.Commands() {
		eachCommand(sub, f)
	}
}

// --help of every command teaches: what it does, an example, exit codes, and the default of every flag that sets a
// configuration key.
func TestHelpTeaches(t *testing.T) {
	eachCommand(newRootCmd(&app{}), func(cmd *cobra.Command) {
		t.Run(cmd.CommandPath(), func(t *testing.T) {
			var out bytes.Buffer
			args := append(strings.Fields(cmd.CommandPath())[1:], "--help")
			a := &app{args: args, stdout: &out, stderr: &out}
			if code := a.main(context.Background()); code != cliio.ExitDone {
				t.Fatalf("exit code %d:\n%s", code, out.String())
			}
			for _, want := range []string{cliio.ExitStatusHelp, "Usage:"} {
				if !strings.Contains(out.String(), want) {
					t.Errorf("help lacks %q:\n%s", want, out.String())
				}
			}
			if cmd.Long == "" || (cmd.Example == "" && cmd.Name() != "version") {
				t.Error("no description or no example")
			}
			cmd.Flags().VisitAll(func(f *pflag.Flag) {
				if f.Usage == "" {
					t.Errorf("flag --%s is not explained", f.Name)
				}
				if key := f.Annotations[keyAnnotation]; len(key) == 1 && config.DefaultOf(key[0]).Type == "" {
					t.Errorf("flag --%s sets the key %s, which does not exist", f.Name, key[0])
				}
			})
		})
	})
}

func TestPanicIsNoStackTrace(t *testing.T) {
	var stderr bytes.Buffer
	a := &app{args: []string{"synth", "--list"}, stdout: panicWriter{}, stderr: &stderr}
	if code := a.main(context.Background()); code != cliio.ExitInternal {
		t.Errorf("exit code %d, want %d", code, cliio.ExitInternal)
	}
	if got := stderr.String(); !strings.Contains(got, "internal error: ") || !strings.Contains(got, "boom") || strings.Contains(got, "goroutine") {
		t.Errorf("stderr is %q", got)
	}
}

type panicWriter struct{}

func (panicWriter) Write([]byte) (int, error) { panic("boom") }

func TestCommandLineIsQuoted(t *testing.T) {
	a := &app{args: []string{"pick", "my well.npz", "-o", "it's.csv", ""}}
	if got, want := a.commandLine(), `geobfdt pick 'my well.npz' -o 'it'\''s.csv' ''`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
