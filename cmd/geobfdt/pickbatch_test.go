package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/geobfdt/geobfdt/internal/batch"
	"github.com/geobfdt/geobfdt/internal/cliio"
)

// batchFixture is a folder with a manifest of n tiny wells.
func batchFixture(t *testing.T, n int) (dir, manifest string) {
	t.Helper()
	dir = t.TempDir()
	manifest = filepath.Join(dir, "wells.csv")
	rows := "well\n"
	for i := range n {
		name := fmt.Sprintf("w%d.npz", i)
		if code, _, stderr := runMain(t, nil, "synth", "--seed", fmt.Sprint(i), "--length", "1.5", "--step", "0.01", "--columns", "32", "-o", filepath.Join(dir, name)); code != 0 {
			t.Fatalf("synth: %s", stderr)
		}
		rows += name + "\n"
	}
	if err := os.WriteFile(manifest, []byte(rows), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir, manifest
}

// runMain runs a command line in this process. onLine, if not nil, is called before anything goes to stdout; it can end the context.
func runMain(t *testing.T, onLine func(cancel context.CancelCauseFunc), args ...string) (code int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	var out, log bytes.Buffer
	a := &app{args: args, stdin: strings.NewReader(""), stdout: &out, stderr: &log}
	if onLine != nil {
		a.stdout = writerFunc(func(p []byte) (int, error) {
			onLine(cancel)
			return out.Write(p)
		})
	}
	code = a.main(ctx)
	return code, out.String(), log.String()
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func statusLines(t *testing.T, text string) (lines []batch.Status) {
	t.Helper()
	for d := json.NewDecoder(strings.NewReader(text)); d.More(); {
		var s batch.Status
		if err := d.Decode(&s); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		lines = append(lines, s)
	}
	return lines
}

// SIGTERM between two wells: exit code 143, the first is kept, nothing is left of the second, and the same command goes on with it.
func TestTerminatedBatchGoesOn(t *testing.T) {
	dir, manifest := batchFixture(t, 2)
	out := filepath.Join(dir, "out")
	args := []string{"pick", "--manifest", manifest, "--threads", "2", "-o", out}
	code, stdout, stderr := runMain(t, func(cancel context.CancelCauseFunc) { cancel(&cliio.Interrupted{Signal: syscall.SIGTERM}) }, args...)
	if code != cliio.ExitTerminated || !strings.Contains(stderr, "interrupted by terminated") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	if lines := statusLines(t, stdout); len(lines) != 1 || lines[0].State != batch.StateDone {
		t.Errorf("status lines %q", stdout)
	}
	entries, err := os.ReadDir(out)
	if err != nil || len(entries) != 1 || entries[0].Name() != "w0.csv" {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
	code, stdout, stderr = runMain(t, nil, args...)
	lines := statusLines(t, stdout)
	if code != 0 || len(lines) != 2 || lines[0].State != batch.StateSkipped || lines[1].State != batch.StateDone {
		t.Errorf("exit code %d, %q: %s", code, stdout, stderr)
	}
}

// Two workers that do all wells in the same folder at the same time end in the files of one.
func TestTwoWorkersInOneFolder(t *testing.T) {
	dir, manifest := batchFixture(t, 3)
	args := func(out string) []string {
		return []string{"pick", "--manifest", manifest, "--threads", "1", "-o", filepath.Join(dir, out)}
	}
	var workers sync.WaitGroup
	for range 2 {
		workers.Go(func() {
			if code, _, stderr := runMain(t, nil, args("two")...); code != 0 {
				t.Errorf("exit code %d: %s", code, stderr)
			}
		})
	}
	workers.Wait()
	if code, _, stderr := runMain(t, nil, args("one")...); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	entries, err := os.ReadDir(filepath.Join(dir, "two"))
	if err != nil || len(entries) != 3 {
		t.Fatalf("the folder holds %v, %v", entries, err)
	}
	for _, e := range entries {
		two, err2 := os.ReadFile(filepath.Join(dir, "two", e.Name()))
		one, err1 := os.ReadFile(filepath.Join(dir, "one", e.Name()))
		if err1 != nil || err2 != nil || !bytes.Equal(one, two) {
			t.Errorf("%s differs: %v %v", e.Name(), err1, err2)
		}
	}
}
