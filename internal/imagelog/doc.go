// Package imagelog holds a borehole image log: depth axis, image, mask of wall seen, orientation curves, caliper, and the azimuth
// reference. It knows no file format and no geology.
//
// A log is in memory unless it was built with a Storage that puts long images into a temporary file; then it gives its image in
// sections, and depth and curves, which are small, stay in memory. Results do not depend on it.
package imagelog

import "gorgonia.org/tensor"

// Reference names what azimuth 0 of an image is.
type Reference string

// Azimuth references.
const (
	RefNorth    Reference = "north"    // true north
	RefMagnetic Reference = "magnetic" // magnetic north; add DeclinationDeg for true
	RefHighSide Reference = "highside" // top of the hole
	RefUnknown  Reference = "unknown"  // the file does not say; azimuths are relative to column 0
)

// Log is an image log. Rows are ordered by increasing measured depth.
type Log struct {
	Well   string // well name, or the file's base name when the file does not say
	Source string // file it was read from

	DepthM []float64     // [rows] measured depth of each row's centre, metres, strictly ascending
	Image  *tensor.Dense // float32 [rows, columns]; any value where Mask is false; nil where the log is not InMemory
	Mask   []bool        // [rows*columns] true where the tool saw the wall; likewise

	Reference      Reference
	DeclinationDeg float64

	// Optional curves, nil or [rows]; NaN where absent.
	DeviDeg, HaziDeg []float64 // hole deviation from vertical, hole azimuth
	P1NODeg, RBDeg   []float64 // pad 1 azimuth, relative bearing
	C1In, C2In, BSIn []float64 // calipers and bit size, inches
	C3In             []float64 // the third diameter of a six-arm caliper, inches

	Warnings []string // doubtful but usable: what was assumed while reading

	rows    *spooledRows // nil where the log is InMemory
	storage Storage      // what the log was built with
}
