// Package onnx writes a trained network as an ONNX model, so that it runs in ONNX Runtime, TensorRT, OpenVINO and the like, without
// geobfdt. docs/onnx.md shows how.
//
// There are two models in a bundle and each becomes a file of its own: the detector (tile -> queries) and the verifier (strip along a
// curve -> second look). Both take batches of any size. Operators are of opset 17 of the standard domain, the file is IR version 8, and
// values are float32.
//
//	detector  in   tile   [batch, channels, rows, columns]   as tile.Grid.Fill writes it, but channels first
//	          out  logits [batch, queries, 3]                bedding, fracture, no-sinusoid
//	          out  params [batch, queries, 3]                of the last decoder layer, as model.Layer.Params
//	verifier  in   strip  [batch, 4, rows, columns]          as infer.Straightener.Cut writes it, but channels first
//	          out  logits [batch, 3]
//	          out  move   [batch, 3]                         correction of (D, A, B), rows
//
// The graphs repeat internal/model layer by layer. Normalisations of the residual network are folded into its convolutions, weights of
// linear layers are transposed ([in, out]), and a wrapped azimuth is a concatenation, since opset 17 has no circular padding. What
// does not depend on the input (queries of the first layer, position codes) is left to the runtime to compute once.
//
// The format: https://github.com/onnx/onnx/blob/v1.12.0/onnx/onnx.proto and docs/Operators.md beside it.
package onnx
