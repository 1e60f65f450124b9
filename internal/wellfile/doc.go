// Package wellfile opens an image log of any supported format: DLIS (an array channel, or one channel per azimuth), LIS79 likewise,
// NPZ, NPY, LAS (one curve per azimuth), tables of numbers, PNG and TIFF. The content decides the format; a file's name only decides what
// a text is that could be several things. Raw pads of an imaging tool in DLIS, LIS79 or LAS are assembled to an image by package pads.
//
// It fills in what readers of one format cannot know: the well's name, the azimuth reference, which curves are the image and
// which its orientation. Whatever it has to assume is a warning on the log.
package wellfile
