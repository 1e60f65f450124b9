package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/cliio"
	"github.com/geobfdt/geobfdt/internal/dlis"
)

// writeDLIS writes a DLIS file with a frame of 20 rows and channels of 16 azimuths.
func writeDLIS(t *testing.T, channels ...string) string {
	t.Helper()
	frame := &dlis.Frame{Name: dlis.ObName{Origin: 1, ID: "60%B"}, IndexType: "BOREHOLE-DEPTH", Direction: "DECREASING", Spacing: -0.5, SpacingUnit: "ft",
		Channels: []*dlis.Channel{{Name: dlis.ObName{Origin: 1, ID: "TDEP"}, Units: "ft", Code: dlis.FDOUBL, Dimension: []int{1}}}}
	for _, name := range channels {
		frame.Channels = append(frame.Channels, &dlis.Channel{Name: dlis.ObName{Origin: 1, ID: name}, Code: dlis.USHORT, Dimension: []int{16}})
	}
	var b bytes.Buffer
	w := dlis.NewWriter(&b, "test", false)
	w.FileHeader("file of a test", 1)
	w.Frames(frame)
	for row := range 20 {
		values := [][]float64{{1000 - float64(row)/2}}
		for range channels {
			pixels := make([]float64, 16)
			for j := range pixels {
				pixels[j] = float64(row + j)
			}
			values = append(values, pixels)
		}
		w.Row(frame, row+1, values...)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "well.dlis")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func runInfo(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	a := &app{args: append([]string{"info"}, args...), stdin: strings.NewReader(""), stdout: &out, stderr: &errs}
	return a.main(context.Background()), out.String(), errs.String()
}

func TestInfoDLIS(t *testing.T) {
	path := writeDLIS(t, "FMI_DYN", "FMI_STAT")
	code, out, errs := runInfo(t, path)
	if code == cliio.ExitDone || !strings.Contains(errs, "FMI_DYN (16 columns), FMI_STAT (16 columns); choose one with --image-channel") {
		t.Errorf("two images: exit code %d, %s", code, errs)
	}
	for _, want := range []string{`"file of a test"`, "frame 60%B", "by TDEP in ft, BOREHOLE-DEPTH, DECREASING, spacing -0.5 (ft), 20 records", "USHORT x [16]"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	code, out, _ = runInfo(t, path, "--image-channel", "60%B/FMI_STAT", "--json")
	var info logInfo
	if err := json.Unmarshal([]byte(out), &info); code != cliio.ExitDone || err != nil {
		t.Fatalf("exit code %d, %v", code, err)
	}
	if info.Rows != 20 || info.Columns != 16 || info.Contents == nil || len(info.Contents.LogicalFiles[0].Frames[0].Channels) != 3 {
		t.Errorf("info %+v", info)
	}
}

func TestInfoDamagedDLIS(t *testing.T) {
	path := writeDLIS(t, "FMI")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data[:len(data)-100], 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := runInfo(t, path); code == cliio.ExitDone || !strings.Contains(errs, "--on-damage warn") {
		t.Errorf("damaged: exit code %d, %s", code, errs)
	}
	if code, out, _ := runInfo(t, path, "--on-damage", "warn"); code != cliio.ExitDone || !strings.Contains(out, "critical: ") {
		t.Errorf("what is left: exit code %d\n%s", code, out)
	}
	if code, _, _ := runInfo(t, path, "--on-damage", "ignore"); code != cliio.ExitUsage {
		t.Errorf("unknown action: exit code %d", code)
	}
}
