// Package tile turns image logs and labels into the tiles that the network sees, augments them, and keeps them on disk.
//
// # Terms
//
// A Grid is a log resampled to rows of Options.RowM metres and Options.Columns azimuth columns. A tile is Options.Rows
// consecutive rows of it. Row coordinates count rows from the top edge of the tile (or grid): row i spans [i, i+1), its centre
// is at i + 0.5. A sinusoid in row coordinates is u(phi) = D + A cos(phi) + B sin(phi), all three in rows; column j of n is
// centred at phi = 2 pi (j + 0.5) / n.
//
// # Input of the network
//
// Tiles are float32 [rows, columns, channels], channels last: the image channel or channels that Options.Image names, then the
// mask of wall seen (1 or 0) where Options.MaskChannel is set. Gaps are 0 in every channel; NaN never gets in.
//
// # Symmetries
//
// The borehole wall is a cylinder, so a tile rolled in azimuth, mirrored in azimuth or turned upside down is as good a tile as
// the one that it came from, once its labels are turned with it. See Roll, Mirror and Flip.
//
// # Store
//
// A store is a folder with manifest.json and shards of tiles as NPY files; see Writer and Reader. The split into training and
// test tiles is by well unless asked otherwise: overlapping tiles of one well on both sides of a split leak.
package tile
