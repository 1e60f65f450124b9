//go:build crash

package crash

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

var (
	kills = flag.Int("kills", 50, "kill -9 for each command")
	seed  = flag.Uint64("seed", uint64(time.Now().UnixNano()), "of the moments")
)

var binary string

func TestMain(m *testing.M) {
	flag.Parse()
	dir, err := os.MkdirTemp("", "geobfdt-crash-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binary = filepath.Join(dir, "geobfdt")
	code := 1
	if out, err := exec.Command("go", "build", "-o", binary, "../../cmd/geobfdt").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
	} else if err := os.Chmod(dir, 0o755); err == nil { // other users run it too
		code = m.Run()
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

// tiny is a network that trains in a second.
const tiny = `
tile: {rows: 64, columns: 48}
model: {widths: [32, 32, 32, 32], dim: 32, feed_forward: 32, encoders: 1, decoders: 1, queries: 8, empty_bias: 0}
train: {samples: 400, batch: 4, warmup_steps: 2, log_every: 8, eval_every: 40, eval_samples: 4, save_every: 24}
pick: {threshold: 0.2, batch: 4}
threads: 2
`

// storm is a command that is killed at random moments until it has been killed often enough.
type storm struct {
	dir  string             // where it runs
	args func() []string    // of the next run
	look func(t *testing.T) // at what is there after every run, killed or not
	end  func(t *testing.T) // of a run that nobody killed: compare, and make room for the next
}

// rage runs it, each run with a fresh random time to live, up to a little more than an undisturbed run takes.
func (s *storm) rage(t *testing.T) {
	t.Helper()
	t.Logf("go test -tags crash ./tests/crash -run '^%s$' -seed %d", t.Name(), *seed)
	random := rand.New(rand.NewPCG(*seed, 1))
	began := time.Now()
	run(t, s.dir, 0, s.args()...)
	most := time.Since(began) + 50*time.Millisecond
	s.look(t)
	s.end(t)
	killed, finished := 0, 1
	for killed < *kills {
		cmd, stderr := command(s.dir, s.args()...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(random.Float64()*float64(most)), func() { cmd.Process.Kill() })
		err := cmd.Wait()
		timer.Stop()
		var exit *exec.ExitError
		switch {
		case err == nil:
		case errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL:
			killed++
		default:
			t.Fatalf("after %d kills: %s: %v\n%s", killed, strings.Join(s.args(), " "), err, stderr)
		}
		s.look(t)
		if t.Failed() {
			t.Fatalf("after kill %d", killed)
		}
		if err == nil {
			finished++
			s.end(t)
		}
	}
	run(t, s.dir, 0, s.args()...)
	s.look(t)
	s.end(t)
	t.Logf("%d kills, %d runs came to their end", killed, finished+1)
}

func command(dir string, args ...string) (*exec.Cmd, *bytes.Buffer) {
	cmd, stderr := exec.Command(binary, args...), new(bytes.Buffer)
	cmd.Dir, cmd.Stderr = dir, stderr
	return cmd, stderr
}

// run runs a command to its end and checks its exit code; it returns stderr.
func run(t *testing.T, dir string, code int, args ...string) string {
	t.Helper()
	cmd, stderr := command(dir, args...)
	check(t, cmd, stderr, code)
	return stderr.String()
}

func check(t *testing.T, cmd *exec.Cmd, stderr *bytes.Buffer, code int) {
	t.Helper()
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != code {
		t.Fatalf("%s: exit code %d, want %d\n%s", strings.Join(cmd.Args, " "), got, code, stderr)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// files are those of a folder and the folders in it by their path, without temporary ones.
func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || strings.HasPrefix(e.Name(), ".") {
			if err == nil && e.IsDir() && path != dir {
				return filepath.SkipDir
			}
			if errors.Is(err, os.ErrNotExist) {
				return nil
			}
			return err
		}
		if e.IsDir() {
			return nil
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		out[rel], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// wells makes tiny wells w0.npz... with their truth.
func wells(t *testing.T, dir string, n int) {
	t.Helper()
	for i := range n {
		run(t, dir, 0, "synth", "--seed", fmt.Sprint(i), "--length", "3", "--step", "0.005", "--columns", "48", "--quiet",
			"-o", fmt.Sprintf("w%d.npz", i), "--truth", fmt.Sprintf("w%d.csv", i))
	}
	write(t, filepath.Join(dir, "tiny.yaml"), tiny)
}
