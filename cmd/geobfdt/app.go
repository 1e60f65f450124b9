package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/config"
	"github.com/geobfdt/geobfdt/internal/kernel"
)

// app is what the commands share: streams, persistent flags and, once a command has started, configuration and console.
// A command is a file of its own with a constructor newXxxCmd(a *app), registered in newRootCmd, and runs its body through
// a.run.
type app struct {
	args    []string // command line without the program
	environ []string
	stdin   io.Reader
	stdout  io.Writer
	stderr  io.Writer

	configPath string
	quiet      bool
	sets       []string // --set key=value

	started bool // the command line was understood; what fails from here on is no usage error of cobra
	cfg     *config.Loaded
	console *cliio.Console
}

// main runs the command line and returns its exit code.
func (a *app) main(ctx context.Context) (code int) {
	defer func() {
		// The user can do nothing with a stack trace; whoever looks for the cause runs the same input in a debugger.
		if p := recover(); p != nil {
			fmt.Fprintf(a.stderr, "geobfdt: internal error: %v: please report it with the command line and the input\n", p)
			code = cliio.ExitInternal
		}
	}()
	root := newRootCmd(a)
	root.SetArgs(a.args)
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return cliio.ExitDone
	}
	if !a.started {
		// Cobra has plain errors for unknown commands, flags and numbers of arguments.
		err = cliio.Usagef("%w\nsee %s --help", err, cmd.CommandPath())
	}
	err = cliio.WithCause(ctx, err)
	if a.console != nil && a.cfg.Log.Format == "json" {
		a.console.Log.Error().Msg(err.Error())
	} else {
		fmt.Fprintf(a.stderr, "geobfdt: %v\n", err)
	}
	return cliio.ExitCode(err)
}

// run wraps the body of a command: it loads the configuration and opens the console before it.
func (a *app) run(body func(cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		a.started = true
		flags, err := a.configFlags(cmd.Flags())
		if err != nil {
			return err
		}
		a.cfg, err = config.Load(config.Inputs{Path: a.configPath, Env: a.environ, Flags: flags})
		if err != nil {
			return &cliio.UsageError{Err: err}
		}
		a.console, err = cliio.NewConsole(a.stderr, cliio.LogOptions{Level: a.cfg.Log.Level, Format: a.cfg.Log.Format, Quiet: a.quiet})
		if err != nil {
			return err
		}
		if err := kernel.EnvError(); err != nil {
			return &cliio.UsageError{Err: err}
		}
		threads, from, err := cliio.Threads(a.cfg.Threads, a.environ)
		if err != nil {
			return err
		}
		// The worker pools take as many.
		runtime.GOMAXPROCS(threads)
		a.console.Log.Debug().Str("version", version).Int("threads", threads).Str("threads_from", from).Str("isa", kernel.ISA()).Msg("start")
		return body(cmd, args)
	}
}

// keyAnnotation marks a flag that sets a configuration key.
const keyAnnotation = "geobfdt_config_key"

// bind declares a flag that sets a configuration key. Type and default are those of the key, and a wrong value is reported
// as for any other source of configuration.
func bind(flags *pflag.FlagSet, name, key, usage string) {
	def := config.DefaultOf(key)
	flag := flags.VarPF(&keyFlag{text: def.Text, kind: def.Type}, name, "", usage+" ["+key+"]")
	if def.Type == "bool" {
		flag.NoOptDefVal = "true"
	}
	flag.Annotations = map[string][]string{keyAnnotation: {key}}
}

// keyFlag is the text of a flag that sets a configuration key.
type keyFlag struct{ text, kind string }

func (f *keyFlag) String() string        { return f.text }
func (f *keyFlag) Set(text string) error { f.text = text; return nil }
func (f *keyFlag) Type() string          { return f.kind }

// configFlags collects the configuration given on the command line: --set first, so that a flag of its own wins.
func (a *app) configFlags(set *pflag.FlagSet) ([]config.Flag, error) {
	var flags []config.Flag
	for _, pair := range a.sets {
		key, value, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, cliio.Usagef("--set %s: must be key=value, such as train.lr=0.001", pair)
		}
		flags = append(flags, config.Flag{Key: strings.TrimSpace(key), Value: strings.TrimSpace(value), Name: "--set"})
	}
	set.Visit(func(f *pflag.Flag) {
		if key := f.Annotations[keyAnnotation]; len(key) == 1 {
			flags = append(flags, config.Flag{Key: key[0], Value: f.Value.String(), Name: "--" + f.Name})
		}
	})
	return flags, nil
}

// commandLine is the command line as it stands in the header of what a command writes.
func (a *app) commandLine() string {
	words := make([]string, 1, len(a.args)+1)
	words[0] = "geobfdt"
	for _, arg := range a.args {
		if arg == "" || strings.ContainsAny(arg, " \t\n\"'$&|;<>*?()[]{}\\") {
			arg = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
		}
		words = append(words, arg)
	}
	return strings.Join(words, " ")
}
