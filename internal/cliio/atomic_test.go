package cliio

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// content returns the files of a folder and what is in them.
func content(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(text)
	}
	return files
}

func hello(w io.Writer) error {
	_, err := io.WriteString(w, "hello")
	return err
}

func TestFileAppearsOnCommit(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "picks.csv")
	out, err := CreateAtomic(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Abort()
	if err := hello(out); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("visible before Commit: %v", err)
	}
	if err := out.Commit(); err != nil {
		t.Fatal(err)
	}
	out.Abort() // does nothing any more
	if got := content(t, dir); len(got) != 1 || got["picks.csv"] != "hello" {
		t.Errorf("folder holds %q", got)
	}
	if err := out.Commit(); err == nil {
		t.Error("second Commit accepted")
	}
}

func TestFailureLeavesTheOldFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "picks.csv")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	boom := errors.New("boom")
	err := WriteFile(path, nil, func(w io.Writer) error {
		return errors.Join(hello(w), boom)
	})
	if !errors.Is(err, boom) {
		t.Errorf("got %v, want boom", err)
	}
	if got := content(t, dir); len(got) != 1 || got["picks.csv"] != "old" {
		t.Errorf("folder holds %q", got)
	}
}

func TestReplaceKeepsModeAndFollowsLink(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "picks.csv"), filepath.Join(dir, "link.csv")
	if err := os.WriteFile(path, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(path, link); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	if err := WriteFile(link, nil, hello); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o640 || content(t, dir)["picks.csv"] != "hello" {
		t.Errorf("mode %v, folder holds %q", info.Mode(), content(t, dir))
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link was replaced: %v %v", info, err)
	}
}

func TestStdoutGetsAllOrNothing(t *testing.T) {
	var stdout strings.Builder
	boom := errors.New("boom")
	err := WriteFile("-", &stdout, func(w io.Writer) error { return errors.Join(hello(w), boom) })
	if !errors.Is(err, boom) || stdout.String() != "" {
		t.Errorf("failed with %v after writing %q", err, stdout.String())
	}
	if err := WriteFile("-", &stdout, hello); err != nil || stdout.String() != "hello" {
		t.Errorf("got %q, %v", stdout.String(), err)
	}
}

func TestDeviceIsNotReplaced(t *testing.T) {
	before, err := os.Stat(os.DevNull)
	if err != nil || before.Mode().IsRegular() {
		t.Skip("no null device here")
	}
	if err := WriteFile(os.DevNull, nil, hello); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(os.DevNull); err != nil || after.Mode() != before.Mode() {
		t.Errorf("null device is now %v (%v)", after, err)
	}
}

func TestUnusableOutputs(t *testing.T) {
	dir := t.TempDir()
	for name, test := range map[string]struct{ path, want string }{
		"folder":         {dir, "is a folder"},
		"missing folder": {filepath.Join(dir, "none", "a.csv"), "make it first"},
		"no name":        {"", "no file name"},
	} {
		_, err := CreateAtomic(test.path, nil)
		if err == nil || !strings.Contains(err.Error(), test.want) || ExitCode(err) != ExitUsage {
			t.Errorf("%s: got %v (exit code %d), want %q", name, err, ExitCode(err), test.want)
		}
	}
	if got := content(t, dir); len(got) != 0 {
		t.Errorf("left behind: %q", got)
	}
}

// An error names the file that the user asked for, not the temporary one.
func TestErrorNamesTheOutput(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "picks.csv")
	out, err := CreateAtomic(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Abort()
	if err := out.temp.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Write([]byte("x")); err == nil || err.Error() != "write "+path+": file already closed" {
		t.Errorf("Write: %v", err)
	}
	if err := out.Commit(); err == nil || strings.Contains(err.Error(), ".tmp") || !strings.Contains(err.Error(), path) {
		t.Errorf("Commit: %v", err)
	}
	if got := content(t, dir); len(got) != 0 {
		t.Errorf("left behind: %q", got)
	}
}

func TestDiskFull(t *testing.T) {
	full := fmt.Errorf("well a: %w", &fs.PathError{Op: "write", Path: "a.csv", Err: syscall.ENOSPC})
	if !DiskFull(full) || !DiskFull(syscall.EROFS) || DiskFull(fs.ErrPermission) || DiskFull(nil) {
		t.Error("errors of a full disk are not told from others")
	}
	if ExitCode(full) != ExitInternal {
		t.Errorf("exit code %d", ExitCode(full))
	}
}
