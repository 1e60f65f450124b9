//go:build crash

package crash

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/geobfdt/geobfdt/internal/tile"
)

// A store is whole or absent.
func TestTile(t *testing.T) {
	dir := t.TempDir()
	wells(t, dir, 3)
	args := func(out string) []string {
		return []string{"tile", "w0.npz", "w1.npz", "w2.npz", "--labels", "w0.csv", "--labels", "w1.csv", "--labels", "w2.csv",
			"--config", "tiny.yaml", "--quiet", "--overlap", "0.9", "-o", out}
	}
	run(t, dir, 0, args("whole")...)
	whole, store := files(t, filepath.Join(dir, "whole")), filepath.Join(dir, "store")
	s := &storm{
		dir:  dir,
		args: func() []string { return args("store") },
		look: func(t *testing.T) {
			if _, err := os.Stat(store); os.IsNotExist(err) {
				return
			}
			if _, err := tile.Open(store); err != nil {
				t.Error(err)
			}
			if got := files(t, store); !maps.EqualFunc(got, whole, bytes.Equal) {
				t.Errorf("the store holds %v, or other content than %v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(whole)))
			}
			// Killed after its end: there is nothing to go on with.
			if err := os.RemoveAll(store); err != nil {
				t.Fatal(err)
			}
		},
		end: func(*testing.T) {},
	}
	s.rage(t)
}
