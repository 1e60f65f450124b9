package lis

import "math"

// Code is a representation code: how a value is stored (LIS79, appendix B). Numbers are big endian.
type Code uint8

// The codes of the standard, and two of Schlumberger's dipmeter tapes.
const (
	F16    Code = 49  // 12-bit fraction, 4-bit exponent
	F32Low Code = 50  // 16-bit exponent, 16-bit fraction
	I8     Code = 56  // signed
	Text   Code = 65  // characters
	U8     Code = 66  // unsigned
	F32    Code = 68  // sign, 8-bit exponent, 23-bit fraction
	F32Fix Code = 70  // 16 bits before the binary point, 16 behind it
	I32    Code = 73  // signed
	Mask   Code = 77  // bits
	I16    Code = 79  // signed
	Dip130 Code = 130 // dipmeter edit tape: 5 fast channels of 16 bytes, interleaved
	DipHDT Code = 234 // dipmeter field tape: the same and 10 slow channels of one byte
)

const (
	dipFast = 5  // fast channels of a dipmeter tape: four pads and the speed button
	dipRate = 16 // their samples per frame
	dipSlow = 10 // slow channels

	precisionF16 = 1.0 / 2048 // relative
)

// Bytes returns the size of a value, 0 where the channel says it (text, masks), -1 for an unknown code.
func (c Code) Bytes() int {
	switch c {
	case I8, U8:
		return 1
	case F16, I16:
		return 2
	case F32Low, F32, F32Fix, I32:
		return 4
	case Text, Mask:
		return 0
	case Dip130:
		return dipFast * dipRate
	case DipHDT:
		return dipFast*dipRate + dipSlow
	}
	return -1
}

// numeric tells whether number reads the code.
func (c Code) numeric() bool {
	switch c {
	case F16, F32Low, I8, U8, F32, F32Fix, I32, I16:
		return true
	}
	return false
}

// number decodes one value of a numeric code; b holds at least its bytes.
func (c Code) number(b []byte) float64 {
	switch c {
	case I8:
		return float64(int8(b[0]))
	case U8:
		return float64(b[0])
	case I16:
		return float64(int16(be16(b)))
	case I32:
		return float64(int32(be32(b)))
	case F32Fix:
		return float64(int32(be32(b))) / 65536
	case F16:
		// A two's complement fraction in the high 12 bits (the point behind its sign), an unsigned exponent in the low 4.
		v := be16(b)
		return math.Ldexp(float64(int16(v)>>4), int(v&15)-11)
	case F32Low:
		return math.Ldexp(float64(int16(be16(b[2:]))), int(int16(be16(b)))-15)
	case F32:
		// Negative numbers are the two's complement of the fraction and the one's complement of the exponent.
		v := be32(b)
		fraction, exponent := int32(v&0x7fffff), int(v>>23&0xff)
		if v>>31 != 0 {
			return math.Ldexp(float64(fraction-1<<23), 127-exponent-23)
		}
		return math.Ldexp(float64(fraction), exponent-128-23)
	}
	return math.NaN()
}
