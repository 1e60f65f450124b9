package las

import (
	"math"
	"strconv"
	"strings"
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
	if len(token) > 64 {
		return 0, false
	}
	text := strings.Replace(string(token), ",", ".", 1)
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || strings.ContainsAny(text, "xXpP_") { // hexadecimal is text here
		// Fortran writes 1.5D+03.
		v, err = strconv.ParseFloat(strings.NewReplacer("D", "E", "d", "e").Replace(text), 64)
		if err != nil || strings.ContainsAny(text, "xXpP_") {
			return 0, false
		}
	}
	if math.IsInf(v, 0) {
		return math.NaN(), true
	}
	return v, true
}
