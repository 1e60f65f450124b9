//go:build crash

package crash

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
)

// A batch is rerun with two settings in turn, in one folder: every result is, whole, that of the one or of the other, and of what is
// done with the present settings nothing is lost.
func TestPick(t *testing.T) {
	dir := t.TempDir()
	wells(t, dir, 4)
	run(t, dir, 0, "train", "--config", "tiny.yaml", "--quiet", "-o", "run", "--samples", "4")
	write(t, filepath.Join(dir, "wells.csv"), "well,report\nw0.npz,w0.html\nw1.npz,\nw2.npz,\nw3.npz,\n")
	args := func(threshold, out string) []string {
		return []string{"pick", "--manifest", "wells.csv", "--config", "tiny.yaml", "--model", "run/best.safetensors", "--quiet",
			"--threshold", threshold, "-o", out}
	}
	thresholds := []string{"0.2", "0.22"}
	whole := map[string]map[string][]byte{}
	for _, th := range thresholds {
		run(t, dir, 0, args(th, "whole-"+th)...)
		whole[th] = files(t, filepath.Join(dir, "whole-"+th))
		if len(whole[th]) != 5 {
			t.Fatalf("%d files of a whole run, want 4 wells and a report", len(whole[th]))
		}
	}
	turn, done := 0, 0
	out := filepath.Join(dir, "out")
	s := &storm{
		dir:  dir,
		args: func() []string { return args(thresholds[turn], "out") },
		look: func(t *testing.T) {
			now := 0
			for name, content := range files(t, out) {
				new, old := whole[thresholds[turn]][name], whole[thresholds[1-turn]][name]
				switch {
				case new == nil:
					t.Errorf("%s should not be there", name)
				case strings.HasSuffix(name, ".html"): // says when it was made
					if !bytes.HasSuffix(bytes.TrimSpace(content), []byte("</html>")) {
						t.Errorf("%s is cut off", name)
					}
				case bytes.Equal(content, new):
					now++
				case !bytes.Equal(content, old):
					t.Errorf("%s is neither the old result nor the new one", name)
				}
			}
			if now < done {
				t.Errorf("%d wells are done, %d were", now, done)
			}
			done = now
		},
		end: func(t *testing.T) {
			if done != 4 {
				t.Errorf("%d wells are done at the end", done)
			}
			turn, done = 1-turn, 0
		},
	}
	s.rage(t)
}
