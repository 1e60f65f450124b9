// Package qc checks an image log before it is picked: is the picture whole, does it turn as a tool turns, do caliper and orientation
// belong to it. It changes nothing; it says in one sentence each what was found and what to do.
//
// An Accumulator is fed the rows of a log once, in blocks of any size, and keeps a few hundred kilobytes whatever the log's length: sums,
// and random samples of bounded size for what needs a distribution. The samples are drawn from a fixed seed, so that the same log gives
// the same report.
//
// Terms: a button is a sensor of a pad; it is dead when it reads the same value whatever the rock. Polarity is what dark means:
// conductive, by the field's convention. Stick and slip is the tool hanging and jumping while the cable runs evenly: rows repeat, and
// are then too few.
package qc
