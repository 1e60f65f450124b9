// Package segment is the other way to find sinusoids, which GeoBFDT is compared with: a small encoder-decoder says of every pixel how
// likely a trace runs through it, and sinusoids are fitted to what it marks afterwards. It exists to put the question of VeerNet (Nasim et
// al. 2023), which of five losses to train such a network with, to image logs; geobfdt ablate asks it (task: segmentation).
//
// # Terms
//
// A mask has Classes channels for each pixel, bedding and fracture, each 1 on a trace of that class and 0 elsewhere: a pixel where two
// traces cross may be both, so the channels are two yes-or-no questions (sigmoids), not one choice. Traces are drawn Options.LineM thick.
// Only pixels of wall that the tool saw are learned from, counted and fitted to: what is in a gap nobody can check.
//
// Coordinates are those of package tile: row i spans [i, i+1), column j of n is centred at phi = 2 pi (j + 0.5) / n, a sinusoid is
// u(phi) = D + A cos(phi) + B sin(phi), rows.
//
// # Parts
//
//	Net        the encoder-decoder, on package nn
//	Criterion  the losses, with their gradients
//	Source     tiles of a tile store with their masks
//	Run        the training: a folder with metrics.jsonl, last.safetensors, best.safetensors
//	Picker     a well -> Map of probabilities -> runs -> sinusoids (Fit)
//	Counts     IoU and F1 of masks
//
// What is not used here of a configuration: model and loss, and of pick everything but threshold, overlap, batch, the merging of refined
// curves and the conversion to picks. In particular no curve is moved on the image afterwards: the mask alone has to carry it.
package segment
