package dlis

import (
	"encoding/binary"
	"math"
)

// The functions of this file take a value off the front of b. They return ok false, and say nothing else, where b is too short
// or the code not valid.

// uvari reads an integer of 1, 2 or 4 bytes, told by the first two bits (B.18).
func uvari(b []byte) (v uint32, rest []byte, ok bool) {
	switch {
	case len(b) >= 1 && b[0] < 0x80:
		return uint32(b[0]), b[1:], true
	case len(b) >= 2 && b[0]&0xc0 == 0x80:
		return uint32(binary.BigEndian.Uint16(b) & 0x3fff), b[2:], true
	case len(b) >= 4 && b[0]&0xc0 == 0xc0:
		return binary.BigEndian.Uint32(b) & 0x3fffffff, b[4:], true
	}
	return 0, b, false
}

// ident reads a text with a length byte.
func ident(b []byte) (text, rest []byte, ok bool) {
	if len(b) < 1 || len(b)-1 < int(b[0]) {
		return nil, b, false
	}
	n := 1 + int(b[0])
	return b[1:n], b[n:], true
}

// ascii reads a text with a UVARI length.
func ascii(b []byte) (text, rest []byte, ok bool) {
	n, rest, ok := uvari(b)
	if !ok || uint64(len(rest)) < uint64(n) {
		return nil, b, false
	}
	return rest[:n], rest[n:], true
}

// skipObname returns the bytes after an OBNAME.
func skipObname(b []byte) (rest []byte, ok bool) {
	_, rest, ok = uvari(b)
	if !ok || len(rest) < 1 {
		return b, false
	}
	_, rest, ok = ident(rest[1:])
	return rest, ok
}

// skip returns the bytes after one value.
func skip(c Code, b []byte) (rest []byte, ok bool) {
	if n := c.Size(); n > 0 {
		if len(b) < n {
			return b, false
		}
		return b[n:], true
	}
	switch c {
	case UVARI, ORIGIN:
		_, rest, ok = uvari(b)
	case IDENT, UNITS:
		_, rest, ok = ident(b)
	case ASCII:
		_, rest, ok = ascii(b)
	case OBNAME:
		rest, ok = skipObname(b)
	case OBJREF, ATTREF:
		if _, rest, ok = ident(b); ok {
			rest, ok = skipObname(rest)
		}
		if ok && c == ATTREF {
			_, rest, ok = ident(rest)
		}
	}
	return rest, ok
}

// skipN returns the bytes after n values.
func skipN(c Code, n uint64, b []byte) (rest []byte, ok bool) {
	if size := c.Size(); size > 0 {
		if n > uint64(len(b)/size) {
			return b, false
		}
		return b[n*uint64(size):], true
	}
	for ok = c.Valid(); n > 0 && ok; n-- { // each value takes a byte at least
		b, ok = skip(c, b)
	}
	return b, ok
}

// number reads a value as a real number; of validated values the value. It is NaN for codes that are not Numeric.
func number(c Code, b []byte) (v float64, rest []byte, ok bool) {
	if c == UVARI || c == ORIGIN {
		u, rest, ok := uvari(b)
		return float64(u), rest, ok
	}
	rest, ok = skip(c, b)
	if !ok {
		return math.NaN(), b, false
	}
	return fixedNumber(c, b), rest, true
}

// fixedNumber reads a number of fixed size; b is long enough.
func fixedNumber(c Code, b []byte) float64 {
	switch c {
	case FSHORT:
		v := binary.BigEndian.Uint16(b)
		// The upper 12 bits are a fraction in two's complement, the lower 4 its exponent.
		return math.Ldexp(float64(int16(v)>>4)/2048, int(v&15))
	case FSINGL, FSING1, FSING2:
		return float64(math.Float32frombits(binary.BigEndian.Uint32(b)))
	case ISINGL:
		return ibmSingle(binary.BigEndian.Uint32(b))
	case VSINGL:
		return vaxSingle(b)
	case FDOUBL, FDOUB1, FDOUB2:
		return math.Float64frombits(binary.BigEndian.Uint64(b))
	case SSHORT:
		return float64(int8(b[0]))
	case SNORM:
		return float64(int16(binary.BigEndian.Uint16(b)))
	case SLONG:
		return float64(int32(binary.BigEndian.Uint32(b)))
	case USHORT, STATUS:
		return float64(b[0])
	case UNORM:
		return float64(binary.BigEndian.Uint16(b))
	case ULONG:
		return float64(binary.BigEndian.Uint32(b))
	}
	return math.NaN()
}

