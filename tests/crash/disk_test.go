//go:build crash && linux

package crash

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// commands are those that write, with the folder that they write to as out.
func commands(out string) map[string][]string {
	return map[string][]string{
		"train":  {"train", "--config", "tiny.yaml", "-o", out + "/run"},
		"pick":   {"pick", "w0.npz", "--config", "tiny.yaml", "--model", "run/best.safetensors", "-o", out + "/picks.csv", "--picture", out + "/picks.png"},
		"batch":  {"pick", "--manifest", "wells.csv", "--config", "tiny.yaml", "--model", "run/best.safetensors", "-o", out},
		"tile":   {"tile", "w0.npz", "--labels", "w0.csv", "--config", "tiny.yaml", "-o", out + "/tiles"},
		"synth":  {"synth", "--length", "20", "-o", out + "/well.npz"},
		"ablate": {"ablate", "--config", "ablation.yaml", "-o", out + "/ablation"},
	}
}

func fixture(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	wells(t, dir, 2)
	run(t, dir, 0, "train", "--config", "tiny.yaml", "--quiet", "-o", "run", "--samples", "4")
	write(t, filepath.Join(dir, "wells.csv"), "well\nw0.npz\nw1.npz\n")
	write(t, filepath.Join(dir, "ablation.yaml"), ablation)
	return dir
}

// oneError checks that the last line of stderr is the error, names its cause, and that no trace stands there.
func oneError(t *testing.T, stderr, cause string) {
	t.Helper()
	at := strings.Index(stderr, "geobfdt: ")
	if at < 0 || strings.Count(stderr[at:], "\n") != 1 || !strings.Contains(stderr[at:], cause) || strings.Contains(stderr, "goroutine") {
		t.Errorf("stderr is %s, want one error of %q", stderr, cause)
	}
}

// A disk that is full: one error, exit code 1, what was there is as it was, and nothing half written beside it.
func TestDiskFull(t *testing.T) {
	dir := fixture(t)
	for name, args := range commands("small") {
		t.Run(name, func(t *testing.T) {
			small := filepath.Join(dir, "small")
			if err := os.MkdirAll(small, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := syscall.Mount("tmpfs", small, "tmpfs", 0, "size=16k"); err != nil {
				t.Skipf("a small file system cannot be mounted: %v", err)
			}
			defer syscall.Unmount(small, 0)
			// The first page of the three or four that there are is for what is there already, the rest for a part of the output.
			old := map[string]string{"picks.csv": "old picks\n", "well.npz": "old well\n"}
			for name, text := range old {
				write(t, filepath.Join(small, name), text)
			}
			write(t, filepath.Join(small, "ballast"), strings.Repeat("x", 4096))
			cmd, stderr := command(dir, append(args, "--quiet")...)
			check(t, cmd, stderr, 1)
			oneError(t, stderr.String(), "no space left on device")
			for name, text := range old {
				if got := read(t, filepath.Join(small, name)); string(got) != text {
					t.Errorf("%s holds %q", name, got)
				}
			}
			left, err := filepath.Glob(filepath.Join(small, ".*.tmp*"))
			if err != nil || len(left) > 0 {
				t.Errorf("left behind: %v %v", left, err)
			}
		})
	}
}

// A folder without the right to write: one error, exit code 1.
func TestUnwritable(t *testing.T) {
	dir := fixture(t)
	for path := dir; path != os.TempDir() && path != "/"; path = filepath.Dir(path) {
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	closed := filepath.Join(dir, "closed")
	if err := os.Mkdir(closed, 0o555); err != nil {
		t.Fatal(err)
	}
	for name, args := range commands("closed") {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command(binary, append(args, "--quiet")...)
			stderr := new(bytes.Buffer)
			cmd.Dir, cmd.Stderr = dir, stderr
			if os.Geteuid() == 0 { // who may write everywhere
				cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
			}
			check(t, cmd, stderr, 1)
			oneError(t, stderr.String(), "permission denied")
		})
	}
}
