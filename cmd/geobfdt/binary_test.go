package main

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// The binary as a user gets it starts. Some of our libraries check the Go release when they are linked in, and panic at
// start-up on one that they do not know: a test binary does not show that.
func TestBuiltBinaryStarts(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "geobfdt")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	build := exec.Command("go", "build", "-ldflags", "-X main.version=v1.2.3", "-o", binary, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	out, err := exec.Command(binary, "--version").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if want := "geobfdt v1.2.3 (" + runtime.Version(); !strings.HasPrefix(string(out), want) {
		t.Errorf("printed %q, want %q...", out, want)
	}
	truth := filepath.Join(t.TempDir(), "truth.csv")
	if out, err := exec.Command(binary, "synth", "--length", "2", "--columns", "32", "--truth", truth).CombinedOutput(); err != nil {
		t.Errorf("synth: %v\n%s", err, out)
	}
}
