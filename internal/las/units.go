package las

import "strings"

// MetresPer returns how many metres a unit of length is, for the names that log files use in any case, with or without brackets:
// m, ft, f, in, 0.1in, .1IN, cm, mm. ok is false for anything else.
func MetresPer(unit string) (metres float64, ok bool) {
	name := strings.ToLower(strings.ReplaceAll(strings.Trim(unit, " \t[](){}\""), " ", ""))
	switch name {
	case "m", "metre", "metres", "meter", "meters", "mt", "mts", "mtr", "м", "метр", "метер":
		return 1, true
	case "ft", "f", "feet", "foot", "ft.", "ftus":
		return 0.3048, true
	case "in", "inch", "inches", "\"":
		return 0.0254, true
	case ".1in", "0.1in", ".1inch", "0.1inch", "tenth_in":
		return 0.00254, true
	case "cm":
		return 0.01, true
	case "mm":
		return 0.001, true
	}
	return 0, false
}
