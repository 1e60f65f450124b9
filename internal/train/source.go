package train

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"

	"github.com/geobfdt/geobfdt/internal/picks"
	"github.com/geobfdt/geobfdt/internal/synth"
	"github.com/geobfdt/geobfdt/internal/tile"
)

// Source yields training samples. Draw writes sample i (of an endless sequence that depends on the seed alone) to x, tile.Options.Size()
// values, and returns its labels. It is safe for concurrent use.
type Source interface {
	Draw(i int64, x []float32) ([]tile.Label, error)
	Describe() string // what the samples are, for the run's record
}

// Streams of random numbers of a run, so that drawing, augmentation and evaluation do not disturb each other.
const (
	streamDraw uint64 = 1 + iota
	streamAugment
	streamShuffle
	streamEval
	streamMix
)

// sampleRNG is the generator of one purpose for one sample.
func sampleRNG(seed int64, stream uint64, i int64) *rand.Rand {
	return rand.New(rand.NewPCG(uint64(seed)<<8^stream, uint64(i)))
}

// SynthSource draws tiles of synthetic wells. Every tile is a new well.
type SynthSource struct {
	opt     tile.Options
	seed    int64
	stream  uint64
	worlds  []synth.Params
	shear   float64 // share of dewarped tiles
	names   []string
	augment *augmenters
}

// augmenters lends one augmenter to each goroutine that draws.
type augmenters struct{ pool sync.Pool }

// newAugmenters is nil when augmentation is off.
func newAugmenters(opt tile.Options, aug tile.Augment) *augmenters {
	if !aug.Enabled {
		return nil
	}
	return &augmenters{pool: sync.Pool{New: func() any { return tile.NewAugmenter(opt, aug) }}}
}

func (a *augmenters) apply(rng *rand.Rand, x []float32, labels []tile.Label, donor func() *tile.Sample) []tile.Label {
	if a == nil {
		return labels
	}
	one := a.pool.Get().(*tile.Augmenter)
	defer a.pool.Put(one)
	return one.Apply(rng, x, labels, donor)
}

// NewSynthSource makes a source over the named presets, which take turns by chance. A source for evaluation (eval true) draws other
// wells than one for training and does not augment.
func NewSynthSource(presets []string, shear float64, opt tile.Options, aug tile.Augment, seed int64, eval bool) (*SynthSource, error) {
	s := &SynthSource{opt: opt, seed: seed, stream: streamDraw, names: presets, shear: shear}
	if eval {
		s.stream = streamEval
	} else {
		s.augment = newAugmenters(opt, aug)
	}
	if opt.Image != tile.ImageTile {
		return nil, fmt.Errorf("tile.image %q needs whole wells, and tiles drawn on the fly have none: use image tile, or cut tiles from wells (geobfdt synth, geobfdt tile) and train on these", opt.Image)
	}
	if len(presets) == 0 {
		return nil, fmt.Errorf("train.synth_presets is empty: name at least one, see geobfdt synth --list")
	}
	for _, name := range presets {
		p, err := synth.PresetByName(name)
		if err != nil {
			return nil, fmt.Errorf("train.synth_presets: %w", err)
		}
		s.worlds = append(s.worlds, p.Params)
	}
	return s, nil
}

// Draw implements Source.
func (s *SynthSource) Draw(i int64, x []float32) ([]tile.Label, error) {
	rng := sampleRNG(s.seed, s.stream, i)
	w := s.worlds[rng.IntN(len(s.worlds))]
	labels, err := s.draw(rng, w, x)
	if err != nil {
		return nil, err
	}
	return s.augment.apply(sampleRNG(s.seed, streamAugment, i), x, labels, nil), nil
}

func (s *SynthSource) draw(rng *rand.Rand, w synth.Params, x []float32) ([]tile.Label, error) {
	if s.shear == 0 || rng.Float64() >= s.shear {
		log, truth := synth.Patch(rng, w, s.opt.Rows, s.opt.RowM, s.opt.Columns)
		return tile.FromPatch(log, truth, s.opt, x)
	}
	log, truth := synth.Patch(rng, w, s.opt.Rows+2*shearPad, s.opt.RowM, s.opt.Columns)
	a, b := drawAttitude(rng, truth, s.opt.RowM)
	return tile.FromTallPatch(log, truth, s.opt, shearPad, a, b, x)
}

// Dewarped tiles. Picking finds the attitude by a scan that is a little off, and now and then wrong.
const (
	shearPad      = 158  // rows above and below the tile: the steepest attitude
	shearTruth    = 0.85 // share that follows a sinusoid of the tile
	shearNoise    = 1.0  // rows, standard deviation of its error in a and b,
	shearNoisePer = 0.05 // and further rows by row of amplitude
	shearMin      = 5.0  // rows of amplitude of the others, log-uniform
	shearMax      = 100.0
)

