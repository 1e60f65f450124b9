package lis

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/geobfdt/geobfdt/internal/damage"
)

// Direction is the way that the index runs through the file.
type Direction int

// Directions of logging: Up has the deepest frame first.
const (
	NoDirection Direction = iota
	Up
	Down
)

// String returns up, down or none.
func (d Direction) String() string {
	switch d {
	case Up:
		return "up"
	case Down:
		return "down"
	}
	return "none"
}

// Entry types of a format specification.
const (
	entryEnd         = 0
	entryDataType    = 1
	entryDirection   = 4
	entrySpacing     = 8
	entrySpacingUnit = 9
	entryAbsent      = 12
	entryIndexMode   = 13
	entryIndexUnit   = 14
	entryIndexCode   = 15
	specBlockBytes   = 40
	entryHeaderBytes = 3
	defaultAbsent    = -999.25
	defaultUnit      = ".1IN"
)

// Entry is one setting of a format specification.
type Entry struct {
	Type   uint8
	Number float64 // NaN for text
	Text   string
}

// Format is a data format specification record and what is known of the data behind it.
type Format struct {
	Record   Record
	Entries  []Entry
	Channels []Channel // in the order of the frame; suppressed ones are left out

	Direction     Direction
	Spacing       float64 // between frames, in IndexUnit, positive; NaN if the file does not say
	IndexUnit     string  // such as .1IN, FEET, M, S
	IndexInRecord bool    // the index stands once per data record; else Channels[0] is the index
	Absent        float64 // the value that stands for a missing one

	Frames  int64 // whole frames in the file
	Records int64 // data records

	Err error // why the frames cannot be read, nil if they can

	file        *File
	dataType    Type
	indexCode   Code
	frameBytes  int
	first, last Record // data records
	anyType     bool   // data records of both types are this format's: there is no other
}

// Channel is one curve of a format.
type Channel struct {
	Mnemonic     string // may occur more than once in a format
	Unit         string
	ServiceID    string // tool
	ServiceOrder string
	Parent       string // for the parts of a dipmeter channel, the mnemonic of the whole
	FileNumber   int
	Code         Code
	Samples      int   // per frame; more than 1 for a fast channel
	Entries      int   // values per sample
	Err          error // why its values cannot be read, nil if they can

	offset, bytes int // in the frame
	stride        int // from sample to sample, bytes
}

// Values returns how many numbers a frame holds of the channel.
func (c *Channel) Values() int { return c.Samples * c.Entries }

// MetresPer returns how many metres a unit of the index is; ok is false if it is not a length (time).
func (f *Format) MetresPer() (metres float64, ok bool) { return metresPer(f.IndexUnit) }

// metresPer knows the units of length that LIS79 files use, four characters at most.
func metresPer(unit string) (float64, bool) {
	switch strings.ToUpper(strings.TrimSpace(unit)) {
	case "M", "METR", "METE":
		return 1, true
	case "F", "FT", "FEET", "FOOT":
		return 0.3048, true
	case "IN", "INCH", "INCS", "INS":
		return 0.0254, true
	case ".1IN", "0.1I":
		return 0.00254, true
	case ".5IN":
		return 0.0127, true
	case "DM":
		return 0.1, true
	case "CM":
		return 0.01, true
	case "MM":
		return 0.001, true
	}
	return 0, false
}

// parseFormat reads a data format specification record. What is wrong with it is in Err of the format or of its channels; an error
// is the caller's, from a report.
func (f *File) parseFormat(r Record, b []byte) (*Format, error) {
	out := &Format{
		Record: r, file: f, Direction: Up, Spacing: math.NaN(), IndexUnit: defaultUnit, Absent: defaultAbsent,
	}
	entries, rest, bad := f.parseEntries(b)
	out.Entries = entries
	spacingUnit := out.apply()
	if bad == nil {
		bad = f.parseChannels(out, rest)
	}
	if bad == nil {
		bad = out.checkIndex(spacingUnit)
	}
	if bad != nil {
		out.Err = fmt.Errorf("%w: format at byte %d: %w", ErrDamaged, r.Offset, bad)
		return out, f.s.report(damage.Major, r.Offset, "format cannot be used: %v", bad)
	}
	return out, nil
}

