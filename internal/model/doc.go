// Package model is the GeoBFDT network: a Detection Transformer for sinusoids on borehole image logs.
//
// A residual network (He et al. 2016) turns a tile into tokens on a grid of depth x azimuth; a transformer encoder lets them
// see each other; a decoder turns a fixed set of queries into class logits and sinusoids (Carion et al. 2020). Two decoders
// exist:
//
//   - plain, the published system: learned queries, ordinary cross-attention, and one prediction of depth, dip and azimuth, each
//     scaled to [0, 1];
//   - refine, ours: every query carries a sinusoid (depth/height, tan(dip) cos(azimuth), tan(dip) sin(azimuth)), looks along it in
//     each azimuth column (nn.ColumnAttention), and corrects it at every layer.
//
// Both are trained on every layer's output. Geometry is virtual: the tile is Rows rows of RowM metres in a hole of RadiusM,
// whatever the real hole is; conversion is the caller's (see docs/design.md).
package model
