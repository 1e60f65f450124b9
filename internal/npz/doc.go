// Package npz reads and writes NumPy files: single arrays (.npy) and image logs (.npz, a zip of arrays).
//
// Keys of an image log in an .npz file:
//
//	image                    [rows, columns], NaN where no wall was seen; or `rgb`, uint8 [rows, columns, 3], read as luminance
//	depth_m                  [rows], metres; or the scalars ref_depth_m (depth of the deepest row) and step_m
//	devi_deg, hazi_deg,      [rows] or scalar, optional
//	p1no_deg, rb_deg,
//	c1_in, c2_in, bs_in
//	well, azimuth_reference  strings, optional
//	declination_deg          scalar, optional
//
// The format is described in https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html. The parser is our own
// because the files are not trusted: sizes in a header never decide how much memory is taken before the data is there.
package npz
