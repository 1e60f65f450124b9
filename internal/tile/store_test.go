package tile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/geobfdt/geobfdt/internal/dip"
	"github.com/geobfdt/geobfdt/internal/picks"
)

// writeStore cuts wells of 200 rows, each with one bed and one fracture, into a store.
func writeStore(t *testing.T, dir string, opt Options, perShard int, wells ...string) *Manifest {
	t.Helper()
	w, err := NewWriter(dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	w.perShard = perShard
	for k, well := range wells {
		top := 500 + 100*float64(k)
		log := testLog(t, well, top, 0.005, 200, 48, func(i, j int) float64 { return ramp(i+31*k, j) })
		truth := []picks.Pick{pickAt(top+0.1, dip.Bedding), pickAt(top+0.12, dip.Fracture)}
		if _, err := w.AddLog(context.Background(), log, truth, "", "-"); err != nil {
			t.Fatal(err)
		}
	}
	m, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestStoreRoundTrip(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "store")
	opt := testOptions()
	m := writeStore(t, dir, opt, 4, "A", "B", "C")
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(m, r.Manifest()) {
		t.Error("the manifest read differs from the one written")
	}
	// 200 rows in tiles of 64 at a stride of 32: 0, 32, 64, 96, 128 and the rest, 136.
	if r.Len() != 18 || len(m.Shards) != 5 {
		t.Fatalf("%d tiles in %d shards, want 18 in 5", r.Len(), len(m.Shards))
	}
	g, err := NewGrid(testLog(t, "B", 600, 0.005, 200, 48, func(i, j int) float64 { return ramp(i+31, j) }), opt)
	if err != nil {
		t.Fatal(err)
	}
	want := make([]float32, opt.Size())
	for k, start := range g.Starts(opt.Overlap) {
		g.Fill(want, start)
		s, err := r.Sample(6 + k)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(s.X.Data().([]float32), want) || s.Well != "B" || math.Abs(s.TopM-g.DepthM(float64(start))) > 1e-9 {
			t.Errorf("tile %d of well %s at %.3f m is not the one written", k, s.Well, s.TopM)
		}
	}
	if l := r.Manifest().Tiles[6].Labels; len(l) != 2 || math.Abs(l[0].D-20) > 1e-6 || l[1].Class != dip.Fracture {
		t.Errorf("labels %+v of the first tile of B", l)
	}
	entries, _ := os.ReadDir(filepath.Dir(dir))
	if len(entries) != 1 {
		t.Errorf("%d entries beside the store, want none left behind", len(entries)-1)
	}
	text, err := os.ReadFile(filepath.Join(dir, ManifestName))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), `"bedding"`) || strings.Contains(string(text), "null") {
		t.Error("manifest does not name classes, or holds null")
	}
}

func TestStoreSplitByWell(t *testing.T) {
	opt := testOptions()
	var wells []string
	for k := range 10 {
		wells = append(wells, fmt.Sprintf("W %d", k))
	}
	wells = append(wells, "w  3") // the same well, written by somebody else
	m := writeStore(t, filepath.Join(t.TempDir(), "s"), opt, 100, wells...)
	train, test := m.Wells(Train), m.Wells(Test)
	side := map[string]string{}
	for _, tile := range m.Tiles {
		key := wellKey(tile.Well)
		if s, ok := side[key]; ok && s != tile.Split {
			t.Errorf("well %s is on both sides", tile.Well)
		}
		side[key] = tile.Split
	}
	if len(side) != 10 || len(train)+len(test) != 11 {
		t.Errorf("wells in training %v, in test %v", train, test)
	}
	again := writeStore(t, filepath.Join(t.TempDir(), "s"), opt, 100, wells...)
	if !slices.Equal(again.Wells(Test), test) {
		t.Error("the same seed splits differently")
	}
	c := m.Counts
	if c[Train].Tiles+c[Test].Tiles != len(m.Tiles) || c[Test].Tiles == 0 {
		t.Errorf("counts %+v", c)
	}
}

