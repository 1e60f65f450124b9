package atomicfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// A write that fails half way leaves what was there, and no file beside it.
func TestWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.json")
	full := errors.New("disk full")
	for _, c := range []struct {
		text string
		err  error
		want string
	}{{"old", nil, "old"}, {"half of", full, "old"}, {"new", nil, "new"}} {
		err := Write(path, func(w io.Writer) error {
			if _, err := io.WriteString(w, c.text); err != nil {
				return err
			}
			return c.err
		})
		if !errors.Is(err, c.err) {
			t.Fatalf("%s: %v", c.text, err)
		}
		got, err := os.ReadFile(path)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %q, %v", c.text, got, err)
		}
	}
	nowhere := filepath.Join(filepath.Dir(path), "none", "a.json")
	if err := Write(nowhere, func(io.Writer) error { return nil }); err == nil || err.Error() != "write "+nowhere+": no such file or directory" {
		t.Errorf("no such folder: %v", err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("files %v, %v", entries, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("%v, %v", info, err)
	}
}
