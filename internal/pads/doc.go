// Package pads turns what the buttons of a pad imaging tool recorded into an image of the borehole wall.
//
// Terms. An arm presses plates (a pad, and for some tools a flap beside it) against the wall; a plate carries buttons in one or
// more staggered rows. The measure point is the place of the tool that recorded depth belongs to; a row of buttons lies offset
// metres below it. Arms are numbered from 1, clockwise looking down the hole; pad 1 is the pad of arm 1, and its azimuth is that of
// the middle of the arm.
//
// The steps of Assemble: depth is corrected for the motion of the tool where there are an axial accelerometer and time (speed.go);
// every button is brought to the level and contrast of its pad, and every pad to those of the tool, in a running window
// (equalise.go); every button's reading is laid on the wall at the depth of its row and the azimuth of its place (assemble.go).
// Between plates nothing is filled: gaps stay gaps.
//
// Depths are metres of measured depth, lengths on the tool inches as in the tools' data sheets, azimuths degrees clockwise looking
// down.
package pads