// parseEntries reads the entry blocks and returns what follows their terminator.
func (f *File) parseEntries(b []byte) (entries []Entry, rest []byte, err error) {
	for {
		if len(b) < entryHeaderBytes {
			return entries, b, fmt.Errorf("it ends after %d entries without their terminator", len(entries))
		}
		kind, size, code := b[0], int(b[1]), Code(b[2])
		b = b[entryHeaderBytes:]
		if len(b) < size {
			return entries, b, fmt.Errorf("entry %d of %d bytes is cut: %d left", kind, size, len(b))
		}
		value := b[:size]
		b = b[size:]
		entry := Entry{Type: kind, Number: math.NaN()}
		switch {
		case size == 0:
		case code == Text || code == Mask:
			entry.Text = f.texts.name(value)
		case code.numeric() && size >= code.Bytes():
			entry.Number = code.number(value)
		default:
			return entries, b, fmt.Errorf("entry %d has representation code %d and %d bytes", kind, uint8(code), size)
		}
		if size > 0 {
			if err := f.charge(entryBytes + len(entry.Text)); err != nil {
				return entries, b, err
			}
			entries = append(entries, entry)
		}
		if kind == entryEnd {
			return entries, b, nil
		}
	}
}

// apply sets the format's fields from its entries; later entries of a type win. Absent entries keep the standard's defaults.
func (out *Format) apply() (spacingUnit string) {
	spacingUnit = defaultUnit
	for _, e := range out.Entries {
		switch e.Type {
		case entryDataType:
			if e.Number == 1 {
				out.dataType = AlternateData
			}
		case entryDirection:
			out.Direction = NoDirection
			switch e.Number {
			case 1:
				out.Direction = Up
			case 255:
				out.Direction = Down
			}
		case entrySpacing:
			out.Spacing = math.Abs(e.Number)
		case entrySpacingUnit:
			spacingUnit = e.Text
		case entryAbsent:
			if !math.IsNaN(e.Number) {
				out.Absent = e.Number
			}
		case entryIndexMode:
			out.IndexInRecord = e.Number == 1
		case entryIndexUnit:
			out.IndexUnit = e.Text
		case entryIndexCode:
			if e.Number >= 0 && e.Number < 256 {
				out.indexCode = Code(e.Number)
			}
		}
	}
	return spacingUnit
}

// parseChannels reads the channel blocks, 40 bytes each. Their two subtypes differ in API codes and process
// indicators only, which nothing here needs.
func (f *File) parseChannels(out *Format, b []byte) error {
	offset := 0
	out.Channels = make([]Channel, 0, min(countChannels(b), int(f.room()/int64(channelBytes))))
	for ; len(b) >= specBlockBytes; b = b[specBlockBytes:] {
		if err := f.charge(channelBytes); err != nil {
			return err
		}
		c := Channel{
			Mnemonic: f.texts.name(b[:4]), ServiceID: f.texts.name(b[4:10]), ServiceOrder: f.texts.name(b[10:18]), Unit: f.texts.name(b[18:22]),
			FileNumber: int(be16(b[26:])), Samples: int(b[33]), Code: Code(b[34]), offset: offset,
		}
		size := int(int16(be16(b[28:])))
		if size < 0 {
			// Suppressed: its bytes are there, its values are not to be used.
			offset -= size
			continue
		}
		c.bytes = size
		offset += size
		if size > 0 && size == c.Code.Bytes() && c.Samples == 1 && (c.Code == Dip130 || c.Code == DipHDT) {
			if err := f.charge(channelBytes * (dipFast + dipSlow - 1)); err != nil {
				return err
			}
			out.Channels = appendDipmeter(out.Channels, c)
			continue
		}
		if c.Err = c.shape(); c.Err != nil {
			if err := f.s.report(damage.Major, out.Record.Offset, "channel %s cannot be read: %v", c.Mnemonic, c.Err); err != nil {
				return err
			}
		}
		out.Channels = append(out.Channels, c)
	}
	out.frameBytes = offset
	if len(b) > 0 {
		return fmt.Errorf("it ends in a channel block of %d of %d bytes", len(b), specBlockBytes)
	}
	return nil
}

