// Package hough finds candidates for sinusoids without learning: a Hough transform whose votes are the answers of matched filters.
//
// A sinusoid in row coordinates is u(phi) = D + A cos(phi) + B sin(phi). Every pixel answers two filters along depth, a step (edge) and a
// ridge or valley (line), each over the local deviation of its answers, so that faint and strong intervals count alike. For every (A, B) of
// a lattice and every row D the answers along the curve are added up:
//
//	z = sum of answers / sqrt(number of columns with wall seen)
//
// which in noise that is independent between columns has variance 1, however much of the wall the pads leave unseen. Edge and line are in
// quadrature (Morrone & Owens 1987): the root of the sum of both squares peaks on the trace, whatever its kind, and does not care about
// polarity. Proposals are the maxima over depth and lattice.
//
// Coarse and fine: a level sees the image averaged over twice the rows of the one before, with half of the lattice's density and twice
// its reach. Steep sinusoids, which sweep many rows within one column, are for the coarse levels; sharp ones for the fine.
//
// The transform of boreholes' sinusoids: Thapa, Hughett & Karasaki, Geophysics 62 (1997) 129.
package hough
