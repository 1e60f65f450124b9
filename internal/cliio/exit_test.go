package cliio

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/geobfdt/geobfdt/internal/wellfile"
)

func TestExitCode(t *testing.T) {
	input := &InputError{"a.npz", fs.ErrNotExist}
	for name, test := range map[string]struct {
		err  error
		want int
	}{
		"nothing":              {nil, 0},
		"anything":             {errors.New("disk full"), 1},
		"usage":                {Usagef("no such flag"), 2},
		"usage, wrapped":       {fmt.Errorf("train: %w", Usagef("x")), 2},
		"partial":              {&PartialError{1, 1, input}, 3},
		"input":                {fmt.Errorf("pick: %w", input), 4},
		"well file":            {fmt.Errorf("info: %w", &wellfile.Error{Path: "a.npz", What: "no image"}), 4},
		"SIGINT":               {&Interrupted{os.Interrupt}, 130},
		"SIGTERM":              {fmt.Errorf("train: %w", &Interrupted{syscall.SIGTERM}), 143},
		"interrupted partials": {&PartialError{1, 1, &Interrupted{os.Interrupt}}, 130},
	} {
		if got := ExitCode(test.err); got != test.want {
			t.Errorf("%s: exit code %d, want %d", name, got, test.want)
		}
	}
}

func TestHelpNamesEveryExitCode(t *testing.T) {
	for _, code := range []int{ExitDone, ExitInternal, ExitUsage, ExitPartial, ExitInput, ExitInterrupted, ExitTerminated} {
		if !strings.Contains(ExitStatusHelp, " "+strconv.Itoa(code)+" ") {
			t.Errorf("exit code %d is not explained:\n%s", code, ExitStatusHelp)
		}
	}
}

func TestSignalBecomesCause(t *testing.T) {
	ctx, stop := SignalContext(context.Background())
	defer stop()
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if err := self.Signal(syscall.SIGTERM); err != nil {
		t.Skipf("this system cannot signal itself: %v", err)
	}
	<-ctx.Done()
	if code := ExitCode(WithCause(ctx, fmt.Errorf("train: %w", ctx.Err()))); code != ExitTerminated {
		t.Errorf("exit code %d, want %d", code, ExitTerminated)
	}
	other := errors.New("disk full")
	if got := WithCause(ctx, other); got != other {
		t.Errorf("another error became %v", got)
	}
}

func TestStopIsNoInterruption(t *testing.T) {
	ctx, stop := SignalContext(context.Background())
	stop()
	if err := WithCause(ctx, ctx.Err()); !errors.Is(err, context.Canceled) || ExitCode(err) != ExitInternal {
		t.Errorf("got %v, exit code %d", err, ExitCode(err))
	}
}
