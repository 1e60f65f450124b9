package dlis

import (
	"fmt"
	"time"
)

// Code is a representation code: how a value is written (appendix B).
type Code uint8

// Representation codes.
const (
	FSHORT Code = iota + 1 // 16 bits: 12-bit fraction, 4-bit exponent
	FSINGL                 // IEEE single
	FSING1                 // validated: value, bound
	FSING2                 // validated: value, two bounds
	ISINGL                 // IBM single
	VSINGL                 // VAX single
	FDOUBL                 // IEEE double
	FDOUB1                 // validated double
	FDOUB2                 // validated double, two bounds
	CSINGL                 // complex of singles
	CDOUBL                 // complex of doubles
	SSHORT                 // int8
	SNORM                  // int16
	SLONG                  // int32
	USHORT                 // uint8
	UNORM                  // uint16
	ULONG                  // uint32
	UVARI                  // 1, 2 or 4 bytes
	IDENT                  // text of up to 255 bytes
	ASCII                  // text of any length
	DTIME                  // date and time to the millisecond
	ORIGIN                 // number of an ORIGIN object
	OBNAME                 // ObName
	OBJREF                 // ObjRef
	ATTREF                 // AttRef
	STATUS                 // 0 or 1
	UNITS                  // text that is a unit
)

// codes holds name and size of each code; size is the bytes of a value, or 0 where it varies.
var codes = [...]struct {
	name string
	size int
}{
	FSHORT: {"FSHORT", 2}, FSINGL: {"FSINGL", 4}, FSING1: {"FSING1", 8}, FSING2: {"FSING2", 12}, ISINGL: {"ISINGL", 4},
	VSINGL: {"VSINGL", 4}, FDOUBL: {"FDOUBL", 8}, FDOUB1: {"FDOUB1", 16}, FDOUB2: {"FDOUB2", 24}, CSINGL: {"CSINGL", 8},
	CDOUBL: {"CDOUBL", 16}, SSHORT: {"SSHORT", 1}, SNORM: {"SNORM", 2}, SLONG: {"SLONG", 4}, USHORT: {"USHORT", 1},
	UNORM: {"UNORM", 2}, ULONG: {"ULONG", 4}, UVARI: {"UVARI", 0}, IDENT: {"IDENT", 0}, ASCII: {"ASCII", 0}, DTIME: {"DTIME", 8},
	ORIGIN: {"ORIGIN", 0}, OBNAME: {"OBNAME", 0}, OBJREF: {"OBJREF", 0}, ATTREF: {"ATTREF", 0}, STATUS: {"STATUS", 1}, UNITS: {"UNITS", 0},
}

// Valid tells whether the standard defines the code.
func (c Code) Valid() bool { return c >= FSHORT && c <= UNITS }

// Size returns the bytes of one value, or 0 where they vary from value to value or the code is not valid.
func (c Code) Size() int {
	if !c.Valid() {
		return 0
	}
	return codes[c].size
}

// Numeric tells whether a value is one real number, possibly with bounds.
func (c Code) Numeric() bool {
	return c >= FSHORT && c <= FDOUB2 || c >= SSHORT && c <= UVARI || c == ORIGIN || c == STATUS
}

// String returns the name in the standard.
func (c Code) String() string {
	if !c.Valid() {
		return fmt.Sprintf("code %d", uint8(c))
	}
	return codes[c].name
}

// ObName names an object within its type and logical file.
type ObName struct {
	Origin uint32
	Copy   uint8
	ID     string
}

// String returns ID.origin.copy.
func (n ObName) String() string { return fmt.Sprintf("%s.%d.%d", n.ID, n.Origin, n.Copy) }

// ObjRef names an object of any type.
type ObjRef struct {
	Type string
	Name ObName
}

// AttRef names an attribute of an object.
type AttRef struct {
	Type  string
	Name  ObName
	Label string
}

// Validated is a value with bounds of its error: one, B, that holds both ways (FSING1, FDOUB1: A == B), or A below and B above.
type Validated struct{ Value, A, B float64 }

// Zones of DateTime.
const (
	LocalStandard = iota
	LocalDaylight
	Greenwich
)

// DateTime is a date and time as written, which may be no valid date.
type DateTime struct {
	Year, Zone, Month, Day, Hour, Minute, Second, Millisecond int
}

// Time returns the time; ok is false for a date that does not exist. The zone is UTC even where the file means local time, of
// which it does not say where.
func (d DateTime) Time() (t time.Time, ok bool) {
	t = time.Date(d.Year, time.Month(d.Month), d.Day, d.Hour, d.Minute, d.Second, d.Millisecond*1e6, time.UTC)
	ok = int(t.Month()) == d.Month && t.Day() == d.Day && t.Hour() == d.Hour && t.Minute() == d.Minute && t.Second() == d.Second
	return t, ok
}
