package onnx

import (
	"errors"
	"fmt"

	"github.com/geobfdt/geobfdt/internal/model"
)

// ErrNoVerifier: a model has no second look to write.
var ErrNoVerifier = errors.New("the model has no verifier: train one with geobfdt train verify")

// Verifier is the second look of a bundle. version is that of the program.
func Verifier(b *model.Bundle, version string) (*Model, error) {
	v := b.Verifier
	if v == nil {
		return nil, ErrNoVerifier
	}
	g := newBuilder("geobfdt_verifier", v.Params)
	x := g.input("strip", "image straightened along a curve, which runs through its middle: image, mask, the same in coarse rows", model.VerifierChannels, v.Strip.Rows, v.Strip.Columns)
	columns, channels := v.Strip.Columns, 0
	for i, l := range model.VerifierLayers() {
		name := fmt.Sprintf("%sconv%d", model.VerifierPrefix, i)
		x = g.relu(name, g.convNorm(x, name, name+".bn", l.StrideDepth, l.StrideAzimuth, true))
		columns, channels = (columns+l.StrideAzimuth-1)/l.StrideAzimuth, l.Width
	}
	name := model.VerifierPrefix + "column"
	x = g.relu(name, g.linear(g.tokens(name, x, columns, channels), name))
	x = g.matMul(name, g.floats(model.VerifierPrefix+"harmonics", harmonics(columns, 1), 3, columns), x)
	x = g.reshape(name, x, 0, -1)
	name = model.VerifierPrefix + "hidden"
	x = g.relu(name, g.linear(x, name))
	g.output(g.linear(x, model.VerifierPrefix+"class"), "logits", "of the classes bedding, fracture, no-sinusoid", model.Classes)
	g.output(g.linear(x, model.VerifierPrefix+"move"), "move", "correction of D, A and B of the curve, rows: it is u = D + A cos(azimuth) + B sin(azimuth)", 3)
	m, err := newModel(b, g.graph, "verifier", version)
	if err != nil {
		return nil, err
	}
	m.Doc = fmt.Sprintf("GeoBFDT, second look at a curve: strips of %d rows by %d columns, coarse rows %d times as high", v.Strip.Rows, v.Strip.Columns, v.Strip.Coarse)
	return m, nil
}
