package config

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// key is one value of a Config: its dotted path and the addressable field behind it.
type key struct {
	path  string
	value reflect.Value
}

// keysOf lists the leaves of c in the order of the struct.
func keysOf(c *Config) []key {
	var keys []key
	var walk func(prefix string, v reflect.Value)
	walk = func(prefix string, v reflect.Value) {
		for i := range v.NumField() {
			path := prefix + v.Type().Field(i).Tag.Get("mapstructure")
			if f := v.Field(i); f.Kind() == reflect.Struct {
				walk(path+".", f)
			} else {
				keys = append(keys, key{path, f})
			}
		}
	}
	walk("", reflect.ValueOf(c).Elem())
	return keys
}

// envPrefix starts the name of every environment variable of geobfdt.
const envPrefix = "GEOBFDT_"

// envName is the environment variable of a key: train.final_lr is GEOBFDT_TRAIN_FINAL_LR.
func envName(path string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(path, ".", "_"))
}

// envElsewhere lists variables with our prefix that other packages and the tests read.
var envElsewhere = []string{"GEOBFDT_ISA", "GEOBFDT_SHARED_DATA"}

// parseText reads a value given as text (environment, --set) by the rules of YAML, so that "[1, 2]", "true" and "1e-3" mean
// what they mean in a file. A text key takes its text as it stands.
func parseText(text string, want reflect.Type) any {
	if want.Kind() == reflect.String {
		return text
	}
	var v any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil || v == nil {
		return text // convert reports it, with what was given
	}
	// A list of names may be given as plain a,b,c.
	if s, ok := v.(string); ok && want == reflect.TypeFor[[]string]() {
		parts := strings.Split(s, ",")
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		return parts
	}
	return v
}

// convert turns raw, as decoded from YAML, TOML or JSON or given by a flag, into exactly the type want. It never
// rounds, and never reads text as a number.
func convert(raw any, want reflect.Type) (reflect.Value, error) {
	in := reflect.ValueOf(raw)
	out := reflect.New(want).Elem()
	fail := func() (reflect.Value, error) {
		return out, fmt.Errorf("must be %s", typeName(want))
	}
	if !in.IsValid() {
		return fail()
	}
	switch want.Kind() {
	case reflect.String, reflect.Bool:
		if in.Kind() != want.Kind() {
			return fail()
		}
		out.Set(in.Convert(want))
	case reflect.Int, reflect.Int64:
		switch {
		case in.CanInt():
			out.SetInt(in.Int())
		case in.CanUint() && in.Uint() <= math.MaxInt64:
			out.SetInt(int64(in.Uint()))
		case in.CanFloat() && in.Float() == math.Trunc(in.Float()) && math.Abs(in.Float()) < 1<<53: // 2e5
			out.SetInt(int64(in.Float()))
		default:
			return fail()
		}
	case reflect.Float64:
		switch {
		case in.CanFloat():
			out.SetFloat(in.Float())
		case in.CanInt():
			out.SetFloat(float64(in.Int()))
		case in.CanUint():
			out.SetFloat(float64(in.Uint()))
		default:
			return fail()
		}
	case reflect.Slice:
		if in.Kind() != reflect.Slice {
			return fail()
		}
		for i := range in.Len() {
			item, err := convert(in.Index(i).Interface(), want.Elem())
			if err != nil {
				return fail()
			}
			out.Set(reflect.Append(out, item))
		}
	default:
		return fail()
	}
	return out, nil
}

// typeName says what a value of type t looks like, in the words of a user.
func typeName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.Slice:
		switch t.Elem().Kind() {
		case reflect.String:
			return "a list of names, such as [a, b]"
		case reflect.Slice:
			return "a list of pairs, such as [[1, 1], [2, 2]]"
		}
		return "a list of whole numbers, such as [1, 2]"
	}
	return t.String()
}

// nearest returns the candidate closest to what was typed, or "" when none is close enough to be meant. A key typed without
// its section, or in the wrong one, is matched by its last part.
func nearest(typed string, candidates []string) string {
	typed = strings.ToLower(typed)
	best, bestDistance := "", max(2, len(typed)/3)+1
	last := typed[strings.LastIndex(typed, ".")+1:]
	for _, c := range candidates {
		d := editDistance(typed, c)
		if c[strings.LastIndex(c, ".")+1:] == last {
			d = min(d, 1)
		}
		if d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// editDistance is the Levenshtein distance in bytes.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

func paths(keys []key) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = k.path
	}
	return out
}

// hasSection tells whether name is a section (tile, train, ...) rather than a key.
func hasSection(keys []key, name string) bool {
	return slices.ContainsFunc(keys, func(k key) bool { return strings.HasPrefix(k.path, name+".") })
}

// Default describes a key for whoever makes a flag of it.
type Default struct {
	Text string // the default as it would be typed
	Type string // short name of the type: bool, int, float, text, list
}

// DefaultOf describes a key; a key that does not exist has the zero Default.
func DefaultOf(path string) Default {
	c := Defaults()
	for _, k := range keysOf(&c) {
		if k.path == path {
			return Default{Text: scalar(k.value), Type: shortType(k.value.Kind())}
		}
	}
	return Default{}
}

func shortType(k reflect.Kind) string {
	switch k {
	case reflect.Bool:
		return "bool"
	case reflect.Int, reflect.Int64:
		return "int"
	case reflect.Float64:
		return "float"
	case reflect.Slice:
		return "list"
	}
	return "text"
}