// drawAttitude is the attitude of a dewarped tile, rows: mostly that of one of its sinusoids with the error of a scan, else any.
func drawAttitude(rng *rand.Rand, truth []picks.Pick, rowM float64) (a, b float64) {
	if len(truth) > 0 && rng.Float64() < shearTruth {
		p := truth[rng.IntN(len(truth))]
		_, a, b = p.Trace().Rows(0, rowM)
		sd := shearNoise + shearNoisePer*math.Hypot(a, b)
		a, b = a+sd*rng.NormFloat64(), b+sd*rng.NormFloat64()
	} else {
		r := shearMin * math.Pow(shearMax/shearMin, rng.Float64())
		sin, cos := math.Sincos(2 * math.Pi * rng.Float64())
		a, b = r*cos, r*sin
	}
	if r := math.Hypot(a, b); r > shearPad-1 {
		a, b = a*(shearPad-1)/r, b*(shearPad-1)/r
	}
	return a, b
}

// Describe implements Source.
func (s *SynthSource) Describe() string {
	d := fmt.Sprintf("synthetic wells, presets %v, seed %d", s.names, s.seed)
	if s.shear > 0 {
		d += fmt.Sprintf(", a share of %g dewarped", s.shear)
	}
	return d
}

// TileSource draws from a split of a tile store, every tile once per pass, in an order that each pass shuffles anew.
type TileSource struct {
	store   *tile.Reader
	index   []int
	seed    int64
	ordered bool // the store's order, pass after pass
	augment *augmenters
	donors  []int // tiles with labels
}

// NewTileSource makes a source over a split ("train" or "test"); eval true keeps the store's order and does not augment.
func NewTileSource(store *tile.Reader, split string, aug tile.Augment, seed int64, eval bool) (*TileSource, error) {
	s := &TileSource{store: store, index: store.Indices(split), seed: seed, ordered: eval}
	if len(s.index) == 0 {
		return nil, fmt.Errorf("the tile store has no tile in split %q", split)
	}
	if eval {
		return s, nil
	}
	s.augment = newAugmenters(store.Manifest().Options, aug)
	for _, i := range s.index {
		if len(store.Manifest().Tiles[i].Labels) > 0 {
			s.donors = append(s.donors, i)
		}
	}
	return s, nil
}

// Len is the number of tiles of a pass.
func (s *TileSource) Len() int { return len(s.index) }

// Draw implements Source.
func (s *TileSource) Draw(i int64, x []float32) ([]tile.Label, error) {
	n := int64(len(s.index))
	k := int(i % n)
	if !s.ordered {
		k = shuffled(s.seed, i/n, int(n), k)
	}
	labels, err := s.store.Read(s.index[k], x)
	if err != nil {
		return nil, err
	}
	rng := sampleRNG(s.seed, streamAugment, i)
	return s.augment.apply(rng, x, labels, func() *tile.Sample {
		if len(s.donors) == 0 {
			return nil
		}
		d, err := s.store.Sample(s.donors[rng.IntN(len(s.donors))])
		if err != nil {
			return nil // the same tile fails where it is drawn itself, with its error
		}
		return d
	}), nil
}

// Describe implements Source.
func (s *TileSource) Describe() string {
	return fmt.Sprintf("%d tiles of %d wells", len(s.index), len(s.store.Manifest().Sources))
}

// shuffled is place k of a pass's permutation of n: a Feistel network over the next power of four with cycle walking, so that any
// place of any pass is found without the ones before.
func shuffled(seed, pass int64, n, k int) int {
	half := 1
	for 1<<(2*half) < n {
		half++
	}
	mask := uint64(1)<<half - 1
	v := uint64(k)
	for {
		l, r := v>>half, v&mask
		for round := range uint64(4) {
			h := rand.NewPCG(uint64(seed)<<8^streamShuffle, uint64(pass)<<32^r<<3^round).Uint64()
			l, r = r, (l^h)&mask
		}
		if v = l<<half | r; v < uint64(n) {
			return int(v)
		}
	}
}

// MixSource takes a share of its samples from Second and the others from First.
type MixSource struct {
	First, Second Source
	Share         float64 // of Second
	Seed          int64
}

// Draw implements Source.
func (m *MixSource) Draw(i int64, x []float32) ([]tile.Label, error) {
	if sampleRNG(m.Seed, streamMix, i).Float64() < m.Share {
		return m.Second.Draw(i, x)
	}
	return m.First.Draw(i, x)
}

// Describe implements Source.
func (m *MixSource) Describe() string {
	return fmt.Sprintf("%s, and a share of %g from %s", m.First.Describe(), m.Share, m.Second.Describe())
}
