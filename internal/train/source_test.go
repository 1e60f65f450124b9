package train

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/geobfdt/geobfdt/internal/tile"
)

func TestShuffledIsAPermutation(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 5, 16, 17, 64, 100, 1000} {
		var passes [][]int
		for pass := range int64(4) {
			seen, order := make([]bool, n), make([]int, n)
			for k := range n {
				v := shuffled(7, pass, n, k)
				if v < 0 || v >= n || seen[v] {
					t.Fatalf("pass %d of %d: place %d is %d: outside or taken", pass, n, k, v)
				}
				seen[v], order[k] = true, v
			}
			passes = append(passes, order)
		}
		if n < 16 {
			continue // few orders: two passes may agree by chance
		}
		for i, p := range passes {
			if slices.IsSorted(p) {
				t.Errorf("pass %d of %d is in order", i, n)
			}
			for _, q := range passes[:i] {
				if slices.Equal(p, q) {
					t.Errorf("two passes of %d are alike", n)
				}
			}
		}
		if first := shuffled(8, 0, n, 0); n >= 100 && first == passes[0][0] && shuffled(8, 0, n, 1) == passes[0][1] {
			t.Errorf("another seed shuffles %d alike", n)
		}
	}
}

// drawn is a sample with its labels.
type drawn struct {
	x      []float32
	labels []tile.Label
}

func draw(t *testing.T, s Source, i int64) drawn {
	t.Helper()
	d := drawn{x: make([]float32, tinyTile().Size())}
	var err error
	if d.labels, err = s.Draw(i, d.x); err != nil {
		t.Error(err)
	}
	return d
}