// ibmSingle reads IBM System/360 floating point: sign, exponent to the base 16 in excess of 64, fraction of 24 bits.
func ibmSingle(bits uint32) float64 {
	v := math.Ldexp(float64(bits&0xffffff)/(1<<24), 4*(int(bits>>24&0x7f)-64))
	if bits>>31 == 1 {
		return -v
	}
	return v
}

// vaxSingle reads VAX F_floating: pairs of bytes swapped, exponent in excess of 128, fraction 0.1f. A zero exponent is 0, or
// with the sign bit an undefined value.
func vaxSingle(b []byte) float64 {
	sign, exponent := b[1]>>7, int(b[1]&0x7f)<<1|int(b[0]>>7)
	if exponent == 0 {
		if sign == 1 {
			return math.NaN()
		}
		return 0
	}
	fraction := 1<<23 | uint32(b[0]&0x7f)<<16 | uint32(b[3])<<8 | uint32(b[2])
	v := math.Ldexp(float64(fraction)/(1<<24), exponent-128)
	if sign == 1 {
		return -v
	}
	return v
}

// value reads a value as the Go type that suits it: float64, Validated, complex128, int64, string, DateTime, ObName, ObjRef,
// AttRef or bool.
func (t texts) value(c Code, b []byte) (v any, rest []byte, ok bool) {
	rest, ok = skip(c, b)
	if !ok {
		return nil, b, false
	}
	switch c {
	case FSING1:
		bound := fixedNumber(FSINGL, b[4:])
		v = Validated{fixedNumber(FSINGL, b), bound, bound}
	case FSING2:
		v = Validated{fixedNumber(FSINGL, b), fixedNumber(FSINGL, b[4:]), fixedNumber(FSINGL, b[8:])}
	case FDOUB1:
		bound := fixedNumber(FDOUBL, b[8:])
		v = Validated{fixedNumber(FDOUBL, b), bound, bound}
	case FDOUB2:
		v = Validated{fixedNumber(FDOUBL, b), fixedNumber(FDOUBL, b[8:]), fixedNumber(FDOUBL, b[16:])}
	case FSHORT, FSINGL, ISINGL, VSINGL, FDOUBL:
		v = fixedNumber(c, b)
	case CSINGL:
		v = complex(fixedNumber(FSINGL, b), fixedNumber(FSINGL, b[4:]))
	case CDOUBL:
		v = complex(fixedNumber(FDOUBL, b), fixedNumber(FDOUBL, b[8:]))
	case SSHORT, SNORM, SLONG, USHORT, UNORM, ULONG:
		v = int64(fixedNumber(c, b))
	case UVARI, ORIGIN:
		u, _, _ := uvari(b)
		v = int64(u)
	case IDENT, UNITS:
		text, _, _ := ident(b)
		v = t.decode(text)
	case ASCII:
		text, _, _ := ascii(b)
		v = t.decode(text)
	case DTIME:
		v = DateTime{1900 + int(b[0]), int(b[1] >> 4), int(b[1] & 15), int(b[2]), int(b[3]), int(b[4]), int(b[5]), int(binary.BigEndian.Uint16(b[6:]))}
	case OBNAME:
		v, _ = t.obname(b)
	case OBJREF:
		kind, after, _ := ident(b)
		name, _ := t.obname(after)
		v = ObjRef{t.decode(kind), name}
	case ATTREF:
		kind, after, _ := ident(b)
		name, after := t.obname(after)
		label, _, _ := ident(after)
		v = AttRef{t.decode(kind), name, t.decode(label)}
	case STATUS:
		v = b[0] != 0
	}
	return v, rest, true
}

// obname reads an OBNAME that skipObname has found whole.
func (t texts) obname(b []byte) (name ObName, rest []byte) {
	name.Origin, rest, _ = uvari(b)
	name.Copy = rest[0]
	id, rest, _ := ident(rest[1:])
	name.ID = t.decode(id)
	return name, rest
}
