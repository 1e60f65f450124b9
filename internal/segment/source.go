package segment

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/geobfdt/geobfdt/internal/tile"
)

// Source draws the training tiles of a store with their masks, every tile once a pass, in an order that each pass shuffles anew. Sample i
// depends on the seed and i alone. It is safe for concurrent use.
type Source struct {
	store    *tile.Reader
	tiles    []int          // of the store
	traces   [][]tile.Label // that run through each of them
	halfRows float64
	aug      tile.Augment
	seed     int64
	still    bool // the store's order, nothing changed

	augmenters sync.Pool // of *tile.Augmenter
	mu         sync.Mutex
	pass       int64 // of order
	order      []int
}

// NewSource makes a source over the tiles of a store that are for training; still keeps their order and changes nothing, for held-out
// tiles.
func NewSource(store *tile.Reader, o Options, aug tile.Augment, seed int64, still bool) (*Source, error) {
	m := store.Manifest()
	s := &Source{store: store, tiles: store.Indices(tile.Train), halfRows: o.halfRows(m.Options.RowM), aug: aug, seed: seed, still: still, pass: -1}
	if len(s.tiles) == 0 {
		return nil, errors.New("the tile store has no tile to train on")
	}
	if aug.Enabled && aug.Paste > 0 && !still {
		return nil, fmt.Errorf("augment.paste %g: copied sinusoids have no place in masks of whole traces, set it to 0", aug.Paste)
	}
	s.traces = traces(m, s.tiles)
	rest := aug // what is no symmetry: it moves no trace
	rest.Roll, rest.Mirror, rest.Flip, rest.Paste = false, 0, 0, 0
	s.augmenters.New = func() any { return tile.NewAugmenter(m.Options, rest) }
	return s, nil
}

// traces are the sinusoids that run through each of the tiles, in its row coordinates. A tile's own labels are only those whose midline
// lies in it; a tall sinusoid runs through its neighbours too.
func traces(m *tile.Manifest, tiles []int) [][]tile.Label {
	type trace struct {
		tile.Label         // D from the top of the source
		tall       float64 // half height
	}
	bySource := make([][]trace, len(m.Sources))
	tallest := make([]float64, len(m.Sources))
	offset := func(i int) float64 {
		t := &m.Tiles[i]
		return (t.TopM - m.Sources[t.Source].TopM) / m.Options.RowM
	}
	for i, t := range m.Tiles {
		for _, l := range t.Labels {
			l.D += offset(i)
			one := trace{l, math.Hypot(l.A, l.B)}
			tallest[t.Source] = max(tallest[t.Source], one.tall)
			bySource[t.Source] = append(bySource[t.Source], one)
		}
	}
	for _, all := range bySource {
		slices.SortFunc(all, func(a, b trace) int { return compareFloat(a.D, b.D) })
	}
	out := make([][]tile.Label, len(tiles))
	rows := float64(m.Options.Rows)
	const margin = 64 // rows, for the thickness of the traces
	for n, i := range tiles {
		source := m.Tiles[i].Source
		all, top := bySource[source], offset(i)
		first, _ := slices.BinarySearchFunc(all, top-tallest[source]-margin, func(t trace, d float64) int { return compareFloat(t.D, d) })
		for _, t := range all[first:] {
			if t.D > top+rows+tallest[source]+margin {
				break
			}
			l := t.Label
			l.D -= top
			if l.D+t.tall < -margin || l.D-t.tall > rows+margin {
				continue
			}
			if k := len(out[n]); k > 0 && same(out[n][k-1], l) {
				continue // the same sinusoid, from the tile that overlaps
			}
			out[n] = append(out[n], l)
		}
	}
	return out
}

// same tells whether two labels are one sinusoid that two tiles hold.
func same(a, b tile.Label) bool {
	const tiny = 1e-6
	return a.Class == b.Class && math.Abs(a.D-b.D) < tiny && math.Abs(a.A-b.A) < tiny && math.Abs(a.B-b.B) < tiny
}

func compareFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Len is the number of tiles of a pass.
func (s *Source) Len() int { return len(s.tiles) }

// Describe says what the samples are, for the run's record.
func (s *Source) Describe() string {
	return fmt.Sprintf("%d tiles of %d wells", len(s.tiles), len(s.store.Manifest().Sources))
}

// Draw writes sample i: the tile to x, Options.Size() values, its mask to mask [rows, columns, Classes], and which of its pixels show wall
// to seen.
func (s *Source) Draw(i int64, x, mask []float32, seen []bool) error {
	t := s.store.Manifest().Options
	n := int64(len(s.tiles))
	k := int(i % n)
	if !s.still {
		k = s.shuffled(i/n, k)
	}
	if _, err := s.store.Read(s.tiles[k], x); err != nil {
		return err
	}
	clear(mask)
	Draw(mask, s.traces[k], t.Rows, t.Columns, s.halfRows)
	if !s.still && s.aug.Enabled {
		s.change(rand.New(rand.NewPCG(uint64(s.seed)<<8^streamAugment, uint64(i))), x, mask, t)
	}
	seenPixels(seen, x, t)
	return nil
}

// change augments a tile and its mask alike: the symmetries of the hole on both, the rest on the tile alone.
func (s *Source) change(rng *rand.Rand, x, mask []float32, t tile.Options) {
	both := func(f func(x []float32, ch int)) {
		f(x, t.Channels())
		f(mask, Classes)
	}
	if s.aug.Roll {
		k := rng.IntN(t.Columns)
		both(func(x []float32, ch int) { tile.Roll(x, nil, t.Rows, t.Columns, ch, k) })
	}
	if rng.Float64() < s.aug.Mirror {
		both(func(x []float32, ch int) { tile.Mirror(x, nil, t.Rows, t.Columns, ch) })
	}
	if rng.Float64() < s.aug.Flip {
		both(func(x []float32, ch int) { tile.Flip(x, nil, t.Rows, t.Columns, ch) })
	}
	a := s.augmenters.Get().(*tile.Augmenter)
	defer s.augmenters.Put(a)
	a.Apply(rng, x, nil, nil)
}

// Streams of random numbers, so that shuffling and augmentation do not disturb each other.
const (
	streamShuffle uint64 = 0x73 + iota
	streamAugment
)

// shuffled is place k of a pass's permutation.
func (s *Source) shuffled(pass int64, k int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pass != pass {
		s.pass = pass
		s.order = rand.New(rand.NewPCG(uint64(s.seed)<<8^streamShuffle, uint64(pass))).Perm(len(s.tiles))
	}
	return s.order[k]
}
