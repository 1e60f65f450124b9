package ablate

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/npz"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// writeWell writes a synthetic well as files of the user's.
func writeWell(t *testing.T, dir, name string, seed uint64, reference string) {
	t.Helper()
	w, err := syntheticWell("vertical", seed, 1)
	if err != nil {
		t.Fatal(err)
	}
	log, truth, err := w.load()
	if err != nil {
		t.Fatal(err)
	}
	for path, write := range map[string]func(f *os.File) error{
		name + ".npz": func(f *os.File) error { return npz.WriteLog(f, log) },
		name + ".csv": func(f *os.File) error {
			return picks.WriteCSV(f, &picks.Table{Header: picks.Header{Reference: reference}, Picks: truth}, picks.Metres)
		},
	} {
		f, err := os.Create(filepath.Join(dir, path))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := write(f); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSyntheticWells(t *testing.T) {
	f := &File{Wells: Wells{Preset: Names{"vertical", "dense"}, Train: 3, Valid: 1, Test: 2, Seed: 5, LengthM: 1}}
	wells, err := listWells(f)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, w := range wells {
		names = append(names, w.split+":"+w.name)
	}
	want := "train:vertical-5 train:dense-6 train:vertical-7 valid:vertical-10005 test:vertical-20005 test:vertical-20006"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("wells %s, want %s", got, want)
	}
	again, err := listWells(f)
	if err != nil {
		t.Fatal(err)
	}
	f.Wells.LengthM = 2
	longer, err := listWells(f)
	if err != nil {
		t.Fatal(err)
	}
	for i := range wells {
		if wells[i].hash != again[i].hash || wells[i].hash == longer[i].hash || i > 0 && wells[i].hash == wells[i-1].hash {
			t.Errorf("well %d: a hash must tell preset, seed and length, and nothing else", i)
		}
	}
}

func TestFileWells(t *testing.T) {
	dir := t.TempDir()
	writeWell(t, dir, "a well", 1, "north")
	writeWell(t, dir, "b", 2, "highside")
	f := &File{path: filepath.Join(dir, "ablation.yaml"), Wells: Wells{Files: []WellFile{
		{"a well.npz", "a well.csv", SplitTrain}, {filepath.Join(dir, "b.npz"), "b.csv", SplitTest},
	}}}
	wells, err := listWells(f)
	if err != nil {
		t.Fatal(err)
	}
	if wells[0].name != "01-a_well" || wells[1].name != "02-b" {
		t.Errorf("wells %s, %s", wells[0].name, wells[1].name)
	}
	log, truth, err := wells[0].load()
	if err != nil {
		t.Fatal(err)
	}
	if log.Rows() != 400 || len(truth) == 0 {
		t.Errorf("%d rows, %d labels", log.Rows(), len(truth))
	}
	var bad *WellError
	if _, _, err := wells[1].load(); !errors.As(err, &bad) || !strings.Contains(err.Error(), "azimuths count from north") {
		t.Errorf("labels of another azimuth reference: %v", err)
	}

	// Tables of other programs are read as tile reads them: true dips become apparent by the orientation of the well.
	for name, c := range map[string]struct{ table, want string }{
		"true dips":   {"MD (m),True dip,True azimuth,Type\n%.3f,30,100,Bed\n", ""},
		"a vug":       {"MD (m),True dip,True azimuth,Type\n%.3f,30,100,Widget\n", "make a picks CSV"},
		"which dip":   {"MD (m),Dip,Azimuth,Type\n%.3f,30,100,Bed\n", "make a picks CSV"},
		"no such row": {"MD (m),True dip,True azimuth,Type\nx,30,100,Bed\n", "b.txt"},
	} {
		path := filepath.Join(dir, "b.txt")
		if err := os.WriteFile(path, fmt.Appendf(nil, c.table, log.DepthM[200]), 0o600); err != nil {
			t.Fatal(err)
		}
		one, _, err := fileWell(filepath.Join(dir, "a well.npz"), path)
		if err != nil {
			t.Fatal(err)
		}
		_, truth, err := one.load()
		if c.want != "" {
			if !errors.As(err, &bad) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		// The hole is vertical and its image counts from north: both dips are the same.
		if err != nil || len(truth) != 1 || math.Abs(truth[0].DipDeg-30) > 1e-6 || math.Abs(truth[0].AzimuthDeg-100) > 1e-6 {
			t.Errorf("%s: %+v, %v", name, truth, err)
		}
	}

	// The same log under another name would be trained and tested on.
	copied, err := os.ReadFile(filepath.Join(dir, "a well.npz"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "c.npz"), copied, 0o600); err != nil {
		t.Fatal(err)
	}
	f.Wells.Files[1] = WellFile{"c.npz", "b.csv", SplitTest}
	if _, err := listWells(f); !errors.As(err, &bad) || !strings.Contains(err.Error(), "the same log as a well.npz") {
		t.Errorf("one log on both sides: %v", err)
	}
	f.Wells.Files[1].Log = "missing.npz"
	if _, err := listWells(f); !errors.As(err, &bad) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing log: %v", err)
	}
}