func TestPickTest(t *testing.T) {
	keys := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}
	for _, tc := range []struct {
		n        int
		fraction float64
		want     int
	}{
		{10, 0.2, 2}, {10, 0.01, 1}, {10, 0.99, 9}, {10, 0, 0}, {2, 0.2, 1}, {2, 0.9, 1}, {1, 0.5, 0}, {0, 0.5, 0},
	} {
		if got := pickTest(slices.Repeat(keys[:tc.n], 3), tc.fraction, 1); len(got) != tc.want {
			t.Errorf("%d keys, fraction %g: %d held out, want %d", tc.n, tc.fraction, len(got), tc.want)
		}
	}
	differs := false
	for seed := range int64(5) {
		differs = differs || !reflect.DeepEqual(pickTest(keys, 0.3, seed), pickTest(keys, 0.3, seed+1))
	}
	if !differs {
		t.Error("the seed does not matter")
	}
}

func TestStoreSplitByPatch(t *testing.T) {
	opt := testOptions()
	opt.Split, opt.TestFraction = SplitPatch, 0.25
	m := writeStore(t, filepath.Join(t.TempDir(), "s"), opt, 100, "A", "A")
	if n := m.Counts[Test].Tiles; n != 3 {
		t.Errorf("%d of 12 tiles held out, want 3", n)
	}
}

func TestCounts(t *testing.T) {
	var c Counts
	c.add(nil)
	c.add([]Label{{Class: dip.Bedding}, {Class: dip.Bedding}})
	c.add([]Label{{Class: dip.Bedding}, {Class: dip.Fracture}})
	want := Counts{Tiles: 3, Positive: 2, Empty: 1, PositiveBedding: 2, PositiveFracture: 1, Beddings: 3, Fractures: 1}
	if c != want {
		t.Errorf("counts %+v, want %+v", c, want)
	}
}

func TestWriterRecordsSources(t *testing.T) {
	dir := t.TempDir()
	labels := filepath.Join(dir, "truth.csv")
	if err := os.WriteFile(labels, []byte("abc"), 0o644); err != nil {
		t.Fatal(err)
	}
	opt := testOptions()
	opt.Overlap = 0
	w, err := NewWriter(filepath.Join(dir, "s"), opt)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	// 200 rows hold three full tiles, 192 rows: the label at row 196 is in none.
	truth := []picks.Pick{pickAt(500.5, dip.Bedding), pickAt(500.98, dip.Bedding)}
	src, err := w.AddLog(context.Background(), testLog(t, "A", 500, 0.005, 200, 48, ramp), truth, "", labels)
	if err != nil {
		t.Fatal(err)
	}
	const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" // FIPS 180-2, appendix B.1
	if src.LabelsSHA256 != abc || src.LogSHA256 != "" || src.Labels != 2 || src.Uncut != 1 || src.Tiles != 3 {
		t.Errorf("source %+v", src)
	}
	if _, err := w.AddLog(context.Background(), testLog(t, "A", 500, 0.005, 200, 48, ramp), nil, filepath.Join(dir, "missing.npz"), ""); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
}

