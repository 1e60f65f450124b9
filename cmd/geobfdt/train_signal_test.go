package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/geobfdt/geobfdt/internal/checkpoint"
	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/train"
)

// signalConfig is a run of 150 steps, half a second or more, that only saves at its end.
const signalConfig = `
tile: {rows: 64, columns: 48}
model: {widths: [32, 32, 32, 32], dim: 32, feed_forward: 32, encoders: 1, decoders: 1, queries: 8}
train: {samples: 300, batch: 2, warmup_steps: 2, log_every: 2, eval_every: 200, eval_samples: 2, save_every: 100000}
threads: 2
`

// TestTerminatedTrainingGoesOn sends SIGTERM in the middle of a run: it saves, says so with its exit code, and the same command
// ends in the bits of a run that nobody interrupted.
func TestTerminatedTrainingGoesOn(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no SIGTERM")
	}
	dir := t.TempDir()
	binary := filepath.Join(dir, "geobfdt")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	config := filepath.Join(dir, "signal.yaml")
	if err := os.WriteFile(config, []byte(signalConfig), 0o644); err != nil {
		t.Fatal(err)
	}
	command := func(run string) (*exec.Cmd, *bytes.Buffer) {
		cmd, stderr := exec.Command(binary, "train", "--config", config, "-o", run), new(bytes.Buffer)
		cmd.Stderr = stderr
		return cmd, stderr
	}

	stopped := filepath.Join(dir, "stopped")
	cmd, stderr := command(stopped)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(time.Millisecond) {
		if lines, err := os.ReadFile(filepath.Join(stopped, train.MetricsName)); err == nil && bytes.Count(lines, []byte("\n")) >= 3 {
			break
		}
		if time.Now().After(deadline) {
			cmd.Process.Kill()
			cmd.Wait()
			t.Fatalf("no step in 30 s: %s", stderr)
		}
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != cliio.ExitTerminated {
		t.Fatalf("ended with %v, want exit code %d: %s", err, cliio.ExitTerminated, stderr)
	}
	if !strings.Contains(stderr.String(), "interrupted by terminated") || strings.Contains(stderr.String(), "goroutine") {
		t.Errorf("stderr is %q", stderr)
	}
	// There was no checkpoint before the signal, and best.safetensors would be that of an evaluation.
	if _, err := os.Stat(filepath.Join(stopped, train.LastName)); err != nil {
		t.Fatalf("nothing was saved: %v", err)
	}
	temporary, err := filepath.Glob(filepath.Join(stopped, ".*"))
	if err != nil || len(temporary) > 0 {
		t.Errorf("left behind: %v %v", temporary, err)
	}

	whole := filepath.Join(dir, "whole")
	for _, run := range []string{stopped, whole} {
		cmd, stderr := command(run)
		if err := cmd.Run(); err != nil {
			t.Fatalf("%s: %v\n%s", run, err, stderr)
		}
	}
	for _, name := range []string{train.LastName, train.BestName} {
		sameParameters(t, filepath.Join(stopped, name), filepath.Join(whole, name))
	}
}

// sameParameters compares the tensors of two checkpoints bit by bit; the metadata holds how long the run took.
func sameParameters(t *testing.T, got, want string) {
	t.Helper()
	encoded := func(path string) []byte {
		f, err := checkpoint.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Tensors) == 0 {
			t.Fatalf("%s is empty", path)
		}
		f.Metadata = nil
		var b bytes.Buffer
		if err := checkpoint.Write(&b, f); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	if !bytes.Equal(encoded(got), encoded(want)) {
		t.Errorf("%s and %s hold different tensors", got, want)
	}
}
