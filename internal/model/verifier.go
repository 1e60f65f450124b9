package model

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"

	"gorgonia.org/tensor"

	"github.com/geobfdt/geobfdt/internal/checkpoint"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/nn"
)

// MetaVerifier is the metadata key of a Verifier's geometry, JSON.
const MetaVerifier = "verifier"

// VerifierChannels of a verifier's input: the straightened image and its mask, fine and coarse.
const VerifierChannels = 4

// StripGeometry is the input of a Verifier: the image straightened along a curve, once in the rows of the grid and once in rows that are
// Coarse times as high, the curve in the middle of both.
type StripGeometry struct {
	Rows    int `json:"rows"`    // of each of the two
	Columns int `json:"columns"` // of azimuth
	Coarse  int `json:"coarse"`  // grid rows per coarse row
}

// Size is the number of values of a strip, [Rows, Columns, 4]: fine image, fine mask, coarse image, coarse mask.
func (g StripGeometry) Size() int { return g.Rows * g.Columns * VerifierChannels }

// Verifier looks at one curve after the detector, on the image straightened along it, and says what it is and how far beside the trace
// it lies: the second stage of a cascade (Cai & Vasconcelos 2018), made for sinusoids. It is a small convolutional network; along its
// strip a right curve is a straight band all round, whatever its dip, and anything else is not.
type Verifier struct {
	Strip  StripGeometry
	Params *nn.Params
}

// VerifierGraph is a Verifier for one batch size. Fill the input with SetInput, call Forward, read Logits [B, Classes] and Move [B, 3]:
// how far (D, A, B) must go, rows.
type VerifierGraph struct {
	*nn.Graph
	Input        *nn.Image
	Logits, Move *nn.Mat
}

// VerifierLayer is a 3x3 convolution of a Verifier: its channels and strides.
type VerifierLayer struct{ Width, StrideDepth, StrideAzimuth int }

// VerifierLayers of every Verifier, named by VerifierPrefix+"conv0" and on: depth shrinks to one row.
func VerifierLayers() []VerifierLayer {
	return []VerifierLayer{
		{32, 1, 2}, {32, 2, 2}, {64, 2, 2}, {64, 1, 1}, {64, 2, 1}, {64, 2, 1}, {64, 2, 1}, {64, 2, 1},
	}
}

// StripGeometry's defaults: 16 cm around the curve, and 64 cm.
const (
	stripRows   = 32
	stripCoarse = 4
	verifierDim = 64
)

// NewVerifier declares a verifier for images of so many columns, a multiple of 8, and initialises it from the seed.
func NewVerifier(columns int, seed int64) (*Verifier, error) {
	v := &Verifier{Strip: StripGeometry{Rows: stripRows, Columns: columns, Coarse: stripCoarse}, Params: nn.NewParams()}
	if err := v.Strip.check(); err != nil {
		return nil, err
	}
	pool := kernel.NewPool(1)
	defer pool.Close()
	v.Build(pool, 1, false)
	initDefault(v.Params, rand.New(rand.NewPCG(uint64(seed), 0x7665_7269)))
	return v, nil
}

func (g StripGeometry) check() error {
	if g.Rows != stripRows || g.Coarse < 1 || g.Coarse > 64 || g.Columns < 16 || g.Columns > 1024 || g.Columns%8 != 0 {
		return fmt.Errorf("verifier: strips of %d rows, %d columns, coarse rows of %d: want %d rows, columns in eights, coarse rows of 1 to 64", g.Rows, g.Columns, g.Coarse, stripRows)
	}
	return nil
}

// Build makes a graph for a batch size on a pool of workers; with grad it can be trained.
func (v *Verifier) Build(pool *kernel.Pool, batch int, grad bool) *VerifierGraph {
	g, in, out := nn.Build(pool, v.Params, batch, grad, func(g *nn.Graph) (*nn.Image, []*nn.Mat) {
		in, logits, move := v.layers(g)
		return in, []*nn.Mat{logits, move}
	})
	return &VerifierGraph{Graph: g, Input: in, Logits: out[0], Move: out[1]}
}

// layers adds the network to a graph.
func (v *Verifier) layers(g *nn.Graph) (in *nn.Image, logits, move *nn.Mat) {
	in = g.Input(v.Strip.Rows, v.Strip.Columns, VerifierChannels, 1, true)
	x := in
	for i, l := range VerifierLayers() {
		name := fmt.Sprintf("%sconv%d", VerifierPrefix, i)
		x = g.ConvNorm(x, nil, v.Params.Conv(name, x.C, l.Width, 3), name+".bn", 3, l.StrideDepth, l.StrideAzimuth, true)
	}
	columns := x.W
	t := g.Linear(g.Tokens(x), VerifierPrefix+"column", verifierDim, true)
	h := g.Linear(g.Harmonics(t, columns, verifierDim, 1), VerifierPrefix+"hidden", verifierDim, true)
	return in, g.Linear(h, VerifierPrefix+"class", Classes, false), g.Linear(h, VerifierPrefix+"move", 3, false)
}

// SetInput copies a strip into place i of the batch. Places may be set concurrently.
func (g *VerifierGraph) SetInput(i int, x []float32) { g.Input.SetImage(i, x) }

// Probabilities of the classes of place i of the batch.
func (g *VerifierGraph) Probabilities(i int) (p [Classes]float64) {
	l := g.Logits.Row(i)
	top := max(l[0], l[1], l[2])
	sum := 0.0
	for k := range p {
		p[k] = math.Exp(float64(l[k] - top))
		sum += p[k]
	}
	for k := range p {
		p[k] /= sum
	}
	return p
}

// VerifierPrefix begins the names of a verifier's tensors in a model file.
const VerifierPrefix = "verifier."

// save adds the verifier to a model's checkpoint.
func (v *Verifier) save(f *checkpoint.File) error {
	v.Params.Save(f.Tensors)
	return SetMeta(f, MetaVerifier, v.Strip)
}

// LoadParams copies every parameter from tensors of its name; see nn.Params.Load.
func (v *Verifier) LoadParams(t map[string]*tensor.Dense) error { return v.Params.Load(t) }

// LoadVerifier reads the verifier of a model file, nil where it has none. It trusts the file no more than Load does.
func LoadVerifier(f *checkpoint.File) (*Verifier, error) {
	meta := f.Metadata[MetaVerifier]
	if meta == "" {
		return nil, nil
	}
	var g StripGeometry
	if err := json.Unmarshal([]byte(meta), &g); err != nil {
		return nil, fmt.Errorf("metadata %s: %w", MetaVerifier, err)
	}
	if err := g.check(); err != nil {
		return nil, err
	}
	v, err := NewVerifier(g.Columns, 0)
	if err != nil {
		return nil, err
	}
	v.Strip = g
	return v, v.LoadParams(f.Tensors)
}
