package wellfile

import (
	"github.com/geobfdt/geobfdt/internal/dlis"
	"github.com/geobfdt/geobfdt/internal/las"
	"github.com/geobfdt/geobfdt/internal/lis"
	"github.com/geobfdt/geobfdt/internal/pads"
)

// padSource is a table of a file that raw pads and their curves are read from: a frame of DLIS, a format of LIS79, the curves of LAS.
type padSource interface {
	// name tells the table from others of the file.
	name() string
	// channels returns the channels that hold numbers, in order; others have no name. units are theirs.
	channels() (channels []pads.Channel, units []string)
	// visit reads the channels at the given positions, row by row in the order of the file.
	visit(wanted []int, use func(row padRow)) error
}

// padRow is a row of a padSource; k counts the channels that were asked for.
type padRow interface {
	depthM() float64
	Float64(k int) float64
	Float32s(dst []float32, k int) []float32
}

// dlisSource is a frame of a DLIS file.
type dlisSource struct {
	frame *dlis.Frame
	axis  depthAxis
}

func (s dlisSource) name() string { return "frame " + s.frame.Name.ID }

func (s dlisSource) channels() (channels []pads.Channel, units []string) {
	for i, c := range s.frame.Channels {
		one := pads.Channel{Dimension: c.Dimension}
		if c.Code.Numeric() && i != s.axis.channel {
			one.Name = c.Name.ID
		}
		channels, units = append(channels, one), append(units, c.Units)
	}
	return channels, units
}

func (s dlisSource) visit(wanted []int, use func(padRow)) error {
	depth := len(wanted)
	if s.axis.channel >= 0 {
		wanted = append(wanted[:depth:depth], s.axis.channel)
	}
	rows, err := s.frame.Rows(wanted...)
	if err != nil {
		return err
	}
	for rows.Next() {
		use(dlisRow{rows, s.axis, depth})
	}
	return rows.Err()
}

type dlisRow struct {
	*dlis.Rows
	axis  depthAxis
	depth int
}

func (r dlisRow) depthM() float64 { return r.axis.at(r.Rows, r.depth) }

// dlisSources returns the frames of a logical file that have depth and rows.
func dlisSources(l *dlis.LogicalFile) []padSource {
	frames, _ := l.Frames() // candidates has looked at the error
	var all []padSource
	for _, frame := range frames {
		if axis, ok := findDepth(frame); ok && frame.Records > 0 {
			all = append(all, dlisSource{frame, axis})
		}
	}
	return all
}

// lisSource is a format of a LIS79 file.
type lisSource struct {
	format *lis.Format
	depth  lisDepth
}

func (s lisSource) name() string { return "format" }

func (s lisSource) channels() (channels []pads.Channel, units []string) {
	for i, c := range s.format.Channels {
		one := pads.Channel{Dimension: []int{c.Entries}}
		if c.Err == nil && c.Samples >= 1 && c.Entries >= 1 && c.Code != lis.Text && c.Code != lis.Mask && !isLISIndex(s.format, i) && i != s.depth.channel {
			one.Name = c.Mnemonic
		}
		channels, units = append(channels, one), append(units, c.Unit)
	}
	return channels, units
}

// visit reads as many rows from a frame as the fastest of the channels has samples in it; slower ones repeat theirs.
func (s lisSource) visit(wanted []int, use func(padRow)) error {
	frames, err := s.format.NewReader()
	if err != nil {
		return err
	}
	fastest, samples := -1, 1
	for _, c := range wanted {
		if n := s.format.Channels[c].Samples; n > samples {
			fastest, samples = c, n
		}
	}
	row := &lisRow{values: make([][]float64, len(wanted)), samples: samples}
	for _, c := range wanted {
		row.entries = append(row.entries, s.format.Channels[c].Entries)
	}
	for frames.Next() {
		for k, c := range wanted {
			row.values[k] = append(row.values[k][:0], frames.Values(c)...)
		}
		for row.sample = range samples {
			switch {
			case s.depth.channel >= 0:
				row.depth = frames.Values(s.depth.channel)[0] * s.depth.metres
			case fastest >= 0:
				row.depth = frames.SampleIndex(fastest, row.sample) * s.depth.metres
			default:
				row.depth = frames.Index() * s.depth.metres
			}
			use(row)
		}
	}
	return frames.Err()
}

type lisRow struct {
	values          [][]float64 // of the frame: [samples * entries]
	entries         []int
	samples, sample int
	depth           float64
}

func (r *lisRow) depthM() float64 { return r.depth }

// now returns the entries of the sample that belongs to the row.
func (r *lisRow) now(k int) []float64 {
	n := r.entries[k]
	at := r.sample * (len(r.values[k]) / n) / r.samples
	return r.values[k][at*n : (at+1)*n]
}

func (r *lisRow) Float64(k int) float64 { return r.now(k)[0] }

func (r *lisRow) Float32s(dst []float32, k int) []float32 {
	for _, v := range r.now(k) {
		dst = append(dst, float32(v))
	}
	return dst
}

// lasSource is a LAS file whose depth is known.
type lasSource struct {
	file  *las.File
	depth []float64
}

func (s lasSource) name() string { return "curves" }

func (s lasSource) channels() (channels []pads.Channel, units []string) {
	for i, c := range s.file.Curves {
		one := pads.Channel{Dimension: []int{1}}
		if i > 0 { // the first is the index
			one.Name = c.Mnemonic
		}
		channels, units = append(channels, one), append(units, c.Unit)
	}
	return channels, units
}

func (s lasSource) visit(wanted []int, use func(padRow)) error {
	for i := range s.depth {
		use(lasRow{s, wanted, i})
	}
	return nil
}

type lasRow struct {
	lasSource
	wanted []int
	row    int
}

func (r lasRow) depthM() float64       { return r.depth[r.row] }
func (r lasRow) Float64(k int) float64 { return r.file.Curves[r.wanted[k]].Values[r.row] }
func (r lasRow) Float32s(dst []float32, k int) []float32 {
	return append(dst, float32(r.Float64(k)))
}
