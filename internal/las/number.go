package las

import (
	"bytes"
	"math"
	"strconv"
)

// Powers of ten that a float64 holds exactly.
var exactPowers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// ParseFloat parses a plain decimal number, with a point or a decimal comma, faster than strconv does: a LAS file is little
// else. What it does not know (exponents, long mantissas) goes to strconv. ok is false for text; infinities give NaN.
func ParseFloat(token []byte) (v float64, ok bool) {
	i, negative := 0, false
	if len(token) > 1 && (token[0] == '-' || token[0] == '+') {
		negative = token[0] == '-'
		i = 1
	}
	// A mantissa below 2^53 divided by an exact power of ten is correctly rounded (Clinger 1990, "How to read floating
	// point numbers accurately").
	var mantissa uint64
	digits, decimals, point := 0, 0, false
	for ; i < len(token); i++ {
		switch c := token[i]; {
		case c >= '0' && c <= '9':
			mantissa = mantissa*10 + uint64(c-'0')
			digits++
			if point {
				decimals++
			}
			if digits > 18 {
				return parseSlow(token)
			}
		case (c == '.' || c == ',') && !point:
			point = true
		default:
			return parseSlow(token)
		}
	}
	if digits == 0 {
		return 0, false
	}
	if mantissa >= 1<<53 {
		return parseSlow(token)
	}
	v = float64(mantissa) / exactPowers[decimals]
	if negative {
		v = -v
	}
	return v, true
}

func parseSlow(token []byte) (float64, bool) {
	if !isNumber(token) {
		return math.NaN(), isInfinite(token)
	}
	text := make([]byte, 0, maxNumberBytes) // stays on the stack
	for _, c := range token {
		switch c {
		case ',':
			c = '.'
		case 'D', 'd': // Fortran writes 1.5D+03
			c = 'e'
		}
		text = append(text, c)
	}
	v, err := strconv.ParseFloat(string(text), 64)
	return v, err == nil // 1e999 is none
}

// maxNumberBytes is the length of the longest number that is read as one.
const maxNumberBytes = 64

// isNumber tells what strconv would read as a decimal number from what it would make an error of, which costs memory: of a column of
// words every one.
func isNumber(token []byte) bool {
	if len(token) > maxNumberBytes {
		return false
	}
	rest := afterSign(token)
	whole := afterDigits(rest)
	digits := len(rest) - len(whole)
	if rest = whole; len(rest) > 0 && (rest[0] == '.' || rest[0] == ',') {
		rest = afterDigits(rest[1:])
		digits += len(whole) - 1 - len(rest)
	}
	if digits == 0 || len(rest) == 0 {
		return digits > 0
	}
	if rest[0]|0x20 != 'e' && rest[0]|0x20 != 'd' {
		return false
	}
	exponent := afterSign(rest[1:])
	return len(exponent) > 0 && len(afterDigits(exponent)) == 0
}

func afterSign(token []byte) []byte {
	if len(token) > 0 && (token[0] == '-' || token[0] == '+') {
		return token[1:]
	}
	return token
}

func afterDigits(token []byte) []byte {
	for len(token) > 0 && token[0] >= '0' && token[0] <= '9' {
		token = token[1:]
	}
	return token
}

// isInfinite recognises the words of strconv and the C library for no finite number.
func isInfinite(token []byte) bool {
	rest := afterSign(token)
	return bytes.EqualFold(rest, []byte("inf")) || bytes.EqualFold(rest, []byte("infinity")) || bytes.EqualFold(token, []byte("nan"))
}
