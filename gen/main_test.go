package main

import (
	"bytes"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestCommitted: regenerating changes nothing.
func TestCommitted(t *testing.T) {
	out, stubs := filepath.Join(t.TempDir(), "kernels_amd64.s"), filepath.Join(t.TempDir(), "stubs_amd64.go")
	cmd := exec.Command("go", "run", ".", "-out", out, "-stubs", stubs, "-pkg", "kernel")
	if msg, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, msg)
	}
	for _, path := range []string{out, stubs} {
		name := filepath.Join("..", "internal", "kernel", filepath.Base(path))
		have, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Ext(path) == ".go" {
			if want, err = format.Source(want); err != nil {
				t.Fatal(err)
			}
		}
		if body := func(b []byte) []byte { return b[bytes.IndexByte(b, '\n'):] }; !bytes.Equal(body(have), body(want)) { // line 1 quotes the command
			t.Errorf("%s is not what the generator writes: run go generate ./internal/kernel", name)
		}
	}
}
