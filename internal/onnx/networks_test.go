package onnx

import (
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/geobfdt/geobfdt/internal/config"
	"github.com/geobfdt/geobfdt/internal/defaultmodel"
	"github.com/geobfdt/geobfdt/internal/kernel"
	"github.com/geobfdt/geobfdt/internal/model"
	"github.com/geobfdt/geobfdt/internal/nn"
	"github.com/geobfdt/geobfdt/internal/train"
)

// defaultBundle is the model in the binary; where it has no verifier, one of random weights is put in.
func defaultBundle(t *testing.T) *model.Bundle {
	t.Helper()
	b, err := defaultmodel.Load()
	if err != nil {
		t.Fatal(err)
	}
	if b.Verifier == nil {
		if b.Verifier, err = model.NewVerifier(b.Net.Geometry.Columns, 1); err != nil {
			t.Fatal(err)
		}
		disturb(b.Verifier.Params)
	}
	return b
}

// configBundle is an untrained network of a file of configs.
func configBundle(t *testing.T, name string) *model.Bundle {
	t.Helper()
	c, err := config.Load(config.Inputs{Path: filepath.Join("..", "..", "configs", name)})
	if err != nil {
		t.Fatal(err)
	}
	n, err := model.New(c.Model, train.Geometry(c.Tile), 1)
	if err != nil {
		t.Fatal(err)
	}
	disturb(n.Params)
	return &model.Bundle{Net: n, Tile: c.Tile, Record: model.Record{Data: "nothing"}}
}

// disturb moves normalisations away from the identity that they start as, so that a mistake in them shows.
func disturb(ps *nn.Params) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, p := range ps.List {
		switch {
		case p.IsScale():
			p.Fill(func() float32 { return 0.5 + rng.Float32() })
		case strings.Contains(p.Name, ".bn") || strings.Contains(p.Name, "norm"):
			p.Fill(func() float32 { return 0.2 * float32(rng.NormFloat64()) })
		}
	}
}

// engine computes what our own engine answers: logits and params of the last layer, for tiles [rows, columns, channels].
func engine(n *model.Net, tiles [][]float32) map[string]array {
	pool := kernel.NewPool(2)
	defer pool.Close()
	g := n.Build(pool, len(tiles), false)
	for i, x := range tiles {
		g.SetInput(i, x)
	}
	g.Forward()
	last := g.Layers[len(g.Layers)-1]
	q := n.Options.Queries
	return map[string]array{"logits": matrix(last.Logits, len(tiles), q, model.Classes), "params": matrix(last.Params, len(tiles), q, 3)}
}

// engineVerifier is engine for strips.
func engineVerifier(v *model.Verifier, strips [][]float32) map[string]array {
	pool := kernel.NewPool(2)
	defer pool.Close()
	g := v.Build(pool, len(strips), false)
	for i, x := range strips {
		g.SetInput(i, x)
	}
	g.Forward()
	return map[string]array{"logits": matrix(g.Logits, len(strips), model.Classes), "move": matrix(g.Move, len(strips), 3)}
}

func matrix(m *nn.Mat, dims ...int) array {
	a := array{dims: dims}
	for r := range m.N() {
		a.data = append(a.data, m.Row(r)...)
	}
	return a
}

// channelsFirst makes one input of images [rows, columns, channels].
func channelsFirst(images [][]float32, rows, columns, channels int) array {
	y := newArray(len(images), channels, rows, columns)
	n := rows * columns
	for i, x := range images {
		for p := range n {
			for c := range channels {
				y.data[(i*channels+c)*n+p] = x[p*channels+c]
			}
		}
	}
	return y
}

// noise is images of clipped noise with a mask of ones in every second channel.
func noise(count, size int) [][]float32 {
	rng := rand.New(rand.NewPCG(1, 2))
	out := make([][]float32, count)
	for i := range out {
		for p := range size {
			v := float32(max(-4, min(4, rng.NormFloat64())))
			if p%2 == 1 {
				v = 1
			}
			out[i] = append(out[i], v)
		}
	}
	return out
}
