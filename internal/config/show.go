package config

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Show writes the effective configuration as YAML, every value followed by a comment that says where it came from. The
// output is itself a configuration file that gives the same run.
func (l *Loaded) Show(w io.Writer) error {
	return writeYAML(w, &l.Config, func(path string) string { return l.sources[path].String() })
}

// YAML returns the configuration as a YAML file without comments, keys in the order of Config.
func (c *Config) YAML() []byte {
	var b bytes.Buffer
	// A bytes.Buffer never fails to write.
	_ = writeYAML(&b, c, nil)
	return b.Bytes()
}

// Hash identifies what a configuration computes: 64 hex digits, the SHA-256 of its keys and values. How it is logged does
// not count; neither does where the values came from, nor the section segment, which nothing but an ablation of that kind reads and
// identifies itself.
func (c *Config) Hash() string {
	return c.hash(func(section string) bool { return section != "log" && section != "segment" })
}

// TrainingHash is Hash over what decides the weights that a training run ends with. How picks are made later, and with how many
// threads, does not count.
func (c *Config) TrainingHash() string {
	return c.hash(func(section string) bool {
		return slices.Contains([]string{"tile", "augment", "model", "loss", "train"}, section)
	})
}

func (c *Config) hash(counts func(section string) bool) string {
	h := sha256.New()
	for _, k := range keysOf(c) {
		if section, _, _ := strings.Cut(k.path, "."); counts(section) {
			fmt.Fprintf(h, "%s=%s\n", k.path, scalar(k.value))
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

func writeYAML(w io.Writer, c *Config, origin func(path string) string) error {
	section := ""
	for _, k := range keysOf(c) {
		name, indent := k.path, ""
		if head, rest, nested := strings.Cut(k.path, "."); nested {
			if head != section {
				section = head
				if _, err := fmt.Fprintf(w, "%s:\n", head); err != nil {
					return err
				}
			}
			name, indent = rest, "  "
		}
		line := indent + name + ": " + scalar(k.value)
		if origin != nil {
			line = fmt.Sprintf("%-46s # from: %s", line, origin(k.path))
		}
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}

// scalar renders a value in one line of YAML.
func scalar(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'g', -1, 64)
	case reflect.String:
		return quoted(v.String())
	case reflect.Slice:
		items := make([]string, v.Len())
		for i := range items {
			items[i] = scalar(v.Index(i))
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	return fmt.Sprint(v.Interface())
}

// quoted quotes text where YAML would read it as something else, or as more than one item of a list.
func quoted(s string) string {
	var back any
	err := yaml.Unmarshal([]byte(s), &back)
	if err == nil && back == any(s) && !strings.ContainsAny(s, ",[]{}#:\n") {
		return s
	}
	return strconv.Quote(s)
}
