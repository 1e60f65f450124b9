package cliio

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/geobfdt/geobfdt/internal/wellfile"
)

// Exit codes of every command.
const (
	ExitDone        = 0   // everything asked for was done
	ExitInternal    = 1   // a failure of geobfdt or of the machine (disk full, ...)
	ExitUsage       = 2   // wrong command line or configuration
	ExitPartial     = 3   // some inputs were done, others failed
	ExitInput       = 4   // an input cannot be read or makes no sense
	ExitInterrupted = 130 // SIGINT
	ExitTerminated  = 143 // SIGTERM
)

// ExitStatusHelp is the section on exit codes that ends every help text.
const ExitStatusHelp = `
EXIT STATUS
  0    done
  1    internal failure, or the output could not be written
  2    wrong command line or configuration
  3    partial: some inputs were done, others failed (each is named on stderr)
  4    an input cannot be read or makes no sense
  130  interrupted (Ctrl-C); 143 terminated. No output file is left half written
`

// UsageError is a mistake in the command line or the configuration.
type UsageError struct{ Err error }

func (e *UsageError) Error() string { return e.Err.Error() }
func (e *UsageError) Unwrap() error { return e.Err }

// Usagef makes a UsageError; it formats like fmt.Errorf.
func Usagef(format string, args ...any) error {
	return &UsageError{fmt.Errorf(format, args...)}
}

// InputError is an input that cannot be used. Errors of package wellfile need not be wrapped in it.
type InputError struct {
	Path string // empty when Err names it already
	Err  error
}

func (e *InputError) Error() string {
	if e.Path == "" {
		return e.Err.Error()
	}
	return e.Path + ": " + e.Err.Error()
}

func (e *InputError) Unwrap() error { return e.Err }

// PartialError says that a job over many inputs did some of them.
type PartialError struct {
	Done, Failed int
	Err          error // what failed, joined
}

func (e *PartialError) Error() string {
	return fmt.Sprintf("%d of %d failed: %v", e.Failed, e.Done+e.Failed, e.Err)
}

func (e *PartialError) Unwrap() error { return e.Err }

// Interrupted is the cause of a context that a signal has ended.
type Interrupted struct{ Signal os.Signal }

func (e *Interrupted) Error() string { return "interrupted by " + e.Signal.String() }

// ExitCode is the one place that maps an error to an exit code.
func ExitCode(err error) int {
	var (
		interrupted *Interrupted
		partial     *PartialError
		usage       *UsageError
		input       *InputError
		well        *wellfile.Error
	)
	switch {
	case err == nil:
		return ExitDone
	case errors.As(err, &interrupted):
		if interrupted.Signal == syscall.SIGTERM {
			return ExitTerminated
		}
		return ExitInterrupted
	case errors.As(err, &partial):
		return ExitPartial
	case errors.As(err, &usage):
		return ExitUsage
	case errors.As(err, &input), errors.As(err, &well):
		return ExitInput
	default:
		return ExitInternal
	}
}