func newSynth(t *testing.T, seed int64, eval bool) *SynthSource {
	t.Helper()
	s, err := NewSynthSource([]string{"train", "vertical"}, 0.3, tinyTile(), allAugment(), seed, eval)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newTiles(t *testing.T, store *tile.Reader, split string, seed int64, eval bool) *TileSource {
	t.Helper()
	s, err := NewTileSource(store, split, allAugment(), seed, eval)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSampleDependsOnSeedAndNumber draws each sample of every source in order, and again from many goroutines out of order.
func TestSampleDependsOnSeedAndNumber(t *testing.T) {
	store := writeStore(t, "A", "B")
	const n = 24
	for name, s := range map[string]Source{
		"synthetic":         newSynth(t, 5, false),
		"synthetic, eval":   newSynth(t, 5, true),
		"tiles":             newTiles(t, store, tile.Train, 5, false),
		"tiles, eval":       newTiles(t, store, tile.Test, 5, true),
		"mixed":             &MixSource{First: newTiles(t, store, tile.Train, 5, false), Second: newSynth(t, 5, false), Share: 0.5, Seed: 5},
		"tiles, seed below": newTiles(t, store, tile.Train, -5, false),
	} {
		want := make([]drawn, n)
		for i := range want {
			want[i] = draw(t, s, int64(i))
			for _, v := range want[i].x {
				if v-v != 0 {
					t.Fatalf("%s: sample %d holds %g", name, i, v)
				}
			}
		}
		got := make([]drawn, n)
		var all sync.WaitGroup
		for i := range got {
			all.Go(func() { got[n-1-i] = draw(t, s, int64(n-1-i)) })
		}
		all.Wait()
		for i := range got {
			if !reflect.DeepEqual(got[i], want[i]) {
				t.Errorf("%s: sample %d differs when it is drawn again", name, i)
			}
		}
		if s.Describe() == "" {
			t.Errorf("%s: no description", name)
		}
	}
}

func TestSourcesDiffer(t *testing.T) {
	base := newSynth(t, 5, false)
	for what, other := range map[string]Source{"for evaluation": newSynth(t, 5, true), "of another seed": newSynth(t, 6, false)} {
		for i := range int64(4) {
			if slices.Equal(draw(t, base, i).x, draw(t, other, i).x) {
				t.Errorf("sample %d of a source %s is the same", i, what)
			}
		}
	}
	if slices.Equal(draw(t, base, 0).x, draw(t, base, 1).x) {
		t.Error("samples 0 and 1 are the same")
	}
}

// TestTilePasses: without augmentation every tile comes once a pass, the order changes, and evaluation keeps that of the store.
func TestTilePasses(t *testing.T) {
	store := writeStore(t, "A", "B", "C", "D")
	of := func(s *TileSource, i int64) int {
		d := draw(t, s, i)
		for k := range store.Len() {
			x := make([]float32, len(d.x))
			labels, err := store.Read(k, x)
			if err != nil {
				t.Fatal(err)
			}
			if slices.Equal(x, d.x) && reflect.DeepEqual(labels, d.labels) {
				return k
			}
		}
		t.Fatalf("sample %d is no tile of the store", i)
		return -1
	}
	pass := func(s *TileSource, p int) (order []int) {
		for k := range s.Len() {
			order = append(order, of(s, int64(p*s.Len()+k)))
		}
		return order
	}
	plain := func(split string, seed int64, eval bool) *TileSource {
		s, err := NewTileSource(store, split, tile.Augment{}, seed, eval)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for _, seed := range []int64{1, -1} {
		s := plain(tile.Train, seed, false)
		first, second := pass(s, 0), pass(s, 1)
		if slices.Equal(first, second) || slices.IsSorted(first) {
			t.Errorf("seed %d: passes %v and %v", seed, first, second)
		}
		for _, p := range [][]int{first, second} {
			slices.Sort(p)
			if !slices.Equal(p, store.Indices(tile.Train)) {
				t.Errorf("seed %d: a pass sees %v, want every tile of %v once", seed, p, store.Indices(tile.Train))
			}
		}
	}
	if s := plain(tile.Test, 1, true); !slices.Equal(pass(s, 0), store.Indices(tile.Test)) || !slices.Equal(pass(s, 1), pass(s, 0)) {
		t.Error("evaluation does not keep the order of the store")
	}
}

func TestAugmentedTilesVary(t *testing.T) {
	s := newTiles(t, writeStore(t, "A"), tile.Train, 1, false)
	n := int64(s.Len())
	same := 0
	for k := range n {
		for l := range n {
			if slices.Equal(draw(t, s, k).x, draw(t, s, n+l).x) {
				same++
			}
		}
	}
	if same > 0 {
		t.Errorf("%d tiles came unchanged in the second pass", same)
	}
}

// labelled yields no image, and one label that tells the source.
type labelled float64

func (l labelled) Draw(int64, []float32) ([]tile.Label, error) {
	return []tile.Label{{D: float64(l)}}, nil
}
func (l labelled) Describe() string { return "labels" }

func TestMixShares(t *testing.T) {
	const n = 4000
	for _, share := range []float64{0, 0.3, 1} {
		m := &MixSource{First: labelled(0), Second: labelled(1), Share: share, Seed: 2}
		sum := 0.0
		for i := range int64(n) {
			l, err := m.Draw(i, nil)
			if err != nil {
				t.Fatal(err)
			}
			sum += l[0].D
		}
		// Three standard deviations of a binomial share are 0.022.
		if got := sum / n; got < share-0.022 || got > share+0.022 || (share == 0 && got != 0) || (share == 1 && got != 1) {
			t.Errorf("a share of %g came out as %g", share, got)
		}
	}
}

func TestSourcesRefuse(t *testing.T) {
	opt := tinyTile()
	for what, tc := range map[string]struct {
		presets []string
		image   string
		want    string
	}{
		"unknown preset": {[]string{"nowhere"}, tile.ImageTile, "train.synth_presets"},
		"no preset":      {nil, tile.ImageTile, "train.synth_presets is empty"},
		"dynamic image":  {[]string{"train"}, tile.ImageDynamic, "whole wells"},
	} {
		opt.Image = tc.image
		if _, err := NewSynthSource(tc.presets, 0, opt, tile.Augment{}, 1, false); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", what, err, tc.want)
		}
	}
	store := writeStore(t, "A")
	if _, err := NewTileSource(store, tile.Test, tile.Augment{}, 1, true); err == nil || !strings.Contains(err.Error(), `"test"`) {
		t.Errorf("a store with nothing held out: %v", err)
	}
}
