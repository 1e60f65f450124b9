// Package loss is the criterion: it matches queries to truths (Hungarian assignment, per decoder layer) and computes the class and
// parameter losses with their gradients.
//
// Sinusoids are in the virtual geometry of the network: depth as a share of the tile's height, and the slope vector
// v = tan(dip) (cos azimuth, sin azimuth). Losses that are normalised "by truths" are sums over the batch divided by its number of
// truths.
package loss
