//go:build crash

package crash

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/checkpoint"
	"github.com/geobfdt/geobfdt/internal/tile"
)

const ablation = `
base: tiny.yaml
set: {train.samples: 120}
wells: {preset: vertical, train: 1, test: 1, seed: 5, length_m: 3}
factors:
  - {name: augmentation, key: augment.enabled, values: [true, false]}
  - {name: param, key: loss.param, values: [l1, l2]}
seeds: [1]
`

func TestAblate(t *testing.T) {
	dir := t.TempDir()
	wells(t, dir, 0)
	write(t, filepath.Join(dir, "ablation.yaml"), ablation)
	args := func(out string) []string {
		return []string{"ablate", "--config", "ablation.yaml", "--quiet", "--threads", "2", "-o", out}
	}
	run(t, dir, 0, args("whole")...)
	whole, folder := filepath.Join(dir, "whole"), filepath.Join(dir, "out")
	results := map[string][]byte{} // of the cells that are done
	s := &storm{
		dir:  dir,
		args: func() []string { return args("out") },
		look: func(t *testing.T) {
			there := files(t, folder)
			for name, content := range there {
				switch filepath.Base(name) {
				case "result.json":
					if !json.Valid(content) {
						t.Errorf("%s is no JSON", name)
					}
					if before := results[name]; before != nil && !bytes.Equal(before, content) {
						t.Errorf("%s was done and was done again", name)
					}
					results[name] = content
				case "last.safetensors", "best.safetensors":
					if _, err := checkpoint.Decode(content); err != nil {
						t.Errorf("%s: %v", name, err)
					}
				case "metrics.jsonl", "log.jsonl":
					for line := range bytes.Lines(content) {
						if !json.Valid(line) {
							t.Errorf("%s: %q", name, line)
						}
					}
				case tile.ManifestName:
					if _, err := tile.Open(filepath.Join(folder, filepath.Dir(name))); err != nil {
						t.Error(err)
					}
				case "error.txt":
					t.Errorf("%s: %s", name, content)
				case "report.html":
					if !bytes.HasSuffix(bytes.TrimSpace(content), []byte("</html>")) {
						t.Errorf("%s is cut off", name)
					}
				}
			}
			for name := range results {
				if there[name] == nil {
					t.Errorf("%s is gone", name)
				}
			}
		},
		end: func(t *testing.T) {
			for _, name := range []string{"table.csv", "effects.csv"} {
				got, want := timeless(t, filepath.Join(folder, name)), timeless(t, filepath.Join(whole, name))
				if got != want {
					t.Errorf("%s is\n%s, want\n%s", name, got, want)
				}
			}
			if len(results) != 3 {
				t.Errorf("%d cells are done", len(results))
			}
			clear(results)
			if err := os.RemoveAll(folder); err != nil {
				t.Fatal(err)
			}
		},
	}
	s.rage(t)
}

// timeless is a table without the columns that say how long things took.
func timeless(t *testing.T, path string) string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(read(t, path))).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("%s: %d rows, %v", path, len(rows), err)
	}
	var b strings.Builder
	for _, row := range rows {
		for i, cell := range row {
			if !strings.Contains(rows[0][i], "second") {
				fmt.Fprintf(&b, "%s,", cell)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}
