// Package survey reads deviation surveys and says how a hole lies at any measured depth.
//
// A survey is a list of stations: measured depth, inclination from vertical, azimuth of the hole. Between two stations the hole is
// taken to be an arc of a circle whose tangents at the stations are the measured ones, the minimum curvature method: direction and
// position at a depth between them are those of the arc.
//
// Files: text tables with a header line (CSV, tabs, semicolons, blanks), LAS 3.0 with an ~Inclinometry section, and any other LAS with
// curves of depth, deviation and azimuth.
//
// Frame: azimuth clockwise from north, inclination 0 down and 90 level; positions are metres north, east and down (TVD).
//
// Sources: Taylor and Mason (1972), A systematic approach to well surveying calculations, SPE 3362; Sawaryn and Thorogood (2005), A
// compendium of directional calculations based on the minimum curvature method, SPE 84246.
package survey