// countChannels returns how many channels the blocks become at the most.
func countChannels(b []byte) (n int) {
	for ; len(b) >= specBlockBytes; b = b[specBlockBytes:] {
		n++
		if code := Code(b[34]); code == Dip130 || code == DipHDT {
			n += dipFast + dipSlow - 1
		}
	}
	return n
}

// shape finds the entries per sample from the bytes per frame.
func (c *Channel) shape() error {
	value := c.Code.Bytes()
	switch {
	case value < 0 || c.Code == Dip130 || c.Code == DipHDT:
		return fmt.Errorf("representation code %d with %d samples of %d bytes in all is unknown", uint8(c.Code), c.Samples, c.bytes)
	case c.bytes == 0:
		return errors.New("it has no bytes")
	case c.Samples == 0:
		return errors.New("it has 0 samples")
	case c.bytes%c.Samples != 0:
		return fmt.Errorf("%d bytes are not %d samples", c.bytes, c.Samples)
	}
	c.stride = c.bytes / c.Samples
	if value == 0 {
		c.Entries = 1
		return nil
	}
	if c.stride%value != 0 {
		return fmt.Errorf("a sample of %d bytes does not hold values of %d", c.stride, value)
	}
	c.Entries = c.stride / value
	return nil
}

// The curves of a dipmeter tape.
var (
	dipFastNames = [dipFast]string{"FC0", "FC1", "FC2", "FC3", "FC4"}
	dipSlowNames = [dipSlow]string{"STAT", "REF", "REFC", "EMEX", "PADP", "TEMP", "FEP1", "FEP2", "RAC1", "RAC2"}
)

// appendDipmeter splits the one channel of a dipmeter tape into its curves. The tool's five pads and its reference are sampled 16
// times per frame, interleaved; ten slow curves follow on field tapes. Names are those in use (TotalDepth's among others).
func appendDipmeter(parts []Channel, whole Channel) []Channel {
	part := whole
	part.Parent, part.Code, part.Entries = whole.Mnemonic, U8, 1
	for i, name := range dipFastNames {
		part.Mnemonic = name
		part.Samples, part.offset, part.stride, part.bytes = dipRate, whole.offset+i, dipFast, dipRate
		parts = append(parts, part)
	}
	if whole.Code == Dip130 {
		return parts // has no slow ones
	}
	for i, name := range dipSlowNames {
		part.Mnemonic = name
		part.Samples, part.offset, part.stride, part.bytes = 1, whole.offset+dipFast*dipRate+i, 1, 1
		parts = append(parts, part)
	}
	return parts
}

// checkIndex makes sure that frames can be placed.
func (out *Format) checkIndex(spacingUnit string) error {
	if out.frameBytes == 0 {
		return errors.New("it has no channels with data")
	}
	if !out.IndexInRecord {
		if len(out.Channels) == 0 {
			return errors.New("its index channel is suppressed")
		}
		index := out.Channels[0]
		if index.Err != nil {
			return fmt.Errorf("its index channel %s: %w", index.Mnemonic, index.Err)
		}
		if !index.Code.numeric() || index.Values() != 1 {
			return fmt.Errorf("its index channel %s holds %d values of representation code %d: one number is needed", index.Mnemonic, index.Values(), uint8(index.Code))
		}
		out.IndexUnit = index.Unit
	} else {
		switch {
		case !out.indexCode.numeric():
			return fmt.Errorf("its index has representation code %d", uint8(out.indexCode))
		case math.IsNaN(out.Spacing):
			return errors.New("its index is written once per record, but the spacing is not")
		case out.Direction == NoDirection:
			return errors.New("its index is written once per record, but neither up nor down")
		}
	}
	from, known := metresPer(spacingUnit)
	to, alsoKnown := metresPer(out.IndexUnit)
	if known && alsoKnown && from != to {
		out.Spacing *= from / to
	}
	return nil
}