func TestWriterLeavesNothingOnFailure(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "s")
	log := testLog(t, "A", 500, 0.005, 200, 48, ramp)
	w, err := NewWriter(dir, testOptions())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.AddLog(context.Background(), log, []picks.Pick{pickAt(1640.4, dip.Bedding)}, "", ""); !errors.Is(err, ErrLabelOutside) {
		t.Errorf("label outside: %v, want ErrLabelOutside", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := w.AddLog(ctx, log, nil, "", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := w.Close(); err == nil {
		t.Error("an empty store closed without error")
	}
	if entries, _ := os.ReadDir(parent); len(entries) != 0 {
		t.Errorf("%v left behind", entries)
	}
	writeStore(t, dir, testOptions(), 10, "A")
	if _, err := NewWriter(dir, testOptions()); !errors.Is(err, fs.ErrExist) {
		t.Errorf("second store in the same folder: %v, want fs.ErrExist", err)
	}
	for _, change := range []func(*Options){func(o *Options) { o.Split = "random" }, func(o *Options) { o.TestFraction = 1 }, func(o *Options) { o.Rows = 0 }} {
		opt := testOptions()
		change(&opt)
		if _, err := NewWriter(filepath.Join(parent, "t"), opt); err == nil {
			t.Errorf("options %+v: no error", opt)
		}
	}
}

func TestOpenRefusesDamagedStores(t *testing.T) {
	if _, err := Open(t.TempDir()); !errors.Is(err, ErrNotStore) {
		t.Errorf("empty folder: %v, want ErrNotStore", err)
	}
	edit := func(change func(m *Manifest)) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			path := filepath.Join(dir, ManifestName)
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			m := new(Manifest)
			if err := json.Unmarshal(data, m); err != nil {
				t.Fatal(err)
			}
			change(m)
			if data, err = json.Marshal(m); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	shard := func(change func(b []byte) []byte) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			path := filepath.Join(dir, "tiles-00000.npy")
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, change(b), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, damage := range map[string]func(t *testing.T, dir string){
		"no JSON": func(t *testing.T, dir string) {
			if err := os.WriteFile(filepath.Join(dir, ManifestName), []byte("{"), 0o644); err != nil {
				t.Fatal(err)
			}
		},
		"another format":   edit(func(m *Manifest) { m.Format = "x" }),
		"newer version":    edit(func(m *Manifest) { m.Version = 99 }),
		"options":          edit(func(m *Manifest) { m.Options.Rows = 0 }),
		"shard elsewhere":  edit(func(m *Manifest) { m.Shards[0].File = "../../etc/passwd" }),
		"shard missing":    edit(func(m *Manifest) { m.Shards[0].File = "other.npy" }),
		"shard too large":  edit(func(m *Manifest) { m.Shards[0].Tiles = math.MaxInt }),
		"tile beyond":      edit(func(m *Manifest) { m.Tiles[0].Index = 1000 }),
		"no such shard":    edit(func(m *Manifest) { m.Tiles[0].Shard = -1 }),
		"unknown split":    edit(func(m *Manifest) { m.Tiles[0].Split = "dev" }),
		"label outside":    edit(func(m *Manifest) { m.Tiles[0].Labels[0].D = 1e9 }),
		"another shape":    edit(func(m *Manifest) { m.Options.Rows, m.Options.Columns = m.Options.Columns, m.Options.Rows }),
		"truncated shard":  shard(func(b []byte) []byte { return b[:len(b)-4] }),
		"shard of nothing": shard(func(b []byte) []byte { return nil }),
		"header":           shard(func(b []byte) []byte { b[20] ^= 1; return b }),
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "s")
			writeStore(t, dir, testOptions(), 100, "A")
			damage(t, dir)
			if _, err := Open(dir); err == nil {
				t.Error("no error")
			}
		})
	}
	t.Run("NaN in a tile", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "s")
		writeStore(t, dir, testOptions(), 100, "A")
		shard(func(b []byte) []byte { copy(b[npyOffset(2, testOptions()):], "\xff\xff\xff\xff"); return b })(t, dir)
		r, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Sample(2); err == nil {
			t.Error("a tile with NaN was read")
		}
		if _, err := r.Sample(1); err != nil {
			t.Errorf("tile beside the damaged one: %v", err)
		}
	})
}

func TestReaderBounds(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "s")
	writeStore(t, dir, testOptions(), 100, "A", "B")
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, testOptions().Size())
	for _, i := range []int{-1, r.Len()} {
		if _, err := r.Read(i, x); err == nil {
			t.Errorf("tile %d: no error", i)
		}
	}
	if _, err := r.Read(0, x[1:]); err == nil {
		t.Error("short buffer: no error")
	}
	train, test := r.Indices(Train), r.Indices(Test)
	if len(train)+len(test) != r.Len() || len(test) == 0 {
		t.Errorf("%d training and %d test tiles of %d", len(train), len(test), r.Len())
	}
	var wait sync.WaitGroup
	for i := range r.Len() {
		wait.Go(func() {
			if _, err := r.Sample(i); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
}

// TestNPYHeader compares with the bytes that numpy.save writes for this shape, but for the padding to 128 bytes.
func TestNPYHeader(t *testing.T) {
	opt := testOptions()
	h := string(npyHeader(12345678, opt))
	if len(h) != npyHeaderLen || !strings.HasPrefix(h, "\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (12345678, 64, 48, 2), }  ") || h[len(h)-1] != '\n' {
		t.Errorf("header %q", h)
	}
	opt.Rows, opt.Columns = 1<<25, 1<<25
	if h := npyHeader(math.MaxInt, opt); len(h) != npyHeaderLen {
		t.Errorf("header of huge shapes has %d bytes", len(h))
	}
}
