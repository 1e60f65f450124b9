// Package nn is the numeric layer of the network: operations with a forward and a backward pass on []float32.
//
// A network is a static Graph. Operations are added once, for one batch size; each owns its output and, when the graph is built
// for training, the gradient beside it. A step then runs Forward over the list and Backward in reverse order, and allocates
// nothing.
//
// NewInference makes a graph that only predicts: normalisations are folded into the convolutions, values share memory, and every
// worker takes images of its own through the network. It answers as the graph for training does in evaluation, to rounding.
//
// Two shapes of value occur. An Image is NHWC with a stored border, so that convolutions need no special case at the edge: in
// azimuth the border is the wrapped copy (a borehole is a cylinder) or zero, in depth it is always zero. A Mat is a matrix with
// a fixed number of rows per image, whose rows are padded with zeros to a multiple of 32 floats, the width of the kernels.
//
// Gradients of values are accumulated by the backward passes (dx += ...), so a value may have several consumers. Gradients of
// parameters are kept per worker and summed in a fixed order: the same seed and thread count give the same bits.
//
// Forward and backward of an operation stand in one file, side by side, after llm.c.
package nn
