package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/shareddata"
)

// TestPickRealLogs picks two real images with the model in the binary: an optical televiewer image with about thirty clear sinusoids in
// 3 m, and a density image of 16 sectors in a high-angle hole. There is no truth beside them, so the test holds what must be so.
func TestPickRealLogs(t *testing.T) {
	for _, tc := range []struct {
		path  string
		flags []string
		least int
		topM  float64
		baseM float64
	}{
		{shareddata.Path(t, "televiewer/obi_nm.npz"), []string{"--reference", "north", "--assume-vertical", "--diameter", "4"}, 20, 33, 36},
		{shareddata.Path(t, "las/P11-A-02_Composite_MEM_Image_NF.las"), []string{"--reference", "highside"}, 20, 1949, 2687},
	} {
		t.Run(filepath.Base(tc.path), func(t *testing.T) {
			dir := t.TempDir()
			csv, picture := filepath.Join(dir, "picks.csv"), filepath.Join(dir, "picks.png")
			var stderr bytes.Buffer
			a := &app{args: append([]string{"pick", tc.path, "-o", csv, "--picture", picture}, tc.flags...), stdin: bytes.NewReader(nil), stdout: io.Discard, stderr: &stderr}
			if code := a.main(context.Background()); code != 0 {
				t.Fatalf("exit code %d: %s", code, stderr.String())
			}
			table, err := picks.ReadFile(csv)
			if err != nil {
				t.Fatal(err)
			}
			if err := table.Validate(); err != nil {
				t.Error(err)
			}
			if len(table.Picks) < tc.least {
				t.Errorf("%d picks, want at least %d", len(table.Picks), tc.least)
			}
			for i, p := range table.Picks {
				if p.DepthM < tc.topM || p.DepthM > tc.baseM || (i > 0 && p.DepthM < table.Picks[i-1].DepthM) {
					t.Errorf("pick %d at %g m: outside of the log or out of order", i, p.DepthM)
				}
			}
			if info, err := os.Stat(picture); err != nil || info.Size() < 10_000 {
				t.Errorf("picture: %v, %v", info, err)
			}
		})
	}
}
